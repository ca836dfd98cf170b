//! What the store asks of whoever keeps its files, and of whoever keeps its index. Calls block.
//!
//! Nothing that can be read without keys passes here: files are sealed, and what the index tells beside owner, village and size is
//! sealed too. Several nodes may share both; then every promise holds between them as it does between threads.

use crate::error::AttachmentError;
use serde::{Deserialize, Serialize};
use siyi_domain::ids::JurisdictionCode;
use std::collections::HashSet;
use uuid::Uuid;

/// The name of a file: random, so that nobody finds a document whose digest they know.
pub type FileName = Uuid;

/// Where a row stands: a keyed digest, 32 bytes, and the owner, 16 bytes.
pub type RowKey = [u8; 48];

/// Keeps sealed files.
pub trait Blobs: Send + Sync + 'static {
    /// Writes a file under a name that was never used. When this answers well the file is there, whole, after a power loss; otherwise
    /// all of it or nothing of it is there, now or later.
    ///
    /// # Errors
    /// `store-unavailable`.
    fn write(&self, name: FileName, bytes: Vec<u8>) -> Result<(), AttachmentError>;

    /// The bytes of a file; none where there is none. A store that does not answer never looks like a file that is not there.
    ///
    /// # Errors
    /// `store-unavailable`; `attachment-corrupt` where the file is longer than any that was written.
    fn read(&self, name: FileName) -> Result<Option<Vec<u8>>, AttachmentError>;

    /// Removes a file, so that it is gone when this answers well. One that is not there is wiped already.
    ///
    /// # Errors
    /// `store-unavailable`.
    fn wipe(&self, name: FileName) -> Result<(), AttachmentError>;

    /// The names of all files; what is none of ours is left out.
    ///
    /// # Errors
    /// `store-unavailable`.
    fn names(&self) -> Result<Vec<FileName>, AttachmentError>;
}

/// What the index says about an attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its file.
    pub file: FileName,
    /// The village whose quota it counts to.
    pub village: JurisdictionCode,
    /// How long its file is.
    pub stored_bytes: u64,
    /// [`crate::Particulars`], encrypted under the owner's key.
    pub sealed: Vec<u8>,
}

/// A file without a row: one that is being written, or one that has to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Under whose key it lies.
    pub owner: Uuid,
    /// The village whose quota it counts to.
    pub village: JurisdictionCode,
    /// How long the file is.
    pub stored_bytes: u64,
}

/// Whose rows are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// Those of an owner.
    Owner(Uuid),
    /// Those that count to a village.
    Village(&'a JurisdictionCode),
}

/// Keeps rows, and notes of files without one. Every change is durable before it is answered, whole or not at all.
///
/// A file goes one way: [`Index::reserve`] notes it as being written; [`Index::put`] gives it a row in place of the note;
/// [`Index::take`], [`Index::take_owner`] and [`Index::give_up`] make it owed, that is, to be wiped; [`Index::settle`] forgets it.
pub trait Index: Send + Sync + 'static {
    /// A row.
    ///
    /// # Errors
    /// `attachment-corrupt`, `store-unavailable`; so for all calls.
    fn row(&self, at: &RowKey) -> Result<Option<Row>, AttachmentError>;

    /// Rows, in no order.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn rows(&self, of: Of<'_>) -> Result<Vec<(RowKey, Row)>, AttachmentError>;

    /// Who has a row under this keyed digest, in order.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn owners(&self, keyed: &[u8; 32]) -> Result<Vec<Uuid>, AttachmentError>;

    /// What the files of a village take, those with a row and those with a note.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn used_bytes(&self, village: &JurisdictionCode) -> Result<u64, AttachmentError>;

    /// Notes a file that is about to be written, if the village's quota has room for it.
    ///
    /// # Errors
    /// `attachment-quota`; and as [`Index::row`].
    fn reserve(&self, file: FileName, note: &Note, quota_bytes: u64) -> Result<(), AttachmentError>;

    /// Puts a row in the place of its file's note. Where there is a row already, nothing is changed and the answer is no.
    ///
    /// # Errors
    /// `store-unavailable`, also where the file is no longer noted as being written; and as [`Index::row`].
    fn put(&self, at: &RowKey, row: &Row) -> Result<bool, AttachmentError>;

    /// Takes the row of a file away; the file is owed from then on. No where no such row stands there.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn take(&self, at: &RowKey, file: FileName) -> Result<bool, AttachmentError>;

    /// Takes all rows of an owner away, and answers how many there were. Their files are owed from then on, and so are those of this
    /// owner that are being written.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn take_owner(&self, owner: Uuid) -> Result<usize, AttachmentError>;

    /// Makes a file owed that was being written. No where it is not noted as that.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn give_up(&self, file: FileName) -> Result<bool, AttachmentError>;

    /// Makes those files owed that nobody can still be writing.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn give_up_abandoned(&self) -> Result<(), AttachmentError>;

    /// The files that are owed, of one owner or of all.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn owed(&self, owner: Option<Uuid>) -> Result<Vec<FileName>, AttachmentError>;

    /// Forgets a file that was owed and is wiped.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn settle(&self, file: FileName) -> Result<(), AttachmentError>;

    /// Every file that has a row or a note.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn files(&self) -> Result<HashSet<FileName>, AttachmentError>;

    /// Owners whose erasure has begun and not ended.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn erasing(&self) -> Result<Vec<Uuid>, AttachmentError>;

    /// Notes that an owner's erasure begins.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn begin_erasing(&self, owner: Uuid) -> Result<(), AttachmentError>;

    /// Notes that an owner's erasure has ended.
    ///
    /// # Errors
    /// As [`Index::row`].
    fn end_erasing(&self, owner: Uuid) -> Result<(), AttachmentError>;
}
