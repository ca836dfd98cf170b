//! Identifiers that are the same wherever they are made.

use siyi_log::canonical::sha256;
use uuid::Uuid;

/// A UUID of version 8 made from a name alone (RFC 9562 section 5.8).
#[must_use]
pub fn uuid(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(sha256(name.as_bytes())).for_each(|(byte, hashed)| *byte = hashed);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
