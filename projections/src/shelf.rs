//! One sled tree: a model's rows and its position, written together.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use siyi_log::port::Position;
use uuid::Uuid;

/// Memory that one model's cache may take.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// Where the position lies. No row key begins with a zero byte.
const POSITION_KEY: &[u8] = b"\0position";
/// Present once the model has caught up for the first time.
const COMPLETE_KEY: &[u8] = b"\0complete";

/// Why a shelf does not answer. A shelf that fails is thrown away and rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// sled says no.
    #[error("read store: {0}")]
    Sled(#[from] sled::Error),
    /// A row is not what the model's version writes.
    #[error("read store: a row cannot be read: {0}")]
    Row(#[from] postcard::Error),
    /// sled panicked while it opened the folder.
    #[error("read store: the folder cannot be opened")]
    Unopenable,
    /// The operating system says no.
    #[error("read store: {0}")]
    Io(#[from] std::io::Error),
}

/// How far a model has read: the position and id of the last event that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mark {
    /// Position of the last event.
    pub position: Position,
    /// Its id, which tells whether the shelf belongs to this log.
    pub event: Uuid,
}

/// A model's rows on disk.
#[derive(Debug)]
pub struct Shelf {
    db: sled::Db,
    path: PathBuf,
}

impl Shelf {
    /// Opens or creates the folder.
    ///
    /// # Errors
    /// [`ShelfError`] if the folder is damaged.
    pub fn open(path: &Path) -> Result<Self, ShelfError> {
        let config = sled::Config::new().path(path).cache_capacity(CACHE_BYTES).flush_every_ms(Some(500));
        // sled 0.34 may panic on a damaged folder instead of answering with an error.
        let db = catch_unwind(AssertUnwindSafe(|| config.open())).map_err(|_| ShelfError::Unopenable)??;
        Ok(Self { db, path: path.to_owned() })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How far it has read.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn mark(&self) -> Result<Option<Mark>, ShelfError> {
        self.row(POSITION_KEY)
    }

    /// Whether it had caught up once.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn is_complete(&self) -> Result<bool, ShelfError> {
        Ok(self.db.contains_key(COMPLETE_KEY)?)
    }

    /// Notes that it has caught up.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn set_complete(&self) -> Result<(), ShelfError> {
        self.db.insert(COMPLETE_KEY, &[])?;
        self.flush()
    }

    /// Brings everything to the disk, as far as sled does.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn flush(&self) -> Result<(), ShelfError> {
        self.db.flush()?;
        Ok(())
    }

    /// The row at `key`.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn row<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ShelfError> {
        match self.db.get(key)? {
            Some(bytes) => Ok(Some(postcard::from_bytes(&bytes)?)),
            None => Ok(None),
        }
    }

    /// The raw bytes at `key`.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn bytes(&self, key: &[u8]) -> Result<Option<sled::IVec>, ShelfError> {
        Ok(self.db.get(key)?)
    }

    /// Raw rows whose keys begin with `prefix`, in key order.
    #[must_use]
    pub fn scan(&self, prefix: &[u8]) -> impl DoubleEndedIterator<Item = Result<(sled::IVec, sled::IVec), ShelfError>> {
        self.db.scan_prefix(prefix).map(|row| row.map_err(ShelfError::from))
    }

    /// Raw rows with keys in `range`, in key order.
    pub fn range<R>(&self, range: R) -> impl DoubleEndedIterator<Item = Result<(sled::IVec, sled::IVec), ShelfError>>
    where
        R: std::ops::RangeBounds<Vec<u8>>,
    {
        self.db.range(range).map(|row| row.map_err(ShelfError::from))
    }

    /// Every row but the shelf's own two, for comparing a shelf with a rebuilt one.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn contents(&self) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, ShelfError> {
        let mut rows = BTreeMap::new();
        for row in self.db.iter() {
            let (key, value) = row?;
            if key.first() != Some(&0) {
                rows.insert(key.to_vec(), value.to_vec());
            }
        }
        Ok(rows)
    }

    /// Begins a batch of writes.
    #[must_use]
    pub fn writes(&self) -> Writes<'_> {
        Writes { shelf: self, pending: BTreeMap::new() }
    }
}

/// Writes that become visible together, and are seen by the reads of the same batch.
#[derive(Debug)]
pub struct Writes<'a> {
    shelf: &'a Shelf,
    pending: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Writes<'_> {
    /// The row at `key`, pending writes included.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn row<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ShelfError> {
        match self.pending.get(key) {
            Some(Some(bytes)) => Ok(Some(postcard::from_bytes(bytes)?)),
            Some(None) => Ok(None),
            None => self.shelf.row(key),
        }
    }

    /// The raw bytes at `key`, pending writes included.
    ///
    /// # Errors
    /// [`ShelfError`].
    pub fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ShelfError> {
        match self.pending.get(key) {
            Some(pending) => Ok(pending.clone()),
            None => Ok(self.shelf.bytes(key)?.map(|bytes| bytes.to_vec())),
        }
    }

    /// Writes a row.
    ///
    /// # Errors
    /// [`ShelfError`] if it cannot be written down.
    pub fn put<T: Serialize>(&mut self, key: Vec<u8>, row: &T) -> Result<(), ShelfError> {
        self.pending.insert(key, Some(postcard::to_stdvec(row)?));
        Ok(())
    }

    /// Writes raw bytes.
    pub fn put_bytes(&mut self, key: Vec<u8>, bytes: Vec<u8>) {
        self.pending.insert(key, Some(bytes));
    }

    /// Removes a row.
    pub fn remove(&mut self, key: Vec<u8>) {
        self.pending.insert(key, None);
    }

    /// Writes everything and the new mark, atomically.
    ///
    /// # Errors
    /// [`ShelfError`]; nothing is written then.
    pub fn commit(self, mark: Mark) -> Result<(), ShelfError> {
        let mut batch = sled::Batch::default();
        for (key, value) in self.pending {
            match value {
                Some(bytes) => batch.insert(key, bytes),
                None => batch.remove(key),
            }
        }
        // INVARIANT: the mark is in the same batch as the rows, so that no event is ever applied twice or left out.
        batch.insert(POSITION_KEY, postcard::to_stdvec(&mark)?);
        self.shelf.db.apply_batch(batch)?;
        Ok(())
    }
}
