//! `docs/abuse.md` names every pattern, and nothing that does not exist.

use std::collections::BTreeSet;
use std::path::Path;

use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::refusal::RefusalCode;

/// A pattern that is added and left out here does not compile.
fn all_patterns() -> Vec<FlagPattern> {
    use FlagPattern as P;
    let all = [
        P::Splitting,
        P::WorkBeforeResolution,
        P::LateRecording,
        P::BurstRecording,
        P::ZeroDissent,
        P::CheckedInElsewhere,
        P::DenominatorShrunk,
        P::SameSignIn,
        P::RecodedAfterScreening,
        P::PostingWithoutPhoto,
        P::PhotoReused,
        P::NoticeRemovedEarly,
        P::Overspending,
        P::ContractDiffers,
        P::SupervisorsRelatives,
        P::UnanimousSecretBallot,
        P::SlowAnswers,
        P::EmergencyOften,
        P::OrderedFromAbove,
        P::SameTextElsewhere,
        P::SameDaySteps,
    ];
    for pattern in all {
        match pattern {
            P::Splitting
            | P::WorkBeforeResolution
            | P::LateRecording
            | P::BurstRecording
            | P::ZeroDissent
            | P::CheckedInElsewhere
            | P::DenominatorShrunk
            | P::SameSignIn
            | P::RecodedAfterScreening
            | P::PostingWithoutPhoto
            | P::PhotoReused
            | P::NoticeRemovedEarly
            | P::Overspending
            | P::ContractDiffers
            | P::SupervisorsRelatives
            | P::UnanimousSecretBallot
            | P::SlowAnswers
            | P::EmergencyOften
            | P::OrderedFromAbove
            | P::SameTextElsewhere
            | P::SameDaySteps => {}
        }
    }
    all.to_vec()
}

fn docs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

fn page() -> String {
    std::fs::read_to_string(docs().join("abuse.md")).unwrap()
}

/// What stands between backquotes.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_page_names_every_pattern_and_its_chinese_term() {
    let page = page();
    for pattern in all_patterns() {
        let name = pattern.as_str();
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` ")));
        let row = row.unwrap_or_else(|| panic!("no row of the second table is of `{name}`"));
        assert!(row.contains(pattern.zh()), "{name}: {}", pattern.zh());
        assert!(row.matches('|').count() == 5, "{row}");
    }
}

#[test]
fn every_refusal_that_the_page_links_exists_and_has_its_page() {
    let page = page();
    let links: Vec<&str> = page.split("](refusals/").skip(1).filter_map(|rest| rest.split(".md)").next()).collect();
    assert!(links.len() > 20, "{links:?}");
    for code in links {
        assert!(code.parse::<RefusalCode>().is_ok(), "`{code}` is no refusal");
        assert!(docs().join(format!("refusals/{code}.md")).exists(), "`{code}` has no page");
    }
}

#[test]
fn the_page_has_all_twenty_five_rows_and_each_says_what_the_engine_does() {
    let page = page();
    let patterns: BTreeSet<String> = all_patterns().into_iter().map(FlagPattern::as_str).collect();
    for row in 1..=25 {
        let line = page.lines().find(|line| line.starts_with(&format!("| {row} |")));
        let line = line.unwrap_or_else(|| panic!("row {row} is missing"));
        let flagged = quoted(line).iter().any(|word| patterns.contains(*word));
        assert!(flagged || line.contains("](refusals/") || line.contains("not before"), "row {row} says nothing");
    }
    assert!(!page.lines().any(|line| line.starts_with("| 26 |")));
}

#[test]
fn every_name_in_the_column_of_flags_is_a_pattern() {
    let page = page();
    let patterns: BTreeSet<String> = all_patterns().into_iter().map(FlagPattern::as_str).collect();
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() == 6);
    let mut named = BTreeSet::new();
    for row in rows.skip(2) {
        let flagged = row.split('|').nth(4).unwrap();
        for name in quoted(flagged) {
            assert!(patterns.contains(name), "`{name}` is no pattern");
            named.insert(name.to_owned());
        }
    }
    assert_eq!(named, patterns, "a pattern that no row of the list is about");
}
