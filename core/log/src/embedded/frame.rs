//! The bytes of one event in the `events` keyspace.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | the first bytes of SHA-256 over the position (u64 big-endian) and all that follows |
//! | 1 | the layout, 1 |
//! | 16 | event id |
//! | 8 | revision, u64 big-endian |
//! | 1 + n | stream name behind its length |
//! | 1 + n | wire name behind its length |
//! | the rest | body |
//!
//! The position is the key, so it is not repeated; it is part of the checksum, so that no frame can stand in another's
//! place.

use crate::port::{NewEvent, Position, ReadError, Revision, StoredEvent, StreamName};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const LAYOUT: u8 = 1;
const CHECKSUM_BYTES: usize = 8;
/// Everything but the two names and the body.
pub(super) const FIXED_BYTES: usize = CHECKSUM_BYTES + 1 + 16 + 8 + 1 + 1;

/// The frame of an event.
pub(super) fn encode(event: &NewEvent, stream: &StreamName, revision: Revision, position: Position) -> Vec<u8> {
    let stream = stream.as_str();
    let mut frame = Vec::with_capacity(FIXED_BYTES + stream.len() + event.event_type().len() + event.body().len());
    frame.extend([0; CHECKSUM_BYTES]);
    frame.push(LAYOUT);
    frame.extend(event.id().as_bytes());
    frame.extend(revision.0.to_be_bytes());
    put_name(&mut frame, stream);
    put_name(&mut frame, event.event_type());
    frame.extend_from_slice(event.body());
    if let Some((place, content)) = frame.split_first_chunk_mut() {
        *place = checksum(position, content);
    }
    frame
}

/// INVARIANT: stream names (200 bytes) and wire names (100 bytes) are shorter than 256 bytes.
fn put_name(frame: &mut Vec<u8>, name: &str) {
    frame.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    frame.extend(name.as_bytes());
}

fn checksum(position: Position, content: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let hash = Sha256::new().chain_update(position.0.to_be_bytes()).chain_update(content).finalize();
    hash.first_chunk().copied().unwrap_or_default()
}

/// The event of a frame.
pub(super) fn decode(position: Position, frame: &[u8]) -> Result<StoredEvent, ReadError> {
    let damaged = |what: &str| ReadError::Corrupt { detail: format!("the event at position {position} {what}") };
    let (found, content) =
        frame.split_first_chunk::<CHECKSUM_BYTES>().ok_or_else(|| damaged("is shorter than its checksum"))?;
    if *found != checksum(position, content) {
        return Err(damaged("does not match its checksum"));
    }
    match content.split_first() {
        Some((&LAYOUT, fields)) => event(position, fields).ok_or_else(|| damaged("has fields that do not read")),
        _ => Err(damaged("has an unknown layout")),
    }
}

fn event(position: Position, fields: &[u8]) -> Option<StoredEvent> {
    let (id, fields) = fields.split_first_chunk::<16>()?;
    let (revision, fields) = fields.split_first_chunk::<8>()?;
    let (stream, fields) = take_name(fields)?;
    let (event_type, body) = take_name(fields)?;
    Some(StoredEvent {
        id: Uuid::from_bytes(*id),
        stream: StreamName::new(stream).ok()?,
        revision: Revision(u64::from_be_bytes(*revision)),
        position,
        event_type: event_type.into(),
        body: Bytes::copy_from_slice(body),
    })
}

fn take_name(fields: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = fields.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((std::str::from_utf8(name).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use crate::port::{
        MAX_EVENT_BYTES, MAX_STREAM_NAME_BYTES, MAX_TYPE_BYTES, NewEvent, Position, Revision, StreamName,
    };
    use serde_json::json;
    use uuid::Uuid;

    fn longest() -> (NewEvent, StreamName) {
        let body = json!("x".repeat(MAX_EVENT_BYTES - 2));
        let event = NewEvent::new(Uuid::from_u128(7), "t".repeat(MAX_TYPE_BYTES), &body).unwrap();
        (event, StreamName::new("s".repeat(MAX_STREAM_NAME_BYTES)).unwrap())
    }

    #[test]
    fn a_frame_holds_the_longest_event() {
        let (event, stream) = longest();
        let frame = encode(&event, &stream, Revision(3), Position(9));
        let stored = event.stored(stream, Revision(3), Position(9));
        assert_eq!(decode(Position(9), &frame).unwrap(), stored);
    }

    #[test]
    fn each_changed_byte_is_noticed() {
        let event = NewEvent::new(Uuid::from_u128(7), "opened.v1", &json!({"a": 1})).unwrap();
        let frame = encode(&event, &StreamName::new("s").unwrap(), Revision(0), Position(0));
        for index in 0..frame.len() {
            let mut damaged = frame.clone();
            damaged[index] ^= 1;
            assert!(decode(Position(0), &damaged).is_err(), "byte {index}");
        }
    }

    #[test]
    fn a_frame_in_the_wrong_place_is_noticed() {
        let (event, stream) = longest();
        let frame = encode(&event, &stream, Revision(3), Position(9));
        assert!(decode(Position(8), &frame).is_err());
    }

    #[test]
    fn a_cut_frame_is_noticed() {
        let (event, stream) = longest();
        let frame = encode(&event, &stream, Revision(3), Position(9));
        for length in [0, 7, 8, 9, 40, frame.len() - 1] {
            assert!(decode(Position(9), &frame[..length]).is_err(), "{length} bytes");
        }
    }
}
