//! Where a matter stands: the light part of its state, which the decider and the docket share.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::events::ConsultationEvent;
use super::facts::{NoticeKind, Remedy};
use crate::moment::Moment;

/// Where a matter stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The stage.
    pub stage: Stage,
    /// The civil day on which the stage, or the step in it, began.
    pub since: Option<Date>,
    /// The procedure that binds the matter.
    pub procedure: String,
    /// Whether carrying it out means works.
    pub works: bool,
    /// Version of the draft.
    pub version: u16,
    /// Meetings convened so far.
    pub meetings: u16,
    /// All notices.
    pub notices: Vec<Posting>,
    /// All objections.
    pub objections: Vec<Objection>,
    /// When it was resolved.
    pub resolved_on: Option<Date>,
    /// Planned last day.
    pub planned_end: Option<Date>,
    /// When carrying out began.
    pub started_on: Option<Date>,
    /// When it was accepted or completed.
    pub completed_on: Option<Date>,
}

/// The stage of a matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is known of it.
    #[default]
    Unborn,
    /// 动议: raised, not yet screened.
    Moved,
    /// 议: at a deliberation step.
    Step {
        /// The step's code.
        code: String,
        /// The meeting that is convened or sitting.
        meeting: Option<OpenMeeting>,
    },
    /// 公开与实施: resolved; disclosed and carried out.
    Executing,
    /// It has ended.
    Ended(Ending),
}

/// A meeting that is convened and not closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenMeeting {
    /// Its number.
    pub no: u16,
    /// Its form.
    pub form: String,
    /// Its day.
    pub held_on: Date,
}

/// How a matter ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// 不予受理
    Dismissed,
    /// 未通过
    Rejected,
    /// 撤回
    Withdrawn,
    /// 归档
    Archived,
}

/// A notice on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Its number within the matter.
    pub no: u16,
    /// Which.
    pub kind: NoticeKind,
    /// When it was posted, or last corrected.
    pub posted_on: Date,
    /// Last day of the objection window.
    pub objections_until: Date,
    /// First day on which it may lawfully be taken down.
    pub removable_on: Date,
    /// When it was taken down.
    pub closed_on: Option<Date>,
}

/// An objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// Its number within the matter.
    pub no: u16,
    /// Against which notice.
    pub notice: u16,
    /// When it was raised.
    pub raised_on: Date,
    /// Last day for the answer.
    pub answer_due_on: Date,
    /// When it was answered.
    pub answered_on: Option<Date>,
    /// Whether a correction of the notice is still owed.
    pub correction_owed: bool,
}

impl Standing {
    /// The notice of a kind that counts: the last one posted.
    #[must_use]
    pub fn notice_of(&self, kind: NoticeKind) -> Option<&Posting> {
        self.notices.iter().rev().find(|notice| notice.kind == kind)
    }

    /// Objections not yet answered.
    pub fn open_objections(&self) -> impl Iterator<Item = &Objection> {
        self.objections.iter().filter(|objection| objection.answered_on.is_none())
    }

    /// The code of the step at which it stands.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match &self.stage {
            Stage::Step { code, .. } => Some(code),
            Stage::Unborn | Stage::Moved | Stage::Executing | Stage::Ended(_) => None,
        }
    }

    /// The state after one more event.
    pub fn evolve(&mut self, event: &ConsultationEvent, at: Moment) {
        use ConsultationEvent as E;
        let day = at.day();
        match event {
            E::MotionRaised(e) => {
                self.procedure.clone_from(&e.procedure);
                self.version = 1;
                self.enter(Stage::Moved, day);
            }
            E::MotionScreened(e) => {
                self.works = e.works;
                self.enter(Stage::Step { code: e.step.clone(), meeting: None }, day);
            }
            E::MotionDismissed(_) => self.enter(Stage::Ended(Ending::Dismissed), day),
            E::PlanDrafted(e) => self.planned_end = e.plan.planned_end,
            E::MotionAmended(e) => {
                if let Some(plan) = &e.plan {
                    self.planned_end = plan.planned_end;
                }
            }
            E::MeetingConvened(e) => {
                self.meetings = e.meeting;
                let open = OpenMeeting { no: e.meeting, form: e.form.clone(), held_on: e.held_at.day() };
                self.set_meeting(Some(open));
            }
            E::MeetingClosed(_) => self.set_meeting(None),
            E::MeetingFoundInquorate(_) => {
                self.set_meeting(None);
                self.since = Some(day);
            }
            E::StepPassed(e) => self.enter(Stage::Step { code: e.next.clone(), meeting: None }, day),
            E::ProposalReturned(e) => {
                self.version = e.version;
                self.enter(Stage::Step { code: e.to.clone(), meeting: None }, day);
            }
            E::ResolutionAdopted(_) => {
                self.resolved_on = Some(day);
                self.enter(Stage::Executing, day);
            }
            E::ConsultationRejected(_) => self.enter(Stage::Ended(Ending::Rejected), day),
            E::ConsultationWithdrawn(_) => self.enter(Stage::Ended(Ending::Withdrawn), day),
            E::ConsultationArchived(_) => self.enter(Stage::Ended(Ending::Archived), day),
            E::NoticePosted(_)
            | E::NoticeCorrected(_)
            | E::DisclosureClosed(_)
            | E::ObjectionRaised(_)
            | E::ObjectionAnswered(_) => self.disclose(event, day),
            E::WorkStarted(_) => self.started_on = Some(day),
            E::WorksAccepted(_) | E::ImplementationCompleted(_) => self.completed_on = Some(day),
            E::RollFrozen(_)
            | E::MemberExcluded(_)
            | E::MembersCheckedIn(_)
            | E::MembersCheckedOut(_)
            | E::MotionPut(_)
            | E::HandsCounted(_)
            | E::RollCalled(_)
            | E::PapersCounted(_)
            | E::DecisionMade(_)
            | E::FiledWithTownship(_)
            | E::ContractSigned(_)
            | E::ProgressReported(_)
            | E::VariationApproved(_)
            | E::PaymentRecorded(_)
            | E::RectificationOrdered(_) => {}
        }
    }

    fn disclose(&mut self, event: &ConsultationEvent, day: Date) {
        use ConsultationEvent as E;
        match event {
            E::NoticePosted(e) => self.notices.push(Posting {
                no: e.notice,
                kind: e.kind,
                posted_on: day,
                objections_until: e.objections_until,
                removable_on: e.removable_on,
                closed_on: None,
            }),
            E::NoticeCorrected(e) => {
                for notice in self.notices.iter_mut().filter(|n| n.no == e.notice) {
                    notice.posted_on = day;
                    notice.objections_until = e.objections_until;
                    notice.removable_on = e.removable_on;
                }
                for objection in self.objections.iter_mut().filter(|o| o.notice == e.notice) {
                    objection.correction_owed = false;
                }
            }
            E::DisclosureClosed(e) => {
                for notice in self.notices.iter_mut().filter(|n| n.no == e.notice) {
                    notice.closed_on = Some(day);
                }
            }
            E::ObjectionRaised(e) => self.objections.push(Objection {
                no: e.objection,
                notice: e.notice,
                raised_on: day,
                answer_due_on: e.answer_due_on,
                answered_on: None,
                correction_owed: false,
            }),
            E::ObjectionAnswered(e) => {
                for objection in self.objections.iter_mut().filter(|o| o.no == e.objection) {
                    objection.answered_on = Some(day);
                    objection.correction_owed = e.remedy == Remedy::CorrectNotice;
                }
            }
            _ => {}
        }
    }

    fn enter(&mut self, stage: Stage, day: Date) {
        self.stage = stage;
        self.since = Some(day);
    }

    fn set_meeting(&mut self, open: Option<OpenMeeting>) {
        if let Stage::Step { meeting, .. } = &mut self.stage {
            *meeting = open;
        }
    }
}
