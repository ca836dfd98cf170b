//! What comes from outside: suspension, correction orders, court judgments, urging, and the closing of flags.

use super::commands::{
    CloseFlag, ConsultationCommand, DeclareInterest, OrderCorrection, RecordCourtAnnulment, Resume, Suspend, UrgeDuty,
};
use super::deliberation::returned;
use super::events::{
    ConsultationResumed, ConsultationSuspended, CorrectionOrdered, CourtAnnulled, DutyUrged, FlagClosed,
    InterestDeclared,
};
use super::facts::{LegalGround, ReturnReason};
use super::{Case, ConsultationEvent, Decision};
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

/// While a matter is suspended, only what the public is owed goes on.
pub(super) fn check_suspension(case: Case<'_>, command: &ConsultationCommand) -> Result<(), Refusal> {
    use ConsultationCommand as C;
    let goes_on = matches!(
        command,
        C::Resume(_)
            | C::RecordCourtAnnulment(_)
            | C::OrderCorrection(_)
            | C::RaiseObjection(_)
            | C::AnswerObjection(_)
            | C::CorrectNotice(_)
            | C::CloseDisclosure(_)
            | C::ReportNoticeMissing(_)
            | C::DeclareInterest(_)
            | C::UrgeDuty(_)
            | C::CloseFlag(_)
    );
    if case.matter.standing.suspended && !goes_on {
        return Err(Refusal::from(RefusalCode::MatterSuspended).with("act", command.name()));
    }
    Ok(())
}

pub(super) fn suspend(case: Case<'_>, command: &Suspend) -> Decision {
    case.check_order()?;
    let suspended =
        ConsultationSuspended { by: command.by, reason: command.reason.clone(), paper: command.paper.clone() };
    Ok(vec![suspended.into()])
}

pub(super) fn resume(case: Case<'_>, command: &Resume) -> Decision {
    case.check_order()?;
    if !case.matter.standing.suspended {
        return Err(RefusalCode::NotSuspended.into());
    }
    Ok(vec![ConsultationResumed { reason: command.reason.clone() }.into()])
}

/// The township orders correction of what is unlawful (VL-2025 art. 31 ¶3, 6); the supervisors call for a new meeting where the
/// procedure was broken (HN-V art. 58), and for nothing else.
pub(super) fn order_correction(case: Case<'_>, command: &OrderCorrection) -> Decision {
    case.check_after_resolution()?;
    case.check_order()?;
    if case.context.actor.office == Office::Supervisor && command.ground != LegalGround::Procedure {
        return Err(case.context.not_competent().with("act", "orderCorrection"));
    }
    let ordered =
        CorrectionOrdered { ground: command.ground, remark: command.remark.clone(), paper: command.paper.clone() };
    let from = case.matter.standing.step().unwrap_or("executing");
    let to = case.returns_to(&case.procedure.correction_to);
    let back = returned(case, from, to, ReturnReason::CorrectionOrdered, Some(command.remark.clone()));
    Ok(vec![ordered.into(), back])
}

pub(super) fn court_annulled(case: Case<'_>, command: &RecordCourtAnnulment) -> Decision {
    case.check_order()?;
    let annulled =
        CourtAnnulled { court: command.court.clone(), case_no: command.case_no.clone(), paper: command.paper.clone() };
    Ok(vec![annulled.into()])
}

pub(super) fn declare_interest(case: Case<'_>, command: &DeclareInterest) -> Decision {
    case.village.roster.known(command.person)?;
    Ok(vec![InterestDeclared { person: command.person, remark: command.remark.clone() }.into()])
}

/// Only what is overdue can be urged: the record says since when, and who was told.
pub(super) fn urge(case: Case<'_>, command: &UrgeDuty) -> Decision {
    let today = case.context.day();
    let duties = case.matter.standing.duties(case.procedure, &case.context.rules.calendar);
    let overdue = duties.into_iter().find(|duty| {
        duty.kind == command.duty && (command.of.is_none() || duty.of == command.of) && duty.is_overdue(today)
    });
    let Some(duty) = overdue else {
        return Err(RefusalCode::DutyNotOverdue.into());
    };
    let urged = DutyUrged {
        duty: duty.kind,
        of: duty.of,
        due_on: duty.due_on.unwrap_or(today),
        told: command.told.clone(),
        remark: command.remark.clone(),
    };
    Ok(vec![urged.into()])
}

/// A flag is a prompt; whoever looked into it says what was found. The flag itself is computed from the record.
pub(super) fn close_flag(command: &CloseFlag) -> Vec<ConsultationEvent> {
    vec![FlagClosed { pattern: command.pattern, reason: command.reason.clone() }.into()]
}
