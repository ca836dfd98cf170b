//! Questions to the docket.

use std::collections::HashSet;

use jiff::civil::Date;
use siyi_domain::ids::{ConsultationId, JurisdictionCode, MatterCode};
use siyi_domain::moment::Moment;
use uuid::Uuid;

use super::{DocketRow, Owed, Status, number_key, place_key, row_key};
use crate::shelf::{Shelf, ShelfError};

/// Which matters a list shall hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// A jurisdiction and all below it.
    pub within: Option<JurisdictionCode>,
    /// Only of this status.
    pub status: Option<Status>,
    /// Only touching this kind of matter.
    pub matter: Option<MatterCode>,
    /// Only raised at or after.
    pub raised_from: Option<Moment>,
    /// Only raised before.
    pub raised_before: Option<Moment>,
}

impl Filter {
    fn admits(&self, row: &DocketRow) -> bool {
        self.status.is_none_or(|status| row.status() == status)
            && self.matter.as_ref().is_none_or(|matter| row.matters.contains(matter))
            && self.raised_from.is_none_or(|from| row.raised_at >= from)
            && self.raised_before.is_none_or(|before| row.raised_at < before)
    }

    /// Whether it asks for no more than a subtree, so that counts need no scan.
    #[must_use]
    pub fn is_only_place_and_status(&self) -> bool {
        self.matter.is_none() && self.raised_from.is_none() && self.raised_before.is_none()
    }
}

/// The matter with this id.
///
/// # Errors
/// [`ShelfError`].
pub fn find(shelf: &Shelf, id: ConsultationId) -> Result<Option<DocketRow>, ShelfError> {
    shelf.row(&row_key(id))
}

/// The matter with this public number.
///
/// # Errors
/// [`ShelfError`].
pub fn by_number(shelf: &Shelf, number: &str) -> Result<Option<DocketRow>, ShelfError> {
    match shelf.bytes(&number_key(number))?.and_then(|id| Uuid::from_slice(&id).ok()) {
        Some(id) => find(shelf, ConsultationId(id)),
        None => Ok(None),
    }
}

/// Matters in the order of code, then time; after the matter `after`, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn page(
    shelf: &Shelf,
    filter: &Filter,
    after: Option<ConsultationId>,
    limit: usize,
) -> Result<Vec<DocketRow>, ShelfError> {
    let prefix = format!("j/{}", filter.within.as_ref().map_or("", JurisdictionCode::prefix)).into_bytes();
    let floor = match after {
        Some(id) => find(shelf, id)?.map(|row| place_key(&row)).unwrap_or_default(),
        None => Vec::new(),
    };
    let mut rows = Vec::new();
    for entry in shelf.range(prefix.clone().max(floor.clone())..) {
        let (key, id) = entry?;
        if !key.starts_with(&prefix) || rows.len() == limit {
            break;
        }
        if key.as_ref() == floor.as_slice() {
            continue;
        }
        if let Some(row) = Uuid::from_slice(&id).ok().map(|id| find(shelf, ConsultationId(id))).transpose()?.flatten()
            && filter.admits(&row)
        {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Duties of a subtree whose last day is before `before`, the oldest first, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn duties(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    before: Date,
    limit: usize,
) -> Result<Vec<Owed>, ShelfError> {
    let prefix = format!("d/{}", within.map_or("", JurisdictionCode::prefix)).into_bytes();
    let before_text = before.to_string();
    let mut due = Vec::new();
    for entry in shelf.scan(&prefix) {
        let (key, id) = entry?;
        // d/<12 digits>/<10 characters of date>/
        let on = key.get(15..25).map(<[u8]>::to_vec).unwrap_or_default();
        if on.as_slice() < before_text.as_bytes() {
            due.push((on, id));
        }
    }
    due.sort();
    let mut seen = HashSet::new();
    let mut owed = Vec::new();
    for (_, id) in due.into_iter().filter(|(_, id)| seen.insert(id.clone())) {
        let Some(row) = Uuid::from_slice(&id).ok().map(|id| find(shelf, ConsultationId(id))).transpose()?.flatten()
        else {
            continue;
        };
        owed.extend(row.overdue(before).map(|duty| Owed { matter: row.clone(), duty: duty.clone() }));
        if owed.len() >= limit {
            owed.truncate(limit);
            break;
        }
    }
    Ok(owed)
}

/// How many matters a filter admits: read from the counts where only place and status are asked for, scanned otherwise.
///
/// # Errors
/// [`ShelfError`].
pub fn total(shelf: &Shelf, filter: &Filter) -> Result<u64, ShelfError> {
    if let Some(within) = filter.within.as_ref().filter(|_| filter.is_only_place_and_status()) {
        let counts = super::counts(shelf, within)?;
        let counted = Status::ALL.iter().zip(counts);
        return Ok(counted.filter(|(s, _)| filter.status.is_none_or(|only| only == **s)).map(|(_, n)| n).sum());
    }
    Ok(page(shelf, filter, None, usize::MAX)?.len() as u64)
}
