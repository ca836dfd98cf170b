//! Who somebody is, as the doors hand it on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use siyi_domain::moment::Moment;
use uuid::Uuid;

/// Seconds for which a sign-in is fresh enough for what touches the account itself (ASVS 5.0: 5 minutes).
pub const FRESH_SECONDS: i64 = 300;

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

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: Uuid,
    /// How it signed in.
    pub method: SignInMethod,
    /// When it last proved who it is; of a token, when it was made.
    pub signed_in_at: Moment,
    /// The session's key, for lists; none of a token.
    pub session: Option<String>,
    /// The doors that a token names; none for people.
    pub scopes: Option<BTreeSet<String>>,
}

impl Identity {
    /// Whether a person proved who they are within the last five minutes. A token never did.
    #[must_use]
    pub fn is_fresh(&self, now: Moment) -> bool {
        self.session.is_some() && (0..=FRESH_SECONDS).contains(&now.since(self.signed_in_at).as_secs())
    }
}
