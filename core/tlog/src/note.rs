//! Signed notes (C2SP signed-note): a text, an empty line, and signature lines.

use super::{KeyKind, TlogError, VerifierKey, base64, key::check_name};
use std::fmt;

/// The longest note in bytes.
pub const MAX_NOTE_BYTES: usize = 64 << 10;

/// The most signatures on a note; the specification asks for 16.
pub const MAX_NOTE_SIGNATURES: usize = 64;

const DASH: &str = "\u{2014} ";

/// A text and who signed it. Parsing checks no signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What is signed, with the newline at its end.
    pub text: String,
    /// The signatures, in the order in which they stand.
    pub signatures: Vec<NoteSignature>,
}

/// One line of signature: `— name base64(id ‖ signature)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The id of the key.
    pub id: [u8; 4],
    /// The signature, by the kind of its key.
    pub bytes: Vec<u8>,
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{DASH}{} {}", self.name, base64::encode(&[self.id.as_slice(), &self.bytes].concat()))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}

impl NoteSignature {
    /// Reads one line without its newline.
    ///
    /// # Errors
    /// [`TlogError::Malformed`], [`TlogError::NotCanonical`].
    pub fn parse(line: &str) -> Result<Self, TlogError> {
        let malformed = || TlogError::malformed("a signature", "`— name base64` is needed");
        let (name, bytes) = line.strip_prefix(DASH).and_then(|line| line.split_once(' ')).ok_or_else(malformed)?;
        check_name(name)?;
        let bytes = base64::decode("a signature", bytes)?;
        let (id, bytes) = bytes.split_first_chunk::<4>().ok_or_else(malformed)?;
        if bytes.is_empty() {
            return Err(malformed());
        }
        Ok(Self { name: name.into(), id: *id, bytes: bytes.to_vec() })
    }

    /// Reads signature lines, each with its newline.
    ///
    /// # Errors
    /// As [`Self::parse`], and [`TlogError::TooLarge`] for more than [`MAX_NOTE_SIGNATURES`].
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, TlogError> {
        let mut lines = super::lines::Lines::of("a signature", text);
        let mut signatures = Vec::new();
        while !lines.is_empty() {
            if signatures.len() == MAX_NOTE_SIGNATURES {
                return Err(TlogError::TooLarge { what: "the list of signatures", limit: MAX_NOTE_SIGNATURES as u64 });
            }
            signatures.push(Self::parse(lines.next()?)?);
        }
        Ok(signatures)
    }

    /// Whether it claims to be by this key.
    #[must_use]
    pub fn claims(&self, key: &VerifierKey) -> bool {
        self.id == key.id() && self.name == key.name()
    }

    /// Whether the log's `key` signed `text`.
    #[must_use]
    pub fn is_of_log(&self, key: &VerifierKey, text: &str) -> bool {
        key.kind() == KeyKind::Log && self.claims(key) && key.verifies(text.as_bytes(), &self.bytes)
    }
}

impl Note {
    /// Reads a note; its text and signatures are not yet to be believed.
    ///
    /// # Errors
    /// [`TlogError::Malformed`], [`TlogError::NotCanonical`], [`TlogError::TooLarge`].
    pub fn parse(note: &str) -> Result<Self, TlogError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(TlogError::TooLarge { what: "a note", limit: MAX_NOTE_BYTES as u64 });
        }
        let malformed = |why: &str| TlogError::malformed("a note", why);
        if note.chars().any(|character| character != '\n' && character.is_ascii_control()) {
            return Err(malformed("there are control characters in it"));
        }
        let split = note.rfind("\n\n").ok_or_else(|| malformed("no empty line before the signatures"))?;
        let (text, signatures) = note.split_at(split + 1);
        let signatures = signatures.strip_prefix('\n').unwrap_or(signatures);
        if signatures.is_empty() {
            return Err(malformed("it is not signed"));
        }
        Ok(Self { text: text.into(), signatures: NoteSignature::parse_lines(signatures)? })
    }
}
