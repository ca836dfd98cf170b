//! How many matters of each status a jurisdiction and all below it have.

use siyi_domain::ids::JurisdictionCode;

use super::Status;
use crate::shelf::{Shelf, ShelfError, Writes};

/// Matters by status, in the order of [`Status::ALL`].
pub type StatusCounts = [u64; 9];

fn key(code: &JurisdictionCode) -> Vec<u8> {
    format!("c/{code}").into_bytes()
}

/// Moves one matter from one status to another, for its village and every level above.
pub(super) fn moved(
    village: &JurisdictionCode,
    from: Option<Status>,
    to: Status,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    let mut code = Some(village.clone());
    while let Some(at) = code {
        let mut row: StatusCounts = writes.row(&key(&at))?.unwrap_or_default();
        for (status, count) in Status::ALL.iter().zip(row.iter_mut()) {
            if Some(*status) == from {
                *count = count.saturating_sub(1);
            }
            if *status == to {
                *count += 1;
            }
        }
        writes.put(key(&at), &row)?;
        code = at.parent();
    }
    Ok(())
}

/// The counts of a jurisdiction and all below it.
///
/// # Errors
/// [`ShelfError`].
pub fn counts(shelf: &Shelf, code: &JurisdictionCode) -> Result<StatusCounts, ShelfError> {
    Ok(shelf.row(&key(code))?.unwrap_or_default())
}
