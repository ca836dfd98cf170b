//! Why somebody is not signed in, or a means of signing in not changed.

use crate::accounts::AccountsError;
use crate::password::PasswordRefusal;
use siyi_passkey::ActRefusal;

/// Why not. What concerns an account that nobody knows reads the same as a wrong password.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Whatever was wrong: the name, the password, the passkey, the account.
    #[error("this name and this proof do not belong together")]
    Refused,
    /// Too many attempts for this account or from this address.
    #[error("too many attempts; try again in {retry_after} seconds")]
    TooMany {
        /// Seconds until the next attempt is looked at.
        retry_after: u64,
    },
    /// Too many passwords wait to be checked.
    #[error("too many people sign in at this moment; try again soon")]
    Busy,
    /// The password that was chosen is no good.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// The sign-in name is too short, too long, or has characters that nobody sees.
    #[error("a sign-in name has 2 to 64 visible characters")]
    NameMalformed,
    /// Another account has this sign-in name.
    #[error("the sign-in name is taken")]
    NameTaken,
    /// The sign-in is older than five minutes, and this asks for a fresh one.
    #[error("sign in anew for this")]
    NotFresh,
    /// The ceremony was never begun, was ended already, or took too long.
    #[error("begin anew: this was not begun here, is over, or took too long")]
    CeremonyUnknown,
    /// The passkey that is to be set up is not good.
    #[error("the passkey is not accepted")]
    PasskeyRefused,
    /// The assertion over an act is not good.
    #[error(transparent)]
    Assertion(#[from] ActRefusal),
    /// This server has no such way of signing in.
    #[error("this server offers no such way of signing in")]
    NotConfigured,
    /// The OpenID provider does not answer, or not as it should.
    #[error("the identity provider does not answer as it should")]
    ProviderUnavailable,
    /// The provider's token is expired, forged, for somebody else, or of another sign-in.
    #[error("the identity provider's token is not accepted")]
    IdTokenRefused,
    /// The provider knows the person, but no account here is linked with them.
    #[error("no account is linked with this identity")]
    IdentityUnlinked,
    /// Another account is linked with this identity.
    #[error("this identity is linked with an account already")]
    IdentityTaken,
    /// The invitation was never given, was used, or is over.
    #[error("this invitation is not known, was used, or is over")]
    InvitationRefused,
    /// The token is not known, was revoked, or is over.
    #[error("the token is not known, was revoked, or is over")]
    TokenInvalid,
    /// What the token is to be called or may do is malformed.
    #[error("the token is malformed: {what}")]
    TokenMalformed {
        /// What is wrong.
        what: &'static str,
    },
    /// There are as many as there may be.
    #[error("there are {most} already; take one away first")]
    TooManyHeld {
        /// How many there may be.
        most: usize,
    },
    /// The account would have no means left.
    #[error("this is the last means of signing in")]
    LastMeans,
    /// No such session, token, passkey or link.
    #[error("there is no such thing on this account")]
    Unknown,
    /// The record of accounts says no.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The disk or the operating system said no.
    #[error("the store of secrets does not answer: {reason}")]
    Unavailable {
        /// What the operator should look at.
        reason: String,
    },
    /// Something that was acknowledged is missing or changed.
    #[error("the store of secrets is damaged: {detail}")]
    Corrupt {
        /// What was found.
        detail: String,
    },
}

impl SignInError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "sign-in-refused",
            Self::TooMany { .. } => "too-many-attempts",
            Self::Busy => "sign-in-busy",
            Self::Password(refusal) => refusal.code(),
            Self::NameMalformed => "name-malformed",
            Self::NameTaken => "name-taken",
            Self::NotFresh => "sign-in-not-fresh",
            Self::CeremonyUnknown => "ceremony-unknown",
            Self::PasskeyRefused => "passkey-refused",
            Self::Assertion(refusal) => refusal.code(),
            Self::NotConfigured => "sign-in-not-configured",
            Self::ProviderUnavailable => "provider-unavailable",
            Self::IdTokenRefused => "id-token-refused",
            Self::IdentityUnlinked => "identity-unlinked",
            Self::IdentityTaken => "identity-taken",
            Self::InvitationRefused => "invitation-refused",
            Self::TokenInvalid => "token-invalid",
            Self::TokenMalformed { .. } => "token-malformed",
            Self::TooManyHeld { .. } => "too-many-held",
            Self::LastMeans => "last-means",
            Self::Unknown => "means-unknown",
            Self::Accounts(error) => error.code(),
            Self::Unavailable { .. } => "sign-in-unavailable",
            Self::Corrupt { .. } => "sign-in-corrupt",
        }
    }

    pub(crate) fn unavailable(error: impl std::fmt::Display) -> Self {
        Self::Unavailable { reason: error.to_string() }
    }

    pub(crate) fn corrupt(detail: impl Into<String>) -> Self {
        Self::Corrupt { detail: detail.into() }
    }
}
