//! What of an event's data is told to whom.
//!
//! The log keeps who voted how at a roll call and why somebody was left off a roll, by identifiers that name nobody. Whoever
//! knows a few identifiers could still put the rest together, so the public is told that such facts are there and not what
//! they are; those whose office covers the village are told all.

use serde_json::{Value, json};
use siyi_domain::consultation::ConsultationEvent;
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
    let data = match event {
        DomainEvent::Consultation(_, event) => return of_matter(event, whole),
        DomainEvent::Jurisdiction(_, event) => return event.to_data().unwrap_or_default(),
        DomainEvent::Roster(_, event) => event.to_data(),
        DomainEvent::Account(_, event) => event.to_data(),
    };
    // Rolls and accounts say who somebody is: nothing of them is for the public but that they are there.
    if whole { data.unwrap_or_default() } else { json!({ "withheld": ["*"] }) }
}

/// The data of a matter's event, whole or as the public is told it.
pub(super) fn of_matter(event: &ConsultationEvent, whole: bool) -> Value {
    let mut data = event.to_data().unwrap_or_default();
    let fields = WITHHELD.iter().find(|(of, _)| *of == event.wire_name()).map_or(&[][..], |(_, fields)| fields);
    let Some(object) = data.as_object_mut().filter(|_| !whole) else { return data };
    let withheld: Vec<&str> = fields.iter().copied().filter(|field| object.remove(*field).is_some()).collect();
    if !withheld.is_empty() {
        object.insert("withheld".to_owned(), json!(withheld));
    }
    data
}
