//! P0 动议: raising, screening, dismissing and withdrawing.

use super::commands::{DismissMotion, RaiseMotion, ScreenMotion, Withdraw};
use super::deliberation::road_asked_for;
use super::events::{ConsultationWithdrawn, MotionDismissed, MotionRaised, MotionScreened};
use super::facts::Initiator;
use super::routing::{choose, route};
use super::{Case, Decision, Village};
use crate::context::Context;
use crate::ids::Level;
use crate::matters::{Lane, MatterBody};
use crate::office::Office;
use crate::procedure::{InitiatorKind, Procedure, Share};
use crate::refusal::{Refusal, RefusalCode};
use crate::tally::Test;

pub(super) fn raise(command: &RaiseMotion, village: Village<'_>, context: &Context<'_>) -> Decision {
    let code = &command.jurisdiction;
    match &village.jurisdiction.registered {
        Some(entry) if entry.level == Level::Village => {}
        Some(_) => return Err(Refusal::from(RefusalCode::LevelMismatch).with("code", code.as_str())),
        None => return Err(Refusal::from(RefusalCode::JurisdictionUnknown).with("code", code.as_str())),
    }
    let Some(procedure) = village.jurisdiction.procedure(code, context.rules, context.day()) else {
        return Err(Refusal::from(RefusalCode::NoProcedureInForce).with("day", context.day().to_string()));
    };
    context.check_competence(procedure, "raiseMotion")?;
    route(&command.matters, procedure, context)?;
    let signatures = check_initiator(&command.initiator, procedure, village, context)?;
    let event = MotionRaised {
        jurisdiction: code.clone(),
        procedure: procedure.id.clone(),
        procedure_version: procedure.version,
        title: command.title.clone(),
        matters: command.matters.clone(),
        source: command.source,
        initiator: command.initiator.clone(),
        signatures,
        summary: command.summary.clone(),
    };
    Ok(vec![event.into()])
}

/// A body raises a motion through its own officers; villagers and representatives raise it jointly (HN-V art. 54).
fn check_initiator(
    initiator: &Initiator,
    procedure: &Procedure,
    village: Village<'_>,
    context: &Context<'_>,
) -> Result<Option<Test>, Refusal> {
    let Some(rule) = procedure.initiators.iter().find(|rule| rule.kind == initiator.kind) else {
        return Err(RefusalCode::InitiatorNotEntitled.into());
    };
    if !speaks_for(context.actor.office, initiator.kind) {
        return Err(Refusal::from(RefusalCode::InitiatorNotEntitled).by(&rule.basis));
    }
    rule.share.as_ref().map(|share| joint(initiator, share, village)).transpose()
}

/// Those who act jointly: how many have signed, of how many, and whether that is enough.
pub(super) fn joint(initiator: &Initiator, share: &Share, village: Village<'_>) -> Result<Test, Refusal> {
    let whole = village.roster.whole_of(share.of, village.jurisdiction);
    let whole = whole.ok_or_else(|| Refusal::from(RefusalCode::ElectorateUnknown).by(&share.basis))?;
    let signed = u64::from(initiator.signatures.unwrap_or_default());
    let test = Test::of("signatures", signed, whole, share);
    if test.met && signed <= whole {
        return Ok(test);
    }
    Err(Refusal::from(RefusalCode::InitiatorsTooFew)
        .with("signed", signed)
        .with("whole", whole)
        .with("least", test.fraction().least(whole))
        .with("of", share.of.as_str())
        .by(&share.basis))
}

pub(super) fn speaks_for(office: Office, kind: InitiatorKind) -> bool {
    match kind {
        InitiatorKind::PartyOrganisation => {
            matches!(office, Office::PartySecretary | Office::PartyCommitteeMember | Office::Clerk)
        }
        InitiatorKind::VillageCommittee => {
            matches!(office, Office::VillageDirector | Office::VillageCommitteeMember | Office::Clerk)
        }
        InitiatorKind::SupervisoryCommittee => matches!(office, Office::Supervisor | Office::Clerk),
        InitiatorKind::Collective => matches!(office, Office::CollectiveOfficer | Office::Clerk),
        InitiatorKind::Villagers => {
            matches!(office, Office::Villager | Office::PartyMember | Office::Representative | Office::Clerk)
        }
        InitiatorKind::Representatives => matches!(office, Office::Representative | Office::Clerk),
    }
}

pub(super) fn screen(case: Case<'_>, command: &ScreenMotion) -> Decision {
    case.check_order()?;
    let codes = command.matters.as_ref().unwrap_or(&case.matter.matters);
    let route = route(codes, case.procedure, case.context)?;
    let lane = choose(&route, command.lane, command.group.is_some(), command.emergency.is_some(), case.procedure)?;
    check_scope(case, lane, command)?;
    let Some(first) = case.procedure.lane(lane).and_then(|lane| lane.steps.first()) else {
        return Err(RefusalCode::NoProcedureInForce.into());
    };
    let event = MotionScreened {
        matters: codes.clone(),
        catalogue_version: Some(case.context.rules.matters.version),
        lane,
        group: command.group,
        emergency: command.emergency.filter(|_| lane == Lane::Emergency),
        linked_owners: route.rows.iter().any(|row| row.linked_owners || row.bodies.contains(&MatterBody::Owners)),
        works: route.rows.iter().any(|row| row.works),
        step: first.clone(),
    };
    Ok(vec![event.into()])
}

/// Before anybody has met, a matter may be sent along another road: its plan may show what the motion did not.
pub(super) fn screen_again(case: Case<'_>, at: &str, command: &ScreenMotion) -> Decision {
    let standing = &case.matter.standing;
    let first = case.lane()?.steps.first().is_some_and(|first| first == at) && standing.meetings == 0;
    // The law may have moved its kinds of matter to another body since.
    let asked = road_asked_for(case, case.context.day());
    let moved = asked == Some(Lane::MembersAssembly) && standing.lane != Lane::MembersAssembly;
    if case.matter.meeting.is_some() || !(first || moved) {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", at).with("act", "screenMotion"));
    }
    screen(case, command)
}

/// A matter below the village names its group, and the emergency road the danger.
fn check_scope(case: Case<'_>, lane: Lane, command: &ScreenMotion) -> Result<(), Refusal> {
    let known = |group: &u16| case.village.jurisdiction.scopes.iter().any(|scope| scope.scope == *group);
    match (lane, &command.group) {
        (Lane::Group, Some(group)) if known(group) => Ok(()),
        (lane, Some(group)) if known(group) => Err(Refusal::from(RefusalCode::LaneNotPermitted)
            .with("asked", Lane::Group.as_str())
            .with("lane", lane.as_str())),
        (_, Some(group)) => Err(Refusal::from(RefusalCode::GroupUnknown).with("group", u64::from(*group))),
        (_, None) => Ok(()),
    }
}

pub(super) fn dismiss(case: Case<'_>, command: &DismissMotion) -> Decision {
    case.check_order()?;
    Ok(vec![MotionDismissed { answer: command.answer.clone() }.into()])
}

pub(super) fn withdraw(case: Case<'_>, command: &Withdraw) -> Decision {
    case.check_order()?;
    if case.matter.meeting.is_some() {
        return Err(RefusalCode::MeetingOpenAlready.into());
    }
    // Whoever raised it may take it back, and nobody else.
    if !case.matter.initiator.is_some_and(|kind| speaks_for(case.context.actor.office, kind)) {
        return Err(case.context.not_competent().with("act", "withdraw"));
    }
    Ok(vec![ConsultationWithdrawn { reason: command.reason.clone() }.into()])
}
