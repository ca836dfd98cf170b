//! Rule packs and policies against each other: what a pack lets an office do, no policy keeps from it, once a supervisor
//! signed with it what needs two.

use std::collections::{BTreeMap, BTreeSet};

use siyi_access::{About, Account, Circumstances, DecisionPoint, Door, Held, SignInMethod, Visitor};
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office};
use uuid::Uuid;

#[derive(serde::Deserialize)]
struct Pack {
    #[serde(default)]
    competence: BTreeMap<String, Vec<Office>>,
}

#[test]
fn who_is_competent_by_a_pack_passes_the_door() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/procedures");
    let point = DecisionPoint::shipped().unwrap();
    let village: JurisdictionCode = "419901101201".parse().unwrap();
    let person = PersonId(Uuid::from_u128(1));
    let mut asked = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let pack: Pack = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for (command, offices) in pack.competence {
            for office in offices {
                let visitor = Visitor::Account(Account {
                    account: Uuid::from_u128(2),
                    persons: BTreeSet::from([person]),
                    held: vec![Held { person, office, jurisdiction: village.clone() }],
                    method: SignInMethod::Passkey,
                    scopes: None,
                    signed_in_seconds_ago: 0,
                });
                let door = Door::named(&command).unwrap_or_else(|| panic!("{command}"));
                let about = About::place(village.clone()).signed_by_two();
                let told =
                    point.decide(&visitor, Some(Actor { person, office }), &door, &about, &Circumstances::default());
                assert!(told.allowed, "{}: {command} by {office:?}: {:?}", file.display(), told.policies);
                asked += 1;
            }
        }
    }
    assert!(asked > 800, "{asked}");
}
