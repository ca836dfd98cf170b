//! Calls judged one behind the other, to be written in one commit.

use super::{
    judge::{self, Ledger, Place, Verdict},
    metadata::Metadata,
    order::Head,
    tables::{State, Tables},
    writer::{Check, Known, Write},
};
use crate::{
    names,
    record::{DELETED, Expected, Proposed, Recorded, Written},
    refusal::{Refusal, Violation},
};
use bytes::Bytes;
use bytestring::ByteString;
use fjall::OwnedWriteBatch;
use std::collections::HashMap;
use uuid::Uuid;

pub(super) struct Group<'a> {
    tables: &'a Tables,
    known: &'a mut Known,
    stored: Head,
    head: Head,
    created: u64,
    batch: OwnedWriteBatch,
    /// A write broke off in its middle, so the batch may not be committed.
    torn: bool,
    /// What the calls before changed.
    states: HashMap<ByteString, State>,
    recent: HashMap<(ByteString, Uuid), Place>,
    events: HashMap<(ByteString, u64), (Uuid, u64)>,
    new: Vec<(ByteString, Uuid, Place)>,
}

/// What is to be written.
pub(super) struct Judged {
    pub(super) batch: OwnedWriteBatch,
    pub(super) torn: bool,
    pub(super) head: Head,
    pub(super) states: HashMap<ByteString, State>,
    /// In the order of their positions.
    pub(super) new: Vec<(ByteString, Uuid, Place)>,
}

impl Ledger for Group<'_> {
    fn state(&mut self, stream: &str) -> Result<State, Refusal> {
        if let Some(state) = self.states.get(stream).or_else(|| self.known.states.get(stream)) {
            return Ok(state.clone());
        }
        let state = self.tables.state(stream, self.stored.client)?;
        self.known.states.insert(stream.into(), state.clone());
        Ok(state)
    }

    fn event_at(&mut self, stream: &str, revision: u64) -> Result<Option<(Uuid, u64)>, Refusal> {
        if let Some(event) = self.events.get(&(ByteString::from(stream), revision)) {
            return Ok(Some(*event));
        }
        Ok(self.tables.event_of(stream, revision)?.map(|event| (event.id, event.position)))
    }

    fn recent(&mut self, stream: &str, id: Uuid) -> Option<Place> {
        let key = (ByteString::from(stream), id);
        self.recent.get(&key).copied().or_else(|| self.known.recent.get(&key))
    }
}

impl<'a> Group<'a> {
    pub(super) fn new(tables: &'a Tables, known: &'a mut Known, head: Head, created: u64) -> Self {
        let batch = tables.database.batch();
        let (states, recent, events, new) = (HashMap::new(), HashMap::new(), HashMap::new(), Vec::new());
        Self { tables, known, stored: head, head, created, batch, torn: false, states, recent, events, new }
    }

    pub(super) fn judged(self) -> Judged {
        Judged { batch: self.batch, torn: self.torn, head: self.head, states: self.states, new: self.new }
    }

    pub(super) fn append(&mut self, write: &Write) -> Result<Written, Refusal> {
        match judge::admit(self, &write.stream, write.expected, &write.events)? {
            Verdict::Done(written) => Ok(written),
            Verdict::Write(first) => self.write(&write.stream, first, &write.events),
        }
    }

    /// Soft deletion: metadata that show nothing.
    pub(super) fn delete(&mut self, stream: &str, expected: Expected) -> Result<Written, Refusal> {
        let state = self.state(stream)?;
        judge::holds(stream, expected, &state)?;
        if state.last.is_none() {
            return Err(judge::wrong_version(stream, expected, &state));
        }
        self.describe(stream, Metadata::deleting())
    }

    /// Deletion for good.
    pub(super) fn tombstone(&mut self, stream: &str, expected: Expected) -> Result<Written, Refusal> {
        let state = self.state(stream)?;
        judge::holds(stream, expected, &state)?;
        let event = Proposed {
            id: self.own_id(),
            event_type: "$streamDeleted".into(),
            json: true,
            data: Bytes::from_static(b"{}"),
            metadata: Bytes::new(),
        };
        let position = self.place(&ByteString::from(stream), DELETED, &event)?;
        self.states.insert(stream.into(), State { tombstoned: true, ..state });
        Ok(Written { last_revision: Some(DELETED), position: Some(position) })
    }

    /// All writes or none, and only where all checks hold.
    pub(super) fn several(&mut self, writes: &[Write], checks: &[Check]) -> Result<Vec<Written>, Refusal> {
        let verdicts: Vec<_> =
            writes.iter().map(|write| judge::admit(self, &write.stream, write.expected, &write.events)).collect();
        let mut with_events = verdicts.iter().zip(writes).filter(|(_, write)| !write.events.is_empty()).peekable();
        let again = |verdict: &Result<Verdict, Refusal>| matches!(verdict, Ok(Verdict::Done(_)));
        // It is the same call again: the checks held when it was made first.
        if with_events.peek().is_some() && with_events.clone().all(|(verdict, _)| again(verdict)) {
            return Ok(verdicts.iter().flatten().filter_map(done).collect());
        }
        let half_done = with_events.find(|(verdict, _)| again(verdict)).map(|(_, write)| write);
        self.check(checks)?;
        let verdicts = verdicts.iter().cloned().collect::<Result<Vec<_>, _>>()?;
        if let Some(write) = half_done {
            let state = self.state(&write.stream)?;
            return Err(judge::wrong_version(&write.stream, write.expected, &state));
        }
        let mut written = Vec::with_capacity(writes.len());
        for (write, verdict) in writes.iter().zip(verdicts) {
            written.push(match verdict {
                Verdict::Done(written) => written,
                Verdict::Write(first) => self.write(&write.stream, first, &write.events)?,
            });
        }
        Ok(written)
    }

    fn check(&mut self, checks: &[Check]) -> Result<(), Refusal> {
        let mut violations = Vec::new();
        for (index, check) in checks.iter().enumerate() {
            let state = self.state(&check.stream)?;
            let actual = number(&state);
            let holds = match check.expected {
                -1 => matches!(actual, -1 | -5 | -6),
                -2 => true,
                -4 => actual >= 0,
                expected => actual == expected,
            };
            if !holds {
                violations.push(Violation::of(index, check, actual));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(Refusal::Violated(violations)) }
    }

    fn write(&mut self, stream: &str, first: u64, events: &[Proposed]) -> Result<Written, Refusal> {
        let state = self.state(stream)?;
        if state.deleted_softly() {
            // What comes now is shown, what was deleted is not.
            let metadata = state.metadata.as_ref().map_or_else(Vec::new, |metadata| metadata.truncating(first));
            self.describe(stream, metadata)?;
        }
        let name = ByteString::from(stream);
        let mut written = Written { last_revision: None, position: None };
        for (event, revision) in events.iter().zip(first..) {
            let position = self.place(&name, revision, event)?;
            self.recent.insert((name.clone(), event.id), (revision, position));
            self.new.push((name.clone(), event.id, (revision, position)));
            self.events.insert((name.clone(), revision), (event.id, position));
            written = Written { last_revision: Some(revision), position: Some(position) };
        }
        let state = State { last: written.last_revision, ..self.state(stream)? };
        self.states.insert(name, state);
        if let (Some(described), Some(last)) = (names::described_by(stream), events.last()) {
            let state = State { metadata: Some(Metadata::read(&last.data)), ..self.state(described)? };
            if !state.newest_only {
                self.states.insert(described.into(), state);
            }
        }
        Ok(written)
    }

    /// Writes metadata of a stream.
    fn describe(&mut self, stream: &str, json: Vec<u8>) -> Result<Written, Refusal> {
        let event = Proposed {
            id: self.own_id(),
            event_type: "$metadata".into(),
            json: true,
            data: json.into(),
            metadata: Bytes::new(),
        };
        let name = names::metadata_of(stream);
        let first = self.state(&name)?.last.map_or(0, |last| last + 1);
        self.write(&name, first, std::slice::from_ref(&event))
    }

    /// An id for an event that the store writes of its own accord: nobody repeats it, so it tells its place.
    fn own_id(&self) -> Uuid {
        uuid::Builder::from_custom_bytes((u128::from(self.created) << 64 | u128::from(self.head.last())).to_be_bytes())
            .into_uuid()
    }

    fn place(&mut self, stream: &ByteString, revision: u64, event: &Proposed) -> Result<u64, Refusal> {
        let full = || Refusal::Unavailable("too many events of clients since the last one of the domain".into());
        // INVARIANT: this is the one step of a write that can fail behind its begin.
        let Some(position) = self.head.next() else {
            self.torn = true;
            return Err(full());
        };
        self.head.client = position;
        let recorded = Recorded {
            id: event.id,
            stream: stream.clone(),
            revision,
            position,
            event_type: event.event_type.clone(),
            json: event.json,
            created: self.created,
            data: event.data.clone(),
            metadata: event.metadata.clone(),
        };
        self.tables.put(&mut self.batch, &recorded);
        Ok(position)
    }
}

fn done(verdict: &Verdict) -> Option<Written> {
    match verdict {
        Verdict::Done(written) => Some(*written),
        Verdict::Write(_) => None,
    }
}

fn number(state: &State) -> i64 {
    if state.tombstoned {
        -6
    } else if state.deleted_softly() {
        -5
    } else {
        state.last.and_then(|last| i64::try_from(last).ok()).unwrap_or(-1)
    }
}
