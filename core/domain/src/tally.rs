//! Figures against a rule: the one place where a share is judged, and what the event then says of it.

use serde::{Deserialize, Serialize};

use crate::fraction::{Comparator, Fraction};
use crate::procedure::{Base, Basis, Share};

/// One share judged: the figures, the rule, its basis, and whether it is met. Whoever holds the event can judge it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// What is judged, for example `quorum`.
    pub what: String,
    /// The part.
    pub part: u64,
    /// The whole.
    pub whole: u64,
    /// Numerator of the rule.
    pub num: u32,
    /// Denominator of the rule.
    pub den: u32,
    /// At least or more than.
    pub op: Comparator,
    /// What the whole is.
    pub of: Base,
    /// Where the rule comes from.
    pub basis: Basis,
    /// Whether the part satisfies the rule.
    pub met: bool,
}

impl Test {
    /// Judges `part` of `whole` by `share`.
    #[must_use]
    pub fn of(what: &str, part: u64, whole: u64, share: &Share) -> Self {
        let fraction = share.fraction.get();
        Self {
            what: what.to_owned(),
            part,
            whole,
            num: fraction.num,
            den: fraction.den,
            op: fraction.op,
            of: share.of,
            basis: share.basis.clone(),
            met: fraction.holds(part, whole),
        }
    }

    /// The rule's fraction.
    #[must_use]
    pub const fn fraction(&self) -> Fraction {
        Fraction { num: self.num, den: self.den, op: self.op }
    }

    /// The arithmetic as people check it: `41×3=123 ≥ 110=2×55`.
    #[must_use]
    pub fn arithmetic(&self) -> String {
        let left = self.part * u64::from(self.den);
        let right = self.whole * u64::from(self.num);
        let sign = match (self.op, self.met) {
            (Comparator::Ge, true) => "≥",
            (Comparator::Ge, false) => "<",
            (Comparator::Gt, true) => ">",
            (Comparator::Gt, false) => "≤",
        };
        format!("{}×{}={left} {sign} {right}={}×{}", self.part, self.den, self.whole, self.num)
    }
}

/// How the votes on a motion fell. Those present who are in none of the counts did not vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// 同意
    #[serde(rename = "for")]
    pub in_favour: u64,
    /// 反对
    pub against: u64,
    /// 弃权
    pub abstain: u64,
    /// Papers handed in blank.
    #[serde(default)]
    pub blank: u64,
    /// 废票
    #[serde(default)]
    pub spoiled: u64,
}

impl Counts {
    /// All votes, abstentions, blank and spoiled papers, held at the greatest `u64`.
    #[must_use]
    pub fn total(&self) -> u64 {
        [self.in_favour, self.against, self.abstain, self.blank, self.spoiled].into_iter().fold(0, u64::saturating_add)
    }
}
