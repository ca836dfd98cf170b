//! /j/<code>: the board of a village or community; for the levels above, what lies below them and what is overdue there.

use siyi_domain::ids::{JurisdictionCode, Level};
use siyi_projections::docket::{self, DocketRow};

use super::answer::Rendered;
use super::due::Due;
use super::trouble::Trouble;
use super::visit::Visit;

mod area;
mod village;

/// An overdue act, for readers.
#[derive(Debug, Clone)]
pub struct OverdueRow {
    /// The matter that owes it.
    pub matter: DocketRow,
    /// Name of the village.
    pub village: String,
    /// What it owes.
    pub due: Due,
}

/// The page of the place with this code.
///
/// # Errors
/// [`Trouble::JurisdictionUnknown`].
pub fn page(visit: &Visit<'_>, code: &str) -> Result<Rendered, Trouble> {
    let code: JurisdictionCode = code.parse().map_err(|_| Trouble::JurisdictionUnknown)?;
    let lineage = visit.lineage(&code)?;
    if code.level() == Level::Village {
        village::page(visit, &code, &lineage)
    } else {
        area::page(visit, &code, &lineage)
    }
}

/// What is overdue in a subtree, the oldest first: `limit` acts after the first `skip`, and one more if there are more.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn overdue_rows(
    visit: &Visit<'_>,
    within: Option<&JurisdictionCode>,
    skip: usize,
    limit: usize,
) -> Result<Vec<OverdueRow>, Trouble> {
    let most = skip.saturating_add(limit).saturating_add(1);
    let owed = docket::duties(&visit.docket(), within, visit.today, most)?;
    let rows = owed.into_iter().skip(skip).map(|owed| {
        let procedure = visit.procedure_of(&owed.matter.standing);
        let due = Due::of(&owed.duty, &owed.matter.standing, procedure, visit.today, visit.lang());
        let village = visit.place(&owed.matter.jurisdiction)?.name;
        Ok(OverdueRow { matter: owed.matter, village, due })
    });
    rows.collect()
}
