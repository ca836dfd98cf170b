//! The index on the disk, that of one process.

use super::usage::Usage;
use crate::{
    error::AttachmentError,
    store::{
        ports::{FileName, Index, Note, Of, Row, RowKey},
        rows::owner_of,
    },
};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use siyi_domain::ids::JurisdictionCode;
use std::{
    collections::HashSet,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// The first thing ever written; a database without it lost everything.
const MARK: &[u8] = b"format";
const FORMAT: &[u8] = b"1";
const MEMORY_BYTES: u64 = 2 << 20;
const CACHE_BYTES: u64 = 4 << 20;

/// A note as it lies on the disk.
#[derive(Serialize, Deserialize)]
struct Noted {
    #[serde(flatten)]
    note: Note,
    is_owed: bool,
}

/// The index in a folder.
pub struct FolderIndex {
    database: Database,
    attachments: Keyspace,
    notes: Keyspace,
    erasing: Keyspace,
    /// Held while anything is looked at in order to be changed.
    usage: Mutex<Usage>,
}

impl fmt::Debug for FolderIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderIndex").finish_non_exhaustive()
    }
}

impl FolderIndex {
    /// Opens the index. Where files are there already, it must be there as well.
    ///
    /// # Errors
    /// `attachment-corrupt`; `store-unavailable`, also where another process has it open.
    pub fn open(path: &Path, must_exist: bool) -> Result<Self, AttachmentError> {
        // The engine panics over some kinds of damage.
        catch_unwind(AssertUnwindSafe(|| Self::open_engine(path, must_exist)))
            .unwrap_or_else(|_| Err(AttachmentError::corrupt("the index cannot be read")))
    }

    fn open_engine(path: &Path, must_exist: bool) -> Result<Self, AttachmentError> {
        let database = Database::builder(path).cache_size(CACHE_BYTES).worker_threads(1).open()?;
        let section =
            |name| database.keyspace(name, || KeyspaceCreateOptions::default().max_memtable_size(MEMORY_BYTES));
        let (attachments, erasing, about) = (section("attachments")?, section("erasing")?, section("about")?);
        let notes = section("notes")?;
        match about.get(MARK)? {
            Some(format) if &*format == FORMAT => {}
            Some(_) => return Err(AttachmentError::unavailable("the index was written by another version")),
            // INVARIANT: what has no row is wiped, so an index that was lost must not pass for an empty one.
            None if must_exist => return Err(AttachmentError::corrupt("there are files, and their index is gone")),
            None => about.insert(MARK, FORMAT)?,
        }
        database.persist(PersistMode::SyncAll)?;
        let index = Self { database, attachments, notes, erasing, usage: Mutex::default() };
        for (_, row) in index.all_rows()? {
            index.lock().add(&row.village, row.stored_bytes);
        }
        for (_, noted) in index.all_notes()? {
            index.lock().add(&noted.note.village, noted.note.stored_bytes);
        }
        Ok(index)
    }

    fn all_rows(&self) -> Result<Vec<(RowKey, Row)>, AttachmentError> {
        let rows = self.attachments.iter().map(|entry| {
            let (key, value) = entry.into_inner()?;
            Ok((row_key_of(&key)?, read(&value)?))
        });
        rows.collect()
    }

    fn all_notes(&self) -> Result<Vec<(FileName, Noted)>, AttachmentError> {
        let notes = self.notes.iter().map(|entry| {
            let (key, value) = entry.into_inner()?;
            Ok((id_of(&key)?, read(&value)?))
        });
        notes.collect()
    }

    fn note(&self, file: FileName) -> Result<Option<Noted>, AttachmentError> {
        self.notes.get(file.as_bytes())?.map(|value| read(&value)).transpose()
    }

    /// Takes rows away, and makes these notes owed, in one change.
    fn owe(&self, rows: &[(RowKey, Row)], notes: Vec<(FileName, Note)>) -> Result<(), AttachmentError> {
        let of_row = |(at, row): &(RowKey, Row)| {
            let (owner, village) = (owner_of(at), row.village.clone());
            (row.file, Note { owner, village, stored_bytes: row.stored_bytes })
        };
        let owed = rows.iter().map(of_row).chain(notes);
        let owed = owed.map(|(file, note)| Ok((file, text(&Noted { note, is_owed: true })?)));
        let owed: Vec<_> = owed.collect::<Result<_, AttachmentError>>()?;
        self.write(|batch| {
            for (at, _) in rows {
                batch.remove(&self.attachments, *at);
            }
            for (file, text) in owed {
                batch.insert(&self.notes, *file.as_bytes(), text);
            }
        })
    }

    fn write(&self, fill: impl FnOnce(&mut OwnedWriteBatch)) -> Result<(), AttachmentError> {
        let mut batch = self.database.batch();
        fill(&mut batch);
        Ok(batch.durability(Some(PersistMode::SyncAll)).commit()?)
    }

    fn lock(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index for FolderIndex {
    fn row(&self, at: &RowKey) -> Result<Option<Row>, AttachmentError> {
        self.attachments.get(at)?.map(|value| read(&value)).transpose()
    }

    fn rows(&self, of: Of<'_>) -> Result<Vec<(RowKey, Row)>, AttachmentError> {
        let mut rows = self.all_rows()?;
        rows.retain(|(at, row)| match of {
            Of::Owner(owner) => owner_of(at) == owner,
            Of::Village(village) => row.village == *village,
        });
        Ok(rows)
    }

    fn owners(&self, keyed: &[u8; 32]) -> Result<Vec<Uuid>, AttachmentError> {
        self.attachments.prefix(keyed).map(|entry| Ok(owner_of(&row_key_of(&entry.key()?)?))).collect()
    }

    fn used_bytes(&self, village: &JurisdictionCode) -> Result<u64, AttachmentError> {
        Ok(self.lock().of(village))
    }

    fn reserve(&self, file: FileName, note: &Note, quota_bytes: u64) -> Result<(), AttachmentError> {
        let mut usage = self.lock();
        usage.check(&note.village, note.stored_bytes, quota_bytes)?;
        let text = text(&Noted { note: note.clone(), is_owed: false })?;
        self.write(|batch| batch.insert(&self.notes, *file.as_bytes(), text))?;
        usage.add(&note.village, note.stored_bytes);
        Ok(())
    }

    fn put(&self, at: &RowKey, row: &Row) -> Result<bool, AttachmentError> {
        let _held = self.lock();
        if self.row(at)?.is_some() {
            return Ok(false);
        }
        if self.note(row.file)?.is_none_or(|noted| noted.is_owed) {
            return Err(AttachmentError::given_up());
        }
        let text = text(row)?;
        self.write(|batch| {
            batch.insert(&self.attachments, *at, text);
            batch.remove(&self.notes, *row.file.as_bytes());
        })?;
        Ok(true)
    }

    fn take(&self, at: &RowKey, file: FileName) -> Result<bool, AttachmentError> {
        let _held = self.lock();
        let Some(row) = self.row(at)?.filter(|row| row.file == file) else { return Ok(false) };
        self.owe(&[(*at, row)], Vec::new())?;
        Ok(true)
    }

    fn take_owner(&self, owner: Uuid) -> Result<usize, AttachmentError> {
        let _held = self.lock();
        let rows = self.rows(Of::Owner(owner))?;
        let notes = self.all_notes()?.into_iter().filter(|(_, noted)| noted.note.owner == owner);
        self.owe(&rows, notes.map(|(file, noted)| (file, noted.note)).collect())?;
        Ok(rows.len())
    }

    fn give_up(&self, file: FileName) -> Result<bool, AttachmentError> {
        let _held = self.lock();
        let Some(noted) = self.note(file)?.filter(|noted| !noted.is_owed) else { return Ok(false) };
        self.owe(&[], vec![(file, noted.note)])?;
        Ok(true)
    }

    /// Called when the index was opened, and nobody else has it open: so nobody is writing.
    fn give_up_abandoned(&self) -> Result<(), AttachmentError> {
        let _held = self.lock();
        let notes = self.all_notes()?.into_iter().map(|(file, noted)| (file, noted.note));
        self.owe(&[], notes.collect())
    }

    fn owed(&self, owner: Option<Uuid>) -> Result<Vec<FileName>, AttachmentError> {
        let mut notes = self.all_notes()?;
        notes.retain(|(_, noted)| noted.is_owed && owner.is_none_or(|owner| noted.note.owner == owner));
        Ok(notes.into_iter().map(|(file, _)| file).collect())
    }

    fn settle(&self, file: FileName) -> Result<(), AttachmentError> {
        let mut usage = self.lock();
        let Some(noted) = self.note(file)?.filter(|noted| noted.is_owed) else { return Ok(()) };
        self.write(|batch| batch.remove(&self.notes, *file.as_bytes()))?;
        usage.subtract(&noted.note.village, noted.note.stored_bytes);
        Ok(())
    }

    fn files(&self) -> Result<HashSet<FileName>, AttachmentError> {
        let noted = self.all_notes()?.into_iter().map(|(file, _)| file);
        Ok(self.all_rows()?.into_iter().map(|(_, row)| row.file).chain(noted).collect())
    }

    fn erasing(&self) -> Result<Vec<Uuid>, AttachmentError> {
        self.erasing.iter().map(|entry| id_of(&entry.key()?)).collect()
    }

    fn begin_erasing(&self, owner: Uuid) -> Result<(), AttachmentError> {
        self.write(|batch| batch.insert(&self.erasing, *owner.as_bytes(), []))
    }

    fn end_erasing(&self, owner: Uuid) -> Result<(), AttachmentError> {
        self.write(|batch| batch.remove(&self.erasing, *owner.as_bytes()))
    }
}

fn read<T: DeserializeOwned>(value: &[u8]) -> Result<T, AttachmentError> {
    serde_json::from_slice(value).map_err(|_| AttachmentError::corrupt("a row does not read"))
}

fn text(value: &impl Serialize) -> Result<Vec<u8>, AttachmentError> {
    serde_json::to_vec(value).map_err(AttachmentError::unavailable)
}

fn row_key_of(key: &[u8]) -> Result<RowKey, AttachmentError> {
    key.try_into().map_err(|_| AttachmentError::corrupt("a row does not read"))
}

fn id_of(key: &[u8]) -> Result<Uuid, AttachmentError> {
    Uuid::from_slice(key).map_err(|_| AttachmentError::corrupt("a row does not read"))
}
