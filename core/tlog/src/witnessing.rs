//! What a log sends to a witness (C2SP tlog-witness, `add-checkpoint`).

use super::{
    Hash, MAX_NOTE_BYTES, MAX_PROOF_HASHES, SignedCheckpoint, TlogError,
    lines::{Lines, decimal},
};
use std::fmt;

/// A request: confirm this checkpoint, which continues the one of `old` leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the checkpoint that the witness confirmed last, 0 where it knows none.
    pub old: u64,
    /// The consistency proof, empty where `old` is 0.
    pub proof: Vec<Hash>,
    /// The new checkpoint with the log's signature.
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// The longest body in bytes.
    pub const MAX_BYTES: usize = MAX_NOTE_BYTES + MAX_PROOF_HASHES * 45 + 64;

    /// Reads the body.
    ///
    /// # Errors
    /// [`TlogError`]; all of them are a bad request (400).
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        const WHAT: &str = "a request to a witness";
        if text.len() > Self::MAX_BYTES {
            return Err(TlogError::TooLarge { what: WHAT, limit: Self::MAX_BYTES as u64 });
        }
        let mut lines = Lines::of(WHAT, text);
        let old = lines.next_if("old ")?.ok_or_else(|| TlogError::malformed(WHAT, "no line `old`"))?;
        let old = decimal(WHAT, old)?;
        let proof = lines.proof()?;
        Ok(Self { old, proof, checkpoint: SignedCheckpoint::parse(lines.rest())? })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint.note())
    }
}
