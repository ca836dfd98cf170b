//! 议: drafting the plan, convening and closing a meeting, and where a step leads.

use std::collections::BTreeSet;

use super::commands::{CloseMeeting, ConveneMeeting, DraftPlan, ReturnForRevision};
use super::events::{
    ConsultationEvent, ConsultationRejected, DeliberationConcluded, MeetingClosed, MeetingConvened,
    MeetingFoundInquorate, MotionDeadlocked, PlanDrafted, ProposalReturned, ResolutionAdopted, RollFrozen, StepPassed,
};
use super::facts::{MAX_SOURCES, Outcome, Paper, Plan, ReturnReason};
use super::standing::{Detour, Stage};
use super::{Case, Decision, MAX_LINES, MAX_PAPERS, Meeting, ROLL_PART, check_entries};
use crate::calendar::days_between;
use crate::ids::{Fen, Paragraph, PersonId};
use crate::matters::{Lane, StatutoryMatter};
use crate::procedure::{Days, Form, OnLost, PaperKind, Step, StepKind};
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
    let passed_a_plan = case.plan_has_passed(step);
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
    let step = case.step_of_kind(step_code, StepKind::Meeting, "conveneMeeting")?;
    let Some(form) = step.form(&command.form) else {
        return Err(Refusal::from(RefusalCode::FormUnknown).with("form", command.form.as_str()));
    };
    if !form.convened_by.contains(&case.context.actor.office) {
        return Err(case.context.not_competent().with("act", "conveneMeeting"));
    }
    check_form_open(case, form)?;
    check_road_of_the_day(case, command)?;
    check_merge(case, form)?;
    // What was resolved in an emergency may have had no plan; its ratification asks for none either.
    let on_the_road = matches!(case.matter.standing.stage, Stage::Step { .. });
    if on_the_road && (step.needs_plan || form.merges.is_some()) && case.matter.plan.is_none() {
        return Err(RefusalCode::PlanMissing.into());
    }
    check_entries(command.agenda.len(), MAX_LINES)?;
    check_delegation(case, form, command)?;
    check_limit(case)?;
    check_plan_posting(case, step, command)?;
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

/// After a motion found no majority either way, and on a road that was called for, only some forms may decide.
fn check_form_open(case: Case<'_>, form: &Form) -> Result<(), Refusal> {
    let standing = &case.matter.standing;
    let open: &[String] = match &standing.stage {
        // A motion without a majority goes on to the assembly, whoever was called first.
        Stage::Detour(detour) if detour.next().is_none() && standing.forms.is_empty() => &detour.forms,
        _ => &standing.forms,
    };
    if open.is_empty() || open.contains(&form.id) {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::FormNotOpen).with("form", form.id.as_str()).with("open", open.join(",")))
}

/// What the law has moved to another body since the matter was screened is not decided on the old road: it is screened again.
fn check_road_of_the_day(case: Case<'_>, command: &ConveneMeeting) -> Result<(), Refusal> {
    let lane = case.matter.standing.lane;
    let asked = road_asked_for(case, command.held_at.day());
    if asked != Some(Lane::MembersAssembly) || lane == Lane::MembersAssembly {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::LaneNotPermitted)
        .with("asked", lane.as_str())
        .with("lane", Lane::MembersAssembly.as_str()))
}

/// The strictest road that the matter's kinds ask for on a day.
pub(super) fn road_asked_for(case: Case<'_>, day: jiff::civil::Date) -> Option<Lane> {
    let rows = case.matter.matters.iter().filter_map(|code| case.context.rules.matters.find(code, day));
    rows.map(|row| row.lane).reduce(Lane::stricter)
}

/// S1 and S2 are held as one only where one person holds both posts (一肩挑).
fn check_merge(case: Case<'_>, form: &Form) -> Result<(), Refusal> {
    match &form.merges {
        Some(merge) if !case.village.roster.has_dual_office_holder() => {
            Err(Refusal::from(RefusalCode::MergeNotPermitted).with("merges", merge.step.as_str()).by(&merge.basis))
        }
        _ => Ok(()),
    }
}

/// A light matter stays below the limit of its road.
fn check_limit(case: Case<'_>) -> Result<(), Refusal> {
    let Some(limit) = &case.lane()?.limit else { return Ok(()) };
    let budget = case.matter.plan.as_ref().and_then(|plan| plan.budget_fen).unwrap_or_default();
    if budget <= limit.fen {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::LightLimitExceeded)
        .with("budget_fen", budget.0)
        .with("limit_fen", limit.fen.0)
        .by(&limit.basis))
}

/// Where the plan itself is posted, the next step meets only when it has hung long enough.
fn check_plan_posting(case: Case<'_>, step: &Step, command: &ConveneMeeting) -> Result<(), Refusal> {
    let Some(rule) = &case.procedure.disclosure.plan else { return Ok(()) };
    let next = case.lane()?.after(&rule.after) == Some(step.code.as_str());
    if !next || !matches!(case.matter.standing.stage, Stage::Step { .. }) {
        return Ok(());
    }
    let Some(until) = case.matter.standing.plan_until else {
        return Err(Refusal::from(RefusalCode::PlanNotPosted).by(&rule.posted.basis));
    };
    if command.held_at.day() >= until {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::PlanNotPosted)
        .with("held_on", command.held_at.day().to_string())
        .with("not_before", until.to_string())
        .by(&rule.posted.basis))
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
    // A kind of matter may ask for longer notice than the meeting itself.
    let own = case.own_rules_at(&command.step).into_iter().filter_map(|row| row.notice.as_ref());
    if let Some(rule) = form.notice.iter().chain(own).max_by_key(|rule| rule.days).filter(|_| !excused) {
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
            return Err(Refusal::from(RefusalCode::RollMissing).with("roll", crate::wire::name(kind)));
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
    let due = match case.matter.standing.group.filter(|_| form.group_only) {
        None => roster.distinct(&form.rolls, form.voting_only),
        Some(group) => roster.distinct_in_group(&form.rolls, group),
    };
    if due.is_empty() {
        return Err(Refusal::from(RefusalCode::RollMissing).with("roll", "group"));
    }
    Ok(due)
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
    let lane = case.lane()?;
    let (from, to) = (lane.place(at), lane.place(&command.to));
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
        return Ok(vec![close_undecided(case, meeting, form, command)]);
    };
    check_papers(&step.papers, &command.papers)?;
    let mut events: Vec<ConsultationEvent> =
        vec![MeetingClosed { meeting: meeting.no, papers: command.papers.clone() }.into()];
    match outcome {
        Outcome::Carried => events.extend(carried(case, step, form)?),
        Outcome::Lost => events.push(match &form.on_deadlock {
            Some(rule) if meeting.deadlocked => MotionDeadlocked {
                step: step.code.clone(),
                form: form.id.clone(),
                forms: rule.forms.clone(),
                basis: rule.basis.clone(),
            }
            .into(),
            _ => lost(case, step),
        }),
    }
    Ok(events)
}

/// A meeting that decided nothing: inquorate if the most who were ever present fell short, otherwise simply closed.
fn close_undecided(case: Case<'_>, meeting: &Meeting, form: &Form, command: &CloseMeeting) -> ConsultationEvent {
    let due = case.due(meeting, form);
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

/// Where a carried motion leads; a meeting that was held as one with the next step passes both.
fn carried(case: Case<'_>, step: &Step, form: &Form) -> Decision {
    let text = case.matter.text.clone();
    let Some(merge) = &form.merges else { return passes(case, &step.code, &form.id, text) };
    let mut events = vec![StepPassed { step: step.code.clone(), next: merge.step.clone() }.into()];
    events.extend(passes(case, &merge.step, &form.id, text)?);
    Ok(events)
}

/// Where a step leads that has passed: to the next one, to the resolution, or to the end of a detour. `text` is what was
/// decided, where the step itself decided something.
pub(super) fn passes(case: Case<'_>, step: &str, form: &str, text: Option<Paragraph>) -> Decision {
    if let Stage::Detour(detour) = &case.matter.standing.stage {
        return Ok(vec![match detour.next() {
            Some(next) => StepPassed { step: step.to_owned(), next: next.to_owned() }.into(),
            None => concluded(case, detour, step, Outcome::Carried),
        }]);
    }
    if let Some(next) = case.lane()?.after(step) {
        return Ok(vec![StepPassed { step: step.to_owned(), next: next.to_owned() }.into()]);
    }
    // A review at the end of the road lets a resolution stand that a meeting before it has adopted.
    let by_meeting = text.is_some();
    let (decided_at, decided_in) = match &case.matter.decided {
        Some((step, form)) if !by_meeting => (step.clone(), form.clone()),
        _ => (step.to_owned(), form.to_owned()),
    };
    let text = text.or_else(|| case.matter.text.clone()).ok_or(RefusalCode::NoMotionOpen)?;
    let adopted = ResolutionAdopted {
        step: decided_at,
        form: decided_in,
        text,
        version: case.matter.standing.version,
        budget_fen: case.matter.plan.as_ref().and_then(|plan| plan.budget_fen),
    };
    Ok(vec![adopted.into()])
}

/// Where a lost motion leads: back, to the end, or off the detour again.
pub(super) fn lost(case: Case<'_>, step: &Step) -> ConsultationEvent {
    if let Stage::Detour(detour) = &case.matter.standing.stage {
        return concluded(case, detour, &step.code, Outcome::Lost);
    }
    match &step.on_lost {
        OnLost::Reject => ConsultationRejected { step: step.code.clone() }.into(),
        OnLost::ReturnTo(to) => returned(case, &step.code, case.returns_to(to), ReturnReason::MotionLost, None),
    }
}

fn concluded(case: Case<'_>, detour: &Detour, step: &str, outcome: Outcome) -> ConsultationEvent {
    let supplement = detour.extra.filter(|_| outcome == Outcome::Carried);
    DeliberationConcluded {
        purpose: detour.purpose,
        step: step.to_owned(),
        outcome,
        budget_fen: supplement.map(|extra| case.matter.money.budget.plus(extra)),
    }
    .into()
}

impl Case<'_> {
    /// The rows of the matter's kinds that bring numbers of their own.
    pub(super) fn own_rules(&self) -> Vec<&StatutoryMatter> {
        let rows = self.matter.matters.iter();
        let day = self.context.day();
        rows.filter_map(|code| self.context.rules.matters.find(code, day)).flat_map(|row| row.own_rules).collect()
    }

    /// The same at the step that decides, and nowhere else: a statute speaks of the body that resolves, not of those before it.
    pub(super) fn own_rules_at(&self, step: &str) -> Vec<&StatutoryMatter> {
        let is_meeting = |code: &&String| self.procedure.step(code).is_some_and(|step| step.kind == StepKind::Meeting);
        let road = match &self.matter.standing.stage {
            Stage::Detour(detour) => Some(&detour.steps),
            _ => self.procedure.lane(self.matter.standing.lane).map(|lane| &lane.steps),
        };
        let deciding = road.and_then(|steps| steps.iter().rfind(is_meeting));
        if deciding.is_some_and(|code| code == step) { self.own_rules() } else { Vec::new() }
    }

    /// Whether a body that needed a plan has passed one on this road already.
    fn plan_has_passed(&self, at: &str) -> bool {
        let Ok(lane) = self.lane() else { return false };
        let before = lane.steps.iter().take_while(|code| *code != at);
        before.filter_map(|code| self.procedure.step(code)).any(|step| step.needs_plan)
    }
}
