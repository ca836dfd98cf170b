//! 回避: who has an interest in a matter counts no votes and accepts no works (6-roles: count officers not interested, no near
//! relative of the contractor in the acceptance). The right to vote is not touched.

use super::Case;
use crate::ids::PersonId;
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

impl Case<'_> {
    /// A person must have no interest in the matter: none declared, none as contractor of the village where the matter gives
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

    /// Who has declared an interest; and, where works are to be given out or have been, who builds for the village on the day.
    /// Which of several contractors it is no event says, so each of them stands back then.
    fn interested(&self) -> impl Iterator<Item = PersonId> {
        let (day, gives_out_works) = (self.context.day(), self.gives_out_works());
        let terms = self.village.roster.terms().iter().filter(move |_| gives_out_works);
        let contractors = terms.filter(move |term| term.office == Office::Contractor && term.covers(day));
        self.matter.interested.iter().copied().chain(contractors.map(|term| term.person))
    }

    /// Whether a contract is what the matter is about: it is signed, or the plan says how the contractor will be chosen.
    fn gives_out_works(&self) -> bool {
        let planned = self.matter.plan.as_ref().is_some_and(|plan| plan.contractor_choice.is_some());
        planned || self.matter.money.contract.is_some()
    }
}
