//! What is taken, what is refused with which code, and what cleaning leaves.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code beside the test functions")]

mod hostile;
mod made;
mod packages;
mod pdfs;
mod pictures;

use siyi_attachments::{Kind, clean};

/// The code of the refusal, or `taken`.
fn verdict(bytes: &[u8]) -> &'static str {
    declared(bytes, None)
}

fn declared(bytes: &[u8], kind: Option<Kind>) -> &'static str {
    clean(bytes, kind).map_or_else(|error| error.code(), |_| "taken")
}
