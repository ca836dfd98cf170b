//! 审核: an authority outside the village looks at legality, and at nothing else (VL-2025 art. 6).

use super::commands::{AnswerReview, RequestReview};
use super::deliberation::{passes, returned};
use super::events::{ConsultationRejected, ReviewAnswered, ReviewRequested};
use super::facts::{ReturnReason, ReviewVerdict};
use super::{Case, Decision};
use crate::procedure::{OnLost, StepKind};
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn request(case: Case<'_>, at: &str, command: &RequestReview) -> Decision {
    let step = case.step_of_kind(at, StepKind::Review, "requestReview")?;
    if case.matter.standing.review_due_on.is_some() {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", at).with("act", "requestReview"));
    }
    let Some(rule) = &step.review else { return Err(RefusalCode::StepOutOfOrder.into()) };
    let calendar = &case.context.rules.calendar;
    let (day, days) = (case.context.day(), rule.answer.days);
    let answer_due_on =
        if rule.working_days { calendar.working_days_end(day, days)? } else { calendar.period_end(day, days)? };
    Ok(vec![ReviewRequested { step: step.code.clone(), paper: command.paper.clone(), answer_due_on }.into()])
}

/// A late answer is an answer: it is recorded, and its lateness is seen.
pub(super) fn answer(case: Case<'_>, at: &str, command: &AnswerReview) -> Decision {
    let step = case.step_of_kind(at, StepKind::Review, "answerReview")?;
    let Some(rule) = &step.review else { return Err(RefusalCode::StepOutOfOrder.into()) };
    if case.context.actor.office != rule.by {
        return Err(case.context.not_competent().with("act", "answerReview"));
    }
    if case.matter.standing.review_due_on.is_none() {
        return Err(RefusalCode::ReviewNotRequested.into());
    }
    if command.verdict != ReviewVerdict::Agrees && command.ground.is_none() {
        return Err(Refusal::from(RefusalCode::GroundMissing).with("verdict", crate::wire::name(&command.verdict)));
    }
    let answered = ReviewAnswered {
        step: step.code.clone(),
        verdict: command.verdict,
        ground: command.ground,
        opinion: command.opinion.clone(),
        paper: command.paper.clone(),
    };
    let mut events = vec![answered.into()];
    match (command.verdict, &step.on_lost) {
        (ReviewVerdict::Agrees, _) => events.extend(passes(case, &step.code, "", None)?),
        (ReviewVerdict::AsksForChanges | ReviewVerdict::Disagrees, OnLost::ReturnTo(to)) => {
            let opinion = Some(command.opinion.clone());
            events.push(returned(case, &step.code, case.returns_to(to), ReturnReason::TownshipReview, opinion));
        }
        (ReviewVerdict::AsksForChanges | ReviewVerdict::Disagrees, OnLost::Reject) => {
            events.push(ConsultationRejected { step: step.code.clone() }.into());
        }
    }
    Ok(events)
}
