//! The stored form of an event.
//!
//! A byte 1 (the format), a byte of flags (1: JSON), the id, the revision and the time of recording (8 bytes each), the
//! lengths of the stream's name, the type, the data and the metadata (4 bytes each), and then these four. All numbers
//! are big-endian; the position is the key.

use crate::{record::Recorded, refusal::Refusal};
use bytes::{Buf, Bytes};
use uuid::Uuid;

const FORMAT: u8 = 1;
const JSON: u8 = 1;

/// The stored form of `event`.
pub(super) fn encode(event: &Recorded) -> Vec<u8> {
    let parts = [event.stream.as_bytes(), event.event_type.as_bytes(), &event.data, &event.metadata];
    let mut frame = Vec::with_capacity(50 + parts.iter().map(|part| part.len()).sum::<usize>());
    frame.extend([FORMAT, if event.json { JSON } else { 0 }]);
    frame.extend(event.id.as_bytes());
    frame.extend(event.revision.to_be_bytes());
    frame.extend(event.created.to_be_bytes());
    for part in parts {
        frame.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    }
    for part in parts {
        frame.extend(part);
    }
    frame
}

/// Reads the stored form of the event at `position`.
pub(super) fn decode(position: u64, frame: Bytes) -> Result<Recorded, Refusal> {
    read(position, frame)
        .ok_or_else(|| Refusal::Corrupt(format!("the event of a client at position {position} does not read")))
}

fn read(position: u64, mut frame: Bytes) -> Option<Recorded> {
    let mut rest: &[u8] = &frame;
    let [format, flags] = take(&mut rest)?;
    if format != FORMAT {
        return None;
    }
    let id = Uuid::from_bytes(take(&mut rest)?);
    let revision = u64::from_be_bytes(take(&mut rest)?);
    let created = u64::from_be_bytes(take(&mut rest)?);
    let mut length = || usize::try_from(u32::from_be_bytes(take(&mut rest)?)).ok();
    let lengths = [length()?, length()?, length()?, length()?];
    // Only what is kept counts as a user of the frame: counting costs more than reading.
    frame.advance(frame.len() - rest.len());
    let mut part = |length: usize| (length <= frame.len()).then(|| frame.split_to(length));
    let [stream, event_type, data, metadata] = lengths.map(&mut part);
    Some(Recorded {
        id,
        stream: stream?.try_into().ok()?,
        revision,
        position,
        event_type: event_type?.try_into().ok()?,
        json: flags & JSON != 0,
        created,
        data: data?,
        metadata: metadata?,
    })
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}
