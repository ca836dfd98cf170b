//! Opening the storage engine (fjall) inside a store's folder.

use super::{Folder, OpenError, open_error};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

/// The sub-folder that belongs to the engine.
pub(crate) const ENGINE: &str = "engine";

/// Journals are kept until all keyspaces are flushed past them; this bounds the time of a reopen after a crash.
const JOURNAL_BYTES: u64 = 128 << 20;

/// A keyspace: its name, and the bytes that it gathers in memory before it writes a table.
pub(crate) type Section = (&'static str, u64);

/// Opens the engine and its keyspaces.
///
/// # Errors
/// [`OpenError::Corrupt`] where a file that was there at the initialisation is missing or does not read, among others.
pub(crate) fn open_engine<const N: usize>(
    folder: &Folder,
    cache_bytes: u64,
    sections: [Section; N],
) -> Result<(Database, [Keyspace; N]), OpenError> {
    let path = folder.join(ENGINE);
    if folder.initialised() {
        // INVARIANT: this comes before the engine looks, because it removes keyspaces that look unfinished and makes
        // a new database where its version file is missing.
        check_files(&path, N)?;
    }
    // The engine panics over some kinds of damage.
    let open = || open_sections(&path, cache_bytes, folder.initialised(), sections);
    catch_unwind(AssertUnwindSafe(open))
        .unwrap_or_else(|_| Err(OpenError::corrupt(&path, "the storage engine gave up while reading it")))
}

fn open_sections<const N: usize>(
    path: &Path,
    cache_bytes: u64,
    initialised: bool,
    sections: [Section; N],
) -> Result<(Database, [Keyspace; N]), OpenError> {
    let refused = |error: fjall::Error| open_error(path, &error);
    let database = Database::builder(path)
        .cache_size(cache_bytes)
        .max_journaling_size(JOURNAL_BYTES)
        .worker_threads(1)
        .open()
        .map_err(refused)?;
    let mut keyspaces = Vec::with_capacity(N);
    for (name, memory) in sections {
        if initialised && !database.keyspace_exists(name) {
            return Err(OpenError::corrupt(path, format!("the keyspace `{name}` is missing")));
        }
        let options = || KeyspaceCreateOptions::default().max_memtable_size(memory);
        keyspaces.push(database.keyspace(name, options).map_err(refused)?);
    }
    database.persist(PersistMode::SyncAll).map_err(refused)?;
    let keyspaces = keyspaces.try_into().map_err(|_| OpenError::corrupt(path, "a keyspace is missing"))?;
    Ok((database, keyspaces))
}

/// Whether the files are there which fjall 3 has from its creation on: its version, a journal, and for each keyspace,
/// numbered from 0 (its own) on, the pointer to the current state.
fn check_files(path: &Path, keyspaces: usize) -> Result<(), OpenError> {
    let folders = (0..=keyspaces).map(|number| format!("keyspaces/{number}/current"));
    if let Some(missing) = folders.chain(["version".into()]).find(|file| !path.join(file).is_file()) {
        return Err(OpenError::corrupt(path, format!("the file `{missing}` is missing")));
    }
    let entries = path.read_dir().map_err(|error| OpenError::unavailable(path, &error))?;
    let journal = entries.flatten().any(|entry| entry.path().extension().is_some_and(|ending| ending == "jnl"));
    if journal { Ok(()) } else { Err(OpenError::corrupt(path, "the journal is missing")) }
}
