//! Filing a roll: incompatibilities, sizes and composition are checked here, once, by the law of the day.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::two_rolls::is_of_the_villagers;
use super::{FileRoll, RollFiled, RollMember, RollMembersListed, Roster, RosterEvent};
use crate::ids::PersonId;
use crate::jurisdiction::Jurisdiction;
use crate::office::{Office, Residence, RollKind, Sex};
use crate::procedure::{Procedure, SizeRange};
use crate::refusal::{Refusal, RefusalCode};

/// Most members of one roll.
pub const MAX_ROLL_MEMBERS: usize = 8_000;
/// Most members in one part, so that the event stays under 8 KiB.
pub const PART_MEMBERS: usize = 50;

pub(super) fn decide(
    state: &Roster,
    jurisdiction: &Jurisdiction,
    procedure: &Procedure,
    command: &FileRoll,
    day: Date,
) -> Result<Vec<RosterEvent>, Refusal> {
    check_entries(state, command, procedure)?;
    check_from_elsewhere(state, command, procedure)?;
    check_size(command, jurisdiction, procedure)?;
    let after = with_roll(state, command);
    check_incompatibilities(&after, procedure, day)?;
    let composition = match command.roll {
        RollKind::Representatives => check_representatives(&after, jurisdiction, procedure)?,
        _ => Vec::new(),
    };
    let mut events: Vec<RosterEvent> = (1..)
        .zip(command.members.chunks(PART_MEMBERS))
        .map(|(part, members)| RollMembersListed { roll: command.roll, part, members: members.to_vec() }.into())
        .collect();
    let filed = RollFiled {
        roll: command.roll,
        parts: u16::try_from(events.len()).unwrap_or(u16::MAX),
        members: u32::try_from(command.members.len()).unwrap_or(u32::MAX),
        composition,
    };
    events.push(filed.into());
    Ok(events)
}

fn with_roll(state: &Roster, command: &FileRoll) -> Roster {
    let mut after = state.clone();
    after.rolls.insert(command.roll, command.members.clone());
    after
}

fn check_entries(state: &Roster, command: &FileRoll, procedure: &Procedure) -> Result<(), Refusal> {
    let entries = command.members.len();
    if entries > MAX_ROLL_MEMBERS {
        return Err(Refusal::from(RefusalCode::TooManyEntries)
            .with("entries", entries as u64)
            .with("limit", MAX_ROLL_MEMBERS as u64));
    }
    let mut persons = BTreeSet::new();
    let mut households = BTreeSet::new();
    for member in &command.members {
        state.present(member.person)?;
        if is_of_the_villagers(command.roll) {
            state.takes_part(member.person)?;
        }
        if !persons.insert(member.person) {
            return Err(Refusal::from(RefusalCode::PersonTwice).with("person", member.person.to_string()));
        }
        check_household(command.roll, member, procedure, &mut households)?;
    }
    Ok(())
}

fn check_household<'a>(
    roll: RollKind,
    member: &'a RollMember,
    procedure: &Procedure,
    seen: &mut BTreeSet<&'a str>,
) -> Result<(), Refusal> {
    if !matches!(roll, RollKind::Households | RollKind::Representatives | RollKind::CollectiveMembers) {
        return Ok(());
    }
    let Some(household) = &member.household else {
        return Err(Refusal::from(RefusalCode::HouseholdMissing).with("person", member.person.to_string()));
    };
    if roll == RollKind::Representatives && member.group.is_none() {
        return Err(Refusal::from(RefusalCode::HouseholdMissing).with("person", member.person.to_string()));
    }
    let apart = procedure.rolls.one_representative_a_household.as_ref().filter(|_| roll == RollKind::Representatives);
    // A household has one voice in an assembly by households; two representatives may share one unless the place says no.
    if (roll == RollKind::Households || apart.is_some()) && !seen.insert(household.as_str()) {
        let refusal = Refusal::from(RefusalCode::HouseholdTwice).with("household", household.as_str());
        return Err(apart.map_or(refusal.clone(), |basis| refusal.by(basis)));
    }
    Ok(())
}

/// Who is registered elsewhere stands on a roll only as the law of its body lets them. An entry that says `admitted` is believed
/// only where the admission is on record: otherwise whoever files the roll would admit people.
fn check_from_elsewhere(state: &Roster, command: &FileRoll, procedure: &Procedure) -> Result<(), Refusal> {
    let rule = procedure.rolls.from_elsewhere.iter().find(|rule| rule.roll == command.roll);
    for member in &command.members {
        let residence = member.residence.unwrap_or_default();
        let permitted = match rule {
            Some(rule) => residence >= rule.admits,
            None => residence == Residence::Registered,
        };
        let on_record = residence != Residence::Admitted || state.is_admitted(member.person);
        if !(permitted && on_record) {
            let refusal = Refusal::from(RefusalCode::NotOfThisVillage).with("person", member.person.to_string());
            return Err(rule.map_or(refusal.clone(), |rule| refusal.by(&rule.basis)));
        }
    }
    Ok(())
}

fn check_size(command: &FileRoll, jurisdiction: &Jurisdiction, procedure: &Procedure) -> Result<(), Refusal> {
    let members = command.members.len() as u64;
    let range = match command.roll {
        RollKind::VillageCommittee => Some(&procedure.rolls.village_committee_size),
        RollKind::SupervisoryCommittee => Some(&procedure.rolls.supervisory_committee_size),
        RollKind::CollectiveCouncil => procedure.rolls.council_size.as_ref(),
        RollKind::MemberRepresentatives => procedure.rolls.member_representatives_size.as_ref(),
        _ => None,
    };
    if let Some(range) = range {
        within(members, range, RefusalCode::CommitteeSize)?;
    }
    if let (RollKind::CollectiveCouncil, Some(range), 0) = (command.roll, range, members % 2) {
        return Err(Refusal::from(RefusalCode::CouncilNotOdd).with("count", members).by(&range.basis));
    }
    whole(command.roll, members, 0, jurisdiction)
}

/// A roll in force must still be the whole body that was counted last: a newer count calls for a new roll.
pub(crate) fn check_whole(kind: RollKind, roster: &Roster, jurisdiction: &Jurisdiction) -> Result<(), Refusal> {
    whole(kind, roster.roll(kind).len() as u64, roster.left_since_filed(kind), jurisdiction)
}

/// The roll must be the whole body, or the denominator would shrink by leaving people out of it. Who takes part elsewhere since
/// it was filed is missed among the adults and nowhere else: a household stays, and somebody else speaks for it.
fn whole(kind: RollKind, members: u64, left: u64, jurisdiction: &Jurisdiction) -> Result<(), Refusal> {
    let counted = match kind {
        RollKind::Households => u64::from(electorate(jurisdiction)?.households),
        RollKind::AdultVillagers => u64::from(electorate(jurisdiction)?.adult_villagers).saturating_sub(left),
        _ => return Ok(()),
    };
    if members == counted {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::RollNotWhole).with("members", members).with("counted", counted))
}

fn electorate(jurisdiction: &Jurisdiction) -> Result<&crate::jurisdiction::ElectorateCounted, Refusal> {
    jurisdiction.electorate.as_ref().ok_or_else(|| RefusalCode::ElectorateUnknown.into())
}

fn within(count: u64, range: &SizeRange, code: RefusalCode) -> Result<(), Refusal> {
    if (range.least..=range.most).contains(&count) {
        return Ok(());
    }
    Err(Refusal::from(code).with("count", count).with("least", range.least).with("most", range.most).by(&range.basis))
}

/// The incompatibilities of VL-2025 art. 8 and 37 and HN-V art. 56, on the rolls as they would stand.
fn check_incompatibilities(after: &Roster, procedure: &Procedure, day: Date) -> Result<(), Refusal> {
    let persons = |kind| after.roll(kind).iter().map(|m| m.person).collect::<Vec<PersonId>>();
    let committee = persons(RollKind::VillageCommittee);
    let rules = &procedure.rolls;
    if !committee.is_empty() && !committee.iter().any(|p| is_woman(after, *p)) {
        return Err(Refusal::from(RefusalCode::CommitteeWithoutWoman).by(&rules.committee_needs_woman));
    }
    if let Some(pair) = first_kin(after, &committee, &committee) {
        return Err(named(RefusalCode::CommitteeNearRelatives, pair).by(&rules.committee_no_near_relatives));
    }
    let supervisors = persons(RollKind::SupervisoryCommittee);
    if let Some(both) = supervisors.iter().find(|p| committee.contains(p)) {
        return Err(
            named(RefusalCode::SupervisorInCommittee, (*both, *both)).by(&rules.supervisors_apart_from_committee)
        );
    }
    if let Some(pair) = first_kin(after, &supervisors, &committee) {
        return Err(named(RefusalCode::SupervisorNearRelative, pair).by(&rules.supervisors_apart_from_committee));
    }
    let bookkeepers = persons(RollKind::Bookkeepers);
    // Who keeps the books may also have been appointed to it, from today or from a later day.
    let keeps_books = |p: &&PersonId| bookkeepers.contains(p) || after.is_appointed(**p, Office::Clerk, day);
    if let Some(both) = supervisors.iter().find(keeps_books) {
        return Err(named(RefusalCode::SupervisorIsBookkeeper, (*both, *both)).by(&rules.supervisors_no_bookkeeper));
    }
    Ok(())
}

fn is_woman(roster: &Roster, person: PersonId) -> bool {
    roster.persons.get(&person).is_some_and(|p| p.sex == Sex::Female)
}

fn first_kin(roster: &Roster, ones: &[PersonId], others: &[PersonId]) -> Option<(PersonId, PersonId)> {
    ones.iter().find_map(|one| {
        let kin = others.iter().find(|other| *other != one && roster.are_kin(*one, **other))?;
        Some((*one, *kin))
    })
}

fn named(code: RefusalCode, (person, other): (PersonId, PersonId)) -> Refusal {
    let refusal = Refusal::from(code).with("person", person.to_string());
    if person == other { refusal } else { refusal.with("relative", other.to_string()) }
}

fn check_representatives(
    after: &Roster,
    jurisdiction: &Jurisdiction,
    procedure: &Procedure,
) -> Result<Vec<crate::tally::Test>, Refusal> {
    let composition = after.composition(procedure);
    if let Some(failed) = composition.iter().find(|test| !test.met) {
        return Err(Refusal::from(RefusalCode::CompositionNotMet)
            .with("rule", failed.what.as_str())
            .with("part", failed.part)
            .with("whole", failed.whole)
            .with("least", failed.fraction().least(failed.whole))
            .by(&failed.basis));
    }
    let households = u64::from(electorate(jurisdiction)?.households);
    let representatives = after.roll(RollKind::Representatives).len() as u64;
    if let Some(least) = procedure.rolls.representatives_least.as_ref().filter(|l| representatives < l.number.into()) {
        return Err(Refusal::from(RefusalCode::RepresentativesTooFew)
            .with("representatives", representatives)
            .with("least", u64::from(least.number))
            .by(&least.basis));
    }
    let Some(range) = &procedure.rolls.households_per_representative else { return Ok(composition) };
    // Exact: least x representatives <= households <= most x representatives.
    if households < range.least * representatives || households > range.most * representatives {
        return Err(Refusal::from(RefusalCode::HouseholdsPerRepresentative)
            .with("households", households)
            .with("representatives", representatives)
            .with("least", range.least)
            .with("most", range.most)
            .by(&range.basis));
    }
    Ok(composition)
}
