//! The name of a stream.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};

/// The longest stream name in bytes.
pub const MAX_STREAM_NAME_BYTES: usize = 200;

/// The name of a stream, such as `consultation-0198…`: 1 to 200 bytes of `a-z`, `0-9`, `-`, `:`, `.` and `_`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamName(Arc<str>);

/// The text is no stream name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no stream name: 1 to 200 of a-z, 0-9, `-`, `:`, `.` and `_`")]
pub struct InvalidStreamName {
    /// The text, at most its first 200 characters.
    pub name: String,
}

impl InvalidStreamName {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid-stream-name"
    }
}

impl StreamName {
    /// Checks `name`.
    ///
    /// # Errors
    /// [`InvalidStreamName`] where the length or a character is not allowed.
    pub fn new(name: impl AsRef<str>) -> Result<Self, InvalidStreamName> {
        let name = name.as_ref();
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b':' | b'.' | b'_');
        if (1..=MAX_STREAM_NAME_BYTES).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(Self(Arc::from(name)))
        } else {
            Err(InvalidStreamName { name: name.chars().take(MAX_STREAM_NAME_BYTES).collect() })
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StreamName {
    type Err = InvalidStreamName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl TryFrom<String> for StreamName {
    type Error = InvalidStreamName;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(name)
    }
}

impl From<StreamName> for String {
    fn from(name: StreamName) -> Self {
        name.0.as_ref().into()
    }
}

impl AsRef<str> for StreamName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}
