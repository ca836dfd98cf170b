//! 法规: the laws and papers that numbers cite, with the text of their articles and the floors that no pack may be looser than.
//!
//! The files lie in `schemas/laws/`.

use jiff::civil::Date;
use serde::Deserialize;

use crate::calendar::Day;
use crate::jurisdiction::JurisdictionKind;
use crate::office::Body;
use crate::procedure::{Base, Certainty, FractionFields, Text};

/// A law or paper.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Short id, for example `VL-2025`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Version, by date of adoption or as the source gives it.
    pub version: String,
    effective_from: Option<Day>,
    effective_until: Option<Day>,
    /// The kinds of jurisdiction that its floors bind.
    pub applies_to: Vec<JurisdictionKind>,
    /// Its articles.
    #[serde(rename = "article", default)]
    pub articles: Vec<Article>,
    /// Its floors.
    #[serde(rename = "floor", default)]
    pub floors: Vec<Floor>,
}

/// An article as people read it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its number as bases cite it, for example `30` or `28 ¶2`.
    pub no: String,
    /// Whether it was read or is remembered.
    pub certainty: Certainty,
    /// What it orders, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A number of a statute that no pack may be looser than.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Which rule.
    pub rule: FloorRule,
    /// The body that it binds, where it binds a body.
    pub body: Option<Body>,
    ge: Option<[u32; 2]>,
    gt: Option<[u32; 2]>,
    /// What the share is of.
    pub of: Option<Base>,
    /// The days, where it is a period.
    pub days: Option<u16>,
    /// The least, where it is a range.
    pub least: Option<u64>,
    /// The most, where it is a range.
    pub most: Option<u64>,
    /// The article.
    pub article: String,
}

/// What a floor is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorRule {
    /// Those present, of those due.
    Quorum,
    /// Those in favour.
    Threshold,
    /// Days of notice.
    Notice,
    /// The body decides only what the assembly has authorised.
    Authorisation,
    /// Nobody votes for another.
    NoProxy,
    /// Nobody takes part from afar.
    NoOnline,
    /// Days that a notice hangs.
    Posted,
    /// Representatives among the members of their meeting.
    RepresentativesShare,
    /// Women representatives among them.
    WomenRepresentativesShare,
    /// Households for each representative.
    HouseholdsPerRepresentative,
    /// Members of the committee.
    CommitteeSize,
    /// Members of the supervisory committee.
    SupervisoryCommitteeSize,
    /// The party organisation discusses the matter first.
    PriorPartyDiscussion,
}

impl Floor {
    /// The share, where it is one.
    #[must_use]
    pub fn share(&self) -> Option<FractionFields> {
        self.ge.map(FractionFields::Ge).or(self.gt.map(FractionFields::Gt))
    }
}

impl Law {
    /// Reads a law.
    ///
    /// # Errors
    /// The parser's message.
    pub fn parse(toml_text: &str) -> Result<Self, String> {
        let law: Self = toml::from_str(toml_text).map_err(|e| e.to_string())?;
        for floor in &law.floors {
            if law.article(&floor.article).is_none() {
                return Err(format!(
                    "a floor of `{}` cites its article `{}`, which is not there",
                    law.id, floor.article
                ));
            }
        }
        Ok(law)
    }

    /// The article with this number.
    #[must_use]
    pub fn article(&self, no: &str) -> Option<&Article> {
        self.articles.iter().find(|article| article.no == no)
    }

    /// Whether it is in force on a day.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from.is_none_or(|from| from.0 <= day) && self.effective_until.is_none_or(|until| day <= until.0)
    }

    /// First and last day in force.
    #[must_use]
    pub fn days(&self) -> (Option<Date>, Option<Date>) {
        (self.effective_from.map(|day| day.0), self.effective_until.map(|day| day.0))
    }
}

/// All laws and papers.
#[derive(Debug, Clone, Default)]
pub struct Laws(Vec<Law>);

impl Laws {
    /// Reads laws, each from its own text.
    ///
    /// # Errors
    /// The message of the first that is malformed.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        texts.into_iter().map(Law::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The law with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Law> {
        self.0.iter().find(|law| law.id == id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Law> {
        self.0.iter()
    }
}
