//! Proofs in a file (C2SP tlog-proof): that an entry is in the log, offline.

use super::{
    Confirmation, Hash, MAX_NOTE_BYTES, MAX_PROOF_HASHES, SignedCheckpoint, TlogError, TrustPolicy, base64,
    check_record,
    lines::{Lines, decimal},
    record_hash,
};
use std::fmt;

/// The first line of the file.
pub const PROOF_HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most bytes of extra data, which no signature covers.
pub const MAX_EXTRA_BYTES: usize = 8192;

/// The longest file in bytes.
const MAX_PROOF_BYTES: usize = MAX_NOTE_BYTES + MAX_EXTRA_BYTES * 2 + MAX_PROOF_HASHES * 45 + 128;

/// That one leaf is in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// Data beside the proof. Not authenticated: nothing may be believed because it stands here.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index, from 0.
    pub index: u64,
    /// The hashes from the leaf's sibling up to the root's child (RFC 6962 section 2.1.1).
    pub hashes: Vec<Hash>,
    /// The checkpoint that covers it.
    pub checkpoint: SignedCheckpoint,
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{PROOF_HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64::encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint.note())
    }
}

impl InclusionProof {
    /// Reads a `.tlog-proof` file; nothing is proved until [`Self::verify`].
    ///
    /// # Errors
    /// [`TlogError`].
    pub fn parse(text: &str) -> Result<Self, TlogError> {
        const WHAT: &str = "a proof file";
        if text.len() > MAX_PROOF_BYTES {
            return Err(TlogError::TooLarge { what: WHAT, limit: MAX_PROOF_BYTES as u64 });
        }
        let mut lines = Lines::of(WHAT, text);
        if lines.next()? != PROOF_HEADER {
            return Err(TlogError::malformed(WHAT, "the first line names no version that is known"));
        }
        let extra = lines.next_if("extra ")?.map(|extra| base64::decode("extra data", extra)).transpose()?;
        if extra.as_ref().is_some_and(|extra| extra.len() > MAX_EXTRA_BYTES) {
            return Err(TlogError::TooLarge { what: "extra data", limit: MAX_EXTRA_BYTES as u64 });
        }
        let index = lines.next_if("index ")?.ok_or_else(|| TlogError::malformed(WHAT, "no line `index`"))?;
        let index = decimal(WHAT, index)?;
        let hashes = lines.proof()?;
        Ok(Self { extra, index, hashes, checkpoint: SignedCheckpoint::parse(lines.rest())? })
    }

    /// Checks that `entry` is the leaf, that the checkpoint covers it, and that the checkpoint is to be believed.
    ///
    /// # Errors
    /// [`TlogError`]: signature, quorum, inclusion.
    pub fn verify(&self, policy: &TrustPolicy, entry: &[u8]) -> Result<Confirmation, TlogError> {
        let confirmation = self.checkpoint.confirmation(policy)?;
        self.check_inclusion(entry)?;
        Ok(confirmation)
    }

    /// Checks only that `entry` is leaf `index` of the checkpoint's tree, whoever signed it.
    ///
    /// # Errors
    /// [`TlogError::Inclusion`], [`TlogError::OutOfRange`].
    pub fn check_inclusion(&self, entry: &[u8]) -> Result<(), TlogError> {
        let covered = self.checkpoint.checkpoint();
        check_record(&self.hashes, covered.size, covered.root, self.index, record_hash(entry))
    }
}
