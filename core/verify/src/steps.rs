//! The arithmetic of a record, step by step, as people check it with a pencil.

use serde::Serialize;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{DecisionMade, MotionPut};
use siyi_domain::consultation::facts::Outcome;
use siyi_domain::fraction::Comparator;
use siyi_domain::laws::Laws;
use siyi_domain::roster::RosterEvent;
use siyi_domain::tally::Test;
use siyi_log::envelope::DomainEvent;

use crate::finding::{Language, Place};
use crate::law_words::{base, basis};
use crate::record::Entry;

/// A step of the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The event that it belongs to.
    pub place: Place,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Whether what was asked for is met; a step without a rule has no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// All steps of a record.
#[must_use]
pub fn of(entries: &[Entry], laws: &Laws) -> Vec<Step> {
    entries.iter().flat_map(|entry| of_event(entry, laws)).collect()
}

fn of_event(entry: &Entry, laws: &Laws) -> Vec<Step> {
    use ConsultationEvent as E;
    let day = entry.recorded.envelope.occurred_at.day();
    let place = entry.place();
    let tests = |tests: &[Test]| tests.iter().map(|test| step(&place, test, laws)).collect();
    match &entry.recorded.event {
        DomainEvent::Roster(_, RosterEvent::RollFiled(e)) => tests(&e.composition),
        DomainEvent::Consultation(_, event) => match event {
            E::MotionRaised(e) => tests(e.signatures.as_slice()),
            E::CanvassClosed(e) => tests(std::slice::from_ref(&e.coverage)),
            E::SignaturesClosed(e) => tests(std::slice::from_ref(&e.signed)),
            E::MotionPut(e) => of_motion(&place, e, laws),
            E::DecisionMade(e) => of_decision(&place, e, laws),
            E::MeetingFoundInquorate(e) => tests(std::slice::from_ref(&e.quorum)),
            E::OwnersDecided(e) => {
                let mut steps: Vec<Step> = tests(&e.tests);
                steps.push(outcome(&place, e.outcome));
                steps
            }
            E::DeliberationReopened(e) => tests(e.signatures.as_slice()),
            E::NoticePosted(e) => vec![Step {
                zh: format!(
                    "公告 {} 于 {day} 张贴：异议期至 {}，{} 起可以撤下",
                    e.notice_no, e.objections_until, e.removable_on
                ),
                en: format!(
                    "notice {} posted on {day}: objections until {}, may be taken down from {}",
                    e.notice_no, e.objections_until, e.removable_on
                ),
                place,
                met: None,
            }],
            E::NoticeCorrected(e) => vec![Step {
                zh: format!(
                    "公告（第 {} 份）于 {day} 更正，重新计算：异议期至 {}，{} 起可以撤下",
                    e.notice, e.objections_until, e.removable_on
                ),
                en: format!(
                    "notice {} corrected on {day}, counted anew: objections until {}, may be taken down from {}",
                    e.notice, e.objections_until, e.removable_on
                ),
                place,
                met: None,
            }],
            _ => Vec::new(),
        },
        DomainEvent::Jurisdiction(..) | DomainEvent::Roster(..) | DomainEvent::Account(..) => Vec::new(),
    }
}

fn of_motion(place: &Place, e: &MotionPut, laws: &Laws) -> Vec<Step> {
    e.tests.iter().map(|test| step(place, test, laws)).collect()
}

fn of_decision(place: &Place, e: &DecisionMade, laws: &Laws) -> Vec<Step> {
    let c = e.counts;
    let counted = Step {
        place: place.clone(),
        zh: format!(
            "到会 {}＝同意 {}＋反对 {}＋弃权 {}＋空白 {}＋废票 {}＋未表决 {}",
            e.present, c.in_favour, c.against, c.abstain, c.blank, c.spoiled, e.not_voting
        ),
        en: format!(
            "present {} = for {} + against {} + abstaining {} + blank {} + spoiled {} + not voting {}",
            e.present, c.in_favour, c.against, c.abstain, c.blank, c.spoiled, e.not_voting
        ),
        met: Some(e.present == c.total().saturating_add(e.not_voting)),
    };
    vec![step(place, &e.quorum, laws), counted, step(place, &e.threshold, laws), outcome(place, e.outcome)]
}

fn outcome(place: &Place, outcome: Outcome) -> Step {
    let carried = outcome == Outcome::Carried;
    Step {
        place: place.clone(),
        zh: format!("所以：{}", outcome.zh()),
        en: format!("so: {}", if carried { "carried" } else { "lost" }),
        met: None,
    }
}

/// One share: figures, arithmetic, whether it is met, and by which rule.
#[must_use]
pub fn step(place: &Place, test: &Test, laws: &Laws) -> Step {
    let arithmetic = arithmetic(test);
    let what = |language| what(&test.what, language);
    let (part_zh, part_en) = (what(Language::Chinese), what(Language::English));
    let (of_zh, of_en) = (base(test.of, Language::Chinese), base(test.of, Language::English));
    let (met_zh, met_en) = match (test.what.as_str(), test.met) {
        ("quorum", true) => ("达到法定人数", "quorum met"),
        ("quorum", false) => ("未达到法定人数", "no quorum"),
        (_, true) => ("达到要求", "met"),
        (_, false) => ("未达到要求", "not met"),
    };
    let (law_zh, law_en) = (basis(&test.basis, laws, Language::Chinese), basis(&test.basis, laws, Language::English));
    Step {
        place: place.clone(),
        zh: format!("{part_zh} {} / {of_zh} {}，{arithmetic}，{met_zh}（{law_zh}）", test.part, test.whole),
        en: format!("{part_en} {} / {of_en} {}: {arithmetic}, {met_en} ({law_en})", test.part, test.whole),
        met: Some(test.met),
    }
}

/// As [`Test::arithmetic`], in integers that no figure of a forged event overflows.
fn arithmetic(test: &Test) -> String {
    let left = u128::from(test.part) * u128::from(test.den);
    let right = u128::from(test.whole) * u128::from(test.num);
    let sign = match test.op {
        Comparator::Ge if left >= right => "≥",
        Comparator::Ge => "<",
        Comparator::Gt if left > right => ">",
        Comparator::Gt => "≤",
    };
    format!("{}×{}={left} {sign} {right}={}×{}", test.part, test.den, test.whole, test.num)
}

fn what(name: &str, language: Language) -> &str {
    match name {
        "quorum" => language.pick("出席", "attending"),
        "threshold" => language.pick("同意", "for"),
        "signatures" => language.pick("联名", "signatories"),
        "household_signatures" => language.pick("签字户", "households that signed"),
        "coverage" => language.pick("已征求户", "households asked"),
        "representatives" => language.pick("代表占组成人员", "representatives among members"),
        "women_representatives" => language.pick("妇女代表占组成人员", "women representatives among members"),
        "owners_taking_part" => language.pick("参与表决业主", "owners taking part"),
        "area_taking_part" => language.pick("参与表决面积", "area taking part"),
        "owners_agreeing" => language.pick("同意业主", "owners agreeing"),
        "area_agreeing" => language.pick("同意面积", "area agreeing"),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siyi_domain::procedure::{Base, Basis, Certainty};
    use siyi_domain::rules::Rules;

    #[test]
    fn a_quorum_reads_as_it_is_checked_with_a_pencil() {
        let rules = Rules::shipped().unwrap();
        let test = Test {
            what: "quorum".to_owned(),
            part: 44,
            whole: 51,
            num: 2,
            den: 3,
            op: Comparator::Ge,
            of: Base::Due,
            basis: Basis { law: "VL-2025".to_owned(), article: "30".to_owned(), certainty: Certainty::Found },
            met: true,
        };
        let step = step(&Place::default(), &test, &rules.laws);
        assert_eq!(
            step.zh,
            "出席 44 / 应到 51，44×3=132 ≥ 102=51×2，达到法定人数（《中华人民共和国村民委员会组织法》（2025-10-28）第30条）"
        );
        assert_eq!(
            step.en,
            "attending 44 / due 51: 44×3=132 ≥ 102=51×2, quorum met (Organic Law of the Villagers' Committees (2025-10-28), art. 30)"
        );
    }

    #[test]
    fn forged_figures_do_not_overflow() {
        let rules = Rules::shipped().unwrap();
        let basis = Basis { law: "?".to_owned(), article: "?".to_owned(), certainty: Certainty::Memory };
        let (part, whole, num, den) = (u64::MAX, u64::MAX, u32::MAX, u32::MAX);
        let (op, of) = (Comparator::Gt, Base::Present);
        let test = Test { what: "x".to_owned(), part, whole, num, den, op, of, basis, met: true };
        assert!(step(&Place::default(), &test, &rules.laws).zh.contains('≤'));
    }
}
