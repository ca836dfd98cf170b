//! The exports: what analysts' own programs read of them, and that nobody is in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use siyi_log::envelope::{DomainEvent, Recorded};
use siyi_verify::export::{cloudevents, ocel, xes};

use crate::records::{Record, all_cases};

async fn recorded() -> Vec<Recorded> {
    let mut events = Vec::new();
    let mut seen = BTreeSet::new();
    for file in all_cases() {
        // Cases of one village begin with the same events.
        let record = Record::of(&file).await;
        let new = record.events.iter().filter(|stored| seen.insert(stored.id));
        events.extend(new.map(|stored| Recorded::read(stored).unwrap().unwrap()));
    }
    events
}

fn is_of_matter(event: &Recorded) -> bool {
    matches!(event.event, DomainEvent::Consultation(..))
}

fn is_public(event: &Recorded) -> bool {
    matches!(event.event, DomainEvent::Consultation(..) | DomainEvent::Jurisdiction(..))
}

#[tokio::test]
async fn the_batch_of_cloudevents_keeps_to_the_specification() {
    let events = recorded().await;
    let batch = cloudevents(&events);
    let schema: Value =
        serde_json::from_str(include_str!("../../../schemas/verify/cloudevents-batch.schema.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&batch).take(3).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(batch.as_array().unwrap().len(), events.iter().filter(|event| is_public(event)).count());
    // The schema itself refuses what the specification refuses.
    let mut wrong = Value::Array(vec![batch[0].clone()]);
    for (key, value) in [("specversion", "0.3"), ("id", ""), ("time", "yesterday"), ("source", ""), ("Bad-Name", "x")] {
        let good = wrong.clone();
        wrong[0][key] = value.into();
        assert!(!validator.is_valid(&wrong), "{key}");
        wrong = good;
    }
}

/// Persons stand in no export, not even by their pseudonyms.
#[tokio::test]
async fn no_person_is_in_any_export() {
    let events = recorded().await;
    let mut persons: BTreeSet<String> = events.iter().map(|event| event.envelope.actor.person.to_string()).collect();
    for event in &events {
        if let DomainEvent::Roster(_, siyi_domain::roster::RosterEvent::PersonRegistered(e)) = &event.event {
            persons.insert(e.person.to_string());
        }
    }
    assert!(persons.len() > 1_000, "{}", persons.len());
    for text in [cloudevents(&events).to_string(), ocel(&events).to_string(), xes(&events)] {
        let ids = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-')).filter(|word| word.len() >= 36);
        let (mut seen, mut found) = (0, Vec::new());
        for id in ids {
            seen += 1;
            // What an id is part of, `meeting-1-of-matter-…` for example, ends with it.
            found.extend(persons.get(&id[id.len() - 36..]));
        }
        assert!(seen > 1_000 && found.is_empty(), "{found:?}");
    }
}

fn interop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/verify/interop")
}

/// What pm4py reads of a file. Its environment is made by `core/verify/interop/setup.sh`; without it the test fails.
fn loaded(kind: &str, text: &str) -> Value {
    let python = interop().join(".venv/bin/python");
    assert!(python.exists(), "run core/verify/interop/setup.sh first: {} is missing", python.display());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(if kind == "xes" { "log.xes" } else { "log.json" });
    std::fs::write(&path, text).unwrap();
    let output = Command::new(python).arg(interop().join("load.py")).arg(kind).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stdout)))
}

#[tokio::test]
async fn pm4py_loads_the_ocel_without_a_warning() {
    let events = recorded().await;
    let log = ocel(&events);
    let read = loaded("ocel", &log.to_string());
    assert_eq!(read["warnings"], serde_json::json!([]));
    assert_eq!(read["events"], log["events"].as_array().unwrap().len());
    assert_eq!(read["objects"], log["objects"].as_array().unwrap().len());
    assert_eq!(read["object_types"], serde_json::json!(["jurisdiction", "matter", "meeting", "notice", "objection"]));
    assert!(read["relations"].as_u64() > read["events"].as_u64());
}

#[tokio::test]
async fn pm4py_loads_the_xes_without_a_warning() {
    let events = recorded().await;
    let read = loaded("xes", &xes(&events));
    let matters: BTreeSet<_> = events
        .iter()
        .filter(|event| is_of_matter(event))
        .map(|event| event.envelope.stream.as_str().to_owned())
        .collect();
    assert_eq!(read["warnings"], serde_json::json!([]));
    assert_eq!(read["traces"], matters.len());
    assert_eq!(read["events"], events.iter().filter(|event| is_of_matter(event)).count());
    assert_eq!(read["columns"], true);
}
