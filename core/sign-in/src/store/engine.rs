//! The storage engine (fjall) in the store's folder, and how nothing of what was removed stays in its files.
//!
//! The engine keeps old rows in its journal until that is full. So where rows were removed for good, those that are left are
//! written to a new engine beside the old one, which takes its place; the old one's files are removed. A crash in between is made
//! good at the next opening. What the disk itself keeps of removed files is not in anybody's hands here.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::refused;
use crate::error::SignInError;

const CACHE_BYTES: u64 = 4 << 20;
const MEMORY_BYTES: u64 = 2 << 20;
const FORMAT: &[u8] = b"siyi-sign-in 1";

/// The engine in use, the one that is to take its place, and the one whose place was taken.
const ENGINE: &str = "engine";
const NEXT: &str = "engine.next";
const OLD: &str = "engine.old";

/// An engine that is open.
pub(super) struct Engine {
    pub(super) database: Database,
    pub(super) rows: Keyspace,
    /// Held while a change is judged and written.
    pub(super) change: Mutex<()>,
}

/// Whether the folder was never used.
pub(super) fn is_fresh(folder: &Path) -> bool {
    [ENGINE, NEXT, OLD].iter().all(|name| !folder.join(name).exists())
}

/// Opens the engine of a folder, after making good what a crash has left.
pub(super) fn open(folder: &Path) -> Result<Engine, SignInError> {
    make_good(folder).map_err(SignInError::unavailable)?;
    open_at(folder, ENGINE)
}

/// Writes the rows that are left to a new engine, which takes the old one's place.
pub(super) fn rewrite(folder: &Path, old: Engine) -> Result<Engine, SignInError> {
    remove(&folder.join(NEXT)).map_err(SignInError::unavailable)?;
    let next = open_at(folder, NEXT)?;
    let mut batch = next.database.batch();
    for entry in old.rows.iter() {
        let (key, value) = entry.into_inner().map_err(refused)?;
        batch.insert(&next.rows, key, value);
    }
    batch.durability(Some(PersistMode::SyncAll)).commit().map_err(refused)?;
    drop(next);
    drop(old);
    // INVARIANT: the next engine is on the disk before the old one leaves its place.
    fs::rename(folder.join(ENGINE), folder.join(OLD)).map_err(SignInError::unavailable)?;
    sync(folder).map_err(SignInError::unavailable)?;
    open(folder)
}

/// Ends the change of places where it was cut short, and removes what is in nobody's place.
fn make_good(folder: &Path) -> io::Result<()> {
    let (engine, next, old) = (folder.join(ENGINE), folder.join(NEXT), folder.join(OLD));
    if !engine.exists() && old.exists() {
        // Before the old one leaves its place the next one is complete; without it the old one is all there is.
        fs::rename(if next.exists() { &next } else { &old }, &engine)?;
        sync(folder)?;
    }
    remove(&next)?;
    remove(&old)?;
    sync(folder)
}

fn open_at(folder: &Path, name: &str) -> Result<Engine, SignInError> {
    let path = folder.join(name);
    let fresh = !path.exists();
    let database = Database::builder(&path).cache_size(CACHE_BYTES).worker_threads(1).open().map_err(refused)?;
    let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMORY_BYTES);
    let rows = database.keyspace("secrets", options).map_err(refused)?;
    match rows.get(b"f").map_err(refused)? {
        Some(format) if &*format == FORMAT => {}
        Some(_) => return Err(SignInError::corrupt("the folder was written by another program")),
        None => rows.insert(b"f", FORMAT).map_err(refused)?,
    }
    database.persist(PersistMode::SyncAll).map_err(refused)?;
    if fresh {
        // The engine syncs what is in the folder of a keyspace, and not the folders above, which hold its name.
        for path in [&path.join("keyspaces"), &path, folder] {
            sync(path).map_err(SignInError::unavailable)?;
        }
    }
    Ok(Engine { database, rows, change: Mutex::default() })
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
