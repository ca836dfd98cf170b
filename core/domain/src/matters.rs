//! The catalogue of matters: what each kind is, under which statute, by which road it must go.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::Day;
use crate::ids::MatterCode;
use crate::procedure::Certainty;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// 四议两公开, the whole road.
    Full,
    /// The villagers' assembly itself must decide.
    AssemblyOnly,
    /// The members' assembly of the rural collective.
    MembersAssembly,
    /// 筹资筹劳
    Levy,
    /// Small matters.
    Light,
    /// 协商
    Consultation,
    /// 协助政府: the government decides, the village assists.
    AdminAssist,
    /// 一征三议两公开
    Urban,
    /// The owners of an estate.
    Owners,
    /// An election, not a deliberation.
    Election,
    /// Barred by law.
    Barred,
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
    pub body: String,
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Whether the villagers' assembly is the body that decides it.
    pub of_villagers: bool,
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
        codes.filter_map(|code| self.find(code, day)).collect()
    }

    fn statutory_row(&self, code: &MatterCode, day: Date) -> Option<Matter<'_>> {
        let row = self.statutory.iter().find(|r| &r.code == code && r.from.is_none_or(|from| from.0 <= day))?;
        Some(Matter {
            code: &row.code,
            name: &row.name,
            name_en: &row.name_en,
            lane: row.lane,
            delegable: row.delegable,
            works: row.works,
            statute: Some((&row.law, &row.article)),
            of_villagers: row.body == "village_assembly",
        })
    }

    fn local_row(&self, code: &MatterCode, day: Date) -> Option<Matter<'_>> {
        let row = self.local.iter().find(|r| &r.code == code)?;
        let rests_on: Vec<_> = row.statutory.iter().filter_map(|c| self.statutory_row(c, day)).collect();
        Some(Matter {
            code: &row.code,
            name: &row.name,
            name_en: &row.name_en,
            // Signatures of the households make it a levy, which has a lane of its own.
            lane: if row.household_signatures { Lane::Levy } else { row.lane },
            delegable: rests_on.iter().all(|matter| matter.delegable),
            works: row.works,
            statute: row.law.as_deref().zip(row.article.as_deref()).or(rests_on.first().and_then(|m| m.statute)),
            of_villagers: rests_on.iter().all(|matter| matter.of_villagers),
        })
    }
}
