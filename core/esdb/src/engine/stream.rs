//! Reading one stream.

use super::{Engine, PAGE_BYTES, STREAM_PAGE, from_log};
use crate::{
    names,
    record::{DELETED, Recorded},
    refusal::Refusal,
};
use siyi_log::port::{Direction, ReadFrom, Revision, StreamName};
use std::sync::Arc;

/// Where a read begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Before the first event.
    Start,
    /// Behind the last event.
    End,
    /// At this revision or position.
    At(u64),
}

/// A part of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The events, in the direction of reading.
    pub events: Vec<Recorded>,
    /// The revision of the first event that is shown, or would be.
    pub first: u64,
    /// The revision of the last event.
    pub last: u64,
    /// Where the next page begins; none where there is nothing more to read.
    pub next: Option<u64>,
}

/// What a read of a stream finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamPage {
    /// The stream never had an event, or is deleted softly.
    NotFound,
    /// The stream, or a part of it.
    Found(Page),
}

impl Engine {
    /// At most `limit` (cut to [`STREAM_PAGE`]) of the events of a stream, and about a MiB.
    ///
    /// # Errors
    /// [`Refusal::Deleted`] where the stream, or the one that it describes, has a tombstone.
    pub async fn read_stream(
        &self,
        stream: &str,
        from: Bound,
        backwards: bool,
        limit: usize,
    ) -> Result<StreamPage, Refusal> {
        let limit = limit.min(STREAM_PAGE);
        match names::in_log(stream) {
            Some(stream) => self.read_log(&stream, from, backwards, limit).await,
            None => self.read_outside(stream.to_owned(), from, backwards, limit).await,
        }
    }

    /// The event that deleted a stream for good.
    pub(crate) async fn tombstone_of(&self, stream: &str) -> Option<Recorded> {
        let (outside, stream) = (Arc::clone(&self.outside), stream.to_owned());
        let read = move || outside.tables().event_of(&stream, DELETED);
        tokio::task::spawn_blocking(read).await.ok()?.ok()?
    }

    async fn read_outside(
        &self,
        stream: String,
        from: Bound,
        backwards: bool,
        limit: usize,
    ) -> Result<StreamPage, Refusal> {
        let (outside, now) = (Arc::clone(&self.outside), self.now());
        let read = move || {
            let head = outside.head().borrow().client;
            let tables = outside.tables();
            let state = tables.state(&stream, head)?;
            let described = names::described_by(&stream);
            let tombstoned = match described {
                Some(described) => state.tombstoned || tables.state(described, head)?.tombstoned,
                None => state.tombstoned,
            };
            if tombstoned {
                return Err(Refusal::Deleted { stream });
            }
            let Some(last) = state.last.filter(|_| !state.deleted_softly()) else { return Ok(StreamPage::NotFound) };
            let first = state.first_shown(last);
            let window = if backwards {
                let top = match from {
                    Bound::End => last,
                    Bound::At(revision) => revision.min(last),
                    Bound::Start => first,
                };
                first..=top
            } else {
                match from {
                    Bound::Start => first..=last,
                    Bound::At(revision) => revision.max(first)..=last,
                    Bound::End => last.saturating_add(1)..=last,
                }
            };
            let mut events = tables.stream(&stream, window.clone(), backwards, (limit, PAGE_BYTES, head))?;
            let next = next_page(&events, window.into_inner(), backwards);
            let earliest = state.metadata.as_ref().map_or(0, |metadata| metadata.earliest_shown(now));
            events.retain(|event| event.created >= earliest);
            Ok(StreamPage::Found(Page { events, first, last, next }))
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| Refusal::Unavailable(error.to_string()))?
    }

    async fn read_log(
        &self,
        stream: &StreamName,
        from: Bound,
        backwards: bool,
        limit: usize,
    ) -> Result<StreamPage, Refusal> {
        let newest = self.log.read_stream(stream, ReadFrom::End, Direction::Backwards, 1).await?;
        let Some(last) = newest.first().map(|event| event.revision.0) else { return Ok(StreamPage::NotFound) };
        let direction = if backwards { Direction::Backwards } else { Direction::Forwards };
        let start = match from {
            // The protocol reads the first event when it reads backwards from the start.
            Bound::Start if backwards => ReadFrom::Revision(Revision(0)),
            Bound::Start => ReadFrom::Start,
            Bound::End => ReadFrom::End,
            Bound::At(revision) => ReadFrom::Revision(Revision(revision.min(DELETED))),
        };
        let events = self.log.read_stream(stream, start, direction, limit).await?;
        let events = events.into_iter().map(from_log).collect::<Result<Vec<_>, _>>()?;
        let next = next_page(&events, (0, last), backwards);
        Ok(StreamPage::Found(Page { events, first: 0, last, next }))
    }
}

/// Where reading goes on behind `events`, within the window.
fn next_page(events: &[Recorded], (first, last): (u64, u64), backwards: bool) -> Option<u64> {
    let at = events.last()?.revision;
    if backwards { at.checked_sub(1).filter(|next| *next >= first) } else { Some(at + 1).filter(|next| *next <= last) }
}
