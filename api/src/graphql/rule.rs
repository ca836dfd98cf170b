//! Rules and figures as people check them.

use async_graphql::SimpleObject;
use siyi_domain::procedure::Basis;
use siyi_domain::rules::Rules;
use siyi_domain::tally;

use super::enums::{Base, Certainty, Comparator};
use super::scalars::Count;

/// The legal basis of a number.
#[derive(SimpleObject, Clone)]
pub struct RuleCited {
    /// Short id of the law.
    pub law: String,
    /// Its title.
    pub title: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Article.
    pub article: String,
    /// Whether the number was found in the source or is remembered practice.
    pub certainty: Certainty,
}

impl RuleCited {
    pub(super) fn of(basis: &Basis, rules: &Rules) -> Self {
        let source = rules.procedures().find_map(|procedure| procedure.source(&basis.law));
        Self {
            law: basis.law.clone(),
            title: source.map(|s| s.title.zh.clone()),
            version: source.map(|s| s.version.clone()),
            article: basis.article.clone(),
            certainty: basis.certainty.into(),
        }
    }
}

/// A share judged: the figures, the rule and whether it is met.
#[derive(SimpleObject, Clone)]
pub struct Test {
    /// What is judged, for example `quorum`.
    pub what: String,
    /// The part.
    pub part: Count,
    /// The whole.
    pub whole: Count,
    /// Numerator of the rule.
    pub numerator: u32,
    /// Denominator of the rule.
    pub denominator: u32,
    /// At least or more than.
    pub comparator: Comparator,
    /// What the whole is.
    pub of: Base,
    /// The smallest part that would do.
    pub least: Count,
    /// The arithmetic written out: `41×3=123 ≥ 110=55×2`.
    pub arithmetic: String,
    /// Whether it is met.
    pub met: bool,
    /// Where the rule comes from.
    pub rule: RuleCited,
}

impl Test {
    pub(super) fn told(test: &tally::Test, rules: &Rules) -> Self {
        Self {
            what: test.what.clone(),
            part: Count(test.part),
            whole: Count(test.whole),
            numerator: test.num,
            denominator: test.den,
            comparator: test.op.into(),
            of: test.of.into(),
            least: Count(test.fraction().least(test.whole)),
            arithmetic: test.arithmetic(),
            met: test.met,
            rule: RuleCited::of(&test.basis, rules),
        }
    }
}
