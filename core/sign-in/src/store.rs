//! The store of secrets, in a folder of its own. Every change is on the disk before it is answered.
//!
//! | key | value |
//! | --- | --- |
//! | `a`, account (16 bytes), kind, id | digest by which the row is found (32 bytes, or none), then the row as JSON |
//! | `x`, kind, digest (32 bytes) | account (16 bytes), then the id |
//! | `i`, digest of an invitation's code (32 bytes) | the invitation as JSON |
//!
//! No personal name stands here. A sign-in name, and who somebody is at an OpenID provider, is a digest under the folder's key
//! (`keyed.rs`); a password is an Argon2id hash; sessions and tokens are SHA-256 of 256 random bits; passkeys are public keys. What
//! people call a token does stand here, in clear.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use fjall::{Keyspace, OwnedWriteBatch, PersistMode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::SignInError;
use crate::keyed::Keyed;

mod engine;
mod reader;

use engine::Engine;
pub(crate) use reader::Reader;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A sign-in name.
    Name,
    /// A password's hash.
    Password,
    /// A passkey.
    Passkey,
    /// An identity at an OpenID provider.
    OpenId,
    /// A token of a machine.
    Token,
    /// A session.
    Session,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Name => b'n',
            Self::Password => b'p',
            Self::Passkey => b'k',
            Self::OpenId => b'o',
            Self::Token => b't',
            Self::Session => b's',
        }
    }

    const fn is_indexed(self) -> bool {
        matches!(self, Self::Name | Self::OpenId | Self::Token | Self::Session)
    }
}

/// A row of an account.
#[derive(Debug, Clone)]
pub(crate) struct Row<T> {
    /// Its id within the account and the kind.
    pub(crate) id: Vec<u8>,
    /// By which it is found; none for passwords and passkeys.
    pub(crate) digest: Option<[u8; 32]>,
    /// What it says.
    pub(crate) value: T,
}

/// The store.
pub(crate) struct Store {
    folder: PathBuf,
    /// None once it is closed.
    open: RwLock<Option<Open>>,
    /// The key of the folder.
    pub(crate) keyed: Keyed,
}

struct Open {
    engine: Engine,
    /// Held by the one process that has the folder open.
    lock: File,
}

impl Store {
    pub(crate) fn open(folder: &Path) -> Result<Self, SignInError> {
        make_private(folder).map_err(SignInError::unavailable)?;
        let lock = lock(folder)?;
        let keyed = Keyed::open(folder, engine::is_fresh(folder))?;
        let open = Open { engine: engine::open(folder)?, lock };
        Ok(Self { folder: folder.to_path_buf(), open: RwLock::new(Some(open)), keyed })
    }

    pub(crate) fn close(&self) {
        drop(self.open.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn with<T>(&self, call: impl FnOnce(&Engine) -> Result<T, SignInError>) -> Result<T, SignInError> {
        match self.open.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(open) => call(&open.engine),
            None => Err(SignInError::Unavailable { reason: "the store is closed".into() }),
        }
    }

    /// Looks at the rows, as they are now.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Reader<'_>) -> Result<T, SignInError>) -> Result<T, SignInError> {
        self.with(|engine| look(&Reader(&engine.rows)))
    }

    /// Changes rows, one caller after the other, and waits for the disk. Where `judge` says no, nothing is changed.
    pub(crate) fn change<T>(
        &self,
        judge: impl FnOnce(&Reader<'_>, &mut Change<'_>) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        self.write(PersistMode::SyncData, judge)
    }

    /// As [`Store::change`], for what may be lost with the power: when a session or a token was last seen.
    pub(crate) fn note<T>(
        &self,
        judge: impl FnOnce(&Reader<'_>, &mut Change<'_>) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        self.write(PersistMode::Buffer, judge)
    }

    fn write<T>(
        &self,
        durability: PersistMode,
        judge: impl FnOnce(&Reader<'_>, &mut Change<'_>) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        self.with(|engine| {
            let _one_by_one = engine.change.lock().unwrap_or_else(PoisonError::into_inner);
            let mut change = Change { rows: &engine.rows, batch: engine.database.batch() };
            let answer = judge(&Reader(&engine.rows), &mut change)?;
            change.batch.durability(Some(durability)).commit().map_err(refused)?;
            Ok(answer)
        })
    }

    /// Every account of which something is stored.
    pub(crate) fn accounts(&self) -> Result<Vec<Uuid>, SignInError> {
        let keys = self.with(|engine| Reader(&engine.rows).scan(b"a"))?;
        let account = |(key, _): &(Vec<u8>, Vec<u8>)| key.get(1..17).and_then(|bytes| Uuid::from_slice(bytes).ok());
        let mut accounts: Vec<Uuid> = keys.iter().filter_map(account).collect();
        accounts.dedup();
        Ok(accounts)
    }

    /// Leaves nothing of what was removed in the engine's files. Nobody else gets an answer meanwhile.
    pub(crate) fn forget_removed(&self) -> Result<(), SignInError> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let Some(Open { engine, lock }) = open.take() else {
            return Err(SignInError::Unavailable { reason: "the store is closed".into() });
        };
        // Where this fails the store stays closed; the next opening makes it good.
        *open = Some(Open { engine: engine::rewrite(&self.folder, engine)?, lock });
        Ok(())
    }
}

/// What is to be written at once.
pub(crate) struct Change<'a> {
    rows: &'a Keyspace,
    batch: OwnedWriteBatch,
}

impl Change<'_> {
    /// Writes a row, found by `digest` where its kind is.
    pub(crate) fn put<T: Serialize>(&mut self, account: Uuid, kind: Kind, row: &Row<T>) -> Result<(), SignInError> {
        let digest = row.digest.filter(|_| kind.is_indexed());
        let mut value = digest.map(|digest| digest.to_vec()).unwrap_or_default();
        value.extend(to_json(&row.value)?);
        self.batch.insert(self.rows, of_account(account, kind, &row.id), value);
        if let Some(digest) = digest {
            self.batch.insert(self.rows, index(kind, &digest), [account.as_bytes().as_slice(), &row.id].concat());
        }
        Ok(())
    }

    /// Removes a row, and what leads to it.
    pub(crate) fn remove<T>(&mut self, account: Uuid, kind: Kind, row: &Row<T>) {
        self.batch.remove(self.rows, of_account(account, kind, &row.id));
        if let Some(digest) = row.digest {
            self.batch.remove(self.rows, index(kind, &digest));
        }
    }

    /// Removes a key.
    pub(crate) fn remove_key(&mut self, key: Vec<u8>) {
        self.batch.remove(self.rows, key);
    }

    /// Writes an invitation.
    pub(crate) fn put_invitation<T: Serialize>(&mut self, digest: &[u8; 32], value: &T) -> Result<(), SignInError> {
        self.batch.insert(self.rows, invitation(digest), to_json(value)?);
        Ok(())
    }

    /// Removes an invitation.
    pub(crate) fn remove_invitation(&mut self, digest: &[u8; 32]) {
        self.batch.remove(self.rows, invitation(digest));
    }
}

fn of_account(account: Uuid, kind: Kind, id: &[u8]) -> Vec<u8> {
    [b"a".as_slice(), account.as_bytes(), &[kind.byte()], id].concat()
}

fn index(kind: Kind, digest: &[u8; 32]) -> Vec<u8> {
    [b"x".as_slice(), &[kind.byte()], digest].concat()
}

fn invitation(digest: &[u8; 32]) -> Vec<u8> {
    [b"i".as_slice(), digest].concat()
}

fn parse<T: DeserializeOwned>(kind: Kind, id: Vec<u8>, value: &[u8]) -> Result<Row<T>, SignInError> {
    if !kind.is_indexed() {
        return Ok(Row { id, digest: None, value: from_json(value)? });
    }
    let (digest, json) = value.split_first_chunk::<32>().ok_or_else(|| SignInError::corrupt("a row does not read"))?;
    Ok(Row { id, digest: Some(*digest), value: from_json(json)? })
}

fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, SignInError> {
    serde_json::to_vec(value).map_err(SignInError::unavailable)
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, SignInError> {
    serde_json::from_slice(bytes).map_err(|error| SignInError::corrupt(format!("a row does not read: {error}")))
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

fn refused(error: fjall::Error) -> SignInError {
    match error {
        fjall::Error::Locked => SignInError::Unavailable { reason: "the folder is in use".into() },
        fjall::Error::JournalRecovery(_) | fjall::Error::InvalidVersion(_) => SignInError::corrupt(error.to_string()),
        other => SignInError::unavailable(other),
    }
}
