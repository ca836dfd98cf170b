//! The files that hold private keys: of the log, and of a witness.

use crate::{
    disk::{Disk, read_if_there},
    error::SealError,
    heads::{read_head, unreadable},
    sealer::lock,
};
use siyi_log::{PrivateFileError, read_private};
use siyi_tlog::{KeyKind, KeyList, MAX_NOTE_BYTES, Signer, TlogError};
use std::{io, path::Path};
use zeroize::Zeroizing;

/// The longest key file in bytes.
const MAX_FILE_BYTES: usize = 512;

/// The public list of the log's keys, in the log's folder.
pub(crate) const LIST_FILE: &str = "keys";

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no such file.
    #[error("there is no key file `{file}`")]
    Missing {
        /// The file.
        file: String,
    },
    /// A new key never replaces a file.
    #[error("`{file}` exists already")]
    Exists {
        /// The file.
        file: String,
    },
    /// Somebody else may have read it.
    #[error("the key file `{file}` {why}")]
    Exposed {
        /// The file.
        file: String,
        /// Its mode or owner.
        why: String,
    },
    /// It holds no key, or one for something else.
    #[error("the key file `{file}`: {error}")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong; nothing of its content.
        error: TlogError,
    },
    /// The disk or the source of randomness does not answer.
    #[error("`{file}`: {reason}")]
    Unavailable {
        /// The file.
        file: String,
        /// What it said.
        reason: String,
    },
}

impl From<PrivateFileError> for KeyError {
    fn from(error: PrivateFileError) -> Self {
        match error {
            PrivateFileError::Missing { file } => Self::Missing { file },
            PrivateFileError::Exposed { file, why } => Self::Exposed { file, why },
            PrivateFileError::Malformed { file, why } => {
                Self::Malformed { file, error: TlogError::malformed("a private key", why) }
            }
            PrivateFileError::Unavailable { file, error } => Self::Unavailable { file, reason: error.to_string() },
        }
    }
}

impl KeyError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "log-key-missing",
            Self::Exists { .. } => "log-key-exists",
            Self::Exposed { .. } => "log-key-exposed",
            Self::Malformed { .. } => "log-key-malformed",
            Self::Unavailable { .. } => "log-key-unavailable",
        }
    }

    fn unavailable(path: &Path, reason: &impl ToString) -> Self {
        Self::Unavailable { file: path.display().to_string(), reason: reason.to_string() }
    }
}

/// Makes a new key in a new file of mode 0400, and answers when it survives a power loss.
///
/// # Errors
/// [`KeyError::Exists`], [`KeyError::Malformed`] where `name` cannot be a key's, [`KeyError::Unavailable`].
pub fn create_key(path: impl AsRef<Path>, name: &str, kind: KeyKind) -> Result<Signer, KeyError> {
    let path = path.as_ref();
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|error| KeyError::unavailable(path, &error))?;
    let signer = Signer::from_seed(name, kind, &seed)
        .map_err(|error| KeyError::Malformed { file: path.display().to_string(), error })?;
    let secret = signer.secret_text();
    let mut text = Zeroizing::new(Vec::with_capacity(secret.len() + 1));
    text.extend_from_slice(secret.as_bytes());
    text.push(b'\n');
    Disk::default().create_secret(path, &text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyError::Exists { file: path.display().to_string() },
        _ => KeyError::unavailable(path, &error),
    })?;
    Ok(signer)
}

/// Reads a key from a file that belongs to this process's user and that nobody else can read (mode 0600 or 0400).
///
/// # Errors
/// [`KeyError`].
pub fn read_key(path: impl AsRef<Path>, kind: KeyKind) -> Result<Signer, KeyError> {
    let path = path.as_ref();
    let named = || path.display().to_string();
    let bytes = read_private(path, MAX_FILE_BYTES)?;
    let malformed = |error| KeyError::Malformed { file: named(), error };
    let no_text = || malformed(TlogError::malformed("a private key", "it is no text"));
    let text = std::str::from_utf8(&bytes).map_err(|_| no_text())?;
    let signer = Signer::parse(text.trim_ascii_end()).map_err(malformed)?;
    if signer.verifier().kind() == kind {
        Ok(signer)
    } else {
        Err(malformed(TlogError::malformed("a private key", "it is for another use: log and witness need their own")))
    }
}

/// The public list of keys in the log's folder, none before the log was first opened.
///
/// # Errors
/// [`KeyError::Malformed`], [`KeyError::Unavailable`].
pub fn read_key_list(folder: &Path) -> Result<Option<KeyList>, KeyError> {
    let path = folder.join(LIST_FILE);
    let bytes = read_if_there(&path, MAX_NOTE_BYTES as u64).map_err(|error| KeyError::unavailable(&path, &error))?;
    let Some(bytes) = bytes else { return Ok(None) };
    let malformed = |error| KeyError::Malformed { file: path.display().to_string(), error };
    let no_text = || malformed(TlogError::malformed("a list of keys", "it is no text"));
    let text = std::str::from_utf8(&bytes).map_err(|_| no_text())?;
    KeyList::parse(text).map(Some).map_err(malformed)
}

/// Puts `next` in the place of `outgoing` in the log's folder, while no sealer has it open; then the log is opened with
/// `next`. The outgoing key signs the new list too and stays in it, good for trees up to the last head. Blocks.
///
/// # Errors
/// [`SealError::InUse`], [`SealError::Key`], [`SealError::Unreadable`], [`SealError::Disk`].
pub fn rotate_key(folder: &Path, outgoing: &Signer, next: &Signer) -> Result<KeyList, SealError> {
    let _lock = lock(folder)?;
    let path = folder.join(LIST_FILE);
    let list = match read_key_list(folder)? {
        Some(list) => list,
        None => KeyList::first(outgoing).map_err(unreadable(LIST_FILE))?,
    };
    let size = read_head(folder)?.map_or(0, |kept| kept.head.size);
    let list = list.rotated(outgoing, next, size).map_err(unreadable(LIST_FILE))?;
    let replaced = Disk::default().replace(folder, LIST_FILE, list.note().to_string().as_bytes());
    replaced.map_err(|error| SealError::disk(&path, error))?;
    Ok(list)
}
