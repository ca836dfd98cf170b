//! By which way an act came to the log: through whose account, signed or not, through an attendant or not.

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
    /// What binds the act to the person, so that who runs the machine cannot forge it.
    pub signed: Signed,
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
