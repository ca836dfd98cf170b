//! An event store on a server of EventStoreDB or KurrentDB, by the official client: for whoever outgrows one machine.
//!
//! What the port promises and the server does not, this adapter adds. The server does not find an event by its id, and
//! knows a repeated append again only under conditions. So one task follows the log and keeps in memory where each id
//! stands (`index.rs`); an append first waits until that is as far as the server. It costs about 200 bytes for each
//! event, and one pass over the log at the start.
//!
//! The log is what stands in streams with names of the port. Other applications may keep their streams on the same
//! server under other names; a regular expression, applied by the server, leaves them and the server's own streams out.
//!
//! What this cannot promise: that one id is not stored in two streams by two processes at once. Within a process it is.
//! Verified against the face of this crate, with the promises of the port; not against a running cluster.

mod connection;
mod events;
mod herald;
mod index;
mod lanes;

use crate::adapter::{
    connection::{Connection, Used},
    events::{stored, wire_event},
    index::Index,
    lanes::Lanes,
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use kurrentdb::{
    AppendToStreamOptions, ClientSettings, CurrentRevision, ReadAllOptions, ReadStreamOptions, StreamPosition,
    StreamState,
};
use siyi_log::port::{
    AllFrom, AppendError, Appended, Batch, Direction, EventStore, Expected, MAX_READ, NewEvent, Position, ReadError,
    ReadFrom, Revision, StoredEvent, StreamName, Verdict, admit, check_input, follow_heads,
};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// How long an append or a search waits until the index is as far as the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often an append is judged anew that lost a race.
const ATTEMPTS: usize = 8;

/// An [`EventStore`] on a server. Cheap to clone; the last clone that is dropped ends its task.
#[derive(Clone)]
pub struct KurrentStore {
    reader: Reader,
    index: Arc<Mutex<Index>>,
    head: watch::Receiver<Option<Position>>,
    lanes: Arc<Lanes>,
    _following: Arc<DropGuard>,
}

/// Reads without the index; also by followers, which must not keep the store alive.
#[derive(Clone)]
struct Reader(Arc<Connection>);

impl fmt::Debug for KurrentStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KurrentStore").field("head", &*self.head.borrow()).finish_non_exhaustive()
    }
}

impl KurrentStore {
    /// Connects by a connection string, such as `kurrentdb+discover://user:password@node:2113?tls=true`, and reads the
    /// log once.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] where the string does not read or the server does not answer, [`ReadError::Corrupt`]
    /// where an event in a stream of the log is none of this program's.
    pub async fn connect(url: &str) -> Result<Self, ReadError> {
        let unavailable = |reason: String| ReadError::Unavailable { reason };
        let settings = url.parse::<ClientSettings>().map_err(|error| unavailable(error.to_string()))?;
        let connection = Connection::new(settings)?;
        let reader = Reader(Arc::clone(&connection));
        let mut index = Index::default();
        while let page = reader.read_all(index.head(), Direction::Forwards, MAX_READ).await?
            && !page.is_empty()
        {
            for event in &page {
                index.take(event);
            }
        }
        let (announce, head) = watch::channel(index.head());
        let index = Arc::new(Mutex::new(index));
        let following = CancellationToken::new();
        let herald = herald::follow(connection, Arc::clone(&index), announce);
        tokio::spawn(following.clone().run_until_cancelled_owned(herald));
        let lanes = Arc::new(Lanes::default());
        Ok(Self { reader, index, head, lanes, _following: Arc::new(following.drop_guard()) })
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the index is as far as the server is now.
    async fn abreast(&self) -> Result<(), ReadError> {
        let now = self.head().await?;
        let mut head = self.head.clone();
        let waiting = head.wait_for(|head| *head >= now);
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(self
                .index()
                .failure()
                .unwrap_or_else(|| ReadError::Unavailable { reason: "the log is not followed any more".into() })),
            Err(_) => Err(ReadError::Unavailable { reason: "the server does not tell its newest events".into() }),
        }
    }

    /// One try; none where somebody else was faster and the append has to be judged anew.
    async fn try_append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: &[NewEvent],
    ) -> Result<Option<Appended>, AppendError> {
        self.abreast().await?;
        let verdict = admit(&mut *self.index(), stream, expected, events)?;
        let first = match verdict {
            Verdict::Already(appended) => return Ok(Some(appended)),
            Verdict::Write(first) => first,
        };
        // The server is asked for the very revision that the judgement was made on, so that it writes nothing that was
        // judged on less than there is.
        let state = first.0.checked_sub(1).map_or(StreamState::NoStream, StreamState::StreamRevision);
        let options = AppendToStreamOptions::default().stream_state(state);
        let wire: Vec<_> = events.iter().map(wire_event).collect();
        let used = self.reader.0.used();
        let written = match used.client.append_to_stream(stream.as_str(), &options, wire).await {
            Ok(written) => written,
            Err(kurrentdb::Error::WrongExpectedVersion { current, .. }) => {
                tracing::debug!(%stream, ?current, "an append lost a race and is judged anew");
                let ahead = match current {
                    CurrentRevision::Current(last) => last >= first.0,
                    CurrentRevision::NoStream => false,
                };
                let lost = || AppendError::Corrupt { detail: format!("events of the stream {stream} are gone") };
                return if ahead { Ok(None) } else { Err(lost()) };
            }
            Err(error) => return Err(used.error(&error).into()),
        };
        let last_position = Position(written.position.commit);
        // A follower that is begun behind the answer must not think itself at the head before these events. Where the
        // word is late they are stored all the same.
        let mut head = self.head.clone();
        let _ = tokio::time::timeout(PATIENCE, head.wait_for(|head| *head >= Some(last_position))).await;
        let first_position = if events.len() == 1 { last_position } else { self.position_of(stream, first).await? };
        Ok(Some(Appended {
            first_revision: first,
            last_revision: Revision(written.next_expected_version),
            first_position,
            last_position,
            already: false,
        }))
    }

    async fn position_of(&self, stream: &StreamName, revision: Revision) -> Result<Position, ReadError> {
        let events = self.reader.read_stream(stream, revision.0, Direction::Forwards, 1).await?;
        let lost = || ReadError::Corrupt { detail: format!("revision {revision} of the stream {stream} is gone") };
        events.first().map(|event| event.position).ok_or_else(lost)
    }
}

#[async_trait]
impl EventStore for KurrentStore {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        check_input(&events)?;
        // Appends with an id in common go one behind the other, so that the second finds what the first stored; so do
        // appends to one stream, which would only lose races against each other.
        let _lane = self.lanes.enter(stream, events.iter().map(NewEvent::id)).await;
        for _ in 0..ATTEMPTS {
            if let Some(appended) = self.try_append(stream, expected, &events).await? {
                return Ok(appended);
            }
        }
        Err(AppendError::Unavailable { reason: format!("others write to the stream {stream} all the time") })
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: ReadFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let revision = match (direction, from) {
            (Direction::Forwards, ReadFrom::Start) => 0,
            // Behind the last event a backwards read begins at the last.
            (Direction::Backwards, ReadFrom::End) => u64::MAX,
            (_, ReadFrom::Revision(revision)) => revision.0,
            (Direction::Forwards, ReadFrom::End) | (Direction::Backwards, ReadFrom::Start) => return Ok(Vec::new()),
        };
        self.reader.read_stream(stream, revision, direction, limit).await
    }

    async fn read_all(&self, from: AllFrom, direction: Direction, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        let after = match (direction, from) {
            (Direction::Forwards, AllFrom::Start) | (Direction::Backwards, AllFrom::End) => None,
            (_, AllFrom::After(position)) => Some(position),
            (Direction::Forwards, AllFrom::End) | (Direction::Backwards, AllFrom::Start) => return Ok(Vec::new()),
            (_, AllFrom::At(position)) => {
                self.abreast().await?;
                match self.index().neighbour(position, direction) {
                    index::Neighbour::Past(after) => after,
                    index::Neighbour::Nothing => return Ok(Vec::new()),
                }
            }
        };
        self.reader.read_all(after, direction, limit).await
    }

    async fn head(&self) -> Result<Option<Position>, ReadError> {
        let newest = self.reader.read_all(None, Direction::Backwards, 1).await?;
        Ok(newest.first().map(|event| event.position))
    }

    async fn find(&self, id: Uuid) -> Result<Option<StoredEvent>, ReadError> {
        self.abreast().await?;
        let Some(place) = self.index().place_of(id) else { return Ok(None) };
        let events = self.reader.read_stream(&place.stream, place.revision.0, Direction::Forwards, 1).await?;
        match events.into_iter().next() {
            Some(event) if event.id == id => Ok(Some(event)),
            _ => {
                Err(ReadError::Corrupt { detail: format!("the event `{id}` is gone from the stream {}", place.stream) })
            }
        }
    }

    fn follow_batches(&self, after: Option<Position>, max: usize) -> BoxStream<'static, Result<Batch, ReadError>> {
        let reader = self.reader.clone();
        follow_heads(self.head.clone(), after, max, move |after, limit| {
            let reader = reader.clone();
            async move { reader.read_all(after, Direction::Forwards, limit).await }
        })
    }
}

impl Reader {
    /// The events of a stream from a revision on.
    async fn read_stream(
        &self,
        stream: &StreamName,
        revision: u64,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let limit = limit.min(MAX_READ);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let at = if revision > i64::MAX as u64 { StreamPosition::End } else { StreamPosition::Position(revision) };
        // Behind all revisions there is nothing forwards.
        if direction == Direction::Forwards && matches!(at, StreamPosition::End) {
            return Ok(Vec::new());
        }
        let options = ReadStreamOptions::default().max_count(limit).position(at);
        let options = match direction {
            Direction::Forwards => options.forwards(),
            Direction::Backwards => options.backwards(),
        };
        let used = self.0.used();
        collect(&used, used.client.read_stream(stream.as_str(), &options).await).await
    }

    /// The events past a position in the direction of reading; all of them where none is given.
    async fn read_all(
        &self,
        after: Option<Position>,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let limit = limit.min(MAX_READ);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let end = if direction == Direction::Forwards { StreamPosition::Start } else { StreamPosition::End };
        let at = after
            .map_or(end, |after| StreamPosition::Position(kurrentdb::Position { commit: after.0, prepare: after.0 }));
        // Forwards the server begins with the event at the position, backwards behind it.
        let one_more = usize::from(direction == Direction::Forwards && after.is_some());
        let options = ReadAllOptions::default().max_count(limit + one_more).position(at).filter(herald::filter());
        let options = match direction {
            Direction::Forwards => options.forwards(),
            Direction::Backwards => options.backwards(),
        };
        let used = self.0.used();
        let mut events = collect(&used, used.client.read_all(&options).await).await?;
        events.retain(|event| Some(event.position) != after);
        events.truncate(limit);
        Ok(events)
    }
}

async fn collect(used: &Used, answer: kurrentdb::Result<kurrentdb::ReadStream>) -> Result<Vec<StoredEvent>, ReadError> {
    let mut events = Vec::new();
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(kurrentdb::Error::ResourceNotFound) => return Ok(events),
        Err(error) => return Err(used.error(&error)),
    };
    loop {
        match answer.next().await {
            Ok(Some(event)) => events.push(stored(event.get_original_event())?),
            Ok(None) => return Ok(events),
            Err(kurrentdb::Error::ResourceNotFound) => return Ok(Vec::new()),
            Err(error) => return Err(used.error(&error)),
        }
    }
}
