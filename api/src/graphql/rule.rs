//! Rules and figures as people check them.

use async_graphql::SimpleObject;
use siyi_domain::procedure::{self, Basis};
use siyi_domain::rules::Rules;
use siyi_domain::tally;

use super::enums::{Base, Certainty, Comparator};
use super::scalars::Count;

/// A text in both languages.
#[derive(SimpleObject, Clone)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&procedure::Text> for Text {
    fn from(text: &procedure::Text) -> Self {
        Self { zh: text.zh.clone(), en: text.en.clone() }
    }
}

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
    /// What the article orders; null where it is not among the laws, as for a decision of the place itself (`LOCAL`).
    pub text: Option<Text>,
    /// Whether the number was found in the source or is remembered practice.
    pub certainty: Certainty,
}

impl RuleCited {
    pub(super) fn of(basis: &Basis, rules: &Rules) -> Self {
        let source = rules.laws.find(&basis.law);
        let article = source.and_then(|law| law.article(&basis.article));
        // What only the schedule of retention cites stands among its own sources.
        let cited = rules.retention.sources.iter().find(|cited| cited.id == basis.law);
        Self {
            law: basis.law.clone(),
            title: source.map(|s| &s.title.zh).or(cited.map(|cited| &cited.title.zh)).cloned(),
            version: source.map(|s| &s.version).or(cited.map(|cited| &cited.version)).cloned(),
            article: basis.article.clone(),
            text: article.map(|article| Text { zh: article.zh.clone(), en: article.en.clone() }),
            certainty: basis.certainty.into(),
        }
    }
}

/// A share that a rule asks for.
#[derive(SimpleObject, Clone)]
pub struct ShareAsked {
    /// Numerator.
    pub numerator: u32,
    /// Denominator.
    pub denominator: u32,
    /// At least or more than.
    pub comparator: Comparator,
    /// What it is of.
    pub of: Base,
    /// Where the number comes from.
    pub rule: RuleCited,
}

impl ShareAsked {
    pub(super) fn told(share: &procedure::Share, rules: &Rules) -> Self {
        let fraction = share.fraction.get();
        Self {
            numerator: fraction.num,
            denominator: fraction.den,
            comparator: fraction.op.into(),
            of: share.of.into(),
            rule: RuleCited::of(&share.basis, rules),
        }
    }
}

/// A number of days that a rule asks for.
#[derive(SimpleObject, Clone)]
pub struct DaysAsked {
    /// Days.
    pub days: u16,
    /// Where the number comes from.
    pub rule: RuleCited,
}

impl DaysAsked {
    pub(super) fn told(days: &procedure::Days, rules: &Rules) -> Self {
        Self { days: days.days, rule: RuleCited::of(&days.basis, rules) }
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
