//! An event as it is told to clients: written once, straight from what is stored.

use super::convert::{BYTES, JSON, UuidAs};
use crate::record::Recorded;
use ::bytes::{Buf, BufMut, Bytes};
use prost::{
    DecodeError, Message,
    encoding::{self, DecodeContext, WireType, bytes, message, uint64},
};

/// `RecordedEvent` of the wire format (`proto/shared.proto`), in its place among the generated messages.
///
/// A generated message asks each part of its parts for its length at every level it is nested in, and a read is nothing but
/// such messages. Here the short fields are encoded when it is made, and the long ones are the store's own bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecordedEvent {
    /// The fields 1 to 6, as they go over the wire.
    short: Vec<u8>,
    /// Field 7.
    metadata: Bytes,
    /// Field 8.
    data: Bytes,
}

impl RecordedEvent {
    pub(crate) fn new(event: Recorded, ids: UuidAs) -> Self {
        /// Bytes of all but the two names, with room to spare.
        const ENOUGH: usize = 192;
        let mut short = Vec::with_capacity(ENOUGH + event.stream.len() + event.event_type.len());
        message::encode(1, &ids.write(event.id), &mut short);
        parts(2, &[(3, event.stream.as_bytes())], &mut short);
        for (number, value) in [(3, event.revision), (4, event.position), (5, event.position)] {
            // As everywhere in proto3, what is not there is 0.
            if value != 0 {
                uint64::encode(number, &value, &mut short);
            }
        }
        let created = event.created.to_string();
        let content = if event.json { JSON } else { BYTES };
        for (key, value) in [
            ("type", event.event_type.as_bytes().as_ref()),
            ("created", created.as_bytes()),
            ("content-type", content.as_bytes()),
        ] {
            parts(6, &[(1, key.as_bytes()), (2, value)], &mut short);
        }
        Self { short, metadata: event.metadata, data: event.data }
    }

    fn long(&self) -> impl Iterator<Item = (u32, &Bytes)> {
        [(7, &self.metadata), (8, &self.data)].into_iter().filter(|(_, value)| !value.is_empty())
    }
}

/// Writes a message of nothing but bytes.
fn parts(number: u32, parts: &[(u32, &[u8])], into: &mut Vec<u8>) {
    let length = |(number, value): &(u32, &[u8])| {
        encoding::key_len(*number) + encoding::encoded_len_varint(value.len() as u64) + value.len()
    };
    let begin = |number, length: usize, into: &mut Vec<u8>| {
        encoding::encode_key(number, WireType::LengthDelimited, into);
        encoding::encode_varint(length as u64, into);
    };
    begin(number, parts.iter().map(length).sum(), into);
    for (number, value) in parts {
        begin(*number, value.len(), into);
        into.extend_from_slice(value);
    }
}

impl Message for RecordedEvent {
    fn encode_raw(&self, into: &mut impl BufMut) {
        into.put_slice(&self.short);
        for (number, value) in self.long() {
            bytes::encode(number, value, into);
        }
    }

    fn encoded_len(&self) -> usize {
        self.short.len() + self.long().map(|(number, value)| bytes::encoded_len(number, value)).sum::<usize>()
    }

    fn merge_field(
        &mut self,
        number: u32,
        kind: WireType,
        from: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match (number, kind) {
            (7, _) => bytes::merge(kind, &mut self.metadata, from, context),
            (8, _) => bytes::merge(kind, &mut self.data, from, context),
            (_, WireType::Varint) => {
                uint64::encode(number, &encoding::decode_varint(from)?, &mut self.short);
                Ok(())
            }
            (_, WireType::LengthDelimited) => {
                let mut value = Bytes::new();
                bytes::merge(kind, &mut value, from, context)?;
                bytes::encode(number, &value, &mut self.short);
                Ok(())
            }
            _ => encoding::skip_field(kind, number, from, context),
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::streams::{ReadResp, read_resp};
    use uuid::Uuid;

    fn event() -> Recorded {
        Recorded {
            id: Uuid::from_u128(0xfedc_ba98_7654_4321_8000_0000_0000_0001),
            stream: "orders-1".into(),
            revision: 0,
            position: 300,
            event_type: "Placed".into(),
            json: true,
            created: 17_000_000,
            data: Bytes::from_static(b"{}"),
            metadata: Bytes::new(),
        }
    }

    #[test]
    fn an_event_is_written_as_the_wire_format_says() {
        let told = RecordedEvent::new(Recorded { id: Uuid::from_u128(1), ..event() }, UuidAs::Structured);
        // Key and length, by hand: (number << 3) | kind, where 0 is a varint and 2 is bytes.
        let expected = [
            &[0x0a, 4, 0x0a, 2, 0x10, 1][..],
            &[0x12, 10, 0x1a, 8],
            b"orders-1",
            &[0x20, 0xac, 2, 0x28, 0xac, 2],
            &[0x32, 14, 0x0a, 4],
            b"type",
            &[0x12, 6],
            b"Placed",
            &[0x32, 19, 0x0a, 7],
            b"created",
            &[0x12, 8],
            b"17000000",
            &[0x32, 32, 0x0a, 12],
            b"content-type",
            &[0x12, 16],
            b"application/json",
            &[0x42, 2],
            b"{}",
        ];
        assert_eq!(told.encode_to_vec(), expected.concat());
    }

    #[test]
    fn an_event_that_is_read_back_is_the_same() {
        for ids in [UuidAs::Structured, UuidAs::Text] {
            let told = RecordedEvent::new(Recorded { metadata: Bytes::from_static(b"m"), ..event() }, ids);
            let content = read_resp::ReadEvent { event: Some(told), link: None, position: None };
            let answer = ReadResp { content: Some(read_resp::Content::Event(content)) };
            assert_eq!(ReadResp::decode(answer.encode_to_vec().as_slice()).unwrap(), answer);
        }
    }
}
