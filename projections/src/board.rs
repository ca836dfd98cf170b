//! 公开栏: what is posted now, what was, since when, and until when taking it down would be unlawful.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::facts::{NoticeKind, Outcome};
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::moment::Moment;
use siyi_domain::procedure::ReopenPurpose;
use siyi_log::envelope::{DomainEvent, Recorded};

use crate::model::{ReadModel, Surroundings};
use crate::shelf::{Shelf, ShelfError, Writes};

/// The model.
#[derive(Debug)]
pub struct Board;

/// A notice on a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardRow {
    /// Where.
    pub jurisdiction: JurisdictionCode,
    /// The matter.
    pub consultation: ConsultationId,
    /// Its title.
    pub title: String,
    /// Number of the notice within the matter.
    pub notice: u16,
    /// Which.
    pub kind: NoticeKind,
    /// The committee's own number of the paper.
    pub notice_no: String,
    /// When it was posted.
    pub posted_at: Moment,
    /// When it was last corrected.
    pub corrected_at: Option<Moment>,
    /// When the log took the posting.
    pub recorded_at: Moment,
    /// 补录
    pub late: bool,
    /// Last day of the objection window.
    pub objections_until: Date,
    /// First day on which it may lawfully be taken down.
    pub removable_on: Date,
    /// When it was taken down.
    pub closed_at: Option<Moment>,
    /// Since when the resolution that it tells of no longer stands.
    pub void_at: Option<Moment>,
}

/// What the board has to remember of a matter.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct MatterRow {
    jurisdiction: JurisdictionCode,
    title: String,
    procedure: String,
    notices: u16,
}

fn matter_key(id: ConsultationId) -> Vec<u8> {
    [b"m".as_slice(), id.0.as_bytes()].concat()
}

/// Notices of a jurisdiction in the order of posting.
fn notice_key(row: &BoardRow) -> Vec<u8> {
    let mut key = format!("b/{}/", row.jurisdiction).into_bytes();
    key.extend(row.posted_at.millisecond().to_be_bytes());
    key.extend(row.consultation.0.as_bytes());
    key.extend(row.notice.to_be_bytes());
    key
}

fn place_key(id: ConsultationId, notice: u16) -> Vec<u8> {
    [b"n".as_slice(), id.0.as_bytes(), &notice.to_be_bytes()].concat()
}

impl ReadModel for Board {
    const NAME: &'static str = "board";
    const VERSION: u32 = 2;

    fn wants(event_type: &str) -> bool {
        matches!(
            event_type,
            "motion-raised.v1"
                | "notice-posted.v1"
                | "notice-corrected.v1"
                | "disclosure-closed.v1"
                | "correction-ordered.v1"
                | "court-annulled.v1"
                | "deliberation-concluded.v1"
        )
    }

    fn apply(events: &[Recorded], surroundings: &Surroundings, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
        for recorded in events {
            let DomainEvent::Consultation(id, event) = &recorded.event else { continue };
            let occurred_at = recorded.envelope.occurred_at;
            match event {
                ConsultationEvent::MotionRaised(e) => {
                    let row = MatterRow {
                        jurisdiction: e.jurisdiction.clone(),
                        title: e.title.to_string(),
                        procedure: e.procedure.clone(),
                        notices: 0,
                    };
                    writes.put(matter_key(*id), &row)?;
                }
                ConsultationEvent::NoticePosted(_) => post(*id, event, recorded, surroundings, writes)?,
                ConsultationEvent::NoticeCorrected(e) => change(*id, e.notice, writes, |row| {
                    row.corrected_at = Some(occurred_at);
                    row.objections_until = e.objections_until;
                    row.removable_on = e.removable_on;
                })?,
                ConsultationEvent::DisclosureClosed(e) => {
                    change(*id, e.notice, writes, |row| row.closed_at = Some(occurred_at))?;
                }
                ConsultationEvent::CorrectionOrdered(_) | ConsultationEvent::CourtAnnulled(_) => {
                    void(*id, occurred_at, writes)?;
                }
                ConsultationEvent::DeliberationConcluded(e) => {
                    let falls = matches!(
                        (e.purpose, e.outcome),
                        (ReopenPurpose::Annulment, Outcome::Carried) | (ReopenPurpose::Reconsideration, Outcome::Lost)
                    );
                    if falls {
                        void(*id, occurred_at, writes)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The notices of a resolution that no longer stands say so.
fn void(id: ConsultationId, at: Moment, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
    let notices = writes.row::<MatterRow>(&matter_key(id))?.map_or(0, |matter| matter.notices);
    (1..=notices).try_for_each(|notice| change(id, notice, writes, |row| row.void_at = row.void_at.or(Some(at))))
}

fn post(
    id: ConsultationId,
    event: &ConsultationEvent,
    recorded: &Recorded,
    surroundings: &Surroundings,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    let ConsultationEvent::NoticePosted(e) = event else { return Ok(()) };
    let Some(matter) = writes.row::<MatterRow>(&matter_key(id))? else { return Ok(()) };
    let envelope = &recorded.envelope;
    writes.put(matter_key(id), &MatterRow { notices: e.notice, ..matter.clone() })?;
    let procedure = surroundings.rules.binding(&matter.procedure, envelope.occurred_at.day());
    let row = BoardRow {
        jurisdiction: matter.jurisdiction,
        consultation: id,
        title: matter.title,
        notice: e.notice,
        kind: e.kind,
        notice_no: e.notice_no.to_string(),
        posted_at: envelope.occurred_at,
        corrected_at: None,
        recorded_at: envelope.recorded_at,
        late: procedure.is_some_and(|p| p.is_late(envelope.occurred_at, envelope.recorded_at)),
        objections_until: e.objections_until,
        removable_on: e.removable_on,
        closed_at: None,
        void_at: None,
    };
    let key = notice_key(&row);
    writes.put(key.clone(), &row)?;
    writes.put_bytes(place_key(id, e.notice), key);
    Ok(())
}

fn change(
    id: ConsultationId,
    notice: u16,
    writes: &mut Writes<'_>,
    with: impl FnOnce(&mut BoardRow),
) -> Result<(), ShelfError> {
    let Some(key) = writes.raw(&place_key(id, notice))? else { return Ok(()) };
    if let Some(mut row) = writes.row::<BoardRow>(&key)? {
        with(&mut row);
        writes.put(key, &row)?;
    }
    Ok(())
}

/// The notices of one jurisdiction, the newest first, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn notices(shelf: &Shelf, code: &JurisdictionCode, limit: usize) -> Result<Vec<BoardRow>, ShelfError> {
    let prefix = format!("b/{code}/").into_bytes();
    shelf.scan(&prefix).rev().take(limit).map(|row| Ok(postcard::from_bytes(&row?.1)?)).collect()
}
