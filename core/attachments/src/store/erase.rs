//! Removing attachments so that they are gone.

use super::{Store, index::owner_of, usage::Usage};
use crate::{digest::Digest, error::AttachmentError};
use uuid::Uuid;

impl Store {
    /// Removes one attachment of an owner, whose key goes on.
    ///
    /// The file is overwritten, synced and unlinked. Journalling and copying file systems and flash disks may still hold
    /// the old blocks, and the index its old row until the engine compacts; they are encrypted, and only
    /// [`Store::erase`] destroys the key.
    ///
    /// # Errors
    /// `attachment-unknown`, `store-unavailable`.
    pub fn remove(&self, owner: Uuid, digest: &Digest) -> Result<(), AttachmentError> {
        self.take_away(&mut self.lock(), owner, digest)
    }

    /// Erases an owner: destroys the key, then removes all attachments, and answers how many there were. Erasing again
    /// changes nothing. An erasure that a crash cuts short is finished at the next open.
    ///
    /// # Errors
    /// `store-unavailable`; the erasure goes on at the next call or open.
    pub fn erase(&self, owner: Uuid) -> Result<usize, AttachmentError> {
        let mut usage = self.lock();
        self.index.begin_erasing(owner)?;
        self.keys.destroy(owner)?;
        let rows: Vec<_> = self.index.rows()?.into_iter().filter(|(at, _)| owner_of(at) == owner).collect();
        let keys: Vec<_> = rows.iter().map(|(at, _)| *at).collect();
        self.index.remove(&keys)?;
        for (_, row) in &rows {
            usage.subtract(&row.village, row.stored_bytes);
            self.files.wipe(row.file)?;
        }
        self.index.end_erasing(owner)?;
        Ok(rows.len())
    }

    pub(super) fn take_away(&self, usage: &mut Usage, owner: Uuid, digest: &Digest) -> Result<(), AttachmentError> {
        let at = self.row_key(digest, owner)?;
        let row = self.index.row(&at)?.ok_or(AttachmentError::Unknown)?;
        self.index.remove(&[at])?;
        usage.subtract(&row.village, row.stored_bytes);
        self.files.wipe(row.file)
    }
}
