//! The command that an act was, made again of the events that it left.
//!
//! Where an event does not keep all that the command said, there are several candidates; the act holds if one of them leads to
//! the events that are stored.

use serde_json::{Map, Value, json};
use siyi_domain::account::{AccountCommand, AccountEvent};
use siyi_domain::consultation::{ConsultationCommand, ConsultationEvent};
use siyi_domain::ids::PersonId;
use siyi_domain::jurisdiction::{JurisdictionCommand, JurisdictionEvent};
use siyi_domain::roster::{Roster, RosterCommand, RosterEvent};

use crate::coverage::{Role, of_account, of_jurisdiction, of_matter, of_roster};

/// Most township officers that an acceptance may have needed.
const MOST_OFFICERS: usize = 3;

/// Why no command can be made of a group of events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Groundless {
    /// Nobody tells such an event: it must follow another in the same act.
    #[error("`{event}` follows from no act")]
    NoAct {
        /// Its wire name.
        event: String,
    },
    /// The facts do not fit the command.
    #[error("the facts of `{event}` make no command: {reason}")]
    Misshapen {
        /// Its wire name.
        event: String,
        /// The parser's words.
        reason: String,
    },
}

/// The commands to a matter that may have left these events.
///
/// # Errors
/// [`Groundless`].
pub fn of_matter_group(events: &[&ConsultationEvent], roster: &Roster) -> Result<Vec<ConsultationCommand>, Groundless> {
    let Some(first) = events.first() else { return Ok(Vec::new()) };
    let Role::Heads { command, computed } = of_matter(first).role else {
        return Err(Groundless::NoAct { event: first.wire_name().to_owned() });
    };
    let input = input(first.to_data(), computed, first.wire_name())?;
    let inputs = completed(first, input, roster);
    inputs.into_iter().map(|input| read(ConsultationCommand::from_input(command, input), first.wire_name())).collect()
}

/// The commands to a jurisdiction that may have left these events.
///
/// # Errors
/// [`Groundless`].
pub fn of_jurisdiction_group(events: &[&JurisdictionEvent]) -> Result<Vec<JurisdictionCommand>, Groundless> {
    let Some(first) = events.first() else { return Ok(Vec::new()) };
    let Role::Heads { command, computed } = of_jurisdiction(first).role else {
        return Err(Groundless::NoAct { event: first.wire_name().to_owned() });
    };
    let input = input(first.to_data(), computed, first.wire_name())?;
    Ok(vec![read(JurisdictionCommand::from_input(command, input), first.wire_name())?])
}

/// The commands to an account that may have left these events.
///
/// # Errors
/// [`Groundless`].
pub fn of_account_group(events: &[&AccountEvent]) -> Result<Vec<AccountCommand>, Groundless> {
    let Some(first) = events.first() else { return Ok(Vec::new()) };
    let name = first.wire_name();
    let Role::Heads { command, computed } = of_account(first).role else {
        return Err(Groundless::NoAct { event: name.to_owned() });
    };
    let mut input = input(first.to_data(), computed, name)?;
    // People's means have no scopes, and the event leaves the list out.
    if let (AccountEvent::SignInAdded(e), Some(fields)) = (first, input.as_object_mut()) {
        fields.insert("scopes".to_owned(), json!(e.scopes));
    }
    Ok(vec![read(AccountCommand::from_input(command, input), name)?])
}

/// The commands to a roster that may have left these events.
///
/// # Errors
/// [`Groundless`].
pub fn of_roster_group(events: &[&RosterEvent]) -> Result<Vec<RosterCommand>, Groundless> {
    let Some(last) = events.last() else { return Ok(Vec::new()) };
    let name = last.wire_name();
    let (command, input) = match (last, of_roster(last).role) {
        (RosterEvent::PersonRegistered(_), _) => {
            ("registerPersons", json!({ "persons": parts(events, "persons", name)? }))
        }
        (RosterEvent::RollFiled(filed), _) => {
            ("fileRoll", json!({ "roll": filed.roll, "members": parts(events, "members", name)? }))
        }
        (RosterEvent::OwnersRollFiled(_), _) => ("fileOwnersRoll", json!({ "units": parts(events, "units", name)? })),
        (_, Role::Heads { command, computed }) => (command, input(last.to_data(), computed, name)?),
        (_, Role::Part { .. } | Role::Follows) => return Err(Groundless::NoAct { event: name.to_owned() }),
    };
    Ok(vec![read(RosterCommand::from_input(command, input), name)?])
}

/// The entries of the parts of one filing, in order.
fn parts(events: &[&RosterEvent], key: &str, name: &str) -> Result<Vec<Value>, Groundless> {
    let mut entries = Vec::new();
    for event in events {
        let data = event.to_data().map_err(|e| misshapen(name, &e))?;
        match event {
            RosterEvent::PersonRegistered(_) if key == "persons" => entries.push(data),
            RosterEvent::RollMembersListed(_) | RosterEvent::OwnersListed(_) => {
                entries.extend(data.get(key).and_then(Value::as_array).into_iter().flatten().cloned());
            }
            _ => {}
        }
    }
    Ok(entries)
}

/// An event's facts as the input of its command: computed fields left out, names as GraphQL spells them.
fn input(data: Result<Value, serde_json::Error>, computed: &[&str], name: &str) -> Result<Value, Groundless> {
    let data = data.map_err(|e| misshapen(name, &e))?;
    let fields = match data {
        Value::Object(fields) => fields,
        other => return Ok(other),
    };
    let told = fields.into_iter().filter(|(key, _)| !computed.contains(&key.as_str()));
    Ok(Value::Object(told.map(|(key, field)| (camel_case(&key), field)).collect()))
}

fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// What an event says in other words than its command.
fn completed(event: &ConsultationEvent, mut input: Value, roster: &Roster) -> Vec<Value> {
    use ConsultationEvent as E;
    let Some(fields) = input.as_object_mut() else { return vec![input] };
    match event {
        // Two equal counts leave one.
        E::HandsCounted(_) | E::PapersCounted(_) => {
            let counts = fields.remove("counts").unwrap_or_default();
            fields.insert("first".to_owned(), counts.clone());
            fields.insert("second".to_owned(), counts);
        }
        E::CanvassClosed(e) => {
            fields.remove("coverage");
            fields.insert("asked".to_owned(), e.coverage.part.into());
            fields.insert("concerned".to_owned(), e.coverage.whole.into());
        }
        E::PreferencesCounted(_) => rename(fields, "ranking", "preferences"),
        E::WorksAccepted(_) => {
            fields.insert("verdict".to_owned(), "accepted".into());
        }
        E::RectificationOrdered(_) => {
            fields.insert("verdict".to_owned(), "rectify".into());
            return with_officers(&input, roster);
        }
        E::DeliberationReopened(e) => {
            fields.remove("forms");
            let asked = e.forms.first().filter(|_| e.forms.len() == 1).cloned();
            return [asked, None].into_iter().map(|form| with(&input, "form", json!(form))).collect();
        }
        _ => {}
    }
    vec![input]
}

/// An order to rectify does not keep which officers of the township took part: only that enough of them are known matters.
fn with_officers(input: &Value, roster: &Roster) -> Vec<Value> {
    let known: Vec<PersonId> = roster.persons.keys().take(MOST_OFFICERS).copied().collect();
    (0..=known.len()).map(|count| with(input, "township", json!(known.get(..count)))).collect()
}

fn with(input: &Value, key: &str, field: Value) -> Value {
    let mut input = input.clone();
    if let Some(fields) = input.as_object_mut() {
        fields.insert(key.to_owned(), field);
    }
    input
}

fn rename(fields: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(field) = fields.remove(from) {
        fields.insert(to.to_owned(), field);
    }
}

fn read<C>(read: Option<Result<C, siyi_domain::command_enum::MisshapenInput>>, name: &str) -> Result<C, Groundless> {
    match read {
        Some(Ok(command)) => Ok(command),
        Some(Err(error)) => Err(misshapen(name, &error)),
        None => Err(Groundless::NoAct { event: name.to_owned() }),
    }
}

fn misshapen(name: &str, reason: &impl ToString) -> Groundless {
    Groundless::Misshapen { event: name.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn names_are_spelt_as_commands_spell_them() {
        assert_eq!(camel_case("plan_delivered_on"), "planDeliveredOn");
        assert_eq!(camel_case("step"), "step");
    }
}
