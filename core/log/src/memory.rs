//! The store in memory: the shortest adapter, for tests and demonstrations. Nothing outlives the process.

use crate::port::{
    AllFrom, AppendError, Appended, Batch, Direction, EventStore, Expected, Known, MAX_READ, NewEvent, Place, Position,
    ReadError, ReadFrom, Revision, StoredEvent, StreamName, Verdict, admit, check_input, follow_heads,
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;
use uuid::Uuid;

/// An [`EventStore`] in memory.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    log: Arc<Mutex<Log>>,
    head: watch::Sender<Option<Position>>,
}

/// INVARIANT: the event at index n of `events` has position n, and `streams` and `ids` hold such indexes.
#[derive(Debug, Default)]
struct Log {
    events: Vec<StoredEvent>,
    streams: HashMap<StreamName, Vec<usize>>,
    ids: HashMap<Uuid, usize>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self { log: Arc::default(), head: watch::Sender::new(None) }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }
}

fn locked(log: &Mutex<Log>) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Known for Log {
    fn last_revision(&mut self, stream: &StreamName) -> Result<Option<Revision>, AppendError> {
        Ok(self.streams.get(stream).and_then(|events| events.len().checked_sub(1)).map(|last| Revision(last as u64)))
    }

    fn place(&mut self, id: Uuid) -> Result<Option<Place>, AppendError> {
        Ok(self.find(id).map(|event| Place {
            stream: event.stream.clone(),
            revision: event.revision,
            position: event.position,
        }))
    }
}

impl Log {
    fn find(&self, id: Uuid) -> Option<&StoredEvent> {
        self.ids.get(&id).and_then(|index| self.events.get(*index))
    }

    fn append(
        &mut self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        let first_revision = match admit(self, stream, expected, &events)? {
            Verdict::Already(appended) => return Ok(appended),
            Verdict::Write(revision) => revision,
        };
        let last = events.len() as u64 - 1;
        let first_position = Position(self.events.len() as u64);
        for (event, revision) in events.into_iter().zip(first_revision.0..) {
            let index = self.events.len();
            self.ids.insert(event.id(), index);
            self.streams.entry(stream.clone()).or_default().push(index);
            self.events.push(event.stored(stream.clone(), Revision(revision), Position(index as u64)));
        }
        Ok(Appended {
            first_revision,
            last_revision: Revision(first_revision.0 + last),
            first_position,
            last_position: Position(first_position.0 + last),
            already: false,
        })
    }

    fn read_all(&self, from: AllFrom, direction: Direction, limit: usize) -> Vec<StoredEvent> {
        let window = match (direction, from) {
            (Direction::Forwards, AllFrom::Start) | (Direction::Backwards, AllFrom::End) => 0..u64::MAX,
            (Direction::Forwards, AllFrom::At(position)) => position.0..u64::MAX,
            (Direction::Forwards, AllFrom::After(position)) => position.0.saturating_add(1)..u64::MAX,
            (Direction::Backwards, AllFrom::At(position)) => 0..position.0.saturating_add(1),
            (Direction::Backwards, AllFrom::After(position)) => 0..position.0,
            (Direction::Forwards, AllFrom::End) | (Direction::Backwards, AllFrom::Start) => 0..0,
        };
        page(&self.events, window, direction, limit).cloned().collect()
    }

    fn read_stream(&self, stream: &StreamName, from: ReadFrom, direction: Direction, limit: usize) -> Vec<StoredEvent> {
        let window = match (direction, from) {
            (Direction::Forwards, ReadFrom::Start) | (Direction::Backwards, ReadFrom::End) => 0..u64::MAX,
            (Direction::Forwards, ReadFrom::Revision(revision)) => revision.0..u64::MAX,
            (Direction::Backwards, ReadFrom::Revision(revision)) => 0..revision.0.saturating_add(1),
            (Direction::Forwards, ReadFrom::End) | (Direction::Backwards, ReadFrom::Start) => 0..0,
        };
        let indexes = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        page(indexes, window, direction, limit).filter_map(|index| self.events.get(*index)).cloned().collect()
    }
}

/// At most `limit` of the items whose index lies in `window`, in the direction of reading.
fn page<T>(items: &[T], window: Range<u64>, direction: Direction, limit: usize) -> Box<dyn Iterator<Item = &T> + '_> {
    let at = |index: u64| usize::try_from(index).unwrap_or(usize::MAX).min(items.len());
    let items = items.get(at(window.start)..at(window.end)).unwrap_or_default().iter();
    let limit = limit.min(MAX_READ);
    match direction {
        Direction::Forwards => Box::new(items.take(limit)),
        Direction::Backwards => Box::new(items.rev().take(limit)),
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        check_input(&events)?;
        let mut log = self.log();
        let appended = log.append(stream, expected, events)?;
        if !appended.already {
            // INVARIANT: announced under the lock, so that the head never goes back.
            self.head.send_replace(Some(appended.last_position));
        }
        Ok(appended)
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: ReadFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        Ok(self.log().read_stream(stream, from, direction, limit))
    }

    async fn read_all(&self, from: AllFrom, direction: Direction, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        Ok(self.log().read_all(from, direction, limit))
    }

    async fn head(&self) -> Result<Option<Position>, ReadError> {
        Ok(*self.head.borrow())
    }

    async fn find(&self, id: Uuid) -> Result<Option<StoredEvent>, ReadError> {
        Ok(self.log().find(id).cloned())
    }

    fn follow_batches(&self, after: Option<Position>, max: usize) -> BoxStream<'static, Result<Batch, ReadError>> {
        let log = Arc::clone(&self.log);
        follow_heads(self.head.subscribe(), after, max, move |after, limit| {
            let from = after.map_or(AllFrom::Start, AllFrom::After);
            std::future::ready(Ok(locked(&log).read_all(from, Direction::Forwards, limit)))
        })
    }
}
