//! What was erased is gone, also from the disk.

use crate::{OTHER, OWNER, VILLAGE, document, everything, keep, keys, made::holds, store, stored};
use siyi_attachments::{DataKey, DataKeys, KeysUnavailable, MemoryKeys, Store};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use uuid::Uuid;

#[test]
fn an_erased_owner_leaves_no_file_no_key_and_no_answer() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digests = [keep(&store, OWNER, &document("one")), keep(&store, OWNER, &document("two"))];
    let other = keep(&store, OTHER, &document("one"));
    let before: Vec<Vec<u8>> = stored(folder.path()).iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(store.erase(OWNER).unwrap(), 2);
    assert!(keys.key(OWNER).unwrap().is_none());
    for digest in digests {
        assert_eq!(store.open_one(OWNER, &digest).unwrap_err().code(), "attachment-unknown");
    }
    assert_eq!(store.owners(&digests[0]).unwrap(), [OTHER]);
    assert!(store.open_one(OTHER, &other).is_ok());
    let all = everything(folder.path());
    let left = before.iter().filter(|bytes| holds(&all, &bytes[..64])).count();
    assert_eq!((left, stored(folder.path()).len()), (1, 1));
    assert_eq!(store.erase(OWNER).unwrap(), 0);
    assert_eq!(
        store.used_bytes(&VILLAGE.parse().unwrap()).unwrap(),
        stored(folder.path())[0].metadata().unwrap().len()
    );
}

#[test]
fn a_file_is_overwritten_before_it_is_unlinked() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digests = [keep(&store, OWNER, &document("one")), keep(&store, OTHER, &document("two"))];
    // A second name shows what became of the bytes.
    let shadows: Vec<_> = (0..2).map(|number| folder.path().join(format!("shadow-{number}"))).collect();
    stored(folder.path()).iter().zip(&shadows).for_each(|(path, shadow)| fs::hard_link(path, shadow).unwrap());
    store.remove(OWNER, &digests[0]).unwrap();
    store.erase(OTHER).unwrap();
    for shadow in shadows {
        let bytes = fs::read(shadow).unwrap();
        assert!(bytes.len() > 100 && bytes.iter().all(|byte| *byte == 0));
    }
    assert!(stored(folder.path()).is_empty());
}

#[test]
fn removing_one_leaves_the_others_of_its_owner() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digests = [keep(&store, OWNER, &document("one")), keep(&store, OWNER, &document("two"))];
    store.remove(OWNER, &digests[0]).unwrap();
    assert_eq!(store.remove(OWNER, &digests[0]).unwrap_err().code(), "attachment-unknown");
    assert_eq!(store.remove(OTHER, &digests[1]).unwrap_err().code(), "attachment-unknown");
    assert!(store.open_one(OWNER, &digests[1]).is_ok());
    drop(store);
    assert!(crate::store(folder.path(), &keys).open_one(OWNER, &digests[0]).is_err());
}

/// Keys that break down while one is being destroyed, as if the process ended there.
struct Failing {
    keys: MemoryKeys,
    down: AtomicBool,
}

impl DataKeys for Failing {
    fn key(&self, owner: Uuid) -> Result<Option<DataKey>, KeysUnavailable> {
        self.keys.key(owner)
    }

    fn key_or_new(&self, owner: Uuid) -> Result<DataKey, KeysUnavailable> {
        self.keys.key_or_new(owner)
    }

    fn destroy(&self, owner: Uuid) -> Result<(), KeysUnavailable> {
        if self.down.load(Ordering::SeqCst) {
            return Err(KeysUnavailable { reason: "down".into() });
        }
        self.keys.destroy(owner)
    }

    fn lookup_key(&self) -> Result<DataKey, KeysUnavailable> {
        self.keys.lookup_key()
    }
}

#[test]
fn an_erasure_that_was_cut_short_is_finished_at_the_next_open() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Arc::new(Failing { keys: MemoryKeys::new().unwrap(), down: AtomicBool::new(true) });
    let store = Store::open(folder.path(), keys.clone()).unwrap();
    keep(&store, OWNER, &document("one"));
    assert_eq!(store.erase(OWNER).unwrap_err().code(), "store-unavailable");
    drop(store);
    assert_eq!(Store::open(folder.path(), keys.clone()).unwrap_err().code(), "store-unavailable");
    keys.down.store(false, Ordering::SeqCst);
    let store = Store::open(folder.path(), keys.clone()).unwrap();
    assert!(keys.key(OWNER).unwrap().is_none() && stored(folder.path()).is_empty());
    // And it is not erased a second time, when there is a new key.
    let digest = keep(&store, OWNER, &document("later"));
    drop(store);
    assert!(Store::open(folder.path(), keys).unwrap().open_one(OWNER, &digest).is_ok());
}
