//! Base64 in one spelling only (RFC 4648 section 4 and 3.5).

use super::TlogError;
use ::base64::{Engine, engine::general_purpose::STANDARD};

/// The standard spelling of `bytes`.
pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that `text` is the standard spelling of.
///
/// What comes out is encoded again and compared: a decoder that forgives stray bits in the last character would let a
/// text be changed without any signature breaking.
pub(super) fn decode(what: &'static str, text: &str) -> Result<Vec<u8>, TlogError> {
    let bytes = STANDARD.decode(text).map_err(|_| TlogError::NotCanonical { what })?;
    if encode(&bytes) == text { Ok(bytes) } else { Err(TlogError::NotCanonical { what }) }
}
