//! 重新议决: the roads off a resolved matter. Reconsideration, annulment by the assembly, a supplementary resolution, the end of
//! carrying out before its aim, and the ratification of what was done in an emergency.

use super::commands::ReopenDeliberation;
use super::events::DeliberationReopened;
use super::facts::NoticeKind;
use super::motion::{joint, speaks_for};
use super::{Case, Decision};
use crate::ids::Fen;
use crate::matters::Lane;
use crate::procedure::{CallRule, DetourRule, ReopenPurpose};
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn reopen(case: Case<'_>, command: &ReopenDeliberation) -> Decision {
    case.check_after_resolution()?;
    case.check_order()?;
    check_time(case, command)?;
    let detour = road(case, command)?;
    let call = call(case, detour, command)?;
    let signatures = call.share.as_ref().map(|share| joint(&command.initiator, share, case.village)).transpose()?;
    let own_body = deciding_step_of_its_own(case);
    let steps = match &own_body {
        None => detour.steps.clone(),
        Some(step) => steps_of_its_own(case, detour, step)?,
    };
    let forms = match (&command.form, own_body) {
        (Some(form), _) => vec![form.clone()],
        (None, None) => call.forms.clone(),
        (None, Some(_)) => Vec::new(),
    };
    let event = DeliberationReopened {
        purpose: command.purpose,
        steps,
        forms,
        initiator: command.initiator.clone(),
        signatures,
        reason: command.reason.clone(),
        extra_fen: command.extra_fen.filter(|_| command.purpose == ReopenPurpose::Supplement),
    };
    Ok(vec![event.into()])
}

/// What the members of the collective or a group have resolved, they alone deliberate again: the step of their road that decides.
fn deciding_step_of_its_own(case: Case<'_>) -> Option<String> {
    let lane = case.matter.standing.lane;
    if !matches!(lane, Lane::MembersAssembly | Lane::Group) {
        return None;
    }
    case.procedure.lane(lane).and_then(|lane| lane.steps.last()).cloned()
}

/// The steps of a detour that lie on the matter's own road, and at their end the one that decides.
fn steps_of_its_own(case: Case<'_>, detour: &DetourRule, deciding: &str) -> Result<Vec<String>, Refusal> {
    let lane = case.lane()?;
    let on_the_road = detour.steps.iter().filter(|code| *code != deciding && lane.place(code).is_some());
    Ok(on_the_road.cloned().chain([deciding.to_owned()]).collect())
}

/// Each purpose has its time.
fn check_time(case: Case<'_>, command: &ReopenDeliberation) -> Result<(), Refusal> {
    let standing = &case.matter.standing;
    let too_late = || Refusal::from(RefusalCode::ReopenedTooLate).with("purpose", command.purpose.as_str());
    match command.purpose {
        // Before or during the disclosure of the resolution, and before anything rests on it.
        ReopenPurpose::Reconsideration => {
            let taken_down = standing.notice_of(NoticeKind::Resolution).is_some_and(|n| n.closed_on.is_some());
            if taken_down || standing.started_on.is_some() { Err(too_late()) } else { Ok(()) }
        }
        ReopenPurpose::Supplement | ReopenPurpose::Termination if standing.completed_on.is_some() => Err(too_late()),
        ReopenPurpose::Supplement => match command.extra_fen {
            Some(extra) if (Fen(1)..=Fen::MAX).contains(&extra) => Ok(()),
            extra => Err(Refusal::from(RefusalCode::AmountOutOfRange).with("amount_fen", extra.unwrap_or_default().0)),
        },
        ReopenPurpose::Annulment | ReopenPurpose::Termination => Ok(()),
        ReopenPurpose::Ratification => {
            let due = standing.lane == Lane::Emergency && standing.ratified_on.is_none();
            if due { Ok(()) } else { Err(too_late()) }
        }
    }
}

/// A supplement over the tolerance of variations walks the whole road.
fn road<'a>(case: Case<'a>, command: &ReopenDeliberation) -> Result<&'a DetourRule, Refusal> {
    let [num, den] = case.procedure.implementation.variation_tolerance.share;
    let extra = command.extra_fen.filter(|_| command.purpose == ReopenPurpose::Supplement).unwrap_or_default();
    let budget = case.matter.money.budget;
    let over = u128::from(extra.0) * u128::from(den) > u128::from(budget.0) * u128::from(num);
    let of_purpose = || case.procedure.detours.iter().filter(|detour| detour.purpose == command.purpose);
    let found = of_purpose().find(|detour| detour.over_tolerance == over).or_else(|| of_purpose().next());
    found.ok_or_else(|| Refusal::from(RefusalCode::LaneNotInProcedure).with("lane", command.purpose.as_str()))
}

/// The rule by which this caller may call for this form.
fn call<'a>(case: Case<'a>, detour: &'a DetourRule, command: &ReopenDeliberation) -> Result<&'a CallRule, Refusal> {
    let kind = command.initiator.kind;
    if !speaks_for(case.context.actor.office, kind) {
        return Err(RefusalCode::InitiatorNotEntitled.into());
    }
    let of_kind: Vec<_> = detour.calls.iter().filter(|call| call.kind == kind).collect();
    let of_its_own = deciding_step_of_its_own(case).and_then(|code| case.procedure.step(&code));
    let asked = |call: &&&CallRule| match (&command.form, of_its_own) {
        (Some(form), Some(step)) => step.form(form).is_some(),
        (Some(form), None) => call.forms.is_empty() || call.forms.contains(form),
        (None, _) => true,
    };
    match of_kind.iter().find(asked) {
        Some(call) => Ok(call),
        None => Err(match of_kind.first() {
            Some(call) => Refusal::from(RefusalCode::InitiatorNotEntitled).by(&call.basis),
            None => Refusal::from(RefusalCode::InitiatorNotEntitled).by(&detour.basis),
        }),
    }
}
