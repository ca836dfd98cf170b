//! A pack that cannot be loaded is refused with a code, the place, and what mends it.

use super::{checked, shipped};

/// A shipped pack with one text changed.
fn changed(from: &str, to: &str) -> String {
    let text = shipped("rural-HN-2026.toml");
    assert!(text.contains(from), "the pack has no `{from}`");
    text.replacen(from, to, 1)
}

fn refused(text: &str, code: &str, place: &str) {
    let (exit, report) = checked(text);
    assert_eq!(exit, 1, "{report:#}");
    assert_eq!(report["ok"], false);
    assert_eq!(report["code"], code, "{report:#}");
    assert!(report["place"].as_str().unwrap().contains(place), "{report:#}");
    assert!(!report["message"].as_str().unwrap().is_empty());
    assert!(!report["cure"].as_str().unwrap().is_empty());
}

#[test]
fn a_share_of_an_unknown_base() {
    refused(&changed("of = \"due\"", "of = \"everybody\""), "procedure-malformed", "rolls.representatives_share");
}

#[test]
fn a_pack_on_an_unknown_base() {
    let text = shipped("rural-review-2026.toml").replace("base = \"rural/HN/2026\"", "base = \"rural/HN/1999\"");
    refused(&text, "procedure-incomplete", "rural/HN/1999");
}

#[test]
fn a_fraction_above_one() {
    let text = changed("quorum = { ge = [2, 3], of = \"due\"", "quorum = { ge = [3, 2], of = \"due\"");
    refused(&text, "fraction-no-share", "S3.party_members.quorum");
}

#[test]
fn a_fraction_of_nothing() {
    let text = changed("quorum = { ge = [2, 3], of = \"due\"", "quorum = { ge = [2, 0], of = \"due\"");
    refused(&text, "fraction-no-share", "S3.party_members.quorum");
}

#[test]
fn a_cycle_of_steps() {
    let text = changed("steps = [\"S1\", \"S2\", \"S3\", \"S4\"]", "steps = [\"S1\", \"S2\", \"S1\", \"S4\"]");
    refused(&text, "steps-in-a-cycle", "road `full`, step `S1`");
}

#[test]
fn a_return_forwards() {
    refused(&changed("on_lost = { return_to = \"S1\" }", "on_lost = { return_to = \"S4\" }"), "step-unknown", "S2");
}

#[test]
fn a_missing_article() {
    let text = changed("law = \"VL-2025\", article = \"26\"", "law = \"VL-2025\", article = \"260\"");
    refused(&text, "article-missing", "`VL-2025` `260`");
}

#[test]
fn a_source_that_nobody_knows() {
    refused(&changed("sources = [\"VL-2025\"", "sources = [\"VL-1900\""), "source-unknown", "VL-1900");
}

#[test]
fn dates_that_overlap() {
    let text = changed("id = \"rural/HN/2026\"", "id = \"rural/HN/2027\"").replace("2026-01-01", "2027-01-01");
    refused(&text, "procedures-overlap", "2027-01-01");
}

#[test]
fn dates_that_end_before_they_begin() {
    let text = changed("effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_until = 2025-06-30");
    refused(&text, "procedure-incomplete", "rural/HN/2026");
}

#[test]
fn two_steps_with_one_code() {
    refused(&changed("code = \"S3\"", "code = \"S2\""), "procedure-incomplete", "`S2` stands twice");
}

#[test]
fn a_field_that_does_not_exist() {
    refused(
        &changed("correction_to = \"S2\"", "correction_to = \"S2\"\nquorums = 3"),
        "procedure-malformed",
        "quorums",
    );
}

#[test]
fn a_text_that_is_no_toml() {
    refused("id = ", "procedure-malformed", "line 1");
}
