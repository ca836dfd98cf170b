//! The board of a village or community.

use askama::Template;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_projections::board::{self, BoardRow};
use siyi_projections::directory::JurisdictionRow;
use siyi_projections::docket::{self, DocketRow, Filter, Status};
use siyi_projections::routine::ActionItemRow;

use crate::pages::answer::Rendered;
use crate::pages::due::Due;
use crate::pages::flags::{self, PatternCount};
use crate::pages::frame::Frame;
use crate::pages::lang::{Lang, thousands};
use crate::pages::matter::{place_names, stands, status_class};
use crate::pages::phrases::Phrases;
use crate::pages::routine::{self, Routines};
use crate::pages::terms::Term;
use crate::pages::trouble::Trouble;
use crate::pages::visit::Visit;

/// Most notices that a board looks through.
const NOTICES: usize = 500;
/// Most matters that a board looks through: what a busy village decides in decades.
const MATTERS: usize = 2000;
/// Most rows of a list on one page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "village.html")]
struct VillagePage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    row: JurisdictionRow,
    places: String,
    board_title: &'static str,
    people: Vec<(&'static str, String)>,
    rolls: Vec<(&'static str, String)>,
    posted: Vec<Card>,
    past: Vec<Card>,
    open: Vec<MatterLine>,
    ended: Vec<MatterLine>,
    next: Option<String>,
    feed_path: String,
    procedure: Option<(String, String)>,
    routine: Routines,
    items: Vec<ActionItemRow>,
    patterns: Vec<PatternCount>,
    flags_open: u64,
    flags_path: String,
}

/// A notice on the board, for readers.
#[derive(Debug, Clone)]
struct Card {
    notice: BoardRow,
    number: String,
    kind: &'static str,
    /// How the objection window stands, in words.
    window: String,
    /// Whether it may lawfully be taken down by now.
    is_removable: bool,
}

/// A matter of the village, for readers.
#[derive(Debug, Clone)]
struct MatterLine {
    row: DocketRow,
    status: &'static str,
    status_class: &'static str,
    stands: String,
    dues: Vec<Due>,
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
    let row = visit.place(code)?;
    let p = visit.phrases();
    let above = lineage.split_last().map_or(lineage, |(_, above)| above);
    let crumbs = visit.crumbs(above);
    let cards = cards(visit, code)?;
    let (past, posted): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(|card| card.notice.closed_at.is_some());
    let (open, ended) = matters(visit, code)?;
    let (ended, next) = part(ended, visit.ask.after.as_deref());
    let board_title = match row.kind {
        JurisdictionKind::Community => p.board_of_community,
        _ => p.board_of_village,
    };
    let patterns = flags::patterns(visit, code)?;
    let procedure = row.procedure(&visit.app.rules, visit.today);
    Rendered::html(&VillagePage {
        procedure: procedure.map(|own| (own.id.clone(), visit.lang().pick(&own.name.zh, &own.name.en).to_owned())),
        routine: routine::of_village(visit, &row)?,
        items: routine::open_items(visit, code)?,
        flags_open: patterns.iter().map(|count| count.open).sum(),
        patterns,
        flags_path: format!("/j/{code}/flags"),
        frame: visit.frame(&format!("{} {board_title}", row.name), crumbs),
        p,
        l: visit.lang(),
        places: place_names(above),
        board_title,
        people: people(&row, visit.lang()),
        rolls: rolls(&row, visit.lang()),
        posted,
        past: past.into_iter().take(ROWS).collect(),
        open,
        ended,
        next,
        feed_path: format!("/j/{code}/feed.atom"),
        row,
    })
}

fn people(row: &JurisdictionRow, lang: Lang) -> Vec<(&'static str, String)> {
    let Some(counted) = &row.electorate else { return Vec::new() };
    let persons = |count: u32| match lang {
        Lang::Zh => format!("{}人", thousands(u64::from(count))),
        Lang::En => thousands(u64::from(count)),
    };
    let households = match lang {
        Lang::Zh => format!("{}户", thousands(u64::from(counted.households))),
        Lang::En => thousands(u64::from(counted.households)),
    };
    vec![
        (lang.pick("人口", "people"), persons(counted.population)),
        (lang.pick("户数", "households"), households),
        (lang.pick("十八周岁以上", "18 or older"), persons(counted.adult_villagers)),
    ]
}

fn rolls(row: &JurisdictionRow, lang: Lang) -> Vec<(&'static str, String)> {
    let urban = row.kind == JurisdictionKind::Community;
    row.rolls.iter().map(|(roll, members)| (roll.named_in(urban, lang), thousands(u64::from(*members)))).collect()
}

fn cards(visit: &Visit<'_>, code: &JurisdictionCode) -> Result<Vec<Card>, Trouble> {
    let shelf = visit.docket();
    let number = |id: ConsultationId| docket::find(&shelf, id).map(|row| row.map(|row| row.number));
    let notices = board::notices(&visit.app.models.board.shelf(), code, NOTICES)?;
    let card = |notice: BoardRow| {
        Ok(Card {
            number: number(notice.consultation)?.unwrap_or_default(),
            kind: notice.kind.named(visit.lang()),
            window: window(visit, &notice),
            is_removable: visit.today >= notice.removable_on,
            notice,
        })
    };
    notices.into_iter().map(card).collect()
}

/// How the objection window of a notice stands today.
fn window(visit: &Visit<'_>, notice: &BoardRow) -> String {
    let days = siyi_domain::calendar::days_between(visit.today, notice.objections_until);
    match (visit.lang(), days) {
        (Lang::Zh, ..=-1) => "异议期已满".to_owned(),
        (Lang::En, ..=-1) => "ended".to_owned(),
        (Lang::Zh, 0) => "今天为最后一日".to_owned(),
        (Lang::En, 0) => "today is the last day".to_owned(),
        (Lang::Zh, days) => format!("还有{days}天"),
        (Lang::En, days) => format!("{days} days left"),
    }
}

/// Matters under way, what is due first standing first, and matters that have ended, the newest first.
fn matters(visit: &Visit<'_>, code: &JurisdictionCode) -> Result<(Vec<MatterLine>, Vec<MatterLine>), Trouble> {
    let filter = Filter { within: Some(code.clone()), ..Filter::default() };
    let rows = docket::page(&visit.docket(), &filter, None, MATTERS)?;
    let (mut open, mut ended) = (Vec::new(), Vec::new());
    for row in rows.into_iter().rev() {
        let line = line(visit, row);
        match line.row.status() {
            Status::Moved | Status::Deliberating | Status::Executing => open.push(line),
            Status::Archived
            | Status::Dismissed
            | Status::Rejected
            | Status::Withdrawn
            | Status::Annulled
            | Status::Consulted => ended.push(line),
        }
    }
    open.sort_by_key(|line| line.dues.iter().filter_map(|due| due.on).min());
    Ok((open, ended))
}

fn line(visit: &Visit<'_>, row: DocketRow) -> MatterLine {
    let procedure = visit.procedure_of(&row.standing);
    MatterLine {
        status: row.status().named(visit.lang()),
        status_class: status_class(row.status()),
        stands: stands(&row, procedure, visit.lang()),
        dues: Due::all(&row.duties, &row.standing, procedure, visit.today, visit.lang()),
        row,
    }
}

/// The part of a list after the matter of this number, and where the next part begins.
fn part(lines: Vec<MatterLine>, after: Option<&str>) -> (Vec<MatterLine>, Option<String>) {
    let start = after.and_then(|after| lines.iter().position(|line| line.row.number == after)).map_or(0, |at| at + 1);
    let more = lines.len() > start + ROWS;
    let part: Vec<MatterLine> = lines.into_iter().skip(start).take(ROWS).collect();
    let next = part.last().filter(|_| more).map(|line| line.row.number.clone());
    (part, next)
}
