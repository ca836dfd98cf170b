//! What was begun lies with the rows: whichever process is asked next can end it.

use serde_json::json;
use siyi_sign_in::{FolderRows, SecretRows, SignInError};
use std::net::{IpAddr, Ipv4Addr};

use super::authenticator::Authenticator;
use super::desk::{Desk, options};

/// How much may be under way.
const MOST: u32 = 10_000;

/// Begins to sign in under a name that nobody has, each time from another address; the end of it is always a refusal.
async fn begun(desk: &Desk, number: u32) -> String {
    let address = IpAddr::V4(Ipv4Addr::from(0x0A00_0000 + number));
    desk.sign_in.begin_passkey_sign_in("nobody", address).await.unwrap().ceremony
}

async fn end(desk: &Desk, ceremony: &str) -> SignInError {
    desk.sign_in.with_passkey(ceremony, json!({}), None).await.unwrap_err()
}

/// How much the folder holds that was begun; nobody may have it open.
fn kept(desk: &Desk) -> usize {
    let (rows, _) = FolderRows::open(&desk.folder.path().join("sign-in")).unwrap();
    let mut kept = 0;
    rows.read(&mut |look| {
        kept = look.scan(b"c")?.len();
        Ok(())
    })
    .unwrap();
    kept
}

#[tokio::test]
async fn one_process_ends_what_another_has_begun() {
    let desk = Desk::open();
    let identity = desk.joined("liu-clerk", 1).await.identity;
    let mut authenticator = Authenticator::new("https://siyi.example", "siyi.example");
    let setting_up = desk.sign_in.begin_passkey(&identity).await.unwrap();
    let desk = desk.again(options()).await;
    let credential = authenticator.create(&setting_up.options);
    desk.sign_in.finish_passkey(&identity, &setting_up.ceremony, credential).await.unwrap();
    let signing_in = desk.sign_in.begin_passkey_sign_in("liu-clerk", super::desk::HOME).await.unwrap();
    let desk = desk.again(options()).await;
    let credential = authenticator.get(&signing_in.options);
    let session = desk.sign_in.with_passkey(&signing_in.ceremony, credential, None).await.unwrap();
    assert_eq!(session.identity.account, identity.account);
}

#[tokio::test]
async fn of_too_much_that_was_begun_the_oldest_is_forgotten() {
    let desk = Desk::open();
    let mut ceremonies = Vec::new();
    for number in 0..=MOST {
        ceremonies.push(begun(&desk, number).await);
        if number == 1 {
            desk.clock.forward(1);
        }
    }
    let oldest = [end(&desk, &ceremonies[0]).await, end(&desk, &ceremonies[1]).await];
    let is_unknown = |error: &SignInError| matches!(error, SignInError::CeremonyUnknown);
    assert_eq!(oldest.iter().filter(|error| is_unknown(error)).count(), 1, "{oldest:?}");
    assert!(matches!(end(&desk, &ceremonies[2]).await, SignInError::Refused));
    desk.sign_in.close().await;
    assert_eq!(kept(&desk), usize::try_from(MOST).unwrap() - 2);
}

#[tokio::test]
async fn what_nobody_ends_goes_when_others_begin() {
    let desk = Desk::open();
    for number in 0..8 {
        begun(&desk, number).await;
    }
    desk.clock.forward(301);
    for number in 8..10 {
        begun(&desk, number).await;
    }
    desk.sign_in.close().await;
    assert_eq!(kept(&desk), 2);
}

#[tokio::test]
async fn with_an_account_goes_what_it_has_begun() {
    let desk = Desk::open();
    let [leaving, staying] = [desk.joined("liu-clerk", 1).await.identity, desk.joined("wang", 2).await.identity];
    let theirs = desk.sign_in.begin_passkey(&leaving).await.unwrap();
    let others = desk.sign_in.begin_passkey(&staying).await.unwrap();
    desk.sign_in.remove_account(leaving.account).await.unwrap();
    let finish = async |identity, ceremony: &str| desk.sign_in.finish_passkey(identity, ceremony, json!({})).await;
    assert!(matches!(finish(&leaving, &theirs.ceremony).await, Err(SignInError::CeremonyUnknown)));
    assert!(matches!(finish(&staying, &others.ceremony).await, Err(SignInError::PasskeyRefused)));
}
