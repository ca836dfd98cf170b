//! Between the events of the port and those of the client.

use kurrentdb::{Error, EventData, RecordedEvent};
use siyi_log::port::{NewEvent, Position, ReadError, Revision, StoredEvent, StreamName};

pub(super) fn wire_event(event: &NewEvent) -> EventData {
    // The client makes JSON only from values, and the bytes have to stay as they are; so they are declared afterwards.
    let raw: Result<&serde_json::value::RawValue, _> = serde_json::from_slice(event.body());
    let data = match raw.and_then(|raw| EventData::json(event.event_type(), &raw)) {
        Ok(data) => data,
        // A body is canonical JSON, so this does not happen; as bytes it would be the same event.
        Err(_) => EventData::binary(event.event_type(), event.body().clone()),
    };
    data.id(event.id())
}

/// The event as the log holds it.
pub(super) fn stored(event: &RecordedEvent) -> Result<StoredEvent, ReadError> {
    let foreign = |reason: String| ReadError::Corrupt {
        detail: format!(
            "revision {} of the stream {} is no event of a log: {reason}",
            event.revision,
            event.stream_id()
        ),
    };
    if event.event_type.starts_with('$') {
        return Err(foreign(format!("it is of the server's own type `{}`", event.event_type)));
    }
    let stream = StreamName::new(event.stream_id()).map_err(|error| foreign(error.to_string()))?;
    let checked = NewEvent::from_canonical(event.id, event.event_type.clone(), event.data.clone());
    let checked = checked.map_err(|error| foreign(error.to_string()))?;
    Ok(StoredEvent {
        id: event.id,
        stream,
        revision: Revision(event.revision),
        position: Position(event.position.commit),
        event_type: checked.event_type().into(),
        body: checked.body().clone(),
    })
}

/// What an error of the client means to a caller.
pub(super) fn read_error(error: &Error) -> ReadError {
    let text = error.to_string();
    let damaged = match error {
        // A stream of the log is never deleted.
        Error::ResourceDeleted => true,
        // The client tells the loss of data by the words of its status only.
        Error::ServerError(text) => text.contains("data loss"),
        _ => false,
    };
    if damaged { ReadError::Corrupt { detail: text } } else { ReadError::Unavailable { reason: text } }
}
