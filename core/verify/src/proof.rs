//! Whether a log says that it holds something: checkpoints, policies and proofs, as pure checks over bytes.
//!
//! The formats are those of C2SP: signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy. Only checking is here; making
//! trees, tiles and signatures belongs to whoever keeps the log. Tree hashes are RFC 6962.

mod checkpoint;
mod note;
mod policy;

pub use checkpoint::{Checkpoint, Head};
pub use note::{Key, KeyKind, Note};
pub use policy::{Policy, Signed};

use serde::{Deserialize, Serialize};
use tlog_tiles::{Hash, check_record, check_tree, record_hash};

/// Most hashes in a proof: a tree has no more levels.
pub const MAX_PROOF_HASHES: usize = 63;
/// Most leaves of a tree that is looked at, so that no arithmetic on sizes overflows.
pub const MAX_TREE_SIZE: u64 = 1 << 48;

/// Why a proof is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// A key, note, checkpoint or policy is malformed.
    #[error("{what} is malformed: {reason}")]
    Malformed {
        /// What.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The log's own signature is missing or wrong.
    #[error("no valid signature of the log `{origin}`")]
    NotSigned {
        /// The log.
        origin: String,
    },
    /// The policy's quorum of witnesses is not reached.
    #[error("the witnesses {cosigned:?} are no quorum `{quorum}`")]
    NotWitnessed {
        /// Who cosigned.
        cosigned: Vec<String>,
        /// The quorum asked for.
        quorum: String,
    },
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    OtherRoot,
}

impl Unproven {
    fn malformed(what: &'static str, reason: impl Into<String>) -> Self {
        Self::Malformed { what, reason: reason.into() }
    }
}

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

/// Checks that `leaf` stands in the tree of `head` where the proof says.
///
/// # Errors
/// [`Unproven`].
pub fn check_inclusion(head: &Head, leaf: &[u8], proof: &Inclusion) -> Result<(), Unproven> {
    let hashes = hashes(&proof.hashes)?;
    if proof.index >= head.size || head.size > MAX_TREE_SIZE {
        return Err(Unproven::OtherRoot);
    }
    check_record(&hashes, head.size, Hash(head.root), proof.index, record_hash(leaf)).map_err(|_| Unproven::OtherRoot)
}

/// Checks that the tree of `new` grew out of the tree of `old`.
///
/// # Errors
/// [`Unproven`].
pub fn check_consistency(old: &Head, new: &Head, proof: &Consistency) -> Result<(), Unproven> {
    let hashes = hashes(&proof.hashes)?;
    if proof.from != old.size || new.size > MAX_TREE_SIZE || !(1..=new.size).contains(&old.size) {
        return Err(Unproven::OtherRoot);
    }
    check_tree(&hashes, new.size, Hash(new.root), old.size, Hash(old.root)).map_err(|_| Unproven::OtherRoot)
}

fn hashes(texts: &[String]) -> Result<Vec<Hash>, Unproven> {
    if texts.len() > MAX_PROOF_HASHES {
        return Err(Unproven::malformed("a proof", format!("more than {MAX_PROOF_HASHES} hashes")));
    }
    texts.iter().map(|text| note::hash_of(text).map(Hash)).collect()
}

#[cfg(test)]
mod tests;
