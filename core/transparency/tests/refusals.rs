//! What was signed is held against what is there: each way to rewrite history keeps the log shut.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use common::{Near, all, event, files, log_key, open, policy, sealed, store_of, stream};
use serde_json::json;
use siyi_log::{
    memory::MemoryStore,
    port::{EventStore, Expected, NewEvent, Position},
};
use siyi_transparency::{
    Difference, HeldBy, SealError,
    sealer::{Sealer, SealerOptions},
};
use std::{fs, path::Path, sync::Arc};
use tempfile::{TempDir, tempdir};

const EVENTS: u64 = 700;

async fn clean() -> TempDir {
    let folder = tempdir().unwrap();
    let store = store_of(0..EVENTS).await;
    drop(sealed(&store, folder.path()).await);
    // The clean record passes.
    drop(open(&store, folder.path()).await.unwrap());
    folder
}

/// The leaf of an event by its number: every fifth is none.
const fn leaf(number: u64) -> u64 {
    number - number / 5
}

/// The refusal, and that looking changed nothing.
async fn refused(store: &Arc<MemoryStore>, folder: &Path) -> SealError {
    let before = files(folder);
    let error = open(store, folder).await.expect_err("it opened");
    assert!(files(folder) == before, "a refused log was changed");
    assert!(error.is_evidence());
    error
}

#[tokio::test]
async fn one_changed_event_is_named() {
    let folder = clean().await;
    for number in [0, 1, 255, 256, 333, 698] {
        let store = MemoryStore::new();
        for at in 0..EVENTS {
            let changed = NewEvent::new(event(at).id(), "vote-cast.v1", &json!({ "number": at + 1 })).unwrap();
            let event = if at == number { changed } else { event(at) };
            store.append(&stream(at), Expected::Any, vec![event]).await.unwrap();
        }
        match refused(&Arc::new(store), folder.path()).await {
            SealError::Rewritten { held_by: HeldBy::Folder | HeldBy::Checkpoint, size: 560, first } => {
                assert_eq!(first, Some(Difference { leaf: leaf(number), position: Some(Position(number)) }));
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn two_swapped_events_are_named() {
    let folder = clean().await;
    let mut order: Vec<u64> = (0..EVENTS).collect();
    order.swap(300, 301);
    match refused(&store_of(order).await, folder.path()).await {
        SealError::Rewritten { first: Some(first), .. } => {
            assert_eq!(first, Difference { leaf: 240, position: Some(Position(300)) });
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_event_removed_from_the_middle_is_named() {
    let folder = clean().await;
    let store = store_of((0..EVENTS).filter(|number| *number != 123)).await;
    match refused(&store, folder.path()).await {
        SealError::Shortened { leaves: 559, size: 560, first: Some(first), .. } => assert_eq!(first.leaf, leaf(123)),
        other => panic!("{other}"),
    }
    // Also where others were added behind, so that there are enough.
    let store = store_of((0..EVENTS + 50).filter(|number| *number != 123)).await;
    match refused(&store, folder.path()).await {
        SealError::Rewritten { first: Some(first), .. } => assert_eq!(first.leaf, leaf(123)),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_event_removed_from_the_end_is_missed() {
    let folder = clean().await;
    match refused(&store_of(0..EVENTS - 2).await, folder.path()).await {
        SealError::Shortened { leaves: 559, size: 560, first: Some(first), .. } => {
            assert_eq!(first, Difference { leaf: 559, position: None });
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_event_put_in_between_is_named() {
    let folder = clean().await;
    let order = (0..50).chain([5000]).chain(50..EVENTS);
    match refused(&store_of(order).await, folder.path()).await {
        SealError::Rewritten { first: Some(first), .. } => assert_eq!(first.leaf, leaf(50)),
        other => panic!("{other}"),
    }
}

/// Only the store's own bookkeeping may come between.
#[tokio::test]
async fn an_event_that_is_no_leaf_may_come_and_go() {
    let folder = clean().await;
    let store = store_of((0..EVENTS).filter(|number| *number != 4)).await;
    drop(open(&store, folder.path()).await.unwrap());
}

#[tokio::test]
async fn a_head_or_checkpoint_of_another_history_is_refused() {
    let other = tempdir().unwrap();
    drop(sealed(&store_of(1..EVENTS).await, other.path()).await);
    for file in ["head", "checkpoint"] {
        let folder = clean().await;
        fs::copy(other.path().join(file), folder.path().join(file)).unwrap();
        assert_eq!(refused(&store_of(0..EVENTS).await, folder.path()).await.code(), "log-rewritten", "{file}");
    }
}

#[tokio::test]
async fn a_checkpoint_that_was_rolled_back_is_refused() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..100).await);
    let mut sealer = sealed(&store, folder.path()).await;
    let old = fs::read(folder.path().join("checkpoint")).unwrap();
    for end in [200, 300] {
        common::append(&*store, end - 100..end).await;
        sealer.seal_all().await.unwrap();
    }
    drop(sealer);
    let new = fs::read(folder.path().join("checkpoint")).unwrap();
    for found in [Some(&old), None] {
        match found {
            Some(old) => fs::write(folder.path().join("checkpoint"), old).unwrap(),
            None => fs::remove_file(folder.path().join("checkpoint")).unwrap(),
        }
        let refused = refused(&store, folder.path()).await;
        assert!(matches!(refused, SealError::RolledBack { published: 160, found: 80 | 0 }), "{refused}");
    }
    fs::write(folder.path().join("checkpoint"), new).unwrap();
    drop(open(&store, folder.path()).await.unwrap());
}

#[tokio::test]
async fn a_checkpoint_that_another_key_signed_is_refused() {
    let folder = clean().await;
    let checkpoint = fs::read_to_string(folder.path().join("checkpoint")).unwrap();
    let signed = siyi_tlog::SignedCheckpoint::parse(&checkpoint).unwrap();
    let forged = log_key(8).sign_checkpoint(signed.checkpoint().size, signed.checkpoint().root).unwrap();
    fs::write(folder.path().join("checkpoint"), forged.to_string()).unwrap();
    assert_eq!(open(&store_of(0..EVENTS).await, folder.path()).await.unwrap_err().code(), "log-unreadable");
}

async fn witnessed(store: &Arc<MemoryStore>, folder: &Path, witnesses: &[Arc<Near>]) -> Result<Sealer, SealError> {
    let key = log_key(7);
    let policy = policy(key.verifier());
    let mut options = SealerOptions::new(folder);
    options.witness_timeout = std::time::Duration::from_millis(300);
    Sealer::open(store.clone(), key, policy, all(witnesses), options).await
}

/// Store, folder and keys come from an old backup: nothing here can tell, the witnesses can.
#[tokio::test]
async fn a_restored_backup_is_refused_by_what_a_witness_holds() {
    let (folder, backup, homes) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let witnesses = Near::three(homes.path());
    let store = store_of(0..100).await;
    let mut sealer = witnessed(&store, folder.path(), &witnesses).await.unwrap();
    sealer.seal_all().await.unwrap();
    common::copy(folder.path(), backup.path());
    common::append(&*store, 100..160).await;
    sealer.seal_all().await.unwrap();
    drop(sealer);
    let restored = store_of(0..100).await;
    match witnessed(&restored, backup.path(), &witnesses).await.unwrap_err() {
        SealError::Shortened { held_by: HeldBy::Witness(_), size: 128, leaves: 80, first: None } => {}
        other => panic!("{other}"),
    }
    // One honest witness is enough, and the true record passes.
    assert!(witnessed(&restored, backup.path(), &witnesses[2..]).await.is_err());
    assert!(witnessed(&restored, backup.path(), &[]).await.is_ok());
    drop(witnessed(&store, folder.path(), &witnesses).await.unwrap());
}

/// The backup was continued while no witness could be reached: two histories, and each witness keeps the first.
#[tokio::test]
async fn a_fork_stops_the_log_at_the_first_witness_that_it_meets() {
    let (folder, fork, homes) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let witnesses = Near::three(homes.path());
    let store = store_of(0..100).await;
    let mut sealer = witnessed(&store, folder.path(), &witnesses).await.unwrap();
    sealer.seal_all().await.unwrap();
    common::copy(folder.path(), fork.path());
    common::append(&*store, 100..160).await;
    sealer.seal_all().await.unwrap();
    let forked = store_of((0..100).chain(1000..1200)).await;
    for witness in &witnesses {
        witness.is_away.store(true, std::sync::atomic::Ordering::SeqCst);
    }
    let mut other = witnessed(&forked, fork.path(), &witnesses).await.unwrap();
    other.seal_all().await.unwrap();
    assert!(!other.log().published().unwrap().quorum_met);
    drop(other);
    for witness in &witnesses {
        witness.is_away.store(false, std::sync::atomic::Ordering::SeqCst);
    }
    assert_eq!(witnessed(&forked, fork.path(), &witnesses).await.unwrap_err().code(), "log-rewritten");
    // And where the other branch is the shorter one, and where the witnesses come back while it runs.
    let shorter = store_of((0..100).chain(1000..1010)).await;
    let short = tempdir().unwrap();
    for (branch, home) in [(&shorter, short.path()), (&forked, fork.path())] {
        let mut unseen = witnessed(branch, home, &[]).await.unwrap();
        unseen.seal_all().await.unwrap();
        drop(unseen);
        for witness in &witnesses {
            witness.is_away.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        let mut running = witnessed(branch, home, &witnesses).await.unwrap();
        for witness in &witnesses {
            witness.is_away.store(false, std::sync::atomic::Ordering::SeqCst);
        }
        common::append(&**branch, 2000..2003).await;
        assert_eq!(running.seal_all().await.unwrap_err().code(), "log-forked");
    }
}
