//! What a writer says, one line of JSON each.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use siyi_log::handler::Receipt;
use uuid::Uuid;

use super::act::Act;

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// The data folder is open.
    Ready,
    /// The act is about to be sent.
    Sending(Act),
    /// The act was acknowledged.
    Recorded(Acknowledged),
    /// The domain said no.
    Refused {
        /// Which command.
        command: Uuid,
        /// The refusal.
        code: String,
    },
    /// No answer: it may be recorded or not.
    Failed {
        /// Which command.
        command: Uuid,
        /// The code of the error.
        code: String,
        /// What it says.
        error: String,
    },
}

/// What was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The command.
    pub command: Uuid,
    /// The stream.
    pub stream: String,
    /// Revision of the first event.
    pub first_revision: u64,
    /// Position of the last event.
    pub position: u64,
    /// Ids of the events.
    pub events: Vec<Uuid>,
    /// Whether it had been recorded before.
    pub already: bool,
}

impl Acknowledged {
    /// As the handler says it.
    #[must_use]
    pub fn of(command: Uuid, receipt: &Receipt) -> Self {
        Self {
            command,
            stream: receipt.stream.to_string(),
            first_revision: receipt.first_revision.0,
            position: receipt.position.0,
            events: receipt.events.iter().map(|(id, _)| *id).collect(),
            already: receipt.already,
        }
    }

    /// Whether both say the same of the log; only one of them can have written it.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        let told = |one: &Self| Self { already: true, ..one.clone() };
        told(self) == told(other)
    }
}

/// Says it, at once and in one piece.
pub fn say(said: &Said) -> io::Result<()> {
    let mut line = serde_json::to_vec(said)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}

/// Listens to the end, and hands each whole line on. Who is killed may leave half a line behind: it was never said.
pub fn listen(mut from: impl BufRead, mut hear: impl FnMut(Said)) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        from.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Ok(());
        }
        hear(serde_json::from_slice(&line)?);
    }
}
