//! The names that the pages give to the terms of the domain, in both languages. Chinese ones that the domain has are its own.

use std::borrow::Borrow;

use siyi_domain::consultation::DutyKind;
use siyi_domain::consultation::facts::{
    Amendment, ContractorChoice, Emergency, FlagPattern, ForumForm, ForumOutcome, FundKind, GuestRole, LegalGround,
    MotionSource, NoticeKind, ObjectionAbout, OpinionClass, OpinionSource, Outcome, PayeeKind, Remedy, ReturnReason,
    ReviewVerdict, SuspendedBy,
};
use siyi_domain::ids::Level;
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::matters::Lane;
use siyi_domain::office::{Office, RollKind};
use siyi_domain::procedure::{BallotForm, Base, Cycle, InitiatorKind, PaperKind, ReopenPurpose, RoutineKind};
use siyi_projections::docket::{Status, duty_zh};

use super::lang::Lang;

mod community;

pub use community::of_residents;

/// A term with a name in each language.
pub trait Term: Copy {
    /// The two names.
    fn names(self) -> (&'static str, &'static str);

    /// The name in a language.
    fn named(self, lang: impl Borrow<Lang>) -> &'static str {
        let (zh, en) = self.names();
        lang.borrow().pick(zh, en)
    }

    /// The name in a language, in a community (社区) where `urban`, in a village otherwise.
    fn named_in(self, urban: impl Borrow<bool>, lang: impl Borrow<Lang>) -> &'static str {
        let name = self.named(lang);
        if *urban.borrow() { of_residents(name) } else { name }
    }
}

macro_rules! terms {
    ($($type:ident { $($item:ident: $zh:literal, $en:literal;)+ })+) => {
        $(impl Term for $type {
            fn names(self) -> (&'static str, &'static str) {
                match self { $(Self::$item => ($zh, $en),)+ }
            }
        })+
    };
}

macro_rules! english_terms {
    ($($type:ident($chinese:expr) { $($item:ident: $en:literal;)+ })+) => {
        $(impl Term for $type {
            fn names(self) -> (&'static str, &'static str) {
                let zh: fn(Self) -> &'static str = $chinese;
                (zh(self), match self { $(Self::$item => $en,)+ })
            }
        })+
    };
}

terms! {
    Status {
        Moved: "动议", "motion";
        Deliberating: "议事中", "deliberating";
        Executing: "公开与实施", "disclosure and works";
        Archived: "已归档", "archived";
        Dismissed: "不予受理", "dismissed";
        Rejected: "未通过", "rejected";
        Withdrawn: "已撤回", "withdrawn";
        Annulled: "决议已撤销", "annulled";
        Consulted: "协商办结", "talked over";
    }
    Office {
        PartySecretary: "村党组织书记", "party secretary";
        PartyCommitteeMember: "村党组织委员", "member of the party committee";
        PartyMember: "党员", "party member";
        VillageDirector: "村委会主任", "head of the villagers' committee";
        VillageCommitteeMember: "村委会委员", "member of the villagers' committee";
        Supervisor: "村务监督委员会成员", "supervisor";
        Representative: "村民代表", "villagers' representative";
        Villager: "村民", "villager";
        CollectiveOfficer: "集体经济组织负责人", "officer of the rural collective";
        Clerk: "村文书", "village clerk";
        TownshipOfficer: "乡镇（街道）工作人员", "township officer";
        CountyOfficer: "县（市、区）工作人员", "county officer";
        GridWorker: "网格员", "grid worker";
        Contractor: "施工单位", "contractor";
        Auditor: "审计人员", "auditor";
        Deputy: "人大代表", "deputy";
        Operator: "系统运维", "operator";
    }
    RollKind {
        PartyMembers: "党员", "party members";
        PartyCommittee: "村党组织委员会", "committee of the party branch";
        VillageCommittee: "村民委员会", "villagers' committee";
        SupervisoryCommittee: "村务监督委员会", "supervisory committee";
        Representatives: "村民代表", "villagers' representatives";
        Bookkeepers: "财务人员", "bookkeepers";
        Households: "户的代表", "household representatives";
        AdultVillagers: "十八周岁以上村民", "villagers of 18 or older";
        PartyRepresentatives: "党员代表", "representatives of the party members";
        CollectiveMembers: "集体经济组织成员", "members of the rural collective";
        MemberRepresentatives: "集体经济组织成员代表", "representatives of the collective's members";
        CollectiveCouncil: "集体经济组织理事会", "council of the rural collective";
        CollectiveSupervisors: "集体经济组织监事会", "supervisors of the rural collective";
        GroupElected: "居民小组推选的代表", "representatives elected by the residents' groups";
    }
    BallotForm {
        ShowOfHands: "举手表决", "show of hands";
        RollCall: "点名表决", "roll call";
        SecretPaper: "无记名投票", "secret ballot";
    }
    Base {
        Due: "应到人数", "those due";
        Present: "到会人数", "those present";
        AdultVillagers: "本村十八周岁以上村民", "villagers of 18 or older";
        Representatives: "村民代表", "villagers' representatives";
        Households: "户数", "the households";
    }
    InitiatorKind {
        PartyOrganisation: "村党组织", "the party organisation";
        VillageCommittee: "村民委员会", "the villagers' committee";
        SupervisoryCommittee: "村务监督委员会", "the supervisory committee";
        Collective: "农村集体经济组织", "the rural collective";
        Villagers: "村民联名", "villagers jointly";
        Representatives: "村民代表联名", "representatives jointly";
    }
    Level {
        Province: "省", "province";
        Prefecture: "市", "prefecture";
        County: "县（市、区）", "county";
        Township: "乡镇（街道）", "township";
        Village: "村（社区）", "village";
    }
    JurisdictionKind {
        Village: "村", "village";
        Community: "社区", "community";
        Town: "镇", "town";
        Township: "乡", "township";
        Subdistrict: "街道", "subdistrict";
        Other: "行政区域", "administrative division";
    }
    Lane {
        Full: "四议两公开", "four deliberations and two disclosures";
        AssemblyOnly: "由全体会议直接决定", "decided by the assembly itself";
        MembersAssembly: "由集体经济组织成员大会决定", "decided by the members of the rural collective";
        Levy: "一事一议筹资筹劳", "levy of funds and labour";
        Group: "小组（院落）议事", "decided by a group or courtyard";
        Light: "简易程序", "light road";
        Emergency: "应急程序", "emergency road";
        Consultation: "协商", "consultation";
        AdminAssist: "协助政府", "assisting the government";
        Owners: "业主共同决定", "decided by the owners";
        Election: "选举", "election";
        Barred: "不得议决", "barred by law";
    }
    RoutineKind {
        RepresentativesMeeting: "召开村民代表会议", "meeting of the villagers' representatives";
        AssemblyMeeting: "召开村民会议", "villagers' assembly";
        MembersAssembly: "召开集体经济组织成员大会", "assembly of the collective's members";
        AffairsDisclosure: "村务公开", "disclosure of affairs";
        AccountsDisclosure: "财务公开", "disclosure of accounts";
        Appraisal: "民主评议", "appraisal by the people";
        JointConference: "召开联席会议", "joint conference";
    }
    Cycle {
        Month: "每月", "each month";
        Quarter: "每季度", "each quarter";
        HalfYear: "每半年", "each half year";
        Year: "每年", "each year";
    }
}

english_terms! {
    MotionSource(|item| item.zh()) {
        PartyMembersAndMasses: "suggested by party members and villagers";
        VillageCadres: "proposed by village officers";
        HigherAuthority: "arranged by a higher authority";
    }
    Outcome(|item| item.zh()) { Carried: "carried"; Lost: "not carried"; }
    ReturnReason(|item| item.zh()) {
        Revision: "needs revision";
        MotionLost: "the motion was lost";
        MaterialAmendment: "materially amended at the meeting";
        TownshipReview: "the authority that reviews asks for changes";
        CorrectionOrdered: "ordered to be put right";
        ResolutionFell: "the resolution did not stand when reconsidered";
    }
    Amendment(|item| item.zh()) {
        Drafting: "drafting";
        Amount: "amount";
        CostAllocation: "who pays what";
        Site: "site";
        ContractorRule: "choice of the contractor";
    }
    NoticeKind(|item| item.zh()) {
        Resolution: "disclosure of the resolution";
        Progress: "disclosure of progress";
        Result: "disclosure of the outcome";
    }
    ObjectionAbout(|item| item.zh()) {
        Procedure: "procedure";
        Figures: "figures";
        Content: "content";
        Interest: "conflict of interest";
        Other: "other";
    }
    Remedy(|item| item.zh()) { None: "no correction needed"; CorrectNotice: "the notice is to be corrected"; }
    ContractorChoice(|item| item.zh()) {
        OpenTender: "open tender";
        Quotations: "open comparison of quotations";
        Negotiation: "negotiation";
        OwnLabour: "own labour";
    }
    PayeeKind(|item| item.zh()) {
        Contractor: "contractor";
        Compensation: "persons compensated";
        Labour: "labourers";
        Supplier: "supplier";
    }
    FundKind(|item| item.zh()) {
        Fiscal: "public funds";
        Collective: "the village collective";
        Donation: "donations";
        Levy: "levy";
        Other: "other";
    }
    PaperKind(|item| item.zh()) {
        Minutes: "minutes";
        SignInSheet: "sign-in sheet";
        StepForm: "registration form";
        CountSheet: "count sheet";
        Plan: "plan";
        Resolution: "written resolution";
        Notice: "notice";
        PostingPhoto: "photo of the posting";
        Contract: "contract";
        Voucher: "voucher";
        AcceptanceSheet: "acceptance sheet";
        Filing: "filing receipt";
        SupervisionOpinion: "supervisors' opinion";
        CanvassForm: "canvass form";
        SignatureSheet: "sheet of household signatures";
        ReviewOpinion: "opinion of the reviewing authority";
        Other: "other paper";
    }
    OpinionClass(|item| item.zh()) {
        Support: "support";
        Suggestion: "suggestion";
        Doubt: "question";
        Opposition: "opposition";
    }
    OpinionSource(|item| item.zh()) {
        DoorToDoor: "door to door";
        Form: "canvass form";
        Online: "online";
        Meeting: "talk in a meeting";
        StationedUnit: "form of a stationed unit";
    }
    ReviewVerdict(|item| item.zh()) {
        Agrees: "agrees";
        AsksForChanges: "asks for changes";
        Disagrees: "does not agree";
    }
    LegalGround(|item| item.zh()) {
        Statute: "breaks laws or regulations";
        StatePolicy: "goes against state policy";
        RightsOfPersons: "infringes personal, democratic or lawful property rights of villagers";
        Procedure: "breaks the procedure that the law orders";
    }
    ForumForm(|item| item.zh()) {
        Council: "council of those concerned";
        Hearing: "hearing";
        HeartToHeart: "heart-to-heart talk";
    }
    ForumOutcome(|item| item.zh()) {
        CarryOut: "the committee carries it out";
        ReportToGovernment: "reported to the township or subdistrict";
        NeedsResolution: "needs the resolution of a meeting";
        NoAgreement: "no agreement";
    }
    GuestRole(|item| item.zh()) {
        Deputy: "delegates of party, people's congress and consultative conference";
        StationedUnit: "stationed units";
        OwnersCommittee: "owners' committee";
        PropertyFirm: "property management firm";
        Government: "township, subdistrict and departments";
        Expert: "experts";
        Resident: "villagers or residents attending";
        FromElsewhere: "usual residents registered elsewhere";
        Supervisor: "supervisors";
    }
    SuspendedBy(|item| item.zh()) {
        Court: "a people's court";
        Township: "the township or subdistrict";
        Supervisors: "the supervisory committee";
    }
    Emergency(|item| item.zh()) {
        Flood: "flood";
        Fire: "fire";
        Epidemic: "epidemic";
        Danger: "danger";
    }
    ReopenPurpose(|item| item.zh()) {
        Reconsideration: "reconsideration";
        Annulment: "annulment of the resolution";
        Supplement: "supplementary resolution";
        Termination: "end of carrying out";
        Ratification: "ratification";
    }
    FlagPattern(|item| item.zh()) {
        Splitting: "one matter split into small ones";
        WorkBeforeResolution: "work before the resolution";
        LateRecording: "recorded afterwards";
        BurstRecording: "filled in all at once";
        ZeroDissent: "never any dissent";
        CheckedInElsewhere: "signed in at two places at once";
        DenominatorShrunk: "fewer due than changed the outcome";
        SameSignIn: "review and resolution with one sign-in sheet";
        RecodedAfterScreening: "kind of matter changed after screening";
        PostingWithoutPhoto: "posting without a photo";
        PhotoReused: "the same photo used again";
        NoticeRemovedEarly: "notice taken down early";
        Overspending: "overspending";
        ContractDiffers: "contract differs from the resolution";
        SupervisorsRelatives: "supervisors near relatives of the committee";
        UnanimousSecretBallot: "unanimous secret ballot on a contested matter";
        SlowAnswers: "objections answered late";
        EmergencyOften: "emergency road used often";
        OrderedFromAbove: "mostly arranged from above";
        SameTextElsewhere: "the same text in several villages";
        SameDaySteps: "several steps on one day";
    }
}

/// The name of a duty.
#[must_use]
pub const fn duty(kind: DutyKind, lang: Lang) -> &'static str {
    let en = match kind {
        DutyKind::Screen => "screen the motion",
        DutyKind::Convene => "convene the meeting",
        DutyKind::HoldMeeting => "hold the meeting",
        DutyKind::CloseMeeting => "file the papers of the meeting",
        DutyKind::PostResolution => "disclose the resolution",
        DutyKind::AnswerObjection => "answer the objection",
        DutyKind::CorrectNotice => "correct the notice",
        DutyKind::CloseDisclosure => "end the disclosure",
        DutyKind::Start => "start the works",
        DutyKind::Complete => "complete and accept",
        DutyKind::PostResult => "disclose the outcome",
        DutyKind::Archive => "archive the file",
        DutyKind::Canvass => "ask for opinions",
        DutyKind::CollectSignatures => "collect the signatures of the households",
        DutyKind::RequestReview => "submit for review",
        DutyKind::AnswerReview => "answer of the reviewing authority",
        DutyKind::HoldForum => "hold the consultation",
        DutyKind::OwnersDecide => "decision of the owners",
        DutyKind::PostPlan => "post the plan",
        DutyKind::Ratify => "ratify what was done in the emergency",
        DutyKind::Report => "report to the representatives",
        DutyKind::Appraise => "appraisal by the people",
    };
    lang.pick(duty_zh(kind), en)
}
