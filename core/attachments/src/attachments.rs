//! The store for asynchronous callers.

use crate::{
    clean::{Cleaned, clean},
    digest::Digest,
    error::AttachmentError,
    kind::Kind,
    limits::MAX_CLEANED_AT_ONCE,
    store::{Kept, Opened, Particulars, Store, Upload},
};
use siyi_domain::ids::JurisdictionCode;
use std::sync::Arc;
use tokio::{sync::Semaphore, task::spawn_blocking};
use uuid::Uuid;

/// A [`Store`] whose calls run where they may block.
#[derive(Clone, Debug)]
pub struct Attachments {
    store: Arc<Store>,
    cleaning: Arc<Semaphore>,
}

impl Attachments {
    /// The same store, to be shared.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store: Arc::new(store), cleaning: Arc::new(Semaphore::new(MAX_CLEANED_AT_ONCE)) }
    }

    /// The store itself, for callers that may block.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// See [`clean`]; at most [`MAX_CLEANED_AT_ONCE`] run at a time, the others wait.
    ///
    /// # Errors
    /// Those of [`clean`], and `store-unavailable` where the runtime ends.
    pub async fn clean(&self, bytes: Vec<u8>, declared: Option<Kind>) -> Result<Cleaned, AttachmentError> {
        let permit = Arc::clone(&self.cleaning).acquire_owned().await.map_err(AttachmentError::unavailable)?;
        // The permit goes along: a caller who no longer waits does not make room for another one.
        let clean = move || {
            let _permit = permit;
            clean(&bytes, declared)
        };
        spawn_blocking(clean).await.map_err(AttachmentError::unavailable)?
    }

    /// See [`Store::keep_all`].
    ///
    /// # Errors
    /// Those of [`Store::keep_all`].
    pub async fn keep_all(&self, uploads: Vec<Upload>) -> Result<Vec<Kept>, AttachmentError> {
        self.call(move |store| store.keep_all(&uploads)).await
    }

    /// See [`Store::owners`].
    ///
    /// # Errors
    /// Those of [`Store::owners`].
    pub async fn owners(&self, digest: Digest) -> Result<Vec<Uuid>, AttachmentError> {
        self.call(move |store| store.owners(&digest)).await
    }

    /// See [`Store::particulars`].
    ///
    /// # Errors
    /// Those of [`Store::particulars`].
    pub async fn particulars(&self, owner: Uuid, digest: Digest) -> Result<Particulars, AttachmentError> {
        self.call(move |store| store.particulars(owner, &digest)).await
    }

    /// See [`Store::of_owner`].
    ///
    /// # Errors
    /// Those of [`Store::of_owner`].
    pub async fn of_owner(&self, owner: Uuid) -> Result<Vec<Particulars>, AttachmentError> {
        self.call(move |store| store.of_owner(owner)).await
    }

    /// See [`Store::of_village`].
    ///
    /// # Errors
    /// Those of [`Store::of_village`].
    pub async fn of_village(&self, village: JurisdictionCode) -> Result<Vec<Particulars>, AttachmentError> {
        self.call(move |store| store.of_village(&village)).await
    }

    /// See [`Store::open_one`].
    ///
    /// # Errors
    /// Those of [`Store::open_one`].
    pub async fn open_one(&self, owner: Uuid, digest: Digest) -> Result<Opened, AttachmentError> {
        self.call(move |store| store.open_one(owner, &digest)).await
    }

    /// See [`Store::remove`].
    ///
    /// # Errors
    /// Those of [`Store::remove`].
    pub async fn remove(&self, owner: Uuid, digest: Digest) -> Result<(), AttachmentError> {
        self.call(move |store| store.remove(owner, &digest)).await
    }

    /// See [`Store::erase`].
    ///
    /// # Errors
    /// Those of [`Store::erase`].
    pub async fn erase(&self, owner: Uuid) -> Result<usize, AttachmentError> {
        self.call(move |store| store.erase(owner)).await
    }

    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, AttachmentError> + Send + 'static,
    ) -> Result<T, AttachmentError> {
        let store = Arc::clone(&self.store);
        spawn_blocking(move || call(&store)).await.map_err(AttachmentError::unavailable)?
    }
}
