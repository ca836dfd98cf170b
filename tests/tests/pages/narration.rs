//! Every event in words.

use std::path::Path;

use serde_json::Value;
use siyi_api::pages::Lang;
use siyi_api::pages::narrate::{Narrator, narrate};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::rules::Rules;

/// The frozen example of each event; a sample where none is frozen yet.
fn examples() -> Vec<(&'static str, ConsultationEvent)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/events/examples");
    let example = |name: &&'static str| {
        let data = match std::fs::read_to_string(folder.join(format!("{name}.json"))) {
            Ok(text) => serde_json::from_str::<Value>(&text).unwrap()["data"].clone(),
            Err(_) => super::samples::sample(name).unwrap_or_else(|| panic!("`{name}` has neither example nor sample")),
        };
        let event = ConsultationEvent::from_wire(name, &data.to_string()).unwrap_or_else(|e| panic!("{name}: {e}"));
        (*name, event.unwrap())
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

/// The sample of an event, told by the procedure of a place.
fn told(name: &str, procedure: &str, lang: Lang) -> String {
    let rules = Rules::shipped().unwrap();
    let data = super::samples::sample(name).unwrap().to_string();
    let event = ConsultationEvent::from_wire(name, &data).unwrap().unwrap();
    Narrator { lang, procedure: rules.procedure(procedure) }.tell(&event)
}

#[test]
fn what_was_judged_is_told_with_figures_and_article() {
    let signed = told("signatures-closed.v1", "rural/HN/2026", Lang::Zh);
    assert_eq!(
        signed,
        "户签字结束：签字 282 超过 全体户 562 的 1/2（282×2=564 > 562=562×1），\
         依据《中华人民共和国村民委员会组织法》（2025-10-28）第30条。"
    );
    let owners = told("owners-decided.v1", "urban/HN/2026", Lang::Zh);
    assert!(owners.contains("参与表决 4120.50平方米 ≥ 总面积 5400.00平方米 的 2/3"), "{owners}");
    assert_eq!(owners.matches("依据").count(), 4, "{owners}");
    let reopened = told("deliberation-reopened.v1", "rural/HN/2026", Lang::En);
    assert!(reopened.contains("(173×10=1730 ≥ 1724=1724×1)"), "{reopened}");
}

#[test]
fn the_events_of_a_community_speak_of_residents() {
    for (name, event) in examples() {
        let rules = Rules::shipped().unwrap();
        let narrator = Narrator { lang: Lang::Zh, procedure: rules.procedure("urban/HN/2026") };
        let told = narrator.tell(&event);
        // What somebody wrote stays as it was written.
        let words = told.split("理由：").next().unwrap();
        for term in ["村务监督委员会", "村民代表联名", "提出人：村"] {
            assert!(!words.contains(term), "{name}: {words}");
        }
    }
    assert!(told("deliberation-reopened.v1", "urban/HN/2026", Lang::Zh).starts_with("居民联名"));
}

#[test]
fn an_opinion_and_who_signed_stay_private() {
    let words = told("opinion-recorded.v1", "urban/HN/2026", Lang::Zh);
    assert_eq!(words, "征求到第3条意见（建议，入户走访）。意见原文不公开，答复公开。");
    assert_eq!(told("signatures-collected.v1", "rural/HN/2026", Lang::Zh), "收到2户签字。");
    assert!(!told("owners-voted.v1", "urban/HN/2026", Lang::Zh).contains("501"));
}

#[test]
fn votes_of_owners_that_come_in_are_no_running_tally() {
    let words = told("owners-voted.v1", "urban/HN/2026", Lang::Zh);
    assert!(words.ends_with("套房屋的业主表决票，结束表决时公布结果。"), "{words}");
    for (lang, choices) in [(Lang::Zh, ["同意", "反对", "弃权"]), (Lang::En, [" for,", "against", "abstaining"])]
    {
        let words = told("owners-voted.v1", "urban/HN/2026", lang);
        assert!(choices.iter().all(|choice| !words.contains(choice)), "{words}");
    }
}

#[test]
fn what_few_chose_is_told_as_fewer_than_ten() {
    let ranking = [("加装扶手", 10), ("更换路灯", 9), ("修缮凉亭", 0)];
    let ranking = ranking.map(|(title, votes)| serde_json::json!({ "title": title, "votes": votes }));
    let data = serde_json::json!({ "voters": 12, "ranking": ranking });
    let event = ConsultationEvent::from_wire("preferences-counted.v1", &data.to_string()).unwrap().unwrap();
    assert!(narrate(&event, Lang::Zh).contains("“加装扶手”10票；第2位“更换路灯”少于10票；第3位“修缮凉亭”0票"));
    assert!(narrate(&event, Lang::En).contains("“更换路灯” with <10"));
}

/// The record's lines on every matter's page: number and markup.
fn lines_of_records() -> Vec<(String, Vec<String>)> {
    let matters =
        super::SITE.crawl().into_iter().filter(|path| path.starts_with("/c/") && path.matches('/').count() == 2);
    let lines = |path: String| {
        let body = super::SITE.get(&path).body;
        let record = body.split("<ol class=\"record\"").nth(1).unwrap_or_default().to_owned();
        let record = record.split("</ol>").next().unwrap_or_default();
        (path, record.split("<li id=\"").skip(1).map(str::to_owned).collect())
    };
    matters.map(lines).collect()
}

/// A resident reads beside each verdict by which article it stands.
#[test]
fn every_verdict_of_a_record_names_its_rule() {
    let (mut verdicts, mut articles) = (0, 0);
    for (path, lines) in lines_of_records() {
        for line in lines.iter().filter(|line| line.contains("decision-made.v1") || line.contains("found-inquorate.v1"))
        {
            let text = super::text(line);
            let rule = text.split("依据：").nth(1).unwrap_or_else(|| panic!("{path}: {text}"));
            articles += usize::from(rule.starts_with('《') && rule.contains("）第"));
            verdicts += 1;
        }
    }
    // The other rules are those of papers that have no articles.
    assert!(verdicts > 20 && articles > verdicts / 3, "{articles} of {verdicts}");
}

#[test]
fn a_notice_that_was_set_right_leads_to_what_set_it_right() {
    let mut corrected = 0;
    for (path, lines) in lines_of_records() {
        for line in &lines {
            let Some(by) = line.split("后来更正，见第").nth(1) else { continue };
            let no: usize = by.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
            let target = lines.iter().find(|line| line.starts_with(&format!("e{no}\""))).unwrap();
            assert!(line.contains("notice-posted.v1") && target.contains("notice-corrected.v1"), "{path}: {target}");
            assert!(line.contains(&format!("href=\"#e{no}\"")), "{path}: {line}");
            corrected += 1;
        }
    }
    assert!(corrected > 0, "no notice is marked");
}
