//! What happens to a matter. Times, actor and body stand in the envelope, not here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::facts::{
    Amendment, ContractTerms, ExclusionCause, Initiator, MotionSource, NoticeKind, ObjectionAbout, Outcome, Paper,
    PayeeKind, Plan, Remedy, ReturnReason, Tellers, Vote,
};
use crate::event_enum::events;
use crate::ids::{Fen, JurisdictionCode, Line, MatterCode, PaperHash, Paragraph, PersonId, Sealed};
use crate::moment::Moment;
use crate::procedure::BallotForm;
use crate::tally::{Counts, Test};

macro_rules! event_structs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
        )+
    };
}

event_structs! {
    /// 动议提出
    MotionRaised {
        /// Where.
        jurisdiction: JurisdictionCode,
        /// The procedure in force on the day, which binds the matter from here on.
        procedure: String,
        /// Its version.
        procedure_version: u32,
        /// Title.
        title: Line,
        /// The kinds of matter it touches.
        matters: Vec<MatterCode>,
        /// 动议事由
        source: MotionSource,
        /// Who raised it.
        initiator: Initiator,
        /// The share of signatories, where initiators act jointly.
        signatures: Option<Test>,
        /// What it is about.
        summary: Paragraph,
    }
    /// 受理
    MotionScreened {
        /// The kinds of matter as screened.
        matters: Vec<MatterCode>,
        /// Whether carrying it out means works.
        works: bool,
        /// The first step.
        step: String,
    }
    /// 不予受理, with an answer to the initiator.
    MotionDismissed {
        /// The answer.
        answer: Paragraph,
    }
    /// 形成方案
    PlanDrafted {
        /// Version of the draft.
        version: u16,
        /// The plan.
        plan: Plan,
    }
    /// 会议召集
    MeetingConvened {
        /// Number of the meeting within the matter, from 1.
        meeting: u16,
        /// The step.
        step: String,
        /// The form.
        form: String,
        /// When it will be held.
        held_at: Moment,
        /// Where.
        place: Line,
        /// Agenda.
        agenda: Vec<Line>,
        /// Who chairs.
        chair: PersonId,
        /// When the plan was delivered to those due.
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        plan_delivered_on: Option<Date>,
        /// Why the notice was shorter than ordered.
        special_circumstances: Option<Line>,
    }
    /// 应到名单冻结: one part of the persons due.
    RollFrozen {
        /// The meeting.
        meeting: u16,
        /// Part number from 1.
        part: u16,
        /// How many parts there are.
        parts: u16,
        /// The persons due.
        due: Vec<PersonId>,
    }
    /// 不计入应到
    MemberExcluded {
        /// The meeting.
        meeting: u16,
        /// Who.
        person: PersonId,
        /// Why.
        cause: ExclusionCause,
        /// Who approved it.
        approver: PersonId,
    }
    /// 签到
    MembersCheckedIn {
        /// The meeting.
        meeting: u16,
        /// Who.
        persons: Vec<PersonId>,
    }
    /// 离会
    MembersCheckedOut {
        /// The meeting.
        meeting: u16,
        /// Who.
        persons: Vec<PersonId>,
    }
    /// 付诸表决: quorum and composition as they stood at this moment.
    MotionPut {
        /// The meeting.
        meeting: u16,
        /// Number of the motion within the meeting, from 1.
        motion: u16,
        /// The text put.
        text: Paragraph,
        /// How it is voted on.
        ballot: BallotForm,
        /// Who counts.
        tellers: Option<Tellers>,
        /// 应到
        due: u64,
        /// 实到
        present: u64,
        /// Quorum first, then composition.
        tests: Vec<Test>,
    }
    /// 会上修改
    MotionAmended {
        /// The meeting.
        meeting: u16,
        /// The text as amended.
        text: Paragraph,
        /// What changed.
        changes: Vec<Amendment>,
        /// Whether the change is material.
        material: bool,
        /// The plan as amended.
        plan: Option<Plan>,
    }
    /// 举手表决结果: two tellers counted alike.
    HandsCounted {
        /// The meeting.
        meeting: u16,
        /// The motion.
        motion: u16,
        /// The counts.
        counts: Counts,
    }
    /// 点名表决
    RollCalled {
        /// The meeting.
        meeting: u16,
        /// The motion.
        motion: u16,
        /// Each vote.
        votes: Vec<Vote>,
    }
    /// 无记名投票清点
    PapersCounted {
        /// The meeting.
        meeting: u16,
        /// The motion.
        motion: u16,
        /// Papers printed.
        printed: u64,
        /// Papers handed out.
        handed_out: u64,
        /// Papers spoiled by a voter and exchanged.
        exchanged: u64,
        /// Papers never handed out.
        unused: u64,
        /// Papers found in the box.
        in_box: u64,
        /// The counts, equal in two independent counts.
        counts: Counts,
    }
    /// 表决结论, computed by the engine from the facts before it.
    DecisionMade {
        /// The meeting.
        meeting: u16,
        /// The motion.
        motion: u16,
        /// The step.
        step: String,
        /// The form of the meeting.
        form: String,
        /// 应到
        due: u64,
        /// 实到
        present: u64,
        /// The counts.
        counts: Counts,
        /// Present and in none of the counts.
        not_voting: u64,
        /// The quorum judged.
        quorum: Test,
        /// The threshold judged.
        threshold: Test,
        /// Carried or lost.
        outcome: Outcome,
        /// The procedure that judged.
        procedure: String,
        /// Its version.
        procedure_version: u32,
    }
    /// 闭会
    MeetingClosed {
        /// The meeting.
        meeting: u16,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 未达法定人数: the meeting closed without quorum and decided nothing.
    MeetingFoundInquorate {
        /// The meeting.
        meeting: u16,
        /// 应到
        due: u64,
        /// The most who were present at any moment.
        present: u64,
        /// The quorum judged.
        quorum: Test,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 该环节通过
    StepPassed {
        /// The step.
        step: String,
        /// The step that follows.
        next: String,
    }
    /// 退回修改
    ProposalReturned {
        /// From which step.
        from: String,
        /// To which step.
        to: String,
        /// Version of the draft from here on.
        version: u16,
        /// Why.
        reason: ReturnReason,
        /// In words.
        remark: Option<Paragraph>,
    }
    /// 决议通过
    ResolutionAdopted {
        /// The step that adopted it.
        step: String,
        /// The form of the meeting.
        form: String,
        /// The text resolved.
        text: Paragraph,
        /// Version of the draft.
        version: u16,
        /// The budget resolved.
        budget_fen: Option<Fen>,
    }
    /// 未通过
    ConsultationRejected {
        /// The step that rejected it.
        step: String,
    }
    /// 撤回
    ConsultationWithdrawn {
        /// Why.
        reason: Paragraph,
    }
    /// 公告张贴
    NoticePosted {
        /// Number of the notice within the matter, from 1.
        notice: u16,
        /// Which.
        kind: NoticeKind,
        /// The committee's own number of the paper.
        notice_no: Line,
        /// Places.
        places: Vec<Line>,
        /// Other channels.
        channels: Vec<Line>,
        /// Where to ask and object.
        contact: Line,
        /// Supervisors who signed.
        supervisors: Vec<PersonId>,
        /// Their opinion.
        supervisors_opinion: Line,
        /// Photo of the paper on the board.
        photo: Option<PaperHash>,
        /// Last day of the objection window.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        objections_until: Date,
        /// First day on which it may lawfully be taken down.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        removable_on: Date,
    }
    /// 异议
    ObjectionRaised {
        /// Number of the objection within the matter, from 1.
        objection: u16,
        /// Against which notice.
        notice: u16,
        /// What it is about.
        about: ObjectionAbout,
        /// Digest of its text.
        text: Sealed,
        /// Last day for the answer.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        answer_due_on: Date,
    }
    /// 答复
    ObjectionAnswered {
        /// Which.
        objection: u16,
        /// The answer.
        answer: Paragraph,
        /// Whether the objection is well founded.
        upheld: bool,
        /// What follows.
        remedy: Remedy,
    }
    /// 公告更正: the clock starts anew.
    NoticeCorrected {
        /// Which.
        notice: u16,
        /// What is corrected.
        correction: Paragraph,
        /// Last day of the objection window.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        objections_until: Date,
        /// First day on which it may lawfully be taken down.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        removable_on: Date,
    }
    /// 公示结束
    DisclosureClosed {
        /// Which notice.
        notice: u16,
        /// Which kind.
        kind: NoticeKind,
    }
    /// 备案
    FiledWithTownship {
        /// The receipt.
        paper: PaperHash,
    }
    /// 签订合同
    ContractSigned {
        /// The terms.
        terms: ContractTerms,
    }
    /// 开工
    WorkStarted {
        /// Remark.
        remark: Option<Line>,
    }
    /// 进度
    ProgressReported {
        /// What is done.
        text: Paragraph,
        /// Photo.
        photo: Option<PaperHash>,
    }
    /// 变更
    VariationApproved {
        /// What it adds.
        amount_fen: Fen,
        /// Why.
        reason: Paragraph,
        /// Members of the village committee who approved.
        committee: Vec<PersonId>,
        /// Supervisors who approved.
        supervisors: Vec<PersonId>,
        /// All variations so far, in fen.
        total_fen: Fen,
    }
    /// 付款
    PaymentRecorded {
        /// To what kind of payee.
        payee_kind: PayeeKind,
        /// Digest of the payee's name, for a natural person.
        payee: Option<Sealed>,
        /// For what.
        purpose: Line,
        /// How much.
        amount_fen: Fen,
        /// The voucher.
        voucher_no: Line,
        /// The supervisor who checked the voucher.
        checked_by: PersonId,
        /// All payments so far, in fen.
        total_fen: Fen,
    }
    /// 验收合格
    WorksAccepted {
        /// The acceptance group.
        group: Vec<PersonId>,
        /// Township officers who took part.
        township: Vec<PersonId>,
        /// Final account.
        final_fen: Fen,
        /// In words.
        remark: Option<Line>,
    }
    /// 责令整改
    RectificationOrdered {
        /// The acceptance group.
        group: Vec<PersonId>,
        /// What must be put right.
        remark: Paragraph,
    }
    /// 办结, for a matter without works.
    ImplementationCompleted {
        /// What was done.
        summary: Paragraph,
    }
    /// 归档
    ConsultationArchived {
        /// All papers of the file.
        papers: Vec<Paper>,
    }
}

events! {
    /// Events of a matter.
    ConsultationEvent,
    current {
        MotionRaised = "motion-raised.v1",
        MotionScreened = "motion-screened.v1",
        MotionDismissed = "motion-dismissed.v1",
        PlanDrafted = "plan-drafted.v1",
        MeetingConvened = "meeting-convened.v1",
        RollFrozen = "roll-frozen.v1",
        MemberExcluded = "member-excluded.v1",
        MembersCheckedIn = "members-checked-in.v1",
        MembersCheckedOut = "members-checked-out.v1",
        MotionPut = "motion-put.v1",
        MotionAmended = "motion-amended.v1",
        HandsCounted = "hands-counted.v1",
        RollCalled = "roll-called.v1",
        PapersCounted = "papers-counted.v1",
        DecisionMade = "decision-made.v1",
        MeetingClosed = "meeting-closed.v1",
        MeetingFoundInquorate = "meeting-found-inquorate.v1",
        StepPassed = "step-passed.v1",
        ProposalReturned = "proposal-returned.v1",
        ResolutionAdopted = "resolution-adopted.v1",
        ConsultationRejected = "consultation-rejected.v1",
        ConsultationWithdrawn = "consultation-withdrawn.v1",
        NoticePosted = "notice-posted.v1",
        ObjectionRaised = "objection-raised.v1",
        ObjectionAnswered = "objection-answered.v1",
        NoticeCorrected = "notice-corrected.v1",
        DisclosureClosed = "disclosure-closed.v1",
        FiledWithTownship = "filed-with-township.v1",
        ContractSigned = "contract-signed.v1",
        WorkStarted = "work-started.v1",
        ProgressReported = "progress-reported.v1",
        VariationApproved = "variation-approved.v1",
        PaymentRecorded = "payment-recorded.v1",
        WorksAccepted = "works-accepted.v1",
        RectificationOrdered = "rectification-ordered.v1",
        ImplementationCompleted = "implementation-completed.v1",
        ConsultationArchived = "consultation-archived.v1",
    }
    upcast {}
}
