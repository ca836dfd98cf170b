//! Keys that check signatures (C2SP signed-note, "verifier keys").

use super::{TlogError, base64, sha256};
use ed25519_dalek::{Signature, VerifyingKey};
use std::fmt;

/// The longest name of a key in bytes.
const MAX_NAME_BYTES: usize = 200;

/// The longest key as text in bytes.
const MAX_KEY_BYTES: usize = MAX_NAME_BYTES + 64;

/// What a key signs: the number by which C2SP tells signatures apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// The text of a note, with Ed25519 (0x01): a log.
    Log,
    /// A time and the text of a checkpoint, with Ed25519 (0x04, C2SP tlog-cosignature): a witness.
    Witness,
}

impl KeyKind {
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }

    pub(super) const fn of(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Log),
            0x04 => Some(Self::Witness),
            _ => None,
        }
    }
}

/// A public key with its name: `name+hhhhhhhh+base64(kind ‖ key)`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
}

impl VerifierKey {
    pub(super) fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> Result<Self, TlogError> {
        check_name(name)?;
        // A key of small order verifies what nobody signed.
        if key.is_weak() {
            return Err(TlogError::malformed("a key", "it is weak"));
        }
        Ok(Self { name: name.into(), kind, key })
    }

    /// Reads a vkey.
    ///
    /// # Errors
    /// [`TlogError::Malformed`], [`TlogError::NotCanonical`], [`TlogError::KeyId`], [`TlogError::TooLarge`].
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        if text.len() > MAX_KEY_BYTES {
            return Err(TlogError::TooLarge { what: "a key", limit: MAX_KEY_BYTES as u64 });
        }
        let malformed = |why: &str| TlogError::malformed("a key", why);
        let (name, rest) = text.split_once('+').ok_or_else(|| malformed("`name+id+key` is needed"))?;
        let (id, key) = rest.split_once('+').ok_or_else(|| malformed("`name+id+key` is needed"))?;
        let bytes = base64::decode("a key", key)?;
        let (kind, key) = bytes.split_first().ok_or_else(|| malformed("it is empty"))?;
        let kind = KeyKind::of(*kind).ok_or_else(|| malformed("neither Ed25519 of a log nor of a witness"))?;
        let key: &[u8; 32] = key.try_into().map_err(|_| malformed("32 bytes are needed"))?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| malformed("no point of the curve"))?;
        let key = Self::new(name, kind, key)?;
        if key.id_hex() == id { Ok(key) } else { Err(TlogError::KeyId { name: key.name }) }
    }

    /// The name: the origin of a log, or the name of a witness.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The first four bytes of `SHA-256(name ‖ 0x0A ‖ kind ‖ key)`.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let named = [self.name.as_bytes(), b"\n", &[self.kind.byte()], self.key.as_bytes()].concat();
        let [a, b, c, d, ..] = sha256(&named).0;
        [a, b, c, d]
    }

    /// The id as eight hexadecimal digits.
    #[must_use]
    pub fn id_hex(&self) -> String {
        self.id().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The 32 bytes of the public key.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether the signature is this key's over `message`, strictly (RFC 8032 section 5.1.7, no small orders).
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id_hex(), base64::encode(&bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

/// A name of a key: no white space, no `+`, no control characters.
pub(super) fn check_name(name: &str) -> Result<(), TlogError> {
    if name.len() > MAX_NAME_BYTES {
        return Err(TlogError::TooLarge { what: "a key's name", limit: MAX_NAME_BYTES as u64 });
    }
    let wrong = |character: char| character.is_whitespace() || character.is_control() || character == '+';
    if name.is_empty() || name.contains(wrong) {
        return Err(TlogError::malformed("a key's name", "1 or more characters, no white space and no `+`"));
    }
    Ok(())
}
