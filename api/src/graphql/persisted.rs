//! Operations that ship with the program: what the public may ask where free documents are not answered.
//!
//! A request names one by the SHA-256 of its text, as `extensions.persistedQuery.sha256Hash`. Nothing can be added to them
//! while the program runs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use async_graphql::{Request, Value};

use crate::pages::hash;

macro_rules! operations {
    ($($name:literal),+ $(,)?) => {
        const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../schemas/graphql/operations/", $name, ".graphql")))),+];
    };
}

operations! { "board", "deadlines", "history", "matter", "overdue", "procedure" }

static BY_HASH: LazyLock<BTreeMap<String, &'static str>> =
    LazyLock::new(|| SHIPPED.iter().map(|(_, text)| (hash(text.as_bytes()), *text)).collect());

/// The operations that ship: names and texts.
#[must_use]
pub const fn shipped() -> &'static [(&'static str, &'static str)] {
    SHIPPED
}

/// What a request asks by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// A document of its own.
    Freely,
    /// A shipped operation.
    Shipped,
    /// A hash that names none, or another document than the one beside it.
    Unknown,
}

/// Puts the shipped operation that a request names into it.
pub(super) fn resolve(request: &mut Request) -> Asked {
    let named = match request.extensions.get("persistedQuery") {
        Some(Value::Object(persisted)) => persisted.get("sha256Hash"),
        Some(_) => return Asked::Unknown,
        // A document that ships is known by itself, too.
        None if BY_HASH.contains_key(&hash(request.query.as_bytes())) => return Asked::Shipped,
        None => return Asked::Freely,
    };
    let Some(Value::String(named)) = named else { return Asked::Unknown };
    match BY_HASH.get(&named.to_ascii_lowercase()) {
        Some(text) if request.query.is_empty() || request.query == *text => {
            (*text).clone_into(&mut request.query);
            Asked::Shipped
        }
        _ => Asked::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &serde_json::Value) -> Request {
        serde_json::from_value(json.clone()).unwrap()
    }

    fn named(query: &str, hash: &str) -> Request {
        request(
            &serde_json::json!({ "query": query, "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } }),
        )
    }

    #[test]
    fn a_hash_stands_for_its_text_and_for_no_other() {
        let (_, text) = SHIPPED[0];
        let mut by_hash = named("", &hash(text.as_bytes()));
        assert_eq!((resolve(&mut by_hash), by_hash.query.as_str()), (Asked::Shipped, text));
        assert_eq!(resolve(&mut named(text, &hash(text.as_bytes()).to_uppercase())), Asked::Shipped);
        assert_eq!(resolve(&mut named("{ server { demo } }", &hash(text.as_bytes()))), Asked::Unknown);
        // Nothing is learnt from a request.
        let free = "{ server { demo } }";
        for _ in 0..2 {
            assert_eq!(resolve(&mut named(free, &hash(free.as_bytes()))), Asked::Unknown);
        }
        assert_eq!(resolve(&mut request(&serde_json::json!({ "query": free }))), Asked::Freely);
        let odd = serde_json::json!({ "query": free, "extensions": { "persistedQuery": null } });
        assert_eq!(resolve(&mut request(&odd)), Asked::Unknown);
    }
}
