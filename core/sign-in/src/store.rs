//! The store of secrets, apart from the log: in a folder of its own ([`FolderRows`]), or wherever another [`SecretRows`] keeps
//! it. Every change is durable before it is answered.
//!
//! | key | value |
//! | --- | --- |
//! | `a`, account (16 bytes), kind, id | digest by which the row is found (32 bytes, or none), then the row as JSON |
//! | `x`, kind, digest (32 bytes) | account (16 bytes), then the id |
//! | `i`, digest of an invitation's code (32 bytes) | the invitation as JSON |
//! | `c`, ..., and `n` | what was begun, and how much of it there is (`pending.rs`) |
//!
//! No personal name stands here. A sign-in name, and who somebody is at an OpenID provider, is a digest under the store's key
//! (`keyed.rs`); a password is an Argon2id hash; sessions and tokens are SHA-256 of 256 random bits; passkeys are public keys. What
//! people call a token does stand here, in clear.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::SignInError;
use crate::keyed::Keyed;

mod engine;
mod folder;
mod reader;
mod secret_rows;

pub use folder::FolderRows;
pub(crate) use reader::Reader;
pub use secret_rows::{Judging, Lasting, Look, Looking, Pair, SecretRows, Write};

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
    rows: Arc<dyn SecretRows>,
    /// The key under which digests are made.
    pub(crate) keyed: Keyed,
}

impl Store {
    pub(crate) fn new(rows: Arc<dyn SecretRows>, keyed: Keyed) -> Self {
        Self { rows, keyed }
    }

    pub(crate) fn close(&self) {
        self.rows.close();
    }

    /// Looks at the rows, as they are now.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Reader<'_>) -> Result<T, SignInError>) -> Result<T, SignInError> {
        let (mut look, mut answer) = (Some(look), None);
        self.rows.read(&mut |rows| {
            if let Some(look) = look.take() {
                answer = Some(look(&Reader(rows))?);
            }
            Ok(())
        })?;
        answer.ok_or_else(unread)
    }

    /// Changes rows, one caller after the other, and waits for the disk. Where `judge` says no, nothing is changed.
    pub(crate) fn change<T>(
        &self,
        judge: impl FnOnce(&Reader<'_>, &mut Change) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        self.write(Lasting::Power, judge)
    }

    /// As [`Store::change`], for what may be lost with the power: when a session or a token was last seen, what was begun.
    pub(crate) fn note<T>(
        &self,
        judge: impl FnOnce(&Reader<'_>, &mut Change) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        self.write(Lasting::Process, judge)
    }

    fn write<T>(
        &self,
        lasting: Lasting,
        judge: impl FnOnce(&Reader<'_>, &mut Change) -> Result<T, SignInError>,
    ) -> Result<T, SignInError> {
        let (mut judge, mut answer) = (Some(judge), None);
        self.rows.change(lasting, &mut |rows| {
            let mut change = Change::default();
            if let Some(judge) = judge.take() {
                answer = Some(judge(&Reader(rows), &mut change)?);
            }
            Ok(change.0)
        })?;
        answer.ok_or_else(unread)
    }

    /// Every account of which something is stored.
    pub(crate) fn accounts(&self) -> Result<Vec<Uuid>, SignInError> {
        let keys = self.read(|rows| rows.scan(b"a"))?;
        let account = |(key, _): &Pair| key.get(1..17).and_then(|bytes| Uuid::from_slice(bytes).ok());
        let mut accounts: Vec<Uuid> = keys.iter().filter_map(account).collect();
        accounts.dedup();
        Ok(accounts)
    }

    /// Leaves nothing of what was removed in the files. Nobody else gets an answer meanwhile.
    pub(crate) fn forget_removed(&self) -> Result<(), SignInError> {
        self.rows.forget_removed()
    }
}

/// An adapter that did not call what it was given.
fn unread() -> SignInError {
    SignInError::Unavailable { reason: "the rows were not looked at".into() }
}

/// What is to be written at once.
#[derive(Default)]
pub(crate) struct Change(Vec<Write>);

impl Change {
    /// Writes a row, found by `digest` where its kind is.
    pub(crate) fn put<T: Serialize>(&mut self, account: Uuid, kind: Kind, row: &Row<T>) -> Result<(), SignInError> {
        let digest = row.digest.filter(|_| kind.is_indexed());
        let mut value = digest.map(|digest| digest.to_vec()).unwrap_or_default();
        value.extend(to_json(&row.value)?);
        self.0.push(Write::Put(of_account(account, kind, &row.id), value));
        if let Some(digest) = digest {
            self.0.push(Write::Put(index(kind, &digest), [account.as_bytes().as_slice(), &row.id].concat()));
        }
        Ok(())
    }

    /// Removes a row, and what leads to it.
    pub(crate) fn remove<T>(&mut self, account: Uuid, kind: Kind, row: &Row<T>) {
        self.remove_key(of_account(account, kind, &row.id));
        if let Some(digest) = row.digest {
            self.remove_key(index(kind, &digest));
        }
    }

    /// Removes a key.
    pub(crate) fn remove_key(&mut self, key: Vec<u8>) {
        self.0.push(Write::Remove(key));
    }

    /// Writes a value under a key.
    pub(crate) fn put_bytes(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.0.push(Write::Put(key, value));
    }

    /// Writes an invitation.
    pub(crate) fn put_invitation<T: Serialize>(&mut self, digest: &[u8; 32], value: &T) -> Result<(), SignInError> {
        self.put_bytes(invitation(digest), to_json(value)?);
        Ok(())
    }

    /// Removes an invitation.
    pub(crate) fn remove_invitation(&mut self, digest: &[u8; 32]) {
        self.remove_key(invitation(digest));
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

pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, SignInError> {
    serde_json::to_vec(value).map_err(SignInError::unavailable)
}

pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, SignInError> {
    serde_json::from_slice(bytes).map_err(|error| SignInError::corrupt(format!("a row does not read: {error}")))
}

fn refused(error: fjall::Error) -> SignInError {
    match error {
        fjall::Error::Locked => SignInError::Unavailable { reason: "the folder is in use".into() },
        fjall::Error::JournalRecovery(_) | fjall::Error::InvalidVersion(_) => SignInError::corrupt(error.to_string()),
        other => SignInError::unavailable(other),
    }
}
