//! Enumerations, spelled as in events, rule packs and case files: one form everywhere.

use async_graphql::Enum;
use serde::Serialize;
use siyi_domain::consultation::{DutyKind as DomainDutyKind, facts};
use siyi_domain::{fraction, ids, jurisdiction, laws, matters, office, procedure, roster};
use siyi_projections::{compliance, docket};

macro_rules! wire_enums {
    ($($(#[$doc:meta])* $name:ident = $domain:path { $($item:ident),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize)]
            #[graphql(rename_items = "snake_case")]
            #[serde(rename_all = "snake_case")]
            pub enum $name { $(#[doc = stringify!($item)] $item,)+ }

            impl From<$domain> for $name {
                fn from(value: $domain) -> Self {
                    match value { $(<$domain>::$item => Self::$item,)+ }
                }
            }

            impl From<$name> for $domain {
                fn from(value: $name) -> Self {
                    match value { $($name::$item => <$domain>::$item,)+ }
                }
            }
        )+
    };
}

wire_enums! {
    /// Level of a jurisdiction.
    Level = ids::Level { Province, Prefecture, County, Township, Village }
    /// Kind of a jurisdiction.
    JurisdictionKind = jurisdiction::JurisdictionKind { Village, Community, Town, Township, Subdistrict, Other }
    /// How the assembly authorised its representatives.
    AuthorisedBy = jurisdiction::AuthorisedBy { Assembly, WrittenPoll, Charter }
    /// Near relatives (Civil Code art. 1045).
    Kinship = roster::Kinship { Spouse, ParentChild, Sibling, GrandparentGrandchild }
    /// On what ground data is restricted or erased (PIPL art. 47).
    ErasureBasis = roster::ErasureBasis {
        PurposeAchieved, RetentionExpired, ConsentWithdrawn, Unlawful, AskedFor,
    }
    /// A roll.
    RollKind = office::RollKind {
        PartyMembers, PartyCommittee, VillageCommittee, SupervisoryCommittee, Representatives, Bookkeepers,
        Households, AdultVillagers, PartyRepresentatives, CollectiveMembers, MemberRepresentatives,
        CollectiveCouncil, CollectiveSupervisors, GroupElected,
    }
    /// A post within a body.
    Post = office::Post { Secretary, Director, Deputy, Head, Member }
    /// The office in which a person acts.
    Office = office::Office {
        PartySecretary, PartyCommitteeMember, PartyMember, VillageDirector, VillageCommitteeMember, Supervisor,
        Representative, Villager, CollectiveOfficer, Clerk, TownshipOfficer, CountyOfficer, GridWorker, Contractor,
        Auditor, Deputy, Operator,
    }
    /// At least, or more than.
    Comparator = fraction::Comparator { Ge, Gt }
    /// What a share is of.
    Base = procedure::Base { Due, Present, AdultVillagers, Representatives, Households }
    /// Whether a number was found in its source or is remembered practice.
    Certainty = procedure::Certainty { Found, Memory }
    /// How a motion is voted on.
    BallotForm = procedure::BallotForm { ShowOfHands, RollCall, SecretPaper }
    /// Kind of initiator.
    InitiatorKind = procedure::InitiatorKind {
        PartyOrganisation, VillageCommittee, SupervisoryCommittee, Collective, Villagers, Representatives,
    }
    /// Kind of paper.
    PaperKind = procedure::PaperKind {
        Minutes, SignInSheet, StepForm, CountSheet, Plan, Resolution, Notice, PostingPhoto, Contract, Voucher,
        AcceptanceSheet, Filing, SupervisionOpinion, CanvassForm, SignatureSheet, ReviewOpinion, Other,
    }
    /// 动议事由
    MotionSource = facts::MotionSource { PartyMembersAndMasses, VillageCadres, HigherAuthority }
    /// Carried or lost.
    DecisionOutcome = facts::Outcome { Carried, Lost }
    /// Why a person is left out of those due.
    ExclusionCause = facts::ExclusionCause {
        LongIllness, Abroad, Imprisoned, Deceased, MovedAway, RightsSuspended,
    }
    /// Why a proposal returns.
    ReturnReason = facts::ReturnReason {
        Revision, MotionLost, MaterialAmendment, TownshipReview, CorrectionOrdered, ResolutionFell,
    }
    /// What an amendment changes.
    Amendment = facts::Amendment { Drafting, Amount, CostAllocation, Site, ContractorRule }
    /// A vote.
    Choice = facts::Choice { For, Against, Abstain }
    /// Which notice.
    NoticeKind = facts::NoticeKind { Resolution, Progress, Result }
    /// What an objection is about.
    ObjectionAbout = facts::ObjectionAbout { Procedure, Figures, Content, Interest, Other }
    /// What follows from an answer.
    Remedy = facts::Remedy { None, CorrectNotice }
    /// How a contractor is chosen.
    ContractorChoice = facts::ContractorChoice { OpenTender, Quotations, Negotiation, OwnLabour }
    /// Whom a payment goes to.
    PayeeKind = facts::PayeeKind { Contractor, Compensation, Labour, Supplier }
    /// Where money comes from.
    FundKind = facts::FundKind { Fiscal, Collective, Donation, Levy, Other }
    /// Verdict of an acceptance group.
    Verdict = facts::Verdict { Accepted, Rectify }
    /// What is due.
    DutyKind = DomainDutyKind {
        Screen, Convene, HoldMeeting, CloseMeeting, PostResolution, AnswerObjection, CorrectNotice,
        CloseDisclosure, Start, Complete, PostResult, Archive, Canvass, CollectSignatures, RequestReview,
        AnswerReview, HoldForum, OwnersDecide, PostPlan, Ratify, Report, Appraise,
    }
    /// Status of a matter.
    Status = docket::Status {
        Moved, Deliberating, Executing, Archived, Dismissed, Rejected, Withdrawn, Annulled, Consulted,
    }
    /// The road of a matter.
    Lane = matters::Lane {
        Full, AssemblyOnly, MembersAssembly, Levy, Group, Light, Emergency, Consultation, AdminAssist, Owners,
        Election, Barred,
    }
    /// Whose decision a matter is.
    MatterBody = matters::MatterBody { VillageAssembly, CollectiveMembers, Residents, Owners }
    /// A body that meets.
    Body = office::Body {
        PartyCommittee, TwoCommittees, PartyMembers, PartyRepresentatives, Representatives, VillagersAssembly,
        HouseholdsAssembly, GroupVillagers, GroupHouseholds, ResidentsAssembly, ResidentHouseholdsAssembly,
        GroupElectedAssembly, ResidentsRepresentatives, MembersAssembly, MembersRepresentatives, CollectiveCouncil,
        JointMeeting,
    }
    /// What ties a person to the village.
    Residence = office::Residence { UsuallyResident, Admitted, Registered }
    /// A body below the village.
    ScopeKind = jurisdiction::ScopeKind { VillagersGroup, ResidentsGroup, Courtyard, Estate }
    /// What is done at a step.
    StepKind = procedure::StepKind { Meeting, Canvass, Signatures, Review, Forum, Owners }
    /// Why a resolved matter is deliberated again.
    ReopenPurpose = procedure::ReopenPurpose { Reconsideration, Annulment, Supplement, Termination, Ratification }
    /// How grave a flag is.
    Severity = compliance::Severity { Info, Warning, Serious }
    /// What a floor of a statute is of.
    FloorRule = laws::FloorRule {
        Quorum, Threshold, Notice, Authorisation, NoProxy, NoOnline, Posted, RepresentativesShare,
        WomenRepresentativesShare, HouseholdsPerRepresentative, CommitteeSize, SupervisoryCommitteeSize,
        PriorPartyDiscussion,
    }
    /// A number that a place may set more strictly.
    RuleName = procedure::RuleName {
        Quorum, Threshold, Notice, PlanDelivered, Posted, Objections, Answer, ResolutionPosted, ResultPosted,
    }
    /// A routine duty of a village.
    RoutineKind = procedure::RoutineKind {
        RepresentativesMeeting, AssemblyMeeting, MembersAssembly, AffairsDisclosure, AccountsDisclosure, Appraisal,
        JointConference,
    }
    /// How often a routine duty falls due.
    Cycle = procedure::Cycle { Month, Quarter, HalfYear, Year }
    /// 意见分类
    OpinionClass = facts::OpinionClass { Support, Suggestion, Doubt, Opposition }
    /// How an opinion was taken.
    OpinionSource = facts::OpinionSource { DoorToDoor, Form, Online, Meeting, StationedUnit }
    /// What an authority answers.
    ReviewVerdict = facts::ReviewVerdict { Agrees, AsksForChanges, Disagrees }
    /// Grounds of law on which an authority may stand in the way.
    LegalGround = facts::LegalGround { Statute, StatePolicy, RightsOfPersons, Procedure }
    /// The form in which those concerned talk.
    ForumForm = facts::ForumForm { Council, Hearing, HeartToHeart }
    /// What follows from a consultation of those concerned.
    ForumOutcome = facts::ForumOutcome { CarryOut, ReportToGovernment, NeedsResolution, NoAgreement }
    /// Who attends without being due.
    GuestRole = facts::GuestRole {
        Deputy, StationedUnit, OwnersCommittee, PropertyFirm, Government, Expert, Resident, FromElsewhere, Supervisor,
    }
    /// Who suspends a matter.
    SuspendedBy = facts::SuspendedBy { Court, Township, Supervisors }
    /// 应急情形
    Emergency = facts::Emergency { Flood, Fire, Epidemic, Danger }
    /// How a procedure is known to be gone around: what a flag is of.
    FlagPattern = facts::FlagPattern {
        Splitting, WorkBeforeResolution, LateRecording, BurstRecording, ZeroDissent, CheckedInElsewhere,
        DenominatorShrunk, SameSignIn, RecodedAfterScreening, PostingWithoutPhoto, PhotoReused, NoticeRemovedEarly,
        Overspending, ContractDiffers, SupervisorsRelatives, UnanimousSecretBallot, SlowAnswers, EmergencyOften,
        OrderedFromAbove, SameTextElsewhere, SameDaySteps,
    }
}

/// Language of a text.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[graphql(rename_items = "snake_case")]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl From<Language> for crate::pages::Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => Self::Zh,
            Language::En => Self::En,
        }
    }
}
