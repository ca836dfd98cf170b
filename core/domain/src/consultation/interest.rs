//! 回避: who has an interest in a matter counts no votes and accepts no works (6-roles: count officers not interested, no near
//! relative of the contractor in the acceptance). The right to vote is not touched.

use jiff::civil::Date;

use super::{Case, Consultation, Money};
use crate::ids::PersonId;
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};
use crate::roster::Roster;

impl Case<'_> {
    /// A person must have no interest in the matter: none declared, none as contractor where the matter gives
    /// out works, and none through a near relative (Civil Code art. 1045).
    pub(super) fn check_impartial(&self, person: PersonId) -> Result<(), Refusal> {
        let refusal = || Refusal::from(RefusalCode::InterestedPerson).with("person", person.to_string());
        if self.is_interested(person) {
            return Err(refusal());
        }
        match self.interested().find(|other| self.village.roster.are_kin(person, *other)) {
            Some(relative) => Err(refusal().with("relative", relative.to_string())),
            None => Ok(()),
        }
    }

    fn is_interested(&self, person: PersonId) -> bool {
        self.interested().any(|other| other == person)
    }

    fn interested(&self) -> impl Iterator<Item = PersonId> {
        self.matter.interested(self.village.roster, self.context.day())
    }
}

impl Consultation {
    /// Who has an interest in the matter on a day: who has declared one, who stands for the firm by its contract, and, where
    /// works are given out, who else builds for the village.
    ///
    /// Once the contract says who stands for its firm, it spares those who were contractors then and are not named. Of who
    /// became one later, and of all where the contract does not say, no event tells for which firm: they stand back.
    pub fn interested(&self, roster: &Roster, day: Date) -> impl Iterator<Item = PersonId> {
        let Money { agents, contract_on, .. } = &self.money;
        let (gives_out_works, named_on) = (self.gives_out_works(), contract_on.filter(|_| !agents.is_empty()));
        let contractors = roster.terms().iter().filter(move |term| {
            let builds = gives_out_works && term.office == Office::Contractor && term.covers(day);
            builds && named_on.is_none_or(|signed| signed < term.from)
        });
        self.interested.iter().chain(agents).copied().chain(contractors.map(|term| term.person))
    }

    /// Whether a contract is what the matter is about: it is signed, or the plan says how the contractor will be chosen.
    fn gives_out_works(&self) -> bool {
        let planned = self.plan.as_ref().is_some_and(|plan| plan.contractor_choice.is_some());
        planned || self.money.contract.is_some()
    }
}
