//! An event before and after it is stored.

use super::{Position, Revision, StreamName};
use crate::canonical::{NotCanonical, canonical_bytes, is_canonical};
use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

/// The largest event body in bytes of canonical JSON.
pub const MAX_EVENT_BYTES: usize = 8192;

/// The longest wire name of an event in bytes.
pub const MAX_TYPE_BYTES: usize = 100;

/// An event that may be appended: its body is canonical JSON of at most [`MAX_EVENT_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    id: Uuid,
    event_type: String,
    body: Bytes,
}

/// Why something cannot become an event.
#[derive(Debug, thiserror::Error)]
pub enum EventRefused {
    /// The body is longer than [`MAX_EVENT_BYTES`].
    #[error("the event body has {size} bytes, at most {limit} are allowed")]
    TooLarge {
        /// Its length in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The wire name is empty or longer than [`MAX_TYPE_BYTES`].
    #[error("the event type has {size} bytes, 1 to {limit} are allowed")]
    TypeName {
        /// Its length in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The body cannot be brought into canonical form.
    #[error(transparent)]
    Unwritable(#[from] NotCanonical),
    /// The bytes are not the canonical form of a JSON text.
    #[error("the event body is not canonical json")]
    NotCanonical,
}

impl EventRefused {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "event-too-large",
            Self::TypeName { .. } => "invalid-event-type",
            Self::Unwritable(_) => "event-not-writable",
            Self::NotCanonical => "event-not-canonical",
        }
    }
}

impl NewEvent {
    /// Brings `body` into canonical form (RFC 8785).
    ///
    /// # Errors
    /// [`EventRefused`] where the body or the wire name is too long, or a number cannot be kept exactly.
    pub fn new(id: Uuid, event_type: impl Into<String>, body: &Value) -> Result<Self, EventRefused> {
        Self::sized(id, event_type.into(), canonical_bytes(body)?)
    }

    /// Takes a body that is canonical already, for copying from one store to another.
    ///
    /// # Errors
    /// [`EventRefused`] where it is not canonical, or too long.
    pub fn from_canonical(id: Uuid, event_type: impl Into<String>, body: Bytes) -> Result<Self, EventRefused> {
        let event = Self::sized(id, event_type.into(), body)?;
        if is_canonical(&event.body) { Ok(event) } else { Err(EventRefused::NotCanonical) }
    }

    fn sized(id: Uuid, event_type: String, body: Bytes) -> Result<Self, EventRefused> {
        if !(1..=MAX_TYPE_BYTES).contains(&event_type.len()) {
            return Err(EventRefused::TypeName { size: event_type.len(), limit: MAX_TYPE_BYTES });
        }
        if body.len() > MAX_EVENT_BYTES {
            return Err(EventRefused::TooLarge { size: body.len(), limit: MAX_EVENT_BYTES });
        }
        Ok(Self { id, event_type, body })
    }

    /// The id by which an append is idempotent.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The wire name, such as `meeting-convened.v1`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The canonical JSON.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    pub(crate) fn stored(self, stream: StreamName, revision: Revision, position: Position) -> StoredEvent {
        StoredEvent { id: self.id, stream, revision, position, event_type: self.event_type, body: self.body }
    }
}

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// The id that the writer gave.
    pub id: Uuid,
    /// The stream.
    pub stream: StreamName,
    /// The place in the stream.
    pub revision: Revision,
    /// The place in the log.
    pub position: Position,
    /// The wire name, such as `meeting-convened.v1`.
    pub event_type: String,
    /// Canonical JSON (RFC 8785), the same bytes on every store.
    pub body: Bytes,
}
