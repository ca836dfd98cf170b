//! Every computed figure of every event of every case, changed one by one: each change must be found.

use bytes::Bytes;
use serde_json::{Value, json};
use siyi_domain::rules::Rules;
use siyi_log::canonical::canonical_bytes;
use siyi_log::envelope::DomainEvent;
use siyi_verify::coverage::{Role, of_account, of_jurisdiction, of_matter, of_roster};
use siyi_verify::finding::Weight;
use siyi_verify::record::{self, Entry};
use siyi_verify::replay::Replay;

use crate::records::{Record, all_cases};

/// The pointers of an event's computed leaves.
fn computed(entry: &Entry) -> Vec<String> {
    let row = match &entry.recorded.event {
        DomainEvent::Jurisdiction(_, event) => of_jurisdiction(event),
        DomainEvent::Roster(_, event) => of_roster(event),
        DomainEvent::Consultation(_, event) => of_matter(event),
        DomainEvent::Account(_, event) => of_account(event),
    };
    let fields: Vec<String> = match row.role {
        Role::Follows => entry.data.as_object().unwrap().keys().cloned().collect(),
        Role::Heads { computed, .. } => computed.iter().map(|field| (*field).to_owned()).collect(),
        Role::Part { .. } => Vec::new(),
    };
    let mut leaves = Vec::new();
    for field in fields {
        // It is raised with the catalogue, and an older record keeps its own.
        if let Some(value) = entry.data.get(&field).filter(|_| field != "catalogue_version") {
            collect(&format!("/{field}"), value, &mut leaves);
        }
    }
    leaves
}

fn collect(pointer: &str, value: &Value, leaves: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| collect(&format!("{pointer}/{key}"), field, leaves));
        }
        // The first item stands for all of a long list.
        Value::Array(items) => {
            items.iter().take(2).enumerate().for_each(|(at, item)| collect(&format!("{pointer}/{at}"), item, leaves));
        }
        _ => leaves.push(pointer.to_owned()),
    }
}

fn changed(value: &Value) -> Value {
    match value {
        Value::Bool(yes) => json!(!yes),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::Null => json!(1),
        Value::String(text) if text == "carried" => json!("lost"),
        Value::String(text) if text == "lost" => json!("carried"),
        Value::String(text) => match text.parse::<jiff::civil::Date>() {
            Ok(day) => json!(day.tomorrow().unwrap()),
            Err(_) => json!(format!("{text}x")),
        },
        other => panic!("{other}"),
    }
}

fn mutated(act: &[Entry], at: usize, pointer: &str) -> Vec<Bytes> {
    let mut bodies: Vec<Bytes> = act.iter().map(|entry| entry.recorded.body.clone()).collect();
    let mut body: Value = serde_json::from_slice(&bodies[at]).unwrap();
    let leaf = body.pointer_mut(&format!("/data{pointer}")).unwrap();
    *leaf = changed(leaf);
    bodies[at] = canonical_bytes(&body).unwrap();
    bodies
}

fn is_found(replay: &Replay<'_>, bodies: &[Bytes]) -> bool {
    let (entries, mut findings) = record::read(0, bodies);
    if findings.is_empty() {
        findings = replay.clone().acts(&[&entries]);
    }
    // A pack that this program does not have cannot be called wrong; the record does not hold either.
    findings.iter().any(|finding| finding.weight() >= Weight::Unchecked)
}

#[tokio::test]
async fn no_computed_figure_can_be_changed() {
    let rules = Rules::shipped().unwrap();
    let (mut tried, mut missed) = (0, Vec::new());
    for file in all_cases() {
        let bodies = Record::of(&file).await.bodies();
        let (entries, findings) = record::read(0, &bodies);
        assert_eq!(findings, []);
        let mut replay = Replay::new(&rules);
        for act in record::acts(&entries) {
            for (at, entry) in act.iter().enumerate() {
                for pointer in computed(entry) {
                    tried += 1;
                    if !is_found(&replay, &mutated(act, at, &pointer)) {
                        missed.push(format!("{} {pointer}", entry.recorded.envelope.event_type));
                    }
                }
            }
            assert_eq!(replay.acts(&[act]), []);
        }
    }
    println!("{} of {tried} changes found", tried - missed.len());
    assert!(tried > 3_000, "{tried}");
    assert!(missed.is_empty(), "{} of {tried} missed: {missed:#?}", missed.len());
}

/// Figures that no village has: whatever a stranger writes, the verifier answers.
#[tokio::test]
async fn no_figure_is_too_large_to_be_judged() {
    let rules = Rules::shipped().unwrap();
    let mut tried = 0;
    for file in all_cases() {
        let bodies = Record::of(&file).await.bodies();
        let (entries, _) = record::read(0, &bodies);
        let mut replay = Replay::new(&rules);
        for act in record::acts(&entries) {
            for (at, entry) in act.iter().enumerate() {
                let mut leaves = Vec::new();
                if matches!(entry.recorded.event, DomainEvent::Consultation(..)) {
                    collect("", &entry.data, &mut leaves);
                }
                let numbers = leaves.iter().filter(|leaf| entry.data.pointer(leaf).is_some_and(Value::is_number));
                for pointer in numbers {
                    for most in [0, u64::from(u32::MAX), (1 << 53) - 1] {
                        let mut bodies: Vec<Bytes> = act.iter().map(|entry| entry.recorded.body.clone()).collect();
                        let mut body: Value = serde_json::from_slice(&bodies[at]).unwrap();
                        *body.pointer_mut(&format!("/data{pointer}")).unwrap() = json!(most);
                        bodies[at] = canonical_bytes(&body).unwrap();
                        let (entries, _) = record::read(0, &bodies);
                        let _ = siyi_verify::steps::of(&entries, &rules.laws);
                        let mut after = replay.clone();
                        let _ = after.acts(&[&entries]);
                        // The act behind it is judged in the state that the forged figure left.
                        let _ = after.acts(&[act]);
                        tried += 1;
                    }
                }
            }
            replay.acts(&[act]);
        }
    }
    assert!(tried > 2_000, "{tried}");
}
