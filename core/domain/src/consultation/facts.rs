//! The small facts that commands and events share.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{Fen, HouseholdNo, Line, PaperHash, Paragraph, PersonId};
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
        TownshipReview = "审核要求修改",
        CorrectionOrdered = "责令改正",
        ResolutionFell = "复议未维持",
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

wire_enum! {
    /// 意见分类: what an opinion of a canvass is about.
    OpinionClass { Support = "赞成", Suggestion = "建议", Doubt = "疑问", Opposition = "反对" }
}
wire_enum! {
    /// How an opinion was taken.
    OpinionSource {
        DoorToDoor = "入户走访", Form = "征求意见表", Online = "线上", Meeting = "座谈", StationedUnit = "驻区单位征求意见表",
    }
}
wire_enum! {
    /// What an authority answers. Anything but agreement needs a ground of law (VL-2025 art. 6).
    ReviewVerdict { Agrees = "同意", AsksForChanges = "修改", Disagrees = "不同意" }
}
wire_enum! {
    /// Grounds on which an authority may stand in the way: legality, and nothing else.
    LegalGround {
        Statute = "违反法律法规",
        StatePolicy = "违反国家政策",
        RightsOfPersons = "侵犯村民人身、民主或者合法财产权利",
        Procedure = "违反法定程序",
    }
}
wire_enum! {
    /// The form in which those concerned talk (VL-2025 art. 33).
    ForumForm { Council = "议事会", Hearing = "听证会", HeartToHeart = "恳谈会" }
}
wire_enum! {
    /// What follows from a consultation.
    ForumOutcome {
        CarryOut = "由村（居）民委员会落实", ReportToGovernment = "报乡镇（街道）", NeedsResolution = "需经会议决定", NoAgreement = "未形成一致意见",
    }
}
wire_enum! {
    /// Who attends without being due, and never counts.
    GuestRole {
        Deputy = "党代表、人大代表、政协委员",
        StationedUnit = "驻村（社区）单位",
        OwnersCommittee = "业主委员会",
        PropertyFirm = "物业服务企业",
        Government = "乡镇（街道）、部门",
        Expert = "专家",
        Resident = "列席村（居）民",
        FromElsewhere = "非户籍常住居民",
        Supervisor = "监督委员会成员",
    }
}
wire_enum! {
    /// Who suspends a matter.
    SuspendedBy { Court = "人民法院", Township = "乡镇（街道）", Supervisors = "监督委员会" }
}
wire_enum! {
    /// 应急情形
    Emergency { Flood = "防汛", Fire = "火灾", Epidemic = "疫情", Danger = "险情" }
}
wire_enum! {
    /// How a procedure is known to be gone around (7-abuse): what a flag is of.
    FlagPattern {
        Splitting = "化整为零",
        WorkBeforeResolution = "先实施后补程序",
        LateRecording = "事后补录",
        BurstRecording = "集中补填",
        ZeroDissent = "长期无不同意见",
        CheckedInElsewhere = "同时在两处签到",
        DenominatorShrunk = "应到人数减少影响结果",
        SameSignIn = "审议与决议同一签到",
        RecodedAfterScreening = "受理后变更事项类别",
        PostingWithoutPhoto = "公示无照片",
        PhotoReused = "照片重复使用",
        NoticeRemovedEarly = "公告提前撤下",
        Overspending = "超支",
        ContractDiffers = "合同与决议不符",
        SupervisorsRelatives = "监督委员会成员与村委会成员有近亲属关系",
        UnanimousSecretBallot = "有异议事项无记名投票全票通过",
        SlowAnswers = "异议答复逾期",
        EmergencyOften = "应急程序使用频繁",
        OrderedFromAbove = "上级安排占比过高",
        SameTextElsewhere = "多村同文",
        SameDaySteps = "多个环节同日完成",
    }
}

impl FlagPattern {
    /// The wire name.
    #[must_use]
    pub fn as_str(self) -> String {
        crate::wire::name(&self)
    }
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

/// People who attend without being due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Guests {
    /// As whom.
    pub role: GuestRole,
    /// How many.
    pub count: u16,
}

/// An absent member and the member of the same household who votes for it (CE-2024 art. 27).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// Who is absent.
    pub principal: PersonId,
    /// Who votes for it.
    pub holder: PersonId,
}

/// How an owner voted for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UnitVote {
    /// The unit.
    pub unit: HouseholdNo,
    /// How.
    pub choice: Choice,
}

/// A suggestion and how many chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Preference {
    /// The suggestion.
    pub title: Line,
    /// How many chose it.
    pub votes: u32,
}
