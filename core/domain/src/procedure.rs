//! A procedure as data: steps, forms of meeting, quorums, thresholds, periods, each number with its legal basis.
//!
//! The files lie in `schemas/procedures/`; this module only gives them types and refuses malformed ones.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Day;
use crate::fraction::Fraction;
use crate::jurisdiction::JurisdictionKind;
use crate::office::{Office, RollKind};

mod check;
mod papers;

pub use check::ProcedureError;
pub use papers::PaperKind;

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The law's short id in the pack's list of sources, for example `VL-2025`.
    pub law: String,
    /// Article, paragraph and item, for example `30` or `28 ¶3`.
    pub article: String,
    /// Whether the number was found in the text of its source or is remembered practice, which a place may configure.
    #[serde(default)]
    pub certainty: Certainty,
}

/// How sure a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Read in the source itself.
    #[default]
    Found,
    /// Practice, remembered rather than found: configurable.
    Memory,
}

/// A text in both languages of the boards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A rule pack.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Stable id, for example `rural/HN/2026`.
    pub id: String,
    /// Version of the file.
    pub version: u32,
    /// Name for people.
    pub name: Text,
    /// Digits with which the codes of its jurisdictions begin; empty for all of China.
    pub region_prefixes: Vec<String>,
    /// The kinds of jurisdiction that it binds.
    pub applies_to: Vec<JurisdictionKind>,
    /// First day on which it is in force.
    effective_from: Day,
    /// Last day on which it is in force, if it has ended.
    effective_until: Option<Day>,
    /// The laws and papers that the numbers cite.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// Rules about rolls.
    pub rolls: RollRules,
    /// Who may raise a motion.
    #[serde(rename = "initiator")]
    pub initiators: Vec<InitiatorRule>,
    /// The deliberation steps in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// Rules of disclosure.
    pub disclosure: DisclosureRules,
    /// Rules of carrying out.
    pub implementation: ImplementationRules,
    /// By when each step is due.
    pub deadlines: Deadlines,
    /// Papers that an archived matter must hold.
    pub archive_papers: Vec<PaperKind>,
    /// After how many hours an act counts as recorded afterwards (补录).
    pub late_recording: Hours,
    /// Which offices may do which act, by the command's GraphQL name. An act that is not listed is refused to all.
    pub competence: std::collections::BTreeMap<String, Vec<Office>>,
}

/// A law or paper that numbers cite.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short id, for example `VL-2025`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Version, by date of adoption or as the source gives it.
    pub version: String,
}

/// A number of days with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// Calendar days.
    pub days: u16,
    /// Where the number comes from.
    pub basis: Basis,
}

/// A number of hours with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Hours.
    pub hours: u16,
    /// Where the number comes from.
    pub basis: Basis,
}

/// A fraction with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The fraction.
    #[serde(flatten)]
    pub fraction: FractionFields,
    /// What the share is of.
    pub of: Base,
    /// Where the number comes from.
    pub basis: Basis,
}

/// A fraction as it is written in a pack: `ge = [2, 3]` or `gt = [1, 2]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FractionFields {
    /// At least.
    Ge([u32; 2]),
    /// More than.
    Gt([u32; 2]),
}

impl FractionFields {
    /// The fraction itself.
    #[must_use]
    pub const fn get(self) -> Fraction {
        match self {
            Self::Ge([num, den]) => Fraction::at_least(num, den),
            Self::Gt([num, den]) => Fraction::more_than(num, den),
        }
    }
}

/// What a share is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// 应到: all on the frozen roll.
    Due,
    /// 到会: those present when the motion was put. Abstentions, blank and spoiled papers stay in it.
    Present,
    /// 本村十八周岁以上的村民
    AdultVillagers,
    /// 村民代表
    Representatives,
}

/// Rules about rolls, checked when a roll is filed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollRules {
    /// Members of the village committee, least and most.
    pub village_committee_size: SizeRange,
    /// Members of the supervisory committee, least and most.
    pub supervisory_committee_size: SizeRange,
    /// The village committee must have a woman member.
    pub committee_needs_woman: Basis,
    /// Members of the village committee may not be near relatives of each other.
    pub committee_no_near_relatives: Basis,
    /// A supervisor may not sit in the village committee or be a near relative of its members.
    pub supervisors_apart_from_committee: Basis,
    /// A supervisor may not be the bookkeeper.
    pub supervisors_no_bookkeeper: Basis,
    /// Share of representatives among the members of their meeting.
    pub representatives_share: Share,
    /// Share of women representatives among the members of the meeting.
    pub women_representatives_share: Share,
    /// Households for each representative, least and most.
    pub households_per_representative: SizeRange,
}

/// An inclusive range with its basis.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeRange {
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
    /// Where the numbers come from.
    pub basis: Basis,
}

/// Who may raise a motion.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InitiatorRule {
    /// The kind of initiator.
    pub kind: InitiatorKind,
    /// The share that must sign, for initiators who act jointly.
    pub share: Option<Share>,
    /// Where the rule comes from.
    pub basis: Basis,
}

/// Kinds of initiators of a motion (HN-V art. 54).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InitiatorKind {
    /// 村党组织
    PartyOrganisation,
    /// 村民委员会
    VillageCommittee,
    /// 村务监督委员会
    SupervisoryCommittee,
    /// 农村集体经济组织
    Collective,
    /// 村民联名
    Villagers,
    /// 村民代表联名
    Representatives,
}

/// One deliberation step.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Code, for example `S3`.
    pub code: String,
    /// Name for people.
    pub name: Text,
    /// Whether a plan must exist before the step's meeting is convened.
    #[serde(default)]
    pub needs_plan: bool,
    /// The forms in which its meeting may be held.
    #[serde(rename = "form")]
    pub forms: Vec<Form>,
    /// Papers that closing its meeting requires.
    pub papers: Vec<PaperKind>,
    /// What a lost motion leads to.
    pub on_lost: OnLost,
    /// The step to which a material amendment at the meeting sends the matter back.
    pub material_amendment_to: Option<String>,
    /// Within how many days after the step before it the meeting is due.
    pub due_within: Days,
}

/// What a lost motion leads to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnLost {
    /// The matter ends, rejected.
    Reject,
    /// The matter returns to the step named, with a new version of its draft.
    ReturnTo(String),
}

/// One form in which a step's meeting may be held.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Id within the step, for example `representatives`.
    pub id: String,
    /// Name of the meeting for people.
    pub name: Text,
    /// The rolls whose distinct persons are due.
    pub rolls: Vec<RollKind>,
    /// Whether probationary party members are left out of those due.
    #[serde(default)]
    pub voting_only: bool,
    /// Who may convene it.
    pub convened_by: Vec<Office>,
    /// Days of notice, if any are ordered.
    pub notice: Option<Days>,
    /// Whether special circumstances allow a shorter notice, with the reason recorded.
    #[serde(default)]
    pub notice_exception: bool,
    /// Days before the meeting by which the plan must have been delivered.
    pub plan_delivered: Option<Days>,
    /// Share of those due who must be present.
    pub quorum: Share,
    /// Share that must be in favour.
    pub threshold: Share,
    /// Permitted ballot forms.
    pub ballots: Vec<BallotForm>,
    /// Whether it may decide only within a recorded authorisation, and by which rule.
    pub needs_authorisation: Option<Basis>,
    /// Whether the composition rules of the representatives' meeting bind it.
    #[serde(default)]
    pub composition: bool,
}

/// How a motion is voted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BallotForm {
    /// 举手表决
    ShowOfHands,
    /// 点名表决
    RollCall,
    /// 无记名投票
    SecretPaper,
}

/// Rules of disclosure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRules {
    /// Least days that a notice stays posted.
    pub posted: Days,
    /// Days of the objection window.
    pub objections: Days,
    /// Days within which an objection is answered.
    pub answer: Days,
    /// Days after the resolution by which it is posted.
    pub resolution_due: Days,
    /// Days after acceptance by which the result is posted.
    pub result_due: Days,
}

/// Rules of carrying out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImplementationRules {
    /// Works may start only when the objection window has ended.
    pub start_after_objections: Basis,
    /// Most that variations may add, as a share of the contract sum.
    pub variation_tolerance: Tolerance,
    /// The supervisors check the voucher before a payment.
    pub voucher_checked: Basis,
    /// Who must be in the acceptance group.
    pub acceptance: AcceptanceRule,
}

/// A tolerance as an exact fraction.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tolerance {
    /// Numerator and denominator.
    pub share: [u32; 2],
    /// Where the number comes from.
    pub basis: Basis,
}

/// Least numbers of people in the acceptance group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceRule {
    /// Members of the village committee.
    pub village_committee: u64,
    /// Supervisors.
    pub supervisors: u64,
    /// Villagers' representatives.
    pub representatives: u64,
    /// Township officers, where public money is among the sources.
    pub township_if_funded: u64,
    /// Where the numbers come from.
    pub basis: Basis,
}

/// By when each act is due, in calendar days.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// From motion to screening.
    pub screening: Days,
    /// From the meeting's day to its closing.
    pub closing: Days,
    /// From the end of the objection window to the start of carrying out.
    pub start: Days,
    /// From the end of the planned time, or from the start where none is planned, to completion.
    pub completion: Days,
    /// From the first lawful day to the taking down of a notice.
    pub taking_down: Days,
    /// From the answer that upholds an objection to the correction of the notice.
    pub correction: Days,
    /// From the end of the second disclosure to the archive.
    pub archive: Days,
}

impl Procedure {
    /// Reads and checks a pack.
    ///
    /// # Errors
    /// [`ProcedureError`] naming what is malformed.
    pub fn parse(toml_text: &str) -> Result<Self, ProcedureError> {
        let pack: Self = toml::from_str(toml_text).map_err(|e| ProcedureError::Malformed(e.to_string()))?;
        pack.check()?;
        Ok(pack)
    }

    /// First day in force.
    #[must_use]
    pub fn effective_from(&self) -> Date {
        self.effective_from.0
    }

    /// Last day in force, if it has ended.
    #[must_use]
    pub fn effective_until(&self) -> Option<Date> {
        self.effective_until.map(|d| d.0)
    }

    /// Whether the pack is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from.0 <= day && self.effective_until.is_none_or(|until| day <= until.0)
    }

    /// The step with this code and its place in the order.
    #[must_use]
    pub fn step(&self, code: &str) -> Option<(usize, &Step)> {
        self.steps.iter().enumerate().find(|(_, step)| step.code == code)
    }

    /// The source with this id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }
}

impl Step {
    /// The form with this id.
    #[must_use]
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == id)
    }
}

impl Procedure {
    /// 补录: whether an act was recorded later than the procedure allows.
    #[must_use]
    pub fn is_late(&self, occurred_at: crate::moment::Moment, recorded_at: crate::moment::Moment) -> bool {
        recorded_at.since(occurred_at).as_secs() > i64::from(self.late_recording.hours) * 3600
    }
}
