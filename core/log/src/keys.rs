//! The keys of persons: one for each person and purpose, wrapped by a master key, and destroyed to erase.
//!
//! The key store is a folder of its own, `keys` beside `log` and `vault`, so that its backups can be short-lived while
//! those of the log are kept for ever. It holds key id, person, purpose, time and the wrapped key; never a key in clear.
//!
//! | file | what |
//! | --- | --- |
//! | `header` | which ring is in force, which master key wraps it, a check value, the shards there are |
//! | `ring-<n>/shard-<xx>` | the wrapped keys, a line of JSON each; the shard is told by the person's last byte |
//! | `backups` | when the backups made so far expire |
//!
//! INVARIANT: a shard is replaced in this order: the new one is written and durable under the name `.new`; the old one is
//! overwritten with zeros; the new one takes its name. Whatever instant a crash picks, one of the two is whole, and no
//! version is unlinked that still held a wrapped key. A ring is replaced by writing another and switching the header.
//!
//! What this cannot do: on disks and file systems that write elsewhere when told to overwrite (flash, copy on write), the
//! old bytes may stay for a while. They are wrapped, and after the next [`Keys::rotate`] nothing unwraps them.

mod backup;
mod check;
mod checked;
#[cfg(test)]
mod cuts;
mod disk;
mod error;
mod header;
mod master;
mod opening;
mod purpose;
mod ring;
mod rotation;
mod sealing;
mod store;
#[cfg(test)]
mod tests;
mod wrapped;

pub use backup::KEY_BACKUP_DAYS;
pub use check::MasterCheck;
pub use error::KeysError;
pub use master::{FileMasterKey, KeyBytes, MAX_PIN_BYTES, MasterKey, MasterKeyError, Pkcs11MasterKey, Token};
pub use purpose::Purpose;
pub use sealing::{DataKey, SEAL_BYTES};
pub use store::KeyStore;
pub use wrapped::WrappedKey;

use crate::clock::Clock;
use crate::folder::Folder;
use backup::Backup;
use disk::Disk;
use header::Header;
use quick_cache::sync::Cache;
use ring::{Records, shard_of};
use siyi_domain::moment::Moment;
use std::{
    collections::BTreeSet,
    fmt, io,
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use uuid::Uuid;

/// The most keys that are held in clear in memory.
pub const CACHED_KEYS: usize = 1024;

/// The key store. Its calls block.
pub struct Keys {
    folder: Folder,
    disk: Disk,
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
    cache: Cache<Uuid, Arc<KeyBytes>>,
}

struct State {
    master: Arc<dyn MasterKey>,
    header: Header,
    records: Records,
    backups: Vec<Backup>,
    /// Why nothing more is written: something failed half-way, and only opening anew sorts it out.
    broken: Option<String>,
}

/// What may be said of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// Which key.
    pub id: Uuid,
    /// What for.
    pub purpose: Purpose,
    /// When it was made.
    pub created_at: Moment,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("folder", &self.folder.path()).finish_non_exhaustive()
    }
}

impl Keys {
    /// The identity of this key store, which a vault remembers: with another one, everybody would seem forgotten.
    #[must_use]
    pub fn store(&self) -> Uuid {
        self.read().header.store
    }

    /// Which master key wraps the keys.
    #[must_use]
    pub fn master_key_id(&self) -> String {
        self.read().header.master.clone()
    }

    /// The keys of a person, ordered by purpose.
    #[must_use]
    pub fn of_subject(&self, subject: Uuid) -> Vec<KeyFacts> {
        let state = self.read();
        let records = Purpose::ALL.iter().filter_map(|purpose| state.records.get(&(subject, *purpose)));
        records.map(|record| KeyFacts { id: record.key, purpose: record.purpose, created_at: record.created }).collect()
    }

    /// The keys of these persons and purposes in the same order. Those that are missing are made, and are durable when
    /// this answers.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn obtain(&self, wanted: &[(Uuid, Purpose)]) -> Result<Vec<DataKey>, KeysError> {
        let known = |state: &State| wanted.iter().all(|of| state.records.contains_key(of));
        {
            let state = self.read();
            if known(&state) {
                return self.all(&state, wanted);
            }
        }
        let mut state = self.write();
        if !known(&state) {
            self.make(&mut state, wanted)?;
        }
        self.all(&state, wanted)
    }

    /// The key of a person and purpose; none where there never was one or it was destroyed.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn find(&self, subject: Uuid, purpose: Purpose) -> Result<Option<DataKey>, KeysError> {
        let state = self.read();
        state.records.get(&(subject, purpose)).map(|record| self.data_key(&state, record)).transpose()
    }

    /// Destroys all keys of a person and answers how many there were, when that survives a power loss. What they
    /// encrypted opens never again; a backup of the keys made before still holds them until it expires.
    ///
    /// # Errors
    /// [`KeysError::Unavailable`]: the keys may or may not be destroyed; open the key store and destroy them again.
    pub fn destroy(&self, subject: Uuid) -> Result<usize, KeysError> {
        let mut state = self.write();
        let theirs: Vec<_> = Purpose::ALL
            .into_iter()
            .filter_map(|purpose| state.records.get(&(subject, purpose)))
            .map(|record| (record.subject, record.purpose, record.key))
            .collect();
        if theirs.is_empty() {
            return Ok(0);
        }
        let shards = BTreeSet::from([shard_of(subject)]);
        let mut left = ring::only(&state.records, &shards);
        left.retain(|(of, _), _| *of != subject);
        self.replace_shards(&mut state, &left, &shards)?;
        state.records.retain(|(of, _), _| *of != subject);
        // INVARIANT: under the write lock, so that nobody puts a destroyed key back into the cache.
        for (_, _, key) in &theirs {
            self.cache.remove(key);
        }
        Ok(theirs.len())
    }

    fn all(&self, state: &State, wanted: &[(Uuid, Purpose)]) -> Result<Vec<DataKey>, KeysError> {
        let lost = || KeysError::corrupt("a key that was there is gone");
        wanted.iter().map(|of| self.data_key(state, state.records.get(of).ok_or_else(lost)?)).collect()
    }

    fn make(&self, state: &mut State, wanted: &[(Uuid, Purpose)]) -> Result<(), KeysError> {
        let (mut new, mut shards) = (Records::new(), BTreeSet::new());
        for of in wanted.iter().filter(|of| !state.records.contains_key(of)) {
            new.insert(*of, WrappedKey::make(*of, self.clock.now(), &*state.master)?);
            shards.insert(shard_of(of.0));
        }
        let mut all = ring::only(&state.records, &shards);
        all.extend(new.clone());
        self.replace_shards(state, &all, &shards)?;
        state.records.extend(new);
        Ok(())
    }

    fn data_key(&self, state: &State, record: &WrappedKey) -> Result<DataKey, KeysError> {
        let of = |secret| DataKey { id: record.key, subject: record.subject, purpose: record.purpose, secret };
        if let Some(secret) = self.cache.get(&record.key) {
            return Ok(of(secret));
        }
        let secret = Arc::new(record.unwrap(&*state.master)?);
        self.cache.insert(record.key, Arc::clone(&secret));
        Ok(of(secret))
    }

    /// Replaces the shards with these numbers by what `records` holds.
    fn replace_shards(&self, state: &mut State, records: &Records, shards: &BTreeSet<u8>) -> Result<(), KeysError> {
        self.changing(state, |keys, state| {
            let folder = keys.folder.join(&state.header.ring_name());
            ring::replace_shards(&keys.disk, &folder, records, shards)?;
            let mut header = state.header.clone();
            header.shards.extend(shards);
            if header.shards != state.header.shards {
                header.write(&keys.disk, keys.folder.path())?;
                state.header = header;
            }
            Ok(())
        })
    }

    /// Changes something on the disk. Once that has failed, nothing more is written until the store is opened again.
    fn changing<T>(
        &self,
        state: &mut State,
        change: impl FnOnce(&Self, &mut State) -> io::Result<T>,
    ) -> Result<T, KeysError> {
        if let Some(reason) = &state.broken {
            let reason = format!("an earlier change failed, open the key store again: {reason}");
            return Err(KeysError::Unavailable { reason });
        }
        change(self, state).map_err(|error| {
            state.broken = Some(error.to_string());
            KeysError::disk(self.folder.path(), &error)
        })
    }

    // A panic under the lock leaves memory and disk possibly apart; `changing` is the only writer, and it assigns last.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
