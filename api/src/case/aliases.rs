//! Short names in case files: `@pm01` for a person, `@pm01..pm41` for a row of them, `paper:…` for a composed paper.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use siyi_domain::ids::{ConsultationId, PersonId};
use uuid::{Builder, Uuid};

/// Most persons that one range may stand for.
const MAX_RANGE: u32 = 8_000;

/// Derives identifiers from a case's seeds. Who does not have the seed cannot guess an identifier from a name.
#[derive(Debug, Clone, Copy)]
pub struct Aliases {
    /// For people.
    pub people_seed: Uuid,
    /// For matters.
    pub matter_seed: Uuid,
}

impl Aliases {
    /// The person with this alias.
    #[must_use]
    pub fn person(&self, alias: &str) -> PersonId {
        PersonId(derived(self.people_seed, "person", alias))
    }

    /// The matter with this alias.
    #[must_use]
    pub fn matter(&self, alias: &str) -> ConsultationId {
        ConsultationId(derived(self.matter_seed, "matter", alias))
    }

    /// The input with every alias replaced.
    ///
    /// # Errors
    /// A message for people if a range cannot be read.
    pub fn resolve(&self, input: &Value) -> Result<Value, String> {
        match input {
            Value::String(text) => Ok(Value::String(self.text(text)?)),
            Value::Array(items) => {
                let mut resolved = Vec::with_capacity(items.len());
                for item in items {
                    self.item(item, &mut resolved)?;
                }
                Ok(Value::Array(resolved))
            }
            Value::Object(fields) => {
                let resolved = fields.iter().map(|(key, value)| Ok((key.clone(), self.resolve(value)?)));
                Ok(Value::Object(resolved.collect::<Result<Map<_, _>, String>>()?))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(input.clone()),
        }
    }

    fn text(&self, text: &str) -> Result<String, String> {
        if let Some(label) = text.strip_prefix("paper:") {
            return Ok(Sha256::digest(label.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect());
        }
        match text.strip_prefix('@') {
            Some(alias) if alias.contains("..") => Err(format!("`{text}` may only stand in a list")),
            Some(alias) => Ok(self.person(alias).to_string()),
            None => Ok(text.to_owned()),
        }
    }

    /// One item of a list: a range of persons becomes several items, also where the range is an object's `person`.
    fn item(&self, item: &Value, into: &mut Vec<Value>) -> Result<(), String> {
        let range_in = |value: &Value| value.as_str().and_then(|text| text.strip_prefix('@')).map(range);
        if let Some(Some(aliases)) = range_in(item).transpose()? {
            into.extend(aliases.iter().map(|alias| Value::String(self.person(alias).to_string())));
            return Ok(());
        }
        if let Some(person) = item.get("person")
            && let Some(Some(aliases)) = range_in(person).transpose()?
        {
            for alias in aliases {
                let mut one = item.clone();
                if let Some(fields) = one.as_object_mut() {
                    fields.insert("person".to_owned(), Value::String(format!("@{alias}")));
                }
                into.push(self.resolve(&one)?);
            }
            return Ok(());
        }
        into.push(self.resolve(item)?);
        Ok(())
    }
}

/// `pm01..pm41` as its aliases; `None` if the text is no range.
fn range(text: &str) -> Result<Option<Vec<String>>, String> {
    let Some((first, last)) = text.split_once("..") else { return Ok(None) };
    let unreadable = || format!("`@{text}` is no range like `@pm01..pm41`");
    let digits = |alias: &str| alias.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (stem, from) = first.split_at_checked(first.len() - digits(first)).ok_or_else(unreadable)?;
    let (last_stem, to) = last.split_at_checked(last.len() - digits(last)).ok_or_else(unreadable)?;
    let width = from.len();
    let (from, to): (u32, u32) = (from.parse().map_err(|_| unreadable())?, to.parse().map_err(|_| unreadable())?);
    if stem != last_stem || from > to || to - from >= MAX_RANGE {
        return Err(unreadable());
    }
    Ok(Some((from..=to).map(|number| format!("{stem}{number:0width$}")).collect()))
}

/// A version-4-shaped identifier that only the holder of the seed can derive.
fn derived(seed: Uuid, kind: &str, alias: &str) -> Uuid {
    let digest = Sha256::new().chain_update(seed.as_bytes()).chain_update(kind).chain_update([0]).chain_update(alias);
    let digest: [u8; 32] = digest.finalize().into();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, random)| *byte = random);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// What all acts of one case have in common; says nothing of the seed.
#[must_use]
pub fn correlation_id(seed: Uuid) -> Uuid {
    derived(seed, "correlation", "")
}

/// The id of a command: a version-7-shaped identifier of the act's time and content.
#[must_use]
pub fn command_id(seed: Uuid, at_ms: i64, content: &str) -> Uuid {
    let random = derived(seed, "command", content);
    let mut bytes = [0u8; 10];
    bytes.iter_mut().zip(random.as_bytes().iter().skip(6)).for_each(|(byte, random)| *byte = *random);
    Builder::from_unix_timestamp_millis(u64::try_from(at_ms).unwrap_or_default(), &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn aliases() -> Aliases {
        Aliases { people_seed: Uuid::from_u128(1), matter_seed: Uuid::from_u128(2) }
    }

    #[test]
    fn a_range_stands_for_its_people() {
        let resolved = aliases().resolve(&json!({ "persons": ["@pm09..pm11", "@sv1"] })).unwrap();
        let persons = resolved["persons"].as_array().unwrap();
        assert_eq!(persons.len(), 4);
        assert_eq!(persons[1], json!(aliases().person("pm10").to_string()));
    }

    #[test]
    fn a_range_of_votes_becomes_one_vote_each() {
        let resolved = aliases().resolve(&json!([{ "person": "@vr1..vr3", "choice": "for" }])).unwrap();
        assert_eq!(resolved.as_array().unwrap().len(), 3);
        assert_eq!(resolved[2], json!({ "person": aliases().person("vr3").to_string(), "choice": "for" }));
    }

    #[test]
    fn a_range_outside_a_list_is_an_error() {
        assert!(aliases().resolve(&json!({ "person": "@pm01..pm02" })).is_err());
        assert!(aliases().resolve(&json!(["@pm02..pm01"])).is_err());
    }

    #[test]
    fn the_same_act_has_the_same_command_id() {
        let one = command_id(Uuid::from_u128(7), 1_770_000_000_000, "act");
        assert_eq!(one, command_id(Uuid::from_u128(7), 1_770_000_000_000, "act"));
        assert_eq!(one.get_version_num(), 7);
        assert_ne!(one, command_id(Uuid::from_u128(8), 1_770_000_000_000, "act"));
    }
}
