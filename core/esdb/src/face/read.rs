//! `Streams.Read` with an end.

use super::{
    call::Face,
    convert::{UuidAs, identifier},
    filter::Filter,
    slots::Kind,
    status::failure,
    told::RecordedEvent,
};
use crate::{
    engine::{Bound, Page, StreamPage},
    guardian::Caller,
    record::Recorded,
    refusal::Refusal,
    wire::streams::{ReadResp, read_resp},
};
use async_stream::try_stream;
use futures::{Stream, stream::BoxStream};
use std::sync::Arc;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;

pub(super) type Answers = BoxStream<'static, Result<ReadResp, Status>>;

/// What a client asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) caller: Caller,
    pub(super) ids: UuidAs,
    pub(super) resolve_links: bool,
    pub(super) backwards: bool,
    /// Newer clients want to hear where the stream begins and ends.
    pub(super) wants_ends: bool,
}

pub(super) fn answer(content: read_resp::Content) -> ReadResp {
    ReadResp { content: Some(content) }
}

fn is_link(event: &Recorded) -> bool {
    event.event_type == "$>"
}

async fn pointed_to(face: &Face, caller: &Caller, link: &Recorded) -> Option<Recorded> {
    let (revision, stream) = std::str::from_utf8(&link.data).ok()?.split_once('@')?;
    let revision = revision.parse().ok()?;
    if !face.guardian.may_read(caller, stream) {
        return None;
    }
    match face.engine.read_stream(stream, Bound::At(revision), false, 1).await.ok()? {
        StreamPage::Found(page) => page.events.into_iter().next().filter(|event| event.revision == revision),
        StreamPage::NotFound => None,
    }
}

/// The event; where links are resolved, what it points to and itself.
pub(super) async fn event(face: &Face, asked: &Asked, event: Recorded) -> ReadResp {
    use read_resp::{Content, ReadEvent, read_event};
    let position = Some(read_event::Position::CommitPosition(event.position));
    let write = |event| RecordedEvent::new(event, asked.ids);
    // Hardly an event is a link, and no other has anything to wait for.
    let (event, link) = if asked.resolve_links && is_link(&event) {
        (pointed_to(face, &asked.caller, &event).await.map(write), Some(write(event)))
    } else {
        (Some(write(event)), None)
    };
    answer(Content::Event(ReadEvent { event, link, position }))
}

pub(super) async fn stream(face: Face, asked: Asked, name: String, from: Bound, count: u64) -> Result<Answers, Status> {
    use read_resp::{Content, StreamNotFound};
    face.let_read(&asked.caller, &name)?;
    let slot = face.slots.take(Kind::Read)?;
    // The first page is read before the answer begins, so that an error is the whole answer.
    let first = face.engine.read_stream(&name, from, asked.backwards, at_most(count)).await;
    let first = match first.map_err(|refusal| failure(&refusal))? {
        StreamPage::Found(page) => page,
        StreamPage::NotFound => {
            let not_found = StreamNotFound { stream_identifier: Some(identifier(&name)) };
            let answers = futures::stream::iter([Ok(answer(Content::StreamNotFound(not_found)))]);
            return Ok(Box::pin(answers));
        }
    };
    Ok(Box::pin(try_stream! {
        let _slot = slot;
        let (begin, last) = (first.first, first.last);
        let (mut left, mut some) = (count, false);
        let mut next_page = Some(first);
        while let Some(Page { events, next, .. }) = next_page.take() {
            for recorded in events {
                if left == 0 {
                    break;
                }
                left -= 1;
                some = true;
                yield event(&face, &asked, recorded).await;
            }
            if let Some(next) = next.filter(|_| left > 0) {
                let page = face.engine.read_stream(&name, Bound::At(next), asked.backwards, at_most(left)).await;
                if let StreamPage::Found(page) = page.map_err(|refusal| failure(&refusal))? {
                    next_page = Some(page);
                }
            }
        }
        if asked.wants_ends {
            if !some && from != Bound::At(begin) {
                yield answer(Content::FirstStreamPosition(begin));
            }
            yield answer(Content::LastStreamPosition(last));
        }
    }))
}

/// A page of all events that is being read while another is sent: a reader holds two, each of about a MiB at most.
pub(super) struct Ahead(AbortOnDropHandle<Result<Vec<Recorded>, Refusal>>);

impl Ahead {
    /// Begins to read: forwards those at `from` and behind it, backwards those before it.
    pub(super) fn begin(face: &Face, from: u64, backwards: bool, size: usize) -> Self {
        let engine = Arc::clone(&face.engine);
        // Not where it is sent from: there it would begin only once that pauses.
        Self(AbortOnDropHandle::new(face.home.spawn(async move {
            if backwards {
                engine.read_all_backwards(from, size).await
            } else {
                engine.read_all_forwards(from, size).await
            }
        })))
    }

    pub(super) async fn page(self) -> Result<Vec<Recorded>, Status> {
        let read = self.0.await.unwrap_or_else(|error| Err(Refusal::Unavailable(error.to_string())));
        read.map_err(|refusal| failure(&refusal))
    }
}

/// Reads all events: forwards those at `from` and behind it, backwards those before it.
pub(super) fn all(
    face: Face,
    asked: Asked,
    from: u64,
    filter: Option<Filter>,
    count: u64,
) -> Result<impl Stream<Item = Result<ReadResp, Status>> + Send + 'static, Status> {
    let slot = face.slots.take(Kind::Read)?;
    Ok(try_stream! {
        let _slot = slot;
        // What is appended during the read is no part of it.
        let end = face.engine.head().borrow().last();
        let mut left = count;
        let begin = |at, left| {
            let size = if filter.is_some() { usize::MAX } else { at_most(left) };
            Ahead::begin(&face, at, asked.backwards, size)
        };
        let mut ahead = (left > 0).then(|| begin(from, left));
        while let Some(reading) = ahead.take() {
            let page = reading.page().await?;
            let Some(last) = page.last().map(|event| event.position) else { break };
            let at = if asked.backwards { last } else { last + 1 };
            let rest = left.saturating_sub(page.len() as u64);
            if rest > 0 {
                ahead = Some(begin(at, rest));
            }
            for recorded in page {
                if left == 0 || recorded.position > end {
                    left = 0;
                    break;
                }
                if face.guardian.may_read(&asked.caller, &recorded.stream)
                    && filter.as_ref().map_or(Ok(true), |filter| filter.takes(&recorded))?
                {
                    left -= 1;
                    yield event(&face, &asked, recorded).await;
                }
            }
            if left == 0 {
                break;
            }
            // Of the page not every event was sent, so its number was not enough.
            ahead = ahead.or_else(|| Some(begin(at, left)));
        }
    })
}

/// The size of a page is the engine's to cut.
fn at_most(left: u64) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX)
}
