//! Removing attachments so that they are gone.

use super::{
    Store,
    ports::{FileName, RowKey},
};
use crate::{digest::Digest, error::AttachmentError};
use uuid::Uuid;

impl Store {
    /// Removes one attachment of an owner, whose key goes on.
    ///
    /// In a folder the file is overwritten, synced and unlinked. Journalling and copying file systems and flash disks may still hold
    /// the old blocks, an object store its own copies, and the index its old row until the engine compacts; they are encrypted, and
    /// only [`Store::erase`] destroys the key.
    ///
    /// # Errors
    /// `attachment-unknown`; `store-unavailable`, where the row may be gone and its file still there: the file is wiped by the next
    /// upload or open.
    pub fn remove(&self, owner: Uuid, digest: &Digest) -> Result<(), AttachmentError> {
        let at = self.row_key(digest, owner)?;
        let file = self.index.row(&at)?.ok_or(AttachmentError::Unknown)?.file;
        if self.take(&at, file)? { Ok(()) } else { Err(AttachmentError::Unknown) }
    }

    /// Takes a row away with its file. No where somebody else was faster.
    pub(super) fn take(&self, at: &RowKey, file: FileName) -> Result<bool, AttachmentError> {
        let is_taken = self.index.take(at, file)?;
        if is_taken {
            self.pay(file)?;
        }
        Ok(is_taken)
    }

    /// Erases an owner: destroys the key, then removes all attachments, and answers how many there were. Erasing again
    /// changes nothing. An erasure that a crash cuts short is finished at the next open.
    ///
    /// # Errors
    /// `store-unavailable`; the erasure goes on at the next call or open.
    pub fn erase(&self, owner: Uuid) -> Result<usize, AttachmentError> {
        self.index.begin_erasing(owner)?;
        self.keys.destroy(owner)?;
        let taken = self.index.take_owner(owner)?;
        self.pay_all(Some(owner))?;
        self.index.end_erasing(owner)?;
        Ok(taken)
    }

    /// Makes good what is left undone: erasures that were cut short, files that are owed, and files of which the index knows nothing.
    pub(super) fn sweep(&self) -> Result<(), AttachmentError> {
        self.index.give_up_abandoned()?;
        for owner in self.index.erasing()? {
            self.erase(owner)?;
        }
        self.pay_all(None)?;
        // INVARIANT: names first. A file is noted before it is there, so one that was there and is not noted now is nobody's.
        let names = self.blobs.names()?;
        let known = self.index.files()?;
        for name in names.into_iter().filter(|name| !known.contains(name)) {
            tracing::info!("an attachment that was never acknowledged, or was removed, is wiped");
            self.blobs.wipe(name)?;
        }
        Ok(())
    }

    /// Wipes what is owed.
    pub(super) fn pay_all(&self, owner: Option<Uuid>) -> Result<(), AttachmentError> {
        self.index.owed(owner)?.into_iter().try_for_each(|file| self.pay(file))
    }

    fn pay(&self, file: FileName) -> Result<(), AttachmentError> {
        self.blobs.wipe(file)?;
        self.index.settle(file)
    }

    /// Gives up a file that could not be written, or has no row. Where its row is there after all, that stays.
    pub(super) fn give_up(&self, at: &RowKey, file: FileName) -> Result<(), AttachmentError> {
        if !self.index.give_up(file)? && self.index.row(at)?.is_some_and(|row| row.file == file) {
            return Ok(());
        }
        self.pay(file)
    }
}
