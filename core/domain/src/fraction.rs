//! Exact fractions with the comparator that the law's wording means.
//!
//! 以上 and 以下 include the number, 超过 and 不满 exclude it (Civil Code art. 1259, by analogy); 过半数 is strictly more
//! than half, 三分之二以上 is at least two thirds. Compared by integer cross-multiplication, never by floats.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a share is compared with its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    /// 以上: at least; the number itself is enough.
    Ge,
    /// 超过, 过半数: more than; the number itself is not enough.
    Gt,
}

/// A fraction with its comparator, for example more than 1/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fraction {
    /// Numerator.
    pub num: u32,
    /// Denominator, never zero in a checked rule pack.
    pub den: u32,
    /// At least or more than.
    pub op: Comparator,
}

impl Fraction {
    /// At least `num`/`den`.
    #[must_use]
    pub const fn at_least(num: u32, den: u32) -> Self {
        Self { num, den, op: Comparator::Ge }
    }

    /// More than `num`/`den`.
    #[must_use]
    pub const fn more_than(num: u32, den: u32) -> Self {
        Self { num, den, op: Comparator::Gt }
    }

    /// Whether `part` of `whole` satisfies the fraction. An empty whole never does: nobody can meet or decide.
    #[must_use]
    pub fn holds(self, part: u64, whole: u64) -> bool {
        if whole == 0 || self.den == 0 {
            return false;
        }
        let left = u128::from(part) * u128::from(self.den);
        let right = u128::from(self.num) * u128::from(whole);
        match self.op {
            Comparator::Ge => left >= right,
            Comparator::Gt => left > right,
        }
    }

    /// The smallest part of `whole` that satisfies the fraction.
    #[must_use]
    pub fn least(self, whole: u64) -> u64 {
        let product = u128::from(self.num) * u128::from(whole);
        let den = u128::from(self.den.max(1));
        let least = match self.op {
            Comparator::Ge => product.div_ceil(den),
            Comparator::Gt => product / den + 1,
        };
        u64::try_from(least).unwrap_or(u64::MAX)
    }

    /// Whether every share that satisfies `self` also satisfies `floor`, so that `self` is at least as strict.
    #[must_use]
    pub fn at_least_as_strict_as(self, floor: Self) -> bool {
        let mine = u64::from(self.num) * u64::from(floor.den);
        let theirs = u64::from(floor.num) * u64::from(self.den);
        match (self.op, floor.op) {
            (Comparator::Ge, Comparator::Gt) => mine > theirs,
            _ => mine >= theirs,
        }
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.op {
            Comparator::Ge => "≥",
            Comparator::Gt => ">",
        };
        write!(f, "{sign} {}/{}", self.num, self.den)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_thirds_or_more_includes_two_thirds() {
        let quorum = Fraction::at_least(2, 3);
        assert!(quorum.holds(34, 51));
        assert!(!quorum.holds(33, 51), "33 x 3 = 99 < 102");
    }

    #[test]
    fn a_majority_excludes_the_half() {
        let majority = Fraction::more_than(1, 2);
        assert!(!majority.holds(22, 44));
        assert!(majority.holds(23, 44));
    }

    #[test]
    fn nobody_is_no_quorum() {
        assert!(!Fraction::at_least(0, 1).holds(0, 0));
    }

    #[test]
    fn more_than_half_is_stricter_than_at_least_half() {
        assert!(Fraction::more_than(1, 2).at_least_as_strict_as(Fraction::at_least(1, 2)));
        assert!(!Fraction::at_least(1, 2).at_least_as_strict_as(Fraction::more_than(1, 2)));
        assert!(Fraction::at_least(2, 3).at_least_as_strict_as(Fraction::more_than(1, 2)));
    }

    proptest::proptest! {
        #[test]
        fn the_least_part_is_the_border(num in 0u32..50, den in 1u32..50, whole in 1u64..5000, gt: bool) {
            let fraction = if gt { Fraction::more_than(num, den) } else { Fraction::at_least(num, den) };
            let least = fraction.least(whole);
            proptest::prop_assert!(fraction.holds(least, whole));
            if let Some(less) = least.checked_sub(1) {
                proptest::prop_assert!(!fraction.holds(less, whole));
            }
        }
    }
}
