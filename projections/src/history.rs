//! 全过程记录: every event of a matter, as it stands in the log.

use siyi_domain::ids::ConsultationId;
use siyi_log::envelope::{DomainEvent, Recorded, Subject};
use siyi_log::port::{Position, Revision, StoredEvent};

use crate::model::{ReadModel, Surroundings};
use crate::shelf::{Shelf, ShelfError, Writes};

/// The model.
#[derive(Debug)]
pub struct History;

/// A row is the position (8 bytes, big-endian) and the event's stored bytes.
fn key(id: ConsultationId, revision: u64) -> Vec<u8> {
    [b"c".as_slice(), id.0.as_bytes(), &revision.to_be_bytes()].concat()
}

impl ReadModel for History {
    const NAME: &'static str = "history";
    const VERSION: u32 = 1;

    fn wants(event_type: &str) -> bool {
        siyi_domain::consultation::ConsultationEvent::WIRE_NAMES.contains(&event_type)
    }

    fn apply(events: &[Recorded], _: &Surroundings, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
        for recorded in events {
            if let DomainEvent::Consultation(id, _) = &recorded.event {
                let row = [&recorded.position.0.to_be_bytes(), recorded.body.as_ref()].concat();
                writes.put_bytes(key(*id, recorded.envelope.revision), row);
            }
        }
        Ok(())
    }
}

/// The events of a matter in order, from `from` on, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn events(shelf: &Shelf, id: ConsultationId, from: Revision, limit: usize) -> Result<Vec<Recorded>, ShelfError> {
    let Ok(stream) = Subject::Consultation(id).stream() else { return Ok(Vec::new()) };
    let mut events = Vec::new();
    for row in shelf.range(key(id, from.0)..=key(id, u64::MAX)).take(limit) {
        let (key, value) = row?;
        let (position, body) = value.split_at_checked(8).ok_or(ShelfError::Unopenable)?;
        let position = position.try_into().map_or(0, u64::from_be_bytes);
        let revision = key.get(17..).and_then(|tail| tail.try_into().ok()).map_or(0, u64::from_be_bytes);
        let Some(event_type) = event_type(body) else { return Err(ShelfError::Unopenable) };
        let stored = StoredEvent {
            id: uuid::Uuid::nil(),
            stream: stream.clone(),
            revision: Revision(revision),
            position: Position(position),
            event_type,
            body: body.to_vec().into(),
        };
        events.extend(Recorded::read(&stored).map_err(|_| ShelfError::Unopenable)?);
    }
    Ok(events)
}

fn event_type(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        #[serde(rename = "type")]
        event_type: String,
    }
    serde_json::from_slice::<Named>(body).ok().map(|named| named.event_type)
}
