//! Laws and papers as a query sees them: the articles that numbers cite, and the floors that no pack may be looser than.

use async_graphql::SimpleObject;
use siyi_domain::laws;

use super::enums::{Base, Body, Certainty, Comparator, FloorRule, JurisdictionKind};
use super::rule::Text;
use super::scalars::{Count, Date};

/// 法规
#[derive(SimpleObject, Clone)]
pub struct Law {
    /// Short id, for example `VL-2025`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Version, by date of adoption or as the source gives it.
    pub version: String,
    /// First day in force, where it is known.
    pub effective_from: Option<Date>,
    /// Last day in force, if it has ended.
    pub effective_until: Option<Date>,
    /// The kinds of jurisdiction that its floors bind.
    pub applies_to: Vec<JurisdictionKind>,
    /// Its articles, as far as a number cites them.
    pub articles: Vec<Article>,
    /// The numbers that no pack may be looser than.
    pub floors: Vec<Floor>,
}

/// An article of a law.
#[derive(SimpleObject, Clone)]
pub struct Article {
    /// Its number as rules cite it, for example `28 ¶2`.
    pub number: String,
    /// What it orders.
    pub text: Text,
    /// Whether it was read or is remembered.
    pub certainty: Certainty,
}

/// A number of a statute that no pack may be looser than.
#[derive(SimpleObject, Clone)]
pub struct Floor {
    /// Which rule.
    pub rule: FloorRule,
    /// The body that it binds, where it binds a body.
    pub body: Option<Body>,
    /// The share, where it is one.
    pub share: Option<FloorShare>,
    /// The days, where it is a period.
    pub days: Option<u16>,
    /// The least, where it is a range.
    pub least: Option<Count>,
    /// The most, where it is a range.
    pub most: Option<Count>,
    /// Number of the article.
    pub article: String,
}

/// The least share that a statute asks for.
#[derive(SimpleObject, Clone)]
pub struct FloorShare {
    /// Numerator.
    pub numerator: u32,
    /// Denominator.
    pub denominator: u32,
    /// At least or more than.
    pub comparator: Comparator,
    /// What it is of, where the statute says so.
    pub of: Option<Base>,
}

impl From<&laws::Law> for Law {
    fn from(law: &laws::Law) -> Self {
        let (from, until) = law.days();
        Self {
            id: law.id.clone(),
            title: (&law.title).into(),
            version: law.version.clone(),
            effective_from: from.map(Date),
            effective_until: until.map(Date),
            applies_to: law.applies_to.iter().map(|kind| (*kind).into()).collect(),
            articles: law.articles.iter().map(Article::from).collect(),
            floors: law.floors.iter().map(Floor::from).collect(),
        }
    }
}

impl From<&laws::Article> for Article {
    fn from(article: &laws::Article) -> Self {
        let text = Text { zh: article.zh.clone(), en: article.en.clone() };
        Self { number: article.no.clone(), text, certainty: article.certainty.into() }
    }
}

impl From<&laws::Floor> for Floor {
    fn from(floor: &laws::Floor) -> Self {
        let share = floor.share().map(|share| {
            let fraction = share.get();
            FloorShare {
                numerator: fraction.num,
                denominator: fraction.den,
                comparator: fraction.op.into(),
                of: floor.of.map(Into::into),
            }
        });
        Self {
            rule: floor.rule.into(),
            body: floor.body.map(Into::into),
            share,
            days: floor.days,
            least: floor.least.map(Count),
            most: floor.most.map(Count),
            article: floor.article.clone(),
        }
    }
}
