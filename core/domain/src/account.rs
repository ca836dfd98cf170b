//! 账号: an account, whose it is, and by which means its owner signs in. Stream `account-<uuid>`.
//!
//! Secrets (password hashes, private keys, tokens) never stand here; an event names a means by a random key, and of a passkey
//! the public key, by which anybody checks what it signed. Names stand here neither: an account belongs to persons on rosters, one in each jurisdiction.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::command_enum::commands;
use crate::context::Context;
use crate::event_enum::{event_structs, events};
use crate::ids::{CredentialKey, JurisdictionCode, Line, PersonId};
use crate::refusal::{Refusal, RefusalCode};

/// Most persons that one account acts as: a village's, a township's, and what one office more may need.
pub const MAX_PERSONS: usize = 16;
/// Most means of signing in of one account.
pub const MAX_MEANS: usize = 32;

/// By which means somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// 口令
    Password,
    /// 通行密钥
    Passkey,
    /// 统一身份认证 (OpenID Connect)
    OpenId,
    /// 接口令牌: of a machine.
    Token,
}

/// How it was shown that an account is a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// 邀请码: by a code that the village handed out on paper.
    Invitation,
    /// 乡镇核实
    TownshipCheck,
    /// 服务器控制台: at the server, for the first of a jurisdiction.
    Console,
}

commands! {
    /// Commands to an account.
    AccountCommand;
    /// Open an account for a person.
    OpenAccount = "openAccount" {
        /// Where the person is on the roster.
        jurisdiction: JurisdictionCode,
        /// Who.
        person: PersonId,
        /// How that was shown.
        proof: Proof,
    }
    /// Let an account act as one person more.
    BindPerson = "bindPerson" {
        /// Where the person is on the roster.
        jurisdiction: JurisdictionCode,
        /// Who.
        person: PersonId,
        /// How that was shown.
        proof: Proof,
    }
    /// A means of signing in was set up.
    AddSignIn = "addSignIn" {
        /// Which means.
        means: Means,
        /// Its key in the store of secrets.
        key: Uuid,
        /// The public key of a passkey.
        public_key: Option<CredentialKey>,
        /// What a token may do, by names of doors; empty for people.
        scopes: Vec<Line>,
        /// Last day on which it is good, where it ends.
        expires_on: Option<Date>,
    }
    /// A means of signing in was taken away.
    RemoveSignIn = "removeSignIn" {
        /// Its key.
        key: Uuid,
    }
    /// Close the account for ever.
    CloseAccount = "closeAccount" {
        /// Why.
        reason: Line,
    }
    /// Personal data was shown in clear.
    RecordReading = "recordReading" {
        /// Where the person is on the roster.
        jurisdiction: JurisdictionCode,
        /// Whose data.
        person: PersonId,
        /// Which fields.
        fields: Vec<Line>,
        /// Why.
        purpose: Line,
    }
}

event_structs! {
    /// `account-opened.v1`
    AccountOpened {
        /// Where the person is on the roster.
        jurisdiction: JurisdictionCode,
        /// Who.
        person: PersonId,
        /// How that was shown.
        proof: Proof,
    }
    /// `person-bound.v1`
    PersonBound {
        /// Where the person is on the roster.
        jurisdiction: JurisdictionCode,
        /// Who.
        person: PersonId,
        /// How that was shown.
        proof: Proof,
    }
    /// `sign-in-added.v2`
    SignInAdded {
        /// Which means.
        means: Means,
        /// Its key in the store of secrets.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        key: Uuid,
        /// The public key of a passkey; an older event did not keep it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        public_key: Option<CredentialKey>,
        /// What a token may do.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        scopes: Vec<Line>,
        /// Last day on which it is good.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        expires_on: Option<Date>,
    }
    /// `sign-in-added.v1`: it did not keep a passkey's public key.
    SignInAddedV1 {
        /// Which means.
        means: Means,
        /// Its key in the store of secrets.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        key: Uuid,
        /// What a token may do.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        scopes: Vec<Line>,
        /// Last day on which it is good.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        expires_on: Option<Date>,
    }
    /// `sign-in-removed.v1`
    SignInRemoved {
        /// Its key.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        key: Uuid,
    }
    /// `account-closed.v1`
    AccountClosed {
        /// Why.
        reason: Line,
    }
    /// `personal-data-read.v1`: who is the account of the stream.
    PersonalDataRead {
        /// Where the person is on the roster.
        jurisdiction: JurisdictionCode,
        /// Whose data.
        person: PersonId,
        /// Which fields.
        fields: Vec<Line>,
        /// Why.
        purpose: Line,
    }
}

events! {
    /// Events of an account.
    AccountEvent,
    current {
        AccountOpened = "account-opened.v1",
        PersonBound = "person-bound.v1",
        SignInAdded = "sign-in-added.v2",
        SignInRemoved = "sign-in-removed.v1",
        AccountClosed = "account-closed.v1",
        PersonalDataRead = "personal-data-read.v1",
    }
    upcast {
        "sign-in-added.v1" => SignInAddedV1 => SignInAdded,
    }
}

impl From<SignInAddedV1> for SignInAdded {
    fn from(old: SignInAddedV1) -> Self {
        Self { means: old.means, key: old.key, public_key: None, scopes: old.scopes, expires_on: old.expires_on }
    }
}

/// An account as its events tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// As whom it acts, by jurisdiction; empty before it is opened.
    pub persons: BTreeMap<JurisdictionCode, PersonId>,
    /// Its means of signing in.
    pub means: BTreeMap<Uuid, SignInAdded>,
    /// Whether it was closed.
    pub closed: bool,
}

impl Account {
    /// The state after one more event.
    #[must_use]
    pub fn evolve(mut self, event: &AccountEvent) -> Self {
        match event {
            AccountEvent::AccountOpened(AccountOpened { jurisdiction, person, .. })
            | AccountEvent::PersonBound(PersonBound { jurisdiction, person, .. }) => {
                self.persons.insert(jurisdiction.clone(), *person);
            }
            AccountEvent::SignInAdded(e) => {
                self.means.insert(e.key, e.clone());
            }
            AccountEvent::SignInRemoved(e) => {
                self.means.remove(&e.key);
            }
            AccountEvent::AccountClosed(_) => self.closed = true,
            AccountEvent::PersonalDataRead(_) => {}
        }
        self
    }
}

/// What a command to an account leads to. Whether the person is on the roster is asked before: an account is one stream.
///
/// # Errors
/// The [`Refusal`] that stands in the way.
pub fn decide(state: &Account, command: &AccountCommand, context: &Context<'_>) -> Result<Vec<AccountEvent>, Refusal> {
    use AccountCommand as C;
    context.check_time()?;
    if state.closed {
        return Err(RefusalCode::AccountClosed.into());
    }
    match (command, state.persons.is_empty()) {
        (C::OpenAccount(c), true) => {
            let (jurisdiction, person, proof) = (c.jurisdiction.clone(), c.person, c.proof);
            Ok(vec![AccountOpened { jurisdiction, person, proof }.into()])
        }
        (C::OpenAccount(_), false) => Err(RefusalCode::AccountOpenAlready.into()),
        (_, true) => Err(RefusalCode::AccountUnknown.into()),
        (C::BindPerson(c), false) => bind(state, c),
        (C::AddSignIn(c), false) => add_means(state, c),
        (C::RemoveSignIn(c), false) if state.means.contains_key(&c.key) => {
            Ok(vec![SignInRemoved { key: c.key }.into()])
        }
        (C::RemoveSignIn(c), false) => Err(Refusal::from(RefusalCode::SignInUnknown).with("key", c.key.to_string())),
        (C::CloseAccount(c), false) => Ok(vec![AccountClosed { reason: c.reason.clone() }.into()]),
        (C::RecordReading(c), false) => {
            let (jurisdiction, person) = (c.jurisdiction.clone(), c.person);
            let (fields, purpose) = (c.fields.clone(), c.purpose.clone());
            Ok(vec![PersonalDataRead { jurisdiction, person, fields, purpose }.into()])
        }
    }
}

fn bind(state: &Account, command: &BindPerson) -> Result<Vec<AccountEvent>, Refusal> {
    let (jurisdiction, person, proof) = (command.jurisdiction.clone(), command.person, command.proof);
    // One human is one person in a place: two would be two voices.
    if state.persons.get(&jurisdiction).is_some_and(|bound| *bound != person) {
        return Err(Refusal::from(RefusalCode::BoundToAnother).with("code", jurisdiction.as_str()));
    }
    if state.persons.len() >= MAX_PERSONS {
        return Err(too_many(state.persons.len() + 1, MAX_PERSONS));
    }
    Ok(vec![PersonBound { jurisdiction, person, proof }.into()])
}

fn add_means(state: &Account, command: &AddSignIn) -> Result<Vec<AccountEvent>, Refusal> {
    if state.means.len() >= MAX_MEANS {
        return Err(too_many(state.means.len() + 1, MAX_MEANS));
    }
    let added = SignInAdded {
        means: command.means,
        key: command.key,
        public_key: command.public_key.clone(),
        scopes: command.scopes.clone(),
        expires_on: command.expires_on,
    };
    Ok(vec![added.into()])
}

fn too_many(entries: usize, limit: usize) -> Refusal {
    Refusal::from(RefusalCode::TooManyEntries).with("entries", entries as u64).with("limit", limit as u64)
}
