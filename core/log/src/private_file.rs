//! Files with secrets: they belong to this process's user, and nobody else can read them (mode 0600 or 0400).

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

/// Why a file's secret cannot be had. The text names the file.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// There is no such file.
    #[error("there is no file `{file}`")]
    Missing {
        /// The file.
        file: String,
    },
    /// Somebody else may have read it.
    #[error("`{file}` {why}")]
    Exposed {
        /// The file.
        file: String,
        /// Its mode or owner.
        why: String,
    },
    /// It is no file, or longer than such a secret.
    #[error("`{file}` {why}")]
    Malformed {
        /// The file.
        file: String,
        /// What it is.
        why: String,
    },
    /// The disk says no.
    #[error("`{file}`: {error}")]
    Unavailable {
        /// The file.
        file: String,
        /// What the system said.
        error: io::Error,
    },
}

/// A secret's file that is open: what is asked of it is asked of this one, whatever its name points to later.
#[derive(Debug)]
pub struct PrivateFile {
    name: String,
    file: File,
    /// The permission bits.
    pub mode: u32,
    /// The user whom it belongs to.
    pub owner: u32,
}

impl PrivateFile {
    /// Opens a file; who may read it is not asked yet.
    ///
    /// # Errors
    /// [`PrivateFileError`].
    pub fn open(path: &Path) -> Result<Self, PrivateFileError> {
        let name = path.display().to_string();
        let unavailable = |error| PrivateFileError::Unavailable { file: path.display().to_string(), error };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(PrivateFileError::Missing { file: name });
            }
            Err(error) => return Err(unavailable(error)),
        };
        let metadata = file.metadata().map_err(unavailable)?;
        if !metadata.is_file() {
            return Err(PrivateFileError::Malformed { file: name, why: "is no file".to_owned() });
        }
        Ok(Self { name, file, mode: metadata.mode() & 0o7777, owner: metadata.uid() })
    }

    /// Whether it is this process's user's alone.
    ///
    /// # Errors
    /// [`PrivateFileError::Exposed`].
    pub fn is_ours_alone(&self) -> Result<(), PrivateFileError> {
        let exposed = |why| Err(PrivateFileError::Exposed { file: self.name.clone(), why });
        if !matches!(self.mode, 0o600 | 0o400) {
            return exposed(format!("has mode {:04o}, 0600 or 0400 is needed", self.mode));
        }
        if self.owner != rustix::process::geteuid().as_raw() {
            return exposed(format!("belongs to the user {}, not to this process's", self.owner));
        }
        Ok(())
    }

    /// Reads it whole.
    ///
    /// # Errors
    /// [`PrivateFileError::Malformed`] where it is longer than `limit` bytes, [`PrivateFileError::Unavailable`].
    pub fn read(self, limit: usize) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
        // Room from the start: a buffer that grows leaves a copy behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * limit + 64));
        let read = self.file.take(limit as u64 + 1).read_to_end(&mut bytes);
        if let Err(error) = read {
            return Err(PrivateFileError::Unavailable { file: self.name, error });
        }
        if bytes.len() > limit {
            return Err(PrivateFileError::Malformed { file: self.name, why: format!("is longer than {limit} bytes") });
        }
        Ok(bytes)
    }
}

/// What is in a file that belongs to this process's user and that nobody else can read, of at most `limit` bytes.
///
/// # Errors
/// [`PrivateFileError`].
pub fn read_private(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
    let file = PrivateFile::open(path)?;
    file.is_ours_alone()?;
    file.read(limit)
}

/// What is in a credential that systemd hands over. It may leave it to root and let the service in by an access list, which
/// shows as the group's right to read; so here the owner may be root, and only the others are kept out.
///
/// # Errors
/// [`PrivateFileError`].
pub(crate) fn read_credential(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
    let file = PrivateFile::open(path)?;
    let own = file.owner == 0 || file.owner == rustix::process::geteuid().as_raw();
    if !own || file.mode & 0o337 != 0 {
        let why = format!("is a credential of mode {:04o} that belongs to {}", file.mode, file.owner);
        return Err(PrivateFileError::Exposed { file: file.name, why });
    }
    file.read(limit)
}
