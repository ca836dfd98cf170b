//! /j/<code>/feed.atom: the notices of a board as an Atom feed (RFC 4287). What is corrected or taken down stays in it and says so.

use askama::Template;
use siyi_domain::ids::{JurisdictionCode, Level};
use siyi_domain::moment::Moment;
use siyi_projections::board::{self, BoardRow};
use siyi_projections::directory::JurisdictionRow;
use siyi_projections::docket;
use uuid::Uuid;

use super::answer::{ATOM, Rendered};
use super::frame::Frame;
use super::lang::Lang;
use super::phrases::Phrases;
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::named;

/// Most entries of a feed.
const ENTRIES: usize = 30;
/// What a feed without entries gives as its time: the first day of the law that it serves.
const BEGINNING: &str = "2026-01-01T00:00:00+08:00";

#[derive(Template)]
#[template(path = "feed.xml")]
struct FeedPage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    row: JurisdictionRow,
    id: Uuid,
    updated: String,
    own_link: String,
    entries: Vec<FeedEntry>,
}

/// A notice in a feed.
#[derive(Debug)]
struct FeedEntry {
    /// The id of the event that posted it.
    id: Uuid,
    number: String,
    notice: BoardRow,
    kind: &'static str,
    updated: Moment,
    /// What was corrected, in order.
    corrections: Vec<(Moment, String)>,
}

/// The feed of the place with this code.
///
/// # Errors
/// [`Trouble::JurisdictionUnknown`]; also for places that have no board.
pub fn page(visit: &Visit<'_>, code: &str) -> Result<Rendered, Trouble> {
    let code: JurisdictionCode = code.parse().map_err(|_| Trouble::JurisdictionUnknown)?;
    let row = visit.place(&code)?;
    if row.level != Level::Village {
        return Err(Trouble::JurisdictionUnknown);
    }
    let notices = board::notices(&visit.app.models.board.shelf(), &code, ENTRIES)?;
    let mut entries = Vec::new();
    for notice in notices {
        entries.extend(entry(visit, notice)?);
    }
    let updated = entries.iter().map(|entry| entry.updated).max();
    let page = FeedPage {
        frame: visit.frame(&row.name, Vec::new()),
        p: visit.phrases(),
        l: visit.lang(),
        id: feed_id(&code),
        updated: updated.map_or_else(|| BEGINNING.to_owned(), |at| at.to_string()),
        own_link: visit.ask.link(&visit.ask.path),
        entries,
        row,
    };
    Ok(Rendered { body: page.render()?, content_type: ATOM, scripted: false })
}

fn entry(visit: &Visit<'_>, notice: BoardRow) -> Result<Option<FeedEntry>, Trouble> {
    let Some(row) = docket::find(&visit.docket(), notice.consultation)? else { return Ok(None) };
    let file = visit.app.dossier(&row)?;
    let Some(own) = file.notices.iter().find(|file| file.posted.fact.notice == notice.notice) else {
        return Ok(None);
    };
    let Some(posted) = file.entries.get(own.posted.entry) else { return Ok(None) };
    let times = [Some(notice.posted_at), notice.corrected_at, notice.closed_at];
    Ok(Some(FeedEntry {
        id: posted.envelope.id,
        number: row.number,
        kind: notice.kind.named(visit.lang()),
        updated: times.into_iter().flatten().max().unwrap_or(notice.posted_at),
        corrections: own.corrections.clone(),
        notice,
    }))
}

/// An id that is the same wherever the board is served: a UUID of version 8 made from the code (RFC 9562 section 5.8).
fn feed_id(code: &JurisdictionCode) -> Uuid {
    named::uuid(&format!("siyi board {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_feed_never_changes() {
        let code: JurisdictionCode = "419901101201".parse().unwrap();
        assert_eq!(feed_id(&code).get_version_num(), 8);
        assert_eq!(feed_id(&code), feed_id(&code.clone()));
    }
}
