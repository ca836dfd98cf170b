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
    /// 本村十八周岁以上的村民; in a community the residents of eighteen and over.
    AdultVillagers,
    /// 党员代表
    PartyRepresentatives,
    /// 集体经济组织成员: members with full civil capacity.
    CollectiveMembers,
    /// 成员代表
    MemberRepresentatives,
    /// 理事会
    CollectiveCouncil,
    /// 监事会
    CollectiveSupervisors,
    /// 居民小组推选的代表, by the residents' committees' law until 2025.
    GroupElected,
}

/// A body that meets, by which statutes bind its meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// 村（社区）党组织委员会
    PartyCommittee,
    /// 村（社区）“两委”
    TwoCommittees,
    /// 党员大会
    PartyMembers,
    /// 党员代表会议
    PartyRepresentatives,
    /// 村民代表会议
    Representatives,
    /// 村民会议 by villagers
    VillagersAssembly,
    /// 村民会议 by households
    HouseholdsAssembly,
    /// 村民小组会议 by villagers
    GroupVillagers,
    /// 村民小组会议 by households
    GroupHouseholds,
    /// 居民会议 by residents
    ResidentsAssembly,
    /// 居民会议 by households
    ResidentHouseholdsAssembly,
    /// 居民会议 by representatives that the groups elect (RL-2018 art. 9)
    GroupElectedAssembly,
    /// 居民代表会议
    ResidentsRepresentatives,
    /// 成员大会
    MembersAssembly,
    /// 成员代表大会
    MembersRepresentatives,
    /// 理事会
    CollectiveCouncil,
    /// 村务联席会议
    JointMeeting,
}

impl Body {
    /// Whether it is a body of the party organisation, alone or with the committee.
    #[must_use]
    pub const fn is_of_the_party(self) -> bool {
        matches!(self, Self::PartyCommittee | Self::TwoCommittees | Self::PartyMembers | Self::PartyRepresentatives)
    }
}

/// What ties a person to the village.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Residence {
    /// 常住: lives here, registered elsewhere.
    UsuallyResident,
    /// 一年以上并经同意: has lived or worked here for a year, applied, and was admitted.
    Admitted,
    /// 户籍在本村（社区）
    #[default]
    Registered,
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
    /// 县（区）工作人员
    CountyOfficer,
    /// 网格员
    GridWorker,
    /// 施工单位
    Contractor,
    /// 审计人员
    Auditor,
    /// 人大代表
    Deputy,
    /// 系统运维: runs the machine and may write no domain event.
    Operator,
}

impl Office {
    /// Whether its acts bind others: such an act is signed wherever the person has a passkey.
    #[must_use]
    pub const fn binds_others(self) -> bool {
        !matches!(self, Self::Villager | Self::PartyMember | Self::Representative | Self::GridWorker | Self::Contractor)
    }
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
