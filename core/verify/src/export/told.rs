//! What all exports say of an event.

use serde_json::Value;
use siyi_domain::account::AccountEvent;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::moment::Moment;
use siyi_domain::roster::RosterEvent;
use siyi_log::envelope::{DomainEvent, Recorded};

/// Keys of data under which persons stand, by pseudonyms: left out of every export.
const PERSONS: &[&str] = &[
    "person",
    "persons",
    "relative",
    "members",
    "due",
    "votes",
    "chair",
    "approver",
    "tellers",
    "supervisors",
    "agents",
    "committee",
    "checked_by",
    "group",
    "township",
    "proxies",
    "units",
    "owner",
    "credential",
];

/// The wire name without its version: what happened.
pub(super) fn activity(recorded: &Recorded) -> &str {
    let name = recorded.envelope.event_type.as_str();
    name.rsplit_once(".v").map_or(name, |(stem, _)| stem)
}

/// The office that acted, as it is written in the record.
pub(super) fn office(recorded: &Recorded) -> String {
    match serde_json::to_value(recorded.envelope.actor.office) {
        Ok(Value::String(office)) => office,
        _ => String::new(),
    }
}

/// In UTC, as all three formats ask.
pub(super) fn utc(moment: Moment) -> String {
    moment.timestamp().to_string()
}

/// The event's data without persons.
pub(super) fn data(recorded: &Recorded) -> Value {
    let data = match &recorded.event {
        DomainEvent::Jurisdiction(_, event) => JurisdictionEvent::to_data(event),
        DomainEvent::Roster(_, event) => RosterEvent::to_data(event),
        DomainEvent::Consultation(_, event) => ConsultationEvent::to_data(event),
        DomainEvent::Account(_, event) => AccountEvent::to_data(event),
    };
    without_persons(data.unwrap_or_default())
}

fn without_persons(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(key, field)| !holds_persons(key, field));
            Value::Object(kept.map(|(key, field)| (key, without_persons(field))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_persons).collect()),
        other => other,
    }
}

/// `due` and `group` are figures in some events and persons in others.
fn holds_persons(key: &str, field: &Value) -> bool {
    PERSONS.contains(&key) && !field.is_number()
}

/// Whether an event may be exported: what people do with their own accounts and data is nobody else's.
pub(super) const fn is_public(recorded: &Recorded) -> bool {
    match recorded.event {
        DomainEvent::Jurisdiction(..) | DomainEvent::Consultation(..) => true,
        DomainEvent::Roster(..) | DomainEvent::Account(..) => false,
    }
}
