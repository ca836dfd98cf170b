//! Who must stand back: interest, kinship, one person in two seats.

use std::collections::BTreeSet;

use siyi_access::Held;
use siyi_domain::office::Office;

use crate::asking::{Asking, VILLAGE, code, holder, person};

#[test]
fn nobody_answers_their_own_objection() {
    let mut asking = Asking::by(&[Office::VillageDirector]);
    asking.about.objector = Some(person(2));
    asking.opens("answerObjection");
    asking.about.objector = Some(person(1));
    asking.is_shut("answerObjection", "own-objection");
}

#[test]
fn nobody_excludes_themselves_from_a_roll_or_appoints_themselves() {
    let mut asking = Asking::by(&[Office::VillageDirector]);
    asking.about.appointed_office = Some(Office::Clerk);
    asking.about.subject = Some(person(2));
    asking.opens("excludeFromRoll");
    asking.opens("appoint");
    asking.about.subject = Some(person(1));
    asking.is_shut("excludeFromRoll", "own-exclusion");
    asking.is_shut("appoint", "nobody-appoints-themselves");
}

#[test]
fn the_interested_neither_count_nor_record_the_count() {
    let mut asking = Asking::by(&[Office::VillageCommitteeMember]);
    asking.about.tellers = BTreeSet::from([person(3), person(4)]);
    asking.about.interested = BTreeSet::from([person(9)]);
    asking.opens("recordShowOfHands");
    asking.opens("putMotion");
    asking.about.interested = BTreeSet::from([person(4)]);
    asking.is_shut("recordShowOfHands", "interested-do-not-count");
    asking.is_shut("putMotion", "interested-do-not-count");
    asking.about.interested = BTreeSet::from([person(1)]);
    asking.is_shut("recordSecretBallot", "interested-do-not-record-the-count");
    asking.opens("putMotion");
}

#[test]
fn the_secretary_does_not_count_in_another_office_either() {
    Asking::by(&[Office::PartyCommitteeMember]).opens("recordRollCall");
    Asking::by(&[Office::PartyCommitteeMember, Office::PartySecretary])
        .is_shut("recordRollCall", "secretary-does-not-count");
}

#[test]
fn what_needs_two_signatures_is_not_published_alone() {
    let by = "two-signatures-to-publish";
    for door in ["postNotice", "correctNotice"] {
        Asking::by(&[Office::Clerk]).is_shut(door, by);
        let mut asking = Asking::by_two(&[Office::Clerk]);
        asking.opens(door);
        asking.about.second_holds_supervisor = false;
        asking.is_shut(door, by);
        asking.about.second_holds_supervisor = true;
        asking.account.persons.insert(person(2));
        asking.is_shut(door, by);
        let mut own = Asking::by_two(&[Office::VillageCommitteeMember]);
        own.about.second_signer = Some(person(1));
        own.about.supervisors = BTreeSet::from([person(1)]);
        own.is_shut(door, by);
    }
    // A draft before anybody decided, and taking down.
    Asking::by(&[Office::Clerk]).opens("postPlan");
    Asking::by(&[Office::Clerk]).opens("closeDisclosure");
}

#[test]
fn who_signs_second_is_a_supervisor_whom_the_notice_names() {
    let mut asking = Asking::by_two(&[Office::Clerk]);
    asking.about.supervisors = BTreeSet::from([person(3)]);
    asking.is_shut("postNotice", "second-signer-named-on-the-notice");
    asking.opens("correctNotice");
}

#[test]
fn a_supervisor_without_an_account_signs_on_a_sheet_that_is_kept() {
    let mut asking = Asking::by_two(&[Office::Clerk]);
    asking.about.second_on_paper = true;
    asking.is_shut("postNotice", "two-signatures-to-publish");
    asking.about.second_sheet_kept = true;
    asking.opens("postNotice");
    asking.about.second_has_account = true;
    asking.is_shut("postNotice", "two-signatures-to-publish");
}

#[test]
fn what_only_a_second_signature_is_missing_for_is_told() {
    let mut asking = Asking::by(&[Office::Clerk]);
    asking.about = asking.about.signed_by_two();
    asking.opens("postNotice");
    asking.account = holder(&[Office::Villager], VILLAGE);
    asking.office = Office::Villager;
    assert!(!asking.told("postNotice").allowed);
}

#[test]
fn a_supervisor_is_neither_of_the_committee_nor_related_to_it_nor_its_bookkeeper() {
    let mut asking = Asking::by(&[Office::Supervisor]);
    asking.opens("orderCorrection");
    asking.about.related_to_committee = true;
    asking.is_shut("orderCorrection", "supervisor-not-a-near-relative");
    Asking::by(&[Office::Supervisor, Office::VillageCommitteeMember])
        .is_shut("orderCorrection", "supervisor-not-of-the-committee");
    Asking::by(&[Office::Supervisor, Office::Clerk]).is_shut("orderCorrection", "supervisor-not-the-bookkeeper");
}

#[test]
fn who_is_on_the_committee_of_another_village_may_supervise_here() {
    let mut asking = Asking::by(&[Office::Supervisor]);
    let held = Held { person: person(1), office: Office::VillageCommitteeMember, jurisdiction: code("419901101202") };
    asking.account.held.push(held);
    asking.opens("orderCorrection");
}

#[test]
fn a_contractor_does_not_act_and_its_relatives_do_not_accept_the_works() {
    Asking::by(&[Office::Contractor]).is_shut("reportProgress", "contractor-does-not-act");
    let mut asking = Asking::by(&[Office::Supervisor]);
    asking.opens("recordAcceptance");
    asking.about.related_to_contractor = true;
    asking.is_shut("recordAcceptance", "contractors-relative-does-not-accept");
    asking.about.related_to_contractor = false;
    asking.about.interested = BTreeSet::from([person(1)]);
    asking.is_shut("recordAcceptance", "contractors-relative-does-not-accept");
}
