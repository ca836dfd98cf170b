//! What hung on the board.

use siyi_domain::consultation::events::{NoticeCorrected, NoticeFoundMissing, ObjectionAnswered, ProgressReported};
use siyi_domain::consultation::facts::{FlagPattern, NoticeKind, Remedy};
use siyi_domain::jurisdiction::RoutineDone;
use siyi_domain::procedure::RoutineKind;
use siyi_projections::compliance::Severity;

use super::VILLAGE;
use super::log::{Log, day, hash, text};

fn posted(kind: NoticeKind, photo: Option<u64>) -> Log {
    let mut log = Log::default();
    log.open(1, "2026-03-01");
    log.resolve(1, "2026-03-10", 0);
    log.post(1, "2026-04-01", kind, photo);
    log
}

#[test]
fn a_resolution_or_a_result_without_a_photo_is_flagged_and_progress_is_not() {
    let flagged = |kind, photo| posted(kind, photo).flags(FlagPattern::PostingWithoutPhoto).len();
    assert_eq!(flagged(NoticeKind::Resolution, None), 1);
    assert_eq!(flagged(NoticeKind::Result, None), 1);
    assert_eq!(flagged(NoticeKind::Progress, None), 0);
    assert_eq!(flagged(NoticeKind::Resolution, Some(1)), 0);
}

fn report(log: &mut Log, matter: u128, photo: u64) {
    log.of_matter(matter, "2026-05-01", ProgressReported { text: text("完成路基"), photo: Some(hash(photo)) });
}

#[test]
fn one_photo_for_two_acts_is_flagged_and_for_another_matter_it_is_serious() {
    let mut log = posted(NoticeKind::Resolution, Some(1));
    report(&mut log, 1, 2);
    assert!(log.flags(FlagPattern::PhotoReused).is_empty());
    report(&mut log, 1, 1);
    assert_eq!(log.flag(FlagPattern::PhotoReused).severity, Severity::Warning);
    log.open(2, "2026-03-01");
    log.resolve(2, "2026-03-10", 0);
    report(&mut log, 2, 1);
    let severities: Vec<Severity> = log.flags(FlagPattern::PhotoReused).iter().map(|flag| flag.severity).collect();
    assert_eq!(severities, [Severity::Warning, Severity::Serious]);
}

#[test]
fn one_photo_may_show_two_routine_duties_but_not_the_same_one_twice() {
    let mut log = Log::default();
    let mut record = |kind, at: &str| {
        let done = RoutineDone { kind, period: day(at), summary: text("已公开"), paper: hash(1) };
        log.of_village(VILLAGE, at, done);
        log.flags(FlagPattern::PhotoReused).len()
    };
    assert_eq!(record(RoutineKind::AffairsDisclosure, "2026-03-31"), 0);
    assert_eq!(record(RoutineKind::AccountsDisclosure, "2026-03-31"), 0);
    assert_eq!(record(RoutineKind::AccountsDisclosure, "2026-04-30"), 1);
}

fn missing(log: &mut Log, at: &str) {
    log.of_matter(1, at, NoticeFoundMissing { notice: 1, place: text("村公开栏"), photo: None });
}

#[test]
fn a_notice_missing_before_its_day_is_flagged_and_on_that_day_it_is_not() {
    let mut log = posted(NoticeKind::Resolution, Some(1));
    missing(&mut log, "2026-04-17");
    assert!(log.flags(FlagPattern::NoticeRemovedEarly).is_empty());
    missing(&mut log, "2026-04-16");
    assert_eq!(log.flag(FlagPattern::NoticeRemovedEarly).severity, Severity::Warning);
    missing(&mut log, "2026-04-16");
    let flag = log.flag(FlagPattern::NoticeRemovedEarly);
    assert_eq!((flag.severity, flag.figure("times")), (Severity::Serious, Some("2")));
}

#[test]
fn a_correction_moves_the_day_before_which_a_notice_may_not_be_missing() {
    let mut log = posted(NoticeKind::Resolution, Some(1));
    log.of_matter(
        1,
        "2026-04-10",
        NoticeCorrected {
            notice: 1,
            correction: text("金额更正"),
            objections_until: day("2026-04-17"),
            removable_on: day("2026-04-26"),
        },
    );
    missing(&mut log, "2026-04-20");
    assert_eq!(log.flag(FlagPattern::NoticeRemovedEarly).figure("removable_on"), Some("2026-04-26"));
}

#[test]
fn an_answer_after_its_last_day_is_flagged_and_one_on_it_is_not() {
    let answered = |at: &str| {
        let mut log = posted(NoticeKind::Resolution, Some(1));
        log.object(1, "2026-04-02", "2026-04-07");
        let (answer, remedy) = (text("已说明"), Remedy::None);
        log.of_matter(1, at, ObjectionAnswered { objection: 1, answer, upheld: false, remedy });
        log.flags(FlagPattern::SlowAnswers)
    };
    assert!(answered("2026-04-07").is_empty());
    assert_eq!(answered("2026-04-08")[0].figure("days_late"), Some("1"));
}
