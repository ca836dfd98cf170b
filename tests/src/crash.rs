//! Crash tests: a process that is killed, a disk whose power is cut, a store that is in a bad state.
//!
//! A writer (the program `crash_writer`, [`writer`]) opens a data folder as the server does and submits acts ([`act`])
//! through the command handler, many at once. It says on its standard output what it is about to send and, behind the
//! answer, what was acknowledged ([`said`]). The test kills it ([`child`]), or cuts the power of its disk ([`power`]),
//! opens what is left, and holds it against what was said: [`ledger`] for the log and the vault, [`read_models`] for the
//! rest. [`server`] drives the real program over HTTP.
#![expect(clippy::missing_errors_doc, reason = "this is test code: whatever fails here fails a test")]

use std::fmt;

pub mod act;
pub mod child;
pub mod inspection;
pub mod ledger;
pub mod power;
pub mod random;
pub mod read_models;

pub mod said;
pub mod server;

pub mod writer;

/// What stops a test.
#[derive(Debug)]
pub enum Broken {
    /// Something was acknowledged and is not there.
    Lost(String),
    /// Any other promise was broken, or the test could not run.
    Wrong(String),
}

/// Whether a test goes on.
pub type Outcome<T> = Result<T, Broken>;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(what) => write!(f, "lost: {what}"),
            Self::Wrong(what) => f.write_str(what),
        }
    }
}

impl Broken {
    /// Says where it happened.
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> Self {
        match self {
            Self::Lost(what) => Self::Lost(format!("{place}: {what}")),
            Self::Wrong(what) => Self::Wrong(format!("{place}: {what}")),
        }
    }
}

/// Any error ends a test with its text.
impl<E: std::error::Error> From<E> for Broken {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self::Wrong(text)
    }
}

/// Holds that something is so.
pub fn hold(is_so: bool, otherwise: impl FnOnce() -> String) -> Outcome<()> {
    if is_so { Ok(()) } else { Err(Broken::Wrong(otherwise())) }
}
