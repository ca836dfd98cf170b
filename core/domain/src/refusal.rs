//! The domain saying no: a public, stable code with the figures in it. A refusal is data, never an error.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::procedure::Basis;

/// A figure in a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Figure {
    /// A count, or an amount in fen where the figure's name ends in `_fen`.
    Count(u64),
    /// A date, a code or an identifier.
    Text(String),
}

impl From<u64> for Figure {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<String> for Figure {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Figure {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// The domain's no to a command: the store stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable public code.
    pub code: RefusalCode,
    /// The figures that led to it, by name.
    pub figures: BTreeMap<String, Figure>,
    /// The rule that stands in the way, where one number of the law does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<Basis>,
}

impl Refusal {
    /// Adds a figure.
    #[must_use]
    pub fn with(mut self, name: &str, figure: impl Into<Figure>) -> Self {
        self.figures.insert(name.to_owned(), figure.into());
        self
    }

    /// Names the rule that stands in the way.
    #[must_use]
    pub fn by(mut self, rule: &Basis) -> Self {
        self.rule = Some(rule.clone());
        self
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self { code, figures: BTreeMap::new(), rule: None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        for (name, figure) in &self.figures {
            write!(f, " {name}={figure}")?;
        }
        Ok(())
    }
}

macro_rules! refusal_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)+) => {
        /// Every way in which the domain says no. Each has a page under docs/refusals/ and a scenario.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RefusalCode {
            $(
                #[doc = $en]
                #[serde(rename = $code)]
                $name,
            )+
        }

        impl RefusalCode {
            /// All codes, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable public code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// One sentence for people, in Chinese.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$name => $zh),+ }
            }

            /// One sentence for people, in English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$name => $en),+ }
            }
        }

        impl std::str::FromStr for RefusalCode {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($code => Ok(Self::$name),)+ _ => Err(()) }
            }
        }
    };
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

refusal_codes! {
    // Any act.
    OccurredInFuture = "occurred-in-future", "所填发生时间晚于当前时间", "the act is dated in the future";
    ActsOutOfOrder = "acts-out-of-order", "所填发生时间早于上一环节", "the act is dated before the step that it follows";
    StepOutOfOrder = "step-out-of-order", "不得跳过或颠倒程序环节", "the matter is not at the step that this act belongs to";
    MatterEnded = "matter-ended", "该事项已办结或终止", "the matter has ended";
    OfficeNotCompetent = "office-not-competent", "该职务无权办理此项", "this office may not do this act";
    YearUnknown = "year-unknown", "缺少该年度节假日数据，无法计算期限", "no holiday data for the year, so the period cannot be computed";
    NoProcedureInForce = "no-procedure-in-force", "该日没有适用的程序规则", "no procedure is in force for this jurisdiction on that day";
    CommandIdReused = "command-id-reused", "同一命令编号内容不一致", "the command id was used for a different command";
    TooManyEntries = "too-many-entries", "一次提交的条目过多", "too many entries in one command";
    EntriesMissing = "entries-missing", "未列明任何条目", "the list of the command is empty";
    // The jurisdiction and its rolls.
    JurisdictionUnknown = "jurisdiction-unknown", "辖区未登记", "the jurisdiction is not registered";
    JurisdictionRegisteredAlready = "jurisdiction-registered-already", "辖区已登记", "the jurisdiction is registered already";
    LevelMismatch = "level-mismatch", "辖区级别与代码不符", "the act does not fit the level of this code";
    PersonUnknown = "person-unknown", "人员未登记", "the person is not registered";
    PersonRegisteredAlready = "person-registered-already", "人员已登记", "the person is registered already";
    PersonTwice = "person-twice", "同一人重复计算", "the same person stands twice in the list";
    HouseholdTwice = "household-twice", "同一户重复计算", "the same household stands twice in the list";
    HouseholdMissing = "household-missing", "未填户号或村民小组", "household or villagers' group is missing";
    RollNotWhole = "roll-not-whole", "名册人数与登记基数不一致", "the roll does not hold the whole body that was counted";
    CommitteeSize = "committee-size", "成员人数不符合规定", "the size of the body is outside the law's range";
    CommitteeWithoutWoman = "committee-without-woman", "村民委员会成员中应当有妇女", "the committee has no woman member";
    CommitteeNearRelatives = "committee-near-relatives", "村民委员会成员之间应当实行近亲属回避", "members of the committee are near relatives";
    SupervisorInCommittee = "supervisor-in-committee", "村务监督机构成员不得是村民委员会成员", "a supervisor sits in the village committee";
    SupervisorNearRelative = "supervisor-near-relative", "村务监督机构成员不得是村委会成员的近亲属", "a supervisor is a near relative of a committee member";
    SupervisorIsBookkeeper = "supervisor-is-bookkeeper", "村务监督机构成员不得兼任财务人员", "a supervisor is the bookkeeper";
    CompositionNotMet = "composition-not-met", "村民代表会议组成比例不符合规定", "the composition of the representatives' meeting breaks the law";
    HouseholdsPerRepresentative = "households-per-representative", "村民代表推选户数比例不符合规定", "households per representative are outside the law's range";
    ElectorateUnknown = "electorate-unknown", "未登记本村人口、户数等基数", "the village's counts of people and households are not recorded";
    RollMissing = "roll-missing", "所需名册未登记", "the roll of the body is not filed";
    // Motion and screening.
    MatterUnknown = "matter-unknown", "事项代码不在目录内", "the code is not in the catalogue of matters";
    MatterBarred = "matter-barred", "法律禁止的事项", "the law bars this matter";
    LaneNotInProcedure = "lane-not-in-procedure", "该事项应走其他程序", "the matter belongs to another procedure";
    InitiatorsTooFew = "initiators-too-few", "联名人数不足", "too few initiators have signed";
    InitiatorNotEntitled = "initiator-not-entitled", "无权提出动议", "this initiator may not raise a motion";
    ConsultationExistsAlready = "consultation-exists-already", "该事项编号已存在", "a matter with this id exists already";
    ConsultationUnknown = "consultation-unknown", "事项不存在", "there is no matter with this id";
    SourcesDoNotSum = "sources-do-not-sum", "资金来源合计与预算不一致", "the sources do not sum to the budget";
    AmountOutOfRange = "amount-out-of-range", "金额超出范围", "the amount is out of range";
    PlanMissing = "plan-missing", "尚未形成方案", "there is no plan yet";
    // Meetings.
    MeetingOpenAlready = "meeting-open-already", "上一次会议尚未闭会", "a meeting of the matter is open already";
    MeetingNotOpen = "meeting-not-open", "没有该次会议或会议已闭会", "there is no such open meeting";
    FormUnknown = "form-unknown", "该环节没有这种会议形式", "the step knows no such form of meeting";
    NoticeTooShort = "notice-too-short", "会议通知提前时间不足", "the notice of the meeting is too short";
    PlanDeliveredTooLate = "plan-delivered-too-late", "方案送达提前时间不足", "the plan was delivered too late";
    NotDelegable = "not-delegable", "该事项不得由村民代表会议决定", "this matter may not be decided by representatives";
    AuthorisationMissing = "authorisation-missing", "村民会议未授权村民代表会议决定该事项", "no authorisation of the representatives covers this matter";
    NotOnRoll = "not-on-roll", "不在本次会议应到名单内", "the person is not on the frozen roll";
    NotPresent = "not-present", "该人员未到会", "the person is not present";
    CheckedInAlready = "checked-in-already", "该人员已签到", "the person is checked in already";
    ExcludedAfterOpening = "excluded-after-opening", "签到开始后不得调整应到名单", "the roll may not change once people have checked in";
    WrongDay = "meeting-on-another-day", "签到或表决日期与会议日期不符", "the act is not on the day of the meeting";
    PapersMissing = "papers-missing", "缺少应当归档的材料", "required papers are missing";
    MotionOpenAlready = "motion-open-already", "上一议题尚未表决", "a motion is open already";
    NoMotionOpen = "no-motion-open", "没有待表决的议题", "no motion is open";
    DecidedAlready = "decided-already", "本次会议已作出决定", "the meeting has decided already";
    QuorumNotMet = "quorum-not-met", "到会人数不足法定人数", "the meeting has no quorum";
    MeetingUndecided = "meeting-undecided", "议题已付表决，尚无结果，不能闭会", "a motion has been put and not decided";
    // Ballots.
    BallotFormNotPermitted = "ballot-form-not-permitted", "该会议不得采用此种表决方式", "this form of ballot is not permitted";
    VotesExceedPresent = "votes-exceed-present", "票数超过到会人数", "there are more votes than people present";
    CountsDisagree = "counts-disagree", "两名计票人清点结果不一致", "the two counts disagree";
    TellersNotIndependent = "tellers-not-independent", "监票、计票人员不独立", "tellers and scrutineer must be different people and not the chair";
    BallotsNotConserved = "ballots-not-conserved", "票数不平衡", "the papers do not add up";
    VotedTwice = "voted-twice", "同一人重复表决", "the same person voted twice";
    // Disclosure.
    PlacesMissing = "places-missing", "未填公示地点", "the notice names no place";
    SupervisorsNotSigned = "supervisors-not-signed", "缺少村务监督委员会意见签字", "no supervisor has signed";
    NoticePostedAlready = "notice-posted-already", "该公告已张贴", "the notice is posted already";
    NoticeNotPosted = "notice-not-posted", "公告未张贴", "the notice is not posted";
    PostingTooShort = "posting-too-short", "公布期限不足", "the posting is shorter than the law orders";
    ObjectionsOpen = "objections-open", "异议尚未答复", "objections are not answered yet";
    ObjectionUnknown = "objection-unknown", "没有该条异议", "there is no such objection";
    ObjectionAnsweredAlready = "objection-answered-already", "该异议已答复", "the objection is answered already";
    CorrectionOwed = "correction-owed", "异议成立，应先更正公告", "a correction of the notice is owed";
    // Implementation.
    StartBeforeObjectionsEnd = "start-before-objections-end", "异议期未满，不得开工", "works may not start before the objection window ends";
    NoWorks = "no-works", "该事项不涉及工程实施", "the matter has no works";
    ContractMissing = "contract-missing", "未签订合同", "there is no contract";
    ContractSignedAlready = "contract-signed-already", "合同已签订", "the contract is signed already";
    BudgetExceeded = "budget-exceeded", "超出决议预算或合同金额", "the amount exceeds what was resolved";
    VariationOverTolerance = "variation-over-tolerance", "变更超出允许幅度，须补充决议", "the variation exceeds the tolerance and needs a supplementary resolution";
    VoucherNotChecked = "voucher-not-checked", "凭证未经村务监督委员会审核", "no supervisor has checked the voucher";
    AcceptanceGroupIncomplete = "acceptance-group-incomplete", "验收组成员不符合规定", "the acceptance group is incomplete";
    RemarkMissing = "remark-missing", "责令整改应写明整改内容", "what must be put right is not said";
    FinalAccountMissing = "final-account-missing", "验收合格应填写决算金额", "the final account is missing";
    NotCompleted = "not-completed", "尚未验收或办结", "the matter is not accepted or completed yet";
    CompletedAlready = "completed-already", "已验收或办结", "the matter is accepted or completed already";
    DisclosureOpen = "disclosure-open", "公示尚未结束", "a disclosure is still open";
    // Roads.
    BodiesExcludeEachOther = "bodies-exclude-each-other", "所涉事项分属不同主体，不能在一件事项中办理", "the kinds of matter belong to bodies that exclude each other";
    LaneNotPermitted = "lane-not-permitted", "该事项不得走此种程序", "the kinds of matter do not permit this road";
    GroupUnknown = "group-unknown", "没有该小组（院落）", "there is no such group or courtyard";
    LightLimitExceeded = "light-limit-exceeded", "超出简易程序金额上限", "the amount exceeds the limit of the light road";
    MergeNotPermitted = "merge-not-permitted", "书记、主任非一人担任，提议和商议不得合并", "the two steps may be held as one only where one person holds both posts";
    FormNotOpen = "form-not-open", "此时不得采用这种会议形式", "this form of meeting may not decide now";
    PlanNotPosted = "plan-not-posted", "方案公示未满期限", "the plan has not been posted long enough";
    // Canvass, signatures, reviews.
    OpinionUnknown = "opinion-unknown", "没有该条意见", "there is no such opinion";
    OpinionAnsweredAlready = "opinion-answered-already", "该意见已答复", "the opinion is answered already";
    OpinionsUnanswered = "opinions-unanswered", "尚有意见未答复", "opinions are not answered yet";
    CoverageNotMet = "coverage-not-met", "征求意见覆盖面不足", "too few households have been asked";
    AnswersExceedAsked = "answers-exceed-asked", "征求意见户数不平衡", "the figures of the canvass do not add up";
    HouseholdUnknown = "household-unknown", "户册中没有该户", "the household is not on the roll";
    SignaturesTooFew = "signatures-too-few", "签字户数不足", "too few households have signed";
    ReviewNotRequested = "review-not-requested", "尚未提请审核", "no review has been asked for";
    GroundMissing = "ground-missing", "审核不同意应当写明法律依据", "an authority that does not agree must name a ground of law";
    // Attendance.
    OnlineNotPermitted = "online-not-permitted", "该会议不得线上到会", "nobody takes part in this meeting from afar";
    ProxyNotPermitted = "proxy-not-permitted", "该会议不得委托他人到会", "nobody votes for another at this meeting";
    ProxyNotOfHousehold = "proxy-not-of-household", "受托人不是同户到会成员", "the proxy is no member of the same household who is present";
    InterestedPerson = "interested-person", "有利害关系的人应当回避", "who has declared an interest may not take part in this";
    // Owners.
    NoOwnersDecision = "no-owners-decision", "该事项不需业主共同决定", "the matter needs no decision of owners";
    OwnersUndecided = "owners-undecided", "业主尚未共同决定", "the owners have not decided yet";
    UnitUnknown = "unit-unknown", "业主名册中没有该专有部分", "the unit is not on the owners' roll";
    UnitTwice = "unit-twice", "专有部分重复", "a unit stands twice";
    // Off the road.
    ReopenedTooLate = "reopened-too-late", "已过可以重新议决的时候", "the time for this has passed";
    MatterSuspended = "matter-suspended", "事项已暂停", "the matter is suspended";
    NotSuspended = "not-suspended", "事项未被暂停", "the matter is not suspended";
    DutyNotOverdue = "duty-not-overdue", "没有逾期的该项义务", "no such duty is overdue";
    RatificationMissing = "ratification-missing", "应急事项尚未追认", "the emergency has not been ratified yet";
    ReportMissing = "report-missing", "简易事项尚未向村民代表会议报告", "the representatives have not heard of the light matter yet";
    AppraisalMissing = "appraisal-missing", "尚未进行群众评议", "the people have not judged the outcome yet";
    // Rules of a place.
    LooserThanProcedure = "looser-than-procedure", "地方规定只能从严，不能放宽", "a place may tighten a number, never loosen it";
    RuleUnknown = "rule-unknown", "程序中没有该项规定", "the procedure has no such number";
    ActionItemUnknown = "action-item-unknown", "没有该项待办事项或已办结", "there is no such open action item";
    NotOfThisVillage = "not-of-this-village", "户籍不在本村（社区），不符合登记条件", "who is registered elsewhere may not stand on this roll";
    CouncilNotOdd = "council-not-odd", "理事会成员应当为单数", "the council must have an odd number of members";
    // Offices, residence, personal data.
    OfficeComesFromRoll = "office-comes-from-roll", "该职务由选举或者名册产生，不能任命", "the office comes from a roll, nobody is appointed to it";
    TermEndsBeforeItBegins = "term-ends-before-it-begins", "任期截止日早于起始日", "the term ends before it begins";
    OfficeHeldAlready = "office-held-already", "该人员已任此职", "the person holds the office already";
    FileUnknown = "file-unknown", "没有该文件，或者未列入保管期限表", "there is no such file, or no schedule knows it";
    OfficeNotHeld = "office-not-held", "该人员当日未任此职", "the person does not hold the office on that day";
    ResidenceTooShort = "residence-too-short", "居住未满一年", "the person has lived here for less than a year";
    HomeIsHere = "home-is-here", "户籍就在本村（社区），无需接纳", "the person is registered here and needs no admission";
    ConsentOfWrongBody = "consent-of-wrong-body", "应经村民会议或者村民代表会议同意", "only the assembly or the representatives may agree";
    AdmittedAlready = "admitted-already", "该人员已被接纳", "the person is admitted already";
    HomePersonMissing = "home-person-missing", "户籍地在本平台的，应当注明其在户籍地名册中的编号", "the home keeps its rolls in this log, so who the person is there must be said";
    StillOnHomeRoll = "still-on-home-roll", "户籍地尚未因本地接纳而除名", "the home has not struck the person for being admitted here";
    TakesNoPartHere = "takes-no-part-here", "该人员已不在本村（社区）参加自治", "the person takes part in this village no longer";
    SeatHeld = "seat-held", "该人员仍在选举产生的名册中", "the person still holds a seat by election";
    NotStruck = "not-struck", "该人员未被除名", "the person was not struck from taking part";
    StillAdmitted = "still-admitted", "另一地仍接纳该人员", "the other place still admits the person";
    NotAdmitted = "not-admitted", "该人员不是被接纳的流动人口", "the person is not admitted from elsewhere";
    PersonRestrictedAlready = "person-restricted-already", "该人员信息已限制处理", "the person's data is restricted already";
    PersonErased = "person-erased", "该人员信息已删除", "the person's data was erased";
    RetentionOrdersKept = "retention-orders-kept", "法定应当保存，只能限制处理", "the law orders the data kept; it may be restricted";
    PersonalDataInText = "personal-data-in-text", "文字中含有身份证号、电话、银行卡号等个人信息", "the text holds an identity number, a telephone or a bank card number";
    // Accounts.
    AccountUnknown = "account-unknown", "没有这个账号", "there is no such account";
    AccountOpenAlready = "account-open-already", "账号已开通", "the account is open already";
    AccountClosed = "account-closed", "账号已注销", "the account is closed";
    BoundToAnother = "bound-to-another", "该账号在本地已对应另一人", "the account already acts as another person in this place";
    SignInUnknown = "sign-in-unknown", "没有这种登录方式", "the account has no such means of signing in";
    RepresentativesTooFew = "representatives-too-few", "村民代表人数低于规定", "there are fewer representatives than the place asks for";
}
