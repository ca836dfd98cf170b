//! The columns of the table: the roles of 6-roles, and those who come where they do not belong.

use siyi_domain::office::Office;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $($office:ident)*;)+) => {
        /// A column of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column { $($(#[$doc])* $name,)+ }

        impl Column {
            /// All, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its heading.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The offices that come with the role, the one acted in first. Of an office that ended they are what was held.
            #[must_use]
            pub const fn offices(self) -> &'static [Office] {
                match self { $(Self::$name => &[$(Office::$office),*],)+ }
            }
        }
    };
}

columns! {
    /// 未登录
    Nobody = "nobody": ;
    /// 村民
    Villager = "R": Villager;
    /// 户的代表
    Household = "H": Villager;
    /// 村民代表
    Representative = "VR": Representative Villager;
    /// 党员
    PartyMember = "PM": PartyMember Villager;
    /// 书记
    Secretary = "PS": PartySecretary PartyCommitteeMember PartyMember Villager;
    /// 村党组织委员
    PartyCommittee = "PC": PartyCommitteeMember PartyMember Villager;
    /// 村委会主任
    Director = "VD": VillageDirector VillageCommitteeMember Villager;
    /// 村委会委员
    VillageCommittee = "VC": VillageCommitteeMember Villager;
    /// 监委会成员
    Supervisor = "SC": Supervisor Villager;
    /// 集体经济组织负责人
    Collective = "CE": CollectiveOfficer Villager;
    /// 文书、报账员
    Clerk = "CK": Clerk;
    /// 网格员
    GridWorker = "GW": GridWorker;
    /// 施工单位
    Contractor = "EX": Contractor;
    /// 乡镇工作人员
    Township = "TW": TownshipOfficer;
    /// 县区工作人员
    County = "CT": CountyOfficer;
    /// 审计人员
    Auditor = "AU": Auditor;
    /// 人大代表
    Deputy = "DP": Deputy;
    /// 系统运维
    Operator = "SY": Operator;
    /// 外村村民
    OtherVillager = "other-R": Villager;
    /// 外村书记
    OtherSecretary = "other-PS": PartySecretary PartyCommitteeMember PartyMember Villager;
    /// 已卸任的主任
    Ended = "ended": VillageDirector VillageCommitteeMember;
    /// A director's token that names another door.
    Token = "token": VillageDirector VillageCommitteeMember Villager;
}

impl Column {
    /// The column of this heading.
    #[must_use]
    pub fn coded(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|column| column.code() == code)
    }

    /// The office acted in; nobody acts in none.
    #[must_use]
    pub fn office(self) -> Option<Office> {
        self.offices().first().copied()
    }
}
