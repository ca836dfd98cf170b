//! 周期义务: what a village owes once in each period whatever its matters, what of it was done, and what joint conferences set.
//!
//! Which duties there are is never stored: the pack in force on the first day of a period says so when the question is asked,
//! for the period of registration the pack in force on the day of registration. What fulfils them is recorded by hand
//! (`recordRoutine`) or follows from what else the log holds: a quorate meeting, a notice, a joint conference.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{DecisionMade, MeetingConvened};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, Level};
use siyi_domain::jurisdiction::{JurisdictionEvent, JurisdictionKind, JurisdictionRegistered};
use siyi_domain::moment::Moment;
use siyi_domain::office::Body;
use siyi_domain::procedure::{Procedure, RoutineKind};
use siyi_domain::rules::{Place, Rules};
use siyi_log::envelope::{DomainEvent, Recorded};
use siyi_log::port::Position;

use crate::model::{ReadModel, Surroundings};
use crate::shelf::{ShelfError, Writes};

mod conference;
mod query;

pub use conference::{ActionItemRow, action_items, overdue_items};
pub use query::{RoutineDuty, duties, overdue};

/// The model.
#[derive(Debug)]
pub struct Routine;

/// A village or community that owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PlaceRow {
    code: JurisdictionCode,
    kind: JurisdictionKind,
    registered_on: Date,
    /// The packs that it has adopted, from which day on.
    adopted: Vec<(Date, String)>,
}

impl PlaceRow {
    fn procedure<'a>(&self, rules: &'a Rules, day: Date) -> Option<&'a Procedure> {
        let adopted = self.adopted.iter().rev().find(|(from, _)| *from <= day).map(|(_, id)| id.as_str());
        rules.in_force(Place { code: &self.code, kind: self.kind, adopted }, day)
    }
}

/// What fulfils a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// A day in the period that it is for.
    pub on: Date,
    /// The day of the act itself.
    pub acted_on: Date,
    /// The matter whose meeting or notice it was; `None` where it was recorded for the village.
    pub matter: Option<ConsultationId>,
    /// Position of the event.
    pub position: Position,
}

/// What has to be remembered of a matter.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct MatterRow {
    jurisdiction: JurisdictionCode,
    procedure: String,
    meeting: Option<Sitting>,
}

/// The meeting that is convened or sitting.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sitting {
    no: u16,
    step: String,
    form: String,
    held_at: Moment,
    quorate: bool,
}

fn place_key(code: &JurisdictionCode) -> Vec<u8> {
    format!("j/{code}").into_bytes()
}

fn matter_key(id: ConsultationId) -> Vec<u8> {
    [b"m".as_slice(), id.0.as_bytes()].concat()
}

/// What was done, in the order of code, kind and day; `what` tells two acts of one day apart.
fn done_key(code: &JurisdictionCode, kind: RoutineKind, on: Date, what: &str) -> Vec<u8> {
    format!("{}{on}/{what}", done_prefix(code, kind)).into_bytes()
}

fn done_prefix(code: &JurisdictionCode, kind: RoutineKind) -> String {
    format!("d/{code}/{}/", siyi_domain::wire::name(&kind))
}

impl ReadModel for Routine {
    const NAME: &'static str = "routine";
    const VERSION: u32 = 1;

    fn wants(event_type: &str) -> bool {
        matches!(
            event_type,
            "jurisdiction-registered.v1"
                | "procedure-adopted.v1"
                | "routine-done.v1"
                | "joint-conference-held.v1"
                | "action-item-closed.v1"
                | "motion-raised.v1"
                | "meeting-convened.v1"
                | "decision-made.v1"
                | "meeting-closed.v1"
                | "notice-posted.v1"
        )
    }

    fn apply(events: &[Recorded], surroundings: &Surroundings, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
        for recorded in events {
            match &recorded.event {
                DomainEvent::Jurisdiction(code, event) => of_a_place(code, event, recorded, writes)?,
                DomainEvent::Consultation(id, event) => {
                    of_a_matter(*id, event, recorded, &surroundings.rules, writes)?;
                }
                DomainEvent::Roster(..) | DomainEvent::Account(..) => {}
            }
        }
        Ok(())
    }
}

fn of_a_place(
    code: &JurisdictionCode,
    event: &JurisdictionEvent,
    recorded: &Recorded,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    let day = recorded.envelope.occurred_at.day();
    let done = |on| Done { on, acted_on: day, matter: None, position: recorded.position };
    match event {
        JurisdictionEvent::JurisdictionRegistered(e) => registered(code, e, day, writes),
        JurisdictionEvent::ProcedureAdopted(e) => {
            let Some(mut place) = writes.row::<PlaceRow>(&place_key(code))? else { return Ok(()) };
            place.adopted.push((e.from, e.procedure.clone()));
            writes.put(place_key(code), &place)
        }
        JurisdictionEvent::RoutineDone(e) => {
            let what = format!("r{}", recorded.envelope.id);
            writes.put(done_key(code, e.kind, e.period, &what), &done(e.period))
        }
        JurisdictionEvent::JointConferenceHeld(e) => {
            conference::held(code, e, day, writes)?;
            let what = format!("c{}", e.conference);
            writes.put(done_key(code, RoutineKind::JointConference, day, &what), &done(day))
        }
        JurisdictionEvent::ActionItemClosed(e) => conference::closed(code, e, recorded.envelope.occurred_at, writes),
        JurisdictionEvent::ElectorateCounted(_)
        | JurisdictionEvent::RepresentativesAuthorised(_)
        | JurisdictionEvent::ProcedureAdjusted(_)
        | JurisdictionEvent::ScopeFormed(_)
        | JurisdictionEvent::VillageFlagClosed(_) => Ok(()),
    }
}

fn registered(
    code: &JurisdictionCode,
    e: &JurisdictionRegistered,
    day: Date,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    if e.level != Level::Village {
        return Ok(());
    }
    let place = PlaceRow { code: code.clone(), kind: e.kind, registered_on: day, adopted: Vec::new() };
    writes.put(place_key(code), &place)
}

fn of_a_matter(
    id: ConsultationId,
    event: &ConsultationEvent,
    recorded: &Recorded,
    rules: &Rules,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    if let ConsultationEvent::MotionRaised(e) = event {
        let matter = MatterRow { jurisdiction: e.jurisdiction.clone(), procedure: e.procedure.clone(), meeting: None };
        return writes.put(matter_key(id), &matter);
    }
    let Some(mut matter) = writes.row::<MatterRow>(&matter_key(id))? else { return Ok(()) };
    match event {
        ConsultationEvent::MeetingConvened(e) => matter.meeting = Some(convened(e)),
        ConsultationEvent::DecisionMade(e) => matter.decided(e),
        ConsultationEvent::MeetingClosed(_) => {
            if let Some(sitting) = matter.meeting.take() {
                sat(id, &matter, &sitting, (recorded, rules), writes)?;
            }
        }
        ConsultationEvent::NoticePosted(e) => {
            let on = recorded.envelope.occurred_at.day();
            let key =
                done_key(&matter.jurisdiction, RoutineKind::AffairsDisclosure, on, &format!("n{id}/{}", e.notice));
            let done = Done { on, acted_on: on, matter: Some(id), position: recorded.position };
            return writes.put(key, &done);
        }
        _ => return Ok(()),
    }
    writes.put(matter_key(id), &matter)
}

fn convened(e: &MeetingConvened) -> Sitting {
    Sitting { no: e.meeting, step: e.step.clone(), form: e.form.clone(), held_at: e.held_at, quorate: false }
}

impl MatterRow {
    fn decided(&mut self, e: &DecisionMade) {
        if let Some(sitting) = self.meeting.as_mut().filter(|sitting| sitting.no == e.meeting) {
            sitting.quorate |= e.quorum.met;
        }
    }
}

/// A meeting of the body that has to meet. Several matters before one meeting are one meeting.
fn sat(
    id: ConsultationId,
    matter: &MatterRow,
    sitting: &Sitting,
    (recorded, rules): (&Recorded, &Rules),
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    let on = sitting.held_at.day();
    let pack = rules.binding(&matter.procedure, on);
    let form = pack.and_then(|pack| pack.step(&sitting.step)).and_then(|step| step.form(&sitting.form));
    let Some(kind) = form.and_then(|form| fulfilled_by(form.body)).filter(|_| sitting.quorate) else { return Ok(()) };
    let key = done_key(&matter.jurisdiction, kind, on, &format!("m{}", sitting.held_at.millisecond()));
    if writes.raw(&key)?.is_some() {
        return Ok(());
    }
    writes.put(key, &Done { on, acted_on: on, matter: Some(id), position: recorded.position })
}

/// The duty that a quorate meeting of a body fulfils.
const fn fulfilled_by(body: Body) -> Option<RoutineKind> {
    match body {
        Body::Representatives | Body::ResidentsRepresentatives => Some(RoutineKind::RepresentativesMeeting),
        Body::VillagersAssembly
        | Body::HouseholdsAssembly
        | Body::ResidentsAssembly
        | Body::ResidentHouseholdsAssembly
        | Body::GroupElectedAssembly => Some(RoutineKind::AssemblyMeeting),
        Body::MembersAssembly => Some(RoutineKind::MembersAssembly),
        Body::PartyCommittee
        | Body::TwoCommittees
        | Body::PartyMembers
        | Body::PartyRepresentatives
        | Body::GroupVillagers
        | Body::GroupHouseholds
        | Body::MembersRepresentatives
        | Body::CollectiveCouncil
        | Body::JointMeeting => None,
    }
}

/// The Chinese name of a routine duty.
#[must_use]
pub const fn routine_zh(kind: RoutineKind) -> &'static str {
    match kind {
        RoutineKind::RepresentativesMeeting => "村（居）民代表会议",
        RoutineKind::AssemblyMeeting => "村（居）民会议",
        RoutineKind::MembersAssembly => "成员大会",
        RoutineKind::AffairsDisclosure => "村（居）务公开",
        RoutineKind::AccountsDisclosure => "财务公开",
        RoutineKind::Appraisal => "民主评议",
        RoutineKind::JointConference => "联席会议",
    }
}
