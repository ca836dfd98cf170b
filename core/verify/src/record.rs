//! A record as it is handed over: the stored bytes of events in the order of the log, read strictly.

use std::collections::BTreeMap;

use bytes::Bytes;
use rayon::prelude::*;
use serde_json::Value;
use siyi_domain::account::AccountEvent;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::context::CLOCK_SKEW_SECONDS;
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::moment::Moment;
use siyi_domain::office::RollKind;
use siyi_domain::roster::RosterEvent;
use siyi_log::canonical::is_canonical;
use siyi_log::envelope::{DomainEvent, Envelope, Recorded, body_of};
use siyi_log::handler::event_id;
use siyi_log::port::{MAX_APPEND_EVENTS, MAX_EVENT_BYTES, Position, StreamName};

use crate::finding::{Code, Finding, Place};
use crate::schemas;

/// Seconds by which the time of recording may run backwards from one event to the next: two acts that are judged at once are
/// stamped before they wait for each other, and no clock is set more finely.
pub const CLOCK_ALLOWANCE_SECONDS: i64 = CLOCK_SKEW_SECONDS;

/// An event that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its ordinal in the record, from 0.
    pub ordinal: usize,
    /// The event.
    pub recorded: Recorded,
    /// Its data as it is stored.
    pub data: Value,
}

impl Entry {
    /// Its place.
    #[must_use]
    pub fn place(&self) -> Place {
        let envelope = &self.recorded.envelope;
        Place {
            event: Some(self.ordinal),
            stream: Some(envelope.stream.as_str().to_owned()),
            revision: Some(envelope.revision),
            event_type: Some(envelope.event_type.clone()),
            ..Place::default()
        }
    }

    /// The wire name that the program writes today.
    #[must_use]
    pub const fn newest_name(&self) -> &'static str {
        match &self.recorded.event {
            DomainEvent::Jurisdiction(_, event) => JurisdictionEvent::wire_name(event),
            DomainEvent::Roster(_, event) => RosterEvent::wire_name(event),
            DomainEvent::Consultation(_, event) => ConsultationEvent::wire_name(event),
            DomainEvent::Account(_, event) => AccountEvent::wire_name(event),
        }
    }
}

/// Reads the events of a record from an ordinal on, side by side. What cannot be read is a finding and is left out.
#[must_use]
pub fn read(from: usize, bodies: &[Bytes]) -> (Vec<Entry>, Vec<Finding>) {
    let read: Vec<_> = bodies.par_iter().enumerate().map(|(at, body)| read_event(from + at, body)).collect();
    let (entries, findings): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    (entries.into_iter().flatten().collect(), findings.into_iter().flatten().collect())
}

/// Reads one event and holds it against its published schema.
fn read_event(ordinal: usize, body: &Bytes) -> (Option<Entry>, Option<Finding>) {
    match read_one(ordinal, body) {
        Ok(entry) => {
            let breach = check_schema(&entry);
            (Some(entry), breach)
        }
        Err(finding) => (None, Some(*finding)),
    }
}

fn read_one(ordinal: usize, body: &Bytes) -> Result<Entry, Box<Finding>> {
    let place = Place { event: Some(ordinal), ..Place::default() };
    if body.len() > MAX_EVENT_BYTES {
        let expected = format!("≤ {MAX_EVENT_BYTES} bytes");
        return Err(Finding::new(Code::EventUnreadable, place, expected, body.len().to_string()).into());
    }
    let unreadable = |reason: String| Box::new(Finding::new(Code::EventUnreadable, place.clone(), "JSON", reason));
    let (recorded, data) = Recorded::read_body(Position(ordinal as u64), body).map_err(unreadable)?;
    let entry = Entry { ordinal, recorded, data };
    let envelope = &entry.recorded.envelope;
    // What was read, written again: only where that is other than what is stored is there something to be told.
    if envelope.seal_with(entry.data.clone()).is_ok_and(|written| written.body() == body) {
        return Ok(entry);
    }
    if !is_canonical(body) {
        return Err(Finding::new(Code::EventNotCanonical, entry.place(), "RFC 8785", "another spelling").into());
    }
    // Fields that nobody reads would be a place to hide things in.
    let known = serde_json::to_value(envelope).unwrap_or_default();
    let whole: Value = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    let unknown = whole.as_object().and_then(|all| all.keys().find(|key| *key != "data" && known.get(*key).is_none()));
    match unknown {
        Some(key) => {
            Err(Finding::new(Code::EventBreaksSchema, entry.place().at(format!("/{key}")), "-", key.as_str()).into())
        }
        None => Ok(entry),
    }
}

fn check_schema(entry: &Entry) -> Option<Finding> {
    let breach = schemas::check(&entry.recorded.envelope.event_type, &entry.data).err()?;
    let place = entry.place().at(format!("/data{}", breach.field));
    Some(Finding::new(Code::EventBreaksSchema, place, "schemas/events", breach.reason))
}

/// Where each stream and the clock have come to.
#[derive(Debug, Clone, Default)]
pub struct Sequence {
    next: BTreeMap<StreamName, u64>,
    latest: Option<Moment>,
}

impl Sequence {
    /// Revisions without gaps, and a time of recording that does not run backwards.
    pub fn check(&mut self, entry: &Entry) -> Vec<Finding> {
        let envelope = &entry.recorded.envelope;
        let mut findings = Vec::new();
        let due = self.next.entry(envelope.stream.clone()).or_default();
        if envelope.revision != *due {
            let place = entry.place().at("/revision");
            findings.push(Finding::new(Code::RevisionGap, place, due.to_string(), envelope.revision.to_string()));
        }
        *due = envelope.revision.saturating_add(1);
        let runs_back = |latest: &Moment| latest.since(envelope.recorded_at).as_secs() > CLOCK_ALLOWANCE_SECONDS;
        if let Some(before) = self.latest.filter(runs_back) {
            let place = entry.place().at("/recorded_at");
            let expected = format!("≥ {before}");
            findings.push(Finding::new(Code::ClockSetBack, place, expected, envelope.recorded_at.to_string()));
        }
        self.latest = self.latest.max(Some(envelope.recorded_at));
        findings
    }

    /// The latest time of recording.
    #[must_use]
    pub const fn latest(&self) -> Option<Moment> {
        self.latest
    }
}

/// The acts of a record: the events that one command left, which stand one behind the other.
#[must_use]
pub fn acts(entries: &[Entry]) -> Vec<&[Entry]> {
    let mut acts = Vec::new();
    let mut rest = entries;
    while let Some(first) = rest.first() {
        let (act, behind) = rest.split_at(rest.iter().take_while(|entry| is_of_one_act(first, entry)).count());
        acts.push(act);
        rest = behind;
    }
    acts
}

/// Whether an event is of the act that began with another. No act has more events than one append takes.
fn is_of_one_act(first: &Entry, entry: &Entry) -> bool {
    let (one, other) = (&first.recorded.envelope, &entry.recorded.envelope);
    one.stream == other.stream
        && one.causation_id == other.causation_id
        && entry.ordinal.saturating_sub(first.ordinal) < MAX_APPEND_EVENTS
}

/// What stands around the events of one act: all of them say the same of it, and their ids follow from its own.
#[must_use]
pub fn check_act(act: &[Entry]) -> Option<Finding> {
    let first = &act.first()?.recorded.envelope;
    for (index, entry) in (0u32..).zip(act) {
        let envelope = &entry.recorded.envelope;
        let id = event_id(envelope.causation_id, index);
        if envelope.id != id {
            let (expected, found) = (id.to_string(), envelope.id.to_string());
            return Some(Finding::new(Code::EventIdDiffers, entry.place().at("/id"), expected, found));
        }
        let expected = around(first, body_of(first.actor.office));
        let found = around(envelope, envelope.on_behalf_of);
        if let Some(difference) = crate::difference::first(&expected, &found) {
            let place = entry.place().at(difference.field);
            return Some(Finding::new(Code::ActTornApart, place, difference.expected, difference.found));
        }
    }
    None
}

fn around(envelope: &Envelope, on_behalf_of: Option<RollKind>) -> Value {
    serde_json::json!({
        "occurred_at": envelope.occurred_at,
        "recorded_at": envelope.recorded_at,
        "actor": envelope.actor,
        "on_behalf_of": on_behalf_of,
        "correlation_id": envelope.correlation_id,
        "command_hash": envelope.command_hash,
        "via": envelope.via,
    })
}
