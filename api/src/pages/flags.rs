//! 预警: what looks like a way around the procedure, by which records, and what those who looked into it found.
//!
//! A flag is a prompt to look, never a verdict, and the pages say so. /j/<code>/flags lists those of a place and all below it.

use askama::Template;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_projections::compliance::{self, Evidence, FlagRow, Severity};
use siyi_projections::directory::JurisdictionRow;
use siyi_projections::docket::{self, DocketRow};

use super::answer::Rendered;
use super::frame::Frame;
use super::lang::Lang;
use super::matter::place_names;
use super::phrases::Phrases;
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;

mod figures;

/// Most flags that a page looks through.
const FLAGS: usize = 5000;
/// Most flags on one page.
const ROWS: usize = 50;

/// A flag, for readers.
#[derive(Debug, Clone)]
pub struct FlagView {
    /// What it is of.
    pub pattern: &'static str,
    /// How grave.
    pub severity: &'static str,
    /// Class of that.
    pub class: &'static str,
    /// The place: code and name.
    pub place: (JurisdictionCode, String),
    /// The matter: number and title.
    pub matter: Option<(String, String)>,
    /// What was seen, as pairs of name and figure.
    pub seen: Vec<(&'static str, String)>,
    /// The records: the matter's number where it is of one, and the position in the log.
    pub evidence: Vec<(Option<String>, u64)>,
    /// On which day it was raised.
    pub raised_on: jiff::civil::Date,
    /// Who closed it, when and why.
    pub closing: Option<(String, jiff::civil::Date, String)>,
}

/// How many flags of a pattern there are.
#[derive(Debug, Clone)]
pub struct PatternCount {
    /// The pattern.
    pub name: &'static str,
    /// Those that nobody has closed.
    pub open: u64,
    /// All that were raised.
    pub all: u64,
}

#[derive(Template)]
#[template(path = "flags.html")]
struct FlagsPage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    row: JurisdictionRow,
    places: String,
    patterns: Vec<PatternCount>,
    flags: Vec<FlagView>,
    open: u64,
    next: Option<String>,
}

/// The flags of the place with this code and all below it, the open ones first and the gravest first among them.
///
/// # Errors
/// [`Trouble::JurisdictionUnknown`].
pub fn page(visit: &Visit<'_>, code: &str) -> Result<Rendered, Trouble> {
    let code: JurisdictionCode = code.parse().map_err(|_| Trouble::JurisdictionUnknown)?;
    let lineage = visit.lineage(&code)?;
    let row = visit.place(&code)?;
    let above = lineage.split_last().map_or(lineage.as_slice(), |(_, above)| above);
    let mut rows = compliance::flags(&visit.flags(), Some(&code), None, false, FLAGS)?;
    rows.sort_by_key(|row| (!row.is_open(), std::cmp::Reverse((row.severity, row.raised_at.millisecond()))));
    let start: usize = visit.ask.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or_default();
    let end = start.saturating_add(ROWS);
    let next = (rows.len() > end).then(|| end.to_string());
    let shown = rows.iter().skip(start).take(ROWS).map(|row| view(visit, row)).collect::<Result<Vec<_>, _>>()?;
    let patterns = patterns(visit, &code)?;
    Rendered::html(&FlagsPage {
        frame: visit.frame(&format!("{} {}", row.name, visit.phrases().flags), visit.crumbs(&lineage)),
        p: visit.phrases(),
        l: visit.lang(),
        places: place_names(above),
        open: patterns.iter().map(|count| count.open).sum(),
        patterns,
        flags: shown,
        next,
        row,
    })
}

/// How many flags of each pattern a place and all below it have.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn patterns(visit: &Visit<'_>, code: &JurisdictionCode) -> Result<Vec<PatternCount>, Trouble> {
    let counts = compliance::counts(&visit.flags(), code)?;
    let count = |(pattern, count): (siyi_domain::consultation::facts::FlagPattern, compliance::FlagCount)| {
        PatternCount { name: pattern.named(visit.lang()), open: count.open, all: count.all }
    };
    let mut counts: Vec<PatternCount> = counts.into_iter().map(count).collect();
    counts.sort_by_key(|count| std::cmp::Reverse((count.open, count.all)));
    Ok(counts)
}

/// The flags that bear on a matter.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn of_matter(visit: &Visit<'_>, row: &DocketRow) -> Result<Vec<FlagView>, Trouble> {
    let rows = compliance::of_matter(&visit.flags(), row.id)?;
    rows.iter().map(|row| view(visit, row)).collect()
}

fn view(visit: &Visit<'_>, row: &FlagRow) -> Result<FlagView, Trouble> {
    let lang = visit.lang();
    let (severity, class) = severity(row.severity, lang);
    let matter = row.matter.map(|id| of(visit, id)).transpose()?.flatten();
    let place = visit.place(&row.jurisdiction)?;
    let urban = place.kind == siyi_domain::jurisdiction::JurisdictionKind::Community;
    let closing = row.closing().map(|closing| {
        let office = closing.office.named_in(urban, lang).to_owned();
        (office, closing.at.day(), closing.reason.clone())
    });
    let evidence = row.evidence.iter().map(|evidence| link(visit, evidence)).collect::<Result<_, _>>()?;
    Ok(FlagView {
        pattern: row.pattern.named(lang),
        severity,
        class,
        place: (place.code, place.name),
        matter: matter.map(|matter| (matter.number, matter.title)),
        seen: figures::told(visit, row)?,
        evidence,
        raised_on: row.raised_at.day(),
        closing,
    })
}

fn severity(severity: Severity, lang: Lang) -> (&'static str, &'static str) {
    match severity {
        Severity::Info => (lang.pick(Severity::Info.zh(), "note"), "neutral"),
        Severity::Warning => (lang.pick(Severity::Warning.zh(), "watch"), "warning"),
        Severity::Serious => (lang.pick(Severity::Serious.zh(), "serious"), "failed"),
    }
}

fn of(visit: &Visit<'_>, id: ConsultationId) -> Result<Option<DocketRow>, Trouble> {
    Ok(docket::find(&visit.docket(), id)?)
}

/// Where a record can be read: in the file of its matter, if it is of one.
fn link(visit: &Visit<'_>, evidence: &Evidence) -> Result<(Option<String>, u64), Trouble> {
    let matter = evidence.matter.map(|id| of(visit, id)).transpose()?.flatten();
    Ok((matter.map(|matter| matter.number), evidence.position.0))
}
