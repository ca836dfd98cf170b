//! How many flags of each pattern a jurisdiction and all below it have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::JurisdictionCode;

use super::flag::FlagRow;
use crate::shelf::{Shelf, ShelfError, Writes};

/// Flags of one pattern.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagCount {
    /// All that were raised.
    pub all: u64,
    /// Those that nobody has closed.
    pub open: u64,
}

/// Flags by pattern; a pattern without any is left out.
pub type FlagCounts = BTreeMap<FlagPattern, FlagCount>;

fn key(code: &JurisdictionCode) -> Vec<u8> {
    format!("k/{code}").into_bytes()
}

/// Counts a flag as it is now instead of as it was, for its village and every level above.
pub(super) fn moved(before: Option<&FlagRow>, after: &FlagRow, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
    let (was_there, was_open) = (before.is_some(), before.is_some_and(FlagRow::is_open));
    if was_there && was_open == after.is_open() {
        return Ok(());
    }
    let mut code = Some(after.jurisdiction.clone());
    while let Some(at) = code {
        let mut counts: FlagCounts = writes.row(&key(&at))?.unwrap_or_default();
        let count = counts.entry(after.pattern).or_default();
        count.all += u64::from(!was_there);
        count.open = (count.open + u64::from(after.is_open())).saturating_sub(u64::from(was_open));
        writes.put(key(&at), &counts)?;
        code = at.parent();
    }
    Ok(())
}

/// The counts of a jurisdiction and all below it.
///
/// # Errors
/// [`ShelfError`].
pub fn counts(shelf: &Shelf, within: &JurisdictionCode) -> Result<FlagCounts, ShelfError> {
    Ok(shelf.row(&key(within))?.unwrap_or_default())
}
