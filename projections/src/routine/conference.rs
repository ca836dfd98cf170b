//! What joint conferences set to be done, by whom and by when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::jurisdiction::{ActionItemClosed, JointConferenceHeld};
use siyi_domain::moment::Moment;

use crate::shelf::{Shelf, ShelfError, Writes};

/// 联席会议议定事项
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionItemRow {
    /// Where the conference sat.
    pub jurisdiction: JurisdictionCode,
    /// The conference's number within the jurisdiction.
    pub conference: u16,
    /// The item's number within the conference.
    pub item: u16,
    /// What is to be done.
    pub text: String,
    /// Which unit leads.
    pub lead_unit: String,
    /// When it was set.
    pub set_on: Date,
    /// By when.
    pub due_on: Date,
    /// When it was closed.
    pub closed_at: Option<Moment>,
    /// What came of it.
    pub result: Option<String>,
}

impl ActionItemRow {
    /// Whether its last day is past and it is not closed.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.closed_at.is_none() && self.due_on < today
    }
}

/// Items in the order of code, conference and number.
fn key(code: &JurisdictionCode, conference: u16, item: u16) -> Vec<u8> {
    format!("a/{code}/{conference:05}/{item:05}").into_bytes()
}

pub(super) fn held(
    code: &JurisdictionCode,
    e: &JointConferenceHeld,
    day: Date,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    for (item, set) in (1..).zip(&e.items) {
        let row = ActionItemRow {
            jurisdiction: code.clone(),
            conference: e.conference,
            item,
            text: set.text.to_string(),
            lead_unit: set.lead_unit.to_string(),
            set_on: day,
            due_on: set.due_on,
            closed_at: None,
            result: None,
        };
        writes.put(key(code, e.conference, item), &row)?;
    }
    Ok(())
}

pub(super) fn closed(
    code: &JurisdictionCode,
    e: &ActionItemClosed,
    at: Moment,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    let key = key(code, e.conference, e.item);
    let Some(mut row) = writes.row::<ActionItemRow>(&key)? else { return Ok(()) };
    row.closed_at = Some(at);
    row.result = Some(e.result.to_string());
    writes.put(key, &row)
}

/// Action items of a subtree in the order of code, conference and number; only open ones if asked, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn action_items(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    open_only: bool,
    limit: usize,
) -> Result<Vec<ActionItemRow>, ShelfError> {
    select(shelf, within, limit, |row| !open_only || row.closed_at.is_none())
}

/// Action items of a subtree whose last day is past, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn overdue_items(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    today: Date,
    limit: usize,
) -> Result<Vec<ActionItemRow>, ShelfError> {
    select(shelf, within, limit, |row| row.is_overdue(today))
}

fn select(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    limit: usize,
    admits: impl Fn(&ActionItemRow) -> bool,
) -> Result<Vec<ActionItemRow>, ShelfError> {
    let prefix = format!("a/{}", within.map_or("", JurisdictionCode::prefix)).into_bytes();
    let mut items = Vec::new();
    for entry in shelf.scan(&prefix) {
        if items.len() >= limit {
            break;
        }
        let row: ActionItemRow = postcard::from_bytes(&entry?.1)?;
        if admits(&row) {
            items.push(row);
        }
    }
    Ok(items)
}
