//! Writing for a villager without a telephone.

use std::collections::BTreeSet;

use siyi_access::{Circumstances, Held};
use siyi_domain::office::Office;

use crate::asking::{Asking, VILLAGE, code, person, sheet};

fn attended(by: Office) -> Asking {
    let mut asking = Asking::by(&[by]);
    asking.around = Circumstances {
        acting_through: asking.account.held.first().cloned(),
        sheet: Some(sheet()),
        represented_on_roll: true,
        ..Circumstances::default()
    };
    asking.office = Office::Villager;
    asking
}

#[test]
fn an_attendant_writes_for_a_villager_on_the_roll_with_a_signed_sheet() {
    for office in [Office::Clerk, Office::VillageCommitteeMember, Office::GridWorker] {
        assert!(attended(office).told_as("raiseObjection", person(5)).allowed, "{office:?}");
    }
    let shut = |asking: &Asking, door: &str, by: &str| {
        let told = asking.told_as(door, person(5));
        assert!(!told.allowed && told.policies.iter().any(|id| id == by), "{told:?}");
    };
    let mut asking = attended(Office::Clerk);
    asking.around.sheet = None;
    shut(&asking, "raiseObjection", "attendant-without-sheet");
    let mut asking = attended(Office::Clerk);
    asking.around.represented_on_roll = false;
    shut(&asking, "raiseObjection", "attendant-for-villagers-only");
    let mut asking = attended(Office::Clerk);
    asking.office = Office::VillageDirector;
    shut(&asking, "raiseMotion", "attendant-for-villagers-only");
    shut(&attended(Office::Representative), "raiseObjection", "attendant-has-no-such-office");
    let mut asking = attended(Office::Clerk);
    asking.about.place = Some(code("419901101202"));
    shut(&asking, "raiseObjection", "attendant-has-no-such-office");
    shut(&attended(Office::Clerk), "recordShowOfHands", "attendant-for-a-villagers-voice-only");
    let mut asking = attended(Office::Clerk);
    asking.about.interested = BTreeSet::from([person(1)]);
    shut(&asking, "recordOwnersVotes", "attendant-with-an-interest-in-the-vote");
}

#[test]
fn an_attendant_cannot_claim_an_office_of_somebody_else() {
    let mut asking = attended(Office::Villager);
    let held = Held { person: person(9), office: Office::Clerk, jurisdiction: code(VILLAGE) };
    asking.around.acting_through = Some(held);
    let told = asking.told_as("raiseObjection", person(5));
    assert!(!told.allowed && told.policies.contains(&"attendant-has-no-such-office".to_owned()), "{told:?}");
}
