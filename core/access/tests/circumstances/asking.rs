//! Somebody asks for a door, and the circumstances are changed one by one.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use siyi_access::{About, Account, Circumstances, Decision, DecisionPoint, Door, Held, SignInMethod, Visitor};
use siyi_domain::ids::{JurisdictionCode, PaperHash, PersonId};
use siyi_domain::office::{Actor, Office};
use uuid::Uuid;

pub static POINT: LazyLock<DecisionPoint> = LazyLock::new(|| DecisionPoint::shipped().unwrap());

pub const VILLAGE: &str = "419901101201";

pub fn code(text: &str) -> JurisdictionCode {
    text.parse().unwrap()
}

pub fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

pub fn sheet() -> PaperHash {
    PaperHash::try_from("0".repeat(64)).unwrap()
}

/// A visitor with one person who holds offices, all at one place.
pub fn holder(offices: &[Office], at: &str) -> Account {
    Account {
        account: Uuid::from_u128(7),
        persons: BTreeSet::from([person(1)]),
        held: offices.iter().map(|o| Held { person: person(1), office: *o, jurisdiction: code(at) }).collect(),
        method: SignInMethod::Passkey,
        scopes: None,
        signed_in_seconds_ago: 0,
    }
}

pub struct Asking {
    pub account: Account,
    pub office: Office,
    pub about: About,
    pub around: Circumstances,
}

impl Asking {
    pub fn by(offices: &[Office]) -> Self {
        Self {
            account: holder(offices, VILLAGE),
            office: offices[0],
            about: About::place(code(VILLAGE)),
            around: Circumstances::default(),
        }
    }

    /// With the second signature of a supervisor whom the act names.
    pub fn by_two(offices: &[Office]) -> Self {
        let mut asking = Self::by(offices);
        asking.about.supervisors = BTreeSet::from([person(2)]);
        asking.about.second_signer = Some(person(2));
        asking.about.second_holds_supervisor = true;
        asking
    }

    pub fn told(&self, door: &str) -> Decision {
        self.told_as(door, person(1))
    }

    pub fn told_as(&self, door: &str, who: PersonId) -> Decision {
        let acting = Some(Actor { person: who, office: self.office });
        let visitor = Visitor::Account(self.account.clone());
        POINT.decide(&visitor, acting, &Door::named(door).unwrap(), &self.about, &self.around)
    }

    #[track_caller]
    pub fn opens(&self, door: &str) {
        let told = self.told(door);
        assert!(told.allowed && !told.policies.is_empty(), "{door}: {told:?}");
    }

    #[track_caller]
    pub fn is_shut(&self, door: &str, by: &str) {
        let told = self.told(door);
        assert!(!told.allowed && told.policies.iter().any(|id| id == by), "{door}: {told:?}");
    }
}
