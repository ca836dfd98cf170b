//! The small facts that commands and events share.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{Fen, Line, PaperHash, Paragraph, PersonId};
use crate::procedure::{InitiatorKind, PaperKind};

macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $zh:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$item_doc])* #[doc = $zh] $item,)+ }

        impl $name {
            /// The Chinese term.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$item => $zh,)+ }
            }
        }
    };
}

wire_enum! {
    /// 动议事由: the same on every form of one matter.
    MotionSource {
        PartyMembersAndMasses = "党员群众建议",
        VillageCadres = "村干部提议",
        HigherAuthority = "上级党委政府安排",
    }
}
wire_enum! {
    /// Carried or lost.
    Outcome { Carried = "通过", Lost = "未通过" }
}
wire_enum! {
    /// Why a person is left out of those due, by analogy with the election rules.
    ExclusionCause {
        LongIllness = "长期患病",
        Abroad = "出国六个月以上",
        Imprisoned = "服刑",
        Deceased = "死亡",
        MovedAway = "迁出",
        RightsSuspended = "停止行使权利",
    }
}
wire_enum! {
    /// Why a proposal returns to an earlier step.
    ReturnReason {
        Revision = "需修改完善",
        MotionLost = "表决未通过",
        MaterialAmendment = "会上作实质性修改",
        TownshipReview = "乡镇审核要求修改",
    }
}
wire_enum! {
    /// What an amendment at a meeting changes. All but drafting are material.
    Amendment {
        Drafting = "文字",
        Amount = "金额",
        CostAllocation = "费用分摊",
        Site = "地点",
        ContractorRule = "承包方式",
    }
}
wire_enum! {
    /// A vote.
    Choice { For = "同意", Against = "反对", Abstain = "弃权" }
}
wire_enum! {
    /// Which notice.
    NoticeKind { Resolution = "决议公开", Progress = "进展公开", Result = "实施结果公开" }
}
wire_enum! {
    /// What an objection is about.
    ObjectionAbout {
        Procedure = "程序", Figures = "数字", Content = "内容", Interest = "利害关系", Other = "其他",
    }
}
wire_enum! {
    /// What follows from an answer.
    Remedy { None = "无需更正", CorrectNotice = "更正公告" }
}
wire_enum! {
    /// How a contractor is chosen.
    ContractorChoice {
        OpenTender = "公开招标", Quotations = "公开比价", Negotiation = "协商", OwnLabour = "自建",
    }
}
wire_enum! {
    /// Whom a payment goes to.
    PayeeKind { Contractor = "施工单位", Compensation = "补偿对象", Labour = "务工人员", Supplier = "供应商" }
}
wire_enum! {
    /// Where money comes from.
    FundKind {
        Fiscal = "财政资金", Collective = "村集体资金", Donation = "捐赠", Levy = "筹资筹劳", Other = "其他",
    }
}
wire_enum! {
    /// Verdict of an acceptance group.
    Verdict { Accepted = "合格", Rectify = "整改" }
}

impl Amendment {
    /// Whether the change sends the matter back.
    #[must_use]
    pub const fn is_material(self) -> bool {
        !matches!(self, Self::Drafting)
    }
}

/// Who raised a motion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct Initiator {
    /// The kind.
    pub kind: InitiatorKind,
    /// How many signed, for villagers and representatives who act jointly.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signatures: Option<u32>,
}

/// A source of funds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FundSource {
    /// Where it comes from.
    pub kind: FundKind,
    /// How much.
    #[serde(alias = "amountFen")]
    pub amount_fen: Fen,
}

/// Most sources of funds in a plan.
pub const MAX_SOURCES: usize = 20;

/// 方案: what is to be done, with which money, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What is to be done.
    pub text: Paragraph,
    /// The budget.
    #[serde(alias = "budgetFen", skip_serializing_if = "Option::is_none", default)]
    pub budget_fen: Option<Fen>,
    /// Its sources, which sum to it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sources: Vec<FundSource>,
    /// Who carries it out.
    #[serde(alias = "implementedBy", skip_serializing_if = "Option::is_none", default)]
    pub implemented_by: Option<Line>,
    /// How the contractor will be chosen.
    #[serde(alias = "contractorChoice", skip_serializing_if = "Option::is_none", default)]
    pub contractor_choice: Option<ContractorChoice>,
    /// Who pays what.
    #[serde(alias = "costAllocation", skip_serializing_if = "Option::is_none", default)]
    pub cost_allocation: Option<Line>,
    /// Planned first day.
    #[serde(alias = "plannedStart", skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub planned_start: Option<Date>,
    /// Planned last day.
    #[serde(alias = "plannedEnd", skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub planned_end: Option<Date>,
    /// The paper.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub paper: Option<PaperHash>,
}

impl Plan {
    /// Whether public money is among the sources.
    #[must_use]
    pub fn is_publicly_funded(&self) -> bool {
        self.sources.iter().any(|source| source.kind == FundKind::Fiscal)
    }
}

/// A paper of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What it is.
    pub kind: PaperKind,
    /// Its hash.
    pub sha256: PaperHash,
}

/// Who counts the votes: two tellers, and a scrutineer who watches them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tellers {
    /// 计票人
    pub first: PersonId,
    /// 计票人
    pub second: PersonId,
    /// 监票人
    pub scrutineer: PersonId,
}

/// A vote by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Who.
    pub person: PersonId,
    /// What.
    pub choice: Choice,
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContractTerms {
    /// The firm, public by its role.
    pub contractor: Line,
    /// How it was chosen.
    pub choice: ContractorChoice,
    /// How many quotations or bids there were.
    pub quotations: u16,
    /// The sum.
    #[serde(alias = "sumFen")]
    pub sum_fen: Fen,
    /// The paper.
    pub paper: PaperHash,
}
