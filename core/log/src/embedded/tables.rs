//! The keyspaces of the log and how they are read.
//!
//! | keyspace | key | value |
//! | --- | --- | --- |
//! | `events` | position, u64 big-endian | frame (see `frame.rs`) |
//! | `streams` | stream name, 0, revision as u64 big-endian | position, u64 big-endian |
//! | `ids` | event id, 16 bytes | position, u64 big-endian |
//!
//! INVARIANT: entries are only ever added, all three of an event in one batch. So each keyspace has as many entries as
//! there are events, and an event at or before an acknowledged position is visible completely to every later read.

use super::frame;
use crate::{
    folder::speaks_of_damage,
    port::{AllFrom, Direction, MAX_READ, NewEvent, Position, ReadError, ReadFrom, Revision, StoredEvent, StreamName},
};
use fjall::{Database, Guard, Keyspace, OwnedWriteBatch};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// The log.
#[derive(Clone)]
pub(super) struct Tables {
    pub(super) database: Database,
    pub(super) events: Keyspace,
    pub(super) streams: Keyspace,
    pub(super) ids: Keyspace,
}

impl Tables {
    /// Adds an event to a batch.
    pub(super) fn put(
        &self,
        batch: &mut OwnedWriteBatch,
        event: &NewEvent,
        stream: &StreamName,
        revision: Revision,
        position: Position,
    ) {
        let at = position.0.to_be_bytes();
        batch.insert(&self.events, at, frame::encode(event, stream, revision, position));
        batch.insert(&self.streams, stream_key(stream, revision), at);
        batch.insert(&self.ids, event.id().into_bytes(), at);
    }

    /// Events in log order, up to the acknowledged `head`.
    pub(super) fn read_all(
        &self,
        head: Position,
        from: AllFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let window = match (direction, from) {
            (Direction::Forwards, AllFrom::Start) | (Direction::Backwards, AllFrom::End) => Some((0, head.0)),
            (Direction::Forwards, AllFrom::At(position)) => Some((position.0, head.0)),
            (Direction::Forwards, AllFrom::After(position)) => position.0.checked_add(1).map(|first| (first, head.0)),
            (Direction::Backwards, AllFrom::At(position)) => Some((0, position.0.min(head.0))),
            (Direction::Backwards, AllFrom::After(position)) => {
                position.0.checked_sub(1).map(|last| (0, last.min(head.0)))
            }
            (Direction::Forwards, AllFrom::End) | (Direction::Backwards, AllFrom::Start) => None,
        };
        let Some((first, last)) = window.filter(|(first, last)| first <= last) else {
            return Ok(Vec::new());
        };
        let limit = limit.min(MAX_READ);
        let mut entries = entries(&self.events, first.to_be_bytes()..=last.to_be_bytes(), direction);
        let positions: Box<dyn Iterator<Item = u64>> = match direction {
            Direction::Forwards => Box::new(first..=last),
            Direction::Backwards => Box::new((first..=last).rev()),
        };
        let mut events = Vec::with_capacity(limit.min(256));
        for position in positions.take(limit) {
            let missing = || ReadError::Corrupt { detail: format!("there is no event at position {position}") };
            let (key, frame) = entries.next().ok_or_else(missing)?.into_inner().map_err(|error| read_error(&error))?;
            // INVARIANT: positions are dense.
            if key.as_ref() != position.to_be_bytes() {
                return Err(missing());
            }
            events.push(frame::decode(Position(position), &frame)?);
        }
        Ok(events)
    }

    /// Events of one stream, up to the acknowledged `head`.
    pub(super) fn read_stream(
        &self,
        head: Position,
        stream: &StreamName,
        from: ReadFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let (first, last) = match (direction, from) {
            (Direction::Forwards, ReadFrom::Start) | (Direction::Backwards, ReadFrom::End) => (0, u64::MAX),
            (Direction::Forwards, ReadFrom::Revision(revision)) => (revision.0, u64::MAX),
            (Direction::Backwards, ReadFrom::Revision(revision)) => (0, revision.0),
            (Direction::Forwards, ReadFrom::End) | (Direction::Backwards, ReadFrom::Start) => return Ok(Vec::new()),
        };
        let keys = stream_key(stream, Revision(first))..=stream_key(stream, Revision(last));
        let mut events = Vec::with_capacity(limit.min(64));
        // The entries past the head are those of commits that are not acknowledged yet, so they do not count.
        for entry in entries(&self.streams, keys, direction) {
            if events.len() >= limit.min(MAX_READ) {
                break;
            }
            let (key, value) = entry.into_inner().map_err(|error| read_error(&error))?;
            let position = position_of(&value)?;
            if position > head {
                continue;
            }
            let event = self.event(position)?;
            if stream_key(&event.stream, event.revision) != key.as_ref() {
                let detail = format!("the index of the stream {stream} leads to a stranger at position {position}");
                return Err(ReadError::Corrupt { detail });
            }
            events.push(event);
        }
        Ok(events)
    }

    /// The event with this id, up to the acknowledged `head`.
    pub(super) fn find(&self, head: Position, id: Uuid) -> Result<Option<StoredEvent>, ReadError> {
        let Some(position) = self.position(id)?.filter(|position| *position <= head) else {
            return Ok(None);
        };
        let event = self.event(position)?;
        if event.id == id {
            Ok(Some(event))
        } else {
            Err(ReadError::Corrupt { detail: format!("the index of ids leads to a stranger at position {position}") })
        }
    }

    /// The position of the event with this id.
    pub(super) fn position(&self, id: Uuid) -> Result<Option<Position>, ReadError> {
        let value = self.ids.get(id.as_bytes()).map_err(|error| read_error(&error))?;
        value.map(|value| position_of(&value)).transpose()
    }

    /// The event at a position that an index names.
    pub(super) fn event(&self, position: Position) -> Result<StoredEvent, ReadError> {
        let frame = self.events.get(position.0.to_be_bytes()).map_err(|error| read_error(&error))?;
        let missing = || ReadError::Corrupt { detail: format!("there is no event at position {position}") };
        frame::decode(position, &frame.ok_or_else(missing)?)
    }

    /// The position of the event of this stream with this revision.
    pub(super) fn stream_position(
        &self,
        stream: &StreamName,
        revision: Revision,
    ) -> Result<Option<Position>, ReadError> {
        let value = self.streams.get(stream_key(stream, revision)).map_err(|error| read_error(&error))?;
        value.map(|value| position_of(&value)).transpose()
    }

    /// The revision of the last event of the stream.
    pub(super) fn last_revision(&self, stream: &StreamName) -> Result<Option<Revision>, ReadError> {
        let keys = stream_key(stream, Revision(0))..=stream_key(stream, Revision(u64::MAX));
        let Some(entry) = self.streams.range(keys).next_back() else {
            return Ok(None);
        };
        let key = entry.key().map_err(|error| read_error(&error))?;
        let revision = key.last_chunk().copied().map(u64::from_be_bytes).map(Revision);
        Ok(revision)
    }

    /// The position of the newest event.
    pub(super) fn last_position(&self) -> Result<Option<Position>, ReadError> {
        let Some(entry) = self.events.last_key_value() else {
            return Ok(None);
        };
        let key = entry.key().map_err(|error| read_error(&error))?;
        position_of(&key).map(Some)
    }
}

/// What an error of the engine means to a reader.
pub(super) fn read_error(error: &fjall::Error) -> ReadError {
    if speaks_of_damage(error) {
        ReadError::Corrupt { detail: error.to_string() }
    } else {
        ReadError::Unavailable { reason: error.to_string() }
    }
}

fn entries<K: AsRef<[u8]>>(
    keyspace: &Keyspace,
    keys: RangeInclusive<K>,
    direction: Direction,
) -> Box<dyn Iterator<Item = Guard>> {
    let entries = keyspace.range(keys);
    match direction {
        Direction::Forwards => Box::new(entries),
        Direction::Backwards => Box::new(entries.rev()),
    }
}

/// No stream name holds a 0, so no stream's keys lie among another's.
fn stream_key(stream: &StreamName, revision: Revision) -> Vec<u8> {
    let name = stream.as_str().as_bytes();
    let mut key = Vec::with_capacity(name.len() + 9);
    key.extend_from_slice(name);
    key.push(0);
    key.extend(revision.0.to_be_bytes());
    key
}

fn position_of(bytes: &[u8]) -> Result<Position, ReadError> {
    let position = bytes.try_into().map(u64::from_be_bytes).map(Position);
    position.map_err(|_| ReadError::Corrupt { detail: "a position in an index does not read".into() })
}
