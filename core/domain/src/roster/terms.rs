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

    /// A term of a person in an office that shares a day with the period from `from` to `until`, which may have no last day.
    pub(super) fn term_within(
        &self,
        person: PersonId,
        office: Office,
        from: Date,
        until: Option<Date>,
    ) -> Option<&Term> {
        self.terms.iter().find(|term| {
            let begins_before_it_ends = until.is_none_or(|until| term.from <= until);
            let ends_after_it_begins = term.until.is_none_or(|last| from <= last);
            term.person == person && term.office == office && begins_before_it_ends && ends_after_it_begins
        })
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

#[cfg(test)]
mod tests {
    use super::super::{AppointmentEnded, OfficeAppointed, RollFiled, RollMembersListed, RosterEvent};
    use super::*;
    use crate::moment::Moment;

    const CLERK: PersonId = PersonId(uuid::Uuid::from_u128(1));
    const DIRECTOR: PersonId = PersonId(uuid::Uuid::from_u128(2));
    const SUCCESSOR: PersonId = PersonId(uuid::Uuid::from_u128(3));

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn told(roster: Roster, event: impl Into<RosterEvent>, on: &str) -> Roster {
        let at: Moment = format!("{on}T09:00:00+08:00").parse().unwrap();
        roster.evolve(&event.into(), at)
    }

    fn member(person: PersonId, post: Option<Post>) -> RollMember {
        RollMember { person, post, probationary: false, group: None, household: None, residence: None }
    }

    /// A committee filed on a day, its director first.
    fn committee_filed(roster: Roster, members: &[PersonId], on: &str) -> Roster {
        let roll = RollKind::VillageCommittee;
        let posts = [Some(Post::Director)].into_iter().chain(std::iter::repeat(None));
        let members: Vec<_> = members.iter().zip(posts).map(|(person, post)| member(*person, post)).collect();
        let count = u32::try_from(members.len()).unwrap();
        let roster = told(roster, RollMembersListed { roll, part: 1, members }, on);
        told(roster, RollFiled { roll, parts: 1, members: count, composition: Vec::new() }, on)
    }

    fn clerk_appointed(from: &str, until: Option<&str>) -> Roster {
        let (from, until) = (day(from), until.map(day));
        let appointed = OfficeAppointed { person: CLERK, office: Office::Clerk, from, until, paper: None };
        told(Roster::default(), appointed, "2026-01-05")
    }

    fn clerk_ended(roster: Roster, last: &str) -> Roster {
        told(roster, AppointmentEnded { person: CLERK, office: Office::Clerk, on: day(last) }, "2026-03-01")
    }

    #[test]
    fn an_office_that_ended_yesterday_is_not_held_today() {
        let roster = clerk_ended(clerk_appointed("2026-01-05", None), "2026-03-09");
        assert!(roster.holds(CLERK, Office::Clerk, day("2026-03-09")));
        assert!(!roster.holds(CLERK, Office::Clerk, day("2026-03-10")));
        assert!(roster.offices_on(CLERK, day("2026-03-10")).is_empty());
        assert!(!roster.is_filled(Office::Clerk, day("2026-03-10")));
    }

    #[test]
    fn an_office_is_not_held_before_its_first_day() {
        let roster = clerk_appointed("2026-01-05", None);
        assert!(!roster.holds(CLERK, Office::Clerk, day("2026-01-04")));
        assert!(roster.holds(CLERK, Office::Clerk, day("2026-01-05")));
    }

    #[test]
    fn an_appointment_with_a_last_day_ends_with_that_day() {
        let roster = clerk_appointed("2026-01-05", Some("2026-06-30"));
        assert!(roster.holds(CLERK, Office::Clerk, day("2026-06-30")));
        assert!(!roster.holds(CLERK, Office::Clerk, day("2026-07-01")));
    }

    #[test]
    fn an_appointment_with_a_last_day_can_be_ended_before_it() {
        let roster = clerk_ended(clerk_appointed("2026-01-05", Some("2026-06-30")), "2026-03-31");
        assert_eq!(roster.terms().first().unwrap().until, Some(day("2026-03-31")));
    }

    #[test]
    fn a_roll_filed_anew_ends_the_terms_it_no_longer_gives_the_day_before() {
        let roster = committee_filed(Roster::default(), &[DIRECTOR, CLERK], "2026-01-05");
        let roster = committee_filed(roster, &[SUCCESSOR, CLERK], "2026-04-01");
        for office in [Office::VillageDirector, Office::VillageCommitteeMember] {
            assert!(roster.holds(DIRECTOR, office, day("2026-03-31")), "{office:?}");
            assert!(!roster.holds(DIRECTOR, office, day("2026-04-01")), "{office:?}");
            assert!(!roster.holds(SUCCESSOR, office, day("2026-03-31")), "{office:?}");
            assert!(roster.holds(SUCCESSOR, office, day("2026-04-01")), "{office:?}");
        }
    }

    #[test]
    fn a_roll_filed_anew_keeps_the_first_day_of_the_terms_it_still_gives() {
        let roster = committee_filed(Roster::default(), &[DIRECTOR, CLERK], "2026-01-05");
        let roster = committee_filed(roster, &[SUCCESSOR, CLERK], "2026-04-01");
        let theirs: Vec<_> = roster.terms().iter().filter(|term| term.person == CLERK).collect();
        let [kept] = theirs.as_slice() else { panic!("{theirs:?}") };
        assert_eq!((kept.from, kept.until), (day("2026-01-05"), None));
    }

    #[test]
    fn a_director_who_stays_a_member_keeps_that_seat_and_loses_the_post() {
        let roster = committee_filed(Roster::default(), &[DIRECTOR, CLERK], "2026-01-05");
        let roster = committee_filed(roster, &[CLERK, DIRECTOR], "2026-04-01");
        let held = roster.offices_on(DIRECTOR, day("2026-04-01"));
        assert_eq!(held.into_iter().collect::<Vec<_>>(), [Office::VillageCommitteeMember]);
    }

    #[test]
    fn a_roll_ends_no_appointment() {
        let roster = committee_filed(clerk_appointed("2026-01-05", None), &[DIRECTOR], "2026-04-01");
        assert!(roster.holds(CLERK, Office::Clerk, day("2026-04-02")));
    }
}
