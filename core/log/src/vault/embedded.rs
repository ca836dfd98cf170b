//! The vault in a folder of its own, apart from the log, so that the log can be copied and published without it.
//!
//! | keyspace | key | value |
//! | --- | --- | --- |
//! | `disclosures` | digest, 32 bytes | an encrypted row ([`super::row`]) |
//! | `subjects` | subject, 16 bytes, and digest, 32 bytes | nothing |
//!
//! The file `keystore` says which key store holds the keys. A row whose key is gone is forgotten; it opens nothing.
//!
//! What this cannot do: a forgotten row leaves the engine's tables at once, but its journal only when that is full. What
//! lies there is encrypted under a key that is destroyed.

#[cfg(test)]
mod tests;

use super::{
    Disclosure, OpenError, Opened, Vault, VaultError, check_rows,
    disclosure::{digest_from_text, digest_text},
    row::SealedRow,
};
use crate::folder::{Folder, Kind, open_engine, speaks_of_damage};
use crate::keys::{DataKey, Keys, Purpose};
use async_trait::async_trait;
use fjall::{Database, Keyspace, OwnedWriteBatch, PersistMode};
use siyi_domain::moment::Moment;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
    thread,
    time::Duration,
};
use uuid::Uuid;

/// Format 1 was not encrypted. Nobody had it, so it is not migrated.
const FORMAT: u64 = 2;
const KEYSTORE: &str = "keystore";
const KIND: Kind = Kind { stem: "siyi-vault", content: "siyi-vault", format: FORMAT, entries: &["engine", KEYSTORE] };
const SECTIONS: [(&str, u64); 2] = [("disclosures", 4 << 20), ("subjects", 2 << 20)];
const CACHE_BYTES: u64 = 8 << 20;

/// How often it is looked, and how long in between, whether the engine has written its tables after somebody was
/// forgotten; if it has not by then, it compacts later by itself.
const FLUSH_LOOKS: u32 = 500;
const FLUSH_PAUSE: Duration = Duration::from_millis(5);

/// A [`Vault`] in a folder.
pub struct EmbeddedVault {
    /// None once the vault is closed.
    rows: Arc<RwLock<Option<Rows>>>,
}

struct Rows {
    database: Database,
    disclosures: Keyspace,
    subjects: Keyspace,
    keys: Arc<Keys>,
    /// Held while a change is judged and handed to the engine: the number of changes so far.
    changes: Mutex<u64>,
    /// Held while the disk is synced: the number of changes that are durable.
    durable: Mutex<u64>,
    _folder: Folder,
}

impl fmt::Debug for EmbeddedVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedVault").finish_non_exhaustive()
    }
}

impl EmbeddedVault {
    /// Opens the vault in `folder`, which is created where it is missing, with the key store that holds its keys.
    ///
    /// # Errors
    /// [`OpenError`]: in use, foreign (also a vault of format 1), too new, damaged, its keys lie in another key store,
    /// or the disk said no.
    pub fn open(folder: impl AsRef<Path>, keys: Arc<Keys>) -> Result<Self, OpenError> {
        refuse_plain(folder.as_ref())?;
        let mut folder = Folder::open(folder.as_ref(), KIND)?;
        check_keystore(&folder, &keys)?;
        let (database, [disclosures, subjects]) = open_engine(&folder, CACHE_BYTES, SECTIONS)?;
        folder.establish()?;
        let (changes, durable) = (Mutex::default(), Mutex::default());
        let rows = Rows { database, disclosures, subjects, keys, changes, durable, _folder: folder };
        Ok(Self { rows: Arc::new(RwLock::new(Some(rows))) })
    }

    /// Waits for the calls under way, closes the files and unlocks the folder. Later calls are answered Unavailable.
    pub async fn close(&self) {
        let rows = Arc::clone(&self.rows);
        let close = move || drop(rows.write().unwrap_or_else(PoisonError::into_inner).take());
        // A failed join means that the runtime ends, and the drop does the rest.
        let _ = tokio::task::spawn_blocking(close).await;
    }

    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Rows) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let rows = Arc::clone(&self.rows);
        let call = move || match rows.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(rows) => call(rows),
            None => Err(VaultError::Unavailable { reason: "the vault is closed".into() }),
        };
        tokio::task::spawn_blocking(call).await.unwrap_or_else(|error| {
            Err(VaultError::Unavailable { reason: format!("the call was broken off: {error}") })
        })
    }
}

impl Rows {
    fn put(&self, new: &[Disclosure]) -> Result<(), VaultError> {
        let wanted: BTreeSet<_> = new.iter().map(|row| (row.subject, row.purpose)).collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        // INVARIANT: a key is durable before the first row under it is written. Here, so that new keys of many callers
        // are made while others write rows; below they are there already, unless the person was forgotten in between.
        self.keys.obtain(&wanted)?;
        self.change(|batch| {
            let keys: BTreeMap<(Uuid, Purpose), DataKey> =
                wanted.iter().copied().zip(self.keys.obtain(&wanted)?).collect();
            for disclosure in new {
                let digest = disclosure.digest_bytes();
                match self.live_row(&digest)? {
                    Some((row, _)) if row.subject != disclosure.subject => {
                        return Err(VaultError::DigestTaken { digest: digest_text(&digest) });
                    }
                    Some(_) => continue,
                    None => self.unlink(batch, &digest)?,
                }
                let Some(key) = keys.get(&(disclosure.subject, disclosure.purpose)) else {
                    return Err(VaultError::Unavailable { reason: "a key was not made".into() });
                };
                batch.insert(&self.disclosures, digest, SealedRow::seal(disclosure, key)?.bytes());
                batch.insert(&self.subjects, [disclosure.subject.as_bytes().as_slice(), &digest].concat(), []);
            }
            Ok(())
        })
    }

    /// A row whose key is gone may be followed by one of another person: then the index must not lead to that.
    fn unlink(&self, batch: &mut OwnedWriteBatch, digest: &[u8; 32]) -> Result<(), VaultError> {
        if let Some(forgotten) = self.row(digest)? {
            batch.remove(&self.subjects, [forgotten.subject.as_bytes().as_slice(), digest].concat());
        }
        Ok(())
    }

    fn forget(&self, subject: Uuid) -> Result<usize, VaultError> {
        let (keys, rows) = self.change(|batch| {
            // INVARIANT: the keys first. Whatever comes after may fail, and the person is forgotten.
            let keys = self.keys.destroy(subject)?;
            let digests = self.digests(subject)?;
            for digest in &digests {
                batch.remove(&self.disclosures, *digest);
                batch.remove(&self.subjects, [subject.as_bytes().as_slice(), digest].concat());
            }
            Ok((keys, digests.len()))
        })?;
        if keys + rows > 0 {
            self.compact();
        }
        Ok(rows)
    }

    /// Takes removed rows out of the tables. The person is forgotten without it: what is left is encrypted under keys
    /// that are destroyed. So a failure is told to the operator only.
    fn compact(&self) {
        let compacted = [&self.disclosures, &self.subjects].into_iter().try_for_each(|keyspace| {
            // The engine lets go of what is older than its last change but one, and of a replaced table at its next
            // flush: the first round writes the removal into a table, the second drops it, the third the tables before.
            (0..3).try_for_each(|_| compact_once(keyspace))
        });
        if let Err(error) = compacted {
            tracing::warn!(%error, "forgotten rows, whose keys are destroyed, are still in the vault's tables");
        }
    }

    /// Changes something, one caller after the other, and then waits for the disk, many callers together.
    fn change<T>(&self, judge: impl FnOnce(&mut OwnedWriteBatch) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let (answer, number) = {
            let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
            let mut batch = self.database.batch();
            let answer = judge(&mut batch)?;
            // An empty change is synced too: what it was judged on may not be durable yet.
            batch.durability(Some(PersistMode::Buffer)).commit().map_err(|error| vault_error(&error))?;
            *changes += 1;
            (answer, *changes)
        };
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if *durable < number {
            // INVARIANT: counted before the sync, which covers every change that was counted.
            let covered = *self.changes.lock().unwrap_or_else(PoisonError::into_inner);
            // Behind a failed sync the engine takes no further change.
            self.database.persist(PersistMode::SyncData).map_err(|error| vault_error(&error))?;
            *durable = covered;
        }
        Ok(answer)
    }

    fn row(&self, digest: &[u8; 32]) -> Result<Option<SealedRow>, VaultError> {
        let Some(value) = self.disclosures.get(digest).map_err(|error| vault_error(&error))? else {
            return Ok(None);
        };
        let damaged = || VaultError::Corrupt { detail: format!("the row `{}` does not read", digest_text(digest)) };
        SealedRow::read(&value).ok_or_else(damaged).map(Some)
    }

    /// A row and its key; none where there is no row, or its key is destroyed.
    fn live_row(&self, digest: &[u8; 32]) -> Result<Option<(SealedRow, DataKey)>, VaultError> {
        let Some(row) = self.row(digest)? else { return Ok(None) };
        let key = self.keys.find(row.subject, row.purpose)?.filter(|key| key.id() == row.key);
        Ok(key.map(|key| (row, key)))
    }

    fn open(&self, digest: &str) -> Result<Option<Opened>, VaultError> {
        let Some(bytes) = digest_from_text(digest) else {
            return Ok(None);
        };
        let Some((row, key)) = self.live_row(&bytes)? else { return Ok(None) };
        Ok(Some(row.opened(&bytes, &key)?))
    }

    fn of_subject(&self, subject: Uuid) -> Result<Vec<Opened>, VaultError> {
        let mut opened = Vec::new();
        for digest in self.digests(subject)? {
            // A row that is missing here was forgotten since the index was read.
            opened.extend(self.open(&digest_text(&digest))?);
        }
        opened.sort_by(|one: &Opened, other| one.digest.cmp(&other.digest));
        Ok(opened)
    }

    fn digests(&self, subject: Uuid) -> Result<Vec<[u8; 32]>, VaultError> {
        let keys = self.subjects.prefix(subject.as_bytes()).map(|entry| {
            let key = entry.key().map_err(|error| vault_error(&error))?;
            let digest = key.last_chunk::<32>().copied();
            digest.ok_or_else(|| VaultError::Corrupt { detail: "a key of the index does not read".into() })
        });
        keys.collect()
    }
}

fn compact_once(keyspace: &Keyspace) -> Result<(), fjall::Error> {
    // A change for the engine to flush; no row has this key.
    keyspace.remove([0])?;
    keyspace.rotate_memtable()?;
    // The engine's own way to wait does not end where a write fails.
    for _ in 0..FLUSH_LOOKS {
        if keyspace.sealed_memtable_count() == 0 {
            break;
        }
        thread::sleep(FLUSH_PAUSE);
    }
    keyspace.major_compact()
}

/// Refuses a vault from before the encryption, and leaves it as it is.
fn refuse_plain(folder: &Path) -> Result<(), OpenError> {
    let marker = fs::read(folder.join("siyi-vault.json")).unwrap_or_default();
    let format = serde_json::from_slice::<serde_json::Value>(&marker).ok();
    let format = format.as_ref().and_then(|marker| marker.get("format")?.as_u64());
    match format {
        Some(found) if (1..FORMAT).contains(&found) => Err(OpenError::Foreign { path: folder.to_path_buf() }),
        _ => Ok(()),
    }
}

/// With another key store than its own, everybody in the vault would seem forgotten.
fn check_keystore(folder: &Folder, keys: &Keys) -> Result<(), OpenError> {
    let (path, store) = (folder.join(KEYSTORE), keys.store().to_string());
    if !folder.initialised() {
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(store.as_bytes())?;
            // Its name is durable with the marker's, later.
            file.sync_all()
        };
        return write().map_err(|error: io::Error| OpenError::unavailable(folder.path(), &error));
    }
    match fs::read_to_string(path) {
        Ok(found) if found == store => Ok(()),
        Ok(found) => {
            Err(OpenError::corrupt(folder.path(), format!("its keys lie in the key store {found}, not {store}")))
        }
        Err(error) => Err(OpenError::corrupt(folder.path(), format!("which key store it has is lost: {error}"))),
    }
}

fn vault_error(error: &fjall::Error) -> VaultError {
    if speaks_of_damage(error) {
        VaultError::Corrupt { detail: error.to_string() }
    } else {
        VaultError::Unavailable { reason: error.to_string() }
    }
}

#[async_trait]
impl Vault for EmbeddedVault {
    fn last_key_backup_expires(&self) -> Option<Moment> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.as_ref().and_then(|rows| rows.keys.last_backup_expires())
    }

    async fn put(&self, rows: Vec<Disclosure>) -> Result<(), VaultError> {
        check_rows(rows.len())?;
        self.call(move |vault| vault.put(&rows)).await
    }

    async fn open_many(&self, digests: &[String]) -> Result<Vec<Option<Opened>>, VaultError> {
        check_rows(digests.len())?;
        let digests = digests.to_vec();
        self.call(move |vault| digests.iter().map(|digest| vault.open(digest)).collect()).await
    }

    async fn of_subject(&self, subject: Uuid) -> Result<Vec<Opened>, VaultError> {
        self.call(move |vault| vault.of_subject(subject)).await
    }

    async fn forget(&self, subject: Uuid) -> Result<usize, VaultError> {
        self.call(move |vault| vault.forget(subject)).await
    }
}
