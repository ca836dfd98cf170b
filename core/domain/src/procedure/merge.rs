//! A variant as a file that says only what differs from the pack it rests on (`base = "…"`).

use toml::{Table, Value};

/// The fields by which rows of a list are known, the first that a row has.
const NAMED_BY: [&str; 6] = ["code", "lane", "purpose", "id", "kind", "level"];

/// `base` with `own` laid over it: tables field by field, lists of rows row by row, everything else replaced.
#[must_use]
pub fn merged(mut base: Table, own: Table) -> Table {
    // A share has one comparator: the variant's stands in place of the base's.
    for (comparator, other) in [("ge", "gt"), ("gt", "ge")] {
        if own.contains_key(comparator) {
            base.remove(other);
        }
    }
    for (name, value) in own {
        let value = match (base.remove(&name), value) {
            // A basis is one statement: what the base remembered does not rub off on what the variant found.
            (_, Value::Table(own)) if is_basis(&own) => Value::Table(own),
            (Some(Value::Table(base)), Value::Table(own)) => Value::Table(merged(base, own)),
            (Some(Value::Array(base)), Value::Array(own)) => Value::Array(rows(base, own)),
            (_, own) => own,
        };
        base.insert(name, value);
    }
    base
}

/// Rows that bear the same name are merged, new ones appended. A list of anything else is replaced, and so is any by an empty one.
fn rows(base: Vec<Value>, own: Vec<Value>) -> Vec<Value> {
    let named = |value: &Value| value.as_table().and_then(name_of);
    if own.is_empty() || own.iter().any(|value| named(value).is_none()) {
        return own;
    }
    let mut rows = base;
    for value in own {
        let name = named(&value);
        match (rows.iter_mut().find(|row| named(row) == name), value) {
            (Some(Value::Table(row)), Value::Table(own)) => *row = merged(std::mem::take(row), own),
            (_, value) => rows.push(value),
        }
    }
    rows
}

/// Law and article, with or without the certainty.
fn is_basis(table: &Table) -> bool {
    table.contains_key("law") && table.contains_key("article")
}

fn name_of(row: &Table) -> Option<(&'static str, String)> {
    NAMED_BY.iter().find_map(|field| row.get(*field).and_then(Value::as_str).map(|name| (*field, name.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_says_only_what_differs() {
        let base: Table =
            "a = 1\nlist = [1, 2]\n[[step]]\ncode = \"S1\"\nx = 1\n[[step]]\ncode = \"S2\"".parse().unwrap();
        let own: Table = "list = [3]\n[[step]]\ncode = \"S1\"\ny = 2\n[[step]]\ncode = \"TR\"".parse().unwrap();
        let wanted: Table = "a = 1\nlist = [3]\n[[step]]\ncode = \"S1\"\nx = 1\ny = 2\n[[step]]\ncode = \"S2\"\n[[step]]\ncode = \"TR\""
            .parse()
            .unwrap();
        assert_eq!(merged(base, own), wanted);
    }

    #[test]
    fn an_empty_list_empties_what_the_base_has() {
        let base: Table = "region_prefixes = [\"41\"]".parse().unwrap();
        let own: Table = "region_prefixes = []".parse().unwrap();
        assert_eq!(merged(base, own.clone()), own);
    }

    #[test]
    fn a_share_with_another_comparator_takes_the_place_of_the_base() {
        let base: Table = "quorum = { gt = [1, 2], of = \"due\" }".parse().unwrap();
        let own: Table = "quorum = { ge = [2, 3] }".parse().unwrap();
        let wanted: Table = "quorum = { ge = [2, 3], of = \"due\" }".parse().unwrap();
        assert_eq!(merged(base, own), wanted);
    }

    #[test]
    fn a_basis_is_replaced_whole() {
        let base: Table = "basis = { law = \"A\", article = \"1\", certainty = \"memory\" }".parse().unwrap();
        let own: Table = "basis = { law = \"B\", article = \"2\" }".parse().unwrap();
        assert_eq!(merged(base, own.clone()), own);
    }
}
