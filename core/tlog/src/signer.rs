//! Keys that sign. Nothing here prints one.

use super::{
    Hash, KeyKind, Note, NoteSignature, TlogError, VerifierKey, base64,
    cosignature::{cosigned_message, timed},
    key::check_name,
};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;
use zeroize::Zeroizing;

const PREFIX: &str = "PRIVATE+KEY+";

/// A private key with its name. It is overwritten when dropped.
pub struct Signer {
    key: SigningKey,
    verifier: VerifierKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl Signer {
    /// The key that follows from 32 random bytes.
    ///
    /// # Errors
    /// [`TlogError::Malformed`] or [`TlogError::TooLarge`] where `name` cannot be a key's.
    pub fn from_seed(name: &str, kind: KeyKind, seed: &Zeroizing<[u8; 32]>) -> Result<Self, TlogError> {
        check_name(name)?;
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, kind, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// Reads `PRIVATE+KEY+name+id+base64(kind ‖ seed)`, as Go's `note` writes it.
    ///
    /// # Errors
    /// [`TlogError`], which says nothing of the bytes that were read.
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        let malformed = |why: &str| TlogError::malformed("a private key", why);
        let rest = text.strip_prefix(PREFIX).ok_or_else(|| malformed("`PRIVATE+KEY+name+id+key` is needed"))?;
        let (name, rest) = rest.split_once('+').ok_or_else(|| malformed("`PRIVATE+KEY+name+id+key` is needed"))?;
        let (id, key) = rest.split_once('+').ok_or_else(|| malformed("`PRIVATE+KEY+name+id+key` is needed"))?;
        let bytes = Zeroizing::new(base64::decode("a private key", key)?);
        let (kind, seed) = bytes.split_first().ok_or_else(|| malformed("it is empty"))?;
        let kind = KeyKind::of(*kind).ok_or_else(|| malformed("neither Ed25519 of a log nor of a witness"))?;
        let mut array = Zeroizing::new([0; 32]);
        if seed.len() != array.len() {
            return Err(malformed("32 bytes are needed"));
        }
        array.copy_from_slice(seed);
        let signer = Self::from_seed(name, kind, &array)?;
        if signer.verifier.id_hex() == id { Ok(signer) } else { Err(TlogError::KeyId { name: name.into() }) }
    }

    /// What [`Self::parse`] reads, for the one file that holds it.
    #[must_use]
    pub fn secret_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(33));
        bytes.push(self.verifier.kind().byte());
        bytes.extend_from_slice(Zeroizing::new(self.key.to_bytes()).as_slice());
        let key = Zeroizing::new(base64::encode(&bytes));
        let (name, id) = (self.verifier.name(), self.verifier.id_hex());
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + name.len() + id.len() + key.len() + 2));
        for part in [PREFIX, name, "+", &id, "+", &key] {
            text.push_str(part);
        }
        text
    }

    /// The public key.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// A log's signature over a text that ends with a newline (C2SP signed-note).
    ///
    /// # Errors
    /// [`TlogError::Malformed`] where this is a witness's key.
    pub fn sign(&self, text: &str) -> Result<NoteSignature, TlogError> {
        if self.verifier.kind() != KeyKind::Log {
            return Err(TlogError::malformed("a private key", "a witness's key signs checkpoints with a time only"));
        }
        Ok(self.signature(self.key.sign(text.as_bytes()).to_bytes().to_vec()))
    }

    /// A witness's signature over a checkpoint's text, `time` in seconds since 1970 (C2SP tlog-cosignature).
    ///
    /// # Errors
    /// [`TlogError::Malformed`] where this is a log's key.
    pub fn cosign(&self, checkpoint: &str, time: u64) -> Result<NoteSignature, TlogError> {
        if self.verifier.kind() != KeyKind::Witness {
            return Err(TlogError::malformed("a private key", "a log's key signs no cosignatures"));
        }
        let signature = self.key.sign(cosigned_message(checkpoint, time).as_bytes()).to_bytes();
        Ok(self.signature(timed(time, &signature)))
    }

    /// The checkpoint of a tree as a note with this log's signature.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_checkpoint(&self, size: u64, root: Hash) -> Result<Note, TlogError> {
        let text = super::Checkpoint::text_of(self.verifier.name(), size, root);
        let signature = self.sign(&text)?;
        Ok(Note { text, signatures: vec![signature] })
    }

    fn signature(&self, bytes: Vec<u8>) -> NoteSignature {
        NoteSignature { name: self.verifier.name().into(), id: self.verifier.id(), bytes }
    }
}
