//! From a name and JSON to a typed command, personal texts sealed on the way.

use std::fmt;

use serde_json::Value;
use siyi_domain::command_enum::MisshapenInput;
use siyi_domain::consultation::ConsultationCommand;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::JurisdictionCommand;
use siyi_domain::roster::RosterCommand;
use uuid::Uuid;

use super::{HandleError, Request};
use crate::vault::{Disclosure, Salts, seal as seal_value};

/// What a command is addressed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A jurisdiction or its roster.
    Jurisdiction(JurisdictionCode),
    /// A matter.
    Consultation(ConsultationId),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jurisdiction(code) => code.fmt(f),
            Self::Consultation(id) => id.fmt(f),
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
}

/// GraphQL names of the commands to a jurisdiction.
pub const JURISDICTION_COMMANDS: &[&str] = JurisdictionCommand::NAMES;
/// GraphQL names of the commands to a roster.
pub const ROSTER_COMMANDS: &[&str] = RosterCommand::NAMES;

pub(super) struct Sealing {
    pub(super) command: Command,
    pub(super) disclosures: Vec<Disclosure>,
}

/// What is done with a personal text: the person it speaks of, where the input names one, and the text.
type WithPersonal<'a> = &'a mut dyn FnMut(Option<Uuid>, &mut Value) -> Result<(), HandleError>;

/// Calls `with` on every personal text of a command's input, with the person it speaks of where the input names one.
pub(super) fn for_each_personal(name: &str, input: &mut Value, with: WithPersonal<'_>) -> Result<(), HandleError> {
    match name {
        "registerPersons" => {
            let persons = input.get_mut("persons").and_then(Value::as_array_mut);
            for person in persons.into_iter().flatten() {
                let subject = person.get("person").and_then(Value::as_str).and_then(|id| id.parse().ok());
                if let Some(text) = person.get_mut("name").filter(|text| text.is_string()) {
                    with(subject, text)?;
                }
            }
            Ok(())
        }
        "raiseObjection" | "recordOpinion" => each(input, "text", with),
        "recordPayment" => each(input, "payee", with),
        _ => Ok(()),
    }
}

fn each(input: &mut Value, field: &str, with: WithPersonal<'_>) -> Result<(), HandleError> {
    match input.get_mut(field).filter(|text| text.is_string()) {
        Some(text) => with(None, text),
        None => Ok(()),
    }
}

/// What a personal text of a command is called in its disclosure.
fn field_of(name: &str) -> &'static str {
    match name {
        "registerPersons" => "name",
        "raiseObjection" => "objection",
        "recordOpinion" => "opinion",
        _ => "payee",
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

pub(super) fn seal(request: &Request, salts: &dyn Salts) -> Result<Sealing, HandleError> {
    let mut input = request.input.clone();
    let mut disclosures = Vec::new();
    let field = field_of(&request.name);
    for_each_personal(&request.name, &mut input, &mut |subject, text| {
        let subject = subject.unwrap_or_else(|| subject_of(request));
        let sealed = seal_value(salts.salt()?, subject, field, text.as_str().unwrap_or_default())?;
        disclosures.push(sealed.disclosure);
        *text = Value::String(sealed.digest);
        Ok(())
    })?;
    Ok(Sealing { command: typed(&request.name, input)?, disclosures })
}

fn typed(name: &str, input: Value) -> Result<Command, HandleError> {
    if JURISDICTION_COMMANDS.contains(&name) {
        return read(JurisdictionCommand::from_input(name, input), name).map(Command::Jurisdiction);
    }
    if ROSTER_COMMANDS.contains(&name) {
        return read(RosterCommand::from_input(name, input), name).map(Command::Roster);
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
