//! What happens to a matter. Times, actor and body stand in the envelope, not here.

use jiff::civil::Date;

use super::duties::DutyKind;
use super::facts::{
    Amendment, ContractTerms, Emergency, ExclusionCause, FlagPattern, ForumForm, ForumOutcome, Guests, Initiator,
    LegalGround, MotionSource, NoticeKind, ObjectionAbout, OpinionClass, OpinionSource, Outcome, Paper, PayeeKind,
    Plan, Preference, Proxy, Remedy, ReturnReason, ReviewVerdict, SuspendedBy, Tellers, UnitVote, Vote,
};
use crate::event_enum::{event_structs, events};
use crate::ids::{Fen, HouseholdNo, JurisdictionCode, Line, MatterCode, PaperHash, Paragraph, PersonId, Sealed};
use crate::matters::Lane;
use crate::moment::Moment;
use crate::procedure::{BallotForm, Basis, ReopenPurpose};
use crate::tally::{Counts, Test};

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
    /// 受理, before there were other roads than the whole one.
    MotionScreenedV1 {
        /// The kinds of matter as screened.
        matters: Vec<MatterCode>,
        /// Whether carrying it out means works.
        works: bool,
        /// The first step.
        step: String,
    }
    /// 受理
    MotionScreened {
        /// The kinds of matter as screened.
        matters: Vec<MatterCode>,
        /// The version of the catalogue by which they were read.
        catalogue_version: Option<u32>,
        /// The road.
        lane: Lane,
        /// The group or courtyard that it belongs to.
        group: Option<u16>,
        /// 应急情形
        emergency: Option<Emergency>,
        /// Whether the owners must decide too.
        linked_owners: bool,
        /// Whether carrying it out means works.
        works: bool,
        /// The first step.
        step: String,
    }
    /// 意见
    OpinionRecorded {
        /// Number of the opinion within the matter, from 1.
        opinion: u16,
        /// What it is about.
        class: OpinionClass,
        /// How it was taken.
        source: OpinionSource,
        /// Digest of its text.
        text: Sealed,
    }
    /// 意见答复
    OpinionAnswered {
        /// Which.
        opinion: u16,
        /// Whether it is taken up.
        accepted: bool,
        /// The answer, or the reason.
        answer: Paragraph,
    }
    /// 排序投票结果, the suggestion chosen most first.
    PreferencesCounted {
        /// How many took part.
        voters: u32,
        /// The suggestions.
        ranking: Vec<Preference>,
    }
    /// 征求意见结束
    CanvassClosed {
        /// The step.
        step: String,
        /// Households that agree.
        in_favour: u32,
        /// Households that are against it.
        against: u32,
        /// Households that answered without a view.
        no_view: u32,
        /// Stationed units asked.
        units_asked: u16,
        /// Opinions recorded.
        opinions: u16,
        /// Opinions taken up.
        accepted: u16,
        /// Households asked of those concerned.
        coverage: Test,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 户签字
    SignaturesCollected {
        /// The households that signed.
        households: Vec<HouseholdNo>,
    }
    /// 户签字结束
    SignaturesClosed {
        /// The step.
        step: String,
        /// Households that signed of all.
        signed: Test,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 提请审核
    ReviewRequested {
        /// The step.
        step: String,
        /// What was submitted.
        paper: PaperHash,
        /// Last day for the answer.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        answer_due_on: Date,
    }
    /// 审核答复
    ReviewAnswered {
        /// The step.
        step: String,
        /// The verdict.
        verdict: ReviewVerdict,
        /// The ground of law.
        ground: Option<LegalGround>,
        /// In words.
        opinion: Paragraph,
        /// The written answer.
        paper: PaperHash,
    }
    /// 协商
    ForumHeld {
        /// The step.
        step: String,
        /// In which form.
        form: ForumForm,
        /// When those invited were told of the topic.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        informed_on: Date,
        /// Who took part.
        participants: Vec<Guests>,
        /// What those concerned agree on.
        opinion: Paragraph,
        /// What a minority holds against it.
        dissent: Option<Paragraph>,
        /// What follows.
        outcome: ForumOutcome,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 协商转入议事程序: the matter goes on along another road.
    LaneChanged {
        /// The road from here on.
        lane: Lane,
        /// Its first step.
        step: String,
    }
    /// 方案张贴
    PlanPosted {
        /// The step after which it is posted.
        after: String,
        /// Places.
        places: Vec<Line>,
        /// Photo of the paper on the board.
        photo: Option<PaperHash>,
        /// First day on which the next step may meet.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        until: Date,
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
    /// 线上到会
    MembersJoinedOnline {
        /// The meeting.
        meeting: u16,
        /// Who.
        persons: Vec<PersonId>,
    }
    /// 户内委托到会
    ProxiesAdmitted {
        /// The meeting.
        meeting: u16,
        /// Who stands for whom.
        proxies: Vec<Proxy>,
        /// The written authorisations.
        paper: PaperHash,
    }
    /// 列席
    GuestsAttended {
        /// The meeting.
        meeting: u16,
        /// Who.
        guests: Vec<Guests>,
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
    /// 议而未决: no majority either way; other forms of the step decide.
    MotionDeadlocked {
        /// The step.
        step: String,
        /// The form that found no majority.
        form: String,
        /// The forms that may decide it now.
        forms: Vec<String>,
        /// Where the rule comes from.
        basis: Basis,
    }
    /// 重新议决
    DeliberationReopened {
        /// What for.
        purpose: ReopenPurpose,
        /// The steps on the way, in order.
        steps: Vec<String>,
        /// The forms of the last meeting; empty for any.
        forms: Vec<String>,
        /// Who called for it.
        initiator: Initiator,
        /// The share of signatories, where they act jointly.
        signatures: Option<Test>,
        /// Why.
        reason: Paragraph,
        /// The sum needed beside the budget.
        extra_fen: Option<Fen>,
    }
    /// 重新议决的结果
    DeliberationConcluded {
        /// What it was for.
        purpose: ReopenPurpose,
        /// The step that decided.
        step: String,
        /// Carried or lost.
        outcome: Outcome,
        /// The budget from here on, after a supplement.
        budget_fen: Option<Fen>,
    }
    /// 责令改正: the resolution does not stand and the matter goes back.
    CorrectionOrdered {
        /// The ground of law.
        ground: LegalGround,
        /// What must be put right.
        remark: Paragraph,
        /// The order.
        paper: PaperHash,
    }
    /// 法院撤销
    CourtAnnulled {
        /// The court.
        court: Line,
        /// The number of the case.
        case_no: Line,
        /// The judgment.
        paper: PaperHash,
    }
    /// 暂停
    ConsultationSuspended {
        /// By whom.
        by: SuspendedBy,
        /// Why.
        reason: Paragraph,
        /// The document.
        paper: PaperHash,
    }
    /// 恢复
    ConsultationResumed {
        /// Why.
        reason: Paragraph,
    }
    /// 简易事项已报告
    LightMatterReported {
        /// The day of the meeting.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        meeting_on: Date,
        /// Its minutes.
        paper: PaperHash,
    }
    /// 群众评议
    AppraisalRecorded {
        /// How many are satisfied.
        satisfied: u32,
        /// How many are in part.
        partly: u32,
        /// How many are not.
        dissatisfied: u32,
        /// The sheet.
        paper: PaperHash,
    }
    /// 公告缺失: somebody did not see a notice where it should hang.
    NoticeFoundMissing {
        /// Which notice.
        notice: u16,
        /// Where.
        place: Line,
        /// Photo of the place.
        photo: Option<PaperHash>,
    }
    /// 业主表决票
    OwnersVoted {
        /// The votes.
        votes: Vec<UnitVote>,
    }
    /// 业主共同决定, computed from the votes and the roll of units.
    OwnersDecided {
        /// Participation and agreement, each by owners and by area.
        tests: Vec<Test>,
        /// Carried or lost.
        outcome: Outcome,
        /// The count sheet.
        paper: PaperHash,
    }
    /// 利害关系
    InterestDeclared {
        /// Who has it.
        person: PersonId,
        /// In what.
        remark: Line,
    }
    /// 督办
    DutyUrged {
        /// What is overdue.
        duty: DutyKind,
        /// Which step, meeting, notice or objection.
        of: Option<String>,
        /// Since which day it is overdue.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        due_on: Date,
        /// Who was told.
        told: Line,
        /// In words.
        remark: Option<Line>,
    }
    /// 预警核销
    FlagClosed {
        /// The pattern.
        pattern: FlagPattern,
        /// Why it is closed.
        reason: Paragraph,
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
    /// 签订合同, before it said who stands for the firm.
    ContractSignedV1 {
        /// The terms.
        terms: ContractTerms,
    }
    /// 签订合同
    ContractSigned {
        /// The terms.
        terms: ContractTerms,
        /// 施工单位的代表: who stands for the firm in this matter. None where the contract did not say.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        agents: Vec<PersonId>,
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
        MotionScreened = "motion-screened.v2",
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
        ContractSigned = "contract-signed.v2",
        WorkStarted = "work-started.v1",
        ProgressReported = "progress-reported.v1",
        VariationApproved = "variation-approved.v1",
        PaymentRecorded = "payment-recorded.v1",
        WorksAccepted = "works-accepted.v1",
        RectificationOrdered = "rectification-ordered.v1",
        ImplementationCompleted = "implementation-completed.v1",
        ConsultationArchived = "consultation-archived.v1",
        OpinionRecorded = "opinion-recorded.v1",
        OpinionAnswered = "opinion-answered.v1",
        PreferencesCounted = "preferences-counted.v1",
        CanvassClosed = "canvass-closed.v1",
        SignaturesCollected = "signatures-collected.v1",
        SignaturesClosed = "signatures-closed.v1",
        ReviewRequested = "review-requested.v1",
        ReviewAnswered = "review-answered.v1",
        ForumHeld = "forum-held.v1",
        LaneChanged = "lane-changed.v1",
        PlanPosted = "plan-posted.v1",
        MembersJoinedOnline = "members-joined-online.v1",
        ProxiesAdmitted = "proxies-admitted.v1",
        GuestsAttended = "guests-attended.v1",
        MotionDeadlocked = "motion-deadlocked.v1",
        DeliberationReopened = "deliberation-reopened.v1",
        DeliberationConcluded = "deliberation-concluded.v1",
        CorrectionOrdered = "correction-ordered.v1",
        CourtAnnulled = "court-annulled.v1",
        ConsultationSuspended = "consultation-suspended.v1",
        ConsultationResumed = "consultation-resumed.v1",
        LightMatterReported = "light-matter-reported.v1",
        AppraisalRecorded = "appraisal-recorded.v1",
        NoticeFoundMissing = "notice-found-missing.v1",
        OwnersVoted = "owners-voted.v1",
        OwnersDecided = "owners-decided.v1",
        InterestDeclared = "interest-declared.v1",
        DutyUrged = "duty-urged.v1",
        FlagClosed = "flag-closed.v1",
    }
    upcast {
        "motion-screened.v1" => MotionScreenedV1 => MotionScreened,
        "contract-signed.v1" => ContractSignedV1 => ContractSigned,
    }
}

impl From<ContractSignedV1> for ContractSigned {
    /// No contract said then who stands for the firm.
    fn from(old: ContractSignedV1) -> Self {
        Self { terms: old.terms, agents: Vec::new() }
    }
}

impl From<MotionScreenedV1> for MotionScreened {
    /// No other road than the whole one could be screened then.
    fn from(old: MotionScreenedV1) -> Self {
        Self {
            matters: old.matters,
            catalogue_version: None,
            lane: Lane::Full,
            group: None,
            emergency: None,
            linked_owners: false,
            works: old.works,
            step: old.step,
        }
    }
}
