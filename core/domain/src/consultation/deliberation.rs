//! 议: drafting the plan, convening and closing a meeting, and where a step leads.

use std::collections::BTreeSet;

use super::commands::{CloseMeeting, ConveneMeeting, DraftPlan, ReturnForRevision};
use super::events::{
    ConsultationEvent, ConsultationRejected, MeetingClosed, MeetingConvened, MeetingFoundInquorate, PlanDrafted,
    ProposalReturned, ResolutionAdopted, RollFrozen, StepPassed,
};
use super::facts::{MAX_SOURCES, Outcome, Paper, Plan, ReturnReason};
use super::{Case, Decision, MAX_LINES, MAX_PAPERS, Meeting, ROLL_PART, check_entries};
use crate::calendar::days_between;
use crate::ids::{Fen, Paragraph, PersonId};
use crate::procedure::{Days, Form, OnLost, PaperKind, Step};
use crate::refusal::{Refusal, RefusalCode};
use crate::roster::check_whole;
use crate::tally::Test;

pub(super) fn draft_plan(case: Case<'_>, step: &str, command: &DraftPlan) -> Decision {
    case.check_order()?;
    if case.matter.meeting.is_some() {
        return Err(RefusalCode::MeetingOpenAlready.into());
    }
    check_plan(&command.plan)?;
    // Once a step has passed a plan, only a meeting's amendment or a return changes it.
    let passed_a_plan = case.procedure.step(step).is_some_and(|(place, _)| place > 1);
    if passed_a_plan && case.matter.plan.is_some() {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", step).with("act", "draftPlan"));
    }
    Ok(vec![PlanDrafted { version: case.matter.standing.version, plan: command.plan.clone() }.into()])
}

pub(super) fn check_plan(plan: &Plan) -> Result<(), Refusal> {
    check_entries(plan.sources.len(), MAX_SOURCES)?;
    let budget = plan.budget_fen.unwrap_or_default();
    let too_much = plan.sources.iter().map(|source| source.amount_fen).chain([budget]).find(|fen| *fen > Fen::MAX);
    if let Some(amount) = too_much {
        return Err(Refusal::from(RefusalCode::AmountOutOfRange).with("amount_fen", amount.0));
    }
    let sum: Fen = plan.sources.iter().map(|source| source.amount_fen).sum();
    if sum == budget {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::SourcesDoNotSum).with("budget_fen", budget.0).with("sources_fen", sum.0))
}

pub(super) fn convene(case: Case<'_>, step_code: &str, command: &ConveneMeeting) -> Decision {
    case.check_order()?;
    if command.step != step_code {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder)
            .with("at", step_code)
            .with("asked", command.step.as_str()));
    }
    if case.matter.meeting.is_some() {
        return Err(RefusalCode::MeetingOpenAlready.into());
    }
    let (_, step) = case.procedure.step(step_code).ok_or(RefusalCode::StepOutOfOrder)?;
    if step.needs_plan && case.matter.plan.is_none() {
        return Err(RefusalCode::PlanMissing.into());
    }
    let Some(form) = step.form(&command.form) else {
        return Err(Refusal::from(RefusalCode::FormUnknown).with("form", command.form.as_str()));
    };
    if !form.convened_by.contains(&case.context.actor.office) {
        return Err(case.context.not_competent().with("act", "conveneMeeting"));
    }
    check_entries(command.agenda.len(), MAX_LINES)?;
    check_delegation(case, form, command)?;
    check_notice(case, form, command)?;
    case.village.roster.known(command.chair)?;
    let due = due_roll(case, form)?;
    let meeting = case.matter.standing.meetings.saturating_add(1);
    let mut events = vec![
        MeetingConvened {
            meeting,
            step: step.code.clone(),
            form: form.id.clone(),
            held_at: command.held_at,
            place: command.place.clone(),
            agenda: command.agenda.clone(),
            chair: command.chair,
            plan_delivered_on: command.plan_delivered_on,
            special_circumstances: command.special_circumstances.clone(),
        }
        .into(),
    ];
    events.extend(frozen(meeting, &due));
    Ok(events)
}

/// The representatives decide only what the law lets be delegated and the assembly has authorised (VL-2025 art. 28 ¶2).
fn check_delegation(case: Case<'_>, form: &Form, command: &ConveneMeeting) -> Result<(), Refusal> {
    let Some(basis) = &form.needs_authorisation else { return Ok(()) };
    let held_on = command.held_at.day();
    for code in &case.matter.matters {
        let row = case.context.rules.matters.find(code, held_on);
        if !row.is_some_and(|row| row.delegable) {
            return Err(Refusal::from(RefusalCode::NotDelegable).with("matter", code.as_str()).by(basis));
        }
        if !case.village.jurisdiction.authorises(code, held_on) {
            return Err(Refusal::from(RefusalCode::AuthorisationMissing).with("matter", code.as_str()).by(basis));
        }
    }
    Ok(())
}

fn check_notice(case: Case<'_>, form: &Form, command: &ConveneMeeting) -> Result<(), Refusal> {
    let (notice_on, held_on) = (case.context.day(), command.held_at.day());
    if command.held_at < case.context.occurred_at {
        return Err(Refusal::from(RefusalCode::ActsOutOfOrder)
            .with("held_at", command.held_at.to_string())
            .with("not_before", case.context.occurred_at.to_string()));
    }
    let excused = form.notice_exception && command.special_circumstances.is_some();
    if let Some(rule) = form.notice.as_ref().filter(|_| !excused) {
        days_ahead(rule, notice_on, held_on, RefusalCode::NoticeTooShort)?;
    }
    if let Some(rule) = &form.plan_delivered {
        let Some(delivered_on) = command.plan_delivered_on else {
            return Err(Refusal::from(RefusalCode::PlanDeliveredTooLate)
                .with("days_ordered", u64::from(rule.days))
                .by(&rule.basis));
        };
        // A plan is delivered after the step before has passed it, and the delivery is a fact, not an intention.
        let since = case.matter.standing.since.unwrap_or_default();
        if delivered_on < since || delivered_on > notice_on {
            return Err(Refusal::from(RefusalCode::ActsOutOfOrder)
                .with("plan_delivered_on", delivered_on.to_string())
                .with("not_before", since.to_string())
                .with("not_after", notice_on.to_string()));
        }
        days_ahead(rule, delivered_on, held_on, RefusalCode::PlanDeliveredTooLate)?;
    }
    Ok(())
}

fn days_ahead(
    rule: &Days,
    from: jiff::civil::Date,
    held_on: jiff::civil::Date,
    code: RefusalCode,
) -> Result<(), Refusal> {
    let ahead = days_between(from, held_on);
    if ahead >= i32::from(rule.days) {
        return Ok(());
    }
    Err(Refusal::from(code)
        .with("days_ahead", u64::try_from(ahead).unwrap_or_default())
        .with("days_ordered", u64::from(rule.days))
        .by(&rule.basis))
}

fn due_roll(case: Case<'_>, form: &Form) -> Result<BTreeSet<PersonId>, Refusal> {
    let roster = case.village.roster;
    for kind in &form.rolls {
        if roster.roll(*kind).is_empty() {
            let name = serde_json::to_value(kind).unwrap_or_default();
            return Err(Refusal::from(RefusalCode::RollMissing).with("roll", name.as_str().unwrap_or_default()));
        }
        check_whole(*kind, roster, case.village.jurisdiction)?;
    }
    if form.composition
        && let Some(failed) = roster.composition(case.procedure).into_iter().find(|test| !test.met)
    {
        return Err(Refusal::from(RefusalCode::CompositionNotMet)
            .with("rule", failed.what.as_str())
            .with("part", failed.part)
            .with("whole", failed.whole)
            .with("least", failed.fraction().least(failed.whole))
            .by(&failed.basis));
    }
    Ok(roster.distinct(&form.rolls, form.voting_only))
}

fn frozen(meeting: u16, due: &BTreeSet<PersonId>) -> Vec<ConsultationEvent> {
    let due: Vec<PersonId> = due.iter().copied().collect();
    let chunks: Vec<&[PersonId]> = due.chunks(ROLL_PART).collect();
    let parts = u16::try_from(chunks.len()).unwrap_or(u16::MAX);
    (1..).zip(chunks).map(|(part, due)| RollFrozen { meeting, part, parts, due: due.to_vec() }.into()).collect()
}

pub(super) fn return_for_revision(case: Case<'_>, at: &str, command: &ReturnForRevision) -> Decision {
    case.check_order()?;
    if case.matter.meeting.is_some() {
        return Err(RefusalCode::MeetingOpenAlready.into());
    }
    let from = case.procedure.step(at).map(|(place, _)| place);
    let to = case.procedure.step(&command.to).map(|(place, _)| place);
    // An earlier step or the same one: a return never skips ahead.
    if to.is_none() || to > from {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", at).with("asked", command.to.as_str()));
    }
    Ok(vec![returned(case, at, &command.to, command.reason, command.remark.clone())])
}

pub(super) fn returned(
    case: Case<'_>,
    from: &str,
    to: &str,
    reason: ReturnReason,
    remark: Option<Paragraph>,
) -> ConsultationEvent {
    ProposalReturned {
        from: from.to_owned(),
        to: to.to_owned(),
        version: case.matter.standing.version.saturating_add(1),
        reason,
        remark,
    }
    .into()
}

pub(super) fn close(case: Case<'_>, step_code: &str, command: &CloseMeeting) -> Decision {
    case.check_order()?;
    let (meeting, step, form) = case.open_meeting(command.meeting, step_code)?;
    check_entries(command.papers.len(), MAX_PAPERS)?;
    if meeting.motion.is_some() {
        return Err(RefusalCode::MeetingUndecided.into());
    }
    if case.context.day() < meeting.held_at.day() {
        return Err(Refusal::from(RefusalCode::WrongDay)
            .with("day", case.context.day().to_string())
            .with("held_on", meeting.held_at.day().to_string()));
    }
    let Some(outcome) = meeting.outcome else {
        return Ok(vec![close_undecided(meeting, form, command)]);
    };
    check_papers(&step.papers, &command.papers)?;
    let mut events: Vec<ConsultationEvent> =
        vec![MeetingClosed { meeting: meeting.no, papers: command.papers.clone() }.into()];
    events.push(consequence(case, step, form, outcome)?);
    Ok(events)
}

/// A meeting that decided nothing: inquorate if the most who were ever present fell short, otherwise simply closed.
fn close_undecided(meeting: &Meeting, form: &Form, command: &CloseMeeting) -> ConsultationEvent {
    let due = meeting.due.len() as u64;
    let quorum = Test::of("quorum", meeting.peak, due, &form.quorum);
    let papers = command.papers.clone();
    if quorum.met {
        return MeetingClosed { meeting: meeting.no, papers }.into();
    }
    MeetingFoundInquorate { meeting: meeting.no, due, present: meeting.peak, quorum, papers }.into()
}

pub(super) fn check_papers(required: &[PaperKind], filed: &[Paper]) -> Result<(), Refusal> {
    let missing: Vec<&str> =
        required.iter().filter(|kind| filed.iter().all(|p| p.kind != **kind)).map(|kind| kind.as_str()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::PapersMissing).with("missing", missing.join(",")))
}

/// Where a decided step leads: to the next step, to the resolution, back, or to the end.
fn consequence(case: Case<'_>, step: &Step, form: &Form, outcome: Outcome) -> Result<ConsultationEvent, Refusal> {
    match outcome {
        Outcome::Lost => Ok(match &step.on_lost {
            OnLost::Reject => ConsultationRejected { step: step.code.clone() }.into(),
            OnLost::ReturnTo(to) => returned(case, &step.code, to, ReturnReason::MotionLost, None),
        }),
        Outcome::Carried => {
            let place = case.procedure.step(&step.code).map_or(0, |(place, _)| place);
            if let Some(next) = case.procedure.steps.get(place + 1) {
                return Ok(StepPassed { step: step.code.clone(), next: next.code.clone() }.into());
            }
            let text = case.matter.text.clone().ok_or(RefusalCode::NoMotionOpen)?;
            Ok(ResolutionAdopted {
                step: step.code.clone(),
                form: form.id.clone(),
                text,
                version: case.matter.standing.version,
                budget_fen: case.matter.plan.as_ref().and_then(|plan| plan.budget_fen),
            }
            .into())
        }
    }
}
