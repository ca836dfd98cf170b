//! What is remembered of a matter, and which patterns each of its events is looked at for.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::MotionScreened;
use siyi_domain::consultation::facts::{ContractorChoice, FlagPattern, MotionSource, Plan};
use siyi_domain::ids::{ConsultationId, Fen, JurisdictionCode, MatterCode};
use siyi_domain::matters::Lane;
use siyi_domain::moment::Moment;
use siyi_log::envelope::Recorded;

use super::desk::{Desk, Seen};
use super::flag::{Evidence, Severity, Sighting};
use super::{carrying_out, decisions, meetings, notices, texts, village};
use crate::shelf::ShelfError;

/// A matter as the patterns need it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MatterRow {
    pub(super) jurisdiction: JurisdictionCode,
    pub(super) procedure: String,
    pub(super) lane: Lane,
    pub(super) raised: Evidence,
    /// The kinds of matter as raised, sorted.
    pub(super) raised_as: Vec<MatterCode>,
    /// The kinds of matter as screened last, sorted.
    pub(super) screened_as: Vec<MatterCode>,
    pub(super) plan: Option<PlanNote>,
    /// When it was first resolved.
    pub(super) resolved_on: Option<Date>,
    pub(super) budget: Fen,
    pub(super) contract: Option<Fen>,
    /// Whether the payments have passed four fifths of the budget.
    pub(super) mostly_paid: bool,
    pub(super) meeting: Option<MeetingNote>,
    /// The last decision of each step.
    pub(super) decisions: Vec<DecisionNote>,
    /// The last meeting of the party members that decided.
    pub(super) party: Option<DecisionNote>,
    /// Whether it is deliberated again after its resolution.
    pub(super) detour: bool,
    pub(super) unanimous: Vec<Evidence>,
    pub(super) opposition: Vec<Evidence>,
    pub(super) notices: Vec<NoticeNote>,
    /// Number and last day for the answer of each objection.
    pub(super) objections: Vec<(u16, Date)>,
}

/// What a plan promised.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PlanNote {
    pub(super) budget: Option<Fen>,
    pub(super) choice: Option<ContractorChoice>,
    pub(super) planned_start: Option<Date>,
    pub(super) evidence: Evidence,
}

/// A meeting that is convened or sitting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MeetingNote {
    pub(super) no: u16,
    pub(super) held_at: Moment,
    pub(super) place: String,
    /// Who was left out of those due.
    pub(super) excluded: Vec<Evidence>,
}

/// A decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DecisionNote {
    pub(super) step: String,
    pub(super) meeting: u16,
    pub(super) on: Date,
    pub(super) recorded_at: Moment,
    pub(super) evidence: Evidence,
}

/// A notice on the board.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct NoticeNote {
    pub(super) no: u16,
    pub(super) removable_on: Date,
    pub(super) posted: Evidence,
    /// How often it was found missing too early.
    pub(super) missing: u32,
}

/// Looks at an event of a matter.
pub(super) fn apply(
    id: ConsultationId,
    event: &ConsultationEvent,
    recorded: &Recorded,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let seen = Seen { id, recorded };
    let known = match event {
        ConsultationEvent::MotionRaised(_) => raised(event, seen),
        _ => desk.take_matter(id)?,
    };
    let Some(mut matter) = known else { return Ok(()) };
    recorded_late(&matter, event, seen, desk)?;
    look(&mut matter, event, seen, desk)?;
    desk.put_matter(id, matter);
    Ok(())
}

fn look(
    matter: &mut MatterRow,
    event: &ConsultationEvent,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    use ConsultationEvent as E;
    match event {
        E::MotionRaised(e) => {
            let from_above = e.source == MotionSource::HigherAuthority;
            village::raised(matter, from_above, seen, desk)
        }
        E::MotionScreened(e) => screened(matter, e, seen, desk),
        E::LaneChanged(e) => {
            matter.lane = e.lane;
            Ok(())
        }
        E::PlanDrafted(e) => {
            matter.plan = Some(promised(&e.plan, seen));
            Ok(())
        }
        E::MotionAmended(e) => {
            matter.plan = e.plan.as_ref().map(|plan| promised(plan, seen)).or(matter.plan.take());
            Ok(())
        }
        E::MeetingConvened(_)
        | E::MemberExcluded(_)
        | E::MembersCheckedIn(_)
        | E::MembersJoinedOnline(_)
        | E::MeetingClosed(_)
        | E::MeetingFoundInquorate(_) => meetings::look(matter, event, seen, desk),
        E::DecisionMade(_) | E::PapersCounted(_) | E::OpinionRecorded(_) => decisions::look(matter, event, seen, desk),
        E::ResolutionAdopted(e) => {
            matter.resolved_on = matter.resolved_on.or(Some(seen.day()));
            matter.budget = e.budget_fen.unwrap_or_default();
            decisions::resolved(matter, seen, desk)?;
            village::resolved(matter, seen, desk)?;
            texts::look(matter, &e.text, seen, desk)
        }
        E::ContractSigned(_)
        | E::WorkStarted(_)
        | E::ProgressReported(_)
        | E::VariationApproved(_)
        | E::PaymentRecorded(_)
        | E::WorksAccepted(_)
        | E::DeliberationReopened(_)
        | E::DeliberationConcluded(_) => carrying_out::look(matter, event, seen, desk),
        E::NoticePosted(_)
        | E::PlanPosted(_)
        | E::NoticeCorrected(_)
        | E::NoticeFoundMissing(_)
        | E::ObjectionRaised(_)
        | E::ObjectionAnswered(_) => notices::look(matter, event, seen, desk),
        E::FlagClosed(e) => desk.close_of_matter(seen.id, e.pattern, e.reason.as_str(), seen.recorded),
        _ => Ok(()),
    }
}

fn raised(event: &ConsultationEvent, seen: Seen<'_>) -> Option<MatterRow> {
    let ConsultationEvent::MotionRaised(e) = event else { return None };
    Some(MatterRow {
        jurisdiction: e.jurisdiction.clone(),
        procedure: e.procedure.clone(),
        lane: Lane::default(),
        raised: seen.evidence(),
        raised_as: sorted(&e.matters),
        screened_as: Vec::new(),
        plan: None,
        resolved_on: None,
        budget: Fen::default(),
        contract: None,
        mostly_paid: false,
        meeting: None,
        decisions: Vec::new(),
        party: None,
        detour: false,
        unanimous: Vec::new(),
        opposition: Vec::new(),
        notices: Vec::new(),
        objections: Vec::new(),
    })
}

fn promised(plan: &Plan, seen: Seen<'_>) -> PlanNote {
    PlanNote {
        budget: plan.budget_fen,
        choice: plan.contractor_choice,
        planned_start: plan.planned_start,
        evidence: seen.evidence(),
    }
}

fn sorted(codes: &[MatterCode]) -> Vec<MatterCode> {
    let mut codes = codes.to_vec();
    codes.sort();
    codes.dedup();
    codes
}

/// 受理后变更事项类别: screened as something else than was raised; graver where it had been screened already.
fn screened(
    matter: &mut MatterRow,
    e: &MotionScreened,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let codes = sorted(&e.matters);
    let again = !matter.screened_as.is_empty() && matter.screened_as != codes;
    if codes != matter.raised_as || again {
        let severity = if again { Severity::Warning } else { Severity::Info };
        let before = if again { &matter.screened_as } else { &matter.raised_as };
        let sighting = Sighting::new(FlagPattern::RecodedAfterScreening, seen.subject("codes"), severity)
            .by([matter.raised.clone(), seen.evidence()])
            .with("from", &joined(before))
            .with("to", &joined(&codes));
        desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)?;
    }
    matter.screened_as = codes;
    matter.lane = e.lane;
    village::screened(matter, seen, desk)
}

fn joined(codes: &[MatterCode]) -> String {
    codes.iter().map(MatterCode::as_str).collect::<Vec<_>>().join(",")
}

/// 补录: graver once a decision is among what was recorded afterwards.
fn recorded_late(
    matter: &MatterRow,
    event: &ConsultationEvent,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let envelope = &seen.recorded.envelope;
    let pack = desk.pack(matter, seen.recorded);
    let late = pack.filter(|pack| pack.is_late(envelope.occurred_at, envelope.recorded_at));
    let Some(pack) = late else { return Ok(()) };
    // Who closes a flag late is no part of the matter's own file.
    if matches!(event, ConsultationEvent::FlagClosed(_)) {
        return Ok(());
    }
    let severity = match event {
        ConsultationEvent::DecisionMade(_) => Severity::Warning,
        _ => Severity::Info,
    };
    let hours = envelope.recorded_at.since(envelope.occurred_at).as_hours();
    let sighting = Sighting::new(FlagPattern::LateRecording, seen.subject("late"), severity)
        .by([seen.evidence()])
        .with("hours", &hours)
        .with("hours_allowed", &pack.late_recording.hours);
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}
