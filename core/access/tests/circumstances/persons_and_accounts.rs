//! Personal data and accounts.

use std::collections::BTreeSet;

use siyi_access::{About, Circumstances, Door, SignInMethod, Visitor};
use siyi_domain::office::Office;

use crate::asking::{Asking, POINT, VILLAGE, code, holder, person};

#[test]
fn administration_and_personal_data_want_a_fresh_sign_in() {
    let mut asking = Asking::by(&[Office::TownshipOfficer]);
    asking.account = holder(&[Office::TownshipOfficer], "419901101000");
    asking.about.second_signer = Some(person(2));
    for door in ["openAccount", "read-personal", "erasePerson"] {
        asking.account.signed_in_seconds_ago = 300;
        asking.opens(door);
        asking.account.signed_in_seconds_ago = 301;
        asking.is_shut(door, "fresh-sign-in");
        asking.account.signed_in_seconds_ago = u64::MAX;
        asking.is_shut(door, "fresh-sign-in");
    }
    asking.opens("answerReview");
}

#[test]
fn only_two_unmask_but_everybody_reads_their_own() {
    let mut asking = Asking::by(&[Office::Clerk]);
    asking.about.subject = Some(person(5));
    asking.is_shut("read-personal", "unmask-by-two");
    asking.about.second_signer = Some(person(1));
    asking.is_shut("read-personal", "unmask-by-two");
    asking.about.second_signer = Some(person(2));
    asking.opens("read-personal");
    asking.about.second_on_paper = true;
    asking.is_shut("read-personal", "unmask-by-two");
    let mut own = Asking::by(&[Office::Villager]);
    own.about.subject = Some(person(1));
    own.opens("read-personal");
    own.opens("own-record");
    own.about.subject = Some(person(5));
    assert!(!own.told("own-record").allowed);
}

#[test]
fn who_left_every_roll_may_still_ask_for_erasure_of_their_own_data() {
    let mut asking = Asking::by(&[Office::Villager]);
    asking.account.held.clear();
    asking.about.subject = Some(person(1));
    asking.opens("erasePerson");
    asking.about.subject = Some(person(2));
    asking.is_shut("erasePerson", "office-not-held");
}

#[test]
fn a_director_records_a_request_for_erasure_with_a_second_signature() {
    let mut asking = Asking::by(&[Office::VillageDirector]);
    asking.about.subject = Some(person(5));
    assert!(!asking.told("erasePerson").allowed);
    asking.about.second_signer = Some(person(1));
    assert!(!asking.told("erasePerson").allowed);
    asking.about.second_signer = Some(person(2));
    for door in ["erasePerson", "disposeFile", "startWork"] {
        asking.about.second_on_paper = false;
        asking.opens(door);
        asking.about.second_on_paper = true;
        asking.is_shut(door, "paper-signs-notices-only");
    }
}

#[test]
fn an_invitation_opens_an_account_to_who_is_not_signed_in() {
    let about = About { subject: Some(person(5)), ..About::place(code(VILLAGE)) };
    let asked = |door: &str, invited: bool| {
        let around = Circumstances { invited, ..Circumstances::default() };
        POINT.decide(&Visitor::Nobody, None, &Door::named(door).unwrap(), &about, &around).allowed
    };
    for door in ["openAccount", "addSignIn"] {
        assert!(asked(door, true), "{door}");
        assert!(!asked(door, false), "{door}");
    }
    assert!(!asked("closeAccount", true));
    assert!(!asked("raiseMotion", true));
}

#[test]
fn a_token_administers_nothing_even_what_it_names() {
    let mut asking = Asking::by(&[Office::Villager]);
    asking.about.own_account = true;
    asking.opens("addSignIn");
    asking.account.method = SignInMethod::Token;
    asking.account.scopes = Some(BTreeSet::from(["addSignIn".to_owned()]));
    asking.is_shut("addSignIn", "token-administers-nothing");
}

#[test]
fn an_account_of_somebody_else_is_not_touched() {
    let mut asking = Asking::by(&[Office::VillageDirector]);
    asking.about.own_account = false;
    for door in ["addSignIn", "removeSignIn", "closeAccount"] {
        assert!(!asking.told(door).allowed, "{door}");
    }
}
