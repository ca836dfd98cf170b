//! 协商: those concerned talk (VL-2025 art. 33, RL-2025 art. 32). Nobody votes; the minority's view is kept; what needs a
//! resolution goes on along the road of its kinds of matter.

use super::commands::RecordForum;
use super::deliberation::{check_papers, passes};
use super::events::{ForumHeld, LaneChanged};
use super::facts::ForumOutcome;
use super::routing::route;
use super::{Case, Decision, MAX_LINES, MAX_PAPERS, check_entries};
use crate::calendar::days_between;
use crate::matters::Lane;
use crate::procedure::StepKind;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn record(case: Case<'_>, at: &str, command: &RecordForum) -> Decision {
    let step = case.step_of_kind(at, StepKind::Forum, "recordForum")?;
    check_entries(command.participants.len(), MAX_LINES)?;
    check_entries(command.papers.len(), MAX_PAPERS)?;
    if command.participants.iter().all(|guests| guests.count == 0) {
        return Err(RefusalCode::EntriesMissing.into());
    }
    // Those invited are told of the topic before they sit down over it.
    if days_between(command.informed_on, case.context.day()) < 1 {
        return Err(Refusal::from(RefusalCode::ActsOutOfOrder)
            .with("occurred_at", case.context.occurred_at.to_string())
            .with("not_before", command.informed_on.to_string()));
    }
    check_outcome(case, command.outcome)?;
    check_papers(&step.papers, &command.papers)?;
    let held = ForumHeld {
        step: step.code.clone(),
        form: command.form,
        informed_on: command.informed_on,
        participants: command.participants.clone(),
        opinion: command.opinion.clone(),
        dissent: command.dissent.clone(),
        outcome: command.outcome,
        papers: command.papers.clone(),
    };
    let mut events = vec![held.into()];
    match command.outcome {
        ForumOutcome::CarryOut | ForumOutcome::ReportToGovernment => {
            events.extend(passes(case, &step.code, "", Some(command.opinion.clone()))?);
        }
        ForumOutcome::NeedsResolution => events.push(resolution_road(case)?.into()),
        ForumOutcome::NoAgreement => {}
    }
    Ok(events)
}

/// Talk replaces no decision: what its kinds of matter leave to a body goes before that body.
fn check_outcome(case: Case<'_>, outcome: ForumOutcome) -> Result<(), Refusal> {
    match outcome {
        ForumOutcome::CarryOut | ForumOutcome::ReportToGovernment => {}
        ForumOutcome::NeedsResolution | ForumOutcome::NoAgreement => return Ok(()),
    }
    let lane = route(&case.matter.matters, case.procedure, case.context)?.lane;
    if lane == Lane::Consultation {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::LaneNotPermitted)
        .with("asked", Lane::Consultation.as_str())
        .with("lane", lane.as_str()))
}

/// Where a decision is needed, the meeting shall be convened: the matter goes on along its own road.
fn resolution_road(case: Case<'_>) -> Result<LaneChanged, Refusal> {
    let lane = route(&case.matter.matters, case.procedure, case.context)?.lane;
    let lane = if lane == Lane::Consultation { Lane::Full } else { lane };
    let first = case.procedure.lane(lane).and_then(|lane| lane.steps.first());
    let step = first.ok_or_else(|| Refusal::from(RefusalCode::LaneNotInProcedure).with("lane", lane.as_str()))?;
    Ok(LaneChanged { lane, step: step.clone() })
}
