//! How decisions came about.

use siyi_domain::consultation::events::{MemberExcluded, OpinionRecorded, ProgressReported};
use siyi_domain::consultation::facts::{ExclusionCause, FlagPattern, OpinionClass, OpinionSource};
use siyi_domain::matters::Lane;
use siyi_projections::compliance::Severity;

use super::log::{Decided, Log, moment, person, persons, sealed, text};

#[test]
fn an_act_recorded_after_seventy_two_hours_is_flagged_and_one_within_them_is_not() {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.recorded_at = Some(moment("2026-03-13 09:00"));
    log.plan(1, "2026-03-10", 10_000_000, None);
    assert!(log.flags(FlagPattern::LateRecording).is_empty());
    log.recorded_at = Some(moment("2026-03-13 09:01"));
    log.plan(1, "2026-03-10", 10_000_000, None);
    let flag = log.flag(FlagPattern::LateRecording);
    assert_eq!((flag.severity, flag.evidence.len()), (Severity::Info, 1));
    log.decide(1, "2026-03-10", &Decided::S1);
    let flag = log.flag(FlagPattern::LateRecording);
    assert_eq!((flag.severity, flag.evidence.len()), (Severity::Warning, 2));
}

/// S1, S3 and S4 decided on the days given, and recorded at the times given.
fn decided_three(recorded: [&str; 3], days: [&str; 3]) -> Log {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    for ((step, at), day) in [Decided::S1, Decided::S3, Decided::S4].iter().zip(recorded).zip(days) {
        log.recorded_at = Some(moment(at));
        log.decide(1, day, step);
    }
    log.resolve(1, days[2], 0);
    log
}

#[test]
fn decisions_recorded_within_an_hour_are_flagged_and_over_an_hour_are_not() {
    let days = ["2026-03-10 09:00", "2026-03-10 10:00", "2026-03-10 11:00"];
    let hour = decided_three(["2026-03-10 20:00", "2026-03-10 20:30", "2026-03-10 21:00"], days);
    assert_eq!(hour.flag(FlagPattern::BurstRecording).severity, Severity::Warning);
    let more = decided_three(["2026-03-10 20:00", "2026-03-10 20:30", "2026-03-10 21:01"], days);
    assert!(more.flags(FlagPattern::BurstRecording).is_empty());
}

#[test]
fn a_burst_that_is_dated_on_several_days_is_serious() {
    let at_once = ["2026-03-12 20:00", "2026-03-12 20:10", "2026-03-12 20:20"];
    let log = decided_three(at_once, ["2026-03-10", "2026-03-11", "2026-03-12"]);
    let flag = log.flag(FlagPattern::BurstRecording);
    assert_eq!((flag.severity, flag.figure("minutes"), flag.evidence.len()), (Severity::Serious, Some("20"), 3));
}

#[test]
fn three_steps_on_one_day_are_flagged_and_two_are_not() {
    let times = ["2026-03-10 09:00", "2026-03-10 14:00", "2026-03-10 19:00"];
    let flag = decided_three(times, times).flag(FlagPattern::SameDaySteps);
    assert_eq!((flag.severity, flag.figure("steps")), (Severity::Info, Some("S1,S3,S4")));
    let times = ["2026-03-09 09:00", "2026-03-10 14:00", "2026-03-10 19:00"];
    assert!(decided_three(times, times).flags(FlagPattern::SameDaySteps).is_empty());
}

/// So many matters whose last step nobody was against, the last of them with a vote as given.
fn decided_in_a_row(matters: u128, last: &Decided) -> Log {
    let mut log = Log::default();
    for matter in 1..=matters {
        log.open(matter, "2026-03-01");
        log.decide(matter, "2026-03-10", &Decided { against: 1, ..Decided::S1 });
        log.decide(matter, "2026-03-20", if matter == matters { last } else { &Decided::S4 });
    }
    log
}

#[test]
fn five_last_steps_without_dissent_are_flagged_and_four_or_one_abstention_are_not() {
    let flag = decided_in_a_row(5, &Decided::S4).flag(FlagPattern::ZeroDissent);
    assert_eq!((flag.matter, flag.severity, flag.evidence.len()), (None, Severity::Info, 5));
    assert!(decided_in_a_row(4, &Decided::S4).flags(FlagPattern::ZeroDissent).is_empty());
    assert!(decided_in_a_row(5, &Decided { abstain: 1, ..Decided::S4 }).flags(FlagPattern::ZeroDissent).is_empty());
    assert!(decided_in_a_row(5, &Decided { against: 1, ..Decided::S4 }).flags(FlagPattern::ZeroDissent).is_empty());
}

#[test]
fn a_row_that_was_looked_into_begins_anew() {
    let mut log = decided_in_a_row(5, &Decided::S4);
    let flag = log.flag(FlagPattern::ZeroDissent);
    log.of_village(
        super::VILLAGE,
        "2026-04-01",
        siyi_domain::jurisdiction::VillageFlagClosed {
            pattern: FlagPattern::ZeroDissent,
            subject: text(&flag.subject),
            reason: text("会前已充分征求意见"),
        },
    );
    log.open(6, "2026-04-02");
    log.decide(6, "2026-04-20", &Decided::S4);
    assert!(!log.flag(FlagPattern::ZeroDissent).is_open());
}

/// Five persons sign in to one matter's meeting at nine, and again to another's at the time and place given.
fn signed_in_twice(at: &str, place: &str, who: std::ops::Range<u128>) -> Log {
    let mut log = Log::default();
    for (matter, held_at, place) in [(1, "2026-03-10 09:00", "村委会"), (2, at, place)] {
        log.open(matter, "2026-03-01");
        log.convene(matter, 1, "S1", "branch_committee", held_at, place);
        let who = if matter == 1 { persons(1..6) } else { persons(who.clone()) };
        log.check_in(matter, 1, held_at, who);
    }
    log
}

#[test]
fn the_same_persons_at_two_places_within_two_hours_are_flagged() {
    let flag = signed_in_twice("2026-03-10 11:00", "小学", 4..9).flag(FlagPattern::CheckedInElsewhere);
    assert_eq!(flag.persons, persons(4..6));
    assert_eq!(flag.figure("minutes_apart"), Some("120"));
    assert_eq!(flag.evidence.len(), 2);
}

#[test]
fn later_at_the_same_place_or_other_persons_is_no_sign_in_elsewhere() {
    let none = |log: Log| assert!(log.flags(FlagPattern::CheckedInElsewhere).is_empty());
    none(signed_in_twice("2026-03-10 11:01", "小学", 1..6));
    none(signed_in_twice("2026-03-10 09:00", "村委会", 1..6));
    none(signed_in_twice("2026-03-10 09:00", "小学", 6..9));
}

#[test]
fn two_hours_may_cross_midnight() {
    let mut log = Log::default();
    for (matter, held_at, place) in [(1, "2026-03-10 23:30", "村委会"), (2, "2026-03-11 00:30", "小学")] {
        log.open(matter, "2026-03-01");
        log.convene(matter, 1, "S1", "branch_committee", held_at, place);
        log.check_in(matter, 1, held_at, persons(1..2));
    }
    assert_eq!(log.flag(FlagPattern::CheckedInElsewhere).persons, persons(1..2));
}

/// A meeting from whose roll some were left out: 20 stay due, so many are present, two thirds are needed.
fn left_out(number: u128, present: u64) -> Log {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.convene(1, 4, "S4", "representatives", "2026-03-10 09:00", "村委会");
    for excluded in 0..number {
        log.of_matter(
            1,
            "2026-03-10",
            MemberExcluded {
                meeting: 4,
                person: person(100 + excluded),
                cause: ExclusionCause::Abroad,
                approver: person(1),
            },
        );
    }
    log.decide(1, "2026-03-10 10:00", &Decided { present, ..Decided::S4 });
    log
}

#[test]
fn exclusions_without_which_the_quorum_would_fail_are_flagged() {
    // 14 of 20 are two thirds; 14 of 22 are not.
    let flag = left_out(2, 14).flag(FlagPattern::DenominatorShrunk);
    assert_eq!(
        (flag.severity, flag.figure("turns"), flag.figure("left_out")),
        (Severity::Serious, Some("quorum"), Some("2"))
    );
    // 14 of 21 still are.
    assert!(left_out(1, 14).flags(FlagPattern::DenominatorShrunk).is_empty());
    assert!(left_out(0, 14).flags(FlagPattern::DenominatorShrunk).is_empty());
}

/// Ten party members sit at S3; so many of them, and ten others, at the resolving meeting of the day given.
fn sat_in_both(number: u128, s4_at: &str) -> Log {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.convene(1, 3, "S3", "party_members", "2026-03-10 09:00", "村委会");
    log.check_in(1, 3, "2026-03-10 09:00", persons(1..11));
    log.decide(1, "2026-03-10 10:00", &Decided::S3);
    log.convene(1, 4, "S4", "representatives", s4_at, "村委会");
    log.check_in(1, 4, s4_at, [persons(1..number + 1), persons(50..60)].concat());
    log.decide(1, s4_at, &Decided::S4);
    log
}

#[test]
fn nine_tenths_of_the_party_meeting_in_the_resolving_one_of_the_day_are_flagged() {
    let flag = sat_in_both(9, "2026-03-10 15:00").flag(FlagPattern::SameSignIn);
    assert_eq!((flag.figure("in_both"), flag.figure("party_members")), (Some("9"), Some("10")));
    assert!(sat_in_both(8, "2026-03-10 15:00").flags(FlagPattern::SameSignIn).is_empty());
    assert!(sat_in_both(10, "2026-03-11 15:00").flags(FlagPattern::SameSignIn).is_empty());
}

#[test]
fn a_matter_screened_as_another_kind_is_flagged_and_graver_the_second_time() {
    let mut log = Log::default();
    log.raise(1, "2026-03-01");
    log.screen(1, "2026-03-02", Lane::Full, &["V03"]);
    assert!(log.flags(FlagPattern::RecodedAfterScreening).is_empty());
    log.screen(1, "2026-03-03", Lane::Full, &["V05", "V03"]);
    let flag = log.flag(FlagPattern::RecodedAfterScreening);
    assert_eq!(
        (flag.severity, flag.figure("from"), flag.figure("to")),
        (Severity::Warning, Some("V03"), Some("V03,V05"))
    );
    let mut log = Log::default();
    log.raise(1, "2026-03-01");
    log.screen(1, "2026-03-02", Lane::Light, &["V05"]);
    assert_eq!(log.flag(FlagPattern::RecodedAfterScreening).severity, Severity::Info);
}

#[test]
fn a_unanimous_secret_ballot_is_flagged_only_where_somebody_was_against_it() {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.papers(1, "2026-03-10", 30, 0);
    assert!(log.flags(FlagPattern::UnanimousSecretBallot).is_empty());
    log.object(1, "2026-04-02", "2026-04-07");
    let flag = log.flag(FlagPattern::UnanimousSecretBallot);
    assert_eq!((flag.evidence.len(), flag.figure("opposed")), (2, Some("1")));
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.papers(1, "2026-03-10", 29, 1);
    log.object(1, "2026-04-02", "2026-04-07");
    assert!(log.flags(FlagPattern::UnanimousSecretBallot).is_empty());
}

#[test]
fn a_recorded_opposition_contests_a_matter_and_a_doubt_does_not() {
    let asked = |class| {
        let mut log = Log::default();
        log.open(1, "2026-03-01");
        log.of_matter(
            1,
            "2026-03-02",
            OpinionRecorded { opinion: 1, class, source: OpinionSource::DoorToDoor, text: sealed() },
        );
        log.papers(1, "2026-03-10", 30, 0);
        log.flags(FlagPattern::UnanimousSecretBallot).len()
    };
    assert_eq!((asked(OpinionClass::Opposition), asked(OpinionClass::Doubt)), (1, 0));
}

#[test]
fn an_event_of_a_matter_that_nobody_raised_is_left_alone() {
    let mut log = Log::default();
    log.of_matter(1, "2026-03-01", ProgressReported { text: text("完成路基"), photo: None });
    assert!(log.flags(FlagPattern::WorkBeforeResolution).is_empty());
}
