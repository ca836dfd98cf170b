//! Copying a whole log from one store to another, such as from the folder of one machine to a cluster.
//!
//! The copy keeps the order of all events, their ids, streams, revisions, types and bytes; positions are each store's
//! own. It may be broken off and begun again: it goes on behind the newest event of the target. At the end every event
//! is compared, also those of an earlier run. What is appended to the source meanwhile is left for the next run.

use futures::try_join;
use siyi_log::port::{
    AllFrom, AppendError, Direction, EventRefused, EventStore, Expected, MAX_APPEND_EVENTS, MAX_READ, NewEvent,
    Position, ReadError, Revision, StoredEvent,
};

/// Events in a page.
const PAGE: usize = 1000;

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many events were copied in this run.
    Copied(u64),
    /// So many events were compared.
    Compared(u64),
}

/// What a copy has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Events that this run copied.
    pub copied: u64,
    /// Events that were compared, which is all of them.
    pub compared: u64,
}

/// Why a copy ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The source does not answer.
    #[error("the source cannot be read: {0}")]
    Source(ReadError),
    /// The target does not answer.
    #[error("the target cannot be read: {0}")]
    Target(ReadError),
    /// The target refused an event.
    #[error("the event `{id}` of the source was refused: {error}")]
    Refused {
        /// The event.
        id: uuid::Uuid,
        /// Why.
        error: AppendError,
    },
    /// An event of the source is none that could be appended anew.
    #[error("the event `{id}` of the source cannot be copied: {error}")]
    Unfit {
        /// The event.
        id: uuid::Uuid,
        /// Why.
        error: EventRefused,
    },
    /// The target holds something else.
    #[error("the target differs from the source at its event number {number}: {what}")]
    Differs {
        /// Which event of the target, counted from 1.
        number: u64,
        /// In what.
        what: &'static str,
    },
}

/// Copies everything that `source` holds now to `target`, and compares it.
///
/// # Errors
/// [`CopyError`]. Behind [`CopyError::Source`], [`CopyError::Target`] and a refusal that says that the store is
/// unavailable, the same call may be made again.
pub async fn copy(
    source: &dyn EventStore,
    target: &dyn EventStore,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Copied, CopyError> {
    let Some(end) = source.head().await.map_err(CopyError::Source)? else {
        return compare(source, target, None, &mut progress).await.map(|compared| Copied { copied: 0, compared });
    };
    let mut after = resume(source, target).await?;
    let mut copied = 0;
    while after.is_none_or(|after| after < end) {
        let from = after.map_or(AllFrom::Start, AllFrom::After);
        let mut page = source.read_all(from, Direction::Forwards, PAGE).await.map_err(CopyError::Source)?;
        page.retain(|event| event.position <= end);
        let Some(last) = page.last() else { break };
        after = Some(last.position);
        for group in page.chunk_by(|one, next| one.stream == next.stream) {
            for part in group.chunks(MAX_APPEND_EVENTS) {
                append(target, part).await?;
                copied += part.len() as u64;
                progress(Progress::Copied(copied));
            }
        }
    }
    let compared = compare(source, target, Some(end), &mut progress).await?;
    Ok(Copied { copied, compared })
}

/// Behind which event of the source the copy goes on.
async fn resume(source: &dyn EventStore, target: &dyn EventStore) -> Result<Option<Position>, CopyError> {
    let newest = target.read_all(AllFrom::End, Direction::Backwards, 1).await.map_err(CopyError::Target)?;
    let Some(newest) = newest.first() else { return Ok(None) };
    match source.find(newest.id).await.map_err(CopyError::Source)? {
        Some(event) => Ok(Some(event.position)),
        None => Err(CopyError::Differs { number: 0, what: "its newest event is not in the source" }),
    }
}

/// Appends events that stand one behind the other in one stream.
async fn append(target: &dyn EventStore, events: &[StoredEvent]) -> Result<(), CopyError> {
    let Some(first) = events.first() else { return Ok(()) };
    let expected = match first.revision.0.checked_sub(1) {
        Some(before) => Expected::Exact(Revision(before)),
        None => Expected::NoStream,
    };
    let new = |event: &StoredEvent| {
        NewEvent::from_canonical(event.id, event.event_type.clone(), event.body.clone())
            .map_err(|error| CopyError::Unfit { id: event.id, error })
    };
    let new = events.iter().map(new).collect::<Result<Vec<_>, _>>()?;
    let appended = target.append(&first.stream, expected, new).await;
    appended.map(drop).map_err(|error| CopyError::Refused { id: first.id, error })
}

async fn compare(
    source: &dyn EventStore,
    target: &dyn EventStore,
    end: Option<Position>,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<u64, CopyError> {
    let (mut source_after, mut target_after) = (None, None);
    let mut compared = 0;
    loop {
        let from = |after: Option<Position>| after.map_or(AllFrom::Start, AllFrom::After);
        let (mut wanted, found) = try_join!(
            async { source.read_all(from(source_after), Direction::Forwards, PAGE).await.map_err(CopyError::Source) },
            async {
                target
                    .read_all(from(target_after), Direction::Forwards, MAX_READ.min(PAGE))
                    .await
                    .map_err(CopyError::Target)
            },
        )?;
        wanted.retain(|event| Some(event.position) <= end);
        if wanted.is_empty() && found.is_empty() {
            return Ok(compared);
        }
        let pairs = wanted.iter().zip(&found);
        for (wanted, found) in pairs {
            compared += 1;
            if let Some(what) = difference(wanted, found) {
                return Err(CopyError::Differs { number: compared, what });
            }
            (source_after, target_after) = (Some(wanted.position), Some(found.position));
        }
        if wanted.is_empty() || found.is_empty() {
            let what = if found.is_empty() { "it ends there" } else { "it holds more than the source" };
            return Err(CopyError::Differs { number: compared + 1, what });
        }
        progress(Progress::Compared(compared));
    }
}

fn difference(wanted: &StoredEvent, found: &StoredEvent) -> Option<&'static str> {
    if wanted.id != found.id {
        Some("the id")
    } else if wanted.stream != found.stream {
        Some("the stream")
    } else if wanted.revision != found.revision {
        Some("the revision")
    } else if wanted.event_type != found.event_type {
        Some("the type")
    } else if wanted.body != found.body {
        Some("the bytes")
    } else {
        None
    }
}
