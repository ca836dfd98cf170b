//! Who walks the table, and under which circumstances.

use std::collections::BTreeSet;

use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office};
use uuid::Uuid;

use super::Column;
use crate::about::{About, Circumstances};
use crate::door::{Door, DoorKind};
use crate::visitor::{Account, Held, SignInMethod, Visitor};

/// The places and people of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// The village that every door is about.
    pub village: JurisdictionCode,
    /// Another village.
    pub other_village: JurisdictionCode,
    /// Who comes.
    pub person: PersonId,
    /// Whose data, appointment or second signature it is.
    pub other: PersonId,
}

impl Cast {
    /// Where an office of a column is held: at the level that it is of, above the village.
    #[must_use]
    pub fn seat(&self, column: Column, office: Office) -> JurisdictionCode {
        let above = |code: &JurisdictionCode| code.parent().unwrap_or_else(|| code.clone());
        match (column, office) {
            (Column::OtherVillager | Column::OtherSecretary, _) => self.other_village.clone(),
            (_, Office::TownshipOfficer | Office::Deputy) => above(&self.village),
            (_, Office::CountyOfficer | Office::Auditor | Office::Operator) => above(&above(&self.village)),
            _ => self.village.clone(),
        }
    }

    /// The offices that a column holds on the day.
    #[must_use]
    pub fn held(&self, column: Column) -> Vec<Held> {
        if column == Column::Ended {
            return Vec::new();
        }
        let held =
            |office: &Office| Held { person: self.person, office: *office, jurisdiction: self.seat(column, *office) };
        column.offices().iter().map(held).collect()
    }

    /// Who comes, just signed in.
    #[must_use]
    pub fn visitor(&self, column: Column) -> Visitor {
        let (method, scopes) = match column {
            Column::Nobody => return Visitor::Nobody,
            Column::Token => (SignInMethod::Token, Some(BTreeSet::from(["no-such-door".to_owned()]))),
            _ => (SignInMethod::Passkey, None),
        };
        Visitor::Account(Account {
            account: Uuid::from_u128(1),
            persons: BTreeSet::from([self.person]),
            held: self.held(column),
            method,
            scopes,
            signed_in_seconds_ago: 0,
        })
    }

    /// The person and office acted in.
    #[must_use]
    pub fn acting(&self, column: Column) -> Option<Actor> {
        column.office().map(|office| Actor { person: self.person, office })
    }
}

/// The best circumstances in which a door may be used: those that the table is about.
#[must_use]
pub fn favourable(door: Door, cast: &Cast) -> (About, Circumstances) {
    let own = door.kind() == DoorKind::OwnRead;
    let about = About {
        subject: Some(if own { cast.person } else { cast.other }),
        appointed_office: Some(Office::Clerk),
        supervisors: BTreeSet::from([cast.other]),
        second_signer: Some(cast.other),
        second_holds_supervisor: true,
        own_account: true,
        ..About::place(cast.village.clone())
    };
    (about, Circumstances::default())
}
