//! P0 动议: raising, screening, dismissing and withdrawing.

use super::commands::{DismissMotion, RaiseMotion, ScreenMotion, Withdraw};
use super::events::{ConsultationWithdrawn, MotionDismissed, MotionRaised, MotionScreened};
use super::facts::Initiator;
use super::{Case, Decision, MAX_MATTERS, Village, check_entries};
use crate::context::Context;
use crate::ids::{Level, MatterCode};
use crate::matters::{Lane, Matter};
use crate::office::Office;
use crate::procedure::{Base, Basis, InitiatorKind, Procedure};
use crate::refusal::{Refusal, RefusalCode};
use crate::tally::Test;

pub(super) fn raise(command: &RaiseMotion, village: Village<'_>, context: &Context<'_>) -> Decision {
    let code = &command.jurisdiction;
    let entry = match &village.jurisdiction.registered {
        Some(entry) if entry.level == Level::Village => entry,
        Some(_) => return Err(Refusal::from(RefusalCode::LevelMismatch).with("code", code.as_str())),
        None => return Err(Refusal::from(RefusalCode::JurisdictionUnknown).with("code", code.as_str())),
    };
    let Some(procedure) = context.rules.in_force(code, entry.kind, context.day()) else {
        return Err(Refusal::from(RefusalCode::NoProcedureInForce).with("day", context.day().to_string()));
    };
    context.check_competence(procedure, "raiseMotion")?;
    check_matters(&command.matters, context)?;
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
    let Some(share) = &rule.share else { return Ok(None) };
    let whole = village.roster.whole_of(share.of, village.jurisdiction);
    let whole = whole.ok_or_else(|| Refusal::from(RefusalCode::ElectorateUnknown).by(&share.basis))?;
    let signed = u64::from(initiator.signatures.unwrap_or_default());
    let test = Test::of("signatures", signed, whole, share);
    if test.met && signed <= whole {
        return Ok(Some(test));
    }
    Err(Refusal::from(RefusalCode::InitiatorsTooFew)
        .with("signed", signed)
        .with("whole", whole)
        .with("least", test.fraction().least(whole))
        .with("of", base_name(share.of))
        .by(&share.basis))
}

fn base_name(base: Base) -> &'static str {
    match base {
        Base::Due => "due",
        Base::Present => "present",
        Base::AdultVillagers => "adult_villagers",
        Base::Representatives => "representatives",
    }
}

fn speaks_for(office: Office, kind: InitiatorKind) -> bool {
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

fn check_matters<'a>(codes: &[MatterCode], context: &Context<'a>) -> Result<Vec<Matter<'a>>, Refusal> {
    check_entries(codes.len(), MAX_MATTERS)?;
    if codes.is_empty() {
        return Err(RefusalCode::MatterUnknown.into());
    }
    let mut rows = Vec::with_capacity(codes.len());
    for code in codes {
        let Some(row) = context.rules.matters.find(code, context.day()) else {
            return Err(Refusal::from(RefusalCode::MatterUnknown).with("matter", code.as_str()));
        };
        match row.lane {
            Lane::Barred => return Err(barred(RefusalCode::MatterBarred, &row)),
            // An assembly-only matter walks the whole road; its S4 may only be an assembly, see `not-delegable`.
            Lane::Full | Lane::AssemblyOnly if row.of_villagers => {}
            Lane::Full
            | Lane::AssemblyOnly
            | Lane::MembersAssembly
            | Lane::Levy
            | Lane::Light
            | Lane::Consultation
            | Lane::AdminAssist
            | Lane::Urban
            | Lane::Owners
            | Lane::Election => return Err(barred(RefusalCode::LaneNotInProcedure, &row)),
        }
        rows.push(row);
    }
    Ok(rows)
}

fn barred(code: RefusalCode, row: &Matter<'_>) -> Refusal {
    let refusal = Refusal::from(code).with("matter", row.code.as_str());
    match row.statute {
        Some((law, article)) => refusal.by(&Basis {
            law: law.to_owned(),
            article: article.to_owned(),
            certainty: crate::procedure::Certainty::Found,
        }),
        None => refusal,
    }
}

pub(super) fn screen(case: Case<'_>, command: &ScreenMotion) -> Decision {
    case.check_order()?;
    let codes = command.matters.as_ref().unwrap_or(&case.matter.matters);
    let rows = check_matters(codes, case.context)?;
    let Some(first) = case.procedure.steps.first() else {
        return Err(RefusalCode::NoProcedureInForce.into());
    };
    let event =
        MotionScreened { matters: codes.clone(), works: rows.iter().any(|row| row.works), step: first.code.clone() };
    Ok(vec![event.into()])
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
