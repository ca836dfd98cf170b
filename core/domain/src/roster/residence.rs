//! 流动人口与邀请: who lives here and is registered elsewhere, and how a villager gets an account.

use jiff::civil::Date;

use super::{
    AdmitResident, ConfirmResidence, InviteResident, ResidenceConfirmed, ResidentAdmitted, ResidentInvited, Roster,
    RosterEvent,
};
use crate::context::Context;
use crate::ids::{JurisdictionCode, PersonId};
use crate::office::{Body, Office};
use crate::refusal::{Refusal, RefusalCode};

/// Months that somebody registered elsewhere must have lived here or worked for the village (VL-2025 art. 16(3), VL-2018 art. 13).
pub const MONTHS_OF_RESIDENCE: i64 = 12;
/// Days for which an invitation code is good.
pub const INVITATION_DAYS: i64 = 30;

pub(super) const INVITERS: &[Office] =
    &[Office::VillageDirector, Office::VillageCommitteeMember, Office::Clerk, Office::TownshipOfficer];

pub(super) fn admit(
    state: &Roster,
    code: &JurisdictionCode,
    elsewhere: Option<&Roster>,
    command: &AdmitResident,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_office(INVITERS, "admitResident", context)?;
    state.present(command.person)?;
    if command.home == *code {
        return Err(Refusal::from(RefusalCode::HomeIsHere).with("home", code.as_str()));
    }
    let earliest = command.resident_since.saturating_add(jiff::Span::new().months(MONTHS_OF_RESIDENCE));
    if command.applied_on < earliest {
        return Err(Refusal::from(RefusalCode::ResidenceTooShort)
            .with("resident_since", command.resident_since.to_string())
            .with("earliest", earliest.to_string()));
    }
    if !matches!(
        command.consented_by,
        Body::Representatives | Body::VillagersAssembly | Body::HouseholdsAssembly | Body::ResidentsRepresentatives
    ) {
        return Err(
            Refusal::from(RefusalCode::ConsentOfWrongBody).with("body", crate::wire::name(&command.consented_by))
        );
    }
    if state.is_admitted(command.person) {
        return Err(Refusal::from(RefusalCode::AdmittedAlready).with("person", command.person.to_string()));
    }
    super::two_rolls::check_home(state, code, elsewhere, command)?;
    let admitted = ResidentAdmitted {
        person: command.person,
        home: command.home.clone(),
        resident_since: command.resident_since,
        applied_on: command.applied_on,
        consented_by: command.consented_by,
        consent: command.consent.clone(),
        struck_at_home: command.struck_at_home.clone(),
        home_person: command.home_person,
    };
    Ok(vec![admitted.into()])
}

pub(super) fn invite(
    state: &Roster,
    command: &InviteResident,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_office(INVITERS, "inviteResident", context)?;
    state.present(command.person)?;
    let expires_on = context.day().saturating_add(jiff::Span::new().days(INVITATION_DAYS));
    Ok(vec![ResidentInvited { person: command.person, code: command.code.clone(), expires_on }.into()])
}

pub(super) fn confirm(
    state: &Roster,
    command: &ConfirmResidence,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_office(&[Office::TownshipOfficer], "confirmResidence", context)?;
    state.present(command.person)?;
    Ok(vec![ResidenceConfirmed { person: command.person, paper: command.paper.clone() }.into()])
}

pub(super) fn check_office(offices: &[Office], act: &str, context: &Context<'_>) -> Result<(), Refusal> {
    if offices.contains(&context.actor.office) { Ok(()) } else { Err(context.not_competent().with("act", act)) }
}

impl Roster {
    /// Who may take up an account with an invitation of this digest on a day; each invitation is good once.
    #[must_use]
    pub fn invited_by(&self, code: &crate::ids::PaperHash, day: Date) -> Option<PersonId> {
        let open = self.invitations.iter().rev().find(|invitation| invitation.code == *code);
        open.filter(|invitation| day <= invitation.expires_on).map(|invitation| invitation.person)
    }
}
