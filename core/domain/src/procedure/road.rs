//! Roads as packs write them: steps, the lanes that string them together, and the detours off a resolved matter.

use serde::{Deserialize, Serialize};

use super::bodies::InitiatorKind;
use super::numbers::{Amount, Basis, Days, Share, Text};
use super::papers::PaperKind;
use crate::matters::Lane;
use crate::office::{Body, Office, RollKind};

/// One step of a road.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Code, for example `S3`.
    pub code: String,
    /// Name for people.
    pub name: Text,
    /// What is done at it.
    #[serde(default)]
    pub kind: StepKind,
    /// Whether a plan must exist before the step's meeting is convened.
    #[serde(default)]
    pub needs_plan: bool,
    /// The forms in which its meeting may be held.
    #[serde(rename = "form", default)]
    pub forms: Vec<Form>,
    /// Papers that closing its meeting requires.
    #[serde(default)]
    pub papers: Vec<PaperKind>,
    /// What a lost motion, or a review that does not agree, leads to.
    pub on_lost: OnLost,
    /// The step to which a material amendment at the meeting sends the matter back.
    pub material_amendment_to: Option<String>,
    /// Within how many days after the step before it the meeting is due.
    pub due_within: Days,
    /// 一征: how many of the households concerned must have been asked.
    pub coverage: Option<Share>,
    /// 户签字: how many households must have signed.
    pub signatures: Option<Share>,
    /// A review by an authority outside the village.
    pub review: Option<Review>,
    /// The pack that judges the step; differs from the matter's own where the law has changed since.
    #[serde(skip)]
    pub judged_by: JudgedBy,
}

/// Id and version of the pack that judges a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JudgedBy {
    /// The pack's id.
    pub id: String,
    /// Its version.
    pub version: u32,
}

/// What is done at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A body meets and votes.
    #[default]
    Meeting,
    /// 一征: residents and stationed units are asked for their opinion.
    Canvass,
    /// 户签字: each household is asked and signs.
    Signatures,
    /// 审核: an authority outside the village reviews legality.
    Review,
    /// 协商: those concerned talk; nobody votes.
    Forum,
    /// 业主共同决定: the owners decide by number and by area.
    Owners,
}

/// A review by an authority. It bears on legality alone (VL-2025 art. 6).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The office that answers.
    pub by: Office,
    /// Days within which it answers.
    pub answer: Days,
    /// Whether those are working days.
    #[serde(default)]
    pub working_days: bool,
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
    /// The body that meets, by which the floors of the statutes bind it.
    pub body: Body,
    /// The rolls whose distinct persons are due.
    pub rolls: Vec<RollKind>,
    /// Whether probationary party members are left out of those due.
    #[serde(default)]
    pub voting_only: bool,
    /// Whether only people of the matter's own group or courtyard are due.
    #[serde(default)]
    pub group_only: bool,
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
    /// Another documented reading of the threshold, which a place may choose.
    pub threshold_option: Option<Share>,
    /// Permitted ballot forms.
    pub ballots: Vec<BallotForm>,
    /// Whether it may decide only within a recorded authorisation, and by which rule.
    pub needs_authorisation: Option<Basis>,
    /// Whether the composition rules of the representatives' meeting bind it.
    #[serde(default)]
    pub composition: bool,
    /// Absent members may take part by instant messaging.
    pub online: Option<Basis>,
    /// Absent members may authorise another of their own household in writing.
    pub household_proxy: Option<Basis>,
    /// The step that is held in one with this one.
    pub merges: Option<Merge>,
    /// Where a motion with no majority either way goes.
    pub on_deadlock: Option<OnDeadlock>,
}

/// Two steps held as one meeting, where one person holds both posts (一肩挑).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The step that is passed along with this one.
    pub step: String,
    /// Where the rule comes from.
    pub basis: Basis,
}

/// A motion without a majority for or against it goes to other forms of the same step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnDeadlock {
    /// The forms that may decide it.
    pub forms: Vec<String>,
    /// Where the rule comes from.
    pub basis: Basis,
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

/// A road through steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneRule {
    /// The lane.
    pub lane: Lane,
    /// Name for people.
    pub name: Text,
    /// Codes of its steps, in order.
    pub steps: Vec<String>,
    /// The most that may be spent on it.
    pub limit: Option<Amount>,
    /// Days within which it is reported to the representatives.
    pub report: Option<Days>,
    /// 应急: days within which the next meeting ratifies it; work may begin at once.
    pub ratify: Option<Days>,
    /// Where the road comes from.
    pub basis: Basis,
}

/// Why a resolved matter is deliberated again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReopenPurpose {
    /// 复议: whether the resolution stands.
    Reconsideration,
    /// 撤销: the assembly annuls it.
    Annulment,
    /// 补充决议: more money than was resolved.
    Supplement,
    /// 终止实施: carrying out ends before its aim.
    Termination,
    /// 追认: the next meeting ratifies what was done in an emergency.
    Ratification,
}

impl ReopenPurpose {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reconsideration => "reconsideration",
            Self::Annulment => "annulment",
            Self::Supplement => "supplement",
            Self::Termination => "termination",
            Self::Ratification => "ratification",
        }
    }

    /// The Chinese term.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Reconsideration => "复议",
            Self::Annulment => "撤销决议",
            Self::Supplement => "补充决议",
            Self::Termination => "终止实施",
            Self::Ratification => "追认",
        }
    }
}

/// A road off a resolved matter and back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetourRule {
    /// What for.
    pub purpose: ReopenPurpose,
    /// Whether it is the road for a sum over the tolerance of variations.
    #[serde(default)]
    pub over_tolerance: bool,
    /// Codes of its steps, in order.
    pub steps: Vec<String>,
    /// Who may call for it.
    #[serde(rename = "call")]
    pub calls: Vec<CallRule>,
    /// Where the road comes from.
    pub basis: Basis,
}

/// Who may call for a detour.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallRule {
    /// The kind of caller.
    pub kind: InitiatorKind,
    /// The share that must sign, for those who act jointly.
    pub share: Option<Share>,
    /// The forms of the last step that the call may ask for; empty for all.
    #[serde(default)]
    pub forms: Vec<String>,
    /// Where the rule comes from.
    pub basis: Basis,
}

impl Step {
    /// The form with this id.
    #[must_use]
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == id)
    }
}

impl LaneRule {
    /// The place of a step in the lane.
    #[must_use]
    pub fn place(&self, step: &str) -> Option<usize> {
        self.steps.iter().position(|code| code == step)
    }

    /// The step after one.
    #[must_use]
    pub fn after(&self, step: &str) -> Option<&str> {
        self.place(step).and_then(|place| self.steps.get(place + 1)).map(String::as_str)
    }
}
