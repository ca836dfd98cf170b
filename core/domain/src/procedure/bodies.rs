//! Rules about who belongs to a body and who may raise a motion.

use serde::{Deserialize, Serialize};

use super::numbers::{Basis, Number, Share, SizeRange};
use crate::office::{Residence, RollKind};

/// Rules about rolls, checked when a roll is filed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollRules {
    /// Members of the village (residents') committee, least and most.
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
    /// Share of representatives among the members of their meeting, where the law knows such a meeting.
    pub representatives_share: Option<Share>,
    /// Share of women representatives among the members of the meeting, where a law asks for one.
    pub women_representatives_share: Option<Share>,
    /// Households for each representative, least and most, where the law knows representatives.
    pub households_per_representative: Option<SizeRange>,
    /// Members of the council of the collective (理事会), least and most; an odd number.
    pub council_size: Option<SizeRange>,
    /// Representatives of the members of the collective, least and most.
    pub member_representatives_size: Option<SizeRange>,
    /// Least number of representatives, where a place sets one.
    pub representatives_least: Option<Number>,
    /// No two representatives from one household, where a place says so.
    pub one_representative_a_household: Option<Basis>,
    /// Who without a household register here may stand on which roll.
    #[serde(default)]
    pub from_elsewhere: Vec<FromElsewhere>,
}

/// Whether people whose household is registered elsewhere may stand on a roll.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromElsewhere {
    /// The roll.
    pub roll: RollKind,
    /// The least that is asked of them.
    pub admits: Residence,
    /// Where the rule comes from.
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
