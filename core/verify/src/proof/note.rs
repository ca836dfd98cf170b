//! Signed notes and their keys (C2SP signed-note).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::Unproven;

/// The longest note that is read.
pub const MAX_NOTE_BYTES: usize = 64 * 1024;
/// Most signatures of a note.
pub const MAX_SIGNATURES: usize = 64;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// 0x01: the note itself, by a log.
    Log,
    /// 0x04: that a witness saw it at a time (tlog-cosignature).
    Cosigner,
}

/// A public key with its name: a verifier key, or vkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name, which a log shares with its origin.
    pub name: String,
    /// What it signs.
    pub kind: KeyKind,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Key {
    /// Reads a vkey: `name+8 hexadecimal digits+base64`.
    ///
    /// # Errors
    /// [`Unproven::Malformed`] also where the id is not the one of the key.
    pub fn parse(text: &str) -> Result<Self, Unproven> {
        let malformed = |reason: &str| Unproven::malformed("a key", reason);
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("not name+id+key"));
        };
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
            return Err(malformed("the name is empty or has spaces"));
        }
        let bytes = decode(key).ok_or_else(|| malformed("not canonical base64"))?;
        let (kind, public) = match bytes.split_first() {
            Some((0x01, public)) => (KeyKind::Log, public),
            Some((0x04, public)) => (KeyKind::Cosigner, public),
            _ => return Err(malformed("not an Ed25519 key of a log (01) or cosigner (04)")),
        };
        let mut hash = Sha256::new();
        hash.update(name.as_bytes());
        hash.update(b"\n");
        hash.update(&bytes);
        let digest = hash.finalize();
        let due: [u8; 4] = digest.first_chunk().copied().unwrap_or_default();
        if crate::hex::of(&due) != id {
            return Err(malformed("the id is not the one of the key"));
        }
        let public: [u8; 32] = public.try_into().map_err(|_| malformed("not 32 bytes"))?;
        let key = VerifyingKey::from_bytes(&public).map_err(|_| malformed("no point of the curve"))?;
        Ok(Self { name: name.to_owned(), kind, id: due, key })
    }

    /// Whether a signature line of a note is this key's and good. A cosigner's answers with its time, in seconds since 1970.
    #[must_use]
    pub fn signed(&self, note: &Note) -> Option<u64> {
        let of_key = note.signatures.iter().filter(|line| line.name == self.name && line.id == self.id);
        of_key.filter_map(|line| self.verified(&note.text, &line.signature)).max()
    }

    fn verified(&self, text: &str, signature: &[u8]) -> Option<u64> {
        match self.kind {
            KeyKind::Log => {
                let signature = Signature::from_slice(signature).ok()?;
                self.key.verify_strict(text.as_bytes(), &signature).ok()?;
                Some(0)
            }
            KeyKind::Cosigner => {
                let (time, signature) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                let signature = Signature::from_slice(signature).ok()?;
                let message = format!("cosignature/v1\ntime {time}\n{text}");
                self.key.verify_strict(message.as_bytes(), &signature).ok()?;
                Some(time)
            }
        }
    }

    /// Whether two keys are the same point, whatever their names.
    #[must_use]
    pub fn is_same_point(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl fmt::Display for Key {
    /// Its name and id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.name, crate::hex::of(&self.id))
    }
}

/// A text and the signatures under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, with its last line feed.
    pub text: String,
    signatures: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// [`Unproven::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Unproven> {
        let malformed = |reason: &str| Unproven::malformed("a note", reason);
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(malformed("too long"));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| malformed("not UTF-8"))?;
        if whole.chars().any(|c| c.is_control() && c != '\n') {
            return Err(malformed("control characters"));
        }
        let (text, signatures) =
            whole.rsplit_once("\n\n").ok_or_else(|| malformed("no empty line before signatures"))?;
        let signatures = signatures.strip_suffix('\n').ok_or_else(|| malformed("no line feed at the end"))?;
        let lines: Result<Vec<Line>, Unproven> = signatures.split('\n').map(Line::parse).collect();
        let lines = lines?;
        if lines.len() > MAX_SIGNATURES {
            return Err(malformed("too many signatures"));
        }
        Ok(Self { text: format!("{text}\n"), signatures: lines })
    }
}

impl Line {
    fn parse(line: &str) -> Result<Self, Unproven> {
        let malformed = || Unproven::malformed("a signature line", line);
        let (name, signature) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or_else(malformed)?;
        let bytes = decode(signature).ok_or_else(malformed)?;
        let (id, signature) = bytes.split_first_chunk::<4>().ok_or_else(malformed)?;
        if name.is_empty() || signature.is_empty() {
            return Err(malformed());
        }
        Ok(Self { name: name.to_owned(), id: *id, signature: signature.to_vec() })
    }
}

/// Standard base64 in its one canonical spelling (RFC 4648 section 3.5).
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text).ok()?;
    (STANDARD.encode(&bytes) == text).then_some(bytes)
}

/// A hash in canonical base64.
pub(super) fn hash_of(text: &str) -> Result<[u8; 32], Unproven> {
    let bytes = decode(text).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Unproven::malformed("a hash", text))
}
