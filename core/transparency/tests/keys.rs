//! Keys: made once, read only from files that nobody else can read, rotated in the open, never printed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use common::{ORIGIN, append, log_key, no_witness, store_of};
use siyi_log::port::EventStore;
use siyi_tlog::{KeyKind, KeyList, SignedCheckpoint, Signer, TrustPolicy, VerifierKey};
use siyi_transparency::{
    SealError,
    keys::{create_key, read_key, read_key_list, rotate_key},
    sealer::{Sealer, SealerOptions},
};
use std::{fs, os::unix::fs::PermissionsExt, sync::Arc};
use tempfile::tempdir;

#[test]
fn a_key_is_read_as_it_was_made() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.key");
    let made = create_key(&path, ORIGIN, KeyKind::Log).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o400);
    assert_eq!(read_key(&path, KeyKind::Log).unwrap().verifier(), made.verifier());
    let other = create_key(folder.path().join("other.key"), ORIGIN, KeyKind::Log).unwrap();
    assert_ne!(other.verifier(), made.verifier());
    let again = create_key(&path, ORIGIN, KeyKind::Log).unwrap_err();
    assert_eq!(again.code(), "log-key-exists");
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.key");
    create_key(&path, ORIGIN, KeyKind::Log).unwrap();
    for mode in [0o644, 0o640, 0o604, 0o700, 0o444] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(read_key(&path, KeyKind::Log).unwrap_err().code(), "log-key-exposed", "{mode:o}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    read_key(&path, KeyKind::Log).unwrap();
    assert_eq!(read_key(&path, KeyKind::Witness).unwrap_err().code(), "log-key-malformed");
    assert_eq!(read_key(folder.path().join("none"), KeyKind::Log).unwrap_err().code(), "log-key-missing");
}

#[test]
fn a_changed_key_file_is_refused_and_not_quoted() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.key");
    create_key(&path, ORIGIN, KeyKind::Log).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let secret = text.trim().splitn(5, '+').nth(4).unwrap();
    for at in 0..text.trim().len() {
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'B' { b'C' } else { b'B' };
        fs::write(&path, &changed).unwrap();
        let refused = read_key(&path, KeyKind::Log).unwrap_err();
        let said = format!("{refused} {refused:?}");
        assert!(!said.contains(&secret[8..30]), "{said}");
    }
}

#[test]
fn a_key_is_not_printed() {
    let signer = log_key(7);
    let said = format!("{signer:?}");
    let secret = signer.secret_text();
    assert!(said.contains(ORIGIN));
    assert!(!said.contains("PRIVATE"));
    assert!(!said.contains(secret.splitn(5, '+').nth(4).unwrap()));
    assert_eq!(Signer::parse(&secret).unwrap().verifier(), signer.verifier());
}

#[test]
fn a_key_of_another_name_or_kind_has_another_id() {
    let text = log_key(7).verifier().to_string();
    VerifierKey::parse(&text).unwrap();
    assert_eq!(VerifierKey::parse(&text.replace("village", "city")).unwrap_err().code(), "tlog-key-id");
    let small = "log.village.example/wusi-2026+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(VerifierKey::parse(small).unwrap_err().code(), "tlog-malformed");
}

async fn open(
    store: &Arc<siyi_log::memory::MemoryStore>,
    folder: &std::path::Path,
    key: Signer,
) -> Result<Sealer, SealError> {
    let list = read_key_list(folder)?;
    let policy = match &list {
        Some(list) => TrustPolicy::majority(list.keys(), &[]).unwrap(),
        None => no_witness(key.verifier()),
    };
    Sealer::open(Arc::clone(store) as Arc<dyn EventStore>, key, policy, vec![], SealerOptions::new(folder)).await
}

#[tokio::test]
async fn after_a_rotation_old_and_new_signatures_hold() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..100).await);
    let mut sealer = open(&store, folder.path(), log_key(7)).await.unwrap();
    sealer.seal_all().await.unwrap();
    let old = sealer.log().published().unwrap().signed.clone();
    let receipt = sealer.log().proof_for_leaf(5).unwrap();
    let entry = sealer.log().entry(5).unwrap();
    assert_eq!(rotate_key(folder.path(), &log_key(7), &log_key(9)).unwrap_err().code(), "log-in-use");
    drop(sealer);
    let list = rotate_key(folder.path(), &log_key(7), &log_key(9)).unwrap();
    assert_eq!(open(&store, folder.path(), log_key(7)).await.unwrap_err().code(), "log-key-not-current");
    let mut sealer = open(&store, folder.path(), log_key(9)).await.unwrap();
    sealer.seal_all().await.unwrap();
    // The same tree is signed again by the new key.
    assert_eq!(sealer.log().published().unwrap().log, *log_key(9).verifier());
    append(&*store, 100..150).await;
    sealer.seal_all().await.unwrap();
    let new = sealer.log().published().unwrap().signed.clone();
    assert_eq!(old.signed_by_list(&list).unwrap(), log_key(7).verifier());
    assert_eq!(new.signed_by_list(&list).unwrap(), log_key(9).verifier());
    receipt.verify(&TrustPolicy::majority(list.keys(), &[]).unwrap(), &entry).unwrap();
    // Who knows only the old key finds the new one by it.
    let published = KeyList::parse(&fs::read_to_string(folder.path().join("keys")).unwrap()).unwrap();
    assert!(published.is_vouched_by(log_key(7).verifier()));
    assert!(!published.is_vouched_by(log_key(8).verifier()));
    assert_eq!(published, list);
}

#[tokio::test]
async fn a_retired_key_signs_no_later_tree() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..100).await);
    let mut sealer = open(&store, folder.path(), log_key(7)).await.unwrap();
    sealer.seal_all().await.unwrap();
    drop(sealer);
    let list = rotate_key(folder.path(), &log_key(7), &log_key(9)).unwrap();
    let root = SignedCheckpoint::parse(&fs::read_to_string(folder.path().join("checkpoint")).unwrap()).unwrap();
    let later = log_key(7).sign_checkpoint(81, root.checkpoint().root).unwrap();
    let refused = SignedCheckpoint::of(later).unwrap().signed_by_list(&list).unwrap_err();
    assert_eq!(refused.code(), "tlog-key-retired");
    let unknown = log_key(8).sign_checkpoint(80, root.checkpoint().root).unwrap();
    assert_eq!(SignedCheckpoint::of(unknown).unwrap().signed_by_list(&list).unwrap_err().code(), "tlog-unsigned");
}

#[test]
fn a_list_that_was_changed_is_refused() {
    let (first, second) = (log_key(7), log_key(9));
    let list = KeyList::first(&first).unwrap().rotated(&first, &second, 80).unwrap();
    let text = list.note().to_string();
    assert_eq!(KeyList::parse(&text).unwrap(), list);
    assert!(KeyList::parse(&text.replace("retired 80", "retired 81")).is_err());
    assert!(KeyList::parse(&text.replace("current", "retired 1")).is_err());
    assert!(list.rotated(&first, &log_key(10), 90).is_err(), "the outgoing key is not the current one");
    assert!(list.rotated(&second, &first, 90).is_err(), "the key was retired");
}
