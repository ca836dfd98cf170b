//! The ground on which a row is judged: a place with rolls of the size that the row asks for, and a matter laid out as events.

use jiff::civil::{Date, date};
use siyi_domain::consultation::events::{
    DeliberationReopened, MeetingConvened, MembersCheckedIn, MotionRaised, MotionScreened, PlanDrafted,
    ResolutionAdopted, RollFrozen,
};
use siyi_domain::consultation::facts::{Initiator, MotionSource, Plan};
use siyi_domain::consultation::{Consultation, ConsultationEvent};
use siyi_domain::ids::{HouseholdNo, JurisdictionCode, MatterCode, PersonId};
use siyi_domain::jurisdiction::{ElectorateCounted, Jurisdiction, JurisdictionKind, JurisdictionRegistered};
use siyi_domain::matters::{Lane, MatterBody};
use siyi_domain::moment::Moment;
use siyi_domain::office::{Office, RollKind, Sex};
use siyi_domain::procedure::{InitiatorKind, Procedure};
use siyi_domain::roster::{PersonRegistered, RollFiled, RollMember, RollMembersListed, Roster};
use uuid::Uuid;

/// A text as a type that checks it.
#[must_use]
pub fn text<T: TryFrom<String>>(text: &str) -> T
where
    T::Error: std::fmt::Debug,
{
    T::try_from(text.to_owned()).unwrap()
}

/// The person with this number.
#[must_use]
pub fn person(no: u64) -> PersonId {
    PersonId(Uuid::from_u128(u128::from(no) + 1))
}

/// The first so many persons.
#[must_use]
pub fn persons(count: u64) -> Vec<PersonId> {
    (0..count).map(person).collect()
}

/// A day on which the pack is in force and no period of the tables ends on a day of rest.
#[must_use]
pub fn day_of(pack: &Procedure) -> Date {
    let day = date(2026, 6, 1);
    if pack.in_force_on(day) { day } else { date(2025, 6, 3) }
}

/// An hour of a day in China.
#[must_use]
pub fn at(day: Date, hour: i8) -> Moment {
    format!("{day}T{hour:02}:00:00+08:00").parse().unwrap()
}

/// The code of the place.
#[must_use]
pub fn code(pack: &Procedure) -> JurisdictionCode {
    let region = pack.region_prefixes.first().map_or("41", String::as_str);
    format!("{region:9<9}201").parse().unwrap()
}

/// The kind of place that the pack binds.
#[must_use]
pub fn kind(pack: &Procedure) -> JurisdictionKind {
    pack.applies_to[0]
}

/// A place with these counts of people.
#[must_use]
pub fn place(pack: &Procedure, adults: u64, households: u64) -> Jurisdiction {
    let mut jurisdiction = Jurisdiction::default();
    let count = |count: u64| u32::try_from(count).unwrap();
    jurisdiction = jurisdiction.evolve(
        &JurisdictionRegistered {
            code: code(pack),
            name: text("边界村"),
            level: siyi_domain::ids::Level::Village,
            kind: kind(pack),
        }
        .into(),
    );
    jurisdiction = jurisdiction.evolve(
        &ElectorateCounted {
            population: count(adults.max(households)),
            adult_villagers: count(adults),
            households: count(households),
        }
        .into(),
    );
    if pack.by_adoption {
        let adopted = siyi_domain::jurisdiction::ProcedureAdopted {
            procedure: pack.id.clone(),
            procedure_version: pack.version,
            from: pack.effective_from(),
            paper: text(&"0".repeat(64)),
        };
        jurisdiction = jurisdiction.evolve(&adopted.into());
    }
    jurisdiction
}

/// A roster of women `0..count`, all on these rolls, plus some outside them who count votes.
#[must_use]
pub fn roster(count: u64, rolls: &[RollKind]) -> Roster {
    let mut roster = Roster::default();
    for person in persons(count).into_iter().chain(counters()) {
        roster = register(roster, person, Sex::Female);
    }
    for roll in rolls {
        roster = file(roster, *roll, persons(count));
    }
    roster
}

/// When the people of the tables came onto their rolls: what they hold by them, they hold on every day that a row judges.
fn before_all_packs() -> Moment {
    at(date(2010, 1, 1), 9)
}

/// A roster with one person more.
#[must_use]
pub fn register(roster: Roster, person: PersonId, sex: Sex) -> Roster {
    let registered = PersonRegistered { person, name: text(&"A".repeat(43)), sex, contact: Vec::new() };
    roster.evolve(&registered.into(), before_all_packs())
}

/// A roster with a roll of these persons.
#[must_use]
pub fn file(roster: Roster, roll: RollKind, persons: Vec<PersonId>) -> Roster {
    let members: Vec<RollMember> = (1..).zip(persons).map(|(no, person)| member(no, person)).collect();
    let count = u32::try_from(members.len()).unwrap();
    roster
        .evolve(&RollMembersListed { roll, part: 1, members }.into(), before_all_packs())
        .evolve(&RollFiled { roll, parts: 1, members: count, composition: Vec::new() }.into(), before_all_packs())
}

/// An entry of a roll, each of a household of its own.
#[must_use]
pub fn member(no: u32, person: PersonId) -> RollMember {
    RollMember {
        person,
        post: None,
        probationary: false,
        group: Some(1),
        household: Some(household(no)),
        residence: None,
    }
}

/// A household by number.
#[must_use]
pub fn household(no: u32) -> HouseholdNo {
    text(&format!("H{no}"))
}

/// Two tellers, a scrutineer and a chair who are on no roll.
#[must_use]
pub fn counters() -> Vec<PersonId> {
    (1_000_000..1_000_004).map(person).collect()
}

/// A kind of matter that the pack's own bodies decide and that brings no numbers of its own.
#[must_use]
pub fn matter(pack: &Procedure) -> MatterCode {
    let code = match pack.bodies[0] {
        MatterBody::Residents => "R04",
        MatterBody::CollectiveMembers => "C07",
        MatterBody::VillageAssembly | MatterBody::Owners => "V03",
    };
    text(code)
}

/// The motion, raised under the pack.
#[must_use]
pub fn raised(pack: &Procedure) -> ConsultationEvent {
    MotionRaised {
        jurisdiction: code(pack),
        procedure: pack.id.clone(),
        procedure_version: pack.version,
        title: text("边界"),
        matters: vec![matter(pack)],
        source: MotionSource::VillageCadres,
        initiator: Initiator { kind: InitiatorKind::VillageCommittee, signatures: None },
        signatures: None,
        summary: text("边界"),
    }
    .into()
}

/// The motion, screened for a road and its step.
#[must_use]
pub fn screened(pack: &Procedure, lane: Lane, step: &str) -> ConsultationEvent {
    MotionScreened {
        matters: vec![matter(pack)],
        catalogue_version: None,
        lane,
        group: (lane == Lane::Group).then_some(1),
        emergency: None,
        linked_owners: false,
        works: false,
        step: step.to_owned(),
    }
    .into()
}

/// A plan without money.
#[must_use]
pub fn planned() -> ConsultationEvent {
    let plan = Plan {
        text: text("边界"),
        budget_fen: None,
        sources: Vec::new(),
        implemented_by: None,
        contractor_choice: None,
        cost_allocation: None,
        planned_start: None,
        planned_end: None,
        paper: None,
    };
    PlanDrafted { version: 1, plan }.into()
}

/// The resolution.
#[must_use]
pub fn resolved(step: &str) -> ConsultationEvent {
    ResolutionAdopted { step: step.to_owned(), form: String::new(), text: text("边界"), version: 1, budget_fen: None }
        .into()
}

/// A matter that stands at a step of the pack, on the road or off it.
#[must_use]
pub fn at_step(pack: &Procedure, step: &str) -> Consultation {
    let on_the_road = pack.lanes.iter().find(|lane| lane.place(step).is_some());
    let detour = pack.detours.iter().find(|detour| detour.steps.iter().any(|code| code == step));
    let mut events = vec![raised(pack)];
    if let Some(lane) = on_the_road {
        events.push(screened(pack, lane.lane, step));
        events.push(planned());
    } else {
        let detour = detour.unwrap_or_else(|| panic!("no road of {} passes {step}", pack.id));
        events.extend([screened(pack, Lane::Full, "S4"), planned(), resolved("S4")]);
        let reopened = DeliberationReopened {
            purpose: detour.purpose,
            steps: detour.steps.clone(),
            forms: Vec::new(),
            initiator: Initiator { kind: InitiatorKind::VillageCommittee, signatures: None },
            signatures: None,
            reason: text("边界"),
            extra_fen: None,
        };
        events.push(reopened.into());
    }
    fold(Consultation::default(), &events, at(day_of(pack), 8))
}

/// A matter after some events.
#[must_use]
pub fn fold(matter: Consultation, events: &[ConsultationEvent], at: Moment) -> Consultation {
    events.iter().fold(matter, |matter, event| matter.evolve(event, at))
}

/// The events of a meeting of `due` people at which the first `present` have come.
#[must_use]
pub fn meeting(pack: &Procedure, step: &str, form: &str, due: u64, present: u64) -> Vec<ConsultationEvent> {
    let convened = MeetingConvened {
        meeting: 1,
        step: step.to_owned(),
        form: form.to_owned(),
        held_at: at(day_of(pack), 9),
        place: text("村部"),
        agenda: vec![text("边界")],
        chair: counters()[3],
        plan_delivered_on: None,
        special_circumstances: None,
    };
    let frozen = RollFrozen { meeting: 1, part: 1, parts: 1, due: persons(due) };
    let mut events = vec![convened.into(), frozen.into()];
    if present > 0 {
        events.push(MembersCheckedIn { meeting: 1, persons: persons(present) }.into());
    }
    events
}

/// An office that the pack lets do an act.
#[must_use]
pub fn office(pack: &Procedure, act: &str) -> Office {
    *pack.competence.get(act).and_then(|offices| offices.first()).unwrap_or_else(|| panic!("nobody may {act}"))
}
