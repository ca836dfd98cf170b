//! The policies as texts: they fit their schema, each has an id and a basis, and each is needed.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use std::collections::BTreeSet;

use siyi_access::{DecisionPoint, FRESH_SIGN_IN_SECONDS, SCHEMA, SHIPPED};

#[test]
fn the_shipped_policies_fit_their_schema() {
    let point = DecisionPoint::shipped().unwrap();
    assert!(point.policies().len() > 60, "{}", point.policies().len());
    for note in point.policies() {
        assert!(note.rule.is_some() || note.law.is_some(), "{}", note.id);
    }
}

#[test]
fn every_file_of_the_folder_is_shipped() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/policies");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".cedar").map(str::to_owned))
        .collect();
    let shipped: BTreeSet<String> = SHIPPED.iter().map(|(subject, _)| (*subject).to_owned()).collect();
    assert_eq!(files, shipped);
}

#[test]
fn a_law_that_a_policy_cites_lies_among_the_laws() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/laws");
    // 个人信息保护法 is no law of procedure, so no rule pack cites it and it has no file there.
    let elsewhere = ["PIPL"];
    for note in DecisionPoint::shipped().unwrap().policies() {
        let Some(law) = &note.law else { continue };
        let id = law.split_whitespace().next().unwrap();
        let is_known = std::path::Path::new(folder).join(format!("{id}.toml")).is_file() || elsewhere.contains(&id);
        assert!(is_known, "{}: {law}", note.id);
    }
}

#[test]
fn the_policy_of_a_fresh_sign_in_holds_the_same_number() {
    let (_, text) = SHIPPED.iter().find(|(subject, _)| *subject == "accounts").unwrap();
    assert!(text.contains(&format!("principal.signed_in_seconds_ago > {FRESH_SIGN_IN_SECONDS}")));
}

fn error_of(policy: &str) -> &'static str {
    DecisionPoint::from_texts(SCHEMA, &[("test", policy)]).unwrap_err().code()
}

#[test]
fn a_policy_that_is_no_cedar_or_does_not_fit_stops_the_start() {
    assert_eq!(error_of("permit (principal, action"), "policy-unreadable");
    assert_eq!(error_of("@rule(\"x\") permit (principal, action, resource);"), "policy-without-id");
    assert_eq!(error_of("@id(\"x\") permit (principal, action, resource);"), "policy-without-basis");
    let twice = "@id(\"x\") @rule(\"y\") permit (principal, action, resource);";
    assert_eq!(error_of(&format!("{twice}\n{twice}")), "policy-id-twice");
    let misspelt = "@id(\"x\") @rule(\"y\") permit (principal, action == Action::\"raiseMoton\", resource);";
    assert_eq!(error_of(misspelt), "policy-invalid");
    let typed = "@id(\"x\") @rule(\"y\") permit (principal, action, resource) when { context.office == 7 };";
    assert_eq!(error_of(typed), "policy-invalid");
}

#[test]
fn a_schema_that_misses_a_door_stops_the_start() {
    let without = SCHEMA.replace("raiseMotion, ", "");
    let policy = "@id(\"x\") @rule(\"y\") permit (principal, action, resource);";
    assert_eq!(DecisionPoint::from_texts(&without, &[("test", policy)]).unwrap_err().code(), "policy-door-unknown");
    assert_eq!(DecisionPoint::from_texts("entity", &[]).unwrap_err().code(), "policy-schema-unreadable");
}

#[test]
fn a_kind_of_door_means_the_same_here_and_in_the_schema() {
    use siyi_access::{DoorKind, doors};
    let point = DecisionPoint::shipped().unwrap();
    for door in doors() {
        let kind = match door.kind() {
            DoorKind::PublicRead => "publicRead",
            DoorKind::CoveredRead => "coveredRead",
            DoorKind::OwnRead => "ownRead",
            DoorKind::Command => "command",
            DoorKind::Administration => "administration",
            DoorKind::PersonalData => "personalData",
        };
        let kinds = point.kinds_of(*door);
        assert!(kinds.iter().any(|known| known == kind), "{door}: {kinds:?}");
        assert_eq!(kinds.iter().any(|known| known == "command"), door.is_act(), "{door}: {kinds:?}");
    }
}
