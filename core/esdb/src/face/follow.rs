//! `Streams.Read` as a subscription.
//!
//! First the confirmation, then the events, then once the word that the client has caught up; with a filter also
//! checkpoints, so that a client need not look again at what it does not want. A subscription never ends well: clients
//! take an end without an error for a bug.

use super::{
    call::Face,
    convert::{own_uuid, position, timestamp},
    filter::Filter,
    read::{Ahead, Answers, Asked, answer, event},
    slots::Kind,
    status::{failure, going_away},
};
use crate::{
    engine::{Bound, StreamPage},
    outside::Head,
    refusal::Refusal,
    wire::streams::{ReadResp, read_resp},
};
use async_stream::try_stream;
use read_resp::Content;
use tokio::sync::watch;
use tonic::Status;

/// Follows one stream, from the event behind `after`.
pub(super) async fn stream(face: Face, asked: Asked, name: String, after: Bound) -> Result<Answers, Status> {
    face.let_read(&asked.caller, &name)?;
    let slot = face.slots.take(Kind::Subscription)?;
    let mut head = face.engine.head();
    // Looked at before the answer begins, so that a tombstone is the whole answer.
    let found = face.engine.read_stream(&name, Bound::End, false, 1).await.map_err(|refusal| failure(&refusal))?;
    let mut next = match (after, found) {
        (Bound::Start, _) | (Bound::End, StreamPage::NotFound) => 0,
        (Bound::At(revision), _) => revision.saturating_add(1),
        (Bound::End, StreamPage::Found(page)) => page.last.saturating_add(1),
    };
    let confirmation = confirmation()?;
    Ok(Box::pin(try_stream! {
        let _slot = slot;
        yield confirmation;
        let mut behind = true;
        loop {
            // INVARIANT: the head is marked as seen before the read, so that what comes during it is not missed.
            head.borrow_and_update();
            if face.stop.is_cancelled() {
                Err(going_away())?;
            }
            let more = match face.engine.read_stream(&name, Bound::At(next), false, usize::MAX).await {
                Ok(StreamPage::Found(page)) => {
                    // Events that are too old to be shown are passed by.
                    next = page.next.unwrap_or_else(|| next.max(page.last.saturating_add(1)));
                    for recorded in page.events {
                        yield event(&face, &asked, recorded).await;
                    }
                    page.next.is_some()
                }
                Ok(StreamPage::NotFound) => false,
                Err(refusal) => {
                    if let Some(tombstone) = face.engine.tombstone_of(&name).await {
                        yield event(&face, &asked, tombstone).await;
                    }
                    Err(failure(&refusal))?;
                    break;
                }
            };
            if more {
                continue;
            }
            if std::mem::take(&mut behind) {
                yield answer(Content::CaughtUp(read_resp::CaughtUp {
                    timestamp: Some(timestamp(face.engine.now())),
                    stream_revision: Some(i64::try_from(next).unwrap_or(i64::MAX) - 1),
                    position: None,
                }));
            }
            changed(&face, &mut head).await?;
        }
    }))
}

/// Follows all events from position `next` on.
pub(super) fn all(face: Face, asked: Asked, next: u64, filter: Option<Filter>) -> Result<Answers, Status> {
    let slot = face.slots.take(Kind::Subscription)?;
    let mut head = face.engine.head();
    let confirmation = confirmation()?;
    Ok(Box::pin(try_stream! {
        let _slot = slot;
        yield confirmation;
        let (mut next, mut behind, mut looked_at) = (next, true, 0);
        let mut ahead = begin(&face, &mut head, next);
        loop {
            if face.stop.is_cancelled() {
                Err(going_away())?;
            }
            let page = ahead.page().await?;
            let Some(last) = page.last().map(|event| event.position) else {
                if std::mem::take(&mut behind) {
                    // INVARIANT: a checkpoint is the position of an event that exists; behind it nothing was passed by.
                    let at = next.saturating_sub(1).min(face.engine.head().borrow().last());
                    if filter.is_some() {
                        looked_at = 0;
                        yield checkpoint(&face, at);
                    }
                    yield answer(Content::CaughtUp(read_resp::CaughtUp {
                        timestamp: Some(timestamp(face.engine.now())),
                        stream_revision: None,
                        position: Some(position(at)),
                    }));
                }
                changed(&face, &mut head).await?;
                ahead = begin(&face, &mut head, next);
                continue;
            };
            next = last + 1;
            ahead = begin(&face, &mut head, next);
            for recorded in page {
                let at = recorded.position;
                looked_at += 1;
                if face.guardian.may_read(&asked.caller, &recorded.stream)
                    && filter.as_ref().map_or(Ok(true), |filter| filter.takes(&recorded))?
                {
                    yield event(&face, &asked, recorded).await;
                }
                if filter.as_ref().is_some_and(|filter| looked_at >= filter.checkpoint_every) {
                    looked_at = 0;
                    yield checkpoint(&face, at);
                }
            }
        }
    }))
}

fn begin(face: &Face, head: &mut watch::Receiver<Head>, next: u64) -> Ahead {
    // INVARIANT: the head is marked as seen before the read, so that what comes during it is not missed.
    head.borrow_and_update();
    Ahead::begin(face, next, false, usize::MAX)
}

fn checkpoint(face: &Face, at: u64) -> ReadResp {
    answer(Content::Checkpoint(read_resp::Checkpoint {
        commit_position: at,
        prepare_position: at,
        timestamp: Some(timestamp(face.engine.now())),
    }))
}

fn confirmation() -> Result<ReadResp, Status> {
    Ok(answer(Content::Confirmation(read_resp::Confirmation { subscription_id: own_uuid()?.to_string() })))
}

/// Waits for more to read.
async fn changed(face: &Face, head: &mut watch::Receiver<Head>) -> Result<(), Status> {
    tokio::select! {
        biased;
        () = face.stop.cancelled() => Err(going_away()),
        changed = head.changed() => {
            changed.map_err(|_| failure(&Refusal::Unavailable("the streams of clients are closed".into())))
        }
    }
}
