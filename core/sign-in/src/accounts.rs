//! 账号: the record of accounts, which is the event log. It knows whose an account is; this crate knows by which proofs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::civil::Date;
use siyi_domain::account::{Means, Proof};
use siyi_domain::ids::{CredentialKey, JurisdictionCode, PersonId};
use uuid::Uuid;

/// Why the record did not take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct AccountsError {
    /// The stable public code, of a refusal or of an error.
    pub code: &'static str,
    /// What was in the way, for people.
    pub message: String,
}

impl AccountsError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

/// A means of signing in, as the record is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Which.
    pub means: Means,
    /// Its key in the store of secrets.
    pub key: Uuid,
    /// The public key of a passkey: by it whoever verifies the record checks the acts that were signed.
    pub public_key: Option<CredentialKey>,
    /// What a token may do; empty for people.
    pub scopes: BTreeSet<String>,
    /// Last day on which it is good, where it ends.
    pub expires_on: Option<Date>,
}

impl Added {
    /// A means of a person, that has no end.
    #[must_use]
    pub const fn of(means: Means, key: Uuid) -> Self {
        Self { means, key, public_key: None, scopes: BTreeSet::new(), expires_on: None }
    }
}

/// The record of accounts. What it has taken is durable.
#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    /// Opens an account for a person on a roster.
    ///
    /// # Errors
    /// [`AccountsError`] where the person is not on the roster, has an account, or the record cannot be written.
    async fn open_account(
        &self,
        account: Uuid,
        place: &JurisdictionCode,
        person: PersonId,
        proof: Proof,
    ) -> Result<(), AccountsError>;

    /// Lets an account act as one person more.
    ///
    /// # Errors
    /// [`AccountsError`].
    async fn bind_person(
        &self,
        account: Uuid,
        place: &JurisdictionCode,
        person: PersonId,
        proof: Proof,
    ) -> Result<(), AccountsError>;

    /// A means of signing in was set up.
    ///
    /// # Errors
    /// [`AccountsError`].
    async fn add_sign_in(&self, account: Uuid, added: &Added) -> Result<(), AccountsError>;

    /// A means of signing in was taken away.
    ///
    /// # Errors
    /// [`AccountsError`].
    async fn remove_sign_in(&self, account: Uuid, key: Uuid) -> Result<(), AccountsError>;

    /// Whether an account was opened and not closed. Asked at every request.
    ///
    /// # Errors
    /// [`AccountsError`] where the record cannot be read.
    async fn is_open(&self, account: Uuid) -> Result<bool, AccountsError>;
}

/// An account of [`MemoryAccounts`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenedAccount {
    /// As whom it acts.
    pub persons: BTreeMap<JurisdictionCode, PersonId>,
    /// Its means of signing in.
    pub means: BTreeMap<Uuid, Means>,
    /// Whether it was closed.
    pub closed: bool,
}

/// A record in memory: for tests, and for what has no log.
#[derive(Debug, Default)]
pub struct MemoryAccounts(Mutex<BTreeMap<Uuid, OpenedAccount>>);

impl MemoryAccounts {
    /// One account.
    #[must_use]
    pub fn account(&self, account: Uuid) -> Option<OpenedAccount> {
        self.accounts().get(&account).cloned()
    }

    /// Closes an account.
    pub fn close(&self, account: Uuid) {
        self.accounts().entry(account).or_default().closed = true;
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<Uuid, OpenedAccount>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, account: Uuid, change: impl FnOnce(&mut OpenedAccount)) -> Result<(), AccountsError> {
        let mut accounts = self.accounts();
        let unknown = || AccountsError { code: "account-unknown", message: "there is no such account".to_owned() };
        change(accounts.get_mut(&account).filter(|account| !account.closed).ok_or_else(unknown)?);
        Ok(())
    }
}

#[async_trait]
impl Accounts for MemoryAccounts {
    async fn open_account(
        &self,
        account: Uuid,
        place: &JurisdictionCode,
        person: PersonId,
        _proof: Proof,
    ) -> Result<(), AccountsError> {
        let mut accounts = self.accounts();
        if accounts.values().any(|known| !known.closed && known.persons.get(place) == Some(&person)) {
            let message = "this person has an account".to_owned();
            return Err(AccountsError { code: "person-has-account", message });
        }
        accounts.entry(account).or_default().persons.insert(place.clone(), person);
        Ok(())
    }

    async fn bind_person(
        &self,
        account: Uuid,
        place: &JurisdictionCode,
        person: PersonId,
        _proof: Proof,
    ) -> Result<(), AccountsError> {
        self.change(account, |account| _ = account.persons.insert(place.clone(), person))
    }

    async fn add_sign_in(&self, account: Uuid, added: &Added) -> Result<(), AccountsError> {
        self.change(account, |account| _ = account.means.insert(added.key, added.means))
    }

    async fn remove_sign_in(&self, account: Uuid, key: Uuid) -> Result<(), AccountsError> {
        self.change(account, |account| _ = account.means.remove(&key))
    }

    async fn is_open(&self, account: Uuid) -> Result<bool, AccountsError> {
        Ok(self.account(account).is_some_and(|account| !account.closed))
    }
}
