//! By which way an act came to the log: through whose account, signed or not, through an attendant or not, alone or by two.

use serde::{Deserialize, Serialize};
use siyi_domain::ids::PaperHash;
use siyi_domain::office::Actor;
use uuid::Uuid;

/// By which way an act came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    /// How the person was known.
    pub known_by: KnownBy,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<Uuid>,
    /// Who wrote it down for a person without a telephone, and the sheet that the person signed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attendant: Option<Attendant>,
    /// Who signed second, where the act needs two.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub second: Option<Second>,
    /// What binds the act to the person, so that who runs the machine cannot forge it.
    pub signed: Signed,
}

impl Via {
    /// The accounts through which it came: the actor's, and that of who signed second.
    pub fn accounts(&self) -> impl Iterator<Item = Uuid> {
        self.account.into_iter().chain(self.second.as_ref().and_then(|second| second.signed.account()))
    }

    /// The sheets that were signed on paper, each with where it stands here.
    pub fn sheets(&self) -> impl Iterator<Item = (&'static str, &PaperHash)> {
        let attendants = self.attendant.as_ref().map(|attendant| ("attendant/sheet", &attendant.sheet));
        let seconds = self.second.as_ref().and_then(|second| second.signed.sheet());
        attendants.into_iter().chain(seconds.map(|sheet| ("second/signed/sheet", sheet)))
    }
}

/// How the person was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// 口令
    Password,
    /// 通行密钥
    Passkey,
    /// 统一身份认证
    OpenId,
    /// 接口令牌
    Token,
    /// 服务器控制台
    Console,
    /// 演示: anybody may act as anybody.
    Demonstration,
}

/// Who helped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendant {
    /// Who, in which office.
    #[serde(flatten)]
    pub actor: Actor,
    /// SHA-256 of the sheet that the person signed.
    pub sheet: PaperHash,
}

/// 双人签署: the second of the two whom an act needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// Who, in which office.
    #[serde(flatten)]
    pub actor: Actor,
    /// How.
    pub signed: SecondSigned,
}

/// How the second person signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum SecondSigned {
    /// 本人账号: by a code that their own account gave.
    Account {
        /// The account.
        account: Uuid,
        /// How it had signed in.
        known_by: KnownBy,
    },
    /// 纸质
    Paper {
        /// SHA-256 of the sheet that they signed.
        sheet: PaperHash,
    },
}

impl SecondSigned {
    /// The account that gave the code.
    #[must_use]
    pub const fn account(&self) -> Option<Uuid> {
        match self {
            Self::Account { account, .. } => Some(*account),
            Self::Paper { .. } => None,
        }
    }

    /// The sheet that was signed on paper.
    #[must_use]
    pub const fn sheet(&self) -> Option<&PaperHash> {
        match self {
            Self::Account { .. } => None,
            Self::Paper { sheet } => Some(sheet),
        }
    }
}

/// Whether the act is signed. An act without a signature says so for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Signed {
    /// 未签名: the record rests on the account alone.
    Nobody,
    /// 通行密钥: a WebAuthn assertion (Level 2, section 7.2) whose challenge is the act's hash.
    Passkey(Assertion),
}

/// A WebAuthn assertion over an act: base64url without padding, but for the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assertion {
    /// The credential.
    pub credential: String,
    /// Its public key (COSE).
    pub public_key: String,
    /// `authenticatorData`
    pub authenticator_data: String,
    /// `clientDataJSON`
    pub client_data: String,
    /// The signature.
    pub signature: String,
}
