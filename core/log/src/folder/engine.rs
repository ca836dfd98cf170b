//! Opening the storage engine (fjall) inside a store's folder.

use super::{Folder, OpenError, open_error, sync_folder};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use std::{
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// The sub-folder that belongs to the engine.
pub(crate) const ENGINE: &str = "engine";

/// Where the engine keeps a folder for each keyspace.
const KEYSPACES: &str = "keyspaces";

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
    let opened = match open_database(path, cache_bytes) {
        Err(fjall::Error::JournalRecovery(_)) if initialised => {
            cut_unfinished_write(path).map_err(|error| OpenError::unavailable(path, &error))?;
            open_database(path, cache_bytes)
        }
        opened => opened,
    };
    let database = opened.map_err(refused)?;
    let mut keyspaces = Vec::with_capacity(N);
    for (name, memory) in sections {
        if initialised && !database.keyspace_exists(name) {
            return Err(OpenError::corrupt(path, format!("the keyspace `{name}` is missing")));
        }
        let options = || KeyspaceCreateOptions::default().max_memtable_size(memory);
        keyspaces.push(database.keyspace(name, options).map_err(refused)?);
    }
    database.persist(PersistMode::SyncAll).map_err(refused)?;
    if !initialised {
        // The engine syncs what is in the folder of a keyspace, and not the folder above, which holds its name.
        sync_folder(&path.join(KEYSPACES)).map_err(|error| OpenError::unavailable(path, &error))?;
    }
    let keyspaces = keyspaces.try_into().map_err(|_| OpenError::corrupt(path, "a keyspace is missing"))?;
    Ok((database, keyspaces))
}

fn open_database(path: &Path, cache_bytes: u64) -> Result<Database, fjall::Error> {
    Database::builder(path)
        .cache_size(cache_bytes)
        .max_journaling_size(JOURNAL_BYTES)
        // With several, one of them spins while another compacts.
        .worker_threads(1)
        .open()
}

/// Cuts the last byte of the journal off, so that the engine takes its last batch for unfinished and drops it.
///
/// A power loss may leave the end of the last batch on the disk and a hole in its middle, because nothing orders the
/// pages of a write before its sync. The engine drops a batch without an end, but refuses one with a hole. Dropping it
/// is right where it was not acknowledged, and that is checked by whoever counts the acknowledged (see
/// `embedded/recovery.rs`). If the hole is in an earlier batch, the engine refuses again. The journal as it was is kept
/// beside the engine's folder, as `journal.saved`.
fn cut_unfinished_write(path: &Path) -> io::Result<()> {
    let number = |path: &PathBuf| path.file_stem()?.to_str()?.parse::<u64>().ok();
    let journals = path.read_dir()?.flatten().map(|entry| entry.path()).filter(|path| is_journal(path));
    let Some(newest) = journals.max_by_key(number) else {
        return Ok(());
    };
    tracing::warn!(journal = %newest.display(), "the last batch of the journal does not read and is dropped");
    fs::copy(&newest, path.with_file_name("journal.saved"))?;
    let end = fs::read(&newest)?.iter().rposition(|byte| *byte != 0).unwrap_or(0);
    let journal = File::options().write(true).open(&newest)?;
    journal.set_len(end as u64)?;
    journal.sync_all()
}

fn is_journal(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "jnl")
}

/// Whether the files are there which fjall 3 has from its creation on: its version, a journal, and for each keyspace,
/// numbered from 0 (its own) on, the pointer to the current state.
fn check_files(path: &Path, keyspaces: usize) -> Result<(), OpenError> {
    let folders = (0..=keyspaces).map(|number| format!("keyspaces/{number}/current"));
    if let Some(missing) = folders.chain(["version".into()]).find(|file| !path.join(file).is_file()) {
        return Err(OpenError::corrupt(path, format!("the file `{missing}` is missing")));
    }
    let entries = path.read_dir().map_err(|error| OpenError::unavailable(path, &error))?;
    let journal = entries.flatten().any(|entry| is_journal(&entry.path()));
    if journal { Ok(()) } else { Err(OpenError::corrupt(path, "the journal is missing")) }
}
