//! The vault in a folder of its own, apart from the log, so that the log can be copied and published without it.
//!
//! | keyspace | key | value |
//! | --- | --- | --- |
//! | `disclosures` | digest, 32 bytes | subject, 16 bytes; purpose, 1 byte; the disclosure's text, padded and closed |
//! | `subjects` | subject, 16 bytes, and digest, 32 bytes | nothing |
//!
//! A disclosure is closed under the key of its person for its purpose ([`crate::keys`]), bound to its digest. To forget a
//! person is to destroy these keys first: from then on the rows say nothing to anybody, in this folder and in every copy of
//! it. Then the rows go too, and the engine is told to leave no old table of them behind.

use super::{
    Disclosure, OpenError, Opened, Vault, VaultError, check_rows,
    disclosure::{digest_from_text, digest_text},
};
use crate::keys::{self, DataKey, KeyError, Keys, Purpose};
use crate::folder::{Folder, Kind, open_engine, speaks_of_damage};
use async_trait::async_trait;
use fjall::{Database, Keyspace, OwnedWriteBatch, PersistMode};
use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use uuid::Uuid;

const KIND: Kind = Kind { stem: "siyi-vault", content: "siyi-vault", format: 2, entries: &["engine"] };
const SECTIONS: [(&str, u64); 2] = [("disclosures", 4 << 20), ("subjects", 2 << 20)];
const CACHE_BYTES: u64 = 8 << 20;

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
    /// Opens the vault in `folder`, which is created where it is missing, with the keys to it.
    ///
    /// # Errors
    /// [`OpenError`]: in use, foreign, too new, damaged, or the disk said no.
    pub fn open(folder: impl AsRef<Path>, keys: Arc<Keys>) -> Result<Self, OpenError> {
        let mut folder = Folder::open(folder.as_ref(), KIND)?;
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
        // INVARIANT: a key is durable before the first row that is closed with it.
        let owners: Vec<_> = new.iter().map(|row| (row.subject, row.purpose())).collect();
        let keys = self.keys.make(&owners)?;
        self.change(|batch| {
            for row in new {
                let digest = row.digest_bytes();
                if self.row(&digest)?.is_some_and(|known| known.subject != row.subject) {
                    return Err(VaultError::DigestTaken { digest: digest_text(&digest) });
                }
                let Some((_, key)) = keys.get(&(row.subject, row.purpose())) else {
                    return Err(VaultError::Unavailable { reason: "a key was not made".into() });
                };
                batch.insert(&self.disclosures, digest, closed(row, &digest, key)?);
                batch.insert(&self.subjects, [row.subject.as_bytes().as_slice(), &digest].concat(), []);
            }
            Ok(())
        })
    }

    fn forget(&self, subject: Uuid) -> Result<usize, VaultError> {
        let keys = self.keys.destroy(subject)?;
        let rows = self.remove(subject)?;
        if keys + rows > 0 {
            self.disclosures.rotate_memtable_and_wait().map_err(|error| vault_error(&error))?;
            self.disclosures.major_compact().map_err(|error| vault_error(&error))?;
        }
        Ok(rows)
    }

    fn remove(&self, subject: Uuid) -> Result<usize, VaultError> {
        self.change(|batch| {
            let digests = self.digests(subject)?;
            for digest in &digests {
                batch.remove(&self.disclosures, *digest);
                batch.remove(&self.subjects, [subject.as_bytes().as_slice(), digest].concat());
            }
            Ok(digests.len())
        })
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

    fn row(&self, digest: &[u8; 32]) -> Result<Option<Disclosure>, VaultError> {
        let Some(value) = self.disclosures.get(digest).map_err(|error| vault_error(&error))? else {
            return Ok(None);
        };
        let damaged = || VaultError::Corrupt { detail: format!("the row `{}` does not read", digest_text(digest)) };
        let (subject, rest) = value.split_first_chunk::<16>().ok_or_else(damaged)?;
        let (purpose, text) = rest.split_first().ok_or_else(damaged)?;
        let (subject, purpose) = (Uuid::from_bytes(*subject), Purpose::from_byte(*purpose).ok_or_else(damaged)?);
        // Without its key a row is forgotten, whether or not its bytes are still there.
        let Some((_, key)) = self.keys.find(subject, purpose)? else { return Ok(None) };
        let text = keys::open(&key, &bound(subject, purpose, digest), text).ok_or_else(damaged)?;
        let text = unpadded(&text).ok_or_else(damaged)?;
        Ok(Some(Disclosure { subject, text: text.to_owned() }))
    }

    fn open(&self, digest: &str) -> Result<Option<Opened>, VaultError> {
        let Some(bytes) = digest_from_text(digest) else {
            return Ok(None);
        };
        self.row(&bytes)?.map(|row| row.opened(digest)).transpose()
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

/// Bytes to whose multiple a disclosure is padded, so that its length does not tell a yes from a no.
const PADDING: usize = 64;

/// A row: whose it is, what for, and the text, closed.
fn closed(row: &Disclosure, digest: &[u8; 32], key: &DataKey) -> Result<Vec<u8>, VaultError> {
    let mut text = row.text.as_bytes().to_vec();
    // The text is base64url, so the first zero is where it ends.
    text.resize((text.len() / PADDING + 1) * PADDING, 0);
    let purpose = row.purpose();
    let closed = keys::close(key, &bound(row.subject, purpose, digest), &text)?;
    Ok([row.subject.as_bytes().as_slice(), &[purpose.byte()], &closed].concat())
}

fn unpadded(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok()?;
    Some(text.trim_end_matches('\0'))
}

fn bound(subject: Uuid, purpose: Purpose, digest: &[u8; 32]) -> Vec<u8> {
    [subject.as_bytes().as_slice(), &[purpose.byte()], digest].concat()
}

impl From<KeyError> for VaultError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Corrupt { detail } => Self::Corrupt { detail },
            other => Self::Unavailable { reason: other.to_string() },
        }
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
