//! What was promised to others: the JSON Schema and a frozen example of every event, the GraphQL schema, the case files'
//! schema. `SIYI_BLESS=1` writes what is new; a frozen example is never rewritten.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use siyi_domain::account::AccountEvent;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::roster::RosterEvent;
use siyi_log::port::{AllFrom, Direction, StoredEvent};
use siyi_tests::world::{World, case_files, rare_case};

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

fn blessing() -> bool {
    std::env::var_os("SIYI_BLESS").is_some()
}

/// The file must hold exactly `text`; when blessing it is written.
fn assert_file(path: &Path, text: &str) {
    if blessing() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let held = fs::read_to_string(path).unwrap_or_default();
    assert!(
        held == text,
        "{} is not what the code says; if the change is meant, run with SIYI_BLESS=1",
        path.display()
    );
}

fn generated() -> BTreeMap<&'static str, Value> {
    let all =
        JurisdictionEvent::schemas().into_iter().chain(RosterEvent::schemas()).chain(ConsultationEvent::schemas());
    let all = all.chain(AccountEvent::schemas());
    all.map(|(name, schema)| (name, sorted(schema.to_value()))).collect()
}

/// With the keys of every object in order, whatever order the crate that is linked keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().map(|(key, field)| (key, sorted(field))).collect();
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn wire_names() -> BTreeSet<&'static str> {
    [JurisdictionEvent::WIRE_NAMES, RosterEvent::WIRE_NAMES, ConsultationEvent::WIRE_NAMES, AccountEvent::WIRE_NAMES]
        .concat()
        .into_iter()
        .collect()
}

fn example_path(name: &str) -> PathBuf {
    schemas().join("events/examples").join(format!("{name}.json"))
}

#[test]
fn every_event_has_the_schema_that_was_promised() {
    for (name, schema) in generated() {
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        assert_file(&schemas().join("events").join(format!("{name}.schema.json")), &text);
    }
}

#[test]
fn no_released_event_is_forgotten() {
    let known = wire_names();
    let mut released = 0;
    for entry in fs::read_dir(schemas().join("events")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        if let Some(name) = file.strip_suffix(".schema.json") {
            assert!(known.contains(name), "`{name}` was released and can no longer be read");
            released += 1;
        }
    }
    assert_eq!(released, known.len());
}

#[test]
fn every_frozen_example_fits_its_schema_and_survives_a_round_trip() {
    let current = generated();
    for name in wire_names() {
        let schema = fs::read_to_string(schemas().join("events").join(format!("{name}.schema.json"))).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let text = fs::read_to_string(example_path(name)).unwrap_or_else(|_| panic!("`{name}` has no frozen example"));
        let example: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(example["type"], name);
        let data = &example["data"];
        let validator = jsonschema::validator_for(&schema).unwrap();
        let wrong: Vec<String> = validator.iter_errors(data).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
        let read = round_trip(name, data);
        // An older version is read as its successor; only a current shape comes out as it went in.
        if current.contains_key(name) {
            assert_eq!(&read, data, "{name}");
        }
        let canonical = serde_json_canonicalizer::to_string(&example).unwrap();
        assert_eq!(text.trim_end(), canonical, "{name}: the example is not in its stored form");
    }
}

fn round_trip(name: &str, data: &Value) -> Value {
    let text = data.to_string();
    if let Some(event) = ConsultationEvent::from_wire(name, &text).unwrap() {
        return event.to_data().unwrap();
    }
    if let Some(event) = RosterEvent::from_wire(name, &text).unwrap() {
        return event.to_data().unwrap();
    }
    if let Some(event) = AccountEvent::from_wire(name, &text).unwrap() {
        return event.to_data().unwrap();
    }
    JurisdictionEvent::from_wire(name, &text).unwrap().unwrap().to_data().unwrap()
}

#[tokio::test]
async fn what_the_cases_record_fits_the_schemas() {
    let world = World::new().await.unwrap();
    world.run(&[case_files().unwrap(), vec![rare_case()]].concat()).await.unwrap();
    let validators: BTreeMap<_, _> =
        generated().into_iter().map(|(name, schema)| (name, jsonschema::validator_for(&schema).unwrap())).collect();
    let mut seen = BTreeMap::<String, StoredEvent>::new();
    let events = world.app.store.read_all(AllFrom::Start, Direction::Forwards, 10_000).await.unwrap();
    assert!(events.len() > 1_000 && events.len() < 10_000, "{} events", events.len());
    for event in events {
        let body: Value = serde_json::from_slice(&event.body).unwrap();
        let validator = &validators[event.event_type.as_str()];
        let wrong: Vec<String> = validator.iter_errors(&body["data"]).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{} at {}: {wrong:?}", event.event_type, event.position);
        seen.entry(event.event_type.clone()).or_insert(event);
    }
    if blessing() {
        for (name, event) in &seen {
            if !example_path(name).exists() {
                fs::create_dir_all(example_path(name).parent().unwrap()).unwrap();
                fs::write(example_path(name), [&event.body[..], b"\n"].concat()).unwrap();
            }
        }
    }
    // An older version is recorded no more; its example stays as it was frozen.
    let missing: Vec<_> = generated().into_keys().filter(|name| !seen.contains_key(*name)).collect();
    assert!(missing.is_empty(), "no case records {missing:?}");
}

#[test]
fn the_graphql_schema_is_the_one_that_was_promised() {
    assert_file(&schemas().join("graphql/schema.graphql"), &siyi_api::graphql::sdl());
}

#[test]
fn every_shipped_case_fits_the_case_schema() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(schemas().join("case-file.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let files = case_files().unwrap();
    assert!(files.len() >= 10);
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let case: Value = if path.extension().is_some_and(|e| e == "json") {
            serde_json::from_str(&text).unwrap()
        } else {
            toml::from_str(&text).unwrap()
        };
        let wrong: Vec<String> = validator.iter_errors(&case).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
    }
}

#[test]
fn what_a_signature_leaves_out_are_the_salted_digests_and_nothing_else() {
    let mut salted = BTreeMap::new();
    for name in wire_names() {
        let schema = fs::read_to_string(schemas().join("events").join(format!("{name}.schema.json"))).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let fields = schema["properties"].as_object().into_iter().flatten();
        let fields = fields.filter(|(_, field)| field.to_string().contains("#/$defs/Sealed"));
        let fields: Vec<String> = fields.map(|(field, _)| field.clone()).collect();
        if !fields.is_empty() {
            salted.insert(name.to_owned(), fields);
        }
    }
    let left_out = siyi_log::handler::SALTED.iter();
    let left_out =
        left_out.map(|(name, fields)| ((*name).to_owned(), fields.iter().map(|f| (*f).to_owned()).collect()));
    assert_eq!(left_out.collect::<BTreeMap<_, Vec<String>>>(), salted);
}
