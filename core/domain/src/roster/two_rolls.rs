//! 不得在两地参加: nobody takes part in two places (VL-2025 art. 16). The home strikes a person for the place that may admit them;
//! that place ends its admission before the home takes the person back.
//!
//! Only the rolls of self-government are meant. Membership of the party and of the collective does not end by living elsewhere. A
//! person on a roll by election is not struck: no law ends a seat for this, so the seat is given up first by its own procedure.

use jiff::civil::Date;

use super::residence::{INVITERS, check_office};
use super::{
    AdmissionEnded, AdmitResident, EndAdmission, ReadmitResident, ResidentAdmitted, ResidentReadmitted, ResidentStruck,
    RollMember, Roster, RosterEvent, StrikeResident,
};
use crate::context::Context;
use crate::ids::{JurisdictionCode, PersonId};
use crate::office::RollKind;
use crate::refusal::{Refusal, RefusalCode};

/// Where somebody who was admitted is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    code: JurisdictionCode,
    person: Option<PersonId>,
}

/// Somebody on the books who takes part here no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Apart {
    /// The place that may admit them; none where an admission here has ended.
    admitted_at: Option<JurisdictionCode>,
    /// Where they stood, until the roll is filed anew.
    entries: Vec<(RollKind, RollMember)>,
}

/// Whether a roll is of the villagers' self-government.
pub(super) const fn is_of_the_villagers(roll: RollKind) -> bool {
    is_by_election(roll) || matches!(roll, RollKind::Households | RollKind::AdultVillagers)
}

const fn is_by_election(roll: RollKind) -> bool {
    matches!(
        roll,
        RollKind::VillageCommittee
            | RollKind::SupervisoryCommittee
            | RollKind::Representatives
            | RollKind::GroupElected
    )
}

/// What the home has to have done before somebody is admitted. Of a home that is not in this log only the paper tells.
pub(super) fn check_home(
    state: &Roster,
    code: &JurisdictionCode,
    elsewhere: Option<&Roster>,
    command: &AdmitResident,
) -> Result<(), Refusal> {
    if state.struck_for(command.person).is_some() {
        return state.takes_part(command.person);
    }
    let Some(home) = elsewhere else { return Ok(()) };
    let Some(person) = command.home_person else {
        return Err(Refusal::from(RefusalCode::HomePersonMissing).with("home", command.home.as_str()));
    };
    home.known(person)?;
    let struck_for = home.struck_for(person);
    if struck_for != Some(code) {
        let refusal = Refusal::from(RefusalCode::StillOnHomeRoll).with("home_person", person.to_string());
        return Err(match struck_for {
            Some(other) => refusal.with("struck_for", other.as_str()),
            None => refusal,
        });
    }
    if state.admits(&command.home, person) {
        return Err(Refusal::from(RefusalCode::AdmittedAlready).with("person", person.to_string()));
    }
    Ok(())
}

pub(super) fn end_admission(
    state: &Roster,
    command: &EndAdmission,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_office(INVITERS, "endAdmission", context)?;
    // Also of whoever was erased: the home waits for it.
    state.known(command.person)?;
    if !state.is_admitted(command.person) {
        return Err(Refusal::from(RefusalCode::NotAdmitted).with("person", command.person.to_string()));
    }
    let rolls = state.rolls_to_leave(command.person)?;
    Ok(vec![AdmissionEnded { person: command.person, paper: command.paper.clone(), rolls }.into()])
}

pub(super) fn strike(
    state: &Roster,
    code: &JurisdictionCode,
    command: &StrikeResident,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_office(INVITERS, "strikeResident", context)?;
    state.present(command.person)?;
    state.takes_part(command.person)?;
    if command.admitted_at == *code {
        return Err(Refusal::from(RefusalCode::HomeIsHere).with("home", code.as_str()));
    }
    // Whoever is admitted here has another home, and only that one strikes.
    if state.is_admitted(command.person) {
        return Err(Refusal::from(RefusalCode::AdmittedAlready).with("person", command.person.to_string()));
    }
    let struck = ResidentStruck {
        person: command.person,
        admitted_at: command.admitted_at.clone(),
        statement: command.statement.clone(),
        rolls: state.rolls_to_leave(command.person)?,
    };
    Ok(vec![struck.into()])
}

pub(super) fn readmit(
    state: &Roster,
    code: &JurisdictionCode,
    elsewhere: Option<&Roster>,
    command: &ReadmitResident,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_office(INVITERS, "readmitResident", context)?;
    state.present(command.person)?;
    let Some(apart) = state.apart.get(&command.person).filter(|apart| apart.admitted_at.is_some()) else {
        return Err(Refusal::from(RefusalCode::NotStruck).with("person", command.person.to_string()));
    };
    if elsewhere.is_some_and(|other| other.admits(code, command.person)) {
        let at = apart.admitted_at.as_ref().map_or("", JurisdictionCode::as_str);
        return Err(Refusal::from(RefusalCode::StillAdmitted)
            .with("person", command.person.to_string())
            .with("admitted_at", at));
    }
    let rolls = apart.entries.iter().map(|(roll, _)| *roll).collect();
    Ok(vec![ResidentReadmitted { person: command.person, released: command.released.clone(), rolls }.into()])
}

impl Roster {
    /// Whether somebody registered elsewhere was admitted here.
    #[must_use]
    pub fn is_admitted(&self, person: PersonId) -> bool {
        self.admitted.contains_key(&person)
    }

    /// Whether the person who is `person` on the rolls of `home` is admitted here.
    #[must_use]
    pub fn admits(&self, home: &JurisdictionCode, person: PersonId) -> bool {
        self.admitted.values().any(|of| of.code == *home && of.person == Some(person))
    }

    /// The place for which a person was struck here.
    #[must_use]
    pub fn struck_for(&self, person: PersonId) -> Option<&JurisdictionCode> {
        self.apart.get(&person)?.admitted_at.as_ref()
    }

    /// Whether a person takes part here no longer: struck for another place, or no longer admitted.
    #[must_use]
    pub fn is_apart(&self, person: PersonId) -> bool {
        self.apart.contains_key(&person)
    }

    /// A person must not have left the bodies of the villagers.
    ///
    /// # Errors
    /// `takes-no-part-here`.
    pub fn takes_part(&self, person: PersonId) -> Result<(), Refusal> {
        let Some(apart) = self.apart.get(&person) else { return Ok(()) };
        let refusal = Refusal::from(RefusalCode::TakesNoPartHere).with("person", person.to_string());
        Err(match &apart.admitted_at {
            Some(at) => refusal.with("admitted_at", at.as_str()),
            None => refusal,
        })
    }

    /// How many have left a roll since it was filed.
    pub(crate) fn left_since_filed(&self, kind: RollKind) -> u64 {
        self.apart.values().flat_map(|apart| &apart.entries).filter(|(roll, _)| *roll == kind).count() as u64
    }

    /// The rolls that lose a person who leaves the bodies of the villagers.
    fn rolls_to_leave(&self, person: PersonId) -> Result<Vec<RollKind>, Refusal> {
        let rolls: Vec<RollKind> = self.rolls_of(person).filter(|roll| is_of_the_villagers(*roll)).collect();
        match rolls.iter().find(|roll| is_by_election(**roll)) {
            Some(seat) => Err(Refusal::from(RefusalCode::SeatHeld)
                .with("person", person.to_string())
                .with("roll", crate::wire::name(seat))),
            None => Ok(rolls),
        }
    }

    pub(super) fn admitted_from(&mut self, event: &ResidentAdmitted) {
        // Where the person stood under an earlier admission only a new filing says.
        self.apart.remove(&event.person);
        self.admitted.insert(event.person, Home { code: event.home.clone(), person: event.home_person });
    }

    /// From this day on the rolls do without the person.
    pub(super) fn set_apart(
        &mut self,
        person: PersonId,
        admitted_at: Option<JurisdictionCode>,
        rolls: &[RollKind],
        day: Date,
    ) {
        self.admitted.remove(&person);
        let mut entries = Vec::new();
        for roll in rolls {
            self.change_roll(*roll, day, |members| {
                entries.extend(members.extract_if(.., |member| member.person == person).map(|member| (*roll, member)));
            });
        }
        self.apart.insert(person, Apart { admitted_at, entries });
    }

    /// The rolls that were not filed anew since have the person again.
    pub(super) fn take_back(&mut self, person: PersonId, day: Date) {
        for (roll, member) in self.apart.remove(&person).map(|apart| apart.entries).unwrap_or_default() {
            self.change_roll(roll, day, |members| members.push(member));
        }
    }

    fn change_roll(&mut self, roll: RollKind, day: Date, change: impl FnOnce(&mut Vec<RollMember>)) {
        let mut members = self.rolls.remove(&roll).unwrap_or_default();
        change(&mut members);
        self.change_terms(roll, &members, day);
        self.rolls.insert(roll, members);
    }

    /// A roll that is filed anew says by itself who stands on it.
    pub(super) fn forget_entries(&mut self, kind: RollKind) {
        for apart in self.apart.values_mut() {
            apart.entries.retain(|(roll, _)| *roll != kind);
        }
    }
}
