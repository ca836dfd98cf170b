//! What can be wrong with a proof, told so that a script can act on it.

/// Why a text, a tile or a proof is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlogError {
    /// Longer than this reader takes.
    #[error("{what} is longer than {limit}")]
    TooLarge {
        /// What is too long.
        what: &'static str,
        /// The limit, in bytes, lines or leaves as the thing is counted.
        limit: u64,
    },
    /// Not written as its specification says.
    #[error("{what} is malformed: {why}")]
    Malformed {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Base64 that decodes, but is not how these bytes are written (RFC 4648 section 3.5).
    #[error("{what} is not canonical base64")]
    NotCanonical {
        /// What was read.
        what: &'static str,
    },
    /// The four bytes of a key's id are not those of its name and key (C2SP signed-note).
    #[error("the key id in the key of `{name}` does not follow from it")]
    KeyId {
        /// The key's name.
        name: String,
    },
    /// A signature by a known key over another text.
    #[error("the signature of `{name}` is wrong")]
    Signature {
        /// The key's name.
        name: String,
    },
    /// None of the signatures is by a key of the log.
    #[error("no signature by a known key of the log `{origin}`")]
    Unsigned {
        /// The origin of the checkpoint.
        origin: String,
    },
    /// A key that was retired earlier signed a larger tree.
    #[error("the key {id} of `{name}` was retired at {retired} leaves and signs {size}")]
    Retired {
        /// The key's name.
        name: String,
        /// The key's id in hexadecimal.
        id: String,
        /// The size of the last tree that it may sign.
        retired: u64,
        /// The size of the tree that it signed.
        size: u64,
    },
    /// A checkpoint of another log.
    #[error("the checkpoint is of `{found}`, not of `{expected}`")]
    Origin {
        /// The log that was asked for.
        expected: String,
        /// The log that it is of.
        found: String,
    },
    /// Too few of the witnesses confirmed it.
    #[error("the quorum `{quorum}` is not met: confirmed by {confirmed}")]
    Quorum {
        /// The name of the quorum in the policy.
        quorum: String,
        /// The names of the witnesses that did, or `nobody`.
        confirmed: String,
    },
    /// A leaf that the tree does not have.
    #[error("there is no leaf {index} in a tree of {size}")]
    OutOfRange {
        /// The leaf's index, from 0.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// The proof does not lead from the leaf to the root (RFC 6962 section 2.1.1).
    #[error("the proof does not lead from leaf {index} to the root of {size} leaves")]
    Inclusion {
        /// The leaf's index, from 0.
        index: u64,
        /// The number of leaves.
        size: u64,
    },
    /// The larger tree does not begin with the smaller one (RFC 6962 section 2.1.2).
    #[error("the tree of {new} leaves does not continue the tree of {old}")]
    Consistency {
        /// The size of the smaller tree.
        old: u64,
        /// The size of the larger tree.
        new: u64,
    },
    /// The right edge does not hash to the signed root.
    #[error("the tiles at the right edge do not hash to the root of {size} leaves")]
    Root {
        /// The number of leaves.
        size: u64,
    },
    /// A tile or bundle that does not follow from its parent.
    #[error("`{path}` does not match its parent tile")]
    Forged {
        /// The path below the log's prefix.
        path: String,
    },
    /// A tile or bundle that could not be had.
    #[error("`{path}` could not be read: {why}")]
    Missing {
        /// The path below the log's prefix.
        path: String,
        /// Why.
        why: String,
    },
}

impl TlogError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "tlog-too-large",
            Self::Malformed { .. } => "tlog-malformed",
            Self::NotCanonical { .. } => "tlog-not-canonical",
            Self::KeyId { .. } => "tlog-key-id",
            Self::Signature { .. } => "tlog-signature",
            Self::Unsigned { .. } => "tlog-unsigned",
            Self::Retired { .. } => "tlog-key-retired",
            Self::Origin { .. } => "tlog-origin",
            Self::Quorum { .. } => "tlog-quorum",
            Self::OutOfRange { .. } => "tlog-out-of-range",
            Self::Inclusion { .. } => "tlog-inclusion",
            Self::Consistency { .. } => "tlog-consistency",
            Self::Root { .. } => "tlog-root",
            Self::Forged { .. } => "tlog-tile-forged",
            Self::Missing { .. } => "tlog-tile-missing",
        }
    }

    /// A text that is not written as its specification says.
    #[must_use]
    pub fn malformed(what: &'static str, why: impl Into<String>) -> Self {
        Self::Malformed { what, why: why.into() }
    }
}
