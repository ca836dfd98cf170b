//! What a personal text is for; each purpose of a person has a key of its own.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a personal text is for (PIPL art. 6: no more than its purpose needs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Who belongs to a body (名册): the name.
    Roll,
    /// How somebody is reached and told apart: telephone, identity number, address.
    Contact,
    /// What somebody said: an objection, an opinion.
    Voice,
    /// Who was paid: payee, account.
    Payment,
    /// A paper that somebody handed in.
    Attachment,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [Self::Roll, Self::Contact, Self::Voice, Self::Payment, Self::Attachment];

    /// The purpose of a field of a disclosure; none where nobody has said what the field is for.
    #[must_use]
    pub fn of_field(field: &str) -> Option<Self> {
        match field {
            "name" => Some(Self::Roll),
            "phone" | "identity_number" | "address" => Some(Self::Contact),
            "objection" | "opinion" => Some(Self::Voice),
            "payee" | "bank_account" => Some(Self::Payment),
            "attachment" => Some(Self::Attachment),
            _ => None,
        }
    }

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Roll => "roll",
            Self::Contact => "contact",
            Self::Voice => "voice",
            Self::Payment => "payment",
            Self::Attachment => "attachment",
        }
    }

    /// Its stable number in a row of the vault.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Roll => 1,
            Self::Contact => 2,
            Self::Voice => 3,
            Self::Payment => 4,
            Self::Attachment => 5,
        }
    }

    /// The purpose with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.number() == number)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
