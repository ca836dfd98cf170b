//! Each command of the domain has a mutation, whose input the domain reads whole.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use siyi_domain::consultation::ConsultationCommand;
use siyi_domain::jurisdiction::JurisdictionCommand;
use siyi_domain::roster::RosterCommand;

use super::{PERSON, act, ask, empty, post, send, with_files};

/// All commands by their GraphQL names.
fn names() -> BTreeSet<&'static str> {
    [ConsultationCommand::NAMES, JurisdictionCommand::NAMES, RosterCommand::NAMES].concat().into_iter().collect()
}

const INTROSPECTION: &str = "{ __schema { mutationType { fields { name args { name type { ...named } } } }
    types { name enumValues { name } inputFields { name type { ...named } } } } }
    fragment named on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// Mutations that are no command to a matter, a place or a roster: they are of the caller's own account.
const OF_THE_GATE: [&str; 2] = ["recordReading", "giveSecond"];

/// The types of the schema by name.
struct Types(BTreeMap<String, Value>);

impl Types {
    fn of(schema: &Value) -> Self {
        let types = schema["types"].as_array().unwrap().iter();
        Self(types.map(|named| (named["name"].as_str().unwrap().to_owned(), named.clone())).collect())
    }

    /// A value of this type for a field of this name; `None` where the field may be left out and is to be.
    fn sample(&self, field: &str, of: &Value, whole: bool) -> Option<Value> {
        match of["kind"].as_str().unwrap() {
            "NON_NULL" => self.sample(field, &of["ofType"], true),
            _ if !whole => None,
            "LIST" => Some(Value::from_iter(self.sample(field, &of["ofType"], true))),
            "ENUM" => Some(self.0[of["name"].as_str().unwrap()]["enumValues"][0]["name"].clone()),
            "INPUT_OBJECT" => Some(self.object(of["name"].as_str().unwrap(), whole)),
            _ => Some(scalar(field, of["name"].as_str().unwrap())),
        }
    }

    /// An input object with all its fields, or with those only that it must have.
    fn object(&self, name: &str, whole: bool) -> Value {
        let fields = self.0[name]["inputFields"].as_array().unwrap().iter();
        let sampled = fields.filter_map(|field| {
            let name = field["name"].as_str().unwrap();
            Some((name.to_owned(), self.sample(name, &field["type"], whole)?))
        });
        Value::Object(sampled.collect::<Map<_, _>>())
    }
}

fn scalar(field: &str, name: &str) -> Value {
    match (name, field) {
        ("ID", _) => PERSON.into(),
        ("Date", _) => "2026-03-02".into(),
        ("DateTime", _) => "2026-01-01T08:00:00+08:00".into(),
        ("Boolean", _) => true.into(),
        (
            "String",
            "paper" | "photo" | "sha256" | "code" | "consent" | "struckAtHome" | "file" | "approval" | "statement"
            | "released",
        ) => "0".repeat(64).into(),
        ("String", "jurisdiction" | "home" | "admittedAt") => "419901101201".into(),
        ("String", "matters") => "V03".into(),
        ("String", "sex") => "f".into(),
        ("String", _) => "S1".into(),
        ("Int" | "Fen" | "Count", _) => 1.into(),
        (other, _) => panic!("no sample of `{other}`"),
    }
}

#[tokio::test]
async fn every_command_of_the_domain_has_a_mutation_and_every_mutation_is_a_command() {
    let (_world, router) = empty().await;
    let schema = ask(&router, INTROSPECTION).await["__schema"].clone();
    let mutations = schema["mutationType"]["fields"].as_array().unwrap().iter();
    let mutations: BTreeSet<&str> = mutations.map(|field| field["name"].as_str().unwrap()).collect();
    let of_the_domain: BTreeSet<&str> = mutations.iter().copied().filter(|name| !OF_THE_GATE.contains(name)).collect();
    assert_eq!(of_the_domain, names());
    assert_eq!(mutations.len(), of_the_domain.len() + OF_THE_GATE.len());
}

#[tokio::test]
async fn the_domain_reads_every_field_of_every_input() {
    let (_world, router) = empty().await;
    let schema = ask(&router, INTROSPECTION).await["__schema"].clone();
    let types = Types::of(&schema);
    for mutation in schema["mutationType"]["fields"].as_array().unwrap() {
        let name = mutation["name"].as_str().unwrap();
        if OF_THE_GATE.contains(&name) {
            continue;
        }
        let args = mutation["args"].as_array().unwrap();
        let input = args.iter().find(|arg| arg["name"] == "input").unwrap();
        let input_type = input["type"]["ofType"]["name"].as_str().unwrap();
        let to_place = args.iter().any(|arg| arg["name"] == "jurisdiction");
        let (target, id) = if to_place { ("jurisdiction", "419901101201") } else { ("consultation", PERSON) };
        for whole in [false, true] {
            let query = format!(
                "mutation ($id: ID!, $input: {input_type}!) {{ {name}({target}: $id, input: $input) {{ __typename }} }}"
            );
            // Without sign-in nobody makes the code of an invitation.
            let input = types.object(input_type, whole || name == "inviteResident");
            let body = json!({ "query": query, "variables": { "id": id, "input": input } });
            let mut request = post(Some("application/json"), body.to_string());
            request.headers_mut().insert("x-siyi-person", "01890000-0000-7000-8000-000000000002".parse().unwrap());
            request.headers_mut().insert("x-siyi-office", "villager".parse().unwrap());
            let (_, answer) = send(&router, request).await;
            assert_eq!(answer["data"][name]["__typename"], "Refusal", "`{name}` with {input}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_motion_is_screened_onto_the_light_road() {
    let (world, router) = with_files(&["柳沟村.json"]).await;
    world.clock.advance_to("2026-08-05T10:00:00+08:00".parse().unwrap());
    let raised = act(
        &router,
        "party_secretary",
        r#"mutation { raiseMotion(input: { jurisdiction: "419901101201", title: "更换垃圾桶", matters: ["HN-204"],
            source: village_cadres, initiator: { kind: party_organisation }, summary: "更换三处垃圾桶" }) {
            ... on Recorded { subject } ... on Refusal { code figures { name value } } } }"#,
    )
    .await;
    let id = raised["data"]["raiseMotion"]["subject"].as_str().unwrap_or_else(|| panic!("{raised}"));
    let screen = |input: &str| {
        format!(
            "mutation {{ screenMotion(consultation: \"{id}\", input: {input}) {{ ... on Recorded {{ position }}
                ... on Refusal {{ code figures {{ name value }} }} }} }}"
        )
    };
    let refused = act(&router, "party_secretary", &screen("{ lane: emergency }")).await;
    assert_eq!(refused["data"]["screenMotion"]["code"], "lane-not-permitted");
    let screened = act(&router, "party_secretary", &screen("{ lane: light }")).await;
    let position = &screened["data"]["screenMotion"]["position"];
    let query = format!(
        "{{ consultation(id: \"{id}\", atLeast: {position}) {{ lane laneName en: laneName(language: en) step status suspended
            emergency linkedOwners detour {{ purpose }} appliedProcedure {{ id lanes {{ lane limit {{ fen }} }} }} }} }}"
    );
    let matter = ask(&router, &query).await["consultation"].clone();
    let lanes = matter["appliedProcedure"]["lanes"].as_array().unwrap();
    assert!(lanes.contains(&json!({ "lane": "light", "limit": { "fen": "5000000" } })));
    assert_eq!(matter["appliedProcedure"]["id"], "rural/HN/2026");
    assert_eq!((&matter["lane"], &matter["step"]), (&json!("light"), &json!("L2")));
    assert_eq!((&matter["laneName"], &matter["en"]), (&json!("简易程序"), &json!("Light road")));
    assert_eq!((&matter["status"], &matter["suspended"]), (&json!("deliberating"), &json!(false)));
    assert!(matter["emergency"].is_null() && matter["detour"].is_null());
}
