//! Why a store does not open.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a store does not open. Nothing was changed in the folder, except where damage was found: then the storage engine
/// may have cut a damaged end of its journal off.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or this one, has the store open.
    #[error("the store `{}` is in use", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something else.
    #[error("the folder `{}` is not empty and holds no such store", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// The store was written by a newer program.
    #[error("the store `{}` has format {found}, this program knows formats up to {supported}", path.display())]
    TooNew {
        /// The folder.
        path: PathBuf,
        /// The format in the marker.
        found: u64,
        /// The newest format that this program knows.
        supported: u64,
    },
    /// Something that was acknowledged is missing or changed.
    #[error("the store `{}` is damaged: {detail}", path.display())]
    Corrupt {
        /// The folder.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The disk or the operating system said no.
    #[error("the store `{}` cannot be opened: {reason}", path.display())]
    Unavailable {
        /// The folder.
        path: PathBuf,
        /// What the operator should look at.
        reason: String,
    },
}

impl OpenError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "store-in-use",
            Self::Foreign { .. } => "store-foreign",
            Self::TooNew { .. } => "store-too-new",
            Self::Corrupt { .. } => "store-corrupt",
            Self::Unavailable { .. } => "store-unavailable",
        }
    }

    pub(crate) fn unavailable(path: &Path, error: &io::Error) -> Self {
        Self::Unavailable { path: path.to_path_buf(), reason: error.to_string() }
    }

    pub(crate) fn corrupt(path: &Path, detail: impl Into<String>) -> Self {
        Self::Corrupt { path: path.to_path_buf(), detail: detail.into() }
    }
}

/// What the storage engine's refusal to open means.
pub(crate) fn open_error(path: &Path, error: &fjall::Error) -> OpenError {
    let path = path.to_path_buf();
    if matches!(error, fjall::Error::Locked) {
        OpenError::InUse { path }
    } else if speaks_of_damage(error) {
        OpenError::Corrupt { path, detail: error.to_string() }
    } else {
        OpenError::Unavailable { path, reason: error.to_string() }
    }
}

/// Whether an error of the storage engine says that bytes are missing or changed, rather than that the disk is full or
/// does not answer.
pub(crate) fn speaks_of_damage(error: &fjall::Error) -> bool {
    let lost = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::NotFound
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::InvalidData
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::IsADirectory
        )
    };
    match error {
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => lost(error),
        fjall::Error::Poisoned | fjall::Error::Locked => false,
        _ => true,
    }
}
