//! The judgement over an append, in the order in which the protocol applies its rules.
//!
//! The same rules stand in `model.rs` in their plainest form; a test holds the two against each other.

use super::tables::State;
use crate::{
    record::{Expected, Proposed, Written},
    refusal::Refusal,
};
use uuid::Uuid;

/// Where an event stands: its revision and its position.
pub(super) type Place = (u64, u64);

/// What is known when an append is judged: what is stored, and what the same group adds before it.
pub(super) trait Ledger {
    /// The stream's state.
    fn state(&mut self, stream: &str) -> Result<State, Refusal>;

    /// The id and the position of the event with this revision.
    fn event_at(&mut self, stream: &str, revision: u64) -> Result<Option<(Uuid, u64)>, Refusal>;

    /// Where an event of the stream stands, if it was appended recently.
    fn recent(&mut self, stream: &str, id: Uuid) -> Option<Place>;
}

/// The judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Write the events from this revision on.
    Write(u64),
    /// The same append is stored already, or there is nothing to write.
    Done(Written),
}

/// Judges an append.
pub(super) fn admit(
    ledger: &mut impl Ledger,
    stream: &str,
    expected: Expected,
    events: &[Proposed],
) -> Result<Verdict, Refusal> {
    let state = ledger.state(stream)?;
    let wrong = || wrong_version(stream, expected, &state);
    if state.tombstoned {
        return Err(Refusal::Deleted { stream: stream.into() });
    }
    if expected == Expected::StreamExists {
        holds(stream, expected, &state)?;
    }
    let Some(first) = events.first() else {
        holds(stream, expected, &state)?;
        return Ok(Verdict::Done(Written { last_revision: state.last, position: None }));
    };
    let next = state.last.map_or(0, |last| last + 1);
    let begin = match expected {
        Expected::Any | Expected::StreamExists => {
            if ledger.recent(stream, first.id).is_none() {
                return Ok(Verdict::Write(next));
            }
            return recently(ledger, stream, events).ok_or_else(wrong).map(Verdict::Done);
        }
        Expected::NoStream => 0,
        Expected::Exact(revision) => revision.saturating_add(1),
    };
    if begin == next {
        return Ok(Verdict::Write(next));
    }
    if begin > next {
        return Err(wrong());
    }
    match again(ledger, stream, begin, events)? {
        Again::Same(written) => Ok(Verdict::Done(written)),
        Again::New if expected == Expected::NoStream && state.deleted_softly() => Ok(Verdict::Write(next)),
        Again::New | Again::Mixed => Err(wrong()),
    }
}

/// Whether a stream is as expected, with nothing to write to it.
pub(super) fn holds(stream: &str, expected: Expected, state: &State) -> Result<(), Refusal> {
    let deleted = || Refusal::Deleted { stream: stream.into() };
    if state.tombstoned {
        return Err(deleted());
    }
    let holds = match expected {
        Expected::Any => true,
        Expected::StreamExists if state.deleted_softly() => return Err(deleted()),
        Expected::StreamExists => state.last.is_some() || state.metadata.is_some(),
        Expected::NoStream => state.last.is_none() || state.deleted_softly(),
        Expected::Exact(revision) => state.last == Some(revision),
    };
    if holds { Ok(()) } else { Err(wrong_version(stream, expected, state)) }
}

pub(super) fn wrong_version(stream: &str, expected: Expected, state: &State) -> Refusal {
    Refusal::WrongVersion { stream: stream.into(), expected, actual: state.last }
}

/// The result of the same append made recently; none where one of its events is new.
fn recently(ledger: &mut impl Ledger, stream: &str, events: &[Proposed]) -> Option<Written> {
    let mut last = None;
    for event in events {
        last = Some(ledger.recent(stream, event.id)?);
    }
    last.map(|(revision, position)| Written { last_revision: Some(revision), position: Some(position) })
}

enum Again {
    /// All events stand where they would have been written.
    Same(Written),
    /// Already the first is another.
    New,
    /// The first is the same, a later one is not.
    Mixed,
}

fn again(ledger: &mut impl Ledger, stream: &str, begin: u64, events: &[Proposed]) -> Result<Again, Refusal> {
    let mut written = None;
    for (event, revision) in events.iter().zip(begin..) {
        match ledger.event_at(stream, revision)? {
            Some((id, position)) if id == event.id => written = Some((revision, position)),
            _ if written.is_some() => return Ok(Again::Mixed),
            _ => return Ok(Again::New),
        }
    }
    Ok(written.map_or(Again::New, |(revision, position)| {
        Again::Same(Written { last_revision: Some(revision), position: Some(position) })
    }))
}
