//! The first place where two JSON values differ.

use serde_json::Value;

/// A place where two values differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, as a JSON pointer (RFC 6901).
    pub field: String,
    /// What was expected there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

/// The first difference in the order of keys and items; `None` if the values are equal.
#[must_use]
pub fn first(expected: &Value, found: &Value) -> Option<Difference> {
    at("", expected, found)
}

fn at(field: &str, expected: &Value, found: &Value) -> Option<Difference> {
    if expected == found {
        return None;
    }
    let below = match (expected, found) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.map(|key| {
                let pointer = format!("{field}/{}", key.replace('~', "~0").replace('/', "~1"));
                missing_or(&pointer, a.get(key), b.get(key))
            })
            .find(Option::is_some)
            .flatten()
        }
        (Value::Array(a), Value::Array(b)) => (0..a.len().max(b.len()))
            .map(|index| missing_or(&format!("{field}/{index}"), a.get(index), b.get(index)))
            .find(Option::is_some)
            .flatten(),
        _ => None,
    };
    below.or_else(|| Some(Difference { field: field.to_owned(), expected: told(expected), found: told(found) }))
}

fn missing_or(field: &str, expected: Option<&Value>, found: Option<&Value>) -> Option<Difference> {
    match (expected, found) {
        (Some(expected), Some(found)) => at(field, expected, found),
        (None, None) => None,
        (expected, found) => {
            let told = |value: Option<&Value>| value.map_or_else(|| "-".to_owned(), told);
            Some(Difference { field: field.to_owned(), expected: told(expected), found: told(found) })
        }
    }
}

/// A value in a line, cut where it is long.
fn told(value: &Value) -> String {
    const MOST: usize = 120;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_is_named_with_its_place() {
        let found = first(&json!({"a": 1, "b": [1, {"c": 2}]}), &json!({"a": 1, "b": [1, {"c": 3}]})).unwrap();
        assert_eq!((found.field.as_str(), found.expected.as_str(), found.found.as_str()), ("/b/1/c", "2", "3"));
    }

    #[test]
    fn what_only_one_side_has_is_a_difference() {
        assert_eq!(first(&json!({}), &json!({"a": null})).unwrap().field, "/a");
        assert_eq!(first(&json!([1]), &json!([1, 2])).unwrap().field, "/1");
        assert_eq!(first(&json!([1]), &json!([1])), None);
    }
}
