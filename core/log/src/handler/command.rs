//! From a name and JSON to a typed command, personal texts sealed on the way.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use siyi_domain::account::AccountCommand;
use siyi_domain::command_enum::MisshapenInput;
use siyi_domain::consultation::ConsultationCommand;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::JurisdictionCommand;
use siyi_domain::personal;
use siyi_domain::refusal::Refusal;
use siyi_domain::roster::{CONTACT_DIGESTS, RosterCommand};
use uuid::Uuid;

use super::{HandleError, Request};
use crate::canonical::sha256;
use crate::vault::{Disclosure, Seed, seal as seal_value};

/// What a command is addressed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A jurisdiction or its roster.
    Jurisdiction(JurisdictionCode),
    /// A matter.
    Consultation(ConsultationId),
    /// An account.
    Account(Uuid),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jurisdiction(code) => code.fmt(f),
            Self::Consultation(id) => id.fmt(f),
            Self::Account(id) => id.fmt(f),
        }
    }
}

/// A typed command of any aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To a jurisdiction.
    Jurisdiction(JurisdictionCommand),
    /// To a roster.
    Roster(RosterCommand),
    /// To a matter.
    Consultation(Box<ConsultationCommand>),
    /// To an account.
    Account(AccountCommand),
}

/// GraphQL names of the commands to a jurisdiction.
pub const JURISDICTION_COMMANDS: &[&str] = JurisdictionCommand::NAMES;
/// GraphQL names of the commands to a roster.
pub const ROSTER_COMMANDS: &[&str] = RosterCommand::NAMES;

pub(super) struct Sealing {
    pub(super) command: Command,
    pub(super) disclosures: Vec<Disclosure>,
    /// Why nothing of it may be published: a text that is public names somebody by number.
    pub(super) refusal: Option<Refusal>,
}

/// The contact data of a registration, by their names in the input.
const CONTACT_FIELDS: [(&str, &str); CONTACT_DIGESTS] = [
    ("phone", "phone"),
    ("identityNumber", "identity_number"),
    ("address", "address"),
    ("bankAccount", "bank_account"),
];

/// What is done with a personal text: the person it speaks of, where the input names one; what it is called in its
/// disclosure; and the text.
type WithPersonal<'a> = &'a mut dyn FnMut(Option<Uuid>, &'static str, &mut Value) -> Result<(), HandleError>;

/// Calls `with` on every personal text of a command's input.
pub(super) fn for_each_personal(name: &str, input: &mut Value, with: WithPersonal<'_>) -> Result<(), HandleError> {
    match name {
        "registerPersons" => {
            for person in persons(input) {
                let subject = person.get("person").and_then(Value::as_str).and_then(|id| id.parse().ok());
                if let Some(text) = person.get_mut("name").filter(|text| text.is_string()) {
                    with(subject, "name", text)?;
                }
                for (key, field) in CONTACT_FIELDS {
                    if let Some(text) = person.pointer_mut(&format!("/contact/{key}")).filter(|text| text.is_string()) {
                        with(subject, field, text)?;
                    }
                }
            }
            Ok(())
        }
        "raiseObjection" => each(input, "text", "objection", with),
        "recordOpinion" => each(input, "text", "opinion", with),
        "recordPayment" => each(input, "payee", "payee", with),
        _ => Ok(()),
    }
}

fn persons(input: &mut Value) -> impl Iterator<Item = &mut Value> {
    input.get_mut("persons").and_then(Value::as_array_mut).into_iter().flatten()
}

fn each(input: &mut Value, key: &str, field: &'static str, with: WithPersonal<'_>) -> Result<(), HandleError> {
    match input.get_mut(key).filter(|text| text.is_string()) {
        Some(text) => with(None, field, text),
        None => Ok(()),
    }
}

/// Whose a personal text is when the input names nobody: an objection is its author's; a payee who is on no roll gets a
/// pseudonym of the command's own.
fn subject_of(request: &Request) -> Uuid {
    match request.name.as_str() {
        "raiseObjection" => request.actor.person.0,
        _ => request.command_id,
    }
}

/// Whether the events of a command hold salted digests.
pub(super) fn is_salted(request: &Request) -> Result<bool, HandleError> {
    // A registration is filled up with digests of nothing.
    let mut is_salted = request.name == "registerPersons";
    for_each_personal(&request.name, &mut request.input.clone(), &mut |_, _, _| {
        is_salted = true;
        Ok(())
    })?;
    Ok(is_salted)
}

/// The salts of one attempt, in the order of the input.
struct Salting<'a> {
    seed: &'a Seed,
    next: u32,
}

impl Salting<'_> {
    fn salt(&mut self, subject: Uuid, field: &str, value: &str) -> [u8; 32] {
        let salt = self.seed.salt(self.next, subject, field, value);
        self.next += 1;
        salt
    }

    /// The digest of nothing that anybody holds (RFC 9901 section 4.2.7).
    fn decoy(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(sha256(&self.salt(Uuid::nil(), "", "")))
    }
}

/// The typed command, personal texts sealed: the same digests for the same request and seed.
pub(super) fn seal(request: &Request, seed: &Seed) -> Result<Sealing, HandleError> {
    let mut input = request.input.clone();
    let mut disclosures = Vec::new();
    let mut salting = Salting { seed, next: 0 };
    for_each_personal(&request.name, &mut input, &mut |subject, field, text| {
        let subject = subject.unwrap_or_else(|| subject_of(request));
        let value = text.as_str().unwrap_or_default();
        let sealed = seal_value(salting.salt(subject, field, value), subject, field, value)?;
        disclosures.push(sealed.disclosure);
        *text = Value::String(sealed.digest);
        Ok(())
    })?;
    if request.name == "registerPersons" {
        for (index, person) in persons(&mut input).enumerate() {
            hide_contact(index, person, &mut salting)?;
        }
    }
    let refusal = personal::check_input(&input).err();
    Ok(Sealing { command: typed(&request.name, input)?, disclosures, refusal })
}

/// In place of contact data by name, always the same number of digests in an order that says nothing: who holds the event
/// cannot tell a telephone number from a digest of nothing.
fn hide_contact(index: usize, person: &mut Value, salting: &mut Salting<'_>) -> Result<(), HandleError> {
    let Some(fields) = person.as_object_mut() else { return Ok(()) };
    let invalid = |message: &str| HandleError::InvalidInput {
        path: format!("input.persons[{index}].contact"),
        message: message.to_owned(),
    };
    let given = match fields.remove("contact") {
        None | Some(Value::Null) => serde_json::Map::new(),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(invalid("not an object")),
    };
    let mut digests = Vec::with_capacity(CONTACT_DIGESTS);
    for (key, digest) in given {
        match digest {
            Value::String(digest) if CONTACT_FIELDS.iter().any(|(known, _)| *known == key) => digests.push(digest),
            Value::Null => {}
            _ => return Err(invalid("only phone, identityNumber, address and bankAccount, each a text")),
        }
    }
    while digests.len() < CONTACT_DIGESTS {
        digests.push(salting.decoy());
    }
    digests.sort_unstable();
    fields.insert("contact".to_owned(), digests.into());
    Ok(())
}

fn typed(name: &str, input: Value) -> Result<Command, HandleError> {
    if JURISDICTION_COMMANDS.contains(&name) {
        return read(JurisdictionCommand::from_input(name, input), name).map(Command::Jurisdiction);
    }
    if ROSTER_COMMANDS.contains(&name) {
        return read(RosterCommand::from_input(name, input), name).map(Command::Roster);
    }
    if AccountCommand::NAMES.contains(&name) {
        return read(AccountCommand::from_input(name, input), name).map(Command::Account);
    }
    read(ConsultationCommand::from_input(name, input), name).map(|command| Command::Consultation(Box::new(command)))
}

fn read<T>(read: Option<Result<T, MisshapenInput>>, name: &str) -> Result<T, HandleError> {
    let read = read.ok_or_else(|| HandleError::UnknownCommand { name: name.chars().take(80).collect() })?;
    read.map_err(|e| misshapen(&e))
}

fn misshapen(error: &MisshapenInput) -> HandleError {
    HandleError::InvalidInput { path: format!("input.{}", error.path()), message: error.inner().to_string() }
}
