//! Files and index in a folder of the node.
//!
//! | where | what | readable without keys |
//! | --- | --- | --- |
//! | `index/` (fjall), `attachments` | keyed digest ‖ owner → file name, village, size, and sealed particulars | owner, village, size |
//! | `index/`, `notes` | file name → owner, village, size, and whether the file is owed | owner, village, size |
//! | `index/`, `erasing` | owner whose erasure has begun | owner |
//! | `files/<32 random digits>` | the padded bytes, encrypted (see `sealed.rs`) | size |
//! | `files/<32 random digits>.part` | a file that is being written | size |

mod files;
mod index;
mod usage;

pub use files::FolderBlobs;
pub(super) use files::file_name;
pub use index::FolderIndex;

use crate::error::AttachmentError;
use std::path::Path;

/// Opens both, creating the folder where it is missing.
pub(super) fn open(folder: &Path) -> Result<(FolderIndex, FolderBlobs), AttachmentError> {
    std::fs::create_dir_all(folder)?;
    let blobs = FolderBlobs::open(&folder.join("files"))?;
    let index = FolderIndex::open(&folder.join("index"), blobs.holds_any()?)?;
    files::sync_folder(folder)?;
    Ok((index, blobs))
}
