//! Why the key store did not answer.

use super::MasterKeyError;
use crate::folder::OpenError;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why the key store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The master key is missing, exposed, malformed, wrong, or its token does not answer.
    #[error(transparent)]
    Master(#[from] MasterKeyError),
    /// The disk or the operating system said no; nothing more is written until the key store is opened again.
    #[error("the key store is unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
    /// A file or a key does not read; stop and look.
    #[error("the key store is damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
    /// The backup is past its day, so the keys destroyed since it was made stay destroyed.
    #[error("the backup of the keys expired at {expired}")]
    BackupExpired {
        /// When.
        expired: String,
    },
    /// The backup does not read, or was changed.
    #[error("the backup of the keys does not read: {detail}")]
    BackupMalformed {
        /// What was found.
        detail: String,
    },
    /// A backup never replaces a file.
    #[error("`{}` is already there", path.display())]
    BackupExists {
        /// The file.
        path: PathBuf,
    },
    /// A backup is restored into an empty folder only.
    #[error("the key store `{}` already holds keys", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
}

impl KeysError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open(e) => e.code(),
            Self::Master(e) => e.code(),
            Self::Unavailable { .. } => "key-store-unavailable",
            Self::Corrupt { .. } => "key-store-corrupt",
            Self::BackupExpired { .. } => "key-backup-expired",
            Self::BackupMalformed { .. } => "key-backup-malformed",
            Self::BackupExists { .. } => "key-backup-exists",
            Self::NotEmpty { .. } => "key-store-not-empty",
        }
    }

    pub(super) fn disk(path: &Path, error: &io::Error) -> Self {
        Self::Unavailable { reason: format!("`{}`: {error}", path.display()) }
    }

    pub(super) fn corrupt(detail: impl Into<String>) -> Self {
        Self::Corrupt { detail: detail.into() }
    }
}
