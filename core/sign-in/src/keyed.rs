//! The key of the store, under which names and identities become digests: who reads the rows without it cannot tell whether
//! a name is among them, however few names there are to try.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::SignInError;
use crate::random;

/// The file's name; mode 0600.
pub(crate) const FILE: &str = "digest.key";

/// What a digest is for, so that one never passes for another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// A sign-in name.
    Name,
    /// Issuer and subject of an OpenID provider.
    Identity,
    /// An invitation's code.
    Invitation,
    /// From the command of an invitation to its code.
    InvitationOf,
    /// A form's token.
    Form,
    /// The credential that an account without a passkey seems to have.
    Decoy,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Name => b"siyi name\0",
            Self::Identity => b"siyi identity\0",
            Self::Invitation => b"siyi invitation\0",
            Self::InvitationOf => b"siyi invitation of\0",
            Self::Form => b"siyi form\0",
            Self::Decoy => b"siyi decoy\0",
        }
    }
}

/// The key; wiped when it is dropped.
pub(crate) struct Keyed(Zeroizing<[u8; 32]>);

impl Keyed {
    /// The key of a store.
    pub(crate) const fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// HMAC-SHA-256.
    pub(crate) fn digest(&self, purpose: Purpose, text: &[u8]) -> Result<[u8; 32], SignInError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).map_err(SignInError::unavailable)?;
        mac.update(purpose.label());
        mac.update(text);
        Ok(mac.finalize().into_bytes().into())
    }

    /// The token of a form that was shown to who holds `bound`, a session's id or that of a browser before its session.
    pub(crate) fn form(&self, bound: &str) -> Result<String, SignInError> {
        Ok(random::encode(&self.digest(Purpose::Form, bound.as_bytes())?))
    }

    /// Whether a form's token is that of `bound`; takes as long for a wrong one.
    pub(crate) fn is_form(&self, bound: &str, token: &str) -> Result<bool, SignInError> {
        Ok(self.form(bound)?.as_bytes().ct_eq(token.as_bytes()).into())
    }
}

/// Reads the key of a folder, or makes it where nothing was stored under one yet.
pub(crate) fn key_of(folder: &Path, fresh: bool) -> Result<Zeroizing<[u8; 32]>, SignInError> {
    let path = folder.join(FILE);
    if fresh && !path.exists() {
        create(folder, &path).map_err(SignInError::unavailable)?;
    }
    let file = fs::metadata(&path).map_err(|_| SignInError::corrupt("the key `digest.key` is missing"))?;
    if file.permissions().mode() & 0o077 != 0 {
        return Err(SignInError::Unavailable { reason: "others may read `digest.key`: make it mode 0600".into() });
    }
    let bytes = Zeroizing::new(fs::read(&path).map_err(SignInError::unavailable)?);
    let key = bytes.as_slice().try_into().map_err(|_| SignInError::corrupt("`digest.key` has no 32 bytes"))?;
    Ok(Zeroizing::new(key))
}

/// A key that is there was synced, so that no row is ever durable under a key that is not.
fn create(folder: &Path, path: &Path) -> std::io::Result<()> {
    let key = Zeroizing::new(random::bytes::<32>().map_err(std::io::Error::other)?);
    let next = folder.join("digest.key.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&next)?;
    file.write_all(key.as_slice())?;
    file.sync_all()?;
    fs::rename(&next, path)?;
    File::open(folder)?.sync_all()
}
