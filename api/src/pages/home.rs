//! /: what this is, where to begin, what is overdue.

use std::collections::BTreeMap;

use askama::Template;
use siyi_domain::ids::JurisdictionCode;
use siyi_projections::directory::{self, JurisdictionRow};
use siyi_projections::docket::{self, Status, StatusCounts};

use super::answer::Rendered;
use super::frame::Frame;
use super::lang::Lang;
use super::phrases::Phrases;
use super::place::{OverdueRow, overdue_rows};
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;

/// Most villages with matters that the front page names.
const VILLAGES: usize = 24;
/// Most overdue acts that the front page names.
const OVERDUE: usize = 8;
/// Most jurisdictions of one level that the front page names.
const BRANCHES: usize = 60;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    counts: Vec<(&'static str, &'static str, u64)>,
    total: u64,
    overdue_matters: u64,
    overdue: Vec<OverdueRow>,
    villages: Vec<(JurisdictionRow, String, u64, u64)>,
    tree: Vec<Branch>,
}

/// A jurisdiction and those next below it.
struct Branch {
    row: JurisdictionRow,
    matters: u64,
    overdue: u64,
    below: Vec<(JurisdictionRow, u64)>,
}

/// The front page.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn page(visit: &Visit<'_>) -> Result<Rendered, Trouble> {
    let lang = visit.lang();
    let overdue_places = docket::overdue_places(&visit.docket(), None, visit.today)?;
    let tree = tree(visit, &overdue_places)?;
    let counts = sum(visit, &tree)?;
    let mut overdue = overdue_rows(visit, None, 0, OVERDUE)?;
    overdue.truncate(OVERDUE);
    Rendered::html(&HomePage {
        frame: visit.frame(visit.phrases().home_title, Vec::new()),
        p: visit.phrases(),
        l: lang,
        total: counts.iter().sum(),
        counts: Status::ALL
            .iter()
            .zip(counts)
            .map(|(status, count)| (status.named(lang), super::matter::status_class(*status), count))
            .collect(),
        overdue_matters: overdue_places.values().sum(),
        overdue,
        villages: villages(visit, &overdue_places)?,
        tree,
    })
}

/// Counts of all topmost jurisdictions together.
fn sum(visit: &Visit<'_>, tree: &[Branch]) -> Result<StatusCounts, Trouble> {
    let mut sum = StatusCounts::default();
    for branch in tree {
        for (total, count) in sum.iter_mut().zip(docket::counts(&visit.docket(), &branch.row.code)?) {
            *total += count;
        }
    }
    Ok(sum)
}

fn tree(visit: &Visit<'_>, overdue: &BTreeMap<JurisdictionCode, u64>) -> Result<Vec<Branch>, Trouble> {
    let docket = visit.docket();
    let matters = |code: &JurisdictionCode| docket::counts(&docket, code).map(|counts| counts.iter().sum::<u64>());
    let shelf = visit.directory();
    let mut tree = Vec::new();
    for row in directory::children(&shelf, None, BRANCHES)? {
        let below = directory::children(&shelf, Some(&row.code), BRANCHES)?;
        let mut below =
            below.into_iter().map(|row| matters(&row.code).map(|count| (row, count))).collect::<Result<Vec<_>, _>>()?;
        below.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let within = |(code, count): (&JurisdictionCode, &u64)| row.code.contains(code).then_some(*count);
        tree.push(Branch {
            matters: matters(&row.code)?,
            overdue: overdue.iter().filter_map(within).sum(),
            below,
            row,
        });
    }
    tree.sort_by_key(|branch| std::cmp::Reverse(branch.matters));
    Ok(tree)
}

type VillageLine = (JurisdictionRow, String, u64, u64);

/// Villages that have matters, with the places above them, how many matters, and how many of these are overdue.
fn villages(visit: &Visit<'_>, overdue: &BTreeMap<JurisdictionCode, u64>) -> Result<Vec<VillageLine>, Trouble> {
    let docket = visit.docket();
    let mut villages = Vec::new();
    for code in docket::places(&docket, None, VILLAGES)? {
        let mut lineage = visit.lineage(&code)?;
        let Some(village) = lineage.pop() else { continue };
        let matters = docket::counts(&docket, &code)?.iter().sum();
        let late = overdue.get(&code).copied().unwrap_or_default();
        villages.push((village, super::matter::place_names(&lineage), matters, late));
    }
    Ok(villages)
}
