//! Why a command had neither effect nor refusal.

use crate::envelope::Undecodable;
use crate::port::{AppendError, EventRefused, InvalidStreamName, ReadError};
use crate::records::RecordsUnavailable;
use crate::vault::{NoSalt, SealRefused, VaultError};

/// Something broke, or the command cannot be understood. Nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// No command has this name.
    #[error("there is no command `{name}`")]
    UnknownCommand {
        /// The name asked for.
        name: String,
    },
    /// The input does not have the command's shape.
    #[error("`{path}`: {message}")]
    InvalidInput {
        /// Where in the input.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// Others were faster too often.
    #[error("the command lost the race for its stream {attempts} times")]
    Contention {
        /// How often it was decided.
        attempts: usize,
    },
    /// An event would be too large.
    #[error(transparent)]
    Event(#[from] EventRefused),
    /// A personal text cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealRefused),
    /// There is no randomness to seal it with.
    #[error(transparent)]
    Salt(#[from] NoSalt),
    /// The log did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A stored event cannot be read.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
    /// The vault did not take it.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// It cannot be told what lies with a person.
    #[error(transparent)]
    Records(#[from] RecordsUnavailable),
    /// The act would say something else than was signed.
    #[error("the assertion is over another act: sign anew")]
    OtherAct,
    /// A stream name that cannot be.
    #[error(transparent)]
    Stream(#[from] InvalidStreamName),
}

impl HandleError {
    /// The stable public code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCommand { .. } => "unknown-command",
            Self::InvalidInput { .. } => "invalid-input",
            Self::Contention { .. } => "contention",
            Self::Event(e) => e.code(),
            Self::Seal(e) => e.code(),
            Self::Salt(e) => e.code(),
            Self::Append(e) => e.code(),
            Self::Read(e) => e.code(),
            Self::Undecodable(_) => "store-corrupt",
            Self::Vault(e) => e.code(),
            Self::Records(_) => "store-unavailable",
            Self::OtherAct => "assertion-other-act",
            Self::Stream(e) => e.code(),
        }
    }

    /// Whether the same call may succeed later (503).
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self.code(), "store-unavailable" | "contention")
    }
}
