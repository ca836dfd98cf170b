//! Cosignatures of witnesses (C2SP tlog-cosignature, Ed25519, type 0x04): "at this time I knew no other history".

use super::{KeyKind, NoteSignature, TlogError, VerifierKey};

/// A cosignature that was found valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness's key.
    pub key: VerifierKey,
    /// When it signed, in seconds since 1970 by its own clock.
    pub time: u64,
}

/// What a witness signs: a header, the time in seconds since 1970, and the checkpoint's text.
#[must_use]
pub fn cosigned_message(checkpoint: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{checkpoint}")
}

/// The time in eight bytes, big-endian, before the signature.
pub(super) fn timed(time: u64, signature: &[u8]) -> Vec<u8> {
    [time.to_be_bytes().as_slice(), signature].concat()
}

impl Cosignature {
    /// Checks a signature that claims to be by the witness's `key`.
    ///
    /// # Errors
    /// [`TlogError::Signature`].
    pub fn check(signature: &NoteSignature, key: &VerifierKey, checkpoint: &str) -> Result<Self, TlogError> {
        let wrong = || TlogError::Signature { name: key.name().into() };
        let (time, bytes) = signature.bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
        let time = u64::from_be_bytes(*time);
        let message = cosigned_message(checkpoint, time);
        let valid = key.kind() == KeyKind::Witness && signature.claims(key) && key.verifies(message.as_bytes(), bytes);
        if valid { Ok(Self { key: key.clone(), time }) } else { Err(wrong()) }
    }
}
