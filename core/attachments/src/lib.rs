//! Attachments: sniffed, cleaned, addressed by their content and stored encrypted.
//!
//! An upload takes three steps. [`clean`] finds out what the bytes are, refuses what is active, hidden or oversized, and
//! gives images back without anything but their pixels. [`Store`] keeps the cleaned bytes, encrypted in chunks under the
//! key of their owner, in a file whose name says nothing; their SHA-256 is what an event cites. [`Serving`] says with
//! which headers they leave the house. Files and index lie behind two ports, [`Blobs`] and [`Index`]: in a folder of the node, or
//! in an object store ([`ObjectBlobs`]) and a database that several nodes share.
//!
//! [`Attachments`] is the store for asynchronous callers. Every refusal is an [`AttachmentError`] with a stable code.
//!
//! What is deliberately absent: who may see or add what (the decision point stands before), virus signatures, and
//! cleaning inside documents; a picture in a PDF or DOCX keeps what it was made with.

mod attachments;
mod class;
mod clean;
mod digest;
mod error;
mod keys;
mod kind;
pub mod limits;
mod sealed;
mod serving;
mod store;

pub use attachments::Attachments;
pub use class::Class;
pub use clean::{Cleaned, clean};
pub use digest::Digest;
pub use error::AttachmentError;
pub use keys::{DataKey, DataKeys, KeysUnavailable, MemoryKeys};
pub use kind::Kind;
pub use serving::Serving;
pub use store::{
    Blobs, FileName, FolderBlobs, FolderIndex, Index, Kept, Note, ObjectBlobs, ObjectsError, Of, Opened, Particulars,
    Place, Row, RowKey, Store, Upload, owner_of, row_key,
};
