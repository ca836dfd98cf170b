//! Who acts: bodies, offices and the actor of a command.

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;

/// The rolls that a village files. A body at a meeting is made of one or more of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RollKind {
    /// 党员: all party members, voting and probationary.
    PartyMembers,
    /// 村党组织委员会: the committee of the party branch.
    PartyCommittee,
    /// 村民委员会
    VillageCommittee,
    /// 村务监督委员会
    SupervisoryCommittee,
    /// 村民代表
    Representatives,
    /// 财务人员: bookkeepers and cashiers.
    Bookkeepers,
    /// 户的代表: one person for each household.
    Households,
    /// 本村十八周岁以上的村民
    AdultVillagers,
}

/// The post of a member within a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// 书记
    Secretary,
    /// 主任
    Director,
    /// 副书记, 副主任
    Deputy,
    /// 监委会主任
    Head,
    /// 委员
    Member,
}

/// Sex, as rolls record it for the composition rules (VL-2025 art. 8, 29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Sex {
    /// Female.
    #[serde(rename = "f")]
    Female,
    /// Male.
    #[serde(rename = "m")]
    Male,
}

/// The office in which a person acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// 村党组织书记
    PartySecretary,
    /// 村党组织委员
    PartyCommitteeMember,
    /// 党员
    PartyMember,
    /// 村委会主任
    VillageDirector,
    /// 村委会委员
    VillageCommitteeMember,
    /// 村务监督委员会成员
    Supervisor,
    /// 村民代表
    Representative,
    /// 村民
    Villager,
    /// 农村集体经济组织负责人
    CollectiveOfficer,
    /// 文书、报账员
    Clerk,
    /// 乡镇（街道）工作人员
    TownshipOfficer,
    /// 网格员
    GridWorker,
    /// 施工单位
    Contractor,
    /// 审计人员
    Auditor,
    /// 系统运维: runs the machine and may write no domain event.
    Operator,
}

/// The person who acts and the office in which the person does so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// In which office.
    pub office: Office,
}
