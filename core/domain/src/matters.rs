//! The catalogue of matters: what each kind is, under which statute, by which road it must go.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Day;
use crate::ids::MatterCode;
use crate::procedure::{Certainty, Days, Share};

/// A catalogue, the statutory rows and a region's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Stable id, for example `matters/HN`.
    pub id: String,
    /// Version of the file.
    pub version: u32,
    /// Rows that a statute names.
    #[serde(default)]
    pub statutory: Vec<StatutoryMatter>,
    /// Rows of the region.
    #[serde(default)]
    pub local: Vec<LocalMatter>,
}

/// By which road a matter must go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// 四议两公开, the whole road; in a community 一征三议两公开.
    #[default]
    Full,
    /// The assembly itself must decide.
    AssemblyOnly,
    /// The members' assembly of the rural collective.
    MembersAssembly,
    /// 筹资筹劳
    Levy,
    /// A villagers' group or a courtyard decides.
    Group,
    /// Small matters.
    Light,
    /// 应急: act first, ratified at the next meeting.
    Emergency,
    /// 协商
    Consultation,
    /// 协助政府: the government decides, the village assists.
    AdminAssist,
    /// The owners of an estate.
    Owners,
    /// An election, not a deliberation.
    Election,
    /// Barred by law.
    Barred,
}

impl Lane {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::AssemblyOnly => "assembly_only",
            Self::MembersAssembly => "members_assembly",
            Self::Levy => "levy",
            Self::Group => "group",
            Self::Light => "light",
            Self::Emergency => "emergency",
            Self::Consultation => "consultation",
            Self::AdminAssist => "admin_assist",
            Self::Owners => "owners",
            Self::Election => "election",
            Self::Barred => "barred",
        }
    }

    /// The Chinese name.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Full => "完整程序",
            Self::AssemblyOnly => "会议直接决定",
            Self::MembersAssembly => "成员大会",
            Self::Levy => "筹资筹劳",
            Self::Group => "小组（院落）议事",
            Self::Light => "简易程序",
            Self::Emergency => "应急程序",
            Self::Consultation => "协商",
            Self::AdminAssist => "协助政府",
            Self::Owners => "业主共同决定",
            Self::Election => "推选",
            Self::Barred => "不得办理",
        }
    }

    /// How strict a road is, where several kinds of matter ask for different ones.
    const fn strictness(self) -> u8 {
        match self {
            Self::Barred => 9,
            Self::MembersAssembly | Self::Election => 8,
            Self::Levy => 7,
            Self::AssemblyOnly => 6,
            Self::Full => 5,
            Self::Group => 4,
            Self::AdminAssist => 3,
            Self::Light | Self::Emergency => 2,
            Self::Owners => 1,
            Self::Consultation => 0,
        }
    }

    /// The stricter of two roads.
    #[must_use]
    pub const fn stricter(self, other: Self) -> Self {
        if other.strictness() > self.strictness() { other } else { self }
    }
}

/// Whose decision a matter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatterBody {
    /// 村民会议
    VillageAssembly,
    /// 成员大会
    CollectiveMembers,
    /// 居民会议
    Residents,
    /// 业主
    Owners,
}

impl MatterBody {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VillageAssembly => "village_assembly",
            Self::CollectiveMembers => "collective_members",
            Self::Residents => "residents",
            Self::Owners => "owners",
        }
    }
}

/// A matter that a statute names.
#[derive(Debug, Clone, Deserialize)]
pub struct StatutoryMatter {
    /// Code, for example `V03`.
    pub code: MatterCode,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// The law's short id.
    pub law: String,
    /// Its article.
    pub article: String,
    /// Which body decides.
    pub body: MatterBody,
    /// Whether the representatives' meeting may decide under an authorisation.
    pub delegable: bool,
    /// The road.
    pub lane: Lane,
    /// Whether carrying it out means works with contract, payments and acceptance.
    pub works: bool,
    /// Whether names are masked on boards.
    #[serde(default)]
    pub masked: bool,
    /// First day of the row.
    from: Option<Day>,
    /// Last day of the row.
    until: Option<Day>,
    /// A share of its own that must be in favour, stricter than the meeting's.
    #[serde(default)]
    pub threshold: Option<Share>,
    /// A share of its own that must be present.
    #[serde(default)]
    pub quorum: Option<Share>,
    /// Days of notice of its own.
    #[serde(default)]
    pub notice: Option<Days>,
    /// Days of posting of its own.
    #[serde(default)]
    pub posted: Option<Days>,
    /// Civil Code art. 278 items 6 to 8: three quarters instead of half.
    #[serde(default)]
    pub special_owners: bool,
    /// Another lane that is open under a condition.
    #[serde(default)]
    pub alternative_lane: Option<Lane>,
    /// The condition.
    #[serde(default)]
    pub alternative_when: Option<String>,
    /// Where the law moved it.
    #[serde(default)]
    pub moved_to: Vec<String>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// How sure the row is.
    #[serde(default)]
    pub certainty: Certainty,
}

/// A matter of the region's own list, resting on statutory rows.
#[derive(Debug, Clone, Deserialize)]
pub struct LocalMatter {
    /// Code, for example `HN-201`.
    pub code: MatterCode,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// The statutory rows it rests on.
    pub statutory: Vec<MatterCode>,
    /// The road.
    pub lane: Lane,
    /// Whether carrying it out means works.
    pub works: bool,
    /// The law that speaks of it, where it rests on no statutory row.
    #[serde(default)]
    pub law: Option<String>,
    /// Its article.
    #[serde(default)]
    pub article: Option<String>,
    /// Another lane that is open under a condition.
    #[serde(default)]
    pub alternative_lane: Option<Lane>,
    /// The condition.
    #[serde(default)]
    pub alternative_when: Option<String>,
    /// Another body's decision that is needed as well.
    #[serde(default)]
    pub linked_lane: Option<Lane>,
    /// Whether residents first rank a list of suggestions.
    #[serde(default)]
    pub preference_ballot: bool,
    /// 筹资筹劳: the households sign before the representatives decide.
    #[serde(default)]
    pub household_signatures: bool,
    /// When it is made public.
    #[serde(default)]
    pub publication: Option<String>,
    /// Whether names are masked on boards.
    #[serde(default)]
    pub masked: bool,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
    /// How sure the row is; a row without it was composed and claims no source for its lane.
    #[serde(default)]
    pub certainty: Option<Certainty>,
}

/// One row, whichever list it stands in, with the strictest reading of what it rests on.
#[derive(Debug, Clone)]
pub struct Matter<'a> {
    /// Code.
    pub code: &'a MatterCode,
    /// Chinese name.
    pub name: &'a str,
    /// English name.
    pub name_en: &'a str,
    /// The road.
    pub lane: Lane,
    /// Whether representatives may decide it. False if any row it rests on may not be delegated.
    pub delegable: bool,
    /// Whether carrying it out means works.
    pub works: bool,
    /// Law and article, where a statute names it.
    pub statute: Option<(&'a str, &'a str)>,
    /// Whether its statute was read or is remembered.
    pub certainty: Certainty,
    /// Whose decision it is; nobody's where no statutory row names a body.
    pub bodies: Vec<MatterBody>,
    /// A lane that is open besides, under a condition.
    pub alternative_lane: Option<Lane>,
    /// Whether the owners decide too.
    pub linked_owners: bool,
    /// Whether the owners decide by three quarters.
    pub special_owners: bool,
    /// Names are masked on boards.
    pub masked: bool,
    /// The rows it rests on that have numbers of their own.
    pub own_rules: Vec<&'a StatutoryMatter>,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// The parser's message.
    pub fn parse(toml_text: &str) -> Result<Self, String> {
        let catalogue: Self = toml::from_str(toml_text).map_err(|e| e.to_string())?;
        for row in &catalogue.local {
            for code in &row.statutory {
                if !catalogue.statutory.iter().any(|s| &s.code == code) {
                    return Err(format!("`{}` rests on unknown `{code}`", row.code));
                }
            }
        }
        Ok(catalogue)
    }

    /// The row of this code on `day`.
    #[must_use]
    pub fn find(&self, code: &MatterCode, day: Date) -> Option<Matter<'_>> {
        self.statutory_row(code, day).or_else(|| self.local_row(code, day))
    }

    /// All rows in force on `day`, statutory first.
    #[must_use]
    pub fn all(&self, day: Date) -> Vec<Matter<'_>> {
        let codes = self.statutory.iter().map(|row| &row.code).chain(self.local.iter().map(|row| &row.code));
        let mut seen = std::collections::BTreeSet::new();
        codes.filter(|code| seen.insert((*code).clone())).filter_map(|code| self.find(code, day)).collect()
    }

    fn statutory_row(&self, code: &MatterCode, day: Date) -> Option<Matter<'_>> {
        let in_force = |row: &&StatutoryMatter| {
            row.from.is_none_or(|from| from.0 <= day) && row.until.is_none_or(|until| day <= until.0)
        };
        let row = self.statutory.iter().filter(|row| &row.code == code).find(in_force)?;
        let has_rules = row.threshold.is_some() || row.quorum.is_some() || row.notice.is_some() || row.posted.is_some();
        Some(Matter {
            code: &row.code,
            name: &row.name,
            name_en: &row.name_en,
            lane: row.lane,
            delegable: row.delegable,
            works: row.works,
            statute: Some((&row.law, &row.article)),
            certainty: row.certainty,
            bodies: vec![row.body],
            alternative_lane: row.alternative_lane,
            linked_owners: false,
            special_owners: row.special_owners,
            masked: row.masked,
            own_rules: has_rules.then_some(row).into_iter().collect(),
        })
    }

    /// A local row with the strictest rule of each statutory row that it rests on.
    fn local_row(&self, code: &MatterCode, day: Date) -> Option<Matter<'_>> {
        let row = self.local.iter().find(|r| &r.code == code)?;
        let rests_on: Vec<_> = row.statutory.iter().filter_map(|c| self.statutory_row(c, day)).collect();
        // A row all of whose statutory rows are younger than the day is not there yet.
        if rests_on.is_empty() && !row.statutory.is_empty() {
            return None;
        }
        let linked = row.linked_lane == Some(Lane::Owners);
        let mut bodies: Vec<_> = rests_on.iter().flat_map(|matter| matter.bodies.clone()).collect();
        bodies.sort_unstable();
        bodies.dedup();
        // Signatures of the households make it a levy, which has a lane of its own.
        let own = if row.household_signatures { Lane::Levy } else { row.lane };
        let stricter = rests_on.iter().filter(|m| !m.bodies.contains(&MatterBody::Owners)).map(|m| m.lane);
        let moved = stricter.filter(|lane| *lane == Lane::MembersAssembly).fold(own, Lane::stricter);
        // What only the members of the collective decide since it left the villagers is not theirs before that day.
        let of_members = bodies.contains(&MatterBody::CollectiveMembers);
        let lane =
            if moved == Lane::MembersAssembly && !of_members && !rests_on.is_empty() { Lane::Full } else { moved };
        Some(Matter {
            code: &row.code,
            name: &row.name,
            name_en: &row.name_en,
            lane,
            delegable: rests_on
                .iter()
                .filter(|m| !m.bodies.contains(&MatterBody::Owners))
                .all(|matter| matter.delegable),
            works: row.works,
            statute: row.law.as_deref().zip(row.article.as_deref()).or(rests_on.first().and_then(|m| m.statute)),
            certainty: row.certainty.or(rests_on.first().map(|m| m.certainty)).unwrap_or_default(),
            bodies,
            alternative_lane: row.alternative_lane,
            linked_owners: linked,
            special_owners: rests_on.iter().any(|matter| matter.special_owners),
            masked: row.masked || rests_on.iter().any(|matter| matter.masked),
            own_rules: rests_on.iter().flat_map(|matter| matter.own_rules.clone()).collect(),
        })
    }
}
