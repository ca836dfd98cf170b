//! What of an event's data is told to whom.
//!
//! The log keeps who voted how at a roll call and why somebody was left off a roll, by identifiers that name nobody. Whoever
//! knows a few identifiers could still put the rest together, so the public is told that such facts are there and not what
//! they are; those whose office covers the village are told all.

use serde_json::{Value, json};
use siyi_log::envelope::DomainEvent;

/// The fields that are withheld from the public, by wire name.
const WITHHELD: &[(&str, &[&str])] = &[
    ("roll-called.v1", &["votes"]),
    ("owners-voted.v1", &["votes"]),
    ("member-excluded.v1", &["cause"]),
    ("signatures-collected.v1", &["households"]),
];

/// An event's data, whole or as the public is told it.
pub(super) fn data(event: &DomainEvent, whole: bool) -> Value {
    let (name, data) = match event {
        DomainEvent::Jurisdiction(_, event) => (event.wire_name(), event.to_data()),
        DomainEvent::Roster(_, event) => (event.wire_name(), event.to_data()),
        DomainEvent::Consultation(_, event) => (event.wire_name(), event.to_data()),
        DomainEvent::Account(_, event) => (event.wire_name(), event.to_data()),
    };
    let data = data.unwrap_or_default();
    if whole { data } else { for_the_public(event, name, data) }
}

fn for_the_public(event: &DomainEvent, name: &str, mut data: Value) -> Value {
    // Rolls and accounts say who somebody is: nothing of them is for the public but that they are there.
    if matches!(event, DomainEvent::Roster(..) | DomainEvent::Account(..)) {
        return json!({ "withheld": ["*"] });
    }
    let fields = WITHHELD.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, fields)| fields);
    let Some(object) = data.as_object_mut() else { return data };
    let withheld: Vec<&str> = fields.iter().copied().filter(|field| object.remove(*field).is_some()).collect();
    if !withheld.is_empty() {
        object.insert("withheld".to_owned(), json!(withheld));
    }
    data
}
