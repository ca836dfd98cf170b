//! By which a key store knows its master key before it unwraps anything.

use super::sealing::random_id;
use super::{KeyBytes, KeysError, MasterKey, MasterKeyError};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use uuid::Uuid;

/// What the check value unwraps to.
const CHECK: &[u8; 32] = b"this master key is the right one";

/// Which master key wraps the keys of a key store, and the proof of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterCheck {
    /// The key store; stays the same through rotations and restored backups.
    pub store: Uuid,
    /// How many master keys there have been; the first is 1.
    pub ring: u64,
    /// Which master key this is ([`MasterKey::key_id`]).
    pub master: String,
    /// A known text under the master key, base64url without padding.
    pub check: String,
}

impl MasterCheck {
    /// That of a new key store.
    ///
    /// # Errors
    /// [`KeysError`] where there is no randomness, or the master key does not answer.
    pub fn first(master: &dyn MasterKey) -> Result<Self, KeysError> {
        let store = random_id().map_err(|reason| KeysError::Unavailable { reason })?;
        Self::of(store, 1, master)
    }

    /// That of a key store, by its identity and the number of its master key.
    ///
    /// # Errors
    /// [`KeysError::Master`] where the master key does not answer.
    pub fn of(store: Uuid, ring: u64, master: &dyn MasterKey) -> Result<Self, KeysError> {
        let mut check: KeyBytes = SecretBox::default();
        check.expose_secret_mut().copy_from_slice(CHECK);
        let check = URL_SAFE_NO_PAD.encode(master.wrap(&context(store, ring), &check)?);
        Ok(Self { store, ring, master: master.key_id(), check })
    }

    /// Whether this is the master key that wraps the keys.
    ///
    /// # Errors
    /// [`MasterKeyError`] where the master key does not answer.
    pub fn is_of(&self, master: &dyn MasterKey) -> Result<bool, MasterKeyError> {
        if self.master != master.key_id() {
            return Ok(false);
        }
        let check = URL_SAFE_NO_PAD.decode(&self.check).unwrap_or_default();
        match master.unwrap(&context(self.store, self.ring), &check) {
            Ok(check) => Ok(check.expose_secret() == CHECK),
            Err(MasterKeyError::Wrong) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn context(store: Uuid, ring: u64) -> Vec<u8> {
    format!("siyi-master-check-v1|{store}|{ring}").into_bytes()
}
