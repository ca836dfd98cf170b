//! A master key in a file of its own, or in a credential that systemd hands over.

use super::{KeyBytes, MasterKey, MasterKeyError};
use crate::canonical::sha256;
use crate::keys::sealing::{decrypt, encrypt, random_key};
use crate::private_file::{read_credential, read_private};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use std::{
    env, fmt,
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The longest file that is looked at: 64 hexadecimal digits and white space.
const MAX_FILE_BYTES: usize = 128;

/// The name of the credential.
const CREDENTIAL: &str = "siyi-master-key";

/// A master key that this process holds in memory.
pub struct FileMasterKey {
    key: KeyBytes,
    id: String,
}

impl fmt::Debug for FileMasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileMasterKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl FileMasterKey {
    /// Reads 32 bytes in hexadecimal or base64 from a file that belongs to this process's user and that nobody else can
    /// read (mode 0600 or 0400).
    ///
    /// # Errors
    /// [`MasterKeyError`]: missing, exposed, malformed, unavailable.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, MasterKeyError> {
        let path = path.as_ref();
        Self::from_text(&read_private(path, MAX_FILE_BYTES)?, path)
    }

    /// Reads the systemd credential `siyi-master-key` (`LoadCredential=` or `LoadCredentialEncrypted=`).
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_credential() -> Result<Self, MasterKeyError> {
        Self::from_credentials_in(credentials()?)
    }

    /// Reads the credential from the folder of credentials.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_credentials_in(folder: impl AsRef<Path>) -> Result<Self, MasterKeyError> {
        let path = folder.as_ref().join(CREDENTIAL);
        Self::from_text(&read_credential(&path, MAX_FILE_BYTES)?, &path)
    }

    /// Makes a new key in a new file of mode 0400, in hexadecimal, and answers when it survives a power loss.
    ///
    /// # Errors
    /// [`MasterKeyError::Exists`] where anything has that name; [`MasterKeyError::Unavailable`].
    pub fn create_file(path: impl AsRef<Path>) -> Result<Self, MasterKeyError> {
        let path = path.as_ref();
        let key = random_key().map_err(|reason| MasterKeyError::Unavailable { reason })?;
        let text: Zeroizing<String> =
            Zeroizing::new(key.expose_secret().iter().map(|byte| format!("{byte:02x}")).collect());
        let create = || {
            if path.symlink_metadata().is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            // Under another name first: a key that a power loss left half written would lock its folder for ever.
            let half = path.with_extension("half");
            match std::fs::remove_file(&half) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&half)?;
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            std::fs::rename(&half, path)?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        create().map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => MasterKeyError::Exists { file: path.display().to_string() },
            _ => unavailable(path, &error),
        })?;
        Ok(Self::from_secret(key))
    }

    /// A key from memory, for tests and demonstrations.
    #[must_use]
    pub fn from_secret(key: KeyBytes) -> Self {
        let digest = sha256(&Zeroizing::new([b"siyi-master-key-id".as_slice(), key.expose_secret()].concat()));
        // 256 random bits are not found from a part of their hash.
        let id = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { key, id }
    }

    fn from_text(text: &[u8], path: &Path) -> Result<Self, MasterKeyError> {
        decode(text.trim_ascii()).map(Self::from_secret).ok_or_else(|| MasterKeyError::Malformed {
            why: format!("`{}` must hold 32 bytes in hexadecimal or base64 and nothing else", path.display()),
        })
    }
}

impl MasterKey for FileMasterKey {
    fn key_id(&self) -> String {
        self.id.clone()
    }

    fn wrap(&self, context: &[u8], key: &KeyBytes) -> Result<Vec<u8>, MasterKeyError> {
        encrypt(&self.key, context, key.expose_secret()).map_err(|reason| MasterKeyError::Unavailable { reason })
    }

    fn unwrap(&self, context: &[u8], wrapped: &[u8]) -> Result<KeyBytes, MasterKeyError> {
        let plain = decrypt(&self.key, context, wrapped).ok_or(MasterKeyError::Wrong)?;
        key_bytes(&plain).ok_or(MasterKeyError::Wrong)
    }
}

/// A key on the heap from its 32 bytes.
pub(super) fn key_bytes(bytes: &[u8]) -> Option<KeyBytes> {
    let mut key: KeyBytes = SecretBox::default();
    (bytes.len() == 32).then(|| key.expose_secret_mut().copy_from_slice(bytes))?;
    Some(key)
}

fn decode(text: &[u8]) -> Option<KeyBytes> {
    let bytes = Zeroizing::new(match text.len() {
        64 => hexadecimal(text)?,
        44 => STANDARD.decode(text).ok()?,
        43 => STANDARD_NO_PAD.decode(text).ok()?,
        _ => return None,
    });
    key_bytes(&bytes)
}

fn hexadecimal(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        let [high, low] = pair else { return None };
        bytes.push(digit(high)? << 4 | digit(low)?);
    }
    Some(bytes)
}

/// The folder in which systemd hands over credentials.
pub(super) fn credentials() -> Result<PathBuf, MasterKeyError> {
    env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).ok_or_else(|| MasterKeyError::Missing {
        what: "systemd passed no credentials (`CREDENTIALS_DIRECTORY` is not set)".into(),
    })
}

fn unavailable(path: &Path, error: &io::Error) -> MasterKeyError {
    MasterKeyError::Unavailable { reason: format!("`{}`: {error}", path.display()) }
}
