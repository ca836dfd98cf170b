//! Inputs of the mutations: the shapes of the domain's commands, which they become by way of JSON.

use async_graphql::{ID, InputObject};
use serde::Serialize;

use super::enums::{
    Amendment, AuthorisedBy, BallotForm, Choice, ContractorChoice, ExclusionCause, FundKind, InitiatorKind,
    JurisdictionKind, Kinship, MotionSource, NoticeKind, ObjectionAbout, PaperKind, PayeeKind, Post, Remedy,
    ReturnReason, RollKind, Verdict,
};
use super::scalars::{Date, DateTime, Fen};

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(InputObject, Debug, Clone, Serialize)]
            #[serde(rename_all = "camelCase")]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
        )+
    };
}

inputs! {
    /// 登记辖区
    RegisterJurisdictionInput { /// Name.
        name: String, /// Kind.
        kind: JurisdictionKind }
    /// 登记基数
    CountElectorateInput { /// All people.
        population: u32, /// 十八周岁以上的村民
        adult_villagers: u32, /// Households.
        households: u32 }
    /// 授权村民代表会议
    AuthoriseRepresentativesInput { /// Codes of the matters.
        matters: Vec<String>, /// First day.
        from: Date, /// Last day.
        until: Date, /// How it was given.
        by: AuthorisedBy, /// SHA-256 of the paper.
        paper: String }
    /// 登记人员
    RegisterPersonsInput { /// The people.
        persons: Vec<NewPersonInput> }
    /// A person to register.
    NewPersonInput { /// A random UUID.
        person: ID, /// The name; sealed before it reaches an event.
        name: String, /// `f` or `m`.
        sex: String }
    /// 申报近亲属关系
    DeclareKinshipInput { /// One of them.
        person: ID, /// The other.
        relative: ID, /// How.
        kinship: Kinship }
    /// 登记名册
    FileRollInput { /// Which.
        roll: RollKind, /// Its members.
        members: Vec<RollMemberInput> }
    /// 提出动议
    RaiseMotionInput { /// Code of the village.
        jurisdiction: String, /// Title.
        title: String, /// Codes of the matters.
        matters: Vec<String>, /// 动议事由
        source: MotionSource, /// Who raises it.
        initiator: InitiatorInput, /// What it is about.
        summary: String }
    /// Who raises a motion.
    InitiatorInput { /// The kind.
        kind: InitiatorKind, /// How many signed, for villagers and representatives.
        signatures: Option<u32> }
    /// 受理
    ScreenMotionInput { /// Codes as screened; those of the motion if left out.
        matters: Option<Vec<String>> }
    /// 不予受理
    DismissMotionInput { /// The answer to the initiator.
        answer: String }
    /// 形成或修改方案
    DraftPlanInput { /// The plan.
        plan: PlanInput }
    /// 方案
    PlanInput { /// What is to be done.
        text: String, /// The budget.
        budget_fen: Option<Fen>, /// Its sources, which sum to it.
        #[graphql(default)] sources: Vec<FundSourceInput>, /// Who carries it out.
        implemented_by: Option<String>, /// How the contractor will be chosen.
        contractor_choice: Option<ContractorChoice>, /// Who pays what.
        cost_allocation: Option<String>, /// Planned first day.
        planned_start: Option<Date>, /// Planned last day.
        planned_end: Option<Date>, /// SHA-256 of the paper.
        paper: Option<String> }
    /// A source of funds.
    FundSourceInput { /// Where it comes from.
        kind: FundKind, /// How much.
        amount_fen: Fen }
    /// 召集会议
    ConveneMeetingInput { /// The step, for example `S3`.
        step: String, /// The form, for example `party_members`.
        form: String, /// When.
        held_at: DateTime, /// Where.
        place: String, /// Agenda.
        agenda: Vec<String>, /// Who chairs.
        chair: ID, /// When the plan was delivered to those due.
        plan_delivered_on: Option<Date>, /// Why the notice is shorter than ordered.
        special_circumstances: Option<String> }
    /// 不计入应到
    ExcludeFromRollInput { /// The meeting.
        meeting: u16, /// Who.
        person: ID, /// Why.
        cause: ExclusionCause, /// Who approved it.
        approver: ID }
    /// 签到
    CheckInInput { /// The meeting.
        meeting: u16, /// Who.
        persons: Vec<ID> }
    /// 离会
    CheckOutInput { /// The meeting.
        meeting: u16, /// Who.
        persons: Vec<ID> }
    /// 付诸表决
    PutMotionInput { /// The meeting.
        meeting: u16, /// The text.
        text: String, /// How it is voted on.
        ballot: BallotForm, /// Who counts; needed unless the votes are called by name.
        tellers: Option<TellersInput> }
    /// Who counts.
    TellersInput { /// 计票人
        first: ID, /// 计票人
        second: ID, /// 监票人
        scrutineer: ID }
    /// 会上修改
    AmendMotionInput { /// The meeting.
        meeting: u16, /// The text as amended.
        text: String, /// What changes.
        changes: Vec<Amendment>, /// The plan as amended.
        plan: Option<PlanInput> }
    /// One count of the votes.
    CountsInput { /// 同意
        #[graphql(name = "for")] #[serde(rename = "for")] in_favour: u32, /// 反对
        against: u32, /// 弃权
        abstain: u32, /// Papers handed in blank.
        #[graphql(default)] blank: u32, /// 废票
        #[graphql(default)] spoiled: u32 }
    /// 记录举手表决
    RecordShowOfHandsInput { /// The meeting.
        meeting: u16, /// The first teller's count.
        first: CountsInput, /// The second teller's count.
        second: CountsInput }
    /// 记录点名表决
    RecordRollCallInput { /// The meeting.
        meeting: u16, /// Each vote.
        votes: Vec<VoteInput> }
    /// A vote by name.
    VoteInput { /// Who.
        person: ID, /// What.
        choice: Choice }
    /// 记录无记名投票
    RecordSecretBallotInput { /// The meeting.
        meeting: u16, /// Papers printed.
        printed: u32, /// Papers handed out.
        handed_out: u32, /// Papers spoiled by a voter and exchanged.
        exchanged: u32, /// Papers never handed out.
        unused: u32, /// Papers in the box.
        in_box: u32, /// The first count.
        first: CountsInput, /// The second count.
        second: CountsInput }
    /// 闭会
    CloseMeetingInput { /// The meeting.
        meeting: u16, /// The papers filed.
        papers: Vec<PaperInput> }
    /// A paper.
    PaperInput { /// What it is.
        kind: PaperKind, /// SHA-256 of it.
        sha256: String }
    /// 退回修改
    ReturnForRevisionInput { /// To which step.
        to: String, /// Why.
        reason: ReturnReason, /// In words.
        remark: Option<String> }
    /// 撤回
    WithdrawInput { /// Why.
        reason: String }
    /// 张贴公告
    PostNoticeInput { /// Which.
        kind: NoticeKind, /// The committee's own number of the paper.
        notice_no: String, /// Places.
        places: Vec<String>, /// Other channels.
        channels: Vec<String>, /// Where to ask and object.
        contact: String, /// Supervisors who signed.
        supervisors: Vec<ID>, /// Their opinion.
        supervisors_opinion: String, /// SHA-256 of a photo of the paper on the board.
        photo: Option<String> }
    /// 提出异议
    RaiseObjectionInput { /// Against which notice.
        notice: u16, /// What it is about.
        about: ObjectionAbout, /// The text; sealed before it reaches an event.
        text: String }
    /// 答复异议
    AnswerObjectionInput { /// Which.
        objection: u16, /// The answer.
        answer: String, /// Whether the objection is well founded.
        upheld: bool, /// What follows.
        remedy: Remedy }
    /// 更正公告
    CorrectNoticeInput { /// Which.
        notice: u16, /// What is corrected.
        correction: String }
    /// 结束公示
    CloseDisclosureInput { /// Which notice.
        notice: u16 }
    /// 报乡镇备案
    FileWithTownshipInput { /// SHA-256 of the receipt.
        paper: String }
    /// 签订合同
    SignContractInput { /// The terms.
        terms: ContractTermsInput }
    /// Terms of a contract.
    ContractTermsInput { /// The firm.
        contractor: String, /// How it was chosen.
        choice: ContractorChoice, /// How many quotations or bids there were.
        quotations: u16, /// The sum.
        sum_fen: Fen, /// SHA-256 of the paper.
        paper: String }
    /// 开工
    StartWorkInput { /// Remark.
        remark: Option<String> }
    /// 报告进度
    ReportProgressInput { /// What is done.
        text: String, /// SHA-256 of a photo.
        photo: Option<String> }
    /// 批准变更
    ApproveVariationInput { /// What it adds.
        amount_fen: Fen, /// Why.
        reason: String, /// Members of the village committee who approve.
        committee: Vec<ID>, /// Supervisors who approve.
        supervisors: Vec<ID> }
    /// 记录付款
    RecordPaymentInput { /// To what kind of payee.
        payee_kind: PayeeKind, /// The name of a natural person; sealed before it reaches an event.
        payee: Option<String>, /// For what.
        purpose: String, /// How much.
        amount_fen: Fen, /// The voucher.
        voucher_no: String, /// The supervisor who checked the voucher.
        checked_by: ID }
    /// 记录验收
    RecordAcceptanceInput { /// The verdict.
        verdict: Verdict, /// The acceptance group.
        group: Vec<ID>, /// Township officers who took part.
        township: Vec<ID>, /// Final account; needed with `accepted`.
        final_fen: Option<Fen>, /// In words; needed with `rectify`.
        remark: Option<String> }
    /// 办结
    CompleteImplementationInput { /// What was done.
        summary: String }
    /// 归档
    ArchiveInput { /// Papers of the file that were not filed before.
        papers: Vec<PaperInput> }
}

/// One entry of a roll. Its JSON keeps the keys of the stored shape.
#[derive(InputObject, Debug, Clone, Serialize)]
pub struct RollMemberInput {
    /// Who.
    pub person: ID,
    /// The post, in a body that has posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
    /// 预备党员
    #[graphql(default)]
    pub probationary: bool,
    /// 村民小组
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<u16>,
    /// Number of the household.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
}
