//! What hung on the board: photos, notices that went too early, objections that waited too long.

use serde::{Deserialize, Serialize};
use siyi_domain::calendar::days_between;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{NoticePosted, ObjectionAnswered};
use siyi_domain::consultation::facts::{FlagPattern, NoticeKind};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PaperHash};
use siyi_domain::jurisdiction::RoutineDone;
use siyi_domain::procedure::RoutineKind;
use siyi_log::envelope::Recorded;

use super::decisions;
use super::desk::{Desk, Seen};
use super::flag::{Evidence, Severity, Sighting};
use super::matter::{MatterRow, NoticeNote};
use crate::shelf::ShelfError;

/// Where a photo was filed first.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Filed {
    jurisdiction: JurisdictionCode,
    evidence: Evidence,
}

/// A photo of the board may rightly stand for several routine duties, so each kind of them is looked at by itself.
fn photo_key(photo: &PaperHash, routine: Option<RoutineKind>) -> Vec<u8> {
    format!("p/{}/{}", photo.as_str(), siyi_domain::wire::name(&routine)).into_bytes()
}

/// The paper of a routine duty: minutes or a photo.
pub(super) fn routine(
    code: &JurisdictionCode,
    e: &RoutineDone,
    recorded: &Recorded,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    filed(code, None, (&e.paper, photo_key(&e.paper, Some(e.kind))), recorded, desk)
}

pub(super) fn look(
    matter: &mut MatterRow,
    event: &ConsultationEvent,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    use ConsultationEvent as E;
    match event {
        E::NoticePosted(e) => posted(matter, e, seen, desk),
        E::PlanPosted(e) => photo(matter, e.photo.as_ref(), seen, desk),
        E::NoticeCorrected(e) => {
            if let Some(notice) = matter.notices.iter_mut().find(|notice| notice.no == e.notice) {
                notice.removable_on = e.removable_on;
            }
            Ok(())
        }
        E::NoticeFoundMissing(e) => {
            missing(matter, e.notice, seen, desk)?;
            photo(matter, e.photo.as_ref(), seen, desk)
        }
        E::ObjectionRaised(e) => {
            matter.objections.push((e.objection, e.answer_due_on));
            matter.opposition.push(seen.evidence());
            decisions::contested(matter, seen, desk)
        }
        E::ObjectionAnswered(e) => answered(matter, e, seen, desk),
        _ => Ok(()),
    }
}

/// 公示无照片: nothing shows that the resolution or the result ever hung.
fn posted(matter: &mut MatterRow, e: &NoticePosted, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let note = NoticeNote { no: e.notice, removable_on: e.removable_on, posted: seen.evidence(), missing: 0 };
    matter.notices.push(note);
    if e.photo.is_none() && matches!(e.kind, NoticeKind::Resolution | NoticeKind::Result) {
        let subject = seen.subject(format!("notice-{}", e.notice));
        let sighting = Sighting::new(FlagPattern::PostingWithoutPhoto, subject, Severity::Info)
            .by([seen.evidence()])
            .with("notice", &e.notice)
            .with("kind", &e.kind.zh());
        desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)?;
    }
    photo(matter, e.photo.as_ref(), seen, desk)
}

/// The photo of an act of a matter.
pub(super) fn photo(
    matter: &MatterRow,
    photo: Option<&PaperHash>,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let Some(photo) = photo else { return Ok(()) };
    filed(&matter.jurisdiction, Some(seen.id), (photo, photo_key(photo, None)), seen.recorded, desk)
}

/// 照片重复使用: one photo for two acts; graver where the acts are not of one matter.
fn filed(
    code: &JurisdictionCode,
    matter: Option<ConsultationId>,
    (photo, key): (&PaperHash, Vec<u8>),
    recorded: &Recorded,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let evidence = Evidence::of(recorded, matter);
    let Some(first) = desk.writes.row::<Filed>(&key)? else {
        return desk.writes.put(key, &Filed { jurisdiction: code.clone(), evidence });
    };
    let own = first.jurisdiction == *code && first.evidence.matter == matter;
    let severity = if own { Severity::Warning } else { Severity::Serious };
    let short: String = photo.as_str().chars().take(16).collect();
    let subject = match matter {
        Some(id) => format!("{id}/photo-{short}"),
        None => format!("photo-{short}"),
    };
    let sighting = Sighting::new(FlagPattern::PhotoReused, subject, severity)
        .by([first.evidence, evidence])
        .with("sha256", &photo.as_str())
        .with("first_in", &first.jurisdiction);
    desk.raise(code, matter, recorded, sighting)
}

/// 公告提前撤下: somebody did not find the notice while it still had to hang; graver when it was missing more than once.
fn missing(matter: &mut MatterRow, no: u16, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let day = seen.day();
    let posted = matter.notices.iter_mut().find(|notice| notice.no == no && day < notice.removable_on);
    let Some(notice) = posted else { return Ok(()) };
    notice.missing += 1;
    let severity = if notice.missing > 1 { Severity::Serious } else { Severity::Warning };
    let subject = seen.subject(format!("notice-{no}"));
    let sighting = Sighting::new(FlagPattern::NoticeRemovedEarly, subject, severity)
        .by([notice.posted.clone(), seen.evidence()])
        .with("notice", &no)
        .with("missing_on", &day)
        .with("removable_on", &notice.removable_on)
        .with("times", &notice.missing);
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}

/// 异议答复逾期
fn answered(
    matter: &MatterRow,
    e: &ObjectionAnswered,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let due = matter.objections.iter().find(|(no, _)| *no == e.objection).map(|(_, due)| *due);
    let Some(due) = due.filter(|due| seen.day() > *due) else { return Ok(()) };
    let subject = seen.subject(format!("objection-{}", e.objection));
    let sighting = Sighting::new(FlagPattern::SlowAnswers, subject, Severity::Warning)
        .by([seen.evidence()])
        .with("objection", &e.objection)
        .with("due_on", &due)
        .with("days_late", &days_between(due, seen.day()));
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}
