//! The one judgement over an append that every adapter shares.

use super::{AppendError, Appended, Expected, MAX_APPEND_EVENTS, NewEvent, Position, Revision, StreamName};
use std::collections::HashSet;
use uuid::Uuid;

/// Where an event stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its stream.
    pub stream: StreamName,
    /// Its place in the stream.
    pub revision: Revision,
    /// Its place in the log.
    pub position: Position,
}

/// What is known when an append is judged: what is stored, and what the same group adds before it.
pub trait Known {
    /// The revision of the last event of the stream.
    ///
    /// # Errors
    /// [`AppendError::Unavailable`] or [`AppendError::Corrupt`].
    fn last_revision(&mut self, stream: &StreamName) -> Result<Option<Revision>, AppendError>;

    /// Where the event with this id stands.
    ///
    /// # Errors
    /// [`AppendError::Unavailable`] or [`AppendError::Corrupt`].
    fn place(&mut self, id: Uuid) -> Result<Option<Place>, AppendError>;
}

/// The judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Write the events from this revision on.
    Write(Revision),
    /// The same append is stored already.
    Already(Appended),
}

/// Refuses what no store would take, without looking at the store.
///
/// # Errors
/// The refusals of the input.
pub fn check_input(events: &[NewEvent]) -> Result<(), AppendError> {
    if events.is_empty() {
        return Err(AppendError::Empty);
    }
    if events.len() > MAX_APPEND_EVENTS {
        return Err(AppendError::TooManyEvents { count: events.len(), limit: MAX_APPEND_EVENTS });
    }
    if events.len() == 1 {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(events.len());
    match events.iter().find(|event| !seen.insert(event.id())) {
        Some(event) => Err(AppendError::IdRepeated { id: event.id() }),
        None => Ok(()),
    }
}

/// Judges an append that [`check_input`] let pass.
///
/// # Errors
/// [`AppendError::Conflict`], [`AppendError::IdReused`], and what `known` fails with.
pub fn admit(
    known: &mut impl Known,
    stream: &StreamName,
    expected: Expected,
    events: &[NewEvent],
) -> Result<Verdict, AppendError> {
    // INVARIANT: ids are looked at before the expected revision, so that a repeated call is answered as the first one
    // although the stream has moved on since.
    if let Some(appended) = earlier_result(known, stream, events)? {
        return Ok(Verdict::Already(appended));
    }
    let actual = known.last_revision(stream)?;
    let holds = match expected {
        Expected::Any => true,
        Expected::NoStream => actual.is_none(),
        Expected::StreamExists => actual.is_some(),
        Expected::Exact(revision) => actual == Some(revision),
    };
    if holds {
        Ok(Verdict::Write(Revision(actual.map_or(0, |last| last.0 + 1))))
    } else {
        Err(AppendError::Conflict { stream: stream.clone(), expected, actual })
    }
}

/// The result of the same append made before; none where all ids are new.
fn earlier_result(
    known: &mut impl Known,
    stream: &StreamName,
    events: &[NewEvent],
) -> Result<Option<Appended>, AppendError> {
    let places = events.iter().map(|event| known.place(event.id())).collect::<Result<Vec<_>, _>>()?;
    let Some(used) = events.iter().zip(&places).find(|(_, place)| place.is_some()) else {
        return Ok(None);
    };
    let reused = AppendError::IdReused { id: used.0.id() };
    let places = places.into_iter().collect::<Option<Vec<_>>>().ok_or_else(|| reused.clone())?;
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return Ok(None);
    };
    let revisions = first.revision.0..;
    if !places.iter().zip(revisions).all(|(place, revision)| place.stream == *stream && place.revision.0 == revision) {
        return Err(reused);
    }
    Ok(Some(Appended {
        first_revision: first.revision,
        last_revision: last.revision,
        first_position: first.position,
        last_position: last.position,
        already: true,
    }))
}
