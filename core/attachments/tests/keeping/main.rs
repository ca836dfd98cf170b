//! How attachments are kept, handed out, and got rid of.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code beside the test functions")]

mod damage;
mod erasure;
#[path = "../inspection/made.rs"]
#[expect(dead_code, reason = "pictures only; the other files belong to the inspection")]
mod made;
mod meanwhile;
mod storing;

use siyi_attachments::{Class, DataKeys, Digest, MemoryKeys, Store, Upload, clean};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use uuid::Uuid;

const VILLAGE: &str = "419901101201";
const OWNER: Uuid = Uuid::from_u128(0x11);
const OTHER: Uuid = Uuid::from_u128(0x22);

fn keys() -> Arc<MemoryKeys> {
    Arc::new(MemoryKeys::new().unwrap())
}

fn store(folder: &Path, keys: &Arc<MemoryKeys>) -> Store {
    Store::open(folder, Arc::clone(keys) as Arc<dyn DataKeys>).unwrap()
}

/// A PDF with this text in the clear.
fn document(text: &str) -> Vec<u8> {
    made::pdf(&[made::stream("/Length 9", text.as_bytes())])
}

fn upload(owner: Uuid, bytes: &[u8]) -> Upload {
    Upload {
        cleaned: clean(bytes, None).unwrap(),
        owner,
        class: Class::Minutes,
        village: VILLAGE.parse().unwrap(),
        person: None,
        matter: None,
        uploaded_at: "2026-05-02T01:00:00Z".parse().unwrap(),
    }
}

fn keep(store: &Store, owner: Uuid, bytes: &[u8]) -> Digest {
    store.keep(&upload(owner, bytes)).unwrap().particulars.digest
}

/// The files that hold attachments.
fn stored(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder.join("files")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Every name and every byte below a folder, long runs of zeros left out: journals are mostly that.
fn everything(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        all.extend_from_slice(path.file_name().unwrap().to_str().unwrap().as_bytes());
        let bytes = if path.is_dir() { everything(&path) } else { fs::read(&path).unwrap() };
        all.extend(bytes.chunks(64).filter(|block| *block != [0; 64]).flatten());
    }
    all
}
