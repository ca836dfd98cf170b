//! An event as the protocol knows it, before and after it is stored.

use bytes::Bytes;
use bytestring::ByteString;
use uuid::Uuid;

/// The longest stream name in bytes.
pub const MAX_STREAM_BYTES: usize = 1024;

/// The longest event type in bytes.
pub const MAX_TYPE_BYTES: usize = 1024;

/// The most events that one append may carry.
pub const MAX_APPEND_EVENTS: usize = 50_000;

/// The revision of a tombstone, and the `$tb` that marks a deleted stream.
pub const DELETED: u64 = i64::MAX as u64;

/// An event that a client wants to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The id by which an append is idempotent.
    pub id: Uuid,
    /// The type, such as `OrderPlaced`.
    pub event_type: ByteString,
    /// Whether the data are JSON, rather than any bytes.
    pub json: bool,
    /// The data.
    pub data: Bytes,
    /// The client's own metadata.
    pub metadata: Bytes,
}

impl Proposed {
    /// What counts towards the limits, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.data.len() + self.metadata.len() + self.event_type.len()
    }
}

/// An event as it stands in the order of all events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its id.
    pub id: Uuid,
    /// Its stream.
    pub stream: ByteString,
    /// Its place in the stream; [`DELETED`] for a tombstone.
    pub revision: u64,
    /// Its place among all events, increasing and not dense.
    pub position: u64,
    /// Its type.
    pub event_type: ByteString,
    /// Whether its data are JSON.
    pub json: bool,
    /// When it was recorded, in units of 100 ns since 1970.
    pub created: u64,
    /// Its data.
    pub data: Bytes,
    /// The client's own metadata.
    pub metadata: Bytes,
}

/// What a writer believes about a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever the stream holds.
    Any,
    /// It has no event, or is deleted softly.
    NoStream,
    /// It has an event, or metadata.
    StreamExists,
    /// Its last event has this revision.
    Exact(u64),
}

impl Expected {
    /// The number that stands for it in error texts and in the second version of the protocol.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Any => -2,
            Self::NoStream => -1,
            Self::StreamExists => -4,
            Self::Exact(revision) => i64::try_from(revision).unwrap_or(i64::MAX),
        }
    }
}

/// Where an append stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The revision of the last event of the append; of the stream where the append was empty.
    pub last_revision: Option<u64>,
    /// The position of the last event of the append; none where it was empty.
    pub position: Option<u64>,
}
