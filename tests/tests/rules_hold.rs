//! Laws of the rules, held against random acts and figures.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code beside the test functions")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use siyi_domain::calendar::plus_days;
use siyi_domain::consultation::commands::{CheckIn, PutMotion};
use siyi_domain::consultation::facts::Tellers;
use siyi_domain::consultation::{self, Consultation, ConsultationCommand, ConsultationEvent, Village};
use siyi_domain::context::Context;
use siyi_domain::fraction::{Comparator, Fraction};
use siyi_domain::office::{Actor, RollKind};
use siyi_domain::procedure::{Adjustment, BallotForm, Procedure, RuleName, ShareGiven};
use siyi_domain::rules::Rules;
use siyi_tests::borders::ground::{at, at_step, counters, day_of, fold, meeting, office, person, place, roster, text};
use siyi_tests::conditions::Record;
use siyi_tests::small_village::{SmallVillage, noon, raise};

static VILLAGE: LazyLock<SmallVillage> = LazyLock::new(SmallVillage::default);
static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::shipped().unwrap());

fn pack() -> &'static Procedure {
    RULES.procedure("rural/HN/2026").unwrap()
}

/// Whether a motion at S4 carries with these figures, under these adjustments; `None` where it cannot even be put.
fn carries(adjustments: &[Adjustment], due: u64, present: u64, in_favour: u64) -> Option<bool> {
    let day = day_of(pack());
    let adjusted = pack().adjusted(adjustments, day);
    let form = adjusted.as_ref().unwrap_or(pack()).step("S4").unwrap().form("representatives").unwrap();
    let holds = |share: &siyi_domain::procedure::Share, part, of_present| {
        let whole = if share.of.as_str() == "due" { due } else { of_present };
        share.fraction.get().holds(part, whole)
    };
    holds(&form.quorum, present, due).then(|| holds(&form.threshold, in_favour, present))
}

fn tightened(rule: RuleName, num: u32, den: u32, gt: bool) -> Adjustment {
    let op = if gt { Comparator::Gt } else { Comparator::Ge };
    Adjustment {
        rule,
        step: Some("S4".to_owned()),
        form: Some("representatives".to_owned()),
        share: Some(ShareGiven { num, den, op, of: siyi_domain::procedure::Base::Due }),
        days: None,
        from: date(2026, 1, 1),
        document: text("村规〔2026〕1号"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// No sequence of commands yields a decision that the pack's arithmetic does not, nor any state past an unmet condition.
    #[test]
    fn random_acts_never_pass_an_unmet_condition(choices in prop::collection::vec((any::<Index>(), 0..4_i64), 1..160)) {
        let mut state = Consultation::default();
        let mut record = Record::default();
        let mut day = date(2026, 6, 1);
        let raised = VILLAGE.decide(&state, &raise(VILLAGE.pack()), day).unwrap();
        record.take(noon(day), &raised, VILLAGE.pack()).unwrap();
        state = raised.iter().fold(state, |state, event| state.evolve(event, noon(day)));
        for (choice, wait) in choices {
            day = plus_days(day, [0, 0, 3, 8][usize::try_from(wait).unwrap()]).unwrap().min(date(2027, 6, 1));
            // Of what might be tried, one of those acts that the rules take: refused acts lead nowhere.
            let attempts = VILLAGE.attempts(day);
            let taken: Vec<_> =
                attempts.iter().filter_map(|command| VILLAGE.decide(&state, command, day).ok()).collect();
            if taken.is_empty() {
                continue;
            }
            let events = choice.get(&taken);
            record.take(noon(day), events, VILLAGE.pack()).map_err(TestCaseError::fail)?;
            state = events.iter().fold(state, |state, event| state.evolve(event, noon(day)));
        }
        let replayed = record.0.iter().fold(Consultation::default(), |state, (at, event)| state.evolve(event, *at));
        prop_assert_eq!(replayed, state);
    }

    /// Tightening a pack never turns a rejected step into a carried one.
    #[test]
    fn tightening_never_carries_what_was_lost(
        num in 1_u32..12, den in 1_u32..12, gt: bool, threshold: bool,
        due in 3_u64..80, present in 0_u64..80, in_favour in 0_u64..80,
    ) {
        prop_assume!(num <= den && present <= due && in_favour <= present);
        let rule = if threshold { RuleName::Threshold } else { RuleName::Quorum };
        let adjustment = tightened(rule, num, den, gt);
        let before = carries(&[], due, present, in_favour);
        let after = carries(&[adjustment], due, present, in_favour);
        prop_assert!(after != Some(true) || before == Some(true), "{before:?} became {after:?}");
    }

    /// What is at least as strict is met by nobody who does not meet the floor.
    #[test]
    fn a_stricter_share_is_never_met_where_the_floor_is_not(
        a in 1_u32..20, b in 1_u32..20, c in 1_u32..20, d in 1_u32..20, gt: bool, floor_gt: bool,
        whole in 1_u64..300, part in 0_u64..300,
    ) {
        let share = |num, den, gt| if gt { Fraction::more_than(num, den) } else { Fraction::at_least(num, den) };
        let (mine, floor) = (share(a, b, gt), share(c, d, floor_gt));
        prop_assume!(mine.at_least_as_strict_as(floor));
        prop_assert!(!mine.holds(part, whole) || floor.holds(part, whole));
    }

    /// The order in which people check in does not matter, and nobody counts twice however often he is named.
    #[test]
    fn the_order_of_check_ins_does_not_matter(
        mut order in Just((0..9_u64).collect::<Vec<_>>()).prop_shuffle(),
        came in subsequence((0..9_u64).collect::<Vec<_>>(), 0..=9),
        again in prop::collection::vec(0..9_u64, 0..6),
    ) {
        order.retain(|no| came.contains(no));
        let straight = sitting(&came);
        let shuffled = sitting(&order.iter().copied().chain(again.into_iter().filter(|no| came.contains(no))).collect::<Vec<_>>());
        prop_assert_eq!(&straight, &shuffled);
        let distinct = came.iter().collect::<BTreeSet<_>>().len() as u64;
        // 9 are due at S2; more than half make a quorum.
        prop_assert_eq!(straight.is_some(), distinct * 2 > 9);
        if let Some((due, present)) = straight {
            prop_assert_eq!((due, present), (9, distinct));
        }
    }
}

/// 应到 and 实到 as the motion records them when people check in one after the other, some more than once; `None` without quorum.
fn sitting(order: &[u64]) -> Option<(u64, u64)> {
    let day = day_of(pack());
    let rolls = [RollKind::PartyCommittee, RollKind::VillageCommittee];
    let (place, roster) = (place(pack(), 9, 9), roster(9, &rolls));
    let village = Village { jurisdiction: &place, roster: &roster };
    let mut state = fold(at_step(pack(), "S2"), &meeting(pack(), "S2", "two_committees", 9, 0), at(day, 9));
    let decide = |state: &Consultation, command: ConsultationCommand| {
        let actor = Actor { person: counters()[0], office: office(pack(), command.name()) };
        let context = Context { occurred_at: at(day, 10), recorded_at: at(day, 10), actor, rules: &RULES };
        consultation::decide(state, &command, village, &context)
    };
    for no in order {
        if let Ok(events) = decide(&state, CheckIn { meeting: 1, persons: vec![person(*no)] }.into()) {
            state = fold(state, &events, at(day, 10));
        }
    }
    let [first, second, scrutineer, _] = counters()[..] else { panic!("four people count") };
    let tellers = Some(Tellers { first, second, scrutineer });
    let put = PutMotion { meeting: 1, text: text("同意"), ballot: BallotForm::ShowOfHands, tellers };
    let events = decide(&state, put.into()).ok()?;
    events.iter().find_map(|event| match event {
        ConsultationEvent::MotionPut(e) => Some((e.due, e.present)),
        _ => None,
    })
}
