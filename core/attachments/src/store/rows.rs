//! Rows: under keyed digests, so that who has the index cannot ask whether a known document is there.

use super::{
    Particulars,
    ports::{FileName, Row, RowKey},
};
use crate::{digest::Digest, error::AttachmentError, keys::DataKey, sealed};
use hmac::{Hmac, KeyInit, Mac};
use uuid::Uuid;

impl Row {
    pub(super) fn seal(
        at: &RowKey,
        key: &DataKey,
        file: FileName,
        stored_bytes: u64,
        particulars: &Particulars,
    ) -> Result<Self, AttachmentError> {
        let text = serde_json::to_vec(particulars).map_err(AttachmentError::unavailable)?;
        let sealed = sealed::seal_particulars(key, at, &text)?;
        Ok(Self { file, village: particulars.village.clone(), stored_bytes, sealed })
    }

    pub(super) fn particulars(&self, at: &RowKey, key: &DataKey) -> Result<Particulars, AttachmentError> {
        let text = sealed::open_particulars(key, at, &self.sealed)?;
        serde_json::from_slice(&text).map_err(|_| AttachmentError::corrupt("a row does not read"))
    }
}

/// The digest as the index knows it.
pub(super) fn keyed(lookup: &DataKey, digest: &Digest) -> Result<[u8; 32], AttachmentError> {
    let mac = Hmac::<sha2::Sha256>::new_from_slice(lookup.as_bytes()).map_err(AttachmentError::unavailable)?;
    let mac = mac.chain_update(b"siyi attachment digest 1").chain_update(digest.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

/// Where the row of this keyed digest and owner stands.
#[must_use]
pub fn row_key(keyed: &[u8; 32], owner: Uuid) -> RowKey {
    let mut key = [0; 48];
    key.iter_mut().zip(keyed.iter().chain(owner.as_bytes())).for_each(|(to, from)| *to = *from);
    key
}

/// Whose row stands here.
#[must_use]
pub fn owner_of(key: &RowKey) -> Uuid {
    key.last_chunk().map_or(Uuid::nil(), |owner| Uuid::from_bytes(*owner))
}
