//! Identifiers, digests and money, each a type of its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// A person, by a random identifier that says nothing of who it is.
    PersonId
}
uuid_id! {
    /// One matter on its way through the procedure.
    ConsultationId
}

/// The 12-digit statistical code of a province, prefecture, county, township or village.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct JurisdictionCode(String);

/// The text is no 12-digit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no 12-digit code")]
pub struct NotACode(String);

/// Where a code stands in the tree of jurisdictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 省
    Province,
    /// 市
    Prefecture,
    /// 县（区）
    County,
    /// 乡镇（街道）
    Township,
    /// 村（社区）
    Village,
}

impl JurisdictionCode {
    /// The twelve digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level, by the trailing zeros of the code.
    #[must_use]
    pub fn level(&self) -> Level {
        let zeros = |from: usize| self.0.get(from..).is_some_and(|rest| rest.bytes().all(|b| b == b'0'));
        if zeros(2) {
            Level::Province
        } else if zeros(4) {
            Level::Prefecture
        } else if zeros(6) {
            Level::County
        } else if zeros(9) {
            Level::Township
        } else {
            Level::Village
        }
    }

    /// The digits that all codes of this subtree share.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let digits = match self.level() {
            Level::Province => 2,
            Level::Prefecture => 4,
            Level::County => 6,
            Level::Township => 9,
            Level::Village => 12,
        };
        self.0.get(..digits).unwrap_or(&self.0)
    }

    /// The code one level up; a province has none.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let digits = match self.level() {
            Level::Province => return None,
            Level::Prefecture => 2,
            Level::County => 4,
            Level::Township => 6,
            Level::Village => 9,
        };
        self.0.get(..digits).map(|kept| Self(format!("{kept:0<12}")))
    }

    /// Whether `other` is this jurisdiction or lies in it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(self.prefix())
    }
}

impl fmt::Display for JurisdictionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for JurisdictionCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        if digits && !text.starts_with("00") {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotACode(text.chars().take(40).collect()))
        }
    }
}

impl TryFrom<String> for JurisdictionCode {
    type Error = NotACode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<JurisdictionCode> for String {
    fn from(code: JurisdictionCode) -> Self {
        code.0
    }
}

/// Money in fen (CNY 0.01). Never negative: a difference is told by its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Fen(pub u64);

impl Fen {
    /// The greatest amount that the engine takes: 90 billion yuan, exact in JSON numbers.
    pub const MAX: Self = Self(9_000_000_000_000);

    /// The sum, held at the greatest `u64`.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left, never below nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Self::plus)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $error:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        #[doc = concat!("The text is no ", $what, ".")]
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("`{0}` is no {what}", what = $what)]
        pub struct $error(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err($error(text.chars().take(40).collect())) }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text! {
    /// What stands in an event in place of a personal field: the digest of an SD-JWT disclosure (RFC 9901 section 4.2.3),
    /// 43 characters of base64url. The value itself lies in the vault.
    Sealed, NotSealed, "digest of a disclosure (43 characters of base64url)",
    |text| text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
checked_text! {
    /// The SHA-256 of a paper's scan or file, 64 lower-case hexadecimal digits.
    PaperHash, NotAPaperHash, "SHA-256 (64 lower-case hexadecimal digits)",
    |text| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
checked_text! {
    /// 通行密钥的公钥: the public key of a passkey as `COSE_Key` (RFC 9052 section 7), 64 to 1,024 characters of base64url. It says
    /// nothing of whose it is, and a browser makes another for each server.
    CredentialKey, NotACredentialKey, "public key of a passkey (base64url)",
    |text| (64..=1024).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
checked_text! {
    /// A line of public text: 1 to 200 characters, no control characters.
    Line, NotALine, "line of 1 to 200 characters",
    |text| !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control)
}
checked_text! {
    /// A public text of several lines: 1 to 1,000 characters, no control characters but the line feed.
    Paragraph, NotAParagraph, "text of 1 to 1000 characters",
    |text| !text.trim().is_empty() && text.chars().count() <= 1000 && !text.chars().any(|c| c.is_control() && c != '\n')
}
checked_text! {
    /// A household's number inside its village, for example `H0012`: 1 to 16 letters, digits and hyphens.
    HouseholdNo, NotAHouseholdNo, "household number",
    |text| (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
checked_text! {
    /// The code of a kind of matter, for example `V03` or `HN-201`.
    MatterCode, NotAMatterCode, "code of a matter",
    |text| (2..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_village_lies_in_its_county() {
        let county: JurisdictionCode = "411502000000".parse().unwrap();
        let village: JurisdictionCode = "411502001003".parse().unwrap();
        assert_eq!(county.level(), Level::County);
        assert_eq!(village.level(), Level::Village);
        assert!(county.contains(&village));
        assert_eq!(village.parent().unwrap().to_string(), "411502001000");
        assert_eq!(county.parent().unwrap().to_string(), "411500000000");
    }

    #[test]
    fn letters_are_no_code() {
        assert!("41150200100x".parse::<JurisdictionCode>().is_err());
        assert!("000000000000".parse::<JurisdictionCode>().is_err());
    }

    #[test]
    fn fen_print_as_yuan() {
        assert_eq!(Fen(62_400_005).to_string(), "624000.05");
    }
}
