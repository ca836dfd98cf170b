//! The store: an index of what is there, and files whose names say nothing.
//!
//! | where | what | readable without keys |
//! | --- | --- | --- |
//! | `index/` (fjall), `attachments` | keyed digest ‖ owner → file name, village, size, and sealed [`Particulars`] | owner, village, size |
//! | `index/`, `erasing` | owner whose erasure has begun | owner |
//! | `files/<32 random digits>` | the padded bytes, encrypted (see `sealed.rs`) | size |
//! | `files/<32 random digits>.part` | a file that is being written | size |
//!
//! INVARIANT: a file is durable before its row is, and a row is gone durably before its file is overwritten. So every row
//! has its whole file, whenever the power goes; what has no row was never acknowledged, or was removed, and is wiped at
//! the next open.

mod erase;
mod files;
mod index;
mod usage;

use crate::{
    class::Class,
    clean::Cleaned,
    digest::Digest,
    error::AttachmentError,
    keys::{DataKey, DataKeys, KeysUnavailable},
    kind::Kind,
    limits::{DEFAULT_VILLAGE_QUOTA_BYTES, MAX_FILES_PER_ACT},
    sealed,
};
use files::Files;
use index::{Index, Row, RowKey};
use jiff::{Timestamp, civil::DateTime};
use serde::{Deserialize, Serialize};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use usage::Usage;
use uuid::Uuid;
use zeroize::Zeroizing;

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

/// The attachments in a folder of their own. Calls block; see [`crate::Attachments`].
pub struct Store {
    index: Index,
    files: Files,
    keys: Arc<dyn DataKeys>,
    lookup: DataKey,
    quota_bytes: u64,
    /// Held while anything is written or removed.
    usage: Mutex<Usage>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in `folder`, which is created where it is missing; wipes what a crash has left, and finishes
    /// erasures that it cut short.
    ///
    /// # Errors
    /// `attachment-corrupt` where files are there and their index is not; `store-unavailable`, also where another
    /// process has the store open.
    pub fn open(folder: &Path, keys: Arc<dyn DataKeys>) -> Result<Self, AttachmentError> {
        let lookup = keys.lookup_key()?;
        std::fs::create_dir_all(folder)?;
        let files = Files::open(&folder.join("files"))?;
        let index = Index::open(&folder.join("index"), files.holds_any()?)?;
        files::sync_folder(folder)?;
        let rows = index.rows()?;
        files.wipe_all_but(rows.iter().map(|(_, row)| row.file))?;
        let usage = Mutex::new(rows.iter().map(|(_, row)| (row.village.clone(), row.stored_bytes)).collect());
        let store = Self { index, files, keys, lookup, quota_bytes: DEFAULT_VILLAGE_QUOTA_BYTES, usage };
        for owner in store.index.erasing()? {
            store.erase(owner)?;
        }
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
        let mut usage = self.lock();
        let mut kept: Vec<Kept> = Vec::new();
        for upload in uploads {
            match self.keep_one(&mut usage, upload) {
                Ok(one) => kept.push(one),
                Err(error) => {
                    for (one, upload) in kept.iter().zip(uploads).filter(|(one, _)| one.is_new) {
                        self.take_away(&mut usage, upload.owner, &one.particulars.digest)?;
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
        self.keep_one(&mut self.lock(), upload)
    }

    fn keep_one(&self, usage: &mut Usage, upload: &Upload) -> Result<Kept, AttachmentError> {
        let (cleaned, owner) = (&upload.cleaned, upload.owner);
        let key = self.keys.key_or_new(owner)?;
        let at = self.row_key(&cleaned.digest(), owner)?;
        if self.index.row(&at)?.is_some() {
            // Read, so that nobody is told that bytes are kept which were damaged since.
            let particulars = self.open_one(owner, &cleaned.digest())?.particulars;
            return Ok(Kept { particulars, is_new: false });
        }
        let mut padded = Zeroizing::new(Vec::with_capacity(sealed::padded_len(cleaned.bytes().len())));
        padded.extend_from_slice(cleaned.bytes());
        padded.resize(sealed::padded_len(cleaned.bytes().len()), 0);
        let sealed = sealed::seal(&key, &cleaned.digest(), &padded)?;
        let stored_bytes = sealed.len() as u64;
        usage.check(&upload.village, stored_bytes, self.quota_bytes)?;
        let particulars = upload.particulars();
        let file = self.files.write(&sealed)?;
        let row = Row::seal(&at, &key, file, stored_bytes, &particulars)?;
        self.index.put(&at, &row)?;
        usage.add(&upload.village, stored_bytes);
        Ok(Kept { particulars, is_new: true })
    }

    /// The owners under whose keys these bytes lie; usually one, and none where they are unknown or erased.
    ///
    /// # Errors
    /// `store-unavailable`, `attachment-corrupt`.
    pub fn owners(&self, digest: &Digest) -> Result<Vec<Uuid>, AttachmentError> {
        self.index.owners(&index::keyed(&self.lookup, digest)?)
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
        self.listed(|at, _| index::owner_of(at) == owner)
    }

    /// What is known about each attachment that counts to a village, in no order.
    ///
    /// # Errors
    /// `attachment-corrupt`, `store-unavailable`.
    pub fn of_village(&self, village: &JurisdictionCode) -> Result<Vec<Particulars>, AttachmentError> {
        self.listed(|_, row| row.village == *village)
    }

    fn listed(&self, wanted: impl Fn(&RowKey, &Row) -> bool) -> Result<Vec<Particulars>, AttachmentError> {
        let mut listed = Vec::new();
        for (at, row) in self.index.rows()?.into_iter().filter(|(at, row)| wanted(at, row)) {
            // Whose key is gone is being erased.
            if let Some(key) = self.keys.key(index::owner_of(&at))? {
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
        let mut bytes = sealed::open(&key, digest, &self.files.read(row.file)?)?;
        if bytes.len() != sealed::padded_len(particulars.bytes) {
            return Err(AttachmentError::corrupt("the file has another length than its row says"));
        }
        bytes.truncate(particulars.bytes);
        if particulars.digest != *digest || Digest::of(&bytes) != *digest {
            return Err(AttachmentError::corrupt("the bytes have another digest"));
        }
        Ok(Opened { particulars, bytes })
    }

    /// How many bytes on the disk count to the quota of a village.
    #[must_use]
    pub fn used_bytes(&self, village: &JurisdictionCode) -> u64 {
        self.lock().of(village)
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
        Ok(index::row_key(&index::keyed(&self.lookup, digest)?, owner))
    }

    fn lock(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
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
