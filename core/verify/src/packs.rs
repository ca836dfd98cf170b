//! The procedures as this program was released with them, and what another copy of one is against that.

use serde_json::Value;
use siyi_domain::rules::Rules;

use crate::difference;
use crate::finding::{Code, Finding, Place};
use crate::hex;

macro_rules! released {
    ($($id:literal = $file:literal),+ $(,)?) => {
        /// Id, file name and text of each procedure, a base before what rests on it.
        pub const RELEASED: &[Released] = &[$(Released {
            id: $id,
            file: $file,
            text: include_str!(concat!("../../../schemas/procedures/", $file)),
        }),+];
    };
}

/// A procedure as released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// Its id.
    pub id: &'static str,
    /// Its file.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

released! {
    "rural/HN/2018" = "rural-HN-2018.toml",
    "rural/HN/2026" = "rural-HN-2026.toml",
    "urban/HN/2018" = "urban-HN-2018.toml",
    "urban/HN/2026" = "urban-HN-2026.toml",
    "rural/4d2d-1r/2026" = "rural-review-2026.toml",
    "rural/4d2d-1s/2026" = "rural-supervised-2026.toml",
    "rural/NH/2026" = "rural-NH-2026.toml",
}

/// The released procedure with this id.
#[must_use]
pub fn released(id: &str) -> Option<&'static Released> {
    RELEASED.iter().find(|pack| pack.id == id)
}

/// SHA-256 of a procedure's text, in hexadecimal digits.
#[must_use]
pub fn hash(text: &str) -> String {
    hex::sha256(text.as_bytes())
}

/// Checks a copy of a procedure. One of this program must be the same text; one that it does not have is checked against the
/// floors of the law and added to the rules.
#[must_use]
pub fn check(file: &str, text: &str, rules: &mut Rules) -> Vec<Finding> {
    let place = Place::file(file);
    let table: Result<toml::Table, _> = text.parse();
    let table = match table {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(Code::PackRefused, place, "TOML", error.message().to_owned())],
    };
    let id = table.get("id").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    match released(&id) {
        Some(ours) if ours.text == text => Vec::new(),
        Some(ours) => changed(&place, ours, &table, text, rules),
        None => match rules.add_procedure(text) {
            Ok(()) => {
                vec![Finding::new(Code::PackUnknown, place, "a pack of this program", format!("{id} {}", hash(text)))]
            }
            Err(error) => vec![Finding::new(Code::PackRefused, place, "a sound pack", error.to_string())],
        },
    }
}

/// The first number that was changed, and the floor of the law that it breaks, if it does.
fn changed(place: &Place, ours: &Released, table: &toml::Table, text: &str, rules: &Rules) -> Vec<Finding> {
    let ours_parsed: toml::Table = ours.text.parse().unwrap_or_default();
    let json = |table: &toml::Table| serde_json::to_value(table).unwrap_or(Value::Null);
    let mut findings = vec![match difference::first(&json(&ours_parsed), &json(table)) {
        Some(d) => Finding::new(Code::PackDiffers, place.clone().at(d.field), d.expected, d.found),
        None => Finding::new(Code::PackDiffers, place.clone(), hash(ours.text), hash(text)),
    }];
    if let Err(error) = rules.check_procedure(text) {
        findings.push(Finding::new(Code::PackRefused, place.clone(), "a sound pack", error.to_string()));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_rules() {
        let rules = Rules::shipped().unwrap();
        let of_rules: Vec<&str> = rules.procedures().map(|pack| pack.id.as_str()).collect();
        let listed: Vec<&str> = RELEASED.iter().map(|pack| pack.id).collect();
        assert_eq!(listed, of_rules);
        for pack in RELEASED {
            let table: toml::Table = pack.text.parse().unwrap();
            assert_eq!(table["id"].as_str(), Some(pack.id), "{}", pack.file);
        }
    }

    #[test]
    fn a_released_pack_is_itself() {
        let mut rules = Rules::shipped().unwrap();
        for pack in RELEASED {
            assert_eq!(check(pack.file, pack.text, &mut rules), [], "{}", pack.file);
        }
    }

    /// The quorum of the representatives is 2/3 by VL-2025 art. 30; half is below the floor of the statute.
    #[test]
    fn a_loosened_pack_is_named_with_its_number_and_the_floor_that_it_breaks() {
        let mut rules = Rules::shipped().unwrap();
        let ours = released("rural/HN/2026").unwrap();
        let loosened = ours.text.replace("ge = [2, 3]", "ge = [1, 3]");
        assert_ne!(loosened, ours.text);
        let findings = check(ours.file, &loosened, &mut rules);
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::PackDiffers, Code::PackRefused], "{findings:?}");
        assert_eq!((findings[0].expected.as_str(), findings[0].found.as_str()), ("2", "1"));
    }
}
