//! 保管期限: how long each class of a village's records is kept, and how long the personal fields in them.
//!
//! The schedule is data (`schemas/retention/`). Where the law orders a personal field kept, its data is restricted and not
//! erased before the period ends (PIPL art. 47, last paragraph); where it does not, data goes when its purpose is achieved.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::procedure::{Basis, Certainty, Text};

mod configured;
mod error;

pub use error::RetentionError;

/// Longest period that is no permanent one, in years.
pub const MAX_YEARS: u16 = 100;

const SHIPPED: &str = include_str!("../../../schemas/retention/village-archives.toml");

macro_rules! named {
    ($(#[$doc:meta])* $enum:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum $enum { $($(#[$variant_doc])* $variant,)+ }

        impl $enum {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

named! {
    /// A class of records with one period.
    RecordClass {
        /// 决议和会议记录
        Resolutions = "resolutions",
        /// 村规民约、自治章程
        Charter = "charter",
        /// 合同
        Contracts = "contracts",
        /// 资产
        Assets = "assets",
        /// 土地
        Land = "land",
        /// 选举结果
        ElectionResults = "election-results",
        /// 公告
        Notices = "notices",
        /// 一般通知
        RoutineNotices = "routine-notices",
        /// 签到
        SignInSheets = "sign-in-sheets",
        /// 议事表决票
        DeliberationBallots = "deliberation-ballots",
        /// 服务项目
        Projects = "projects",
        /// 选举选票
        ElectionBallots = "election-ballots",
        /// 会计凭证
        AccountVouchers = "account-vouchers",
        /// 会计账簿
        AccountBooks = "account-books",
        /// 年度财务报告
        YearlyReports = "yearly-reports",
    }
}

named! {
    /// A personal field, by the purpose for which it was given.
    PersonalField {
        /// 名册: the name, and what makes somebody a member.
        Roll = "roll",
        /// 联系方式: telephone, identity number, address.
        Contact = "contact",
        /// 意见、异议: what somebody said.
        Voice = "voice",
        /// 收款: payee and account.
        Payment = "payment",
    }
}

/// How long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// 永久
    Permanent,
    /// 在册、在任期间: while the person stands on a roll or holds an office, and no day longer.
    WhileOnRoll,
    /// So many years.
    Years(u16),
}

/// From when a period of years is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedFrom {
    /// 次年一月一日: the first day of the year after the record.
    #[default]
    NextYear,
    /// The day of the record.
    Day,
}

/// How long a class of records is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRule {
    /// Which.
    pub class: RecordClass,
    /// What belongs to it.
    pub title: Text,
    /// How long.
    pub keep: Keep,
    /// From when years are counted.
    #[serde(default)]
    pub from: CountedFrom,
    /// Where the period comes from. One that is remembered a place may configure.
    pub basis: Basis,
}

/// How long a personal field is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// Which.
    pub field: PersonalField,
    /// What belongs to it.
    pub title: Text,
    /// How long.
    pub keep: Keep,
    /// From when years are counted.
    #[serde(default)]
    pub from: CountedFrom,
    /// Whether a law orders it kept: then it is restricted while the period runs, and not erased.
    pub ordered: bool,
    /// Where the period comes from.
    pub basis: Basis,
}

/// A record that the schedule knows: a file, by its class and its day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordKept {
    /// Of which class.
    pub class: RecordClass,
    /// Since when it is kept.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub on: Date,
}

/// A law or paper that the schedule cites.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short id, as bases cite it.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Version.
    pub version: String,
}

/// A schedule of retention, checked: every class and every field has its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// What it cites.
    pub sources: Vec<Source>,
    classes: BTreeMap<RecordClass, ClassRule>,
    fields: BTreeMap<PersonalField, FieldRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    title: Text,
    #[serde(rename = "source")]
    sources: Vec<Source>,
    #[serde(rename = "record")]
    classes: Vec<ClassRule>,
    #[serde(rename = "personal")]
    fields: Vec<FieldRule>,
}

impl Retention {
    /// The schedule that ships with Siyi, `schemas/retention/village-archives.toml`.
    ///
    /// # Errors
    /// [`RetentionError`] if the shipped file is malformed, which a test excludes.
    pub fn shipped() -> Result<Self, RetentionError> {
        Self::parse(SHIPPED)
    }

    /// Reads and checks a schedule.
    ///
    /// # Errors
    /// [`RetentionError`].
    pub fn parse(toml_text: &str) -> Result<Self, RetentionError> {
        let written: Written = toml::from_str(toml_text).map_err(|e| RetentionError::Malformed(e.to_string()))?;
        let Written { id, title, sources, classes, fields } = written;
        let mut own = Self { id, title, sources, classes: BTreeMap::new(), fields: BTreeMap::new() };
        for rule in classes {
            own.check(rule.class.as_str(), rule.keep, &rule.basis)?;
            let class = rule.class;
            if own.classes.insert(class, rule).is_some() {
                return Err(RetentionError::Twice(class.as_str()));
            }
        }
        for rule in fields {
            own.check(rule.field.as_str(), rule.keep, &rule.basis)?;
            let field = rule.field;
            if own.fields.insert(field, rule).is_some() {
                return Err(RetentionError::Twice(field.as_str()));
            }
        }
        own.check_whole()?;
        Ok(own)
    }

    fn check(&self, name: &'static str, keep: Keep, basis: &Basis) -> Result<(), RetentionError> {
        if let Keep::Years(years) = keep
            && !(1..=MAX_YEARS).contains(&years)
        {
            return Err(RetentionError::YearsOutOfRange { name, years });
        }
        if self.sources.iter().any(|source| source.id == basis.law) {
            return Ok(());
        }
        Err(RetentionError::SourceUnknown { name, law: basis.law.clone() })
    }

    fn check_whole(&self) -> Result<(), RetentionError> {
        let class = RecordClass::ALL.iter().find(|class| !self.classes.contains_key(class)).map(|class| class.as_str());
        let field =
            PersonalField::ALL.iter().find(|field| !self.fields.contains_key(field)).map(|field| field.as_str());
        class.or(field).map_or(Ok(()), |name| Err(RetentionError::Missing(name)))
    }

    /// The rule of a class; there is one for each.
    #[must_use]
    pub fn of(&self, class: RecordClass) -> Option<&ClassRule> {
        self.classes.get(&class)
    }

    /// The rule of a personal field; there is one for each.
    #[must_use]
    pub fn field(&self, field: PersonalField) -> Option<&FieldRule> {
        self.fields.get(&field)
    }

    /// The rules of all classes.
    pub fn classes(&self) -> impl Iterator<Item = &ClassRule> {
        self.classes.values()
    }

    /// The rules of all personal fields.
    pub fn fields(&self) -> impl Iterator<Item = &FieldRule> {
        self.fields.values()
    }

    /// The rule by which a record is still kept on a day; `None` where its period is over.
    #[must_use]
    pub fn running(&self, record: &RecordKept, today: Date) -> Option<&ClassRule> {
        self.of(record.class).filter(|rule| rule.keep.runs(rule.from, record.on, false, today))
    }

    /// Whether the law still orders a personal field kept on a day, so that it may be restricted and not erased: `last_used`
    /// is the day of the last record that holds it, `on_roll` whether its person stands on a roll or holds an office.
    #[must_use]
    pub fn orders_kept(&self, field: PersonalField, last_used: Date, on_roll: bool, today: Date) -> bool {
        self.field(field).is_some_and(|rule| rule.ordered && rule.keep.runs(rule.from, last_used, on_roll, today))
    }
}

impl Keep {
    /// The last day of the period that begins with a record of `day`; `None` where no calendar says it.
    #[must_use]
    pub fn until(self, from: CountedFrom, day: Date) -> Option<Date> {
        let Self::Years(years) = self else { return None };
        let years = i16::try_from(years).ok()?;
        match from {
            CountedFrom::NextYear => Date::new(day.year().checked_add(years)?, 12, 31).ok(),
            CountedFrom::Day => day.checked_add(jiff::Span::new().years(years)).ok(),
        }
    }

    /// Whether the period runs on `today`.
    fn runs(self, from: CountedFrom, day: Date, on_roll: bool, today: Date) -> bool {
        match self {
            Self::Permanent => true,
            Self::WhileOnRoll => on_roll,
            // Beyond the last day of the calendar it runs.
            Self::Years(_) => self.until(from, day).is_none_or(|last| today <= last),
        }
    }
}

#[cfg(test)]
mod tests;
