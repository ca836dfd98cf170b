//! Between the wire format and our own types.

use super::status::{exception, invalid};
use crate::{
    record::{Expected, MAX_STREAM_BYTES, MAX_TYPE_BYTES, Proposed},
    refusal::Refusal,
    wire::{shared, streams},
};
use bytes::Bytes;
use bytestring::ByteString;
use tonic::{Code, Status};
use uuid::Uuid;

pub(super) const JSON: &str = "application/json";
pub(super) const BYTES: &str = "application/octet-stream";

/// How ids are written in answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UuidAs {
    Structured,
    Text,
}

impl UuidAs {
    pub(crate) fn asked(style: Option<&shared::UuidStyle>) -> Result<Self, Status> {
        use shared::uuid_style::Content;
        match style.and_then(|style| style.content.as_ref()) {
            Some(Content::Structured(())) => Ok(Self::Structured),
            Some(Content::String(())) => Ok(Self::Text),
            None => Err(invalid("'uuid_option' is missing")),
        }
    }

    pub(crate) fn write(self, id: Uuid) -> shared::Uuid {
        use shared::uuid::{Structured, Value};
        let (most, least) = id.as_u64_pair();
        let value = match self {
            Self::Structured => Value::Structured(Structured {
                most_significant_bits: most.cast_signed(),
                least_significant_bits: least.cast_signed(),
            }),
            Self::Text => Value::String(id.to_string()),
        };
        shared::Uuid { value: Some(value) }
    }
}

pub(crate) fn uuid(id: Option<&shared::Uuid>) -> Result<Uuid, Status> {
    use shared::uuid::Value;
    match id.and_then(|id| id.value.as_ref()) {
        Some(Value::Structured(bits)) => Ok(Uuid::from_u64_pair(
            bits.most_significant_bits.cast_unsigned(),
            bits.least_significant_bits.cast_unsigned(),
        )),
        Some(Value::String(text)) => text.parse().map_err(|_| invalid("an id is no uuid")),
        None => Err(invalid("an id is missing")),
    }
}

/// A new id, of a subscription.
pub(crate) fn own_uuid() -> Result<Uuid, Status> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Status::unavailable(error.to_string()))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

pub(crate) fn stream_name(identifier: Option<&shared::StreamIdentifier>) -> Result<String, Status> {
    let bytes = identifier.map(|identifier| identifier.stream_name.as_ref()).unwrap_or_default();
    let name = std::str::from_utf8(bytes).map_err(|_| invalid("the name of the stream is not UTF-8"))?;
    checked_name(name)
}

pub(crate) fn checked_name(name: &str) -> Result<String, Status> {
    if (1..=MAX_STREAM_BYTES).contains(&name.len()) {
        return Ok(name.into());
    }
    Err(invalid(format!("the name of a stream has 1 to {MAX_STREAM_BYTES} bytes")))
}

pub(crate) fn identifier(stream: &str) -> shared::StreamIdentifier {
    shared::StreamIdentifier { stream_name: Bytes::copy_from_slice(stream.as_bytes()) }
}

pub(crate) fn position(at: u64) -> shared::AllStreamPosition {
    shared::AllStreamPosition { commit_position: at, prepare_position: at }
}

pub(crate) fn timestamp(ticks: u64) -> prost_types::Timestamp {
    let seconds = i64::try_from(ticks / 10_000_000).unwrap_or(i64::MAX);
    let nanos = i32::try_from(ticks % 10_000_000 * 100).unwrap_or(0);
    prost_types::Timestamp { seconds, nanos }
}

impl<V: Into<Bytes>> From<(&'static str, V)> for shared::Property {
    fn from((key, value): (&'static str, V)) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

pub(crate) fn proposed(message: shared::ProposedMessage) -> Result<Proposed, Status> {
    let id = uuid(message.id.as_ref())?;
    let (event_type, json) = described(message.metadata)?;
    Ok(Proposed { id, event_type, json, data: message.data, metadata: message.custom_metadata })
}

/// The type, and whether the data are JSON. Of a key that comes twice the last counts, as in a map.
fn described(metadata: Vec<shared::Property>) -> Result<(ByteString, bool), Status> {
    let missing = || {
        let trailers = [
            ("exception", "missing-required-metadata-property".into()),
            ("required-metadata-properties", "type,content-type".into()),
        ];
        exception(Code::InvalidArgument, "Required Metadata Property 'type' or 'content-type' is missing.", trailers)
    };
    let (mut event_type, mut content) = (None, None);
    for shared::Property { key, value } in metadata {
        match key.as_ref() {
            b"type" => event_type = Some(value),
            b"content-type" => content = Some(value),
            _ => {}
        }
    }
    let event_type = event_type.filter(|name| !name.is_empty()).ok_or_else(missing)?;
    let content = content.ok_or_else(missing)?;
    let event_type = ByteString::try_from(event_type).map_err(|_| invalid("the type of an event is not UTF-8"))?;
    if event_type.len() > MAX_TYPE_BYTES {
        return Err(invalid(format!("an event type has at most {MAX_TYPE_BYTES} bytes")));
    }
    Ok((event_type, content == JSON.as_bytes()))
}

/// The stream and what is expected of it.
pub(crate) fn target(options: Option<streams::Target>) -> Result<(String, Expected), Status> {
    use streams::target::Expected as Wire;
    let options = options.ok_or_else(|| invalid("'options' are missing"))?;
    let expected = match options.expected {
        Some(Wire::Revision(revision)) => Expected::Exact(revision),
        Some(Wire::NoStream(())) => Expected::NoStream,
        Some(Wire::Any(())) => Expected::Any,
        Some(Wire::StreamExists(())) => Expected::StreamExists,
        None => return Err(invalid("'expected_stream_revision' is missing")),
    };
    Ok((stream_name(options.stream_identifier.as_ref())?, expected))
}

/// The expectation by its number in the second version of the protocol.
pub(crate) fn expected(number: i64) -> Result<Expected, Refusal> {
    match number {
        -1 => Ok(Expected::NoStream),
        -2 => Ok(Expected::Any),
        -4 => Ok(Expected::StreamExists),
        _ => u64::try_from(number)
            .map(Expected::Exact)
            .map_err(|_| Refusal::Bad(format!("`{number}` is no expected revision"))),
    }
}
