//! Where matters are, and where something is overdue: told by seeking from village to village, not by reading every row.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use siyi_domain::ids::JurisdictionCode;

use crate::shelf::{Shelf, ShelfError};

/// Villages of a subtree that have matters, in code order, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn places(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    limit: usize,
) -> Result<Vec<JurisdictionCode>, ShelfError> {
    let mut places = Vec::new();
    visit(shelf, "j", within, |code, _| {
        places.push(code.clone());
        Ok(places.len() < limit)
    })?;
    Ok(places)
}

/// How many matters of each village of a subtree owe something whose last day is before `before`; villages that owe nothing
/// are left out.
///
/// # Errors
/// [`ShelfError`].
pub fn overdue_places(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    before: Date,
) -> Result<BTreeMap<JurisdictionCode, u64>, ShelfError> {
    let mut overdue = BTreeMap::new();
    visit(shelf, "d", within, |code, prefix| {
        let end = [prefix, before.to_string().as_bytes()].concat();
        let mut matters = HashSet::new();
        for row in shelf.range(prefix.to_vec()..end) {
            matters.insert(row?.1);
        }
        if !matters.is_empty() {
            overdue.insert(code.clone(), matters.len() as u64);
        }
        Ok(true)
    })?;
    Ok(overdue)
}

/// Visits each village that has rows of a family `<family>/<12 digits>/…`, until told to stop.
fn visit(
    shelf: &Shelf,
    family: &str,
    within: Option<&JurisdictionCode>,
    mut village: impl FnMut(&JurisdictionCode, &[u8]) -> Result<bool, ShelfError>,
) -> Result<(), ShelfError> {
    let prefix = format!("{family}/{}", within.map_or("", JurisdictionCode::prefix)).into_bytes();
    let mut from = prefix.clone();
    while let Some(row) = shelf.range(from..).next() {
        let (key, _) = row?;
        if !key.starts_with(&prefix) {
            break;
        }
        let code = key.get(family.len() + 1..).and_then(|rest| rest.get(..12));
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| digits.parse().ok());
        let Some(code) = code else { break };
        if !village(&code, format!("{family}/{code}/").as_bytes())? {
            break;
        }
        // `~` sorts after the `/` that ends a code.
        from = format!("{family}/{code}~").into_bytes();
    }
    Ok(())
}
