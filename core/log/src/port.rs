//! The event store port: what every store promises, whatever it is made of.
//!
//! The promises stand as small named tests in `tests/src/promises.rs`; an adapter is one that passes them all. What is
//! deliberately absent: deleting, truncating or changing an event, and transactions over several streams.

mod admission;
mod error;
mod event;
mod follow;
mod stream_name;

pub use error::{AppendError, ReadError};
pub use event::{EventRefused, MAX_EVENT_BYTES, MAX_TYPE_BYTES, NewEvent, StoredEvent};
pub use stream_name::{InvalidStreamName, MAX_STREAM_NAME_BYTES, StreamName};

pub use admission::{Known, Place, Verdict, admit, check_input};
pub use follow::follow_heads;

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The most events that one append may carry.
pub const MAX_APPEND_EVENTS: usize = 256;

/// The most events that one read answers; a larger `limit` is cut to this.
pub const MAX_READ: usize = 10_000;

/// The place of an event among all events, starting at 0 and increasing; dense only on the embedded store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The place of an event in its stream: 0, 1, 2, … without gaps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the writer believes about the stream; the append happens only where it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever the stream holds.
    Any,
    /// The stream has no event yet.
    NoStream,
    /// The stream has at least one event.
    StreamExists,
    /// The last event of the stream has this revision.
    Exact(Revision),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("anything"),
            Self::NoStream => f.write_str("no stream"),
            Self::StreamExists => f.write_str("an existing stream"),
            Self::Exact(revision) => write!(f, "revision {revision}"),
        }
    }
}

/// Where an append stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Revision of the first event of the append.
    pub first_revision: Revision,
    /// Revision of the last event of the append.
    pub last_revision: Revision,
    /// Position of the first event of the append.
    pub first_position: Position,
    /// Position of the last event of the append.
    pub last_position: Position,
    /// True where the events were there before this call and nothing was written now.
    pub already: bool,
}

/// Where a read of one stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// Before the first event; backwards there is nothing to read from here.
    Start,
    /// Behind the last event; forwards there is nothing to read from here.
    End,
    /// At this revision, inclusive; backwards from beyond the last event begins at the last event.
    Revision(Revision),
}

/// Where a read of all events begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllFrom {
    /// Before the first event; backwards there is nothing to read from here.
    Start,
    /// Behind the last event; forwards there is nothing to read from here.
    End,
    /// At this position, inclusive.
    At(Position),
    /// Past this position in the direction of reading: forwards the events with a larger position, backwards those
    /// with a smaller one. So pages follow one another by the position of the last event of the page before.
    After(Position),
}

/// The direction of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From old to new.
    Forwards,
    /// From new to old.
    Backwards,
}

/// What a follower sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// The next event.
    Event(StoredEvent),
    /// The follower has reached the head: once at the beginning if there is nothing to read, and once each time
    /// after having been behind.
    CaughtUp,
}

/// What a follower in batches sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The next events in log order; empty only in the first batch of a follower that has nothing to read.
    pub events: Vec<StoredEvent>,
    /// Whether the last of `events` was the newest event when the batch was read.
    pub caught_up: bool,
}

/// A log of events in streams.
#[async_trait]
pub trait EventStore: Send + Sync + 'static {
    /// Appends `events` to `stream`, all or none, and answers when they survive a power loss (on stores with a disk).
    ///
    /// Idempotent by event id: where all the ids already stand in `stream`, one behind the other in this order, the
    /// answer is the earlier result with `already` set, whatever `expected` says. So after a lost answer the same
    /// call is simply made again. Where the future is dropped before it answers, the events may or may not be there.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] where `expected` is not true, [`AppendError::Unavailable`] where it is not known
    /// whether the events are stored (make the same call again), [`AppendError::Corrupt`] where the store is damaged,
    /// and the refusals of the input.
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError>;

    /// At most `limit` (cut to [`MAX_READ`]) events of `stream`; empty where the stream is unknown.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] or [`ReadError::Corrupt`].
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: ReadFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError>;

    /// At most `limit` (cut to [`MAX_READ`]) events of all streams in the order of their positions.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] or [`ReadError::Corrupt`].
    async fn read_all(&self, from: AllFrom, direction: Direction, limit: usize) -> Result<Vec<StoredEvent>, ReadError>;

    /// The position of the newest event, or none while the store is empty.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] or [`ReadError::Corrupt`].
    async fn head(&self) -> Result<Option<Position>, ReadError>;

    /// The event with this id.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] or [`ReadError::Corrupt`].
    async fn find(&self, id: Uuid) -> Result<Option<StoredEvent>, ReadError>;

    /// All events past `after`, first the old ones, then each new one, in batches of at most `max` (1 to
    /// [`MAX_READ`]) events. No event is lost or doubled on the way from old to new. The stream ends when the store
    /// is closed, or behind its first error.
    fn follow_batches(&self, after: Option<Position>, max: usize) -> BoxStream<'static, Result<Batch, ReadError>>;

    /// As [`EventStore::follow_batches`], event by event.
    fn follow(&self, after: Option<Position>) -> BoxStream<'static, Result<Followed, ReadError>> {
        follow::one_by_one(self.follow_batches(after, follow::BATCH))
    }
}
