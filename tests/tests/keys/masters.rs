//! A master key in a file or in a credential.

use super::{make, open, place};
use siyi_log::keys::{FileMasterKey, MasterKey, MasterKeyError};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

fn write(path: &Path, text: &str, mode: u32) {
    let _ = fs::remove_file(path);
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn code(read: Result<FileMasterKey, MasterKeyError>) -> &'static str {
    read.unwrap_err().code()
}

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[test]
fn hexadecimal_and_base64_of_the_same_bytes_are_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let ids: Vec<_> = [
        HEX.to_owned(),
        format!("{}\n", HEX.to_uppercase()),
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n".into(),
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into(),
    ]
    .iter()
    .map(|text| {
        write(&path, text, 0o600);
        FileMasterKey::read(&path).unwrap().key_id()
    })
    .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn a_missing_key_file_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(FileMasterKey::read(folder.path().join("key"))), "master-key-missing");
    assert_eq!(code(FileMasterKey::from_credentials_in(folder.path())), "master-key-missing");
}

#[test]
fn a_key_file_that_others_may_read_or_write_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    for mode in 0..=0o7777 {
        // Not to lock the test itself out where it is not root.
        if mode & 0o400 == 0 {
            continue;
        }
        write(&path, HEX, mode);
        let read = FileMasterKey::read(&path);
        if matches!(mode, 0o400 | 0o600) {
            read.unwrap();
        } else {
            assert_eq!(code(read), "master-key-exposed", "{mode:o}");
        }
    }
}

#[test]
fn a_key_file_of_another_user_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    write(&path, HEX, 0o600);
    // Only root can give a file away.
    if std::os::unix::fs::chown(&path, Some(12345), None).is_ok() {
        assert_eq!(code(FileMasterKey::read(&path)), "master-key-exposed");
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let long = "0".repeat(5000);
    for text in ["", "\n", &HEX[1..], &format!("{HEX}00"), &format!("{HEX} x"), &"g".repeat(64), &"=".repeat(44), &long]
    {
        write(&path, text, 0o600);
        assert_eq!(code(FileMasterKey::read(&path)), "master-key-malformed", "`{text}`");
    }
    fs::write(&path, [0xff; 64]).unwrap();
    assert_eq!(code(FileMasterKey::read(&path)), "master-key-malformed");
    assert_eq!(code(FileMasterKey::read(folder.path())), "master-key-malformed");
}

#[test]
fn a_credential_may_be_readable_to_its_group_and_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("siyi-master-key");
    for (mode, good) in [(0o400, true), (0o440, true), (0o600, false), (0o444, false), (0o660, false), (0o404, false)] {
        write(&path, HEX, mode);
        let read = FileMasterKey::from_credentials_in(folder.path());
        if good {
            read.unwrap();
        } else {
            assert_eq!(code(read), "master-key-exposed", "{mode:o}");
        }
    }
}

#[test]
fn a_new_key_file_is_read_again_and_never_replaces_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let made = FileMasterKey::create_file(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o400);
    assert_eq!(FileMasterKey::read(&path).unwrap().key_id(), made.key_id());
    let before = fs::read(&path).unwrap();
    assert_eq!(code(FileMasterKey::create_file(&path)), "master-key-exists");
    assert_eq!(fs::read(&path).unwrap(), before);
    let other = FileMasterKey::create_file(folder.path().join("other")).unwrap();
    assert_ne!(other.key_id(), made.key_id());
}

#[test]
fn a_debug_print_shows_no_key() {
    let (folder, master) = place();
    let keys = open(&folder, &master).unwrap();
    make(&keys, super::WANG);
    let text = fs::read_to_string(folder.path().join("master.key")).unwrap();
    let printed = format!("{keys:?} {:?}", FileMasterKey::read(folder.path().join("master.key")).unwrap());
    assert!(!printed.contains(text.trim()));
}
