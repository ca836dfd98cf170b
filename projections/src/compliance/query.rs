//! Questions to the flags.

use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};

use super::desk::{flag_key, index_key};
use super::flag::FlagRow;
use crate::shelf::{Shelf, ShelfError};

/// Flags of a subtree in the order of code, pattern and subject, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn flags(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    pattern: Option<FlagPattern>,
    open_only: bool,
    limit: usize,
) -> Result<Vec<FlagRow>, ShelfError> {
    let prefix = format!("f/{}", within.map_or("", JurisdictionCode::prefix)).into_bytes();
    let mut flags = Vec::new();
    for entry in shelf.scan(&prefix) {
        if flags.len() >= limit {
            break;
        }
        let row: FlagRow = postcard::from_bytes(&entry?.1)?;
        if pattern.is_none_or(|pattern| row.pattern == pattern) && (!open_only || row.is_open()) {
            flags.push(row);
        }
    }
    Ok(flags)
}

/// The flags of a matter, and those of its village that it is evidence of, in the order in which they were raised.
///
/// # Errors
/// [`ShelfError`].
pub fn of_matter(shelf: &Shelf, id: ConsultationId) -> Result<Vec<FlagRow>, ShelfError> {
    let keys: Vec<Vec<u8>> = shelf.row(&index_key(id))?.unwrap_or_default();
    let mut flags = Vec::with_capacity(keys.len());
    for key in keys {
        flags.extend(shelf.row::<FlagRow>(&key)?);
    }
    Ok(flags)
}

/// One flag by its name.
///
/// # Errors
/// [`ShelfError`].
pub fn find(
    shelf: &Shelf,
    code: &JurisdictionCode,
    pattern: FlagPattern,
    subject: &str,
) -> Result<Option<FlagRow>, ShelfError> {
    shelf.row(&flag_key(code, pattern, subject))
}
