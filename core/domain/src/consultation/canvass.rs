//! 一征: residents and stationed units are asked; each opinion is classified and answered; suggestions may be ranked.

use super::commands::{AnswerOpinion, CloseCanvass, RecordOpinion, RecordPreferences};
use super::deliberation::{check_papers, passes};
use super::events::{CanvassClosed, OpinionAnswered, OpinionRecorded, PreferencesCounted};
use super::{Case, Decision, MAX_PAPERS, MAX_PREFERENCES, check_entries};
use crate::procedure::StepKind;
use crate::refusal::{Refusal, RefusalCode};
use crate::tally::Test;

pub(super) fn record(case: Case<'_>, at: &str, command: &RecordOpinion) -> Decision {
    case.step_of_kind(at, StepKind::Canvass, "recordOpinion")?;
    let opinion = case.matter.standing.opinions.recorded.saturating_add(1);
    let event = OpinionRecorded { opinion, class: command.class, source: command.source, text: command.text.clone() };
    Ok(vec![event.into()])
}

pub(super) fn answer(case: Case<'_>, at: &str, command: &AnswerOpinion) -> Decision {
    case.step_of_kind(at, StepKind::Canvass, "answerOpinion")?;
    let no = command.opinion;
    if no == 0 || no > case.matter.standing.opinions.recorded {
        return Err(Refusal::from(RefusalCode::OpinionUnknown).with("opinion", u64::from(no)));
    }
    if case.matter.answered.contains(&no) {
        return Err(Refusal::from(RefusalCode::OpinionAnsweredAlready).with("opinion", u64::from(no)));
    }
    let event = OpinionAnswered { opinion: no, accepted: command.accepted, answer: command.answer.clone() };
    Ok(vec![event.into()])
}

/// Approval voting over a list: each who takes part may choose several, so no suggestion has more votes than voters.
pub(super) fn rank(case: Case<'_>, at: &str, command: &RecordPreferences) -> Decision {
    case.step_of_kind(at, StepKind::Canvass, "recordPreferences")?;
    check_entries(command.preferences.len(), MAX_PREFERENCES)?;
    if command.preferences.is_empty() || command.voters == 0 {
        return Err(RefusalCode::EntriesMissing.into());
    }
    if let Some(over) = command.preferences.iter().find(|preference| preference.votes > command.voters) {
        return Err(Refusal::from(RefusalCode::VotesExceedPresent)
            .with("votes", u64::from(over.votes))
            .with("present", u64::from(command.voters)));
    }
    let mut ranking = command.preferences.clone();
    // Equal votes keep the order of the list.
    ranking.sort_by_key(|preference| std::cmp::Reverse(preference.votes));
    Ok(vec![PreferencesCounted { voters: command.voters, ranking }.into()])
}

pub(super) fn close(case: Case<'_>, at: &str, command: &CloseCanvass) -> Decision {
    let step = case.step_of_kind(at, StepKind::Canvass, "closeCanvass")?;
    check_entries(command.papers.len(), MAX_PAPERS)?;
    check_counts(case, command)?;
    let opinions = case.matter.standing.opinions;
    if opinions.answered < opinions.recorded {
        return Err(Refusal::from(RefusalCode::OpinionsUnanswered)
            .with("open", u64::from(opinions.recorded - opinions.answered)));
    }
    let Some(share) = &step.coverage else { return Err(RefusalCode::StepOutOfOrder.into()) };
    let coverage = Test::of("coverage", command.asked.into(), command.concerned.into(), share);
    if !coverage.met {
        return Err(Refusal::from(RefusalCode::CoverageNotMet)
            .with("asked", coverage.part)
            .with("concerned", coverage.whole)
            .with("least", coverage.fraction().least(coverage.whole))
            .by(&coverage.basis));
    }
    check_papers(&step.papers, &command.papers)?;
    let closed = CanvassClosed {
        step: step.code.clone(),
        in_favour: command.in_favour,
        against: command.against,
        no_view: command.no_view,
        units_asked: command.units_asked,
        opinions: opinions.recorded,
        accepted: opinions.accepted,
        coverage,
        papers: command.papers.clone(),
    };
    let mut events = vec![closed.into()];
    events.extend(passes(case, &step.code, "", None)?);
    Ok(events)
}

/// Nobody answers who was not asked, and nobody is asked who is not there.
fn check_counts(case: Case<'_>, command: &CloseCanvass) -> Result<(), Refusal> {
    let answers = [command.in_favour, command.against, command.no_view].map(u64::from).iter().sum::<u64>();
    let asked = u64::from(command.asked);
    let concerned = u64::from(command.concerned);
    let households = case.village.jurisdiction.electorate.as_ref().map(|e| u64::from(e.households));
    let households = households.ok_or(RefusalCode::ElectorateUnknown)?;
    if answers <= asked && asked <= concerned && concerned <= households {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::AnswersExceedAsked)
        .with("answers", answers)
        .with("asked", asked)
        .with("concerned", concerned)
        .with("households", households))
}
