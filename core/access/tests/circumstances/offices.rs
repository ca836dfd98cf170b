//! Offices: where and when they are held, by whom they are given.

use siyi_access::{About, Circumstances, Door, Held, Visitor};
use siyi_domain::office::{Actor, Office};

use crate::asking::{Asking, POINT, VILLAGE, code, holder, person};

#[test]
fn an_operator_writes_nothing_whatever_else_they_are() {
    let mut asking = Asking::by_two(&[Office::Clerk]);
    asking.opens("postNotice");
    asking.account.held.push(Held { person: person(1), office: Office::Operator, jurisdiction: code("410000000000") });
    asking.is_shut("postNotice", "operator-writes-nothing");
    asking.is_shut("roster", "operator-reads-no-names");
}

#[test]
fn an_auditor_reads_and_never_acts() {
    let mut asking = Asking::by(&[Office::Auditor]);
    asking.opens("event-data");
    asking.is_shut("closeFlag", "auditor-does-not-act");
    asking.office = Office::Villager;
    asking.is_shut("closeFlag", "office-not-held");
}

#[test]
fn an_office_that_ended_or_is_of_another_village_opens_nothing() {
    let mut asking = Asking::by_two(&[Office::VillageDirector]);
    asking.opens("postNotice");
    asking.about.place = Some(code("419901101202"));
    asking.is_shut("postNotice", "office-held-elsewhere");
    asking.about.place = Some(code(VILLAGE));
    asking.account.held.clear();
    asking.is_shut("postNotice", "office-not-held");
}

#[test]
fn an_office_of_one_person_is_not_acted_in_by_another_of_the_same_account() {
    let asking = Asking::by(&[Office::VillageDirector]);
    let told = asking.told_as("postNotice", person(2));
    assert!(!told.allowed && told.policies.contains(&"office-not-held".to_owned()), "{told:?}");
}

#[test]
fn a_township_officer_covers_the_villages_beneath_and_no_others() {
    let mut asking = Asking::by(&[Office::TownshipOfficer]);
    asking.account = holder(&[Office::TownshipOfficer], "419901101000");
    asking.opens("answerReview");
    asking.opens("roster");
    asking.about.place = Some(code("419901102201"));
    asking.is_shut("answerReview", "office-held-elsewhere");
    assert!(!asking.told("roster").allowed);
    asking.about.place = None;
    assert!(!asking.told("roster").allowed, "no place is every place");
}

/// The offices that an office gives to somebody else in the village.
fn gives(by: Office) -> Vec<Office> {
    use Office as O;
    let elected = [O::PartySecretary, O::PartyCommitteeMember, O::PartyMember, O::VillageDirector, O::Villager];
    let elected = elected.into_iter().chain([O::VillageCommitteeMember, O::Supervisor, O::Representative, O::Operator]);
    let named = [O::Clerk, O::GridWorker, O::CollectiveOfficer, O::Contractor, O::Deputy, O::TownshipOfficer];
    let named = named.into_iter().chain([O::Auditor, O::CountyOfficer]);
    let mut asking = Asking::by(&[by]);
    asking.about.subject = Some(person(2));
    let is_given = |office: &Office| {
        asking.about.appointed_office = Some(*office);
        let (given, ended) = (asking.told("appoint").allowed, asking.told("endAppointment").allowed);
        assert_eq!(given, ended, "who gives an office also ends it");
        given
    };
    elected.chain(named).filter(is_given).collect()
}

#[test]
fn each_office_is_given_by_who_may_give_it_and_none_that_people_elect() {
    use Office as O;
    assert_eq!(gives(O::VillageDirector), [O::Clerk, O::GridWorker, O::CollectiveOfficer, O::Contractor]);
    assert_eq!(gives(O::TownshipOfficer), [O::Clerk, O::GridWorker, O::CollectiveOfficer, O::Deputy]);
    assert_eq!(gives(O::CountyOfficer), [O::TownshipOfficer, O::Auditor, O::CountyOfficer]);
    for office in [O::PartySecretary, O::Clerk, O::Supervisor, O::Auditor, O::Villager, O::Operator] {
        assert_eq!(gives(office), [], "{office:?}");
    }
}

#[test]
fn anybody_acts_as_anybody_in_a_demonstration_and_nowhere_else() {
    let asked = |office: Office, door: &str, demonstration: bool| {
        let actor = Actor { person: person(1), office };
        let around = Circumstances { demonstration, ..Circumstances::default() };
        let about = About::place(code(VILLAGE));
        POINT.decide(&Visitor::Demonstration(actor), Some(actor), &Door::named(door).unwrap(), &about, &around)
    };
    assert!(asked(Office::Deputy, "raiseMotion", true).allowed, "the domain says whether it is competent");
    assert!(asked(Office::Villager, "event-data", true).allowed);
    assert!(!asked(Office::Operator, "raiseMotion", true).allowed);
    assert!(asked(Office::VillageDirector, "postNotice", true).allowed, "a second signature would prove nothing there");
    for door in ["raiseMotion", "event-data", "page:/"] {
        let told = asked(Office::VillageDirector, door, false);
        assert!(!told.allowed && told.policies == ["demonstration-nowhere-else"], "{told:?}");
    }
}

#[test]
fn an_act_of_nobody_is_none() {
    let asking = Asking::by(&[Office::VillageDirector]);
    let visitor = Visitor::Account(asking.account.clone());
    let door = Door::named("postNotice").unwrap();
    let told = POINT.decide(&visitor, None, &door, &asking.about, &asking.around);
    assert!(!told.allowed && told.policies.contains(&"act-of-nobody".to_owned()), "{told:?}");
}
