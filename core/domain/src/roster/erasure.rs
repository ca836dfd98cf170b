//! 限制处理与删除: what may be done with the personal data of somebody who is on a village's books (PIPL art. 19, 47).

use super::{ErasePerson, PersonErased, PersonRestricted, RestrictPerson, Roster, RosterEvent};
use crate::context::Context;
use crate::ids::PersonId;
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

/// How much of a person's data is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keeping {
    /// All, in use.
    #[default]
    Kept,
    /// Stored and nothing else.
    Restricted,
    /// Gone.
    Erased,
}

/// Who may order it: the village's committee answers for its rolls, the township watches it; the person asks through either.
const COMPETENT: &[Office] = &[Office::VillageDirector, Office::Clerk, Office::TownshipOfficer];

fn check_competence(context: &Context<'_>, act: &str, person: PersonId) -> Result<(), Refusal> {
    // Who asks for their own data needs no office (PIPL art. 47(1)).
    if COMPETENT.contains(&context.actor.office) || context.actor.person == person {
        return Ok(());
    }
    Err(context.not_competent().with("act", act))
}

pub(super) fn restrict(
    state: &Roster,
    command: &RestrictPerson,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_competence(context, "restrictPerson", command.person)?;
    state.present(command.person)?;
    if state.keeping(command.person) == Keeping::Restricted {
        return Err(Refusal::from(RefusalCode::PersonRestrictedAlready).with("person", command.person.to_string()));
    }
    Ok(vec![PersonRestricted { person: command.person, basis: command.basis }.into()])
}

pub(super) fn erase(state: &Roster, command: &ErasePerson, context: &Context<'_>) -> Result<Vec<RosterEvent>, Refusal> {
    check_competence(context, "erasePerson", command.person)?;
    state.present(command.person)?;
    // INVARIANT: whoever stands on a roll in force is there by law (VL-2025 art. 14), and the law's order to keep comes before
    // the wish to delete (PIPL art. 47, last paragraph): such data is restricted.
    let on_roll = state.rolls.iter().find(|(_, members)| members.iter().any(|m| m.person == command.person));
    if let Some((roll, _)) = on_roll {
        return Err(Refusal::from(RefusalCode::RetentionOrdersKept).with("roll", crate::wire::name(roll)));
    }
    let held = state.offices_on(command.person, context.day());
    if let Some(office) = held.first() {
        return Err(Refusal::from(RefusalCode::RetentionOrdersKept).with("office", crate::wire::name(office)));
    }
    let erased = PersonErased {
        person: command.person,
        basis: command.basis,
        last_key_backup_expires: command.last_key_backup_expires,
    };
    Ok(vec![erased.into()])
}

impl Roster {
    /// How much of a person's data is left.
    #[must_use]
    pub fn keeping(&self, person: PersonId) -> Keeping {
        self.persons.get(&person).map_or(Keeping::Kept, |known| known.keeping)
    }

    /// A person must be registered and not erased.
    ///
    /// # Errors
    /// `person-unknown`, `person-erased`.
    pub fn present(&self, person: PersonId) -> Result<(), Refusal> {
        match self.known(person)?.keeping {
            Keeping::Erased => Err(Refusal::from(RefusalCode::PersonErased).with("person", person.to_string())),
            Keeping::Kept | Keeping::Restricted => Ok(()),
        }
    }

    pub(super) fn keep(&mut self, person: PersonId, keeping: Keeping) {
        if let Some(known) = self.persons.get_mut(&person) {
            known.keeping = keeping;
        }
    }
}
