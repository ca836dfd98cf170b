//! Who must stand back: interest, kinship, one person in two seats.

use std::collections::BTreeSet;

use siyi_access::Held;
use siyi_domain::office::Office;

use crate::asking::{Asking, code, person};

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
    let mut asking = Asking::by(&[Office::Clerk]);
    asking.opens("postNotice");
    asking.about.needs_second_signature = true;
    asking.is_shut("postNotice", "two-signatures-to-publish");
    asking.about.second_signer = Some(person(1));
    asking.is_shut("postNotice", "two-signatures-to-publish");
    asking.about.second_signer = Some(person(2));
    asking.opens("postNotice");
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

#[test]
fn the_recorder_is_not_the_sole_witness() {
    let mut asking = Asking::by(&[Office::Clerk]);
    asking.about.witnesses = BTreeSet::from([person(1), person(2)]);
    asking.opens("closeMeeting");
    asking.about.witnesses = BTreeSet::from([person(1)]);
    asking.is_shut("closeMeeting", "recorder-is-not-the-sole-witness");
}
