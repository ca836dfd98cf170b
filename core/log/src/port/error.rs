//! What can go wrong at the store, told apart by what the caller does about it.

use super::{Expected, Revision, StreamName};
use uuid::Uuid;

/// Why an append was not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Somebody else was faster: read the stream again, decide again.
    #[error("the stream {stream} should have {expected} but {}", found(*actual))]
    Conflict {
        /// The stream.
        stream: StreamName,
        /// What the writer believed.
        expected: Expected,
        /// The revision of the last event, none where the stream has no event.
        actual: Option<Revision>,
    },
    /// The events may or may not be stored; make the same call again later (503).
    #[error("the event store is unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
    /// The store is damaged; stop and look.
    #[error("the event store is damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
    /// The event id stands in the log already, but not as part of this same append.
    #[error("the event id `{id}` has been used before")]
    IdReused {
        /// The id.
        id: Uuid,
    },
    /// The same id stands twice in the call.
    #[error("the event id `{id}` stands twice in the append")]
    IdRepeated {
        /// The id.
        id: Uuid,
    },
    /// There is no event in the call.
    #[error("the append holds no event")]
    Empty,
    /// There are more than [`super::MAX_APPEND_EVENTS`] events in the call.
    #[error("the append holds {count} events, at most {limit} are allowed")]
    TooManyEvents {
        /// How many.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
}

impl AppendError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "wrong-expected-revision",
            Self::Unavailable { .. } => "store-unavailable",
            Self::Corrupt { .. } => "store-corrupt",
            Self::IdReused { .. } => "event-id-reused",
            Self::IdRepeated { .. } => "event-id-repeated",
            Self::Empty => "append-empty",
            Self::TooManyEvents { .. } => "append-too-large",
        }
    }
}

impl From<ReadError> for AppendError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable { reason } => Self::Unavailable { reason },
            ReadError::Corrupt { detail } => Self::Corrupt { detail },
        }
    }
}

/// Why a read has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The store is closed or its disk does not answer (503).
    #[error("the event store is unavailable: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
    /// The store is damaged; stop and look.
    #[error("the event store is damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
}

impl ReadError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "store-unavailable",
            Self::Corrupt { .. } => "store-corrupt",
        }
    }
}

fn found(actual: Option<Revision>) -> String {
    actual.map_or_else(|| "does not exist".into(), |revision| format!("is at revision {revision}"))
}
