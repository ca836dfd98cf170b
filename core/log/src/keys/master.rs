//! 主密钥: the one key that wraps all others, and where it comes from.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::{Zeroize, Zeroizing};

use super::{KEY_BYTES, KeyError, random};

/// The name of the systemd credential.
pub const CREDENTIAL: &str = "siyi-master-key";

/// The master key in memory; wiped when it is dropped.
pub struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

/// A key is never printed.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

impl MasterKey {
    /// A key from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key in a file of 64 hexadecimal digits that nobody but its owner may read.
    ///
    /// # Errors
    /// [`KeyError::MasterMissing`], [`KeyError::MasterExposed`], [`KeyError::MasterMalformed`].
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let file = opened(path)?;
        let mode = file.metadata()?.mode() & 0o777;
        if !matches!(mode, 0o600 | 0o400) {
            return Err(KeyError::MasterExposed { mode });
        }
        read(file)
    }

    /// The key that systemd hands to the service (`LoadCredential=`); none where it hands none.
    ///
    /// # Errors
    /// [`KeyError::MasterMalformed`], [`KeyError::Unavailable`].
    pub fn from_credential(folder: Option<&Path>) -> Result<Option<Self>, KeyError> {
        let Some(path) = folder.map(|folder| folder.join(CREDENTIAL)).filter(|path| path.exists()) else {
            return Ok(None);
        };
        read(opened(&path)?).map(Some)
    }

    /// Makes a new key in a new file of mode 0600.
    ///
    /// # Errors
    /// [`KeyError::MasterExists`] if there is a file, [`KeyError::Unavailable`].
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let key = Self(Zeroizing::new(random()?));
        let mut text: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let mut file = created.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KeyError::MasterExists(path.display().to_string()),
            _ => KeyError::from(error),
        })?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        text.zeroize();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(key)
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

fn opened(path: &Path) -> Result<File, KeyError> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KeyError::MasterMissing,
        _ => KeyError::from(error),
    })
}

fn read(mut file: File) -> Result<MasterKey, KeyError> {
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|_| KeyError::MasterMalformed)?;
    let digits = text.trim();
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    if digits.len() != 2 * KEY_BYTES || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(KeyError::MasterMalformed);
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        let pair = digits.get(at..at + 2).ok_or(KeyError::MasterMalformed)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| KeyError::MasterMalformed)?;
    }
    Ok(MasterKey(bytes))
}
