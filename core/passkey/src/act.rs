//! An assertion over the digest of an act: what it holds, and the check of WebAuthn section 7.2.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use siyi_log::via::Assertion;

use crate::cose;

/// A passkey's assertion (WebAuthn Level 3, section 5.2.2) over the digest of an act. Bytes are base64url in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActAssertion {
    /// The credential's id.
    #[serde(with = "base64url")]
    pub credential_id: Vec<u8>,
    /// What the authenticator says: for whom, whether somebody was there and was verified, how often it signed.
    #[serde(with = "base64url")]
    pub authenticator_data: Vec<u8>,
    /// What the browser says: for what, from where.
    #[serde(with = "base64url")]
    pub client_data_json: Vec<u8>,
    /// The signature over the authenticator's data and the SHA-256 of the browser's.
    #[serde(with = "base64url")]
    pub signature: Vec<u8>,
    /// The public key as a `COSE_Key` (RFC 9052, section 7).
    #[serde(with = "base64url")]
    pub public_key_cose: Vec<u8>,
}

impl ActAssertion {
    /// The challenge that it says it is over. Whether that is an act's, who has the act compares.
    ///
    /// # Errors
    /// [`ActRefusal::Malformed`].
    pub fn challenge(&self) -> Result<[u8; 32], ActRefusal> {
        let challenge = URL_SAFE_NO_PAD.decode(self.client_data()?.challenge).ok();
        let malformed = ActRefusal::Malformed { what: "the challenge" };
        challenge.and_then(|bytes| bytes.try_into().ok()).ok_or(malformed)
    }

    pub(crate) fn client_data(&self) -> Result<ClientData, ActRefusal> {
        serde_json::from_slice(&self.client_data_json).map_err(|_| ActRefusal::Malformed { what: "the client data" })
    }
}

impl From<ActAssertion> for Assertion {
    fn from(made: ActAssertion) -> Self {
        Self {
            credential: URL_SAFE_NO_PAD.encode(made.credential_id),
            public_key: URL_SAFE_NO_PAD.encode(made.public_key_cose),
            authenticator_data: URL_SAFE_NO_PAD.encode(made.authenticator_data),
            client_data: URL_SAFE_NO_PAD.encode(made.client_data_json),
            signature: URL_SAFE_NO_PAD.encode(made.signature),
        }
    }
}

impl TryFrom<&Assertion> for ActAssertion {
    type Error = ActRefusal;

    fn try_from(stored: &Assertion) -> Result<Self, ActRefusal> {
        let bytes = |what, text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| ActRefusal::Malformed { what });
        Ok(Self {
            credential_id: bytes("the credential", &stored.credential)?,
            authenticator_data: bytes("the authenticator data", &stored.authenticator_data)?,
            client_data_json: bytes("the client data", &stored.client_data)?,
            signature: bytes("the signature", &stored.signature)?,
            public_key_cose: bytes("the public key", &stored.public_key)?,
        })
    }
}

/// Why a signature over an act does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    /// Something does not read.
    #[error("{what} of the assertion does not read")]
    Malformed {
        /// What.
        what: &'static str,
    },
    /// The account has no such passkey.
    #[error("the account has no such passkey")]
    KeyUnknown,
    /// The assertion was made for another server.
    #[error("the assertion was made for another server")]
    OtherServer,
    /// The assertion was made on a page of another origin.
    #[error("the assertion was made on a page of another origin")]
    OtherOrigin,
    /// The browser says that it is no assertion.
    #[error("the assertion is of another type")]
    OtherType,
    /// The assertion is over something else.
    #[error("the assertion is over another act")]
    OtherChallenge,
    /// Nobody touched the authenticator, or it did not check who did.
    #[error("the authenticator did not verify who was there")]
    NotVerified,
    /// The signature does not fit.
    #[error("the signature does not fit the key and the act")]
    SignatureWrong,
}

impl ActRefusal {
    /// The stable public code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed { .. } => "assertion-malformed",
            Self::KeyUnknown => "assertion-key-unknown",
            Self::OtherServer => "assertion-other-server",
            Self::OtherOrigin => "assertion-other-origin",
            Self::OtherType => "assertion-other-type",
            Self::OtherChallenge => "assertion-other-act",
            Self::NotVerified => "assertion-not-verified",
            Self::SignatureWrong => "assertion-signature-wrong",
        }
    }
}

/// The user was there (UP) and was verified (UV): bits of the flags.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;

#[derive(Deserialize)]
pub(crate) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    pub(crate) origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// Checks a signature over an act as anybody can who has the act's digest and the account's public key: section 7.2 of WebAuthn
/// Level 3, without what only the server can know (whether the key is the account's, and whether a counter went back).
///
/// # Errors
/// [`ActRefusal`] names the first thing that does not hold.
pub fn verify_act_assertion(
    public_key_cose: &[u8],
    rp_id: &str,
    origin: &str,
    challenge: &[u8; 32],
    assertion: &ActAssertion,
) -> Result<(), ActRefusal> {
    if assertion.public_key_cose != public_key_cose {
        return Err(ActRefusal::KeyUnknown);
    }
    let client = assertion.client_data()?;
    if client.kind != "webauthn.get" {
        return Err(ActRefusal::OtherType);
    }
    if client.challenge != URL_SAFE_NO_PAD.encode(challenge) {
        return Err(ActRefusal::OtherChallenge);
    }
    if client.origin != origin || client.cross_origin {
        return Err(ActRefusal::OtherOrigin);
    }
    let data = &assertion.authenticator_data;
    let too_short = ActRefusal::Malformed { what: "the authenticator data" };
    let (server, rest) = data.split_first_chunk::<32>().ok_or(too_short)?;
    // The flags, then a counter of four bytes.
    let (flags, _) = rest.split_first().filter(|(_, counter)| counter.len() >= 4).ok_or(too_short)?;
    if server.as_slice() != Sha256::digest(rp_id.as_bytes()).as_slice() {
        return Err(ActRefusal::OtherServer);
    }
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(ActRefusal::NotVerified);
    }
    let key = cose::read(public_key_cose).ok_or(ActRefusal::Malformed { what: "the public key" })?;
    let signed = [data.as_slice(), Sha256::digest(&assertion.client_data_json).as_slice()].concat();
    match key.verify_signature(&assertion.signature, &signed) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(ActRefusal::SignatureWrong),
    }
}

mod base64url {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        URL_SAFE_NO_PAD.decode(&text).map_err(|_| D::Error::custom("no base64url"))
    }
}
