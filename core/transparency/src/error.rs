//! Why the log is not sealed, told apart by what the operator does about it.

use crate::keys::KeyError;
use siyi_log::port::{AppendError, Position, ReadError};
use siyi_tlog::TlogError;
use std::{fmt, io, path::Path};

/// Who holds a head that has to be reproduced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// The file `head` in the log's folder.
    Folder,
    /// The published checkpoint in the log's folder, signed by the log.
    Checkpoint,
    /// The stream of heads in the event store.
    Stream,
    /// A witness, by its name, with a checkpoint that the log signed.
    Witness(String),
}

impl fmt::Display for HeldBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder => f.write_str("the file `head`"),
            Self::Checkpoint => f.write_str("the published checkpoint"),
            Self::Stream => f.write_str("the stream of heads"),
            Self::Witness(name) => write!(f, "the witness `{name}`"),
        }
    }
}

/// The first event that is not what was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The leaf, from 0.
    pub leaf: u64,
    /// Where the store has the event that now stands in its place; none where no event is left.
    pub position: Option<Position>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "leaf {}, which the store has at position {position}", self.leaf),
            None => write!(f, "leaf {}, for which the store has no event", self.leaf),
        }
    }
}

/// Why the log cannot be opened, sealed or read.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The events no longer hash to a root that was signed: one was changed, removed from the middle, or swapped.
    #[error("{held_by} holds a root of {size} leaves that the events do not have{}", at(first.as_ref()))]
    Rewritten {
        /// Who holds it.
        held_by: HeldBy,
        /// The size of the tree in leaves.
        size: u64,
        /// The first event that differs, where the tiles still tell it.
        first: Option<Difference>,
    },
    /// There are fewer events than were signed: an old backup, or events removed from the end.
    #[error("{held_by} holds a tree of {size} leaves, the store has events for {leaves}{}", at(first.as_ref()))]
    Shortened {
        /// Who holds it.
        held_by: HeldBy,
        /// The size of that tree in leaves.
        size: u64,
        /// How many leaves the store's events make.
        leaves: u64,
        /// The first event that differs, where the tiles still tell it.
        first: Option<Difference>,
    },
    /// A witness holds a history, signed by this log, that this log does not continue.
    #[error("the witness `{witness}` holds a signed tree of {size} leaves that is not the beginning of this one")]
    Forked {
        /// The witness.
        witness: String,
        /// The size of its tree in leaves.
        size: u64,
    },
    /// The published checkpoint is older than one that was published before.
    #[error("a checkpoint of {published} leaves was published, and now there is one of {found}")]
    RolledBack {
        /// The size in leaves that was published.
        published: u64,
        /// The size in leaves that is there now, 0 where there is none.
        found: u64,
    },
    /// The files that would be served do not hash to what was sealed.
    #[error("the files to be served are not what was sealed: {0}")]
    Served(TlogError),
    /// The signing key is not the current one of the list.
    #[error("the key {given} is not the current key {current} of the log")]
    KeyNotCurrent {
        /// The id of the key that was given.
        given: String,
        /// The id of the current key.
        current: String,
    },
    /// Another process seals in this folder.
    #[error("the folder `{folder}` is in use by another process")]
    InUse {
        /// The folder.
        folder: String,
    },
    /// A key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file that this log signed or wrote is not readable any more.
    #[error("`{file}`: {error}")]
    Unreadable {
        /// The file in the log's folder, or the stream.
        file: String,
        /// What is wrong with it.
        error: TlogError,
    },
    /// An event is too long to be a leaf.
    #[error("the event at position {position} is too long for a leaf")]
    TooLong {
        /// Its position.
        position: Position,
    },
    /// The leaf is not covered by the published checkpoint yet: ask again.
    #[error("the published checkpoint does not cover {what} yet")]
    NotCovered {
        /// What was asked for.
        what: String,
    },
    /// No leaf is at that position: it holds no event of the domain.
    #[error("there is no leaf at position {position}")]
    NoLeaf {
        /// The position.
        position: Position,
    },
    /// The event store does not answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The stream of heads could not be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The disk does not answer. What was written may or may not be there: open the log again, do not go on.
    #[error("`{file}`: {error}")]
    Disk {
        /// The file or folder.
        file: String,
        /// What it said.
        error: io::Error,
    },
}

impl SealError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rewritten { .. } => "log-rewritten",
            Self::Shortened { .. } => "log-shortened",
            Self::Forked { .. } => "log-forked",
            Self::RolledBack { .. } => "log-rolled-back",
            Self::Served(_) => "log-files-damaged",
            Self::KeyNotCurrent { .. } => "log-key-not-current",
            Self::InUse { .. } => "log-in-use",
            Self::Key(error) => error.code(),
            Self::Unreadable { .. } => "log-unreadable",
            Self::TooLong { .. } => "log-leaf-too-long",
            Self::NotCovered { .. } => "log-not-covered",
            Self::NoLeaf { .. } => "log-no-leaf",
            Self::Read(error) => error.code(),
            Self::Append(error) => error.code(),
            Self::Disk { .. } => "log-disk",
        }
    }

    /// Whether the history is not what was signed, so that nothing may be signed until a person has looked.
    #[must_use]
    pub const fn is_evidence(&self) -> bool {
        matches!(self, Self::Rewritten { .. } | Self::Shortened { .. } | Self::Forked { .. } | Self::RolledBack { .. })
    }

    /// Whether the event store does not answer now and may answer later.
    pub(crate) const fn is_passing(&self) -> bool {
        matches!(self, Self::Read(ReadError::Unavailable { .. }) | Self::Append(AppendError::Unavailable { .. }))
    }

    pub(crate) fn disk(path: &Path, error: io::Error) -> Self {
        Self::Disk { file: path.display().to_string(), error }
    }
}

fn at(first: Option<&Difference>) -> String {
    first.map_or_else(String::new, |first| format!("; the first that differs is {first}"))
}
