//! Checkpoints: what a log says of its tree, signed (C2SP tlog-checkpoint).

use super::note::hash_of;
use super::{MAX_TREE_SIZE, Note, Unproven};

/// A tree as a log says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The log's name.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root.
    pub root: [u8; 32],
}

/// A checkpoint that is well formed; who signed it is asked of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The tree.
    pub head: Head,
    /// The signed note.
    pub note: Note,
}

impl Checkpoint {
    /// Reads a checkpoint.
    ///
    /// # Errors
    /// [`Unproven::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Unproven> {
        let malformed = |reason: &str| Unproven::malformed("a checkpoint", reason);
        let note = Note::parse(bytes)?;
        let mut lines = note.text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(malformed("fewer than three lines"));
        };
        if origin.is_empty() {
            return Err(malformed("no origin"));
        }
        let number: u64 = size.parse().map_err(|_| malformed("the size is no number"))?;
        if number.to_string() != size || number > MAX_TREE_SIZE {
            return Err(malformed("the size is not a canonical number"));
        }
        if lines.any(str::is_empty) {
            return Err(malformed("an empty line"));
        }
        let head = Head { origin: origin.to_owned(), size: number, root: hash_of(root)? };
        Ok(Self { head, note })
    }
}
