//! The rows in a folder of their own, which one process has open.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use fjall::{Keyspace, PersistMode, Readable, Snapshot};
use zeroize::Zeroizing;

use super::engine::{self, Engine};
use super::refused;
use super::secret_rows::{Judging, Lasting, Look, Looking, Pair, SecretRows, Write};
use crate::error::SignInError;
use crate::keyed;

/// [`SecretRows`] in a folder.
pub struct FolderRows {
    folder: PathBuf,
    /// None once it is closed.
    open: RwLock<Option<Open>>,
}

struct Open {
    engine: Engine,
    /// Held by the one process that has the folder open.
    lock: File,
}

impl FolderRows {
    /// Opens the folder, which is made where it is missing and which nobody else may look into, and reads the key under
    /// which its digests are made. Reads files.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`] if it is in use or the disk says no, [`SignInError::Corrupt`] if something is missing.
    pub fn open(folder: &Path) -> Result<(Self, Zeroizing<[u8; 32]>), SignInError> {
        make_private(folder).map_err(SignInError::unavailable)?;
        let lock = lock(folder)?;
        let key = keyed::key_of(folder, engine::is_fresh(folder))?;
        let open = RwLock::new(Some(Open { engine: engine::open(folder)?, lock }));
        Ok((Self { folder: folder.to_path_buf(), open }, key))
    }

    fn with<T>(&self, call: impl FnOnce(&Engine) -> Result<T, SignInError>) -> Result<T, SignInError> {
        match self.open.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(open) => call(&open.engine),
            None => Err(closed()),
        }
    }
}

impl SecretRows for FolderRows {
    fn read(&self, look: Looking<'_>) -> Result<(), SignInError> {
        self.with(|engine| look(&View::of(engine)))
    }

    fn change(&self, lasting: Lasting, judge: Judging<'_>) -> Result<(), SignInError> {
        self.with(|engine| {
            let _one_by_one = engine.change.lock().unwrap_or_else(PoisonError::into_inner);
            let mut batch = engine.database.batch();
            for write in judge(&View::of(engine))? {
                match write {
                    Write::Put(key, value) => batch.insert(&engine.rows, key, value),
                    Write::Remove(key) => batch.remove(&engine.rows, key),
                }
            }
            let durability = match lasting {
                Lasting::Power => PersistMode::SyncData,
                Lasting::Process => PersistMode::Buffer,
            };
            batch.durability(Some(durability)).commit().map_err(refused)
        })
    }

    fn forget_removed(&self) -> Result<(), SignInError> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let Some(Open { engine, lock }) = open.take() else { return Err(closed()) };
        // Where this fails the store stays closed; the next opening makes it good.
        *open = Some(Open { engine: engine::rewrite(&self.folder, engine)?, lock });
        Ok(())
    }

    fn close(&self) {
        drop(self.open.write().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// The rows at one moment. What reads them one by one may meet half of a change.
struct View<'a> {
    moment: Snapshot,
    rows: &'a Keyspace,
}

impl<'a> View<'a> {
    fn of(engine: &'a Engine) -> Self {
        Self { moment: engine.database.snapshot(), rows: &engine.rows }
    }
}

impl Look for View<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SignInError> {
        Ok(self.moment.get(self.rows, key).map_err(refused)?.map(|value| value.to_vec()))
    }

    fn first(&self, prefix: &[u8], most: usize) -> Result<Vec<Pair>, SignInError> {
        let pairs = self.moment.prefix(self.rows, prefix).take(most).map(|entry| {
            let (key, value) = entry.into_inner().map_err(refused)?;
            Ok((key.to_vec(), value.to_vec()))
        });
        pairs.collect()
    }
}

fn closed() -> SignInError {
    SignInError::Unavailable { reason: "the store is closed".into() }
}

/// The folder, which nobody else may look into.
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if !folder.exists() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
            File::open(above)?.sync_all()?;
        }
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

fn lock(folder: &Path) -> Result<File, SignInError> {
    let file = File::create(folder.join("sign-in.lock")).map_err(SignInError::unavailable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SignInError::Unavailable { reason: "the folder is in use".into() }),
        Err(TryLockError::Error(error)) => Err(SignInError::unavailable(error)),
    }
}
