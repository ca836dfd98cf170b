//! Names that people can read in place of identifiers: `@pm01`, `@vr01..vr33`, `paper:minutes`.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use siyi_domain::ids::{ConsultationId, PersonId};
use uuid::{Builder, Uuid};

/// The person of an alias: always the same, and no two aliases share one.
pub(super) fn person(alias: &str) -> PersonId {
    PersonId(uuid("person", alias))
}

/// The matter of an alias.
pub(super) fn matter(alias: &str) -> ConsultationId {
    ConsultationId(uuid("matter", alias))
}

fn uuid(kind: &str, alias: &str) -> Uuid {
    let digest = sha256(&format!("{kind}/{alias}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, hashed)| *byte = hashed);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// What stands in an event in place of a personal text: 43 characters of base64url, here without a salt.
pub(super) fn sealed(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digest = sha256(text);
    let bit = |place: usize| digest.get(place / 8).is_some_and(|byte| byte >> (7 - place % 8) & 1 == 1);
    let sextet = |place: usize| (0..6).fold(0, |value, more| value << 1 | usize::from(bit(place + more)));
    (0..256).step_by(6).filter_map(|place| ALPHABET.get(sextet(place)).copied().map(char::from)).collect()
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

fn hex(text: &str) -> String {
    use std::fmt::Write as _;
    sha256(text).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Replaces every alias in a value by what it stands for. In an array `"@vr01..vr33"` becomes 33 persons, and an object whose
/// `person` is such a range becomes 33 objects, with the number of each in place of `{n}`.
pub(super) fn resolve(value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => Value::String(resolve_text(text)?),
        Value::Array(items) => {
            let mut resolved = Vec::with_capacity(items.len());
            for item in items {
                for expanded in expand(item)? {
                    resolved.push(resolve(&expanded)?);
                }
            }
            Value::Array(resolved)
        }
        Value::Object(fields) => {
            let mut resolved = Map::new();
            for (name, field) in fields {
                resolved.insert(name.clone(), resolve(field)?);
            }
            Value::Object(resolved)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

fn resolve_text(text: &str) -> Result<String, String> {
    if let Some(label) = text.strip_prefix("paper:") {
        return Ok(hex(label));
    }
    match text.strip_prefix('@') {
        Some(alias) if is_alias(alias) => Ok(person(alias).to_string()),
        Some(_) => Err(format!("`{text}` is no alias")),
        None => Ok(text.to_owned()),
    }
}

fn is_alias(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn expand(item: &Value) -> Result<Vec<Value>, String> {
    let range = match item {
        Value::String(text) => numbers(text)?,
        Value::Object(fields) => match fields.get("person").and_then(Value::as_str) {
            Some(text) => numbers(text)?,
            None => None,
        },
        _ => None,
    };
    let Some((prefix, numbers)) = range else { return Ok(vec![item.clone()]) };
    Ok(numbers.iter().map(|number| numbered(item, &prefix, number)).collect())
}

fn numbered(item: &Value, prefix: &str, number: &str) -> Value {
    match item {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| {
                let field = match field.as_str() {
                    Some(_) if name == "person" => Value::String(format!("@{prefix}{number}")),
                    Some(text) => Value::String(text.replace("{n}", number)),
                    None => field.clone(),
                };
                (name.clone(), field)
            })
            .collect(),
        _ => Value::String(format!("@{prefix}{number}")),
    }
}

type Range = Option<(String, Vec<String>)>;

/// The numbers of a range such as `@vr01..vr33`, written as wide as its first; `None` for anything else.
fn numbers(text: &str) -> Result<Range, String> {
    let Some((first, last)) = text.strip_prefix('@').and_then(|range| range.split_once("..")) else { return Ok(None) };
    let malformed = || format!("`{text}` is no range");
    let (prefix, from) = split(first).ok_or_else(malformed)?;
    let (same, to) = split(last).ok_or_else(malformed)?;
    let [low, high] = [from, to].map(|digits| digits.parse::<u32>().unwrap_or_default());
    if prefix != same || low > high {
        return Err(malformed());
    }
    let width = from.len();
    Ok(Some((prefix.to_owned(), (low..=high).map(|number| format!("{number:0width$}")).collect())))
}

fn split(alias: &str) -> Option<(&str, &str)> {
    let digits = alias.find(|c: char| c.is_ascii_digit())?;
    is_alias(alias).then(|| alias.split_at(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_range_is_as_many_people_as_it_says() {
        let resolved = resolve(&json!(["@vr01..vr03", "@pm01"])).unwrap();
        let expected: Vec<_> = ["vr01", "vr02", "vr03", "pm01"].map(|a| person(a).to_string()).into();
        assert_eq!(resolved, json!(expected));
    }

    #[test]
    fn each_object_of_a_range_has_its_number() {
        let resolved = resolve(&json!([{ "person": "@hh009..hh010", "household": "H{n}" }])).unwrap();
        assert_eq!(resolved[1], json!({ "person": person("hh010").to_string(), "household": "H010" }));
    }

    #[test]
    fn a_range_that_runs_backwards_is_refused() {
        assert!(resolve(&json!(["@vr09..vr01"])).is_err());
        assert!(resolve(&json!(["@vr01..pm09"])).is_err());
    }

    #[test]
    fn a_sealed_text_is_the_base64url_of_its_digest() {
        // SHA-256 of the empty text, RFC 4648 section 5 without padding.
        assert_eq!(sealed(""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
        assert!(siyi_domain::ids::Sealed::try_from(sealed("张三")).is_ok());
    }

    #[test]
    fn a_paper_is_known_by_its_label() {
        assert!(siyi_domain::ids::PaperHash::try_from(resolve_text("paper:minutes").unwrap()).is_ok());
    }
}
