//! What lies in the folder, and what does not.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use siyi_sign_in::{SignIn, SignInError};
use tempfile::TempDir;

use super::authenticator::Authenticator;
use super::desk::{Desk, PASSWORD, invited, options};
use super::passkeys::with_passkey;

/// Whether any file below the folder holds these bytes.
pub(crate) fn files_hold(folder: &TempDir, bytes: &[u8]) -> bool {
    fn below(path: &Path, bytes: &[u8]) -> bool {
        std::fs::read_dir(path).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, bytes)
            } else {
                std::fs::read(path).unwrap().windows(bytes.len()).any(|found| found == bytes)
            }
        })
    }
    below(folder.path(), bytes)
}

#[tokio::test]
async fn no_name_no_password_no_session_and_no_code_lies_in_the_folder() {
    let desk = Desk::open();
    let session = desk.joined("canary-liu", 1).await;
    let code = desk.sign_in.invite(invited(2)).await.unwrap();
    desk.sign_in.close().await;
    assert!(files_hold(&desk.folder, b"$argon2id$"), "this is the folder");
    for secret in ["canary-liu", PASSWORD, &session.id, &code] {
        assert!(!files_hold(&desk.folder, secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn of_an_account_that_was_removed_nothing_is_left_in_any_file() {
    let desk = Desk::open();
    let session = desk.joined("liu-clerk", 1).await;
    let other = desk.joined("wang", 2).await;
    let mut authenticator = Authenticator::new("https://siyi.example", "siyi.example");
    with_passkey(&desk, &session.identity, &mut authenticator).await;
    let credential = authenticator.id_text();
    desk.sign_in.close().await;
    assert!(files_hold(&desk.folder, credential.as_bytes()), "it was there");
    let desk = desk.again(options()).await;
    assert!(desk.sign_in.remove_account(session.identity.account).await.unwrap() >= 6);
    assert_eq!(desk.sign_in.remove_account(session.identity.account).await.unwrap(), 0);
    assert_eq!(desk.sign_in.accounts_kept().await.unwrap(), [other.identity.account]);
    assert!(!desk.knows(&session.id).await);
    assert!(desk.knows(&other.id).await);
    assert!(matches!(desk.try_password("liu-clerk", PASSWORD).await, Err(SignInError::Refused)));
    assert!(desk.sign_in.means(session.identity.account).await.unwrap().is_empty());
    desk.sign_in.close().await;
    assert!(!files_hold(&desk.folder, credential.as_bytes()));
    assert!(!files_hold(&desk.folder, session.identity.account.as_bytes()));
    assert!(files_hold(&desk.folder, other.identity.account.as_bytes()));
}

#[tokio::test]
async fn the_folder_is_its_owner_s_alone_and_opens_once() {
    let desk = Desk::open();
    let path = desk.folder.path().join("sign-in");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("digest.key")), 0o600);
    let second = SignIn::open(&path, options(), desk.clock.clone(), desk.accounts.clone());
    assert!(matches!(second, Err(SignInError::Unavailable { .. })));
    desk.sign_in.close().await;
    assert!(matches!(desk.try_password("x", "y").await, Err(SignInError::Unavailable { .. })));
}

#[tokio::test]
async fn without_its_key_or_with_a_key_that_others_may_read_the_folder_does_not_open() {
    let desk = Desk::open();
    let path = desk.folder.path().join("sign-in");
    desk.sign_in.close().await;
    let open = || SignIn::open(&path, options(), desk.clock.clone(), desk.accounts.clone());
    let key = path.join("digest.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(open(), Err(SignInError::Unavailable { .. })));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::rename(&key, path.join("digest.key.lost")).unwrap();
    assert!(matches!(open(), Err(SignInError::Corrupt { .. })));
    assert!(!key.exists(), "no other key is made in its place");
}

#[tokio::test]
async fn a_removal_that_was_cut_short_is_made_good_at_the_next_opening() {
    let desk = Desk::open();
    let session = desk.joined("liu-clerk", 1).await;
    let path = desk.folder.path().join("sign-in");
    let [engine, next, old] = ["engine", "engine.next", "engine.old"].map(|name| path.join(name));
    // The next engine is not complete: the present one stays.
    desk.sign_in.close().await;
    std::fs::create_dir(&next).unwrap();
    std::fs::write(next.join("version"), "half").unwrap();
    let desk = desk.again(options()).await;
    assert!(desk.knows(&session.id).await && !next.exists());
    // The present one has left its place, the next one is complete.
    desk.sign_in.close().await;
    std::fs::rename(&engine, &next).unwrap();
    std::fs::create_dir(&old).unwrap();
    let desk = desk.again(options()).await;
    assert!(desk.knows(&session.id).await && !next.exists() && !old.exists());
    assert!(desk.sign_in.remove_account(session.identity.account).await.unwrap() > 0);
    assert!(!next.exists() && !old.exists());
}
