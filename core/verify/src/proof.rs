//! Whether a log says that it holds something, as a bundle carries it: the proofs are those of `siyi-tlog`, written as JSON.

use serde::{Deserialize, Serialize};
use siyi_tlog::{Checkpoint, Hash, SignedCheckpoint, TlogError, TrustPolicy, check_record, check_tree, record_hash};

/// A proof that a leaf stands at an index of a tree (RFC 6962 section 2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The leaf's index.
    pub index: u64,
    /// The hashes beside the way to the root, the lowest first, base64.
    pub hashes: Vec<String>,
}

/// A proof that a tree grew out of an earlier one (RFC 6962 section 2.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// The size of the earlier tree.
    pub from: u64,
    /// The hashes, base64.
    pub hashes: Vec<String>,
}

/// A checkpoint that whoever verifies believes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    /// The tree.
    pub head: Checkpoint,
    /// The witnesses that cosigned, by their names in the policy, and when (seconds since 1970).
    pub cosigned: Vec<(String, u64)>,
}

/// Reads a checkpoint; who signed it is asked of a policy.
///
/// # Errors
/// [`TlogError`].
pub fn read_checkpoint(bytes: &[u8]) -> Result<SignedCheckpoint, TlogError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TlogError::malformed("a checkpoint", "it is no text"))?;
    SignedCheckpoint::parse(text)
}

/// Who signed a checkpoint, if that is enough by a policy.
///
/// # Errors
/// [`TlogError::Unsigned`], [`TlogError::Signature`], [`TlogError::Quorum`].
pub fn believe(policy: &TrustPolicy, checkpoint: &SignedCheckpoint) -> Result<Believed, TlogError> {
    let confirmed = checkpoint.confirmation(policy)?.witnesses;
    let named = |key: &siyi_tlog::VerifierKey| {
        let witness = policy.witnesses().iter().find(|witness| witness.key == *key);
        witness.map_or_else(|| key.name().to_owned(), |witness| witness.name.clone())
    };
    let cosigned = confirmed.iter().map(|one| (named(&one.key), one.time)).collect();
    Ok(Believed { head: checkpoint.checkpoint().clone(), cosigned })
}

/// Whether two policies believe the same log: whoever verifies may believe other witnesses.
#[must_use]
pub fn is_of_log(one: &TrustPolicy, other: &TrustPolicy) -> bool {
    one.logs().iter().any(|log| other.logs().iter().any(|theirs| theirs.key == log.key))
}

/// The keys of the logs that a policy believes, in a line.
#[must_use]
pub fn logs_of(policy: &TrustPolicy) -> String {
    let keys: Vec<String> = policy.logs().iter().map(|log| log.key.to_string()).collect();
    keys.join(" ")
}

/// Checks that `leaf` stands in the tree of `head` where the proof says.
///
/// # Errors
/// [`TlogError`].
pub fn check_inclusion(head: &Checkpoint, leaf: &[u8], proof: &Inclusion) -> Result<(), TlogError> {
    check_record(&hashes(&proof.hashes)?, head.size, head.root, proof.index, record_hash(leaf))
}

/// Checks that the tree of `new` grew out of the tree of `old`, which has leaves.
///
/// # Errors
/// [`TlogError`].
pub fn check_consistency(old: &Checkpoint, new: &Checkpoint, proof: &Consistency) -> Result<(), TlogError> {
    if proof.from != old.size {
        return Err(TlogError::Consistency { old: old.size, new: new.size });
    }
    check_tree(&hashes(&proof.hashes)?, new.size, new.root, old.size, old.root)
}

fn hashes(texts: &[String]) -> Result<Vec<Hash>, TlogError> {
    texts.iter().map(|text| Hash::from_base64(text)).collect()
}

#[cfg(test)]
mod tests;
