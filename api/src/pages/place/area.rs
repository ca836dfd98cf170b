//! A township, county, prefecture or province: what lies below it, and what is overdue there.

use askama::Template;
use siyi_domain::ids::JurisdictionCode;
use siyi_projections::directory::{self, JurisdictionRow};
use siyi_projections::docket::{self, Status};

use super::{OverdueRow, overdue_rows};
use crate::pages::answer::Rendered;
use crate::pages::flags::{self, PatternCount};
use crate::pages::frame::Frame;
use crate::pages::lang::Lang;
use crate::pages::matter::{place_names, status_class};
use crate::pages::phrases::Phrases;
use crate::pages::routine;
use crate::pages::terms::Term;
use crate::pages::trouble::Trouble;
use crate::pages::visit::Visit;

/// Most rows of a list on one page.
const ROWS: usize = 50;
/// Most jurisdictions directly below another.
const CHILDREN: usize = 2000;

#[derive(Template)]
#[template(path = "area.html")]
struct AreaPage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    row: JurisdictionRow,
    places: String,
    statuses: Vec<&'static str>,
    counts: Vec<(&'static str, &'static str, u64)>,
    total: u64,
    overdue_matters: u64,
    busy: Vec<Child>,
    quiet: Vec<JurisdictionRow>,
    below: usize,
    next: Option<String>,
    overdue: Vec<OverdueRow>,
    more_overdue: bool,
    patterns: Vec<PatternCount>,
    flags_open: u64,
    flags_path: String,
    /// Overdue routine duties, and in how many villages.
    routine_overdue: (usize, usize),
}

/// A jurisdiction below, with its matters by status.
struct Child {
    row: JurisdictionRow,
    counts: Vec<u64>,
    overdue: u64,
}

impl Child {
    fn has_matters(&self) -> bool {
        self.counts.iter().any(|count| *count > 0)
    }
}

/// The page.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub(super) fn page(
    visit: &Visit<'_>,
    code: &JurisdictionCode,
    lineage: &[JurisdictionRow],
) -> Result<Rendered, Trouble> {
    let lang = visit.lang();
    let row = visit.place(code)?;
    let above = lineage.split_last().map_or(lineage, |(_, above)| above);
    let crumbs = visit.crumbs(above);
    let counts = docket::counts(&visit.docket(), code)?;
    let children = children(visit, code)?;
    let (below, overdue_matters) = (children.len(), children.iter().map(|child| child.overdue).sum());
    let (children, next) = part(children, visit.ask.after.as_deref());
    let (busy, quiet): (Vec<Child>, Vec<Child>) = children.into_iter().partition(Child::has_matters);
    let mut overdue = overdue_rows(visit, Some(code), 0, ROWS)?;
    let more_overdue = overdue.len() > ROWS;
    overdue.truncate(ROWS);
    let patterns = flags::patterns(visit, code)?;
    Rendered::html(&AreaPage {
        flags_open: patterns.iter().map(|count| count.open).sum(),
        patterns,
        flags_path: format!("/j/{code}/flags"),
        routine_overdue: routine::overdue(visit, code)?,
        frame: visit.frame(&row.name, crumbs),
        p: visit.phrases(),
        l: lang,
        places: place_names(above),
        statuses: Status::ALL.iter().map(|status| status.named(lang)).collect(),
        total: counts.iter().sum(),
        counts: Status::ALL
            .iter()
            .zip(counts)
            .map(|(status, count)| (status.named(lang), status_class(*status), count))
            .collect(),
        overdue_matters,
        busy,
        quiet: quiet.into_iter().map(|child| child.row).collect(),
        below,
        next,
        overdue,
        more_overdue,
        row,
    })
}

/// What lies directly below, those with matters first.
fn children(visit: &Visit<'_>, code: &JurisdictionCode) -> Result<Vec<Child>, Trouble> {
    let docket = visit.docket();
    let overdue = docket::overdue_places(&docket, Some(code), visit.today)?;
    let rows = directory::children(&visit.directory(), Some(code), CHILDREN)?;
    let child = |row: JurisdictionRow| -> Result<Child, Trouble> {
        let within = overdue.iter().filter(|(village, _)| row.code.contains(village));
        Ok(Child {
            counts: docket::counts(&docket, &row.code)?.to_vec(),
            overdue: within.map(|(_, matters)| matters).sum(),
            row,
        })
    };
    let mut children = rows.into_iter().map(child).collect::<Result<Vec<_>, _>>()?;
    children.sort_by_key(|child| !child.has_matters());
    Ok(children)
}

/// The part of the list after the jurisdiction of this code, and where the next part begins.
fn part(children: Vec<Child>, after: Option<&str>) -> (Vec<Child>, Option<String>) {
    let place = |after: &str| children.iter().position(|child| child.row.code.as_str() == after);
    let start = after.and_then(place).map_or(0, |at| at + 1);
    let more = children.len() > start + ROWS;
    let part: Vec<Child> = children.into_iter().skip(start).take(ROWS).collect();
    let next = part.last().filter(|_| more).map(|child| child.row.code.to_string());
    (part, next)
}
