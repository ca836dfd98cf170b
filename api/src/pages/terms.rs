//! The names that the pages give to the terms of the domain, in both languages. Chinese ones that the domain has are its own.

use std::borrow::Borrow;

use siyi_domain::consultation::DutyKind;
use siyi_domain::consultation::facts::{
    Amendment, ContractorChoice, FundKind, MotionSource, NoticeKind, ObjectionAbout, Outcome, PayeeKind, Remedy,
    ReturnReason,
};
use siyi_domain::ids::Level;
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::office::{Office, RollKind};
use siyi_domain::procedure::{BallotForm, Base, InitiatorKind, PaperKind};
use siyi_projections::docket::{Status, duty_zh};

use super::lang::Lang;

/// A term with a name in each language.
pub trait Term: Copy {
    /// The two names.
    fn names(self) -> (&'static str, &'static str);

    /// The name in a language.
    fn named(self, lang: impl Borrow<Lang>) -> &'static str {
        let (zh, en) = self.names();
        lang.borrow().pick(zh, en)
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
        GridWorker: "网格员", "grid worker";
        Contractor: "施工单位", "contractor";
        Auditor: "审计人员", "auditor";
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
        TownshipReview: "the township asks for changes";
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
        Other: "other paper";
    }
}

/// The name of a duty.
#[must_use]
pub const fn duty(kind: &DutyKind, lang: Lang) -> &'static str {
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
    };
    lang.pick(duty_zh(kind), en)
}
