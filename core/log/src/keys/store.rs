//! The port of a key store: what the vault and the attachments ask of it, wherever the keys lie.

use super::{DataKey, Keys, KeysError, Purpose};
use uuid::Uuid;

/// Where the keys of persons lie. Calls may block.
pub trait KeyStore: Send + Sync + 'static {
    /// See [`Keys::obtain`].
    ///
    /// # Errors
    /// [`KeysError`].
    fn obtain(&self, wanted: &[(Uuid, Purpose)]) -> Result<Vec<DataKey>, KeysError>;

    /// See [`Keys::find`]. A key that was destroyed anywhere is found nowhere.
    ///
    /// # Errors
    /// [`KeysError`].
    fn find(&self, subject: Uuid, purpose: Purpose) -> Result<Option<DataKey>, KeysError>;

    /// See [`Keys::destroy`].
    ///
    /// # Errors
    /// [`KeysError`].
    fn destroy(&self, subject: Uuid) -> Result<usize, KeysError>;
}

impl KeyStore for Keys {
    fn obtain(&self, wanted: &[(Uuid, Purpose)]) -> Result<Vec<DataKey>, KeysError> {
        Self::obtain(self, wanted)
    }

    fn find(&self, subject: Uuid, purpose: Purpose) -> Result<Option<DataKey>, KeysError> {
        Self::find(self, subject, purpose)
    }

    fn destroy(&self, subject: Uuid) -> Result<usize, KeysError> {
        Self::destroy(self, subject)
    }
}
