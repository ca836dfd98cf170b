//! 两公开: posting, objections, answers, corrections, taking down, and the archive at the end.

use jiff::civil::Date;

use super::commands::{
    AnswerObjection, Archive, CloseDisclosure, CorrectNotice, PostNotice, PostPlan, RaiseObjection, RecordAppraisal,
    ReportLightMatter, ReportNoticeMissing,
};
use super::deliberation::check_papers;
use super::events::{
    AppraisalRecorded, ConsultationArchived, DisclosureClosed, LightMatterReported, NoticeCorrected,
    NoticeFoundMissing, NoticePosted, ObjectionAnswered, ObjectionRaised, PlanPosted,
};
use super::facts::NoticeKind;
use super::standing::Posting;
use super::{Case, Decision, MAX_LINES, MAX_PAPERS, check_entries, check_not_before};
use crate::calendar::plus_days;
use crate::office::RollKind;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn post(case: Case<'_>, command: &PostNotice) -> Decision {
    case.check_after_resolution()?;
    let standing = &case.matter.standing;
    check_lines(command)?;
    let roster = case.village.roster;
    if roster.count_on(RollKind::SupervisoryCommittee, &command.supervisors) == 0 {
        return Err(RefusalCode::SupervisorsNotSigned.into());
    }
    let posted_already = standing.notice_of(command.kind).is_some();
    match command.kind {
        NoticeKind::Resolution | NoticeKind::Result if posted_already => {
            return Err(RefusalCode::NoticePostedAlready.into());
        }
        NoticeKind::Result => check_result_due(case)?,
        NoticeKind::Progress if standing.notice_of(NoticeKind::Resolution).is_none() => {
            return Err(RefusalCode::NoticeNotPosted.into());
        }
        NoticeKind::Resolution | NoticeKind::Progress => {}
    }
    let period = period(case, case.context.day())?;
    let event = NoticePosted {
        notice: u16::try_from(standing.notices.len() + 1).unwrap_or(u16::MAX),
        kind: command.kind,
        notice_no: command.notice_no.clone(),
        places: command.places.clone(),
        channels: command.channels.clone(),
        contact: command.contact.clone(),
        supervisors: command.supervisors.clone(),
        supervisors_opinion: command.supervisors_opinion.clone(),
        photo: command.photo.clone(),
        objections_until: period.objections_until,
        removable_on: period.removable_on,
    };
    Ok(vec![event.into()])
}

/// The result is posted after the works are accepted or the matter is completed, never before.
fn check_result_due(case: Case<'_>) -> Result<(), Refusal> {
    let standing = &case.matter.standing;
    let Some(completed_on) = standing.completed_on else {
        return Err(RefusalCode::NotCompleted.into());
    };
    if standing.notice_of(NoticeKind::Resolution).is_none() {
        return Err(RefusalCode::NoticeNotPosted.into());
    }
    check_not_before(case, completed_on)
}

fn check_lines(command: &PostNotice) -> Result<(), Refusal> {
    if command.places.is_empty() {
        return Err(RefusalCode::PlacesMissing.into());
    }
    check_entries(command.places.len() + command.channels.len(), MAX_LINES)?;
    check_entries(command.supervisors.len(), MAX_LINES)
}

struct Period {
    objections_until: Date,
    removable_on: Date,
}

/// Posted on day d: the last full day is d + 15 or the next working day, the first lawful day of removal the day after.
fn period(case: Case<'_>, posted_on: Date) -> Result<Period, Refusal> {
    let rules = &case.procedure.disclosure;
    let calendar = &case.context.rules.calendar;
    // A kind of matter may have to hang longer than the procedure says.
    let own = case.own_rules().into_iter().filter_map(|row| row.posted.as_ref()).map(|days| days.days);
    let days = own.fold(rules.posted.days, u16::max);
    let last = calendar.period_end(posted_on, days)?;
    Ok(Period {
        objections_until: calendar.period_end(posted_on, rules.objections.days)?,
        removable_on: plus_days(last, 1)?,
    })
}

/// Where the plan itself is posted, it hangs before the next step may meet.
pub(super) fn post_plan(case: Case<'_>, at: &str, command: &PostPlan) -> Decision {
    case.check_order()?;
    let Some(rule) = &case.procedure.disclosure.plan else {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", at).with("act", "postPlan"));
    };
    if case.lane()?.after(&rule.after) != Some(at) {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", at).with("act", "postPlan"));
    }
    if case.matter.plan.is_none() {
        return Err(RefusalCode::PlanMissing.into());
    }
    if case.matter.standing.plan_until.is_some() {
        return Err(RefusalCode::NoticePostedAlready.into());
    }
    if command.places.is_empty() {
        return Err(RefusalCode::PlacesMissing.into());
    }
    check_entries(command.places.len(), MAX_LINES)?;
    let last = case.context.rules.calendar.period_end(case.context.day(), rule.posted.days)?;
    let event = PlanPosted {
        after: rule.after.clone(),
        places: command.places.clone(),
        photo: command.photo.clone(),
        until: plus_days(last, 1)?,
    };
    Ok(vec![event.into()])
}

/// Anybody may say that a notice does not hang where it should, before it could lawfully be taken down.
pub(super) fn report_missing(case: Case<'_>, command: &ReportNoticeMissing) -> Decision {
    let notice = open_notice(case, command.notice)?;
    check_not_before(case, notice.posted_on)?;
    let event = NoticeFoundMissing { notice: notice.no, place: command.place.clone(), photo: command.photo.clone() };
    Ok(vec![event.into()])
}

/// A light matter is reported to the next meeting of the representatives.
pub(super) fn report_light(case: Case<'_>, command: &ReportLightMatter) -> Decision {
    case.check_after_resolution()?;
    if case.lane()?.report.is_none() || case.matter.standing.reported_on.is_some() {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder)
            .with("at", "executing")
            .with("act", "reportLightMatter"));
    }
    let resolved = case.matter.standing.resolved_on.unwrap_or_default();
    if command.meeting_on < resolved || command.meeting_on > case.context.day() {
        return Err(Refusal::from(RefusalCode::ActsOutOfOrder)
            .with("meeting_on", command.meeting_on.to_string())
            .with("not_before", resolved.to_string())
            .with("not_after", case.context.day().to_string()));
    }
    Ok(vec![LightMatterReported { meeting_on: command.meeting_on, paper: command.paper.clone() }.into()])
}

/// 群众评议: the people judge the outcome once it is disclosed.
pub(super) fn appraise(case: Case<'_>, command: &RecordAppraisal) -> Decision {
    let Some(posted) = case.matter.standing.notice_of(NoticeKind::Result) else {
        return Err(RefusalCode::NoticeNotPosted.into());
    };
    check_not_before(case, posted.posted_on)?;
    if command.satisfied == 0 && command.partly == 0 && command.dissatisfied == 0 {
        return Err(RefusalCode::EntriesMissing.into());
    }
    let event = AppraisalRecorded {
        satisfied: command.satisfied,
        partly: command.partly,
        dissatisfied: command.dissatisfied,
        paper: command.paper.clone(),
    };
    Ok(vec![event.into()])
}

fn open_notice(case: Case<'_>, no: u16) -> Result<&Posting, Refusal> {
    let open = case.matter.standing.notices.iter().find(|n| n.no == no && n.closed_on.is_none() && !n.void);
    open.ok_or_else(|| Refusal::from(RefusalCode::NoticeNotPosted).with("notice", u64::from(no)))
}

pub(super) fn object(case: Case<'_>, command: &RaiseObjection) -> Decision {
    let notice = open_notice(case, command.notice)?;
    check_not_before(case, notice.posted_on)?;
    let day = case.context.day();
    // Any villager may query a notice as long as it is posted; an open objection holds back its taking down and the start.
    let answer = &case.procedure.disclosure.answer;
    let event = ObjectionRaised {
        objection: u16::try_from(case.matter.standing.objections.len() + 1).unwrap_or(u16::MAX),
        notice: notice.no,
        about: command.about,
        text: command.text.clone(),
        answer_due_on: case.context.rules.calendar.period_end(day, answer.days)?,
    };
    Ok(vec![event.into()])
}

pub(super) fn answer(case: Case<'_>, command: &AnswerObjection) -> Decision {
    let no = u64::from(command.objection);
    let Some(objection) = case.matter.standing.objections.iter().find(|o| o.no == command.objection) else {
        return Err(Refusal::from(RefusalCode::ObjectionUnknown).with("objection", no));
    };
    if objection.answered_on.is_some() {
        return Err(Refusal::from(RefusalCode::ObjectionAnsweredAlready).with("objection", no));
    }
    check_not_before(case, objection.raised_on)?;
    let event = ObjectionAnswered {
        objection: command.objection,
        answer: command.answer.clone(),
        upheld: command.upheld,
        remedy: command.remedy,
    };
    Ok(vec![event.into()])
}

pub(super) fn correct(case: Case<'_>, command: &CorrectNotice) -> Decision {
    let notice = open_notice(case, command.notice)?;
    check_not_before(case, notice.posted_on)?;
    let period = period(case, case.context.day())?;
    let event = NoticeCorrected {
        notice: notice.no,
        correction: command.correction.clone(),
        objections_until: period.objections_until,
        removable_on: period.removable_on,
    };
    Ok(vec![event.into()])
}

pub(super) fn close(case: Case<'_>, command: &CloseDisclosure) -> Decision {
    let notice = open_notice(case, command.notice)?;
    let day = case.context.day();
    if day < notice.removable_on {
        return Err(Refusal::from(RefusalCode::PostingTooShort)
            .with("posted_on", notice.posted_on.to_string())
            .with("removable_on", notice.removable_on.to_string())
            .with("day", day.to_string())
            .by(&case.procedure.disclosure.posted.basis));
    }
    check_objections(case, notice.no)?;
    Ok(vec![DisclosureClosed { notice: notice.no, kind: notice.kind }.into()])
}

/// Every objection to the notice is answered, and no correction is owed.
pub(super) fn check_objections(case: Case<'_>, notice: u16) -> Result<(), Refusal> {
    let of_notice = || case.matter.standing.objections.iter().filter(|o| o.notice == notice);
    let open = of_notice().filter(|o| o.answered_on.is_none()).count() as u64;
    if open > 0 {
        return Err(Refusal::from(RefusalCode::ObjectionsOpen).with("open", open).by(&case
            .procedure
            .disclosure
            .answer
            .basis));
    }
    let last = of_notice().flat_map(|o| [Some(o.raised_on), o.answered_on]).flatten().max();
    if let Some(last) = last {
        check_not_before(case, last)?;
    }
    if of_notice().any(|o| o.correction_owed) {
        return Err(Refusal::from(RefusalCode::CorrectionOwed).with("notice", u64::from(notice)));
    }
    Ok(())
}

/// What a road owes besides the two disclosures: ratification, the report of a light matter, the people's judgement.
fn check_owed(case: Case<'_>) -> Result<(), Refusal> {
    let (standing, lane) = (&case.matter.standing, case.lane()?);
    if let Some(ratify) = lane.ratify.as_ref().filter(|_| standing.ratified_on.is_none()) {
        return Err(Refusal::from(RefusalCode::RatificationMissing).by(&ratify.basis));
    }
    if let Some(report) = lane.report.as_ref().filter(|_| standing.reported_on.is_none()) {
        return Err(Refusal::from(RefusalCode::ReportMissing).by(&report.basis));
    }
    if let Some(basis) = case.procedure.disclosure.appraisal.as_ref().filter(|_| standing.appraised_on.is_none()) {
        return Err(Refusal::from(RefusalCode::AppraisalMissing).by(basis));
    }
    Ok(())
}

pub(super) fn archive(case: Case<'_>, command: &Archive) -> Decision {
    let standing = &case.matter.standing;
    check_entries(command.papers.len(), MAX_PAPERS)?;
    if standing.completed_on.is_none() {
        return Err(RefusalCode::NotCompleted.into());
    }
    if standing.notice_of(NoticeKind::Resolution).is_none() || standing.notice_of(NoticeKind::Result).is_none() {
        return Err(RefusalCode::NoticeNotPosted.into());
    }
    check_owed(case)?;
    if let Some(open) = standing.notices.iter().find(|notice| notice.closed_on.is_none() && !notice.void) {
        return Err(Refusal::from(RefusalCode::DisclosureOpen)
            .with("notice", u64::from(open.no))
            .with("removable_on", open.removable_on.to_string()));
    }
    let all_closed_on = standing.notices.iter().filter_map(|notice| notice.closed_on).max().unwrap_or_default();
    check_not_before(case, all_closed_on)?;
    let required: Vec<_> =
        case.procedure.archive_papers.iter().copied().filter(|kind| !case.matter.papers.contains(kind)).collect();
    check_papers(&required, &command.papers)?;
    Ok(vec![ConsultationArchived { papers: command.papers.clone() }.into()])
}
