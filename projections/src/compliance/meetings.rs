//! Who came where: sign-ins, and the same person at two places.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{ConsultationId, PersonId};
use siyi_domain::moment::Moment;

use super::desk::{Desk, Seen};
use super::flag::{Evidence, Severity, Sighting};
use super::matter::{MatterRow, MeetingNote};
use crate::shelf::{ShelfError, Writes};

/// Nobody sits at two places within so many seconds.
const APART_SECONDS: i64 = 2 * 3600;
/// Sign-ins that are remembered of one person on one day.
const MAX_A_DAY: usize = 16;

/// Where a person signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SignIn {
    matter: ConsultationId,
    meeting: u16,
    held_at: Moment,
    place: String,
    evidence: Evidence,
}

fn person_key(person: PersonId, day: Date) -> Vec<u8> {
    [b"c".as_slice(), person.0.as_bytes(), day.to_string().as_bytes()].concat()
}

fn attendance_key(id: ConsultationId, meeting: u16) -> Vec<u8> {
    [b"a".as_slice(), id.0.as_bytes(), &meeting.to_be_bytes()].concat()
}

/// Everybody who signed in to a meeting or joined it online.
pub(super) fn attendants(id: ConsultationId, meeting: u16, writes: &Writes<'_>) -> Result<Vec<PersonId>, ShelfError> {
    Ok(writes.row(&attendance_key(id, meeting))?.unwrap_or_default())
}

pub(super) fn look(
    matter: &mut MatterRow,
    event: &ConsultationEvent,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    use ConsultationEvent as E;
    match event {
        E::MeetingConvened(e) => {
            let note =
                MeetingNote { no: e.meeting, held_at: e.held_at, place: e.place.to_string(), excluded: Vec::new() };
            matter.meeting = Some(note);
        }
        E::MemberExcluded(_) => {
            if let Some(meeting) = &mut matter.meeting {
                meeting.excluded.push(seen.evidence());
            }
        }
        E::MembersCheckedIn(e) => {
            attend(seen.id, e.meeting, &e.persons, desk.writes)?;
            if let Some(meeting) = &matter.meeting {
                elsewhere(matter, meeting, &e.persons, seen, desk)?;
            }
        }
        // Who joins online is not at the place.
        E::MembersJoinedOnline(e) => attend(seen.id, e.meeting, &e.persons, desk.writes)?,
        E::MeetingClosed(_) | E::MeetingFoundInquorate(_) => matter.meeting = None,
        _ => {}
    }
    Ok(())
}

fn attend(id: ConsultationId, meeting: u16, persons: &[PersonId], writes: &mut Writes<'_>) -> Result<(), ShelfError> {
    let mut all = attendants(id, meeting, writes)?;
    all.extend(persons);
    all.sort_unstable();
    all.dedup();
    writes.put(attendance_key(id, meeting), &all)
}

/// 同时在两处签到: one flag for each pair of meetings, however many persons signed in to both.
fn elsewhere(
    matter: &MatterRow,
    meeting: &MeetingNote,
    persons: &[PersonId],
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let mut pairs: Vec<(SignIn, Vec<PersonId>)> = Vec::new();
    let here = SignIn {
        matter: seen.id,
        meeting: meeting.no,
        held_at: meeting.held_at,
        place: meeting.place.clone(),
        evidence: seen.evidence(),
    };
    for person in persons {
        for other in signed_in_about(*person, meeting.held_at, desk.writes)? {
            let apart = other.held_at.since(meeting.held_at).abs().as_secs();
            if other.matter == seen.id || apart > APART_SECONDS || other.place.trim() == meeting.place.trim() {
                continue;
            }
            let same = |(known, _): &&mut (SignIn, Vec<PersonId>)| {
                known.matter == other.matter && known.meeting == other.meeting
            };
            match pairs.iter_mut().find(same) {
                Some((_, both)) => both.push(*person),
                None => pairs.push((other, vec![*person])),
            }
        }
        remember(*person, &here, desk.writes)?;
    }
    for (other, both) in pairs {
        let subject = seen.subject(format!("{}/{}/{}", meeting.no, other.matter, other.meeting));
        let sighting = Sighting::new(FlagPattern::CheckedInElsewhere, subject, Severity::Warning)
            .by([other.evidence, here.evidence.clone()])
            .with("minutes_apart", &other.held_at.since(meeting.held_at).abs().as_mins())
            .of_persons(both);
        desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)?;
    }
    Ok(())
}

/// The sign-ins of the day, and of the days beside it: two hours may cross midnight.
fn signed_in_about(person: PersonId, at: Moment, writes: &Writes<'_>) -> Result<Vec<SignIn>, ShelfError> {
    let day = at.day();
    let mut all = Vec::new();
    for offset in -1..=1 {
        if let Ok(day) = day.checked_add(offset.days()) {
            all.extend(writes.row::<Vec<SignIn>>(&person_key(person, day))?.unwrap_or_default());
        }
    }
    Ok(all)
}

fn remember(person: PersonId, here: &SignIn, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
    let key = person_key(person, here.held_at.day());
    let mut of_the_day: Vec<SignIn> = writes.row(&key)?.unwrap_or_default();
    if of_the_day.iter().any(|known| known.matter == here.matter && known.meeting == here.meeting) {
        return Ok(());
    }
    if of_the_day.len() >= MAX_A_DAY {
        of_the_day.remove(0);
    }
    of_the_day.push(here.clone());
    writes.put(key, &of_the_day)
}
