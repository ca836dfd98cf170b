use super::*;

fn shipped() -> Retention {
    Retention::shipped().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn every_class_and_every_field_has_its_period() {
    let shipped = shipped();
    assert!(RecordClass::ALL.iter().all(|class| shipped.of(*class).is_some()));
    assert!(PersonalField::ALL.iter().all(|field| shipped.field(*field).is_some()));
}

#[test]
fn resolutions_are_permanent_and_ballots_of_elections_kept_three_years() {
    let shipped = shipped();
    assert_eq!(shipped.of(RecordClass::Resolutions).unwrap().keep, Keep::Permanent);
    let ballots = shipped.of(RecordClass::ElectionBallots).unwrap();
    assert_eq!((ballots.keep, ballots.basis.certainty), (Keep::Years(3), Certainty::Found));
    assert_eq!((ballots.basis.law.as_str(), ballots.basis.article.as_str()), ("HN-V", "37"));
    assert_eq!(shipped.of(RecordClass::AccountVouchers).unwrap().keep, Keep::Years(30));
}

#[test]
fn years_are_counted_from_the_next_one_or_from_the_day() {
    assert_eq!(Keep::Years(30).until(CountedFrom::NextYear, day("2026-03-11")), Some(day("2056-12-31")));
    assert_eq!(Keep::Years(3).until(CountedFrom::Day, day("2024-02-29")), Some(day("2027-02-28")));
    assert_eq!(Keep::Permanent.until(CountedFrom::Day, day("2026-03-11")), None);
}

#[test]
fn a_voucher_is_restricted_until_its_last_day_and_erased_after_it() {
    let kept = |today| shipped().orders_kept(PersonalField::Payment, day("2026-03-11"), false, day(today));
    assert!(kept("2056-12-31"));
    assert!(!kept("2057-01-01"));
}

#[test]
fn a_roll_keeps_who_stands_on_it_and_nobody_else() {
    let kept = |on_roll| shipped().orders_kept(PersonalField::Roll, day("2026-03-11"), on_roll, day("2026-03-12"));
    assert!(kept(true));
    assert!(!kept(false));
}

#[test]
fn no_law_orders_a_telephone_number_kept() {
    assert!(!shipped().orders_kept(PersonalField::Contact, day("2026-03-11"), true, day("2026-03-11")));
    assert!(!shipped().orders_kept(PersonalField::Voice, day("2026-03-11"), true, day("2026-03-11")));
}

#[test]
fn a_place_changes_what_is_remembered_and_not_what_was_read() {
    let notices = "[[record]]\nclass = \"notices\"\nkeep = { years = 10 }";
    let changed = shipped().configured(notices).unwrap();
    assert_eq!(changed.of(RecordClass::Notices).unwrap().keep, Keep::Years(10));
    let ballots = "[[record]]\nclass = \"election-ballots\"\nkeep = { years = 1 }";
    assert_eq!(shipped().configured(ballots).unwrap_err().code(), "retention-not-configurable");
    let never = "[[record]]\nclass = \"notices\"\nkeep = { years = 0 }";
    assert_eq!(shipped().configured(never).unwrap_err().code(), "retention-years-out-of-range");
}

#[test]
fn a_schedule_with_a_hole_is_not_loaded() {
    let code = |from: &str, to: &str| {
        let changed = SHIPPED.replacen(from, to, 1);
        assert_ne!(changed, SHIPPED);
        Retention::parse(&changed).unwrap_err().code()
    };
    assert_eq!(code("class = \"charter\"", "class = \"land\""), "retention-twice");
    assert_eq!(code("field = \"voice\"", "field = \"contact\""), "retention-twice");
    assert_eq!(code("law = \"HN-V\"", "law = \"HN-X\""), "retention-source-unknown");
    assert_eq!(code("{ years = 3 }", "{ years = 101 }"), "retention-years-out-of-range");
    assert_eq!(code("class = \"charter\"", "class = \"charters\""), "retention-malformed");
    let start = SHIPPED.find("[[record]]\nclass = \"charter\"").unwrap();
    let end = SHIPPED[start + 1..].find("\n[[").unwrap() + start + 1;
    let without = format!("{}{}", &SHIPPED[..start], &SHIPPED[end..]);
    assert_eq!(Retention::parse(&without).unwrap_err(), RetentionError::Missing("charter"));
}
