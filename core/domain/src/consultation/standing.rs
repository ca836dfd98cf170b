//! Where a matter stands: the light part of its state, which the decider and the docket share.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::events::{ConsultationEvent, DeliberationConcluded, MotionScreened};
use super::facts::{Emergency, ForumOutcome, NoticeKind, Outcome, Remedy};
use crate::ids::Fen;
use crate::matters::Lane;
use crate::moment::Moment;
use crate::procedure::ReopenPurpose;

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
    /// The road.
    pub lane: Lane,
    /// The group or courtyard that it belongs to.
    pub group: Option<u16>,
    /// 应急情形
    pub emergency: Option<Emergency>,
    /// Whether the owners must decide too.
    pub linked_owners: bool,
    /// What the owners decided.
    pub owners: Option<Outcome>,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether carrying out ended before its aim.
    pub terminated: bool,
    /// The only forms that may decide the step, after a motion found no majority either way.
    pub forms: Vec<String>,
    /// Opinions recorded and answered so far.
    pub opinions: Opinions,
    /// Last day for the answer of the authority that reviews.
    pub review_due_on: Option<Date>,
    /// First day on which the next step may meet, where the plan was posted.
    pub plan_until: Option<Date>,
    /// When the next meeting ratified what was done in an emergency.
    pub ratified_on: Option<Date>,
    /// When the representatives heard of a light matter.
    pub reported_on: Option<Date>,
    /// When the people judged the outcome.
    pub appraised_on: Option<Date>,
}

/// Opinions of a canvass.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinions {
    /// Recorded.
    pub recorded: u16,
    /// Answered.
    pub answered: u16,
    /// Taken up.
    pub accepted: u16,
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
    /// 重新议决: resolved, and deliberated again.
    Detour(Detour),
    /// It has ended.
    Ended(Ending),
}

/// A road off a resolved matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detour {
    /// What for.
    pub purpose: ReopenPurpose,
    /// The step at which it stands.
    pub code: String,
    /// The steps on the way, in order.
    pub steps: Vec<String>,
    /// The forms of the last meeting; empty for any.
    pub forms: Vec<String>,
    /// The sum needed beside the budget.
    pub extra: Option<Fen>,
    /// The meeting that is convened or sitting.
    pub meeting: Option<OpenMeeting>,
}

impl Detour {
    /// The step after the one at which it stands.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        let place = self.steps.iter().position(|code| *code == self.code)?;
        self.steps.get(place + 1).map(String::as_str)
    }
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
    /// 撤销: by the assembly or a court.
    Annulled,
    /// 协商办结: those concerned talked and no more is needed.
    Consulted,
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
    /// Whether the resolution that it tells of no longer stands.
    pub void: bool,
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
        self.notices.iter().rev().find(|notice| notice.kind == kind && !notice.void)
    }

    /// Objections not yet answered.
    pub fn open_objections(&self) -> impl Iterator<Item = &Objection> {
        self.objections.iter().filter(|objection| objection.answered_on.is_none())
    }

    /// The code of the step at which it stands.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match &self.stage {
            Stage::Step { code, .. } | Stage::Detour(Detour { code, .. }) => Some(code),
            Stage::Unborn | Stage::Moved | Stage::Executing | Stage::Ended(_) => None,
        }
    }

    /// The state after one more event.
    #[expect(clippy::too_many_lines, reason = "one row for each event, so that none is forgotten")]
    pub fn evolve(&mut self, event: &ConsultationEvent, at: Moment) {
        use ConsultationEvent as E;
        let day = at.day();
        match event {
            E::MotionRaised(e) => {
                self.procedure.clone_from(&e.procedure);
                self.version = 1;
                self.enter(Stage::Moved, day);
            }
            E::MotionScreened(e) => self.screen(e, day),
            E::MotionDismissed(_) => self.enter(Stage::Ended(Ending::Dismissed), day),
            E::PlanDrafted(e) => {
                self.planned_end = e.plan.planned_end;
                self.plan_until = None;
            }
            E::MotionAmended(e) => {
                if let Some(plan) = &e.plan {
                    self.planned_end = plan.planned_end;
                }
            }
            E::MeetingConvened(_)
            | E::MeetingClosed(_)
            | E::MeetingFoundInquorate(_)
            | E::StepPassed(_)
            | E::ProposalReturned(_)
            | E::ResolutionAdopted(_)
            | E::ConsultationRejected(_)
            | E::MotionDeadlocked(_)
            | E::LaneChanged(_) => self.deliberate(event, day),
            E::ConsultationWithdrawn(_) => self.enter(Stage::Ended(Ending::Withdrawn), day),
            E::ConsultationArchived(_) => self.enter(Stage::Ended(Ending::Archived), day),
            E::OpinionRecorded(_)
            | E::OpinionAnswered(_)
            | E::ReviewRequested(_)
            | E::ReviewAnswered(_)
            | E::ForumHeld(_)
            | E::PlanPosted(_)
            | E::OwnersDecided(_) => self.prepare(event, day),
            E::NoticePosted(_)
            | E::NoticeCorrected(_)
            | E::DisclosureClosed(_)
            | E::ObjectionRaised(_)
            | E::ObjectionAnswered(_) => self.disclose(event, day),
            E::WorkStarted(_) => self.started_on = Some(day),
            E::WorksAccepted(_) | E::ImplementationCompleted(_) => self.completed_on = Some(day),
            E::LightMatterReported(_) => self.reported_on = Some(day),
            E::AppraisalRecorded(_) => self.appraised_on = Some(day),
            E::ConsultationSuspended(_) => self.suspended = true,
            E::ConsultationResumed(_) => self.suspended = false,
            E::DeliberationReopened(_)
            | E::DeliberationConcluded(_)
            | E::CorrectionOrdered(_)
            | E::CourtAnnulled(_) => self.leave_the_road(event, day),
            E::RollFrozen(_)
            | E::MemberExcluded(_)
            | E::MembersCheckedIn(_)
            | E::MembersCheckedOut(_)
            | E::MembersJoinedOnline(_)
            | E::ProxiesAdmitted(_)
            | E::GuestsAttended(_)
            | E::MotionPut(_)
            | E::HandsCounted(_)
            | E::RollCalled(_)
            | E::PapersCounted(_)
            | E::DecisionMade(_)
            | E::PreferencesCounted(_)
            | E::CanvassClosed(_)
            | E::SignaturesCollected(_)
            | E::SignaturesClosed(_)
            | E::OwnersVoted(_)
            | E::NoticeFoundMissing(_)
            | E::InterestDeclared(_)
            | E::DutyUrged(_)
            | E::FlagClosed(_)
            | E::FiledWithTownship(_)
            | E::ContractSigned(_)
            | E::ProgressReported(_)
            | E::VariationApproved(_)
            | E::PaymentRecorded(_)
            | E::RectificationOrdered(_) => {}
        }
    }

    fn screen(&mut self, e: &MotionScreened, day: Date) {
        self.works = e.works;
        self.lane = e.lane;
        self.group = e.group;
        self.emergency = e.emergency;
        self.linked_owners = e.linked_owners;
        self.enter(Stage::Step { code: e.step.clone(), meeting: None }, day);
    }

    fn deliberate(&mut self, event: &ConsultationEvent, day: Date) {
        use ConsultationEvent as E;
        match event {
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
            E::StepPassed(e) => match &mut self.stage {
                Stage::Detour(detour) => {
                    detour.code.clone_from(&e.next);
                    self.since = Some(day);
                }
                _ => self.enter(Stage::Step { code: e.next.clone(), meeting: None }, day),
            },
            E::ProposalReturned(e) => {
                self.version = e.version;
                self.plan_until = None;
                self.go_back(&e.to, day);
            }
            E::LaneChanged(e) => {
                self.lane = e.lane;
                self.enter(Stage::Step { code: e.step.clone(), meeting: None }, day);
            }
            E::MotionDeadlocked(e) => {
                self.forms.clone_from(&e.forms);
                self.since = Some(day);
            }
            E::ResolutionAdopted(_) => {
                self.resolved_on = Some(day);
                self.enter(Stage::Executing, day);
            }
            E::ConsultationRejected(_) => self.enter(Stage::Ended(Ending::Rejected), day),
            _ => {}
        }
    }

    /// What happens at the steps at which no body votes.
    fn prepare(&mut self, event: &ConsultationEvent, day: Date) {
        use ConsultationEvent as E;
        match event {
            E::OpinionRecorded(e) => self.opinions.recorded = e.opinion,
            E::OpinionAnswered(e) => {
                self.opinions.answered += 1;
                self.opinions.accepted += u16::from(e.accepted);
            }
            E::ReviewRequested(e) => self.review_due_on = Some(e.answer_due_on),
            E::ReviewAnswered(_) => self.review_due_on = None,
            E::PlanPosted(e) => self.plan_until = Some(e.until),
            E::OwnersDecided(e) => self.owners = Some(e.outcome),
            E::ForumHeld(e) => match e.outcome {
                ForumOutcome::NoAgreement => self.enter(Stage::Ended(Ending::Consulted), day),
                ForumOutcome::CarryOut | ForumOutcome::ReportToGovernment | ForumOutcome::NeedsResolution => {}
            },
            _ => {}
        }
    }

    fn leave_the_road(&mut self, event: &ConsultationEvent, day: Date) {
        use ConsultationEvent as E;
        match event {
            E::DeliberationReopened(e) => {
                let detour = Detour {
                    purpose: e.purpose,
                    code: e.steps.first().cloned().unwrap_or_default(),
                    steps: e.steps.clone(),
                    forms: e.forms.clone(),
                    extra: e.extra_fen,
                    meeting: None,
                };
                self.enter(Stage::Detour(detour), day);
            }
            E::DeliberationConcluded(e) => self.conclude(e, day),
            // Also from a detour: what it deliberated falls with the resolution.
            E::CorrectionOrdered(_) => {
                self.fall();
                self.enter(Stage::Executing, day);
            }
            E::CourtAnnulled(_) => {
                self.fall();
                self.enter(Stage::Ended(Ending::Annulled), day);
            }
            _ => {}
        }
    }

    /// Where a detour ends: back to carrying out, or with a resolution that no longer stands.
    fn conclude(&mut self, e: &DeliberationConcluded, day: Date) {
        let carried = e.outcome == Outcome::Carried;
        match (e.purpose, carried) {
            (ReopenPurpose::Annulment, true) => {
                self.fall();
                self.enter(Stage::Ended(Ending::Annulled), day);
            }
            (ReopenPurpose::Reconsideration, false) => {
                self.fall();
                self.enter(Stage::Ended(Ending::Rejected), day);
            }
            (ReopenPurpose::Termination, true) | (ReopenPurpose::Ratification, false) => {
                // What was done is still owed to the public: the outcome is disclosed and the file is closed.
                self.terminated = true;
                self.completed_on = Some(day);
                self.ratified_on = self.ratified_on.or((e.purpose == ReopenPurpose::Ratification).then_some(day));
                self.enter(Stage::Executing, day);
            }
            (ReopenPurpose::Ratification, true) => {
                self.ratified_on = Some(day);
                self.enter(Stage::Executing, day);
            }
            (ReopenPurpose::Reconsideration | ReopenPurpose::Supplement, true)
            | (ReopenPurpose::Annulment | ReopenPurpose::Supplement | ReopenPurpose::Termination, false) => {
                self.enter(Stage::Executing, day);
            }
        }
    }

    /// Back to an earlier step. A detour goes on from a step of its own; from one that is not, the resolution itself is drafted
    /// anew, and what was resolved and disclosed before no longer stands.
    fn go_back(&mut self, to: &str, day: Date) {
        match &mut self.stage {
            Stage::Detour(detour) if detour.steps.iter().any(|code| code == to) => {
                to.clone_into(&mut detour.code);
                detour.meeting = None;
                self.forms.clear();
                self.since = Some(day);
            }
            stage => {
                let resolved = matches!(stage, Stage::Detour(_));
                if resolved {
                    self.fall();
                }
                self.enter(Stage::Step { code: to.to_owned(), meeting: None }, day);
            }
        }
    }

    /// The resolution no longer stands, nor do the notices that tell of it; what followed from it is owed anew.
    fn fall(&mut self) {
        self.resolved_on = None;
        self.started_on = None;
        self.completed_on = None;
        self.terminated = false;
        self.owners = None;
        self.ratified_on = None;
        self.reported_on = None;
        self.appraised_on = None;
        for notice in &mut self.notices {
            notice.void = true;
        }
        // Nobody can correct a notice that is void.
        for objection in &mut self.objections {
            objection.correction_owed = false;
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
                void: false,
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
        self.forms.clear();
        self.review_due_on = None;
        self.since = Some(day);
    }

    fn set_meeting(&mut self, open: Option<OpenMeeting>) {
        if let Stage::Step { meeting, .. } | Stage::Detour(Detour { meeting, .. }) = &mut self.stage {
            *meeting = open;
        }
    }
}
