//! The canonical bytes of an event body (RFC 8785, JSON Canonicalization Scheme) and their hash.
//!
//! Two stores which hold the same event hold the same bytes, so that a hash or a proof made on one holds on the other.

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The largest integer that a JSON number carries exactly everywhere (RFC 8785 section 3.2.2.3, RFC 7493).
pub const MAX_EXACT_INTEGER: u64 = (1 << 53) - 1;

/// Why a value has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// The number would silently change, because RFC 8785 writes numbers as IEEE 754 doubles.
    #[error("the number `{number}` is too large to be kept exactly, write it as a string")]
    InexactNumber {
        /// The number as it was given.
        number: String,
    },
    /// The serializer gave up.
    #[error("the value has no canonical json form: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// The canonical bytes of `value`.
///
/// # Errors
/// [`NotCanonical`] where a number cannot be kept exactly.
pub fn canonical_bytes(value: &Value) -> Result<Bytes, NotCanonical> {
    refuse_inexact_numbers(value)?;
    Ok(Bytes::from(serde_json_canonicalizer::to_vec(value)?))
}

/// Whether `body` is JSON that is already in its canonical form.
#[must_use]
pub fn is_canonical(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|value| canonical_bytes(&value).ok())
        .is_some_and(|canonical| canonical.as_ref() == body)
}

/// SHA-256 (FIPS 180-4) of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn refuse_inexact_numbers(value: &Value) -> Result<(), NotCanonical> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Array(items) => items.iter().try_for_each(refuse_inexact_numbers),
        Value::Object(fields) => fields.values().try_for_each(refuse_inexact_numbers),
        Value::Number(number) => {
            let magnitude = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            match magnitude {
                Some(magnitude) if magnitude > MAX_EXACT_INTEGER => {
                    Err(NotCanonical::InexactNumber { number: number.to_string() })
                }
                _ => Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical_bytes, is_canonical, sha256};
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_spaces_gone() {
        let bytes = canonical_bytes(&json!({"b": 1, "a": [true, null, "王"]})).unwrap();
        assert_eq!(bytes.as_ref(), r#"{"a":[true,null,"王"],"b":1}"#.as_bytes());
    }

    #[test]
    fn keys_are_sorted_by_utf16_code_units() {
        // RFC 8785 section 3.2.3: U+1F600 is a surrogate pair (0xD83D…) and sorts before U+FB33.
        let bytes = canonical_bytes(&json!({"\u{fb33}": 1, "\u{1f600}": 2})).unwrap();
        assert_eq!(bytes.as_ref(), "{\"\u{1f600}\":2,\"\u{fb33}\":1}".as_bytes());
    }

    #[test]
    fn integers_beyond_two_to_the_53_are_refused() {
        assert!(canonical_bytes(&json!({"fen": 9_007_199_254_740_991_u64})).is_ok());
        assert!(canonical_bytes(&json!({"fen": [9_007_199_254_740_992_u64]})).is_err());
        assert!(canonical_bytes(&json!({"fen": -9_007_199_254_740_992_i64})).is_err());
    }

    #[test]
    fn only_the_canonical_spelling_is_canonical() {
        assert!(is_canonical(br#"{"a":1,"b":2}"#));
        assert!(!is_canonical(br#"{"b":2,"a":1}"#));
        assert!(!is_canonical(br#"{"a": 1}"#));
        assert!(!is_canonical(br#"{"a":1,"a":1}"#));
        assert!(!is_canonical(br#"{"a":1.0}"#));
        assert!(!is_canonical(b"{"));
    }

    #[test]
    fn sha256_agrees_with_the_published_vector() {
        // FIPS 180-4 example: "abc".
        assert_eq!(sha256(b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
