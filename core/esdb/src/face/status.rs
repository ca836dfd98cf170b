//! How refusals travel: a status, its text, and trailers with the key `exception`.
//!
//! Clients tell errors apart by these trailers, and some by the text.

use crate::refusal::Refusal;
use tonic::{
    Code, Status,
    metadata::{AsciiMetadataKey, MetadataMap, MetadataValue},
};

/// The status of a refusal.
pub(crate) fn failure(refusal: &Refusal) -> Status {
    let text = refusal.to_string();
    match refusal {
        Refusal::WrongVersion { stream, expected, actual } => {
            let actual = actual.and_then(|actual| i64::try_from(actual).ok()).unwrap_or(-1);
            let expected = expected.number();
            let text = format!(
                "Delete failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {expected}, \
                 Actual version: {actual}"
            );
            let numbers = [("expected-version", expected.to_string()), ("actual-version", actual.to_string())];
            let mut trailers = vec![("exception", "wrong-expected-version".into()), ("stream-name", stream.clone())];
            trailers.extend(numbers);
            exception(Code::FailedPrecondition, text, trailers)
        }
        Refusal::Deleted { stream } => exception(
            Code::FailedPrecondition,
            text,
            [("exception", "stream-deleted".into()), ("stream-name", stream.clone())],
        ),
        Refusal::Violated(_) => Status::failed_precondition(text),
        Refusal::Denied { .. } => exception(Code::PermissionDenied, text, [("exception", "access-denied".into())]),
        Refusal::Unknown => Status::unauthenticated(text),
        Refusal::EventTooLarge { id, size, limit } => exception(
            Code::InvalidArgument,
            text,
            [
                ("exception", "maximum-append-event-size-exceeded".into()),
                ("event-id", id.to_string()),
                ("proposed-append-event-size", size.to_string()),
                ("maximum-append-event-size", limit.to_string()),
            ],
        ),
        Refusal::AppendTooLarge { limit, .. } => exception(
            Code::InvalidArgument,
            text,
            [("exception", "maximum-append-size-exceeded".into()), ("maximum-append-size", limit.to_string())],
        ),
        Refusal::Bad(_) => Status::invalid_argument(text),
        Refusal::Unavailable(_) => Status::unavailable(text),
        Refusal::Corrupt(_) => Status::data_loss(text),
    }
}

/// A status with trailers. A value that is not ASCII cannot travel as it is and is percent-encoded.
pub(crate) fn exception(
    code: Code,
    text: impl Into<String>,
    trailers: impl IntoIterator<Item = (&'static str, String)>,
) -> Status {
    let mut metadata = MetadataMap::new();
    for (key, value) in trailers {
        let value = MetadataValue::try_from(value.as_str()).or_else(|_| MetadataValue::try_from(encoded(&value)));
        if let Ok(value) = value {
            metadata.insert(AsciiMetadataKey::from_static(key), value);
        }
    }
    Status::with_metadata(code, text, metadata)
}

fn encoded(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'!'..=b'$' | b'&'..=b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The status of a request that makes no sense.
pub(crate) fn invalid(text: impl Into<String>) -> Status {
    Status::invalid_argument(text)
}

/// The status by which a lasting answer ends when the server goes away. Never OK: clients take that for a bug.
pub(crate) fn going_away() -> Status {
    Status::unavailable("the server is going away")
}
