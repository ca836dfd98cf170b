//! 限制处理与删除: what may be done with the personal data of somebody who is on a village's books (PIPL art. 19, 47).

use jiff::civil::Date;

use super::{ErasePerson, PersonErased, PersonRestricted, RestrictPerson, Roster, RosterEvent};
use crate::context::Context;
use crate::ids::PersonId;
use crate::office::{Office, RollKind};
use crate::refusal::{Refusal, RefusalCode};
use crate::retention::{PersonalField, RecordKept};

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
    // INVARIANT: the law's order to keep comes before the wish to delete (PIPL art. 47, last paragraph): such data is
    // restricted.
    check_name(state, command.person, context)?;
    check_records(command.records.as_deref().unwrap_or_default(), context)?;
    let erased = PersonErased {
        person: command.person,
        basis: command.basis,
        last_key_backup_expires: command.last_key_backup_expires,
    };
    Ok(vec![erased.into()])
}

/// Whoever stands on a roll in force or holds an office is there by law, under a name.
fn check_name(state: &Roster, person: PersonId, context: &Context<'_>) -> Result<(), Refusal> {
    let (today, schedule) = (context.day(), &context.rules.retention);
    let roll = state.rolls_of(person).next().map(|roll| ("roll", crate::wire::name(&roll)));
    let office = || state.offices_on(person, today).first().map(|office| ("office", crate::wire::name(office)));
    let Some((what, named)) = roll.or_else(office) else { return Ok(()) };
    match schedule.field(PersonalField::Roll) {
        Some(rule) if schedule.orders_kept(rule.field, today, true, today) => {
            Err(Refusal::from(RefusalCode::RetentionOrdersKept).with(what, named).by(&rule.basis))
        }
        Some(_) | None => Ok(()),
    }
}

/// A record of which the period runs is the village's, also where it lies with one person.
pub(super) fn check_records(records: &[RecordKept], context: &Context<'_>) -> Result<(), Refusal> {
    let today = context.day();
    let running = |record| Some((record, context.rules.retention.running(record, today)?));
    let Some((record, rule)) = records.iter().find_map(running) else { return Ok(()) };
    let until = rule.keep.until(rule.from, record.on).map_or_else(|| "permanent".to_owned(), |day| day.to_string());
    Err(Refusal::from(RefusalCode::RetentionOrdersKept)
        .with("record", record.class.as_str())
        .with("until", until)
        .by(&rule.basis))
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

    /// The rolls in force on which a person stands.
    pub(super) fn rolls_of(&self, person: PersonId) -> impl Iterator<Item = RollKind> + '_ {
        self.rolls.keys().copied().filter(move |roll| self.is_on(*roll, person))
    }

    /// Whose data no law orders kept any more, with the day since when: who stood on a roll or held an office and does so no
    /// longer. Whoever was registered and has not taken part yet is not among them.
    pub fn due_for_erasure(&self, today: Date) -> impl Iterator<Item = (PersonId, Date)> + '_ {
        let there =
            self.persons.iter().filter(|(_, known)| known.keeping != Keeping::Erased).map(|(person, _)| *person);
        there.filter_map(move |person| {
            // Struck is not gone: the person is registered here and may come back.
            if self.struck_for(person).is_some() {
                return None;
            }
            let mut last = None;
            for term in self.terms.iter().filter(|term| term.person == person) {
                // Without a last day it runs, or begins yet.
                last = last.max(Some(term.until?));
            }
            let since = last?.tomorrow().ok()?;
            (since <= today && self.rolls_of(person).next().is_none()).then_some((person, since))
        })
    }

    pub(super) fn keep(&mut self, person: PersonId, keeping: Keeping) {
        if let Some(known) = self.persons.get_mut(&person) {
            known.keeping = keeping;
        }
    }
}
