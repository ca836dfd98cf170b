//! The keys of persons: where the master key comes from, what is on the disk, rotation, backups.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

#[path = "keys/backups.rs"]
mod backups;
#[path = "keys/commands.rs"]
mod commands;
#[path = "keys/disk.rs"]
mod disk;
#[path = "keys/masters.rs"]
mod masters;
#[path = "keys/tokens.rs"]
mod tokens;

use siyi_log::keys::{FileMasterKey, Keys, KeysError, MasterKey, Purpose};
use siyi_log::vault::EmbeddedVault;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;
use uuid::Uuid;

const WANG: Uuid = Uuid::from_u128(1);
const LI: Uuid = Uuid::from_u128(2);

/// A folder with a master key beside it.
fn place() -> (TempDir, Arc<dyn MasterKey>) {
    let folder = tempfile::tempdir().unwrap();
    let master = FileMasterKey::create_file(folder.path().join("master.key")).unwrap();
    (folder, Arc::new(master))
}

fn another_master(folder: &TempDir) -> Arc<dyn MasterKey> {
    Arc::new(FileMasterKey::create_file(folder.path().join("other.key")).unwrap())
}

fn open(folder: &TempDir, master: &Arc<dyn MasterKey>) -> Result<Keys, KeysError> {
    Keys::open(folder.path().join("keys"), Arc::clone(master))
}

fn vault(folder: &TempDir, keys: &Arc<Keys>) -> EmbeddedVault {
    EmbeddedVault::open(folder.path().join("vault"), Arc::clone(keys)).unwrap()
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Whether the bytes stand anywhere in the files below a folder.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    files(folder).iter().any(|file| {
        let mut content = fs::read(file).unwrap();
        // A journal is mostly the zeros that it has room for.
        let zeros = vec![0; 1 << 16];
        let used = content.chunks(zeros.len()).rposition(|chunk| *chunk != zeros[..chunk.len()]);
        content.truncate(used.map_or(0, |chunk| (chunk + 1) * zeros.len()));
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

/// The wrapped keys of a person, as they lie on the disk.
fn wrapped(folder: &TempDir, subject: Uuid) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(&folder.path().join("keys")) {
        for line in String::from_utf8(fs::read(file).unwrap()).unwrap().lines() {
            let record: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            if record["subject"] == subject.to_string() {
                found.push(record["wrapped"].as_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn make(keys: &Keys, subject: Uuid) {
    keys.obtain(&[(subject, Purpose::Roll), (subject, Purpose::Contact)]).unwrap();
}
