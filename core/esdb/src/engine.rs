//! The streams of the domain and of clients as one store.
//!
//! The domain's streams are read through the port of the log and never written here, except by a caller with that
//! right, and then through the port too. The streams of clients lie in [`crate::outside`].

mod all;
mod stream;

pub use stream::{Bound, Page, StreamPage};

use crate::{
    names,
    outside::{Check, Head, Limits, Outside, Write, first_in_log, of_domain},
    record::{Expected, Proposed, Recorded, Written},
    refusal::Refusal,
};
use bytes::Bytes;
use futures::{FutureExt, StreamExt, future::BoxFuture};
use siyi_log::{
    clock::Clock,
    port::{self, EventStore, NewEvent, Position, StoredEvent, StreamName},
};
use std::{fmt, path::Path, sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// At most so many events of a stream are read at once: each may keep a block of the store (4 KiB and more) in memory.
const STREAM_PAGE: usize = 256;

/// At most so many events of all are read at once: they lie side by side, so a page keeps about what it holds.
const ALL_PAGE: usize = 1024;

/// At most so many bytes of events are read at once.
pub(crate) const PAGE_BYTES: usize = 1 << 20;

/// Both stores.
pub struct Engine {
    outside: Arc<Outside>,
    log: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    following: CancellationToken,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("outside", &self.outside).finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens the clients' streams in `folder` beside `log`, and follows the log until the engine is dropped.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] or [`Refusal::Corrupt`].
    pub async fn open(
        folder: &Path,
        log: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Result<Self, Refusal> {
        let domain = positions(log.head().await?);
        let (folder, time) = (folder.to_path_buf(), Arc::clone(&clock));
        let opening = tokio::task::spawn_blocking(move || Outside::open(&folder, domain, time, limits));
        let outside = Arc::new(opening.await.map_err(|error| Refusal::Unavailable(error.to_string()))??);
        outside.found().await?;
        let following = CancellationToken::new();
        let followed = follow_domain(Arc::clone(&log), Arc::downgrade(&outside));
        tokio::spawn(following.clone().run_until_cancelled_owned(followed));
        Ok(Self { outside, log, clock, following })
    }

    /// What is shown, now and whenever it changes.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Head> {
        self.outside.head()
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.outside.limits()
    }

    /// Now, in units of 100 ns since 1970.
    #[must_use]
    pub fn now(&self) -> u64 {
        u64::try_from(self.clock.now().millisecond()).unwrap_or(0).saturating_mul(10_000)
    }

    /// How many positions the log has: what a new event of a client has to stand behind.
    async fn acknowledged(&self) -> u64 {
        // Where the log does not answer, what is shown already is as much as anybody has seen.
        self.log.head().await.map_or(0, positions)
    }

    /// Appends to one stream.
    ///
    /// # Errors
    /// The refusals of the protocol.
    pub async fn append(&self, write: Write) -> Result<Written, Refusal> {
        if let Some(stream) = names::in_log(&write.stream) {
            return self.append_to_log(&stream, write).await;
        }
        keep_domain(&write.stream)?;
        self.outside.append(write, self.acknowledged().await).await
    }

    /// As [`Engine::append`], and returns as soon as the order among the calls is certain.
    ///
    /// # Errors
    /// The refusals over the size, and [`Refusal::Unavailable`] where a store is closed.
    pub async fn enqueue(&self, write: Write) -> Result<BoxFuture<'static, Result<Written, Refusal>>, Refusal> {
        if names::in_log(&write.stream).is_some() {
            let answer = self.append(write).await;
            return Ok(std::future::ready(answer).boxed());
        }
        keep_domain(&write.stream)?;
        Ok(self.outside.enqueue(write, self.acknowledged().await).await?.answer().boxed())
    }

    /// Appends to several streams of clients, all or none.
    ///
    /// # Errors
    /// The refusals of the protocol; [`Refusal::Denied`] where a stream is of the domain.
    pub async fn append_several(&self, writes: Vec<Write>, checks: Vec<Check>) -> Result<Vec<Written>, Refusal> {
        let streams = writes.iter().map(|write| &write.stream).chain(checks.iter().map(|check| &check.stream));
        if streams.into_iter().any(|stream| names::is_domain(stream)) {
            return Err(Refusal::Denied {
                reason: "streams of the domain are no part of an append over several streams",
            });
        }
        self.outside.append_several(writes, checks, self.acknowledged().await).await
    }

    /// Deletes a stream of clients softly.
    ///
    /// # Errors
    /// The refusals of the protocol; [`Refusal::Denied`] where the stream is of the domain.
    pub async fn delete(&self, stream: String, expected: Expected) -> Result<Written, Refusal> {
        keep_domain(&stream)?;
        self.outside.delete(stream, expected, self.acknowledged().await).await
    }

    /// Deletes a stream of clients for good.
    ///
    /// # Errors
    /// The refusals of the protocol; [`Refusal::Denied`] where the stream is of the domain.
    pub async fn tombstone(&self, stream: String, expected: Expected) -> Result<Written, Refusal> {
        keep_domain(&stream)?;
        self.outside.tombstone(stream, expected, self.acknowledged().await).await
    }

    /// Who calls this has made sure of the caller's right.
    async fn append_to_log(&self, stream: &StreamName, write: Write) -> Result<Written, Refusal> {
        let expected = match write.expected {
            Expected::Any => port::Expected::Any,
            Expected::NoStream => port::Expected::NoStream,
            Expected::StreamExists => port::Expected::StreamExists,
            Expected::Exact(revision) => port::Expected::Exact(port::Revision(revision)),
        };
        let events = write.events.into_iter().map(new_event).collect::<Result<Vec<_>, _>>()?;
        let appended = self.log.append(stream, expected, events).await;
        let appended = appended.map_err(|error| Refusal::of_log(error, stream.as_str(), write.expected))?;
        self.outside.show_domain(positions(Some(appended.last_position))).await;
        Ok(Written { last_revision: Some(appended.last_revision.0), position: of_domain(appended.last_position.0) })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.following.cancel();
    }
}

fn keep_domain(stream: &str) -> Result<(), Refusal> {
    if names::is_domain(stream) {
        return Err(Refusal::Denied { reason: "streams of the domain are kept for good" });
    }
    Ok(())
}

fn new_event(event: Proposed) -> Result<NewEvent, Refusal> {
    if !event.metadata.is_empty() {
        return Err(Refusal::Bad("an event of the domain has no metadata of its own".into()));
    }
    NewEvent::from_canonical(event.id, &*event.event_type, event.data).map_err(|error| Refusal::Bad(error.to_string()))
}

fn positions(head: Option<Position>) -> u64 {
    head.map_or(0, |head| head.0.saturating_add(1))
}

/// An event of the log as clients see it.
fn from_log(event: StoredEvent) -> Result<Recorded, Refusal> {
    let position = of_domain(event.position.0)
        .ok_or_else(|| Refusal::Unavailable("the log has more positions than the protocol can tell".into()))?;
    Ok(Recorded {
        id: event.id,
        stream: event.stream.as_str().into(),
        revision: event.revision.0,
        position,
        created: recorded_at(&event.body),
        event_type: event.event_type.into(),
        json: true,
        data: event.body,
        metadata: Bytes::new(),
    })
}

/// When an event says that it was recorded, in units of 100 ns since 1970; 0 where it does not say.
fn recorded_at(body: &[u8]) -> u64 {
    #[derive(serde::Deserialize)]
    struct Body {
        recorded_at: siyi_domain::moment::Moment,
    }
    serde_json::from_slice::<Body>(body)
        .ok()
        .and_then(|body| u64::try_from(body.recorded_at.millisecond()).ok())
        .map_or(0, |milliseconds| milliseconds.saturating_mul(10_000))
}

/// Tells the writer of the clients' streams how far the log goes, so that its events are shown.
async fn follow_domain(log: Arc<dyn EventStore>, outside: std::sync::Weak<Outside>) {
    const MOST: Duration = Duration::from_secs(5);
    let mut wait = Duration::from_millis(50);
    loop {
        let Some(shown) = outside.upgrade().map(|outside| outside.head().borrow().domain) else { return };
        let mut batches = log.follow_batches(shown.checked_sub(1).map(Position), 256);
        while let Some(Ok(batch)) = batches.next().await {
            wait = Duration::from_millis(50);
            let Some(outside) = outside.upgrade() else { return };
            if let Some(last) = batch.events.last() {
                outside.show_domain(positions(Some(last.position))).await;
            }
        }
        // The log is closed or does not answer.
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(MOST);
    }
}

/// Where the log is read from so that nothing before `at` comes.
fn log_from(at: u64) -> Position {
    Position(first_in_log(at))
}
