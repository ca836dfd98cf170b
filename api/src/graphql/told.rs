//! What of an event's data is told to whom.
//!
//! The log keeps who voted how at a roll call and why somebody was left off a roll, by identifiers that name nobody. Whoever
//! knows a few identifiers could still put the rest together, so the public is told that such facts are there and not what
//! they are; those whose office covers the village are told all.

use serde_json::{Map, Value, json};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::secrecy::LEAST_CELL;
use siyi_log::envelope::DomainEvent;

/// The fields that are withheld from the public, by wire name.
const WITHHELD: &[(&str, &[&str])] = &[
    ("roll-called.v1", &["votes"]),
    ("owners-voted.v1", &["votes"]),
    ("member-excluded.v1", &["cause"]),
    ("signatures-collected.v1", &["households"]),
    ("contract-signed.v2", &["agents"]),
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
    let mut withheld: Vec<&str> = fields.iter().copied().filter(|field| object.remove(*field).is_some()).collect();
    if matches!(event, ConsultationEvent::PreferencesCounted(_)) && cover(object.get_mut("ranking")) {
        withheld.push("ranking.votes");
    }
    if !withheld.is_empty() {
        object.insert("withheld".to_owned(), json!(withheld));
    }
    data
}

/// Takes away each count of a ranking that is not nought and would tell of few, and says in its place of how many it is fewer.
/// Whether there was one.
fn cover(ranking: Option<&mut Value>) -> bool {
    let rows = ranking.and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut);
    let small = |row: &&mut Map<String, Value>| {
        row.get("votes").and_then(Value::as_u64).is_some_and(|votes| (1..LEAST_CELL).contains(&votes))
    };
    let covered = rows.filter(small).map(|row| {
        row.remove("votes");
        row.insert("votesFewerThan".to_owned(), json!(LEAST_CELL));
    });
    covered.count() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking() -> Value {
        json!([{ "title": "路灯", "votes": 10 }, { "title": "水渠", "votes": 9 }, { "title": "广场", "votes": 0 }])
    }

    fn counted() -> ConsultationEvent {
        let data = json!({ "voters": 19, "ranking": ranking() });
        ConsultationEvent::from_wire("preferences-counted.v1", &data.to_string()).unwrap().unwrap()
    }

    #[test]
    fn a_count_of_fewer_than_ten_is_not_told_to_the_public() {
        let told = of_matter(&counted(), false);
        assert_eq!(told["withheld"], json!(["ranking.votes"]));
        let rows = told["ranking"].as_array().unwrap();
        assert_eq!((rows[0]["votes"].as_u64(), rows[2]["votes"].as_u64()), (Some(10), Some(0)));
        assert_eq!(rows[1], json!({ "title": "水渠", "votesFewerThan": 10 }));
    }

    #[test]
    fn those_whose_office_covers_the_place_are_told_every_count() {
        let told = of_matter(&counted(), true);
        assert_eq!((&told["ranking"], told.get("withheld")), (&ranking(), None));
    }
}
