//! Finding out what an upload is, refusing what does not belong into a file of a village, and cleaning the rest.

mod package;
mod pdf;
mod picture;
mod taken_at;

use crate::{
    digest::Digest,
    error::AttachmentError,
    kind::{Kind, Magic, magic},
    limits::MAX_FILE_BYTES,
};
use jiff::civil::DateTime;
use std::fmt;
use zeroize::Zeroizing;

/// An upload after inspection: these bytes are stored, served and cited. Only [`clean`] makes one, so nothing else can be
/// stored.
pub struct Cleaned {
    kind: Kind,
    bytes: Zeroizing<Vec<u8>>,
    digest: Digest,
    taken_at_claimed: Option<DateTime>,
}

impl Cleaned {
    /// What it is, by its bytes.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The bytes; of an image, encoded anew from its pixels.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest of these bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// When the camera says the picture was taken, by a clock that anybody can set and in a zone that nobody told:
    /// a claim, not a fact.
    #[must_use]
    pub const fn taken_at_claimed(&self) -> Option<DateTime> {
        self.taken_at_claimed
    }
}

impl fmt::Debug for Cleaned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, bytes) = (self.kind, self.bytes.len());
        f.debug_struct("Cleaned").field("kind", &kind).field("bytes", &bytes).finish_non_exhaustive()
    }
}

/// Inspects and cleans an upload. `declared` is what the sender says it is, where the sender says something.
///
/// This takes up to seconds and [`crate::limits::MAX_DECODED_IMAGE_BYTES`] twice; see [`crate::Attachments`] for a way
/// that keeps both in bounds.
///
/// # Errors
/// `attachment-too-large`, `-type-unknown`, `-type-mismatch`, `-polyglot`, `-bomb`, `-active-content`, `-malformed`.
pub fn clean(bytes: &[u8], declared: Option<Kind>) -> Result<Cleaned, AttachmentError> {
    check_size(bytes)?;
    let (kind, cleaned, taken_at_claimed) = match magic(bytes)? {
        Magic::Image(kind) => {
            check_declared(declared, kind)?;
            let (cleaned, taken_at) = picture::clean(bytes, kind)?;
            (kind, Zeroizing::new(cleaned), taken_at)
        }
        Magic::Pdf => {
            check_declared(declared, Kind::Pdf)?;
            pdf::check(bytes)?;
            (Kind::Pdf, Zeroizing::new(bytes.to_vec()), None)
        }
        Magic::Package => {
            let kind = package::check(bytes)?;
            check_declared(declared, kind)?;
            (kind, Zeroizing::new(bytes.to_vec()), None)
        }
    };
    check_size(&cleaned)?;
    Ok(Cleaned { kind, digest: Digest::of(&cleaned), bytes: cleaned, taken_at_claimed })
}

fn check_size(bytes: &[u8]) -> Result<(), AttachmentError> {
    match bytes.len() {
        bytes if bytes > MAX_FILE_BYTES => Err(AttachmentError::TooLarge { bytes, limit: MAX_FILE_BYTES }),
        _ => Ok(()),
    }
}

fn check_declared(declared: Option<Kind>, found: Kind) -> Result<(), AttachmentError> {
    match declared {
        Some(declared) if declared != found => Err(AttachmentError::TypeMismatch { declared, found }),
        _ => Ok(()),
    }
}
