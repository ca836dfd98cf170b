//! The streams that a group keeps for itself: its checkpoint, and the events that it parked.

use super::{
    book::{Item, Place},
    settings::GroupId,
};
use crate::{
    engine::{Bound, Engine, StreamPage},
    face::own_uuid,
    names,
    outside::Write,
    record::{Expected, Proposed},
    refusal::Refusal,
};
use serde_json::{Value, json};

/// The most events that one replay takes.
pub(super) const MAX_REPLAY: usize = 5_000;

/// Parks an event: writes a link to it.
pub(super) async fn park(engine: &Engine, group: &GroupId, item: &Item, reason: &str) -> Result<(), Refusal> {
    let parked = match item.place {
        // What was parked before is a link already; the new one leads to the event itself.
        Place::Parked(_) => item.event.as_ref().or(item.link.as_ref()),
        Place::Source(_) => item.original(),
    };
    let Some(parked) = parked else { return Ok(()) };
    let at = match item.place {
        Place::Source(at) | Place::Parked(at) => at,
    };
    let metadata = json!({"added": engine.now() / 10_000, "reason": reason, "subscriptionEventNumber": at});
    let link = format!("{}@{}", parked.revision, parked.stream);
    write(engine, group.own_stream("parked"), "$>", link.into_bytes(), metadata.to_string().into_bytes()).await
}

/// The events parked at revision `from` and behind it, at most `limit`, and where the stream is read on.
pub(super) async fn parked(
    engine: &Engine,
    group: &GroupId,
    from: u64,
    limit: usize,
) -> Result<(Vec<Item>, u64), Refusal> {
    let stream = group.own_stream("parked");
    let (mut items, mut next) = (Vec::new(), from);
    while items.len() < limit {
        let page = engine.read_stream(&stream, Bound::At(next), false, limit - items.len()).await?;
        let StreamPage::Found(page) = page else { break };
        let more = page.next.is_some();
        for link in page.events {
            next = link.revision + 1;
            let place = Place::Parked(link.revision);
            let event = target(engine, &link.data).await?;
            items.push(Item { event, link: Some(link), place, retries: 0 });
        }
        if !more {
            break;
        }
    }
    Ok((items, next))
}

pub(super) async fn target(engine: &Engine, link: &[u8]) -> Result<Option<crate::record::Recorded>, Refusal> {
    let Some((revision, stream)) = std::str::from_utf8(link).ok().and_then(|link| link.split_once('@')) else {
        return Ok(None);
    };
    let Ok(revision) = revision.parse() else { return Ok(None) };
    match engine.read_stream(stream, Bound::At(revision), false, 1).await {
        Ok(StreamPage::Found(page)) => Ok(page.events.into_iter().next().filter(|event| event.revision == revision)),
        Ok(StreamPage::NotFound) | Err(Refusal::Deleted { .. }) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// The first revision of the parked events that is shown, and the one behind the last.
pub(super) async fn window(engine: &Engine, group: &GroupId) -> Result<(u64, u64), Refusal> {
    match engine.read_stream(&group.own_stream("parked"), Bound::End, false, 1).await? {
        StreamPage::Found(page) => Ok((page.first, page.last + 1)),
        StreamPage::NotFound => Ok((0, 0)),
    }
}

/// Forgets the parked events before `revision`.
pub(super) async fn truncate(engine: &Engine, group: &GroupId, revision: u64) -> Result<(), Refusal> {
    let stream = names::metadata_of(&group.own_stream("parked"));
    write(engine, stream, "$metadata", json!({"$tb": revision}).to_string().into_bytes(), Vec::new()).await
}

/// Keeps that everything before `next` is finished.
pub(super) async fn keep_checkpoint(engine: &Engine, group: &GroupId, next: u64) -> Result<(), Refusal> {
    let Some(at) = next.checked_sub(1) else { return Ok(()) };
    let data = match group.stream {
        Some(_) => json!(at.to_string()),
        None => json!(format!("C:{at}/P:{at}")),
    };
    write(engine, group.own_stream("checkpoint"), "$SubscriptionCheckpoint", data.to_string().into_bytes(), Vec::new())
        .await
}

/// Where the group goes on; none before its first checkpoint.
pub(super) async fn checkpoint(engine: &Engine, group: &GroupId) -> Result<Option<u64>, Refusal> {
    let page = engine.read_stream(&group.own_stream("checkpoint"), Bound::End, true, 1).await?;
    let StreamPage::Found(page) = page else { return Ok(None) };
    let Some(event) = page.events.first() else { return Ok(None) };
    let Ok(Value::String(text)) = serde_json::from_slice(&event.data) else {
        return Err(Refusal::Corrupt("the checkpoint of a persistent subscription does not read".into()));
    };
    let number = text.strip_prefix("C:").and_then(|text| text.split_once('/')).map_or(text.as_str(), |(at, _)| at);
    Ok(number.parse::<u64>().ok().map(|at| at.saturating_add(1)))
}

/// Deletes what the group kept.
pub(super) async fn clear(engine: &Engine, group: &GroupId) -> Result<(), Refusal> {
    for what in ["checkpoint", "parked"] {
        match engine.delete(group.own_stream(what), Expected::Any).await {
            // There was nothing to delete.
            Ok(_) | Err(Refusal::WrongVersion { .. }) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

pub(super) async fn write(
    engine: &Engine,
    stream: String,
    event_type: &str,
    data: Vec<u8>,
    metadata: Vec<u8>,
) -> Result<(), Refusal> {
    let id = own_uuid().map_err(|status| Refusal::Unavailable(status.message().into()))?;
    let event = Proposed {
        id,
        event_type: event_type.into(),
        json: event_type != "$>",
        data: data.into(),
        metadata: metadata.into(),
    };
    engine.append(Write { stream, expected: Expected::Any, events: vec![event] }).await.map(drop)
}
