//! 任免: appointments to offices that no roll gives (clerk, grid worker, township officer, auditor, deputy, contractor, operator).

use jiff::civil::Date;

use super::terms::{Source, Term};
use super::{Appoint, AppointmentEnded, EndAppointment, OfficeAppointed, Roster, RosterEvent};
use crate::context::Context;
use crate::ids::{JurisdictionCode, Level, PersonId};
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

/// Who may appoint to an office, and at which level of jurisdictions the office is.
///
/// The clerk and those who work in the village are appointed by its committee or the township; whoever watches villages, by
/// the authority above (rules 6-roles). Nobody is appointed to what people elect.
struct Competence {
    appointers: &'static [Office],
    levels: &'static [Level],
}

const fn competence(office: Office) -> Option<Competence> {
    use Level::{County, Prefecture, Province, Township, Village};
    let (appointers, levels): (&'static [Office], &'static [Level]) = match office {
        Office::Clerk | Office::GridWorker | Office::CollectiveOfficer => {
            (&[Office::VillageDirector, Office::PartySecretary, Office::TownshipOfficer], &[Village])
        }
        Office::Contractor => (&[Office::VillageDirector, Office::TownshipOfficer], &[Village]),
        Office::Deputy | Office::Auditor => (&[Office::TownshipOfficer, Office::CountyOfficer], &[Township, County]),
        Office::TownshipOfficer => (&[Office::TownshipOfficer, Office::CountyOfficer], &[Township]),
        Office::CountyOfficer => (&[Office::CountyOfficer], &[County, Prefecture, Province]),
        // Whoever stands at the server's console acts as its operator, and says who else runs the machine.
        Office::Operator => (&[Office::Operator], &[Township, County, Prefecture, Province]),
        Office::PartySecretary
        | Office::PartyCommitteeMember
        | Office::PartyMember
        | Office::VillageDirector
        | Office::VillageCommitteeMember
        | Office::Supervisor
        | Office::Representative
        | Office::Villager => return None,
    };
    Some(Competence { appointers, levels })
}

pub(super) fn appoint(
    state: &Roster,
    code: &JurisdictionCode,
    command: &Appoint,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    let office = crate::wire::name(&command.office);
    let Some(competence) = competence(command.office) else {
        return Err(Refusal::from(RefusalCode::OfficeComesFromRoll).with("office", office));
    };
    if !competence.levels.contains(&code.level()) {
        return Err(Refusal::from(RefusalCode::LevelMismatch).with("office", office).with("code", code.as_str()));
    }
    // The first office of a jurisdiction is filled at the server's console: somebody has to begin.
    let first = context.actor.office == Office::Operator
        && matches!(command.office, Office::TownshipOfficer | Office::CountyOfficer)
        && !state.is_filled(command.office, context.day());
    if !first && !competence.appointers.contains(&context.actor.office) {
        return Err(context.not_competent().with("act", "appoint"));
    }
    state.present(command.person)?;
    if command.until.is_some_and(|until| until < command.from) {
        return Err(Refusal::from(RefusalCode::TermEndsBeforeItBegins).with("from", command.from.to_string()));
    }
    let supervises = || state.term_within(command.person, Office::Supervisor, command.from, command.until).is_some();
    if command.office == Office::Clerk && supervises() {
        return Err(Refusal::from(RefusalCode::SupervisorIsBookkeeper).with("person", command.person.to_string()));
    }
    if let Some(held) = state.term_within(command.person, command.office, command.from, command.until) {
        return Err(Refusal::from(RefusalCode::OfficeHeldAlready)
            .with("office", office)
            .with("from", held.from.to_string()));
    }
    let appointed = OfficeAppointed {
        person: command.person,
        office: command.office,
        from: command.from,
        until: command.until,
        paper: command.paper.clone(),
    };
    Ok(vec![appointed.into()])
}

pub(super) fn end(
    state: &Roster,
    command: &EndAppointment,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    let office = crate::wire::name(&command.office);
    let Some(competence) = competence(command.office) else {
        return Err(Refusal::from(RefusalCode::OfficeComesFromRoll).with("office", office));
    };
    if !competence.appointers.contains(&context.actor.office) {
        return Err(context.not_competent().with("act", "endAppointment"));
    }
    let open = |term: &Term| {
        term.person == command.person
            && term.office == command.office
            && term.source == Source::Appointment
            && term.covers(command.on)
    };
    if !state.terms.iter().any(open) {
        return Err(Refusal::from(RefusalCode::OfficeNotHeld)
            .with("office", office)
            .with("on", command.on.to_string()));
    }
    let ended = AppointmentEnded { person: command.person, office: command.office, on: command.on };
    Ok(vec![ended.into()])
}

impl Roster {
    /// Whether a person is appointed to an office on a day or from a later one.
    pub(super) fn is_appointed(&self, person: PersonId, office: Office, day: Date) -> bool {
        let theirs = self.terms.iter().filter(|term| term.person == person && term.office == office);
        theirs.filter(|term| term.source == Source::Appointment).any(|term| term.until.is_none_or(|last| day <= last))
    }

    pub(super) fn begin_term(&mut self, event: &OfficeAppointed) {
        self.terms.push(Term {
            person: event.person,
            office: event.office,
            source: Source::Appointment,
            from: event.from,
            until: event.until,
        });
    }

    pub(super) fn end_term(&mut self, event: &AppointmentEnded) {
        let theirs = self.terms.iter_mut().filter(|term| {
            term.person == event.person && term.office == event.office && term.source == Source::Appointment
        });
        for term in theirs.filter(|term| term.covers(event.on)) {
            term.until = Some(event.on);
        }
    }
}
