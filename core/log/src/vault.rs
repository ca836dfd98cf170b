//! The vault of personal data: what an event only names by a digest lies here and can be forgotten.
//!
//! An event holds the digest of an SD-JWT disclosure (RFC 9901, see [`seal`]); the disclosure itself, with its salt, lies
//! in the vault under the person it speaks of. Who forgets the person removes the disclosures, and the digests in the
//! log say nothing any more, because nobody can guess a salt of 256 bits.
//!
//! INVARIANT: a disclosure is put before the event with its digest is appended, so that no event can ever be there
//! whose data was lost by a crash in between. A disclosure without an event is harmless.
//!
//! On disk a disclosure is encrypted under a key of its person and purpose ([`crate::keys`]). To forget somebody is to
//! destroy these keys: from then on the rows say nothing to anybody, in this folder and in every copy of it.
//!
//! What is deliberately absent: rules about who may see what; these stand before the vault.

mod disclosure;
mod embedded;
mod memory;
mod row;
mod seeds;

pub use crate::folder::OpenError;
pub use disclosure::{
    Disclosure, MAX_FIELD_BYTES, MAX_VALUE_BYTES, NoSalt, Opened, RandomSalts, Salts, SealRefused, Sealed,
    digest_from_text, digest_text, seal,
};
pub use embedded::EmbeddedVault;
pub use memory::MemoryVault;
pub use row::SealedRow;
pub use seeds::{MAX_SEEDS, MemorySeeds, SEED_KEPT_MS, Seed, Seeds, is_waiting};

use crate::keys::KeysError;
use async_trait::async_trait;
use siyi_domain::moment::Moment;
use uuid::Uuid;

/// The most disclosures of one [`Vault::put`], and the most digests of one [`Vault::open_many`].
pub const MAX_ROWS: usize = 1024;

/// Why the vault did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The vault is closed or its disk does not answer; what was to be written may or may not be there (503).
    #[error("the vault is unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
    /// A row does not match its digest, or does not read; stop and look.
    #[error("the vault is damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
    /// There are more than [`MAX_ROWS`] rows in the call.
    #[error("the call holds {count} rows, at most {limit} are allowed")]
    TooManyRows {
        /// How many.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// The same disclosure already belongs to another person.
    #[error("the digest `{digest}` belongs to another person")]
    DigestTaken {
        /// The digest.
        digest: String,
    },
}

impl From<KeysError> for VaultError {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Corrupt { .. } => Self::Corrupt { detail: error.to_string() },
            error => Self::Unavailable { reason: error.to_string() },
        }
    }
}

impl VaultError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "store-unavailable",
            Self::Corrupt { .. } => "store-corrupt",
            Self::TooManyRows { .. } => "vault-call-too-large",
            Self::DigestTaken { .. } => "vault-digest-taken",
        }
    }
}

/// Where disclosures lie.
#[async_trait]
pub trait Vault: Send + Sync + 'static {
    /// Stores the rows, all or none, and answers when they survive a power loss (on vaults with a disk). Putting a row
    /// again changes nothing.
    ///
    /// # Errors
    /// [`VaultError`].
    async fn put(&self, rows: Vec<Disclosure>) -> Result<(), VaultError>;

    /// Opens the disclosure with this digest, checked against the digest; none where it is unknown or forgotten.
    ///
    /// # Errors
    /// [`VaultError`].
    async fn open(&self, digest: &str) -> Result<Option<Opened>, VaultError> {
        let mut opened = self.open_many(&[digest.to_owned()]).await?;
        Ok(opened.pop().flatten())
    }

    /// Opens several disclosures, answered in the order of the digests.
    ///
    /// # Errors
    /// [`VaultError`].
    async fn open_many(&self, digests: &[String]) -> Result<Vec<Option<Opened>>, VaultError>;

    /// All that is known about a person, ordered by digest.
    ///
    /// # Errors
    /// [`VaultError`].
    async fn of_subject(&self, subject: Uuid) -> Result<Vec<Opened>, VaultError>;

    /// When the last backup of keys expires that could open what is forgotten now; none where there is no backup.
    fn last_key_backup_expires(&self) -> Option<Moment> {
        None
    }

    /// Forgets a person: destroys the keys, removes the rows, and answers how many rows there were when both survive a
    /// power loss. What is put under the person after that lies under new keys.
    ///
    /// # Errors
    /// [`VaultError`].
    async fn forget(&self, subject: Uuid) -> Result<usize, VaultError>;
}

/// Refuses a call of more than [`MAX_ROWS`] rows.
///
/// # Errors
/// [`VaultError::TooManyRows`].
pub fn check_rows(count: usize) -> Result<(), VaultError> {
    if count > MAX_ROWS { Err(VaultError::TooManyRows { count, limit: MAX_ROWS }) } else { Ok(()) }
}
