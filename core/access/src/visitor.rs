//! 来访者: who stands at a door.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office};
use uuid::Uuid;

/// Seconds after which a sign-in is no longer fresh enough for administration and personal data (ASVS 5.0: 5 minutes). The
/// policy `fresh-sign-in` holds the same number, and a test holds them together.
pub const FRESH_SIGN_IN_SECONDS: u64 = 300;

/// Who comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// Not signed in.
    Nobody,
    /// Signed in.
    Account(Account),
    /// 演示: anybody acts as anybody; opens nothing where the circumstances do not say that it is a demonstration.
    Demonstration(Actor),
}

/// A signed-in account on the day of the act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub account: Uuid,
    /// The persons that it is bound to, with or without an office.
    pub persons: BTreeSet<PersonId>,
    /// The offices that these persons hold on the day of the act. An office that ended is not among them.
    pub held: Vec<Held>,
    /// How it signed in.
    pub method: SignInMethod,
    /// The doors that a token names; a token without any opens only what is public. Ignored for people.
    pub scopes: Option<BTreeSet<String>>,
    /// Seconds since it last proved who it is.
    pub signed_in_seconds_ago: u64,
}

/// An office held.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Held {
    /// By whom.
    pub person: PersonId,
    /// Which.
    pub office: Office,
    /// Where.
    pub jurisdiction: JurisdictionCode,
}

/// How an account signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// 口令
    Password,
    /// 通行密钥
    Passkey,
    /// 统一身份认证
    OpenId,
    /// 接口令牌: a machine.
    Token,
}

impl Visitor {
    /// The account, for the record; nobody and a demonstration have none.
    #[must_use]
    pub fn account(&self) -> Option<Uuid> {
        match self {
            Self::Account(account) => Some(account.account),
            Self::Nobody | Self::Demonstration(_) => None,
        }
    }
}
