//! What people ask for in a matter. Personal texts are sealed before they get here.

use jiff::civil::Date;

use super::duties::DutyKind;
use super::facts::{
    Amendment, ContractTerms, Emergency, ExclusionCause, FlagPattern, ForumForm, ForumOutcome, Guests, Initiator,
    LegalGround, MotionSource, NoticeKind, ObjectionAbout, OpinionClass, OpinionSource, Paper, PayeeKind, Plan,
    Preference, Proxy, Remedy, ReturnReason, ReviewVerdict, SuspendedBy, Tellers, UnitVote, Verdict, Vote,
};
use crate::command_enum::commands;
use crate::ids::{Fen, HouseholdNo, JurisdictionCode, Line, MatterCode, PaperHash, Paragraph, PersonId, Sealed};
use crate::matters::Lane;
use crate::moment::Moment;
use crate::procedure::{BallotForm, ReopenPurpose};
use crate::tally::Counts;

commands! {
    /// Commands to a matter.
    ConsultationCommand;
    /// 提出动议
    RaiseMotion = "raiseMotion" {
        /// Where.
        jurisdiction: JurisdictionCode,
        /// Title.
        title: Line,
        /// The kinds of matter it touches, at most [`super::MAX_MATTERS`].
        matters: Vec<MatterCode>,
        /// 动议事由
        source: MotionSource,
        /// Who raises it.
        initiator: Initiator,
        /// What it is about.
        summary: Paragraph,
    }
    /// 受理
    ScreenMotion = "screenMotion" {
        /// The kinds of matter as screened; those of the motion if left out.
        matters: Option<Vec<MatterCode>>,
        /// The road; the strictest that its kinds of matter ask for if left out.
        lane: Option<Lane>,
        /// The group or courtyard that it belongs to, for a matter below the village.
        group: Option<u16>,
        /// 应急情形, for the emergency road.
        emergency: Option<Emergency>,
    }
    /// 记录意见
    RecordOpinion = "recordOpinion" {
        /// What it is about.
        class: OpinionClass,
        /// How it was taken.
        source: OpinionSource,
        /// The text; sealed before the domain sees it.
        text: Sealed,
    }
    /// 答复意见
    AnswerOpinion = "answerOpinion" {
        /// Which.
        opinion: u16,
        /// Whether it is taken up.
        accepted: bool,
        /// The answer, or the reason.
        answer: Paragraph,
    }
    /// 记录排序投票: residents choose among suggestions; it ranks, it does not resolve.
    RecordPreferences = "recordPreferences" {
        /// How many took part.
        voters: u32,
        /// The suggestions, at most [`super::MAX_PREFERENCES`].
        preferences: Vec<Preference>,
    }
    /// 结束征求意见
    CloseCanvass = "closeCanvass" {
        /// Households concerned.
        concerned: u32,
        /// Households asked.
        asked: u32,
        /// Households that agree.
        in_favour: u32,
        /// Households that are against it.
        against: u32,
        /// Households that answered without a view.
        no_view: u32,
        /// Stationed units asked, by paper form.
        units_asked: u16,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 收集户签字
    CollectSignatures = "collectSignatures" {
        /// The households that signed, at most [`super::MAX_HOUSEHOLDS_AT_ONCE`].
        households: Vec<HouseholdNo>,
    }
    /// 结束户签字
    CloseSignatures = "closeSignatures" {
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 提请审核
    RequestReview = "requestReview" {
        /// What is submitted.
        paper: PaperHash,
    }
    /// 审核答复
    AnswerReview = "answerReview" {
        /// The verdict.
        verdict: ReviewVerdict,
        /// The ground of law, needed unless it agrees.
        ground: Option<LegalGround>,
        /// In words.
        opinion: Paragraph,
        /// The written answer.
        paper: PaperHash,
    }
    /// 记录协商
    RecordForum = "recordForum" {
        /// In which form.
        form: ForumForm,
        /// When those invited were told of the topic.
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
    /// 张贴方案
    PostPlan = "postPlan" {
        /// Places.
        places: Vec<Line>,
        /// Photo of the paper on the board.
        photo: Option<PaperHash>,
    }
    /// 不予受理
    DismissMotion = "dismissMotion" {
        /// The answer to the initiator.
        answer: Paragraph,
    }
    /// 形成或修改方案
    DraftPlan = "draftPlan" {
        /// The plan.
        plan: Plan,
    }
    /// 召集会议
    ConveneMeeting = "conveneMeeting" {
        /// The step.
        step: String,
        /// The form.
        form: String,
        /// When.
        held_at: Moment,
        /// Where.
        place: Line,
        /// Agenda.
        agenda: Vec<Line>,
        /// Who chairs.
        chair: PersonId,
        /// When the plan was delivered to those due.
        plan_delivered_on: Option<Date>,
        /// 特殊情况: why the notice is shorter than ordered.
        special_circumstances: Option<Line>,
    }
    /// 不计入应到
    ExcludeFromRoll = "excludeFromRoll" {
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
    CheckIn = "checkIn" {
        /// The meeting.
        meeting: u16,
        /// Who, at most [`super::MAX_PERSONS_AT_ONCE`].
        persons: Vec<PersonId>,
    }
    /// 离会
    CheckOut = "checkOut" {
        /// The meeting.
        meeting: u16,
        /// Who, at most [`super::MAX_PERSONS_AT_ONCE`].
        persons: Vec<PersonId>,
    }
    /// 线上到会
    AdmitOnline = "admitOnline" {
        /// The meeting.
        meeting: u16,
        /// Who, at most [`super::MAX_PERSONS_AT_ONCE`].
        persons: Vec<PersonId>,
    }
    /// 户内委托到会
    AdmitProxies = "admitProxies" {
        /// The meeting.
        meeting: u16,
        /// Who stands for whom, at most [`super::MAX_PROXIES_AT_ONCE`].
        proxies: Vec<Proxy>,
        /// The written authorisations.
        paper: PaperHash,
    }
    /// 列席
    RecordGuests = "recordGuests" {
        /// The meeting.
        meeting: u16,
        /// Who.
        guests: Vec<Guests>,
    }
    /// 付诸表决
    PutMotion = "putMotion" {
        /// The meeting.
        meeting: u16,
        /// The text.
        text: Paragraph,
        /// How it is voted on.
        ballot: BallotForm,
        /// Who counts; needed unless the votes are called by name.
        tellers: Option<Tellers>,
    }
    /// 会上修改
    AmendMotion = "amendMotion" {
        /// The meeting.
        meeting: u16,
        /// The text as amended.
        text: Paragraph,
        /// What changes.
        changes: Vec<Amendment>,
        /// The plan as amended.
        plan: Option<Plan>,
    }
    /// 记录举手表决
    RecordShowOfHands = "recordShowOfHands" {
        /// The meeting.
        meeting: u16,
        /// The first teller's count.
        first: Counts,
        /// The second teller's count.
        second: Counts,
    }
    /// 记录点名表决
    RecordRollCall = "recordRollCall" {
        /// The meeting.
        meeting: u16,
        /// Each vote, at most [`super::MAX_ROLL_CALL`].
        votes: Vec<Vote>,
    }
    /// 记录无记名投票
    RecordSecretBallot = "recordSecretBallot" {
        /// The meeting.
        meeting: u16,
        /// Papers printed.
        printed: u32,
        /// Papers handed out.
        handed_out: u32,
        /// Papers spoiled by a voter and exchanged for a new one.
        exchanged: u32,
        /// Papers never handed out.
        unused: u32,
        /// Papers found in the box.
        in_box: u32,
        /// The first count.
        first: Counts,
        /// The second count.
        second: Counts,
    }
    /// 闭会
    CloseMeeting = "closeMeeting" {
        /// The meeting.
        meeting: u16,
        /// The papers filed.
        papers: Vec<Paper>,
    }
    /// 退回修改
    ReturnForRevision = "returnForRevision" {
        /// To which step.
        to: String,
        /// Why.
        reason: ReturnReason,
        /// In words.
        remark: Option<Paragraph>,
    }
    /// 撤回
    Withdraw = "withdraw" {
        /// Why.
        reason: Paragraph,
    }
    /// 张贴公告
    PostNotice = "postNotice" {
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
    }
    /// 提出异议
    RaiseObjection = "raiseObjection" {
        /// Against which notice.
        notice: u16,
        /// What it is about.
        about: ObjectionAbout,
        /// The text; sealed before the domain sees it.
        text: Sealed,
    }
    /// 答复异议
    AnswerObjection = "answerObjection" {
        /// Which.
        objection: u16,
        /// The answer.
        answer: Paragraph,
        /// Whether the objection is well founded.
        upheld: bool,
        /// What follows.
        remedy: Remedy,
    }
    /// 更正公告
    CorrectNotice = "correctNotice" {
        /// Which.
        notice: u16,
        /// What is corrected.
        correction: Paragraph,
    }
    /// 结束公示
    CloseDisclosure = "closeDisclosure" {
        /// Which notice.
        notice: u16,
    }
    /// 报告公告缺失
    ReportNoticeMissing = "reportNoticeMissing" {
        /// Which notice.
        notice: u16,
        /// Where it was not to be seen.
        place: Line,
        /// Photo of the place.
        photo: Option<PaperHash>,
    }
    /// 重新议决
    ReopenDeliberation = "reopenDeliberation" {
        /// What for.
        purpose: ReopenPurpose,
        /// Who calls for it.
        initiator: Initiator,
        /// The form of the last meeting that is asked for; any that the rule allows if left out.
        form: Option<String>,
        /// Why.
        reason: Paragraph,
        /// The sum needed beside the budget, for a supplement.
        extra_fen: Option<Fen>,
    }
    /// 责令改正
    OrderCorrection = "orderCorrection" {
        /// The ground of law.
        ground: LegalGround,
        /// What must be put right.
        remark: Paragraph,
        /// The order.
        paper: PaperHash,
    }
    /// 记录法院撤销
    RecordCourtAnnulment = "recordCourtAnnulment" {
        /// The court.
        court: Line,
        /// The number of the case.
        case_no: Line,
        /// The judgment.
        paper: PaperHash,
    }
    /// 暂停
    Suspend = "suspend" {
        /// By whom.
        by: SuspendedBy,
        /// Why.
        reason: Paragraph,
        /// The document.
        paper: PaperHash,
    }
    /// 恢复
    Resume = "resume" {
        /// Why.
        reason: Paragraph,
    }
    /// 报告简易事项: the representatives' meeting hears of a light matter.
    ReportLightMatter = "reportLightMatter" {
        /// The day of the meeting.
        meeting_on: Date,
        /// Its minutes.
        paper: PaperHash,
    }
    /// 群众评议
    RecordAppraisal = "recordAppraisal" {
        /// How many are satisfied.
        satisfied: u32,
        /// How many are in part.
        partly: u32,
        /// How many are not.
        dissatisfied: u32,
        /// The sheet.
        paper: PaperHash,
    }
    /// 业主表决
    RecordOwnersVotes = "recordOwnersVotes" {
        /// The votes, at most [`super::MAX_UNIT_VOTES`].
        votes: Vec<UnitVote>,
    }
    /// 结束业主表决
    CloseOwnersPoll = "closeOwnersPoll" {
        /// The count sheet.
        paper: PaperHash,
    }
    /// 申报利害关系
    DeclareInterest = "declareInterest" {
        /// Who has it.
        person: PersonId,
        /// In what.
        remark: Line,
    }
    /// 督办
    UrgeDuty = "urgeDuty" {
        /// What is overdue.
        duty: DutyKind,
        /// Which step, meeting, notice or objection.
        of: Option<String>,
        /// Who was told.
        told: Line,
        /// In words.
        remark: Option<Line>,
    }
    /// 核销预警
    CloseFlag = "closeFlag" {
        /// The pattern.
        pattern: FlagPattern,
        /// Why it is closed.
        reason: Paragraph,
    }
    /// 报乡镇备案
    FileWithTownship = "fileWithTownship" {
        /// The receipt.
        paper: PaperHash,
    }
    /// 签订合同
    SignContract = "signContract" {
        /// The terms.
        terms: ContractTerms,
        /// 施工单位的代表: who stands for the firm in this matter; each holds the contractor's office on the day.
        agents: Option<Vec<PersonId>>,
    }
    /// 开工
    StartWork = "startWork" {
        /// Remark.
        remark: Option<Line>,
    }
    /// 报告进度
    ReportProgress = "reportProgress" {
        /// What is done.
        text: Paragraph,
        /// Photo.
        photo: Option<PaperHash>,
    }
    /// 批准变更
    ApproveVariation = "approveVariation" {
        /// What it adds.
        amount_fen: Fen,
        /// Why.
        reason: Paragraph,
        /// Members of the village committee who approve.
        committee: Vec<PersonId>,
        /// Supervisors who approve.
        supervisors: Vec<PersonId>,
    }
    /// 记录付款
    RecordPayment = "recordPayment" {
        /// To what kind of payee.
        payee_kind: PayeeKind,
        /// The payee's name, for a natural person; sealed before the domain sees it.
        payee: Option<Sealed>,
        /// For what.
        purpose: Line,
        /// How much.
        amount_fen: Fen,
        /// The voucher.
        voucher_no: Line,
        /// The supervisor who checked the voucher.
        checked_by: PersonId,
    }
    /// 记录验收
    RecordAcceptance = "recordAcceptance" {
        /// The verdict.
        verdict: Verdict,
        /// The acceptance group.
        group: Vec<PersonId>,
        /// Township officers who took part.
        township: Vec<PersonId>,
        /// Final account; needed with a verdict of accepted.
        final_fen: Option<Fen>,
        /// In words; needed with a verdict of rectify.
        remark: Option<Line>,
    }
    /// 办结, for a matter without works
    CompleteImplementation = "completeImplementation" {
        /// What was done.
        summary: Paragraph,
    }
    /// 归档
    Archive = "archive" {
        /// Papers of the file that were not filed before.
        papers: Vec<Paper>,
    }
}
