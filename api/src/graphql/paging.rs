//! Relay connections over keys.

use async_graphql::{Error, OutputType, SimpleObject};

use super::actor::coded;
use super::{DEFAULT_PAGE, MAX_PAGE};

/// Where a page ends and whether there is more.
#[derive(SimpleObject, Clone)]
pub struct PageInfo {
    /// Whether another page follows.
    pub has_next_page: bool,
    /// Always false: pages run forwards.
    pub has_previous_page: bool,
    /// Cursor of the first entry.
    pub start_cursor: Option<String>,
    /// Cursor of the last entry: the `after` of the next page.
    pub end_cursor: Option<String>,
}

/// The size of a page, checked.
pub(super) fn page_size(first: Option<i32>) -> Result<usize, Error> {
    let Some(first) = first else { return Ok(DEFAULT_PAGE) };
    match usize::try_from(first) {
        Ok(size) if (1..=MAX_PAGE).contains(&size) => Ok(size),
        _ => Err(coded("page-size", format!("`first` is {first}, 1 to {MAX_PAGE} are allowed"))),
    }
}

/// How many entries a complexity computation assumes.
pub(super) fn assumed(first: Option<i32>) -> usize {
    first.and_then(|f| usize::try_from(f).ok()).unwrap_or(DEFAULT_PAGE)
}

/// A page of at most `size` of the rows, of which one more was asked for.
pub(super) fn page<R, N: OutputType>(
    mut rows: Vec<R>,
    size: usize,
    cursor: impl Fn(&R) -> String,
    node: impl Fn(R) -> N,
) -> (Vec<(String, N)>, PageInfo) {
    let has_next_page = rows.len() > size;
    rows.truncate(size);
    let edges: Vec<(String, N)> = rows.into_iter().map(|row| (cursor(&row), node(row))).collect();
    let info = PageInfo {
        has_next_page,
        has_previous_page: false,
        start_cursor: edges.first().map(|(cursor, _)| cursor.clone()),
        end_cursor: edges.last().map(|(cursor, _)| cursor.clone()),
    };
    (edges, info)
}
