//! What was spent, against what was resolved.

use siyi_domain::consultation::events::{
    DeliberationConcluded, DeliberationReopened, PaymentRecorded, WorkStarted, WorksAccepted,
};
use siyi_domain::consultation::facts::{FlagPattern, Initiator, Outcome, PayeeKind};
use siyi_domain::ids::Fen;
use siyi_domain::matters::Lane;
use siyi_domain::procedure::{InitiatorKind, ReopenPurpose};
use siyi_projections::compliance::{self, Severity};

use super::log::{Log, id, person, text};

/// A light matter resolved on the day given.
pub fn light(log: &mut Log, matter: u128, at: &str, budget: u64) {
    light_of(log, matter, at, budget, "V03");
}

fn light_of(log: &mut Log, matter: u128, at: &str, budget: u64, code: &str) {
    log.raise(matter, at);
    log.screen(matter, at, Lane::Light, &[code]);
    log.resolve(matter, at, budget);
}

#[test]
fn light_matters_of_one_kind_that_sum_over_the_limit_are_flagged() {
    let mut log = Log::default();
    light(&mut log, 1, "2026-03-01", 2_500_000);
    light(&mut log, 2, "2026-04-01", 2_500_000);
    assert!(log.flags(FlagPattern::Splitting).is_empty(), "the limit itself is no splitting");
    light(&mut log, 3, "2026-05-01", 1);
    let flag = log.flag(FlagPattern::Splitting);
    assert_eq!((flag.matter, flag.severity, flag.evidence.len()), (None, Severity::Serious, 3));
    assert_eq!((flag.figure("sum_fen"), flag.figure("limit_fen")), (Some("5000001"), Some("5000000")));
    let (shelf, _folder) = log.shelf(100);
    assert_eq!(compliance::of_matter(&shelf, id(2)).unwrap(), [flag]);
}

#[test]
fn other_kinds_and_larger_amounts_are_no_splitting() {
    let mut log = Log::default();
    light_of(&mut log, 1, "2026-03-01", 4_000_000, "V03");
    light_of(&mut log, 2, "2026-03-02", 4_000_000, "V05");
    light_of(&mut log, 3, "2026-03-03", 9_000_000, "V03");
    assert!(log.flags(FlagPattern::Splitting).is_empty());
}

#[test]
fn the_window_of_splitting_is_twelve_months() {
    let mut within = Log::default();
    light(&mut within, 1, "2026-03-01", 4_000_000);
    light(&mut within, 2, "2027-02-28", 4_000_000);
    assert_eq!(within.flag(FlagPattern::Splitting).figure("months"), Some("12"));
    let mut beyond = Log::default();
    light(&mut beyond, 1, "2026-03-01", 4_000_000);
    light(&mut beyond, 2, "2027-03-01", 4_000_000);
    assert!(beyond.flags(FlagPattern::Splitting).is_empty());
}

#[test]
fn an_amount_recorded_afterwards_is_summed_with_what_is_dated_after_it() {
    let mut log = Log::default();
    light(&mut log, 1, "2026-05-01", 4_000_000);
    light(&mut log, 2, "2026-03-01", 4_000_000);
    assert_eq!(log.flag(FlagPattern::Splitting).figure("parts"), Some("2"));
}

#[test]
fn contracts_with_one_contractor_are_summed_whatever_the_kind_of_matter() {
    let mut log = Log::default();
    for (matter, code) in [(1, "V03"), (2, "V05")] {
        light_of(&mut log, matter, "2026-03-01", 3_000_000, code);
    }
    log.contract(1, "2026-04-01", "甲建筑队", 3_000_000);
    log.contract(2, "2026-04-02", "乙建筑队", 3_000_000);
    assert!(log.flags(FlagPattern::Splitting).is_empty());
    light_of(&mut log, 3, "2026-05-01", 3_000_000, "V07");
    log.contract(3, "2026-05-02", "甲建筑队", 3_000_000);
    let flag = log.flag(FlagPattern::Splitting);
    assert_eq!((flag.severity, flag.figure("sum_fen")), (Severity::Serious, Some("6000000")));
}

#[test]
fn contracts_that_went_the_whole_road_are_no_more_than_a_hint() {
    let mut log = Log::default();
    for matter in [1, 2] {
        log.open(matter, "2026-03-01");
        log.resolve(matter, "2026-03-10", 3_000_000);
        log.contract(matter, "2026-04-01", "甲建筑队", 3_000_000);
    }
    assert_eq!(log.flag(FlagPattern::Splitting).severity, Severity::Info);
}

#[test]
fn two_amounts_a_tenth_under_the_limit_are_flagged_and_one_is_not() {
    let near = |other: u64| {
        let mut log = Log::default();
        light_of(&mut log, 1, "2026-03-01", 4_500_000, "V03");
        light_of(&mut log, 2, "2026-04-01", other, "V05");
        log.flags(FlagPattern::Splitting)
    };
    assert!(near(4_500_000)[0].subject.starts_with("near-limit/"));
    assert!(near(4_499_999).is_empty());
}

fn start(log: &mut Log, at: &str) {
    log.of_matter(1, at, WorkStarted { remark: None });
}

#[test]
fn work_that_was_planned_to_begin_before_the_resolution_is_flagged_once_it_has_begun() {
    let planned = |start: &str, lane| {
        let mut log = Log::default();
        log.raise(1, "2026-03-01");
        log.screen(1, "2026-03-02", lane, &["V03"]);
        log.plan(1, "2026-03-02", 10_000_000, Some(start));
        log.resolve(1, "2026-03-10", 10_000_000);
        log
    };
    let mut log = planned("2026-03-09", Lane::Full);
    assert!(log.flags(FlagPattern::WorkBeforeResolution).is_empty());
    start(&mut log, "2026-04-01");
    let flag = log.flag(FlagPattern::WorkBeforeResolution);
    assert_eq!((flag.severity, flag.figure("planned_on")), (Severity::Warning, Some("2026-03-09")));
    let mut log = planned("2026-03-10", Lane::Full);
    start(&mut log, "2026-04-01");
    assert!(log.flags(FlagPattern::WorkBeforeResolution).is_empty());
    let mut emergency = planned("2026-03-09", Lane::Emergency);
    start(&mut emergency, "2026-04-01");
    assert!(emergency.flags(FlagPattern::WorkBeforeResolution).is_empty());
}

#[test]
fn work_dated_before_the_resolution_is_serious() {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.resolve(1, "2026-03-10", 10_000_000);
    log.contract(1, "2026-03-10", "甲建筑队", 6_000_000);
    assert!(log.flags(FlagPattern::WorkBeforeResolution).is_empty());
    start(&mut log, "2026-03-09");
    assert_eq!(log.flag(FlagPattern::WorkBeforeResolution).severity, Severity::Serious);
    let mut never = Log::default();
    never.open(1, "2026-03-01");
    never.contract(1, "2026-03-10", "甲建筑队", 6_000_000);
    assert_eq!(never.flag(FlagPattern::WorkBeforeResolution).figure("done_on"), Some("2026-03-10"));
}

fn resolved() -> Log {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.plan(1, "2026-03-02", 10_000_000, None);
    log.resolve(1, "2026-03-10", 10_000_000);
    log
}

fn pay(log: &mut Log, total: u64) {
    log.of_matter(
        1,
        "2026-06-01",
        PaymentRecorded {
            payee_kind: PayeeKind::Contractor,
            payee: None,
            purpose: text("进度款"),
            amount_fen: Fen(1_000_000),
            voucher_no: text("1"),
            checked_by: person(7),
            total_fen: Fen(total),
        },
    );
}

#[test]
fn payments_over_four_fifths_of_the_budget_are_a_hint_given_once() {
    let mut log = resolved();
    pay(&mut log, 8_000_000);
    assert!(log.flags(FlagPattern::Overspending).is_empty());
    pay(&mut log, 8_000_001);
    pay(&mut log, 9_000_000);
    let flag = log.flag(FlagPattern::Overspending);
    assert_eq!((flag.severity, flag.evidence.len()), (Severity::Info, 1));
}

fn conclude(log: &mut Log, outcome: Outcome) {
    log.of_matter(
        1,
        "2026-06-01",
        DeliberationReopened {
            purpose: ReopenPurpose::Supplement,
            steps: vec!["S2".to_owned(), "S4".to_owned()],
            forms: Vec::new(),
            initiator: Initiator { kind: InitiatorKind::VillageCommittee, signatures: None },
            signatures: None,
            reason: text("地基加深"),
            extra_fen: Some(Fen(500_000)),
        },
    );
    let budget_fen = (outcome == Outcome::Carried).then_some(Fen(10_500_000));
    let purpose = ReopenPurpose::Supplement;
    log.of_matter(1, "2026-06-10", DeliberationConcluded { purpose, step: "S4".to_owned(), outcome, budget_fen });
}

#[test]
fn a_supplement_that_was_carried_is_flagged_and_one_that_was_lost_is_not() {
    let mut log = resolved();
    conclude(&mut log, Outcome::Lost);
    assert!(log.flags(FlagPattern::Overspending).is_empty());
    conclude(&mut log, Outcome::Carried);
    let flag = log.flag(FlagPattern::Overspending);
    assert_eq!((flag.severity, flag.figure("budget_fen")), (Severity::Warning, Some("10500000")));
}

#[test]
fn a_final_account_over_the_contract_is_serious_and_one_of_it_is_nothing() {
    let accepted = |final_fen| {
        let mut log = resolved();
        log.contract(1, "2026-04-01", "甲建筑队", 6_000_000);
        log.of_matter(
            1,
            "2026-07-01",
            WorksAccepted { group: vec![person(1)], township: Vec::new(), final_fen: Fen(final_fen), remark: None },
        );
        log.flags(FlagPattern::Overspending)
    };
    assert_eq!(accepted(6_000_001)[0].severity, Severity::Serious);
    assert!(accepted(6_000_000).is_empty());
}

#[test]
fn a_contract_chosen_otherwise_or_dearer_than_planned_is_flagged() {
    let mut as_planned = resolved();
    as_planned.contract(1, "2026-04-01", "甲建筑队", 10_000_000);
    assert!(as_planned.flags(FlagPattern::ContractDiffers).is_empty());
    let mut dearer = resolved();
    dearer.contract(1, "2026-04-01", "甲建筑队", 10_000_001);
    assert_eq!(dearer.flag(FlagPattern::ContractDiffers).severity, Severity::Serious);
    let mut otherwise = resolved();
    otherwise.negotiated(1, "2026-04-01", 9_000_000);
    let flag = otherwise.flag(FlagPattern::ContractDiffers);
    assert_eq!((flag.severity, flag.figure("planned_choice")), (Severity::Warning, Some("公开比价")));
}
