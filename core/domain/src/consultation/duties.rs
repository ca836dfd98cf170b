//! What is due next in a matter, by when, and by which rule.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::facts::NoticeKind;
use super::standing::{Ending, Stage, Standing};
use crate::calendar::Calendar;
use crate::procedure::{Basis, Days, Procedure};

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
            Stage::Moved => vec![clock.within(DutyKind::Screen, None, since, &procedure.deadlines.screening)],
            Stage::Step { code, meeting: None } => clock.convene(code, since),
            Stage::Step { meeting: Some(open), .. } => {
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

    fn executing(&self, clock: &Clock<'_>) -> Vec<Duty> {
        let rules = clock.procedure;
        let resolved = self.resolved_on.unwrap_or_default();
        let mut duties = self.open_disclosures(clock);
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
                Some(_) => duties.extend(self.archive(clock)),
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
        let closed: Option<Vec<Date>> = self.notices.iter().map(|notice| notice.closed_on).collect();
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
        for notice in self.notices.iter().filter(|notice| notice.closed_on.is_none()) {
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
            Stage::Unborn | Stage::Moved | Stage::Step { .. } | Stage::Executing => None,
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

    fn convene(&self, step: &str, since: Date) -> Vec<Duty> {
        let rule = self.procedure.step(step).map(|(_, step)| &step.due_within);
        rule.map(|rule| self.within(DutyKind::Convene, Some(step.to_owned()), since, rule)).into_iter().collect()
    }
}
