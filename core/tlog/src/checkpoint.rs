//! Checkpoints (C2SP tlog-checkpoint): origin, size and root of a log, signed by it and confirmed by witnesses.

use super::{
    Cosignature, Hash, KeyKind, KeyList, MAX_TREE_SIZE, Note, TlogError, TrustPolicy, VerifierKey,
    lines::{Lines, decimal},
};

/// What a log promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, such as `log.village.example/wusi-2026`.
    pub origin: String,
    /// The number of leaves.
    pub size: u64,
    /// The root.
    pub root: Hash,
}

impl Checkpoint {
    /// The three lines that are signed.
    #[must_use]
    pub fn text(&self) -> String {
        Self::text_of(&self.origin, self.size, self.root)
    }

    pub(super) fn text_of(origin: &str, size: u64, root: Hash) -> String {
        format!("{origin}\n{size}\n{root}\n")
    }

    /// Reads the three lines. Extension lines, against which the specification advises, are refused: this log never writes
    /// any, and what is not understood should not be confirmed.
    ///
    /// # Errors
    /// [`TlogError`].
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        const WHAT: &str = "a checkpoint";
        let mut lines = Lines::of(WHAT, text);
        let origin = lines.next()?;
        let size = decimal(WHAT, lines.next()?)?;
        let root = Hash::from_base64(lines.next()?)?;
        if origin.is_empty() || !lines.is_empty() {
            return Err(TlogError::malformed(WHAT, "origin, size and root are needed, and nothing else"));
        }
        if size > MAX_TREE_SIZE {
            return Err(TlogError::TooLarge { what: "a tree", limit: MAX_TREE_SIZE });
        }
        if size == 0 && root != Hash::EMPTY {
            return Err(TlogError::malformed(WHAT, "the empty tree has another root"));
        }
        Ok(Self { origin: origin.into(), size, root })
    }
}

/// A checkpoint as it is published. Whom to believe is asked at [`Self::confirmation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

/// Who signed a checkpoint, each signature checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The log's key.
    pub log: VerifierKey,
    /// The witnesses that the reader knows, each at most once.
    pub witnesses: Vec<Cosignature>,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint; no signature is checked yet.
    ///
    /// # Errors
    /// [`TlogError`].
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        Self::of(Note::parse(text)?)
    }

    /// A checkpoint from its note.
    ///
    /// # Errors
    /// [`TlogError`] where the note's text is no checkpoint.
    pub fn of(note: Note) -> Result<Self, TlogError> {
        Ok(Self { checkpoint: Checkpoint::parse(&note.text)?, note })
    }

    /// What the log promised.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Which of these keys of the log signed it.
    ///
    /// # Errors
    /// [`TlogError::Signature`] where a line claims to be by one of them and is not, [`TlogError::Unsigned`].
    pub fn log_key<'k>(&self, keys: impl IntoIterator<Item = &'k VerifierKey>) -> Result<&'k VerifierKey, TlogError> {
        let mut found = None;
        for key in keys.into_iter().filter(|key| key.kind() == KeyKind::Log && key.name() == self.checkpoint.origin) {
            for signature in self.note.signatures.iter().filter(|signature| signature.claims(key)) {
                if !signature.is_of_log(key, &self.note.text) {
                    return Err(TlogError::Signature { name: key.name().into() });
                }
                found = found.or(Some(key));
            }
        }
        found.ok_or_else(|| TlogError::Unsigned { origin: self.checkpoint.origin.clone() })
    }

    /// The witnesses among `known` that confirmed it. A witness counts once, however often its line stands.
    ///
    /// # Errors
    /// [`TlogError::Signature`] where a line claims to be by one of them and is not.
    pub fn witnesses<'k>(
        &self,
        known: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<Cosignature>, TlogError> {
        let mut confirmed: Vec<Cosignature> = Vec::new();
        for key in known.into_iter().filter(|key| key.kind() == KeyKind::Witness) {
            for signature in self.note.signatures.iter().filter(|signature| signature.claims(key)) {
                let cosignature = Cosignature::check(signature, key, &self.note.text)?;
                // By the key and not by its name: one key under two names is one witness.
                match confirmed.iter_mut().find(|other| other.key.bytes() == key.bytes()) {
                    Some(other) => other.time = other.time.min(cosignature.time),
                    None => confirmed.push(cosignature),
                }
            }
        }
        Ok(confirmed)
    }

    /// Checks the log's signature, the witnesses' and the quorum of `policy`.
    ///
    /// # Errors
    /// [`TlogError::Unsigned`], [`TlogError::Signature`], [`TlogError::Quorum`].
    pub fn confirmation(&self, policy: &TrustPolicy) -> Result<Confirmation, TlogError> {
        let log = self.log_key(policy.logs().iter().map(|log| &log.key))?.clone();
        let witnesses = self.witnesses(policy.witnesses().iter().map(|witness| &witness.key))?;
        policy.check_quorum(&witnesses)?;
        Ok(Confirmation { log, witnesses })
    }

    /// Checks the log's signature by its list of keys, of which retired ones are good for the trees of their time.
    ///
    /// # Errors
    /// [`TlogError::Unsigned`], [`TlogError::Signature`], [`TlogError::Retired`].
    pub fn signed_by_list<'k>(&self, list: &'k KeyList) -> Result<&'k VerifierKey, TlogError> {
        let key = self.log_key(list.keys())?;
        list.check_size(key, self.checkpoint.size).map(|()| key)
    }
}
