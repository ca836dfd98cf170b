//! Inputs from the motion to the plan: what precedes the meetings.

use super::meeting::{GuestsInput, PaperInput};
use crate::graphql::enums::{
    ContractorChoice, Emergency, ForumForm, ForumOutcome, FundKind, InitiatorKind, Lane, LegalGround, MotionSource,
    OpinionClass, OpinionSource, ReturnReason, ReviewVerdict,
};
use crate::graphql::scalars::{Date, Fen};

inputs! {
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
        matters: Option<Vec<String>>, /// The road; the strictest that its kinds of matter ask for if left out.
        lane: Option<Lane>, /// The group or courtyard, for a matter below the village.
        group: Option<u16>, /// 应急情形, for the emergency road.
        emergency: Option<Emergency> }
    /// 不予受理
    DismissMotionInput { /// The answer to the initiator.
        answer: String }
    /// 记录意见
    RecordOpinionInput { /// What it is about.
        class: OpinionClass, /// How it was taken.
        source: OpinionSource, /// The text; sealed before it reaches an event.
        text: String }
    /// 答复意见
    AnswerOpinionInput { /// Which.
        opinion: u16, /// Whether it is taken up.
        accepted: bool, /// The answer, or the reason.
        answer: String }
    /// 记录排序投票
    RecordPreferencesInput { /// How many took part.
        voters: u32, /// The suggestions.
        preferences: Vec<PreferenceInput> }
    /// A suggestion and how many chose it.
    PreferenceInput { /// The suggestion.
        title: String, /// How many chose it.
        votes: u32 }
    /// 结束征求意见
    CloseCanvassInput { /// Households concerned.
        concerned: u32, /// Households asked.
        asked: u32, /// Households that agree.
        in_favour: u32, /// Households that are against it.
        against: u32, /// Households that answered without a view.
        no_view: u32, /// Stationed units asked, by paper form.
        units_asked: u16, /// The papers filed.
        papers: Vec<PaperInput> }
    /// 收集户签字
    CollectSignaturesInput { /// Numbers of the households that signed.
        households: Vec<String> }
    /// 结束户签字
    CloseSignaturesInput { /// The papers filed.
        papers: Vec<PaperInput> }
    /// 提请审核
    RequestReviewInput { /// SHA-256 of what is submitted.
        paper: String }
    /// 审核答复
    AnswerReviewInput { /// The verdict.
        verdict: ReviewVerdict, /// The ground of law; needed unless it agrees.
        ground: Option<LegalGround>, /// In words.
        opinion: String, /// SHA-256 of the written answer.
        paper: String }
    /// 记录协商
    RecordForumInput { /// In which form.
        form: ForumForm, /// When those invited were told of the topic.
        informed_on: Date, /// Who took part.
        participants: Vec<GuestsInput>, /// What those concerned agree on.
        opinion: String, /// What a minority holds against it.
        dissent: Option<String>, /// What follows.
        outcome: ForumOutcome, /// The papers filed.
        papers: Vec<PaperInput> }
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
    /// 张贴方案
    PostPlanInput { /// Places.
        places: Vec<String>, /// SHA-256 of a photo of the paper on the board.
        photo: Option<String> }
    /// 退回修改
    ReturnForRevisionInput { /// To which step.
        to: String, /// Why.
        reason: ReturnReason, /// In words.
        remark: Option<String> }
    /// 撤回
    WithdrawInput { /// Why.
        reason: String }
}
