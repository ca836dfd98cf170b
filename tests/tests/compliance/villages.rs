//! What only shows over many matters, many villages, or in the rolls.

use siyi_domain::consultation::facts::{FlagPattern, MotionSource};
use siyi_domain::matters::Lane;
use siyi_domain::office::RollKind;
use siyi_domain::roster::{Kinship, KinshipDeclared, RollFiled, RollMember, RollMembersListed};
use siyi_projections::compliance::Severity;

use super::VILLAGE;
use super::log::{Log, id, person};

fn file(log: &mut Log, roll: RollKind, members: &[u128]) {
    let member = |number: &u128| RollMember {
        person: person(*number),
        post: None,
        probationary: false,
        group: None,
        household: None,
        residence: None,
    };
    let listed = RollMembersListed { roll, part: 1, members: members.iter().map(member).collect() };
    log.of_roster("2026-01-05", listed);
    let filed = RollFiled { roll, parts: 1, members: 3, composition: Vec::new() };
    log.of_roster("2026-01-05", filed);
}

fn declare(log: &mut Log, one: u128, other: u128) {
    let (person, relative) = (person(one), person(other));
    log.of_roster("2026-02-01", KinshipDeclared { person, relative, kinship: Kinship::Sibling });
}

#[test]
fn kin_in_both_committees_are_flagged_and_kin_elsewhere_are_not() {
    let mut log = Log::default();
    file(&mut log, RollKind::VillageCommittee, &[1, 2, 3]);
    file(&mut log, RollKind::SupervisoryCommittee, &[7, 8, 9]);
    file(&mut log, RollKind::Representatives, &[20, 21]);
    declare(&mut log, 7, 20);
    declare(&mut log, 7, 8);
    declare(&mut log, 2, 20);
    assert!(log.flags(FlagPattern::SupervisorsRelatives).is_empty());
    declare(&mut log, 2, 8);
    let flag = log.flag(FlagPattern::SupervisorsRelatives);
    assert_eq!((flag.matter, flag.severity), (None, Severity::Serious));
    assert_eq!(flag.persons, [person(2), person(8)]);
}

#[test]
fn kin_of_a_member_who_has_left_the_committee_are_not_flagged() {
    let mut log = Log::default();
    file(&mut log, RollKind::VillageCommittee, &[1, 2, 3]);
    file(&mut log, RollKind::SupervisoryCommittee, &[7, 8, 9]);
    file(&mut log, RollKind::VillageCommittee, &[1, 3, 4]);
    declare(&mut log, 2, 8);
    assert!(log.flags(FlagPattern::SupervisorsRelatives).is_empty());
}

/// So many matters of the year, the first of them by the emergency road.
fn screened(emergencies: u128, all: u128) -> Log {
    let mut log = Log::default();
    for matter in 1..=all {
        log.raise(matter, "2026-03-01");
        let lane = if matter <= emergencies { Lane::Emergency } else { Lane::Full };
        log.screen(matter, "2026-03-01", lane, &["V03"]);
    }
    log
}

#[test]
fn three_emergencies_over_a_fifth_of_the_year_are_flagged() {
    // Of three matters the third already is: the share is judged at each screening.
    assert_eq!(screened(3, 3).flag(FlagPattern::EmergencyOften).evidence.len(), 3);
    assert!(screened(2, 2).flags(FlagPattern::EmergencyOften).is_empty());
    let last = |others: u128| {
        let mut log = Log::default();
        for matter in 1..=others + 3 {
            log.raise(matter, "2026-03-01");
            let lane = if matter > others { Lane::Emergency } else { Lane::Full };
            log.screen(matter, "2026-03-01", lane, &["V03"]);
        }
        log.flags(FlagPattern::EmergencyOften).len()
    };
    assert_eq!((last(11), last(12)), (1, 0), "3 of 14 are more than a fifth, 3 of 15 are not");
}

#[test]
fn emergencies_of_the_year_before_do_not_count() {
    let third = |at: &str| {
        let mut log = screened(2, 2);
        log.raise(3, at);
        log.screen(3, at, Lane::Emergency, &["V03"]);
        log.flags(FlagPattern::EmergencyOften).len()
    };
    assert_eq!((third("2027-02-28"), third("2027-03-01")), (1, 0));
}

#[test]
fn more_than_half_of_the_motions_from_above_are_flagged() {
    let raised = |own: u128, from_above: u128| {
        let mut log = Log::default();
        for matter in 1..=own + from_above {
            let source = if matter <= own { MotionSource::VillageCadres } else { MotionSource::HigherAuthority };
            log.raise_in(VILLAGE, matter, "2026-03-01", source);
        }
        log.flags(FlagPattern::OrderedFromAbove)
    };
    assert_eq!(raised(2, 3)[0].figure("of_the_kind"), Some("3"));
    assert!(raised(3, 3).is_empty(), "half is not more than half");
    assert!(raised(1, 2).is_empty(), "two are too few to say anything");
}

fn resolve_alike(days: [&str; 3], codes: [&str; 3], words: &str) -> Log {
    let mut log = Log::default();
    for ((matter, at), code) in (1..).zip(days).zip(codes) {
        log.raise_in(code, matter, "2026-03-01", MotionSource::VillageCadres);
        log.resolve_as(matter, at, 0, if matter == 3 { words } else { "同意统一实施路灯改造" });
    }
    log
}

#[test]
fn one_text_in_three_villages_within_seven_days_is_flagged_in_each_of_them() {
    let villages = ["419901101201", "419901101202", "419901102201"];
    let alike = |days, codes, words| resolve_alike(days, codes, words).flags(FlagPattern::SameTextElsewhere);
    let week = ["2026-03-10", "2026-03-12", "2026-03-17"];
    let flags = alike(week, villages, "同意统一实施路灯改造");
    assert_eq!(flags.len(), 3);
    assert!(flags.iter().all(|flag| flag.evidence.len() == 3 && flag.figure("villages") == Some("3")));
    assert_eq!(flags[2].matter, Some(id(3)));
    assert!(alike(["2026-03-10", "2026-03-12", "2026-03-18"], villages, "同意统一实施路灯改造").is_empty());
    assert!(alike(week, ["419901101201", "419901101201", "419901102201"], "同意统一实施路灯改造").is_empty());
    assert!(alike(week, villages, "同意三组路灯改造").is_empty());
}
