//! The master key: what wraps the keys of persons. It never lies in the key store's folder.

mod file;
mod pkcs11;

pub use file::FileMasterKey;
pub use pkcs11::{MAX_PIN_BYTES, Pkcs11MasterKey, Token};

use crate::private_file::PrivateFileError;
use secrecy::SecretBox;

/// 256 secret bits, on the heap and wiped when they are dropped.
pub type KeyBytes = SecretBox<[u8; 32]>;

/// Wraps and unwraps the keys of persons. Calls may block.
pub trait MasterKey: Send + Sync + 'static {
    /// Which key this is; says nothing about the key itself, and is the same at every start.
    fn key_id(&self) -> String;

    /// Wraps a key so that it unwraps with the same context only.
    ///
    /// # Errors
    /// [`MasterKeyError::Unavailable`].
    fn wrap(&self, context: &[u8], key: &KeyBytes) -> Result<Vec<u8>, MasterKeyError>;

    /// Unwraps a key.
    ///
    /// # Errors
    /// [`MasterKeyError::Wrong`] where the key was wrapped by another master key, for another context, or was changed;
    /// [`MasterKeyError::Unavailable`].
    fn unwrap(&self, context: &[u8], wrapped: &[u8]) -> Result<KeyBytes, MasterKeyError>;
}

/// Why a master key does not serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// It is not where it was said to be.
    #[error("the master key is missing: {what}")]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// Others than this process can read it, or it can be taken out of its token.
    #[error("the master key is exposed: {why}")]
    Exposed {
        /// To whom, and what to do.
        why: String,
    },
    /// It is no key.
    #[error("the master key is malformed: {why}")]
    Malformed {
        /// What was expected.
        why: String,
    },
    /// What was to be unwrapped was wrapped by another master key.
    #[error("this is not the master key under which the key store was made")]
    Wrong,
    /// A new key would replace a file.
    #[error("the master key is not created: `{file}` is already there")]
    Exists {
        /// The file.
        file: String,
    },
    /// The token or the operating system does not answer.
    #[error("the master key is unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
}

impl From<PrivateFileError> for MasterKeyError {
    fn from(error: PrivateFileError) -> Self {
        let told = error.to_string();
        match error {
            PrivateFileError::Missing { .. } => Self::Missing { what: told },
            PrivateFileError::Exposed { .. } => Self::Exposed { why: told },
            PrivateFileError::Malformed { .. } => Self::Malformed { why: told },
            PrivateFileError::Unavailable { .. } => Self::Unavailable { reason: told },
        }
    }
}

impl MasterKeyError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "master-key-missing",
            Self::Exposed { .. } => "master-key-exposed",
            Self::Malformed { .. } => "master-key-malformed",
            Self::Wrong => "master-key-wrong",
            Self::Exists { .. } => "master-key-exists",
            Self::Unavailable { .. } => "master-key-unavailable",
        }
    }
}
