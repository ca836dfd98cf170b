//! With which headers an attachment leaves the house.

use crate::{digest::Digest, kind::Kind};

/// The headers of an answer that carries an attachment, names in lower case.
///
/// The body is never shown by a page of ours: it is downloaded, under a name made of its digest, in a sandbox without
/// scripts, and no cache keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// Name and value of each.
    pub headers: [(&'static str, String); 8],
}

impl Serving {
    /// The headers for an attachment of this type.
    #[must_use]
    pub fn of(digest: &Digest, kind: Kind) -> Self {
        let name: String = digest.to_string().chars().take(12).collect();
        let headers = [
            ("content-type", kind.media_type().to_owned()),
            ("content-disposition", format!("attachment; filename=\"{name}.{}\"", kind.extension())),
            ("content-security-policy", "sandbox; default-src 'none'".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("cache-control", "no-store".to_owned()),
            ("cross-origin-resource-policy", "same-origin".to_owned()),
            ("referrer-policy", "no-referrer".to_owned()),
            ("x-frame-options", "DENY".to_owned()),
        ];
        Self { headers }
    }
}
