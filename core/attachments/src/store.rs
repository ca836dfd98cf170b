//! The store: an index of what is there, and files whose names say nothing. Both lie where their ports are kept: in a folder of the
//! node ([`folder`]), or where several nodes share them.
//!
//! INVARIANT: a file is noted durably before it is written, durable before its row is, and its row is gone durably before the file
//! is wiped. So every row has its whole file, whenever the power or a store goes; what has no row was never acknowledged, or was
//! removed, and is wiped by whoever comes by.

mod erase;
mod folder;
mod objects;
mod ports;
mod rows;

use crate::{
    class::Class,
    clean::Cleaned,
    digest::Digest,
    error::AttachmentError,
    keys::{DataKey, DataKeys, KeysUnavailable},
    kind::Kind,
    limits::{DEFAULT_VILLAGE_QUOTA_BYTES, MAX_FILES_PER_ACT},
    sealed::{self, random},
};
use jiff::{Timestamp, civil::DateTime};
use serde::{Deserialize, Serialize};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use std::{fmt, path::Path, sync::Arc};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use folder::{FolderBlobs, FolderIndex};
pub use objects::{ObjectBlobs, ObjectsError, Place};
pub use ports::{Blobs, FileName, Index, Note, Of, Row, RowKey};
pub use rows::{owner_of, row_key};

/// A cleaned file, and what the act says about it. The name that the file had at its sender is not taken at all.
#[derive(Debug)]
pub struct Upload {
    /// The cleaned file.
    pub cleaned: Cleaned,
    /// Under whose key it lies: a village's, or that of the person it speaks of.
    pub owner: Uuid,
    /// What it is to the village.
    pub class: Class,
    /// The village whose quota it counts to.
    pub village: JurisdictionCode,
    /// The person it speaks of, if it is one.
    pub person: Option<PersonId>,
    /// The matter to whose file it belongs.
    pub matter: Option<ConsultationId>,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
}

/// What is known about a stored attachment. It lies in the index under the owner's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// Its digest, as events cite it.
    pub digest: Digest,
    /// What it is, by its bytes.
    pub kind: Kind,
    /// What it is to the village.
    pub class: Class,
    /// How many plain bytes.
    pub bytes: usize,
    /// The village whose quota it counts to.
    pub village: JurisdictionCode,
    /// The person it speaks of, if it is one.
    pub person: Option<PersonId>,
    /// The matter to whose file it belongs.
    pub matter: Option<ConsultationId>,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// When its camera says it was taken; see [`Cleaned::taken_at_claimed`].
    pub taken_at_claimed: Option<DateTime>,
}

/// The answer to an upload, durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What is known about it. Where the owner had these bytes already, this is what was said the first time.
    pub particulars: Particulars,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// An attachment, whole and checked.
pub struct Opened {
    /// What is known about it.
    pub particulars: Particulars,
    /// Its bytes, overwritten in memory when they are dropped.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("particulars", &self.particulars).finish_non_exhaustive()
    }
}

/// The attachments. Calls block; see [`crate::Attachments`].
pub struct Store {
    index: Box<dyn Index>,
    blobs: Box<dyn Blobs>,
    keys: Arc<dyn DataKeys>,
    lookup: DataKey,
    quota_bytes: u64,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in `folder`, which is created where it is missing; see [`Store::over`].
    ///
    /// # Errors
    /// `attachment-corrupt` where files are there and their index is not; `store-unavailable`, also where another
    /// process has the store open.
    pub fn open(folder: &Path, keys: Arc<dyn DataKeys>) -> Result<Self, AttachmentError> {
        let (index, blobs) = folder::open(folder)?;
        Self::over(index, blobs, keys)
    }

    /// The store over an index and files; wipes what a crash has left, and finishes erasures that it cut short.
    ///
    /// # Errors
    /// `attachment-corrupt`, `store-unavailable`.
    pub fn over(index: impl Index, blobs: impl Blobs, keys: Arc<dyn DataKeys>) -> Result<Self, AttachmentError> {
        let lookup = keys.lookup_key()?;
        let (index, blobs, quota_bytes) = (Box::new(index), Box::new(blobs), DEFAULT_VILLAGE_QUOTA_BYTES);
        let store = Self { index, blobs, keys, lookup, quota_bytes };
        store.sweep()?;
        Ok(store)
    }

    /// The same store with another quota for each village.
    #[must_use]
    pub fn with_quota(mut self, bytes: u64) -> Self {
        self.quota_bytes = bytes;
        self
    }

    /// Keeps the files of one act, and answers when all of them survive a power loss. If one is refused, none is kept
    /// that was not there before.
    ///
    /// # Errors
    /// `attachment-quota`, `store-unavailable`; `attachment-corrupt` where the owner has some of these bytes and they are
    /// damaged.
    pub fn keep_all(&self, uploads: &[Upload]) -> Result<Vec<Kept>, AttachmentError> {
        if uploads.len() > MAX_FILES_PER_ACT {
            let (asked, left) = (uploads.len() as u64, MAX_FILES_PER_ACT as u64);
            return Err(AttachmentError::Quota { asked, left, unit: "files" });
        }
        let mut kept: Vec<Kept> = Vec::new();
        for upload in uploads {
            match self.keep(upload) {
                Ok(one) => kept.push(one),
                Err(error) => {
                    for (one, upload) in kept.iter().zip(uploads).filter(|(one, _)| one.is_new) {
                        self.remove(upload.owner, &one.particulars.digest)?;
                    }
                    return Err(error);
                }
            }
        }
        Ok(kept)
    }

    /// Keeps one file; see [`Store::keep_all`].
    ///
    /// # Errors
    /// `attachment-quota`, `store-unavailable`; `attachment-corrupt` where the owner has these bytes and they are damaged.
    pub fn keep(&self, upload: &Upload) -> Result<Kept, AttachmentError> {
        let (cleaned, owner) = (&upload.cleaned, upload.owner);
        let key = self.keys.key_or_new(owner)?;
        let at = self.row_key(&cleaned.digest(), owner)?;
        if self.index.row(&at)?.is_some() {
            return self.kept_before(upload);
        }
        // What could not be wiped counts to the quota until it is.
        self.pay_all(None)?;
        let mut padded = Zeroizing::new(Vec::with_capacity(sealed::padded_len(cleaned.bytes().len())));
        padded.extend_from_slice(cleaned.bytes());
        padded.resize(sealed::padded_len(cleaned.bytes().len()), 0);
        let sealed = sealed::seal(&key, &cleaned.digest(), &padded)?;
        let (file, village, stored_bytes) = (Uuid::from_bytes(random()?), upload.village.clone(), sealed.len() as u64);
        let particulars = upload.particulars();
        let row = Row::seal(&at, &key, file, stored_bytes, &particulars)?;
        self.index.reserve(file, &Note { owner, village, stored_bytes }, self.quota_bytes)?;
        match self.blobs.write(file, sealed).and_then(|()| self.index.put(&at, &row)) {
            Ok(true) => {}
            Ok(false) => {
                // Somebody else was faster with the same bytes.
                self.give_up(&at, file)?;
                return self.kept_before(upload);
            }
            Err(error) => {
                if let Err(error) = self.give_up(&at, file) {
                    tracing::warn!(%error, "a file that was not kept is still there; it is wiped later");
                }
                return Err(error);
            }
        }
        // Another node may have erased the owner meanwhile. If it does so from now on, it finds the row.
        if self.keys.key(owner)?.is_none_or(|now| now.as_bytes() != key.as_bytes()) {
            self.take(&at, file)?;
            return Err(AttachmentError::unavailable("the owner was erased while the file was being kept"));
        }
        Ok(Kept { particulars, is_new: true })
    }

    /// Reads what the owner has already, so that nobody is told that bytes are kept which were damaged since.
    fn kept_before(&self, upload: &Upload) -> Result<Kept, AttachmentError> {
        let particulars = self.open_one(upload.owner, &upload.cleaned.digest())?.particulars;
        Ok(Kept { particulars, is_new: false })
    }

    /// The owners under whose keys these bytes lie; usually one, and none where they are unknown or erased.
    ///
    /// # Errors
    /// `store-unavailable`, `attachment-corrupt`.
    pub fn owners(&self, digest: &Digest) -> Result<Vec<Uuid>, AttachmentError> {
        self.index.owners(&rows::keyed(&self.lookup, digest)?)
    }

    /// What is known about an attachment.
    ///
    /// # Errors
    /// `attachment-unknown`, `attachment-corrupt`, `store-unavailable`.
    pub fn particulars(&self, owner: Uuid, digest: &Digest) -> Result<Particulars, AttachmentError> {
        self.find(owner, digest).map(|(_, _, particulars)| particulars)
    }

    /// What is known about each attachment of an owner, in no order.
    ///
    /// # Errors
    /// `attachment-corrupt`, `store-unavailable`.
    pub fn of_owner(&self, owner: Uuid) -> Result<Vec<Particulars>, AttachmentError> {
        self.listed(Of::Owner(owner))
    }

    /// What is known about each attachment that counts to a village, in no order.
    ///
    /// # Errors
    /// `attachment-corrupt`, `store-unavailable`.
    pub fn of_village(&self, village: &JurisdictionCode) -> Result<Vec<Particulars>, AttachmentError> {
        self.listed(Of::Village(village))
    }

    fn listed(&self, of: Of<'_>) -> Result<Vec<Particulars>, AttachmentError> {
        let mut listed = Vec::new();
        for (at, row) in self.index.rows(of)? {
            // Whose key is gone is being erased.
            if let Some(key) = self.keys.key(rows::owner_of(&at))? {
                listed.push(row.particulars(&at, &key)?);
            }
        }
        Ok(listed)
    }

    /// Opens an attachment. Nothing is handed out before every chunk and the whole digest have been checked.
    ///
    /// # Errors
    /// `attachment-unknown`, `attachment-corrupt`, `store-unavailable`.
    pub fn open_one(&self, owner: Uuid, digest: &Digest) -> Result<Opened, AttachmentError> {
        let (row, key, particulars) = self.find(owner, digest)?;
        let Some(sealed) = self.blobs.read(row.file)? else {
            // It may have been removed since the row was read.
            let is_there = self.index.row(&self.row_key(digest, owner)?)?.is_some_and(|now| now.file == row.file);
            return Err(if is_there {
                AttachmentError::corrupt("the file of a row is missing")
            } else {
                AttachmentError::Unknown
            });
        };
        let mut bytes = sealed::open(&key, digest, &sealed)?;
        if bytes.len() != sealed::padded_len(particulars.bytes) {
            return Err(AttachmentError::corrupt("the file has another length than its row says"));
        }
        bytes.truncate(particulars.bytes);
        if particulars.digest != *digest || Digest::of(&bytes) != *digest {
            return Err(AttachmentError::corrupt("the bytes have another digest"));
        }
        Ok(Opened { particulars, bytes })
    }

    /// How many stored bytes count to the quota of a village.
    ///
    /// # Errors
    /// `attachment-corrupt`, `store-unavailable`.
    pub fn used_bytes(&self, village: &JurisdictionCode) -> Result<u64, AttachmentError> {
        self.index.used_bytes(village)
    }

    fn find(&self, owner: Uuid, digest: &Digest) -> Result<(Row, DataKey, Particulars), AttachmentError> {
        let at = self.row_key(digest, owner)?;
        let row = self.index.row(&at)?.ok_or(AttachmentError::Unknown)?;
        // Whose key was destroyed has no attachments any more, even if their rows are still being removed.
        let key = self.keys.key(owner)?.ok_or(AttachmentError::Unknown)?;
        let particulars = row.particulars(&at, &key)?;
        Ok((row, key, particulars))
    }

    fn row_key(&self, digest: &Digest, owner: Uuid) -> Result<RowKey, AttachmentError> {
        Ok(rows::row_key(&rows::keyed(&self.lookup, digest)?, owner))
    }
}

impl Upload {
    fn particulars(&self) -> Particulars {
        Particulars {
            digest: self.cleaned.digest(),
            kind: self.cleaned.kind(),
            class: self.class,
            bytes: self.cleaned.bytes().len(),
            village: self.village.clone(),
            person: self.person,
            matter: self.matter,
            uploaded_at: self.uploaded_at,
            taken_at_claimed: self.cleaned.taken_at_claimed(),
        }
    }
}

impl From<KeysUnavailable> for AttachmentError {
    fn from(error: KeysUnavailable) -> Self {
        Self::unavailable(error)
    }
}
