//! Following the log: old events page by page, then new ones as they come.

use super::{Batch, Followed, MAX_READ, Position, ReadError, StoredEvent};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use std::future::Future;
use tokio::sync::watch;

/// How many events [`super::EventStore::follow`] reads at once.
pub(super) const BATCH: usize = 256;

struct Follower<R> {
    heads: watch::Receiver<Option<Position>>,
    read: R,
    after: Option<Position>,
    max: usize,
    /// Nothing was answered yet, so that being at the head has to be said even with nothing to read.
    fresh: bool,
    failed: bool,
}

/// Follows what `heads` announces, the position of the newest event until the store closes the channel, by calling `read(after, limit)` for the events past `after`.
pub fn follow_heads<R, F>(
    heads: watch::Receiver<Option<Position>>,
    after: Option<Position>,
    max: usize,
    read: R,
) -> BoxStream<'static, Result<Batch, ReadError>>
where
    R: Fn(Option<Position>, usize) -> F + Send + 'static,
    F: Future<Output = Result<Vec<StoredEvent>, ReadError>> + Send + 'static,
{
    let follower = Follower { heads, read, after, max: max.clamp(1, MAX_READ), fresh: true, failed: false };
    stream::unfold(follower, |mut follower| async move {
        let next = follower.next().await?;
        follower.failed = next.is_err();
        Some((next, follower))
    })
    .boxed()
}

impl<R, F> Follower<R>
where
    R: Fn(Option<Position>, usize) -> F + Send + 'static,
    F: Future<Output = Result<Vec<StoredEvent>, ReadError>> + Send + 'static,
{
    async fn next(&mut self) -> Option<Result<Batch, ReadError>> {
        if self.failed {
            return None;
        }
        // INVARIANT: the head is marked as seen before the read. An event that is acknowledged during the read makes
        // `changed` ready again, so none is lost; reads go on from the last position, so none is doubled.
        let mut head = *self.heads.borrow_and_update();
        while head <= self.after {
            if std::mem::take(&mut self.fresh) {
                return Some(Ok(Batch { events: Vec::new(), caught_up: true }));
            }
            self.heads.changed().await.ok()?;
            head = *self.heads.borrow_and_update();
        }
        self.fresh = false;
        match (self.read)(self.after, self.max).await {
            Ok(events) => Some(self.took(head, events)),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<R> Follower<R> {
    fn took(&mut self, head: Option<Position>, events: Vec<StoredEvent>) -> Result<Batch, ReadError> {
        let last = events.last().map(|event| event.position);
        if last <= self.after {
            let detail = format!("the log ends before position {}", head.map_or(0, |head| head.0));
            return Err(ReadError::Corrupt { detail });
        }
        self.after = last;
        Ok(Batch { caught_up: last >= head, events })
    }
}

/// The same, event by event.
pub(super) fn one_by_one(
    batches: BoxStream<'static, Result<Batch, ReadError>>,
) -> BoxStream<'static, Result<Followed, ReadError>> {
    batches
        .flat_map(|batch| {
            stream::iter(match batch {
                Ok(batch) => {
                    let caught_up = batch.caught_up.then_some(Ok(Followed::CaughtUp));
                    batch.events.into_iter().map(|event| Ok(Followed::Event(event))).chain(caught_up).collect()
                }
                Err(error) => vec![Err(error)],
            })
        })
        .boxed()
}
