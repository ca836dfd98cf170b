//! The metadata of a stream, as far as they bear on reading.

use crate::record::DELETED;
use serde_json::{Map, Value};

/// What the metadata of a stream say. Values that make no sense count as absent, as does JSON that does not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// At most so many of the last events are shown.
    pub(crate) max_count: Option<u64>,
    /// Only events that are at most so many seconds old are shown.
    pub(crate) max_age: Option<u64>,
    /// Only events from this revision on are shown.
    pub(crate) truncate_before: Option<u64>,
    /// All keys, for writing them again.
    keys: Map<String, Value>,
}

impl Metadata {
    /// Reads the data of an event of the metadata's stream.
    pub(crate) fn read(data: &[u8]) -> Self {
        let keys: Map<String, Value> = serde_json::from_slice(data).unwrap_or_default();
        let number = |key: &str| keys.get(key).and_then(Value::as_i64).and_then(|number| u64::try_from(number).ok());
        Self {
            max_count: number("$maxCount").filter(|count| *count > 0),
            max_age: number("$maxAge").filter(|age| *age > 0),
            truncate_before: number("$tb").filter(|revision| *revision > 0),
            keys,
        }
    }

    /// Whether they say that the stream is deleted softly.
    pub(crate) fn deletes(&self) -> bool {
        self.truncate_before == Some(DELETED)
    }

    /// The JSON that deletes a stream softly. It replaces all other keys.
    pub(crate) fn deleting() -> Vec<u8> {
        format!(r#"{{"$tb":{DELETED}}}"#).into_bytes()
    }

    /// The JSON of the same metadata that shows the events from `revision` on.
    pub(crate) fn truncating(&self, revision: u64) -> Vec<u8> {
        let mut keys = self.keys.clone();
        keys.insert("$tb".into(), revision.into());
        Value::Object(keys).to_string().into_bytes()
    }

    /// The first revision shown of a stream whose last event is `last`.
    pub(crate) fn first_shown(&self, last: u64) -> u64 {
        let by_count = self.max_count.map_or(0, |count| last.saturating_add(1).saturating_sub(count));
        self.truncate_before.unwrap_or(0).max(by_count)
    }

    /// The earliest moment, in units of 100 ns, of the events shown at `now`.
    pub(crate) fn earliest_shown(&self, now: u64) -> u64 {
        self.max_age.map_or(0, |seconds| now.saturating_sub(seconds.saturating_mul(10_000_000)))
    }
}
