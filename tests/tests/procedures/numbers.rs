//! The rows that `siyi procedure show` and `docs/law.md` are made from leave nothing out.

use std::collections::BTreeMap;

use siyi_api::pages::Lang;
use siyi_api::run::procedure::numbers::Rows;
use siyi_domain::procedure::Basis;

use super::{RULES, repository, shipped};

fn counted<'a>(bases: impl IntoIterator<Item = &'a Basis>) -> BTreeMap<(&'a str, &'a str), usize> {
    let mut counted = BTreeMap::new();
    for basis in bases {
        *counted.entry((basis.law.as_str(), basis.article.as_str())).or_default() += 1;
    }
    counted
}

#[test]
fn every_basis_of_a_pack_has_its_row() {
    for pack in RULES.procedures() {
        let rows = Rows { pack, lang: Lang::En }.numbers();
        let shown = counted(rows.iter().filter_map(|row| row.basis));
        // An initiator's share says what the initiator's own basis says, where both are one article.
        let mut wanted = counted(pack.bases());
        for rule in &pack.initiators {
            if rule.share.as_ref().is_some_and(|share| share.basis == rule.basis) {
                *wanted.get_mut(&(rule.basis.law.as_str(), rule.basis.article.as_str())).unwrap() -= 1;
            }
        }
        assert_eq!(shown, wanted, "{}", pack.id);
    }
}

#[test]
fn no_two_rows_share_a_place() {
    for pack in RULES.procedures() {
        let mut seen = BTreeMap::new();
        for row in (Rows { pack, lang: Lang::Zh }).numbers() {
            let before = seen.insert(row.place.clone(), row.what.clone());
            assert!(before.is_none(), "{}: {} stands twice", pack.id, row.place);
            assert!(!row.what.is_empty() && !row.value.is_empty(), "{}: {} says nothing", pack.id, row.place);
        }
    }
}

/// Every field that a shipped pack uses.
fn fields(value: &toml::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                found.insert(name.clone());
                // Its fields are the names of commands.
                if name != "competence" {
                    fields(value, found);
                }
            }
        }
        toml::Value::Array(rows) => rows.iter().for_each(|row| fields(row, found)),
        _ => {}
    }
}

#[test]
fn the_readme_explains_every_field_of_a_pack() {
    let folder = repository().join("schemas/procedures");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut found = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".toml") {
            assert!(readme.contains(&name), "{name} is not in the README");
            fields(&toml::Value::Table(shipped(&name).parse().unwrap()), &mut found);
        }
    }
    assert!(found.len() > 60, "{found:?}");
    for field in found {
        let named = readme.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == field);
        assert!(named, "the README does not explain `{field}`");
    }
}
