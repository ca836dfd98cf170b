//! Randomness of the operating system, and how it is written.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::SignInError;

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], SignInError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(SignInError::unavailable)?;
    Ok(bytes)
}

/// 256 random bits as 43 characters of base64url.
pub(crate) fn secret() -> Result<String, SignInError> {
    Ok(encode(&bytes::<32>()?))
}

/// A random key (UUID version 4).
pub(crate) fn key() -> Result<Uuid, SignInError> {
    Ok(uuid::Builder::from_random_bytes(bytes()?).into_uuid())
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// SHA-256.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
