//! Bundles: untouched ones hold; of those that were touched the first thing that is wrong is named.

use bytes::Bytes;
use serde_json::{Value, json};
use siyi_log::canonical::canonical_bytes;
use siyi_verify::bundle::{Parts, read, write};
use siyi_verify::finding::{Code, Finding, Language};
use siyi_verify::report::{Report, Verdict};
use siyi_verify::{Options, verify_bundle};

use crate::records::{Record, case};
use crate::test_log::TestLog;

pub fn options() -> Options {
    Options { policy: Some(TestLog::policy()), ..Options::default() }
}

pub fn verified(parts: &Parts) -> Report {
    verify_bundle(&write(parts).unwrap(), &options())
}

/// Changed before it was logged: tree, proofs and signatures are those of the changed record.
pub fn logged_again(mut parts: Parts) -> Parts {
    let log = TestLog::of(parts.events.iter().map(AsRef::as_ref));
    parts.proofs = parts.events.iter().map(|body| log.inclusion_of(body).unwrap()).collect();
    parts.checkpoint = Some(log.checkpoint_at(log.size()));
    parts.consistency = Vec::new();
    parts
}

pub fn json_of(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap()
}

/// The ordinal of the `nth` event of this type.
pub fn nth(parts: &Parts, event_type: &str, nth: usize) -> usize {
    let of_type = |body: &Bytes| json_of(body)["type"] == event_type;
    let found = parts.events.iter().enumerate().filter(|(_, body)| of_type(body)).nth(nth);
    found.unwrap_or_else(|| panic!("no {event_type}")).0
}

fn change(parts: &mut Parts, ordinal: usize, pointer: &str, value: Value) {
    let mut body = json_of(&parts.events[ordinal]);
    *body.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    parts.events[ordinal] = canonical_bytes(&body).unwrap();
}

#[track_caller]
fn assert_first(report: &Report, code: Code, event: Option<usize>, field: Option<&str>) -> Finding {
    let first = report.first_wrong().unwrap_or_else(|| panic!("nothing is wrong: {:?}", report.findings)).clone();
    let found = (first.code, first.place.event, first.place.field.as_deref());
    assert_eq!(found, (code, event, field), "{}\n{:#?}", first.line(Language::English), report.findings);
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Wrong, 1));
    first
}

async fn archived() -> Parts {
    Record::of(&case("C2-归档.toml")).await.parts().await
}

#[tokio::test]
async fn untouched_records_of_six_procedures_hold() {
    let mut packs = std::collections::BTreeSet::new();
    for name in [
        "C2-归档.toml",
        "C7-充电棚.toml",
        "R2-候车亭.toml",
        "R3-疏通下水.toml",
        "R6-小红花票决.toml",
        "R8-先干后补.toml",
    ] {
        let parts = Record::of(&case(name)).await.parts().await;
        let report = verified(&parts);
        assert_eq!((report.verdict, report.exit_code()), (Verdict::Holds, 0), "{name}: {:?}", report.findings);
        assert_eq!(report.checked.events, parts.events.len());
        assert_eq!(report.checked.proofs, parts.events.len());
        assert!(!report.steps.is_empty() && report.steps.iter().all(|step| !step.zh.is_empty() && !step.en.is_empty()));
        assert_eq!(report.log.as_ref().unwrap().cosigned.len(), 2);
        let raised = json_of(&parts.events[nth(&parts, "motion-raised.v1", 0)]);
        packs.insert(raised["data"]["procedure"].as_str().unwrap().to_owned());
    }
    assert!(packs.len() >= 3, "{packs:?}");
}

#[tokio::test]
async fn the_report_keeps_to_its_schema_and_speaks_both_languages() {
    let schema: Value = serde_json::from_str(include_str!("../../../schemas/verify/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = archived().await;
    let mut bad = good.clone();
    let decision = nth(&bad, "decision-made.v1", 0);
    change(&mut bad, decision, "/data/outcome", json!("lost"));
    let unread = verify_bundle(b"no bundle", &options());
    for report in [verified(&good), verified(&bad), unread] {
        let json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&json).map(|e| format!("{e} at {}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let bundle = write(&bad).unwrap();
    let zh = verify_bundle(&bundle, &options()).text();
    let en = verify_bundle(&bundle, &Options { language: Language::English, ..options() }).text();
    assert!(zh.starts_with("不符") && zh.contains("达到法定人数") && zh.contains("第30条"), "{zh}");
    assert!(en.starts_with("WRONG") && en.contains("quorum met") && en.contains("art. 30"), "{en}");
}

#[tokio::test]
async fn one_byte_changed_is_found_at_its_event() {
    let good = archived().await;
    for ordinal in (0..good.events.len()).step_by(97) {
        let mut parts = good.clone();
        let mut body = parts.events[ordinal].to_vec();
        let at = body.len() / 2;
        body[at] ^= 1;
        parts.events[ordinal] = Bytes::from(body);
        // A byte may make two lines of one, and then everything behind it moves.
        assert_first(&verified(&parts), Code::ProofFails, Some(ordinal), None);
    }
}

#[tokio::test]
async fn two_events_swapped_are_found() {
    let mut parts = archived().await;
    let (one, other) = (nth(&parts, "meeting-closed.v1", 0), nth(&parts, "meeting-closed.v1", 1));
    parts.events.swap(one, other);
    assert_first(&verified(&parts), Code::ProofFails, Some(one), None);
    parts.proofs.swap(one, other);
    assert_first(&verified(&parts), Code::RevisionGap, Some(one), Some("/revision"));
    assert!(verified(&parts).findings.iter().any(|finding| finding.code == Code::OrderDiffers));
    // Logged that way, with their revisions exchanged: the rules know the order.
    let revisions = [one, other].map(|ordinal| json_of(&parts.events[ordinal])["revision"].clone());
    change(&mut parts, one, "/revision", revisions[1].clone());
    change(&mut parts, other, "/revision", revisions[0].clone());
    let report = verified(&logged_again(parts));
    assert!(report.first_wrong().unwrap().place.event <= Some(one), "{:?}", report.first_wrong());
}

#[tokio::test]
async fn an_event_removed_from_the_middle_is_found() {
    let good = archived().await;
    let ordinal = nth(&good, "members-checked-in.v1", 1);
    let stream = json_of(&good.events[ordinal])["stream"].clone();
    let mut parts = good;
    parts.events.remove(ordinal);
    let next =
        parts.events.iter().enumerate().skip(ordinal).find(|(_, body)| json_of(body)["stream"] == stream).unwrap().0;
    assert_first(&verified(&logged_again(parts.clone())), Code::RevisionGap, Some(next), Some("/revision"));
    // Closed up behind it, as if it had never been: fewer people came than were counted.
    for ordinal in next..parts.events.len() {
        let body = json_of(&parts.events[ordinal]);
        if body["stream"] == stream {
            let revision = body["revision"].as_u64().unwrap() - 1;
            change(&mut parts, ordinal, "/revision", json!(revision));
        }
    }
    let report = verified(&logged_again(parts));
    let first = report.first_wrong().unwrap();
    assert!(matches!(first.code, Code::DerivedDiffers | Code::ActRefused), "{first:?}");
}

type Lie = fn(&mut siyi_verify::notice::Stated);

#[tokio::test]
async fn a_notice_whose_figures_differ_from_the_decision_is_found() {
    let good = archived().await;
    let posted = nth(&good, "notice-posted.v1", 0);
    let lies: [(Lie, &str); 5] = [
        (
            |n| n.resolution.as_mut().unwrap().vote.as_mut().unwrap().counts.in_favour += 1,
            "/resolution/vote/counts/for",
        ),
        (|n| n.resolution.as_mut().unwrap().vote.as_mut().unwrap().due -= 1, "/resolution/vote/due"),
        (|n| n.resolution.as_mut().unwrap().text.push('。'), "/resolution/text"),
        (|n| n.objections_until = n.posted_on, "/objections_until"),
        (|n| n.title.push('改'), "/title"),
    ];
    for (lie, field) in lies {
        let mut parts = good.clone();
        lie(&mut parts.notices[0]);
        assert_first(&verified(&parts), Code::NoticeDiffers, Some(posted), Some(field));
    }
    let mut parts = good;
    parts.notices[0].notice = 99;
    assert_first(&verified(&parts), Code::NoticeUnknown, None, None);
}

#[tokio::test]
async fn a_decision_that_does_not_follow_from_its_meeting_is_found_though_it_was_logged() {
    let good = archived().await;
    let decision = nth(&good, "decision-made.v1", 3);
    let changes = [
        ("/data/outcome", json!("lost")),
        ("/data/counts/for", json!(1)),
        ("/data/due", json!(40)),
        ("/data/threshold/num", json!(1)),
        ("/data/quorum/met", json!(false)),
        ("/data/procedure_version", json!(77)),
    ];
    for (pointer, value) in changes {
        let mut parts = good.clone();
        let before = json_of(&parts.events[decision]).pointer(pointer).unwrap().clone();
        if before == value {
            continue;
        }
        change(&mut parts, decision, pointer, value.clone());
        parts.notices.clear();
        let first = assert_first(&verified(&logged_again(parts)), Code::DerivedDiffers, Some(decision), Some(pointer));
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        assert_eq!((first.expected, first.found), (text(&before), text(&value)));
    }
}

#[tokio::test]
async fn an_act_that_the_rules_refuse_is_found_though_it_was_logged() {
    let mut parts = archived().await;
    let closed = nth(&parts, "disclosure-closed.v1", 0);
    let posted = json_of(&parts.events[nth(&parts, "notice-posted.v1", 0)])["occurred_at"].clone();
    change(&mut parts, closed, "/occurred_at", posted);
    let first = assert_first(&verified(&logged_again(parts)), Code::ActRefused, Some(closed), None);
    assert!(first.found.starts_with("posting-too-short "), "{first:?}");
    assert!(first.line(Language::Chinese).contains("closeDisclosure"));
}

/// Another person, another office's body, another command, another id: the events of one act are bound together.
#[tokio::test]
async fn an_act_that_was_torn_apart_is_found_though_it_was_logged() {
    let good = archived().await;
    let decision = nth(&good, "decision-made.v1", 0);
    let id = json!("7b1f6c1e-4b9c-4a1d-9c55-0d9f4f3a1b22");
    for (pointer, value, code) in [
        ("/id", id.clone(), Code::EventIdDiffers),
        ("/actor/person", id.clone(), Code::ActTornApart),
        ("/occurred_at", json!("2026-03-01T08:00:00+08:00"), Code::ActTornApart),
        ("/command_hash", json!("x"), Code::ActTornApart),
        ("/on_behalf_of", json!("households"), Code::ActTornApart),
    ] {
        let mut parts = good.clone();
        change(&mut parts, decision, pointer, value);
        assert_first(&verified(&logged_again(parts)), code, Some(decision), Some(pointer));
    }
    // With a causation of its own it is an act of its own, and nobody tells a decision.
    let mut parts = good;
    change(&mut parts, decision, "/causation_id", id);
    let report = verified(&logged_again(parts));
    assert!(report.findings.iter().any(|finding| finding.code == Code::ActGroundless), "{:?}", report.findings);
}

#[tokio::test]
async fn a_rule_pack_that_was_loosened_afterwards_is_found() {
    let good = archived().await;
    let mut parts = good.clone();
    let pack = parts.procedures.get_mut("rural-HN-2026.toml").unwrap();
    *pack = pack.replace("ge = [2, 3]", "ge = [1, 3]");
    let report = verified(&parts);
    let first = report.first_wrong().unwrap();
    assert_eq!((first.code, first.place.file.as_deref()), (Code::PackDiffers, Some("procedures/rural-HN-2026.toml")));
    assert!(report.findings.iter().any(|finding| finding.code == Code::PackRefused), "{:?}", report.findings);
    // An engine that ran with the loosened pack wrote its number into the events.
    let mut parts = good;
    let put = nth(&parts, "motion-put.v1", 3);
    assert_eq!(json_of(&parts.events[put]).pointer("/data/tests/0/num"), Some(&json!(2)));
    change(&mut parts, put, "/data/tests/0/num", json!(1));
    assert_first(&verified(&logged_again(parts)), Code::DerivedDiffers, Some(put), Some("/data/tests/0/num"));
}

#[tokio::test]
async fn a_pack_of_ones_own_below_the_floor_of_the_law_is_refused() {
    let mut parts = archived().await;
    let loose = parts.procedures["rural-HN-2026.toml"].replace("ge = [2, 3]", "ge = [1, 3]").replacen(
        "id = \"rural/HN/2026\"",
        "id = \"rural/own/2026\"",
        1,
    );
    parts.procedures.insert("own.toml".to_owned(), loose);
    let report = verified(&parts);
    let first = report.first_wrong().unwrap();
    assert_eq!(
        (first.code, first.place.file.as_deref()),
        (Code::PackRefused, Some("procedures/own.toml")),
        "{first:?}"
    );
}

#[tokio::test]
async fn a_clock_that_was_set_back_is_found() {
    let mut parts = archived().await;
    let notice = nth(&parts, "notice-posted.v1", 0);
    let stream = json_of(&parts.events[notice])["stream"].clone();
    let before = (0..notice).rev().find(|at| json_of(&parts.events[*at])["stream"] == stream).unwrap();
    let earlier: siyi_domain::moment::Moment =
        json_of(&parts.events[before])["recorded_at"].as_str().unwrap().parse().unwrap();
    let allowed = earlier.timestamp() - jiff::SignedDuration::from_secs(5);
    let refused = earlier.timestamp() - jiff::SignedDuration::from_secs(6);
    for (recorded_at, is_found) in [(allowed, false), (refused, true)] {
        let mut parts = parts.clone();
        change(&mut parts, notice, "/recorded_at", json!(siyi_domain::moment::Moment::china(recorded_at)));
        let report = verified(&logged_again(parts));
        let found = report.findings.iter().find(|finding| finding.code == Code::ClockSetBack);
        assert_eq!(found.is_some(), is_found, "{:?}", report.findings);
        if let Some(found) = found {
            assert_eq!(found.place.event, Some(notice));
            assert_eq!(report.first_wrong().unwrap().code, Code::ClockSetBack);
        }
    }
    // Whole days: the office closes its disclosure before it has posted it.
    change(&mut parts, notice, "/recorded_at", json!("2020-01-01T00:00:00+08:00"));
    assert_first(&verified(&logged_again(parts)), Code::ClockSetBack, Some(notice), Some("/recorded_at"));
}

#[tokio::test]
async fn an_attachment_that_was_replaced_is_found() {
    let good = archived().await;
    let mut parts = good.clone();
    let cited = parts.attachments[0].clone();
    parts.attachments[0] = "ab".repeat(32);
    let report = verified(&parts);
    let first = report.findings.iter().find(|finding| finding.code == Code::AttachmentDiffers).unwrap();
    assert_eq!((first.expected.as_str(), first.found.as_str()), (cited.as_str(), "ab".repeat(32).as_str()));
    assert!(first.place.field.as_ref().is_some_and(|field| field.starts_with("/data/")));
    assert_eq!(report.exit_code(), 1);
    let mut parts = good.clone();
    parts.papers.insert(cited, b"another paper".to_vec());
    let report = verified(&parts);
    assert_eq!(report.first_wrong().unwrap().code, Code::AttachmentDiffers);
    let mut parts = good;
    let uncited = b"a paper that nobody cites".to_vec();
    parts.papers.insert(siyi_verify::hex::sha256(&uncited), uncited);
    assert_eq!(verified(&parts).first_wrong().unwrap().code, Code::AttachmentUncited);
}

#[tokio::test]
async fn a_log_with_another_key_is_found() {
    let good = archived().await;
    let forged = TestLog::signed_with(good.events.iter().map(AsRef::as_ref), 99);
    let mut parts = logged_again(good);
    parts.checkpoint = Some(forged.checkpoint_at(forged.size()));
    let report = verified(&parts);
    assert_eq!(report.first_wrong().unwrap().code, Code::LogSignatureInvalid);
    assert!(report.log.is_none());
    parts.policy = Some(forged.policy_text());
    assert_eq!(verified(&parts).first_wrong().unwrap().code, Code::PolicyDiffers);
    // Whoever brings no policy along is told so, and cannot get a 0.
    let report = verify_bundle(&write(&parts).unwrap(), &Options::default());
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Unchecked, 2));
    assert_eq!(report.findings[0].code, Code::PolicyMissing);
}

#[tokio::test]
async fn a_checkpoint_without_its_witnesses_is_found() {
    let mut parts = archived().await;
    let text = String::from_utf8(parts.checkpoint.unwrap()).unwrap();
    let without: String = text.lines().filter(|line| !line.contains("/w2 ")).map(|line| format!("{line}\n")).collect();
    parts.checkpoint = Some(without.into_bytes());
    let report = verified(&parts);
    assert_eq!(report.first_wrong().unwrap().code, Code::WitnessesTooFew);
}

#[tokio::test]
async fn a_forged_proof_is_found_at_its_event() {
    let good = archived().await;
    let ordinal = nth(&good, "decision-made.v1", 0);
    let mut parts = good.clone();
    parts.proofs[ordinal] = parts.proofs[ordinal + 1].clone();
    assert_first(&verified(&parts), Code::ProofFails, Some(ordinal), None);
    let mut parts = good.clone();
    parts.proofs[ordinal].hashes.pop();
    assert_first(&verified(&parts), Code::ProofFails, Some(ordinal), None);
    let mut parts = good;
    parts.proofs.pop();
    let report = verified(&parts);
    assert_eq!((report.exit_code(), report.findings[0].code), (2, Code::ProofMissing));
}

#[tokio::test]
async fn a_checkpoint_that_somebody_kept_shows_a_rewritten_log() {
    let record = Record::of(&case("C2-归档.toml")).await;
    let log = TestLog::of(record.events.iter().map(|event| event.body.as_ref()));
    let parts = record.parts().await;
    let bundle = write(&parts).unwrap();
    let with = |kept: Vec<u8>| verify_bundle(&bundle, &Options { previous_checkpoint: Some(kept), ..options() });
    assert_eq!(with(log.checkpoint_at(log.size() / 2)).exit_code(), 0);
    assert_eq!(with(log.checkpoint_at(log.size())).exit_code(), 0);
    assert_eq!(with(log.checkpoint_at(3)).findings[0].code, Code::ConsistencyMissing);
    let mut leaves: Vec<Vec<u8>> = record.events.iter().map(|event| event.body.to_vec()).collect();
    leaves[5] = b"what stood there before".to_vec();
    let other = TestLog::of(leaves.iter().map(Vec::as_slice));
    for size in [log.size() / 2, log.size()] {
        assert_eq!(with(other.checkpoint_at(size)).first_wrong().unwrap().code, Code::CheckpointForked, "{size}");
    }
    leaves.push(b"one more".to_vec());
    let longer = TestLog::of(leaves.iter().map(Vec::as_slice));
    assert_eq!(with(longer.checkpoint_at(longer.size())).first_wrong().unwrap().code, Code::CheckpointOlder);
}

#[tokio::test]
async fn a_matter_that_is_not_logged_cannot_be_called_verified() {
    let record = Record::of(&case("R2-候车亭.toml")).await;
    let parts = siyi_verify::ports::collect(record.store.as_ref(), record.matters()[0], &siyi_verify::ports::Unlogged)
        .await
        .unwrap();
    let report = verified(&parts);
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Unchecked, 2), "{:?}", report.findings);
    assert_eq!(report.findings[0].code, Code::NotLogged);
}

#[tokio::test]
async fn another_matter_and_a_missing_roll_are_found() {
    let record = Record::of(&case("R2-候车亭.toml")).await;
    let good = record.parts().await;
    let mut parts = good.clone();
    parts.consultation = "7b1f6c1e-4b9c-4a1d-9c55-0d9f4f3a1b22".parse().unwrap();
    let report = verified(&parts);
    assert!(report.findings.iter().any(|finding| finding.code == Code::StreamForeign));
    assert_eq!(report.exit_code(), 1);
    let mut parts = good;
    parts.events.retain(|body| !json_of(body)["stream"].as_str().unwrap().starts_with("roster-"));
    let report = verified(&logged_again(parts));
    assert!(report.findings.iter().any(|finding| finding.code == Code::RecordIncomplete));
    assert_eq!(report.exit_code(), 1);
}

#[tokio::test]
async fn a_bundle_holds_no_personal_text() {
    let record = Record::of(&case("L2-异议未答复.toml")).await;
    let bundle = write(&record.parts().await).unwrap();
    let (parts, _) = read(&bundle).unwrap();
    let text: String = parts.events.iter().map(|body| String::from_utf8(body.to_vec()).unwrap()).collect();
    // The people of 柳沟村, by their surnames and a word of the objection.
    let village: Value = serde_json::from_str(&std::fs::read_to_string(case("柳沟村.json")).unwrap()).unwrap();
    let mut names = Vec::new();
    collect_names(&village, &mut names);
    assert!(names.len() > 100, "{}", names.len());
    for name in names {
        assert!(!text.contains(&format!("\"{name}\"")), "{name}");
    }
}

fn collect_names(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            // A person has a sex beside the name; a village has not.
            if fields.contains_key("sex") {
                names.extend(fields.get("name").and_then(Value::as_str).map(str::to_owned));
            }
            fields.values().for_each(|field| collect_names(field, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}
