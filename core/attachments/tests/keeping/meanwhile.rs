//! What happens to an upload when something else happens while its file is being written.

use crate::{OWNER, document, keys, upload};
use siyi_attachments::{AttachmentError, Blobs, DataKeys, FileName, FolderBlobs, FolderIndex, Store};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

type Meanwhile = Box<dyn FnOnce() -> Result<(), AttachmentError> + Send>;
type Next = Arc<Mutex<Option<Meanwhile>>>;

/// Files in a folder; what is to happen meanwhile happens when one was written.
struct Slow {
    blobs: FolderBlobs,
    meanwhile: Next,
}

impl Blobs for Slow {
    fn write(&self, name: FileName, bytes: Vec<u8>) -> Result<(), AttachmentError> {
        self.blobs.write(name, bytes)?;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        meanwhile.map_or(Ok(()), |meanwhile| meanwhile())
    }

    fn read(&self, name: FileName) -> Result<Option<Vec<u8>>, AttachmentError> {
        self.blobs.read(name)
    }

    fn wipe(&self, name: FileName) -> Result<(), AttachmentError> {
        self.blobs.wipe(name)
    }

    fn names(&self) -> Result<Vec<FileName>, AttachmentError> {
        self.blobs.names()
    }
}

/// A store with its keys, and what is to happen while its next file is being written.
fn slow(folder: &Path) -> (Arc<Store>, Arc<dyn DataKeys>, Next) {
    let (keys, meanwhile) = (keys() as Arc<dyn DataKeys>, Arc::new(Mutex::new(None)));
    let blobs = Slow { blobs: FolderBlobs::open(&folder.join("files")).unwrap(), meanwhile: Arc::clone(&meanwhile) };
    let index = FolderIndex::open(&folder.join("index"), false).unwrap();
    (Arc::new(Store::over(index, blobs, Arc::clone(&keys)).unwrap()), keys, meanwhile)
}

fn is_empty(folder: &Path, store: &Store) {
    assert_eq!(crate::stored(folder), Vec::<std::path::PathBuf>::new());
    assert_eq!(store.used_bytes(&crate::VILLAGE.parse().unwrap()).unwrap(), 0);
}

#[test]
fn whose_owner_is_erased_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, meanwhile) = slow(folder.path());
    let other = Arc::clone(&store);
    *meanwhile.lock().unwrap() = Some(Box::new(move || other.erase(OWNER).map(drop)));
    let refused = store.keep(&upload(OWNER, &document("x"))).unwrap_err();
    assert_eq!(refused.code(), "store-unavailable");
    is_empty(folder.path(), &store);
}

#[test]
fn whose_owner_is_just_being_erased_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, keys, meanwhile) = slow(folder.path());
    // The other node has destroyed the key, and not yet come to the rows.
    *meanwhile.lock().unwrap() = Some(Box::new(move || keys.destroy(OWNER).map_err(AttachmentError::unavailable)));
    let refused = store.keep(&upload(OWNER, &document("x"))).unwrap_err();
    assert_eq!(refused.code(), "store-unavailable");
    is_empty(folder.path(), &store);
}

#[test]
fn what_somebody_else_has_kept_first_is_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, meanwhile) = slow(folder.path());
    let (other, bytes) = (Arc::clone(&store), document("x"));
    let theirs = upload(OWNER, &bytes);
    *meanwhile.lock().unwrap() = Some(Box::new(move || other.keep(&theirs).map(|kept| assert!(kept.is_new))));
    assert!(!store.keep(&upload(OWNER, &bytes)).unwrap().is_new);
    assert_eq!(crate::stored(folder.path()).len(), 1);
}

#[test]
fn a_file_that_broke_off_after_it_was_there_is_wiped() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, meanwhile) = slow(folder.path());
    *meanwhile.lock().unwrap() = Some(Box::new(|| Err(AttachmentError::unavailable("the answer was lost"))));
    let lost = upload(OWNER, &document("x"));
    assert_eq!(store.keep(&lost).unwrap_err().code(), "store-unavailable");
    assert_eq!(store.open_one(OWNER, &lost.cleaned.digest()).unwrap_err().code(), "attachment-unknown");
    is_empty(folder.path(), &store);
    assert!(store.keep(&lost).unwrap().is_new);
}
