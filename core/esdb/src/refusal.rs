//! Why a call was refused; `face/status.rs` says how each travels.

use crate::record::Expected;
use siyi_log::port::{AppendError, ReadError};
use uuid::Uuid;

/// Why a call was refused or failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The stream is not as the writer expected.
    #[error("`{stream}` should be at {} and is at {}", expected.number(), number(*actual))]
    WrongVersion {
        /// The stream.
        stream: String,
        /// What the writer expected.
        expected: Expected,
        /// The last revision, none where there is no event.
        actual: Option<u64>,
    },
    /// The stream has a tombstone, or is deleted softly where an existing one was expected.
    #[error("Event stream '{stream}' is deleted.")]
    Deleted {
        /// The stream.
        stream: String,
    },
    /// Consistency checks of an append over several streams that do not hold.
    #[error("{} consistency checks do not hold", _0.len())]
    Violated(Vec<Violation>),
    /// The caller has not the right.
    #[error("Access Denied: {reason}")]
    Denied {
        /// Which rule stands in the way.
        reason: &'static str,
    },
    /// The caller's credential is unknown.
    #[error("the credential is unknown")]
    Unknown,
    /// One event is too large.
    #[error("Maximum Append Event Size of {limit} Exceeded")]
    EventTooLarge {
        /// The event.
        id: Uuid,
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The append is too large.
    #[error("Maximum Append Size of {limit} Exceeded.")]
    AppendTooLarge {
        /// Its size in bytes, as far as it was counted.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The request makes no sense.
    #[error("{0}")]
    Bad(String),
    /// It is not known whether the events are stored, or the store does not answer.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store is damaged.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
}

/// A consistency check that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which of the checks of the call.
    pub check: usize,
    /// The stream.
    pub stream: String,
    /// The state that was expected, in the numbers of the protocol.
    pub expected: i64,
    /// The state found: -1 no stream, -5 deleted softly, -6 with a tombstone, else the last revision.
    pub actual: i64,
}

fn number(revision: Option<u64>) -> i64 {
    revision.and_then(|revision| i64::try_from(revision).ok()).unwrap_or(-1)
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable { reason } => Self::Unavailable(reason),
            ReadError::Corrupt { detail } => Self::Corrupt(detail),
        }
    }
}

impl Refusal {
    /// What the refusal of the domain log means to a client that wrote to one of its streams.
    #[must_use]
    pub fn of_log(error: AppendError, stream: &str, expected: Expected) -> Self {
        match error {
            AppendError::Conflict { actual, .. } => {
                Self::WrongVersion { stream: stream.into(), expected, actual: actual.map(|revision| revision.0) }
            }
            AppendError::Unavailable { reason } => Self::Unavailable(reason),
            AppendError::Corrupt { detail } => Self::Corrupt(detail),
            AppendError::IdReused { .. }
            | AppendError::IdRepeated { .. }
            | AppendError::Empty
            | AppendError::TooManyEvents { .. } => Self::Bad(error.to_string()),
        }
    }
}
