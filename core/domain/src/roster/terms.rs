//! 任期: which offices a person holds on a day, by the rolls that were in force and by appointment.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{RollMember, Roster};
use crate::ids::PersonId;
use crate::office::{Office, Post, RollKind};

/// From where an office comes: it ends with what gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A roll, until it is filed anew without the person.
    Roll(RollKind),
    /// An appointment.
    Appointment,
}

/// A person's time in an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Who.
    pub person: PersonId,
    /// Which.
    pub office: Office,
    /// What gave it.
    pub source: Source,
    /// First day.
    pub from: Date,
    /// Last day, where it has one.
    pub until: Option<Date>,
}

impl Term {
    /// Whether the day lies in it.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// The offices that an entry of a roll gives.
fn offices_of(roll: RollKind, member: &RollMember) -> &'static [Office] {
    match roll {
        RollKind::PartyCommittee if member.post == Some(Post::Secretary) => {
            &[Office::PartySecretary, Office::PartyCommitteeMember]
        }
        RollKind::PartyCommittee => &[Office::PartyCommitteeMember],
        RollKind::VillageCommittee if member.post == Some(Post::Director) => {
            &[Office::VillageDirector, Office::VillageCommitteeMember]
        }
        RollKind::VillageCommittee => &[Office::VillageCommitteeMember],
        RollKind::SupervisoryCommittee => &[Office::Supervisor],
        RollKind::Representatives => &[Office::Representative],
        RollKind::PartyMembers => &[Office::PartyMember],
        RollKind::Bookkeepers => &[Office::Clerk],
        RollKind::CollectiveCouncil => &[Office::CollectiveOfficer],
        RollKind::Households | RollKind::AdultVillagers => &[Office::Villager],
        RollKind::PartyRepresentatives
        | RollKind::CollectiveMembers
        | RollKind::MemberRepresentatives
        | RollKind::CollectiveSupervisors
        | RollKind::GroupElected => &[],
    }
}

impl Office {
    /// Whether rolls alone give it: nobody is appointed to what people elect.
    #[must_use]
    pub const fn comes_from_a_roll(self) -> bool {
        matches!(
            self,
            Self::PartySecretary
                | Self::PartyCommitteeMember
                | Self::PartyMember
                | Self::VillageDirector
                | Self::VillageCommitteeMember
                | Self::Supervisor
                | Self::Representative
                | Self::Villager
        )
    }
}

impl Roster {
    /// A roll filed on a day ends the terms that it no longer gives and begins those that are new.
    pub(super) fn change_terms(&mut self, roll: RollKind, members: &[RollMember], day: Date) {
        let given: BTreeSet<(PersonId, Office)> = members
            .iter()
            .flat_map(|member| offices_of(roll, member).iter().map(|office| (member.person, *office)))
            .collect();
        let ends = day.yesterday().unwrap_or(day);
        let mut kept = BTreeSet::new();
        for term in self.terms.iter_mut().filter(|term| term.source == Source::Roll(roll) && term.until.is_none()) {
            if given.contains(&(term.person, term.office)) {
                kept.insert((term.person, term.office));
            } else {
                term.until = Some(ends);
            }
        }
        let begun = given.difference(&kept).map(|(person, office)| Term {
            person: *person,
            office: *office,
            source: Source::Roll(roll),
            from: day,
            until: None,
        });
        self.terms.extend(begun);
    }

    /// The offices that a person holds on a day, each once.
    #[must_use]
    pub fn offices_on(&self, person: PersonId, day: Date) -> BTreeSet<Office> {
        let theirs = self.terms.iter().filter(|term| term.person == person && term.covers(day));
        theirs.map(|term| term.office).collect()
    }

    /// Whether a person holds an office on a day.
    #[must_use]
    pub fn holds(&self, person: PersonId, office: Office, day: Date) -> bool {
        self.terms.iter().any(|term| term.person == person && term.office == office && term.covers(day))
    }

    /// Whether anybody holds an office on a day.
    #[must_use]
    pub fn is_filled(&self, office: Office, day: Date) -> bool {
        self.terms.iter().any(|term| term.office == office && term.covers(day))
    }

    /// All terms, in the order in which they were recorded.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}
