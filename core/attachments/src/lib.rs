//! Attachments: sniffed, cleaned, addressed by their content and stored encrypted.
//!
//! An upload takes three steps. [`clean`] finds out what the bytes are, refuses what is active, hidden or oversized, and
//! gives images back without anything but their pixels. [`Store`] keeps the cleaned bytes, encrypted in chunks under the
//! key of their owner, in a file whose name says nothing; their SHA-256 is what an event cites. [`Serving`] says with
//! which headers they leave the house.
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
pub use store::{Kept, Opened, Particulars, Store, Upload};
