//! A key of a person as it lies somewhere: wrapped by the master key.

use super::sealing::{random_id, random_key};
use super::{DataKey, KeyBytes, KeysError, MasterKey, MasterKeyError, Purpose};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use siyi_domain::moment::Moment;
use std::sync::Arc;
use uuid::Uuid;

/// A key of a person and purpose, wrapped by the master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrappedKey {
    /// Which key.
    pub key: Uuid,
    /// Whose.
    pub subject: Uuid,
    /// What for.
    pub purpose: Purpose,
    /// When it was made.
    pub created: Moment,
    /// The key under the master key, base64url without padding.
    pub wrapped: String,
}

impl WrappedKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeysError::Unavailable`] where there is no randomness, and where the master key does not answer.
    pub fn make(of: (Uuid, Purpose), now: Moment, master: &dyn MasterKey) -> Result<Self, KeysError> {
        let unavailable = |reason| KeysError::Unavailable { reason };
        let key = random_id().map_err(unavailable)?;
        let mut made = Self { key, subject: of.0, purpose: of.1, created: now, wrapped: String::new() };
        made.wrap(&random_key().map_err(unavailable)?, master)?;
        Ok(made)
    }

    /// The same key under another master key.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn rewrapped(&self, old: &dyn MasterKey, new: &dyn MasterKey) -> Result<Self, KeysError> {
        let mut again = self.clone();
        again.wrap(&self.unwrap(old)?, new)?;
        Ok(again)
    }

    /// The key in clear.
    ///
    /// # Errors
    /// [`KeysError::Corrupt`] where it was changed, or was wrapped by another master key than this, which its key store
    /// has checked before; [`KeysError::Master`] where the master key does not answer.
    pub fn open(&self, master: &dyn MasterKey) -> Result<DataKey, KeysError> {
        let secret = Arc::new(self.unwrap(master)?);
        Ok(DataKey { id: self.key, subject: self.subject, purpose: self.purpose, secret })
    }

    pub(super) fn unwrap(&self, master: &dyn MasterKey) -> Result<KeyBytes, KeysError> {
        let wrapped = URL_SAFE_NO_PAD.decode(&self.wrapped).unwrap_or_default();
        master.unwrap(&self.context(), &wrapped).map_err(|error| match error {
            // The master key was checked at the opening, so it is the record that is not as it was written.
            MasterKeyError::Wrong => KeysError::corrupt(format!("the key `{}` does not unwrap", self.key)),
            error => error.into(),
        })
    }

    fn wrap(&mut self, key: &KeyBytes, master: &dyn MasterKey) -> Result<(), MasterKeyError> {
        self.wrapped = URL_SAFE_NO_PAD.encode(master.wrap(&self.context(), key)?);
        Ok(())
    }

    /// A record whose person, purpose or time was changed does not unwrap.
    fn context(&self) -> Vec<u8> {
        let Self { key, subject, purpose, created, wrapped: _ } = self;
        format!("siyi-data-key-v1|{key}|{subject}|{purpose}|{created}").into_bytes()
    }
}
