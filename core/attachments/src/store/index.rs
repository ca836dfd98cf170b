//! The index: rows under keyed digests, so that who has the disk cannot ask whether a known document is there.

use super::{Particulars, files::FileName};
use crate::{digest::Digest, error::AttachmentError, keys::DataKey, sealed};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use siyi_domain::ids::JurisdictionCode;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};
use uuid::Uuid;

/// Keyed digest, 32 bytes, and owner, 16 bytes.
pub(super) type RowKey = [u8; 48];

/// The first thing ever written; a database without it lost everything.
const MARK: &[u8] = b"format";
const FORMAT: &[u8] = b"1";
const MEMORY_BYTES: u64 = 2 << 20;
const CACHE_BYTES: u64 = 4 << 20;

/// What the index says about an attachment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) file: FileName,
    pub(super) village: JurisdictionCode,
    pub(super) stored_bytes: u64,
    /// [`Particulars`], encrypted under the owner's key.
    sealed: Vec<u8>,
}

impl Row {
    pub(super) fn seal(
        at: &RowKey,
        key: &DataKey,
        file: FileName,
        stored_bytes: u64,
        particulars: &Particulars,
    ) -> Result<Self, AttachmentError> {
        let text = serde_json::to_vec(particulars).map_err(AttachmentError::unavailable)?;
        let sealed = sealed::seal_particulars(key, at, &text)?;
        Ok(Self { file, village: particulars.village.clone(), stored_bytes, sealed })
    }

    pub(super) fn particulars(&self, at: &RowKey, key: &DataKey) -> Result<Particulars, AttachmentError> {
        let text = sealed::open_particulars(key, at, &self.sealed)?;
        serde_json::from_slice(&text).map_err(|_| AttachmentError::corrupt("a row does not read"))
    }
}

/// The digest as the index knows it.
pub(super) fn keyed(lookup: &DataKey, digest: &Digest) -> Result<[u8; 32], AttachmentError> {
    let mac = Hmac::<sha2::Sha256>::new_from_slice(lookup.as_bytes()).map_err(AttachmentError::unavailable)?;
    let mac = mac.chain_update(b"siyi attachment digest 1").chain_update(digest.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

pub(super) fn row_key(keyed: &[u8; 32], owner: Uuid) -> RowKey {
    let mut key = [0; 48];
    key.iter_mut().zip(keyed.iter().chain(owner.as_bytes())).for_each(|(to, from)| *to = *from);
    key
}

pub(super) fn owner_of(key: &RowKey) -> Uuid {
    key.last_chunk().map_or(Uuid::nil(), |owner| Uuid::from_bytes(*owner))
}

/// The index on the disk.
pub(super) struct Index {
    database: Database,
    attachments: Keyspace,
    erasing: Keyspace,
}

impl Index {
    /// Opens the index. Where files are there already, it must be there as well.
    pub(super) fn open(path: &Path, must_exist: bool) -> Result<Self, AttachmentError> {
        // The engine panics over some kinds of damage.
        catch_unwind(AssertUnwindSafe(|| Self::open_engine(path, must_exist)))
            .unwrap_or_else(|_| Err(AttachmentError::corrupt("the index cannot be read")))
    }

    fn open_engine(path: &Path, must_exist: bool) -> Result<Self, AttachmentError> {
        let database = Database::builder(path).cache_size(CACHE_BYTES).worker_threads(1).open()?;
        let section =
            |name| database.keyspace(name, || KeyspaceCreateOptions::default().max_memtable_size(MEMORY_BYTES));
        let (attachments, erasing, about) = (section("attachments")?, section("erasing")?, section("about")?);
        match about.get(MARK)? {
            Some(format) if &*format == FORMAT => {}
            Some(_) => return Err(AttachmentError::unavailable("the index was written by another version")),
            // INVARIANT: what has no row is wiped, so an index that was lost must not pass for an empty one.
            None if must_exist => return Err(AttachmentError::corrupt("there are files, and their index is gone")),
            None => about.insert(MARK, FORMAT)?,
        }
        database.persist(PersistMode::SyncAll)?;
        Ok(Self { database, attachments, erasing })
    }

    pub(super) fn row(&self, at: &RowKey) -> Result<Option<Row>, AttachmentError> {
        self.attachments.get(at)?.map(|value| read(&value)).transpose()
    }

    pub(super) fn rows(&self) -> Result<Vec<(RowKey, Row)>, AttachmentError> {
        let rows = self.attachments.iter().map(|entry| {
            let (key, value) = entry.into_inner()?;
            Ok((row_key_of(&key)?, read(&value)?))
        });
        rows.collect()
    }

    pub(super) fn owners(&self, keyed: &[u8; 32]) -> Result<Vec<Uuid>, AttachmentError> {
        self.attachments.prefix(keyed).map(|entry| Ok(owner_of(&row_key_of(&entry.key()?)?))).collect()
    }

    pub(super) fn put(&self, at: &RowKey, row: &Row) -> Result<(), AttachmentError> {
        let text = serde_json::to_vec(row).map_err(AttachmentError::unavailable)?;
        self.write(|batch| batch.insert(&self.attachments, *at, text))
    }

    pub(super) fn remove(&self, rows: &[RowKey]) -> Result<(), AttachmentError> {
        self.write(|batch| rows.iter().for_each(|at| batch.remove(&self.attachments, *at)))
    }

    /// Owners whose erasure has begun and not ended.
    pub(super) fn erasing(&self) -> Result<Vec<Uuid>, AttachmentError> {
        let owner = |key: &[u8]| Uuid::from_slice(key).map_err(|_| AttachmentError::corrupt("a row does not read"));
        self.erasing.iter().map(|entry| owner(&entry.key()?)).collect()
    }

    pub(super) fn begin_erasing(&self, owner: Uuid) -> Result<(), AttachmentError> {
        self.write(|batch| batch.insert(&self.erasing, *owner.as_bytes(), []))
    }

    pub(super) fn end_erasing(&self, owner: Uuid) -> Result<(), AttachmentError> {
        self.write(|batch| batch.remove(&self.erasing, *owner.as_bytes()))
    }

    fn write(&self, fill: impl FnOnce(&mut OwnedWriteBatch)) -> Result<(), AttachmentError> {
        let mut batch = self.database.batch();
        fill(&mut batch);
        Ok(batch.durability(Some(PersistMode::SyncAll)).commit()?)
    }
}

fn read(value: &[u8]) -> Result<Row, AttachmentError> {
    serde_json::from_slice(value).map_err(|_| AttachmentError::corrupt("a row does not read"))
}

fn row_key_of(key: &[u8]) -> Result<RowKey, AttachmentError> {
    key.try_into().map_err(|_| AttachmentError::corrupt("a row does not read"))
}
