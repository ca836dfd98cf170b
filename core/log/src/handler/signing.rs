//! 签名: what a passkey signs of an act, so that nobody can put another content under the signature.
//!
//! The signature is over everything that the act's events say, the digests of personal texts with it, and over who acts where. Left
//! out is what only the log knows when it takes the act (revision, time of recording).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use siyi_domain::moment::Moment;
use siyi_domain::office::Actor;
use uuid::Uuid;

use crate::canonical::{NotCanonical, canonical_bytes};
use crate::via::Assertion;

/// The fields of events that hold salted digests of personal texts, by wire name: what [`Form::WithoutTexts`] leaves out. A test
/// holds them against the schemas.
pub const SALTED: &[(&str, &[&str])] = &[
    ("objection-raised.v1", &["text"]),
    ("opinion-recorded.v1", &["text"]),
    ("payment-recorded.v1", &["payee"]),
    ("person-registered.v1", &["name"]),
    ("person-registered.v2", &["contact", "name"]),
];

/// Which of an act's words a signature is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All of them. What is signed from now on.
    Whole,
    /// All but the digests of personal texts, as acts were signed before: each attempt salted anew. Only read.
    WithoutTexts,
}

/// What a signature is over.
#[derive(Debug, Clone)]
pub struct ToSign<'a> {
    /// The command.
    pub command_id: Uuid,
    /// Its hash.
    pub command_hash: &'a str,
    /// Where its events go.
    pub stream: &'a str,
    /// Who acts, in which office.
    pub actor: Actor,
    /// When it happened, where whoever acts said so and did not leave it to the server.
    pub occurred_at: Option<Moment>,
    /// Its events in order: wire name and data.
    pub events: Vec<(&'a str, &'a Value)>,
}

impl ToSign<'_> {
    /// The challenge: SHA-256 over the act in one canonical spelling.
    ///
    /// # Errors
    /// [`NotCanonical`] for an event that no log would take.
    pub fn challenge(&self) -> Result<[u8; 32], NotCanonical> {
        self.challenge_as(Form::Whole)
    }

    /// The challenge of a form.
    ///
    /// # Errors
    /// As [`Self::challenge`].
    pub fn challenge_as(&self, form: Form) -> Result<[u8; 32], NotCanonical> {
        let label: &[u8] = match form {
            Form::Whole => b"siyi act v3\n",
            Form::WithoutTexts => b"siyi act v2\n",
        };
        let said = |name: &str, data: &Value| match form {
            Form::Whole => data.clone(),
            Form::WithoutTexts => unsalted(name, data),
        };
        let events: Vec<Value> =
            self.events.iter().map(|(name, data)| json!({ "type": name, "data": said(name, data) })).collect();
        let whole = json!({
            "command_id": self.command_id,
            "command_hash": self.command_hash,
            "stream": self.stream,
            "actor": self.actor,
            "occurred_at": self.occurred_at,
            "events": events,
        });
        let mut hash = Sha256::new();
        hash.update(label);
        hash.update(canonical_bytes(&whole)?);
        Ok(hash.finalize().into())
    }

    /// Whether its events hold digests of personal texts.
    #[must_use]
    pub fn has_texts(&self) -> bool {
        let mut salted = self.events.iter().flat_map(|(name, data)| salted(name).iter().map(|field| data.get(*field)));
        salted.any(|digest| digest.is_some_and(|digest| !digest.is_null()))
    }

    /// Whether an assertion is over this act. Whether its signature is good is asked where the key is known.
    pub(super) fn is_signed_by(&self, assertion: &Assertion) -> Result<bool, NotCanonical> {
        let client = BASE64_URL_SAFE_NO_PAD.decode(&assertion.client_data).unwrap_or_default();
        let client: Value = serde_json::from_slice(&client).unwrap_or_default();
        let signed = client.get("challenge").and_then(Value::as_str);
        Ok(signed == Some(BASE64_URL_SAFE_NO_PAD.encode(self.challenge()?).as_str()))
    }
}

fn salted(name: &str) -> &'static [&'static str] {
    SALTED.iter().find(|(of, _)| *of == name).map_or(&[], |(_, fields)| fields)
}

fn unsalted(name: &str, data: &Value) -> Value {
    let mut data = data.clone();
    if let Some(object) = data.as_object_mut() {
        for field in salted(name) {
            object.remove(*field);
        }
    }
    data
}
