//! PDFs: looked through as bytes (ISO 32000-2), without following references.
//!
//! Readers find objects by tables that may point anywhere, into comments, strings or the data of streams. So names that
//! mean action are looked for in every byte of the file and of every inflated stream, and a stream that may hold objects
//! must be one that can be inflated here. What cannot be looked into is refused.

mod armour;
mod dictionary;
mod names;
mod streams;

use super::package::holds_end_record;
use crate::{error::AttachmentError, limits::PDF_END_BYTES};
use names::forbidden;

const END: &[u8] = b"%%EOF";

/// Whether the PDF may be taken.
pub(super) fn check(bytes: &[u8]) -> Result<(), AttachmentError> {
    let versioned = matches!(bytes, [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', b'0'..=b'9', ..]);
    if !versioned || !holds(bytes, END) {
        return Err(AttachmentError::malformed("a pdf without its header or its end"));
    }
    if !holds(bytes.get(bytes.len().saturating_sub(PDF_END_BYTES)..).unwrap_or_default(), END) {
        return Err(AttachmentError::Polyglot { found: "bytes behind a pdf" });
    }
    if holds_end_record(bytes) {
        return Err(AttachmentError::Polyglot { found: "a zip archive in a pdf" });
    }
    refuse(forbidden(bytes, bytes.len(), false))?;
    streams::check(bytes)
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn refuse(found: Option<&'static str>) -> Result<(), AttachmentError> {
    found.map_or(Ok(()), |found| Err(AttachmentError::ActiveContent { found }))
}
