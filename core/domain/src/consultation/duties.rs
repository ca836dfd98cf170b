//! What is due next in a matter, by when, and by which rule.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::facts::{NoticeKind, Outcome};
use super::standing::{Detour, Ending, Stage, Standing};
use crate::calendar::Calendar;
use crate::procedure::{Basis, Days, Procedure, StepKind};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// Screen the motion.
    Screen,
    /// Convene the meeting of a step.
    Convene,
    /// Hold the meeting that is convened.
    HoldMeeting,
    /// Close the meeting and file its papers.
    CloseMeeting,
    /// Post the resolution.
    PostResolution,
    /// Answer an objection.
    AnswerObjection,
    /// Correct a notice after an objection was upheld.
    CorrectNotice,
    /// Take the notice down and record it; not before a day.
    CloseDisclosure,
    /// Begin to carry it out.
    Start,
    /// Finish and accept it.
    Complete,
    /// Post the result.
    PostResult,
    /// Archive the file.
    Archive,
    /// Ask for opinions, answer them and close the canvass.
    Canvass,
    /// Collect the signatures of the households.
    CollectSignatures,
    /// Submit for review.
    RequestReview,
    /// The authority answers.
    AnswerReview,
    /// Hold the consultation.
    HoldForum,
    /// Let the owners decide.
    OwnersDecide,
    /// Post the plan.
    PostPlan,
    /// The next meeting ratifies what was done in an emergency.
    Ratify,
    /// Report a light matter to the representatives.
    Report,
    /// Let the people judge the outcome.
    Appraise,
}

/// Something that is due in a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// What.
    pub kind: DutyKind,
    /// Which step, meeting, notice or objection.
    pub of: Option<String>,
    /// First lawful day, where there is one.
    pub not_before: Option<Date>,
    /// Last day; `None` where no holiday data reach that far.
    pub due_on: Option<Date>,
    /// By which rule.
    pub basis: Basis,
}

impl Duty {
    /// Whether its last day is past.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.due_on.is_some_and(|due| due < today)
    }
}

impl Standing {
    /// What is due next, the earliest first.
    #[must_use]
    pub fn duties(&self, procedure: &Procedure, calendar: &Calendar) -> Vec<Duty> {
        let clock = Clock { procedure, calendar };
        let since = self.since.unwrap_or_default();
        let mut duties = match &self.stage {
            Stage::Unborn | Stage::Ended(_) => Vec::new(),
            // A suspended matter owes nothing but what the public is owed.
            _ if self.suspended => self.open_disclosures(&clock),
            Stage::Moved => vec![clock.within(DutyKind::Screen, None, since, &procedure.deadlines.screening)],
            Stage::Step { code, meeting: None } => self.at_step(&clock, code, since),
            Stage::Detour(Detour { code, meeting: None, .. }) => {
                let mut duties = self.open_disclosures(&clock);
                duties.extend(self.at_step(&clock, code, since));
                duties
            }
            Stage::Step { meeting: Some(open), .. } | Stage::Detour(Detour { meeting: Some(open), .. }) => {
                let of = Some(open.no.to_string());
                let closing = &procedure.deadlines.closing;
                let hold = Duty {
                    kind: DutyKind::HoldMeeting,
                    of: of.clone(),
                    not_before: Some(open.held_on),
                    due_on: Some(open.held_on),
                    basis: closing.basis.clone(),
                };
                vec![hold, clock.within(DutyKind::CloseMeeting, of, open.held_on, closing)]
            }
            Stage::Executing => self.executing(&clock),
        };
        duties.sort_by_key(|duty| duty.due_on);
        duties
    }

    /// What is due at a step at which nobody sits.
    fn at_step(&self, clock: &Clock<'_>, code: &str, since: Date) -> Vec<Duty> {
        let Some(step) = clock.procedure.step(code) else { return Vec::new() };
        let plan = clock.procedure.disclosure.plan.as_ref().filter(|rule| {
            let lane = clock.procedure.lane(self.lane);
            self.plan_until.is_none() && lane.and_then(|lane| lane.after(&rule.after)) == Some(code)
        });
        if let Some(rule) = plan.filter(|_| matches!(self.stage, Stage::Step { .. })) {
            let mut post = clock.within(DutyKind::PostPlan, Some(rule.after.clone()), since, &step.due_within);
            post.basis = rule.posted.basis.clone();
            return vec![post];
        }
        let kind = match step.kind {
            StepKind::Meeting => DutyKind::Convene,
            StepKind::Canvass => DutyKind::Canvass,
            StepKind::Signatures => DutyKind::CollectSignatures,
            StepKind::Review => DutyKind::RequestReview,
            StepKind::Forum => DutyKind::HoldForum,
            StepKind::Owners => DutyKind::OwnersDecide,
        };
        let of = Some(code.to_owned());
        match (self.review_due_on, &step.review) {
            (Some(due_on), Some(review)) => vec![Duty {
                kind: DutyKind::AnswerReview,
                of,
                not_before: None,
                due_on: Some(due_on),
                basis: review.answer.basis.clone(),
            }],
            _ => vec![clock.within(kind, of, since, &step.due_within)],
        }
    }

    /// What a road owes besides the two disclosures.
    fn owed_by_the_road(&self, clock: &Clock<'_>, resolved: Date) -> Vec<Duty> {
        let mut duties = Vec::new();
        let lane = clock.procedure.lane(self.lane);
        if let Some(rule) = lane.and_then(|l| l.ratify.as_ref()).filter(|_| self.ratified_on.is_none()) {
            duties.push(clock.within(DutyKind::Ratify, None, resolved, rule));
        }
        if let Some(rule) = lane.and_then(|l| l.report.as_ref()).filter(|_| self.reported_on.is_none()) {
            duties.push(clock.within(DutyKind::Report, None, resolved, rule));
        }
        if self.linked_owners && self.owners != Some(Outcome::Carried) {
            let mut decide = clock.within(DutyKind::OwnersDecide, None, resolved, &clock.procedure.deadlines.start);
            if let Some(owners) = &clock.procedure.owners {
                decide.basis = owners.participation.basis.clone();
            }
            duties.push(decide);
        }
        duties
    }

    fn executing(&self, clock: &Clock<'_>) -> Vec<Duty> {
        let rules = clock.procedure;
        let resolved = self.resolved_on.unwrap_or_default();
        let mut duties = self.open_disclosures(clock);
        duties.extend(self.owed_by_the_road(clock, resolved));
        let first = self.notice_of(NoticeKind::Resolution);
        match (first, self.started_on, self.completed_on) {
            (None, ..) => {
                duties.push(clock.within(DutyKind::PostResolution, None, resolved, &rules.disclosure.resolution_due));
            }
            (Some(first), None, None) => {
                let mut start = clock.within(DutyKind::Start, None, first.objections_until, &rules.deadlines.start);
                start.not_before = crate::calendar::plus_days(first.objections_until, 1).ok();
                if !self.works {
                    start.kind = DutyKind::Complete;
                }
                duties.push(start);
            }
            (Some(_), Some(started), None) => duties.push(self.completion(clock, started)),
            (Some(_), _, Some(completed)) => match self.notice_of(NoticeKind::Result) {
                None => duties.push(clock.within(DutyKind::PostResult, None, completed, &rules.disclosure.result_due)),
                Some(posted) => {
                    if let Some(basis) = rules.disclosure.appraisal.as_ref().filter(|_| self.appraised_on.is_none()) {
                        let mut appraise =
                            clock.within(DutyKind::Appraise, None, posted.posted_on, &rules.deadlines.archive);
                        appraise.basis = basis.clone();
                        duties.push(appraise);
                    }
                    duties.extend(self.archive(clock));
                }
            },
        }
        duties
    }

    fn completion(&self, clock: &Clock<'_>, started: Date) -> Duty {
        let rule = &clock.procedure.deadlines.completion;
        match self.planned_end {
            Some(end) => Duty {
                kind: DutyKind::Complete,
                of: None,
                not_before: None,
                due_on: Some(end),
                basis: rule.basis.clone(),
            },
            None => clock.within(DutyKind::Complete, None, started, rule),
        }
    }

    fn archive(&self, clock: &Clock<'_>) -> Option<Duty> {
        let closed: Option<Vec<Date>> =
            self.notices.iter().filter(|notice| !notice.void).map(|notice| notice.closed_on).collect();
        let last = closed?.into_iter().max()?;
        Some(clock.within(DutyKind::Archive, None, last, &clock.procedure.deadlines.archive))
    }

    fn open_disclosures(&self, clock: &Clock<'_>) -> Vec<Duty> {
        let rules = clock.procedure;
        let mut duties = Vec::new();
        for objection in &self.objections {
            if objection.answered_on.is_none() {
                duties.push(Duty {
                    kind: DutyKind::AnswerObjection,
                    of: Some(objection.no.to_string()),
                    not_before: None,
                    due_on: Some(objection.answer_due_on),
                    basis: rules.disclosure.answer.basis.clone(),
                });
            } else if objection.correction_owed {
                let since = objection.answered_on.unwrap_or_default();
                let of = Some(objection.notice.to_string());
                duties.push(clock.within(DutyKind::CorrectNotice, of, since, &rules.deadlines.correction));
            }
        }
        for notice in self.notices.iter().filter(|notice| notice.closed_on.is_none() && !notice.void) {
            let of = Some(notice.no.to_string());
            let mut close =
                clock.within(DutyKind::CloseDisclosure, of, notice.removable_on, &rules.deadlines.taking_down);
            close.not_before = Some(notice.removable_on);
            duties.push(close);
        }
        duties
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        match self.stage {
            Stage::Ended(ending) => Some(ending),
            Stage::Unborn | Stage::Moved | Stage::Step { .. } | Stage::Executing | Stage::Detour(_) => None,
        }
    }
}

struct Clock<'a> {
    procedure: &'a Procedure,
    calendar: &'a Calendar,
}

impl Clock<'_> {
    fn within(&self, kind: DutyKind, of: Option<String>, since: Date, rule: &Days) -> Duty {
        let due_on = self.calendar.period_end(since, rule.days).ok();
        Duty { kind, of, not_before: None, due_on, basis: rule.basis.clone() }
    }
}
