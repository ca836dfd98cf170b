//! The keys under which attachments lie, and how they are destroyed.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A key of 256 bits, overwritten in memory when it is dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl DataKey {
    /// A key of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

/// The keys do not answer. This is never said of a key that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys are unavailable: {reason}")]
pub struct KeysUnavailable {
    /// What the operator should look at.
    pub reason: String,
}

/// Where the keys come from. Calls may block.
pub trait DataKeys: Send + Sync + 'static {
    /// The key of an owner; none where there never was one or it was destroyed.
    ///
    /// # Errors
    /// [`KeysUnavailable`].
    fn key(&self, owner: Uuid) -> Result<Option<DataKey>, KeysUnavailable>;

    /// The key of an owner, made where there is none. A made key is durable before this returns.
    ///
    /// # Errors
    /// [`KeysUnavailable`]; also where the owner was erased for good and gets no key any more.
    fn key_or_new(&self, owner: Uuid) -> Result<DataKey, KeysUnavailable>;

    /// Destroys the key of an owner, durably. Destroying what is not there changes nothing.
    ///
    /// # Errors
    /// [`KeysUnavailable`].
    fn destroy(&self, owner: Uuid) -> Result<(), KeysUnavailable>;

    /// The key under which the index hides digests. It belongs to the store as a whole, is always the same, and must
    /// not be used for anything else.
    ///
    /// # Errors
    /// [`KeysUnavailable`].
    fn lookup_key(&self) -> Result<DataKey, KeysUnavailable>;
}

/// Keys in memory, for tests and demonstrations: whoever drops them has erased everything.
#[derive(Debug)]
pub struct MemoryKeys {
    lookup: DataKey,
    keys: Mutex<HashMap<Uuid, DataKey>>,
}

impl MemoryKeys {
    /// No keys yet, but a fresh one for lookups.
    ///
    /// # Errors
    /// [`KeysUnavailable`] where the system gives no randomness.
    pub fn new() -> Result<Self, KeysUnavailable> {
        Ok(Self { lookup: fresh()?, keys: Mutex::default() })
    }

    /// Puts a key of the caller's choice in the place of an owner's.
    pub fn put(&self, owner: Uuid, key: DataKey) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(owner, key);
    }
}

fn fresh() -> Result<DataKey, KeysUnavailable> {
    let mut key = DataKey::new([0; 32]);
    getrandom::fill(&mut key.0).map_err(|error| KeysUnavailable { reason: error.to_string() })?;
    Ok(key)
}

impl DataKeys for MemoryKeys {
    fn key(&self, owner: Uuid) -> Result<Option<DataKey>, KeysUnavailable> {
        Ok(self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&owner).cloned())
    }

    fn key_or_new(&self, owner: Uuid) -> Result<DataKey, KeysUnavailable> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&owner) {
            return Ok(key.clone());
        }
        let key = fresh()?;
        keys.insert(owner, key.clone());
        Ok(key)
    }

    fn destroy(&self, owner: Uuid) -> Result<(), KeysUnavailable> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&owner);
        Ok(())
    }

    fn lookup_key(&self) -> Result<DataKey, KeysUnavailable> {
        Ok(self.lookup.clone())
    }
}
