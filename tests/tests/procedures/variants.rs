//! A region is a file that says what differs, and nothing else differs.

use std::collections::BTreeSet;

use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::matters::Lane;
use siyi_domain::procedure::{Procedure, StepKind};
use siyi_tests::law::differing;
use toml::{Table, Value};

use super::{RULES, checked, shipped};

fn variant(file: &str) -> (&'static Procedure, &'static Procedure) {
    let table: Table = shipped(file).parse().unwrap();
    let pack = |field: &str| RULES.procedure(table[field].as_str().unwrap()).unwrap();
    (pack("id"), pack("base"))
}

fn places(file: &str) -> BTreeSet<String> {
    let (pack, base) = variant(file);
    differing(pack, Some(base)).into_iter().map(|row| row.place).collect()
}

fn these(places: &[&str]) -> BTreeSet<String> {
    places.iter().map(|place| (*place).to_owned()).collect()
}

#[test]
fn four_deliberations_one_review_adds_the_review_and_nothing_else() {
    assert_eq!(places("rural-review-2026.toml"), these(&["RV.due_within", "RV.review", "lane.full"]));
    let (pack, base) = variant("rural-review-2026.toml");
    let steps: Vec<&str> = pack.steps_of(Lane::Full).map(|step| step.code.as_str()).collect();
    assert_eq!(steps, ["S1", "S2", "RV", "S3", "S4"]);
    assert_eq!(pack.step("RV").unwrap().kind, StepKind::Review);
    assert_eq!(pack.lanes.len(), base.lanes.len());
}

#[test]
fn one_supervision_asks_for_papers_and_changes_no_number() {
    assert_eq!(places("rural-supervised-2026.toml"), these(&["lane.full"]));
    let (pack, base) = variant("rural-supervised-2026.toml");
    for step in pack.steps_of(Lane::Full) {
        let papers: Vec<&str> = step.papers.iter().map(|paper| paper.as_str()).collect();
        let before: Vec<&str> = base.step(&step.code).unwrap().papers.iter().map(|paper| paper.as_str()).collect();
        assert_eq!(papers, [before, vec!["supervision_opinion"]].concat(), "{}", step.code);
    }
}

#[test]
fn ninghai_differs_where_its_file_says_so() {
    let (pack, _) = variant("rural-NH-2026.toml");
    let own: Table = shipped("rural-NH-2026.toml").parse().unwrap();
    let names = |list: &str, field: &str| -> Vec<String> {
        let rows = own[list].as_array().unwrap().iter();
        rows.map(|row| row[field].as_str().unwrap().to_owned()).collect()
    };
    for place in places("rural-NH-2026.toml") {
        let (part, field) = place.split_once('.').unwrap_or((&place, ""));
        let field = field.split(['.', '/']).next().unwrap();
        let said = match part {
            "initiator" => names("initiator", "kind").contains(&field.to_owned()),
            "lane" => names("lane", "lane").contains(&field.to_owned()),
            "rolls" | "disclosure" | "implementation" => own[part].get(field).is_some(),
            step => names("step", "code").contains(&step.to_owned()),
        };
        assert!(said, "{place} differs, and the file does not say so");
    }
    assert_eq!(pack.disclosure.plan.as_ref().map(|plan| plan.posted.days), Some(15));
    assert_eq!(pack.disclosure.posted.days, 15);
    assert!(pack.disclosure.appraisal.is_some());
}

#[test]
fn packs_by_adoption_bind_no_region() {
    for file in ["rural-review-2026.toml", "rural-supervised-2026.toml"] {
        let (pack, _) = variant(file);
        assert!(pack.by_adoption && pack.region_prefixes.is_empty(), "{}", pack.id);
    }
}

/// A county writes ten lines.
#[test]
fn a_county_is_ten_lines() {
    let text = r#"
        base = "rural/HN/2026"
        id = "rural/HN-county/2026"
        version = 1
        name = { zh = "某县", en = "A county" }
        region_prefixes = ["419901"]
        [[step]]
        code = "S4"
        [[step.form]]
        id = "representatives"
        notice = { days = 3, basis = { law = "4D2D", article = "决议" } }
    "#;
    let (exit, report) = checked(text);
    assert_eq!((exit, &report["ok"]), (0, &Value::Boolean(true).to_string().parse().unwrap()), "{report:#}");
    let pack = RULES.check_procedure(text).unwrap();
    let base = RULES.procedure("rural/HN/2026").unwrap();
    let places: Vec<String> = differing(&pack, Some(base)).into_iter().map(|row| row.place).collect();
    assert_eq!(places, ["S4.representatives.notice"]);
    assert_eq!(pack.applies_to, [JurisdictionKind::Village]);
}

#[test]
fn a_variant_is_held_to_the_floors_as_its_base_is() {
    let text = shipped("rural-NH-2026.toml").replace(
        "notice = { days = 3,",
        "quorum = { gt = [1, 2], of = \"due\", basis = { law = \"ZJ-V\", article = \"23\" } }\nnotice = { days = 3,",
    );
    let (exit, report) = checked(&text);
    assert_eq!((exit, report["code"].as_str()), (1, Some("looser-than-statute")), "{report:#}");
    assert!(report["message"].as_str().unwrap().contains("VL-2025 article 30"), "{report:#}");
}
