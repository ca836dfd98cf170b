//! How decisions came about: when they were taken and recorded, who was left out, who signed in, how they voted.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{DecisionMade, PapersCounted};
use siyi_domain::consultation::facts::{FlagPattern, OpinionClass, Outcome};
use siyi_domain::office::Body;
use siyi_domain::procedure::{Base, Procedure, StepKind};
use siyi_domain::tally::Test;

use super::desk::{Desk, Seen};
use super::flag::{Severity, Sighting};
use super::matter::{DecisionNote, MatterRow};
use super::{meetings, village};
use crate::shelf::ShelfError;

/// So many steps decided on one day, or recorded in one sitting, are worth a look.
const STEPS: usize = 3;
/// Decisions recorded within so many seconds were written down together.
const BURST_SECONDS: i64 = 3600;

pub(super) fn look(
    matter: &mut MatterRow,
    event: &ConsultationEvent,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    match event {
        ConsultationEvent::DecisionMade(e) => decided(matter, e, seen, desk),
        ConsultationEvent::PapersCounted(e) => {
            if all_for(e) {
                matter.unanimous.push(seen.evidence());
            }
            contested(matter, seen, desk)
        }
        ConsultationEvent::OpinionRecorded(e) if e.class == OpinionClass::Opposition => {
            matter.opposition.push(seen.evidence());
            contested(matter, seen, desk)
        }
        _ => Ok(()),
    }
}

fn decided(
    matter: &mut MatterRow,
    e: &DecisionMade,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let note = DecisionNote {
        step: e.step.clone(),
        meeting: e.meeting,
        on: seen.day(),
        recorded_at: seen.recorded.envelope.recorded_at,
        evidence: seen.evidence(),
    };
    matter.decisions.retain(|decision| decision.step != e.step);
    matter.decisions.push(note.clone());
    shrunk(matter, e, seen, desk)?;
    same_day(matter, seen, desk)?;
    let Some(pack) = desk.pack(matter, seen.recorded) else { return Ok(()) };
    if is_last(pack, matter, &e.step) && !matter.detour {
        if e.outcome == Outcome::Carried {
            same_sign_in(matter, &note, seen, desk)?;
        }
        village::voted(matter, e, seen, desk)?;
    }
    if body(pack, e).is_some_and(|body| matches!(body, Body::PartyMembers | Body::PartyRepresentatives)) {
        matter.party = Some(note);
    }
    Ok(())
}

fn body(pack: &Procedure, e: &DecisionMade) -> Option<Body> {
    pack.step(&e.step).and_then(|step| step.form(&e.form)).map(|form| form.body)
}

/// Whether no other body votes after this step on the matter's road.
fn is_last(pack: &Procedure, matter: &MatterRow, step: &str) -> bool {
    pack.steps_of(matter.lane)
        .filter(|step| step.kind == StepKind::Meeting)
        .last()
        .is_some_and(|last| last.code == step)
}

/// 应到人数减少影响结果: with those left out among the due, quorum or threshold would not have been met.
fn shrunk(matter: &MatterRow, e: &DecisionMade, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let Some(meeting) = matter.meeting.as_ref().filter(|m| m.no == e.meeting && !m.excluded.is_empty()) else {
        return Ok(());
    };
    let left_out = meeting.excluded.len() as u64;
    let turns = |test: &Test| {
        test.of == Base::Due && test.met && !test.fraction().holds(test.part, test.whole.saturating_add(left_out))
    };
    let (quorum, threshold) = (turns(&e.quorum), turns(&e.threshold));
    if !quorum && !threshold {
        return Ok(());
    }
    let severity = if e.outcome == Outcome::Carried { Severity::Serious } else { Severity::Warning };
    let sighting =
        Sighting::new(FlagPattern::DenominatorShrunk, seen.subject(format!("meeting-{}", e.meeting)), severity)
            .by(meeting.excluded.iter().cloned().chain([seen.evidence()]))
            .with("due", &e.due)
            .with("present", &e.present)
            .with("left_out", &left_out)
            .with("turns", &if quorum { "quorum" } else { "threshold" });
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}

/// 多个环节同日完成: lawful where people are home for a few days only, and worth a look.
fn same_day(matter: &MatterRow, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let day = seen.day();
    let of_the_day: Vec<&DecisionNote> = matter.decisions.iter().filter(|decision| decision.on == day).collect();
    if of_the_day.len() < STEPS {
        return Ok(());
    }
    let steps = of_the_day.iter().map(|decision| decision.step.as_str()).collect::<Vec<_>>().join(",");
    let sighting = Sighting::new(FlagPattern::SameDaySteps, seen.subject(day), Severity::Info)
        .by(of_the_day.into_iter().map(|decision| decision.evidence.clone()))
        .with("held_on", &day)
        .with("steps", &steps);
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}

/// 审议与决议同一签到: nine tenths of the party members' meeting sat in the one that resolved, on the same day.
fn same_sign_in(
    matter: &MatterRow,
    resolving: &DecisionNote,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let Some(party) = matter.party.as_ref().filter(|party| party.on == resolving.on) else { return Ok(()) };
    let of_the_party = meetings::attendants(seen.id, party.meeting, desk.writes)?;
    let here = meetings::attendants(seen.id, resolving.meeting, desk.writes)?;
    let in_both = of_the_party.iter().filter(|person| here.contains(person)).count();
    if of_the_party.is_empty() || in_both * 10 < of_the_party.len() * 9 {
        return Ok(());
    }
    let sighting = Sighting::new(FlagPattern::SameSignIn, seen.subject("sign-in"), Severity::Warning)
        .by([party.evidence.clone(), resolving.evidence.clone()])
        .with("held_on", &party.on)
        .with("party_members", &of_the_party.len())
        .with("in_both", &in_both);
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}

/// 集中补填: all decisions of a resolved matter were recorded within an hour; graver where they are dated on several days.
pub(super) fn resolved(matter: &MatterRow, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let decisions = &matter.decisions;
    let first = decisions.iter().map(|decision| decision.recorded_at).min();
    let last = decisions.iter().map(|decision| decision.recorded_at).max();
    let (Some(first), Some(last)) = (first, last) else { return Ok(()) };
    let span = last.since(first);
    if decisions.len() < STEPS || span.as_secs() > BURST_SECONDS {
        return Ok(());
    }
    let days: std::collections::BTreeSet<_> = decisions.iter().map(|decision| decision.on).collect();
    let severity = if days.len() > 1 { Severity::Serious } else { Severity::Warning };
    let sighting = Sighting::new(FlagPattern::BurstRecording, seen.subject("burst"), severity)
        .by(decisions.iter().map(|decision| decision.evidence.clone()))
        .with("decisions", &decisions.len())
        .with("minutes", &span.as_mins())
        .with("days", &days.len());
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}

fn all_for(e: &PapersCounted) -> bool {
    let counts = &e.counts;
    counts.in_favour > 0 && counts.total() == counts.in_favour
}

/// 有异议事项无记名投票全票通过: somebody was against it, and no secret paper says so.
pub(super) fn contested(matter: &MatterRow, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    if matter.unanimous.is_empty() || matter.opposition.is_empty() {
        return Ok(());
    }
    let sighting = Sighting::new(FlagPattern::UnanimousSecretBallot, seen.subject("ballot"), Severity::Warning)
        .by(matter.unanimous.iter().chain(&matter.opposition).cloned())
        .with("ballots", &matter.unanimous.len())
        .with("opposed", &matter.opposition.len());
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}
