//! Numbers as packs write them, each with the place that it comes from.

use serde::{Deserialize, Serialize};

use crate::fraction::Fraction;
use crate::ids::Fen;

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The law's short id in the pack's list of sources, for example `VL-2025`.
    pub law: String,
    /// Article, paragraph and item, for example `30` or `28 ¶3`.
    pub article: String,
    /// Whether the number was found in the text of its source or is remembered practice, which a place may configure.
    #[serde(default)]
    pub certainty: Certainty,
}

/// How sure a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Read in the source itself.
    #[default]
    Found,
    /// Practice, remembered rather than found: configurable.
    Memory,
}

/// A text in both languages of the boards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A number of days with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// Calendar days.
    pub days: u16,
    /// Where the number comes from.
    pub basis: Basis,
}

/// A number of hours with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Hours.
    pub hours: u16,
    /// Where the number comes from.
    pub basis: Basis,
}

/// A fraction with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The fraction.
    #[serde(flatten)]
    pub fraction: FractionFields,
    /// What the share is of.
    pub of: Base,
    /// Where the number comes from.
    pub basis: Basis,
}

/// A fraction as it is written in a pack: `ge = [2, 3]` or `gt = [1, 2]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FractionFields {
    /// At least.
    Ge([u32; 2]),
    /// More than.
    Gt([u32; 2]),
}

impl FractionFields {
    /// The fraction itself.
    #[must_use]
    pub const fn get(self) -> Fraction {
        match self {
            Self::Ge([num, den]) => Fraction::at_least(num, den),
            Self::Gt([num, den]) => Fraction::more_than(num, den),
        }
    }
}

/// What a share is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// 应到: all on the frozen roll.
    Due,
    /// 到会: those present when the motion was put. Abstentions, blank and spoiled papers stay in it.
    Present,
    /// 本村十八周岁以上的村民
    AdultVillagers,
    /// 村民代表
    Representatives,
    /// 户
    Households,
}

/// An inclusive range with its basis.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeRange {
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
    /// Where the numbers come from.
    pub basis: Basis,
}

/// An amount of money with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// The amount.
    pub fen: Fen,
    /// Where the number comes from.
    pub basis: Basis,
}

/// A number of things with its basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The number.
    pub number: u32,
    /// Where the number comes from.
    pub basis: Basis,
}

impl Base {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Present => "present",
            Self::AdultVillagers => "adult_villagers",
            Self::Representatives => "representatives",
            Self::Households => "households",
        }
    }
}
