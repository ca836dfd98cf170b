//! The keyspaces of the clients' streams: events by position, and positions by stream and revision.

use super::{frame, metadata::Metadata};
use crate::{
    names,
    record::{DELETED, Recorded},
    refusal::Refusal,
};
use fjall::{Database, Guard, Keyspace, OwnedWriteBatch};
use std::ops::RangeInclusive;

/// What is known of a stream when an append to it is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// The revision of the last event.
    pub(crate) last: Option<u64>,
    /// Whether there is a tombstone.
    pub(crate) tombstoned: bool,
    /// Its metadata; none where they were never set, and for the streams of metadata, which have none.
    pub(crate) metadata: Option<Metadata>,
    /// It holds metadata, of which only the last event is ever shown.
    pub(crate) newest_only: bool,
}

impl State {
    pub(crate) fn deleted_softly(&self) -> bool {
        self.metadata.as_ref().is_some_and(Metadata::deletes)
    }

    /// The first revision shown, where there is anything to show.
    pub(crate) fn first_shown(&self, last: u64) -> u64 {
        if self.newest_only { last } else { self.metadata.as_ref().map_or(0, |metadata| metadata.first_shown(last)) }
    }
}

#[derive(Clone)]
pub(crate) struct Tables {
    pub(super) database: Database,
    pub(super) events: Keyspace,
    pub(super) streams: Keyspace,
}

impl Tables {
    pub(super) fn put(&self, batch: &mut OwnedWriteBatch, event: &Recorded) {
        let at = event.position.to_be_bytes();
        batch.insert(&self.events, at, frame::encode(event));
        batch.insert(&self.streams, key(&event.stream, event.revision), at);
    }

    /// What the tables say of a stream, up to the position `head`.
    pub(crate) fn state(&self, stream: &str, head: u64) -> Result<State, Refusal> {
        let tombstoned = self.place(stream, DELETED)?.is_some_and(|position| position <= head);
        let last = self.last(stream, head)?;
        let metadata = match names::described_by(stream) {
            Some(_) => None,
            None => self.newest(&names::metadata_of(stream), head)?.map(|event| Metadata::read(&event.data)),
        };
        Ok(State { last, tombstoned, metadata, newest_only: names::described_by(stream).is_some() })
    }

    fn newest(&self, stream: &str, head: u64) -> Result<Option<Recorded>, Refusal> {
        let Some(last) = self.last(stream, head)? else { return Ok(None) };
        self.event_of(stream, last)
    }

    fn last(&self, stream: &str, head: u64) -> Result<Option<u64>, Refusal> {
        let keys = key(stream, 0)..=key(stream, DELETED - 1);
        for entry in self.streams.range(keys).rev() {
            let (key, value) = entry.into_inner().map_err(|error| failed(&error))?;
            if number(&value)? <= head {
                return key.last_chunk().copied().map(u64::from_be_bytes).map(Some).ok_or_else(unreadable);
            }
        }
        Ok(None)
    }

    /// The position of an event.
    pub(crate) fn place(&self, stream: &str, revision: u64) -> Result<Option<u64>, Refusal> {
        let value = self.streams.get(key(stream, revision)).map_err(|error| failed(&error))?;
        value.map(|value| number(&value)).transpose()
    }

    /// The event of a stream with this revision.
    pub(crate) fn event_of(&self, stream: &str, revision: u64) -> Result<Option<Recorded>, Refusal> {
        let Some(position) = self.place(stream, revision)? else { return Ok(None) };
        self.event(position).map(Some)
    }

    fn event(&self, position: u64) -> Result<Recorded, Refusal> {
        let frame = self.events.get(position.to_be_bytes()).map_err(|error| failed(&error))?;
        let frame =
            frame.ok_or_else(|| Refusal::Corrupt(format!("there is no event of a client at position {position}")))?;
        frame::decode(position, frame.into())
    }

    /// The events with these positions, at most `limit` and about `bytes` of them.
    pub(crate) fn all(
        &self,
        window: RangeInclusive<u64>,
        backwards: bool,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<Recorded>, Refusal> {
        if window.is_empty() {
            return Ok(Vec::new());
        }
        let keys = window.start().to_be_bytes()..=window.end().to_be_bytes();
        let (mut events, mut size) = (Vec::new(), 0);
        for entry in entries(&self.events, keys, backwards) {
            if events.len() >= limit || size >= bytes {
                break;
            }
            let (key, frame) = entry.into_inner().map_err(|error| failed(&error))?;
            size += frame.len();
            events.push(frame::decode(number(&key)?, frame.into())?);
        }
        Ok(events)
    }

    /// The events of a stream with these revisions and a position up to `head`, at most `limit` and about `bytes`.
    pub(crate) fn stream(
        &self,
        stream: &str,
        window: RangeInclusive<u64>,
        backwards: bool,
        (limit, bytes, head): (usize, usize, u64),
    ) -> Result<Vec<Recorded>, Refusal> {
        if window.is_empty() {
            return Ok(Vec::new());
        }
        let keys = key(stream, *window.start())..=key(stream, *window.end());
        let (mut events, mut size) = (Vec::new(), 0);
        for entry in entries(&self.streams, keys, backwards) {
            if events.len() >= limit || size >= bytes {
                break;
            }
            let value = entry.value().map_err(|error| failed(&error))?;
            let position = number(&value)?;
            // Those past the head belong to a commit that is not acknowledged yet.
            if position <= head {
                let event = self.event(position)?;
                size += event.data.len() + event.metadata.len();
                events.push(event);
            }
        }
        Ok(events)
    }

    /// The position of the newest event.
    pub(super) fn newest_position(&self) -> Result<u64, Refusal> {
        let Some(entry) = self.events.last_key_value() else { return Ok(0) };
        number(&entry.key().map_err(|error| failed(&error))?)
    }
}

/// What an error of the storage engine means.
pub(super) fn failed(error: &fjall::Error) -> Refusal {
    Refusal::Unavailable(error.to_string())
}

fn entries<K: AsRef<[u8]>>(
    keyspace: &Keyspace,
    keys: RangeInclusive<K>,
    backwards: bool,
) -> Box<dyn Iterator<Item = Guard>> {
    let entries = keyspace.range(keys);
    if backwards { Box::new(entries.rev()) } else { Box::new(entries) }
}

/// The length stands first, so that no stream's keys lie among another's, whatever bytes the names hold.
fn key(stream: &str, revision: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(stream.len() + 10);
    key.extend(u16::try_from(stream.len()).unwrap_or(u16::MAX).to_be_bytes());
    key.extend(stream.as_bytes());
    key.extend(revision.to_be_bytes());
    key
}

fn number(bytes: &[u8]) -> Result<u64, Refusal> {
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| unreadable())
}

fn unreadable() -> Refusal {
    Refusal::Corrupt("a position in an index of the clients' streams does not read".into())
}
