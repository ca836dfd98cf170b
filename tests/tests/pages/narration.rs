//! Every event in words.

use std::path::Path;

use serde_json::Value;
use siyi_api::pages::Lang;
use siyi_api::pages::narrate::{Narrator, narrate};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::rules::Rules;

/// The frozen example of each event.
fn examples() -> Vec<(&'static str, ConsultationEvent)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/events/examples");
    let example = |name: &&'static str| {
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        (*name, ConsultationEvent::from_wire(name, &body["data"].to_string()).unwrap().unwrap())
    };
    ConsultationEvent::WIRE_NAMES.iter().map(example).collect()
}

#[test]
fn every_event_has_words_in_both_languages() {
    let rules = Rules::shipped().unwrap();
    let procedure = rules.procedure("rural/HN/2026");
    for (name, event) in examples() {
        for lang in [Lang::Zh, Lang::En] {
            for words in [narrate(&event, lang), Narrator { lang, procedure }.tell(&event)] {
                assert!(words.chars().count() > 5, "{name}: {words}");
                assert!(!words.contains('\n') && !words.contains("  "), "{name}: {words}");
                assert!(!words.contains('{') && !words.contains("_fen"), "{name}: {words}");
            }
        }
        let zh = narrate(&event, Lang::Zh);
        assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name}: {zh}");
        assert_ne!(zh, narrate(&event, Lang::En), "{name}");
    }
}

#[test]
fn no_words_carry_an_identifier_or_a_digest() {
    for (name, event) in examples() {
        let data = event.to_data().unwrap().to_string();
        let words = narrate(&event, Lang::Zh) + &narrate(&event, Lang::En);
        for piece in data.split('"').filter(|piece| piece.len() == 36 || piece.len() == 43 || piece.len() == 64) {
            let opaque = piece.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            assert!(!opaque || !words.contains(piece), "{name} tells {piece}");
        }
    }
}

#[test]
fn a_roll_call_is_told_by_its_counts_alone() {
    let (_, event) = examples().into_iter().find(|(name, _)| *name == "roll-called.v1").unwrap();
    let words = narrate(&event, Lang::Zh);
    assert!(words.starts_with("点名表决：同意"), "{words}");
}

#[test]
fn nobody_learns_why_a_person_was_left_out_of_those_due() {
    let (_, event) = examples().into_iter().find(|(name, _)| *name == "member-excluded.v1").unwrap();
    let ConsultationEvent::MemberExcluded(excluded) = &event else { panic!("another event") };
    assert!(!narrate(&event, Lang::Zh).contains(excluded.cause.zh()));
}
