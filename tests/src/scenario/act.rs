//! An act as a scenario, a setup or a case file tells it.

use serde::Deserialize;
use serde_json::{Map, Value};
use siyi_domain::account::AccountCommand;
use siyi_domain::consultation::ConsultationCommand;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::JurisdictionCommand;
use siyi_domain::moment::Moment;
use siyi_domain::office::Actor;
use siyi_domain::personal;
use siyi_domain::refusal::Refusal;
use siyi_domain::roster::RosterCommand;

use super::{alias, moment};

/// GraphQL names of the commands to a jurisdiction.
pub const JURISDICTION_COMMANDS: &[&str] = JurisdictionCommand::NAMES;
/// GraphQL names of the commands to a roster.
pub const ROSTER_COMMANDS: &[&str] = RosterCommand::NAMES;

/// 柳沟村, where a scenario plays unless it says otherwise.
const VILLAGE: &str = "419901101201";
/// The matter of a scenario that tells of one only.
const MATTER: &str = "matter";

/// Somebody does something.
#[derive(Debug, Clone)]
pub struct Act {
    /// When it happened.
    pub(super) at: Moment,
    /// When it was recorded.
    pub(super) recorded_at: Moment,
    /// Who did it, in which office.
    pub(super) actor: Actor,
    /// The command by its GraphQL name.
    pub name: String,
    /// The jurisdiction that it is addressed to or raises a matter in.
    pub(super) jurisdiction: JurisdictionCode,
    /// The matter, or the account, that it is addressed to.
    pub(super) matter: ConsultationId,
    /// The typed command.
    pub(super) command: Command,
    /// Why none of its texts may be published.
    pub(super) refusal: Option<Refusal>,
}

/// A typed command of any aggregate.
#[derive(Debug, Clone)]
pub(super) enum Command {
    Jurisdiction(JurisdictionCommand),
    Roster(RosterCommand),
    Consultation(Box<ConsultationCommand>),
    Account(AccountCommand),
}

/// The shape in which an act is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    at: String,
    recorded_at: Option<String>,
    #[serde(rename = "as")]
    who: String,
    #[serde(rename = "do")]
    name: String,
    matter: Option<String>,
    account: Option<String>,
    jurisdiction: Option<String>,
    #[serde(default)]
    input: toml::Table,
}

impl Act {
    /// Reads an act from TOML.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str::<Written>(text).map_err(|e| e.to_string())?.try_into()
    }
}

impl TryFrom<Written> for Act {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let at = moment(&written.at)?;
        let jurisdiction = written.jurisdiction.as_deref().unwrap_or(VILLAGE);
        let jurisdiction: JurisdictionCode =
            jurisdiction.parse().map_err(|e: siyi_domain::ids::NotACode| e.to_string())?;
        let input = input(&written, &jurisdiction)?;
        Ok(Self {
            at,
            recorded_at: written.recorded_at.as_deref().map_or(Ok(at), moment)?,
            actor: actor(&written.who)?,
            matter: alias::matter(written.account.as_deref().or(written.matter.as_deref()).unwrap_or(MATTER)),
            refusal: personal::check_input(&input).err(),
            command: command(&written.name, input).map_err(|e| format!("{}: {e}", written.name))?,
            jurisdiction,
            name: written.name,
        })
    }
}

/// `village_director:@pm02`
fn actor(text: &str) -> Result<Actor, String> {
    let malformed = || format!("`{text}` is not of the form office:@alias");
    let (office, person) = text.split_once(":@").ok_or_else(malformed)?;
    let office = serde_json::from_value(Value::String(office.to_owned())).map_err(|_| malformed())?;
    Ok(Actor { person: alias::person(person), office })
}

fn input(written: &Written, jurisdiction: &JurisdictionCode) -> Result<Value, String> {
    let mut input = alias::resolve(&json(&toml::Value::Table(written.input.clone())))?;
    if written.name == "raiseMotion"
        && let Some(fields) = input.as_object_mut()
    {
        fields.entry("jurisdiction").or_insert_with(|| Value::String(jurisdiction.to_string()));
    }
    for text in personal(&written.name, &mut input) {
        if let Value::String(clear) = text {
            *text = Value::String(alias::sealed(clear));
        }
    }
    Ok(input)
}

/// The personal texts of a command, which the handler seals before the domain sees them.
fn personal<'a>(name: &str, input: &'a mut Value) -> Vec<&'a mut Value> {
    match name {
        "registerPersons" => {
            let persons = input.get_mut("persons").and_then(Value::as_array_mut);
            persons.into_iter().flatten().filter_map(|person| person.get_mut("name")).collect()
        }
        "raiseObjection" | "recordOpinion" => input.get_mut("text").into_iter().collect(),
        "recordPayment" => input.get_mut("payee").into_iter().collect(),
        _ => Vec::new(),
    }
}

fn command(name: &str, input: Value) -> Result<Command, String> {
    if let Some(read) = JurisdictionCommand::from_input(name, input.clone()) {
        return read.map(Command::Jurisdiction).map_err(|e| e.to_string());
    }
    if let Some(read) = RosterCommand::from_input(name, input.clone()) {
        return read.map(Command::Roster).map_err(|e| e.to_string());
    }
    if let Some(read) = AccountCommand::from_input(name, input.clone()) {
        return read.map(Command::Account).map_err(|e| e.to_string());
    }
    match ConsultationCommand::from_input(name, input) {
        Some(read) => read.map(|command| Command::Consultation(Box::new(command))).map_err(|e| e.to_string()),
        None => Err("there is no such command".to_owned()),
    }
}

/// TOML as JSON; a date as its text.
pub(super) fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text.clone()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(truth) => Value::Bool(*truth),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => Value::Array(items.iter().map(json).collect()),
        toml::Value::Table(fields) => {
            let fields = fields.iter().map(|(name, field)| (name.clone(), json(field)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}
