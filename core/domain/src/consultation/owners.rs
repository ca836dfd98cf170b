//! 业主共同决定 (Civil Code art. 278): owners decide by number and by area, beside the residents and never replaced by them.

use std::collections::{BTreeMap, BTreeSet};

use super::commands::{CloseOwnersPoll, RecordOwnersVotes};
use super::deliberation::{lost, passes};
use super::events::{OwnersDecided, OwnersVoted};
use super::facts::{Choice, Outcome};
use super::standing::Stage;
use super::{Case, Decision, MAX_UNIT_VOTES, check_entries};
use crate::ids::{HouseholdNo, PersonId};
use crate::procedure::{OwnersRules, Share, StepKind};
use crate::refusal::{Refusal, RefusalCode};
use crate::roster::Unit;
use crate::tally::Test;

pub(super) fn vote(case: Case<'_>, command: &RecordOwnersVotes) -> Decision {
    open_poll(case)?;
    check_entries(command.votes.len(), MAX_UNIT_VOTES)?;
    if command.votes.is_empty() {
        return Err(RefusalCode::EntriesMissing.into());
    }
    let known: BTreeSet<&HouseholdNo> = case.village.roster.estate.iter().map(|unit| &unit.unit).collect();
    let mut seen = BTreeSet::new();
    for vote in &command.votes {
        if !known.contains(&vote.unit) {
            return Err(Refusal::from(RefusalCode::UnitUnknown).with("unit", vote.unit.as_str()));
        }
        if case.matter.unit_votes.contains_key(&vote.unit) || !seen.insert(&vote.unit) {
            return Err(Refusal::from(RefusalCode::UnitTwice).with("unit", vote.unit.as_str()));
        }
    }
    Ok(vec![OwnersVoted { votes: command.votes.clone() }.into()])
}

pub(super) fn close(case: Case<'_>, command: &CloseOwnersPoll) -> Decision {
    let rules = open_poll(case)?;
    let tests = tests(case, rules);
    let outcome = if tests.iter().all(|test| test.met) { Outcome::Carried } else { Outcome::Lost };
    let mut events = vec![OwnersDecided { tests, outcome, paper: command.paper.clone() }.into()];
    // Where the owners alone decide, theirs is the step.
    if let Stage::Step { code, .. } = &case.matter.standing.stage
        && let Some(step) = case.procedure.step(code).filter(|step| step.kind == StepKind::Owners)
    {
        match outcome {
            Outcome::Carried => {
                let text = case.matter.plan.as_ref().map(|plan| plan.text.clone());
                events.extend(passes(case, code, "", text)?);
            }
            Outcome::Lost => events.push(lost(case, step)),
        }
    }
    Ok(events)
}

/// A poll is open while the owners must decide and have not agreed yet, and their units are known.
fn open_poll(case: Case<'_>) -> Result<&OwnersRules, Refusal> {
    case.check_order()?;
    let standing = &case.matter.standing;
    let Some(rules) = case.procedure.owners.as_ref().filter(|_| standing.linked_owners) else {
        return Err(RefusalCode::NoOwnersDecision.into());
    };
    if standing.owners == Some(Outcome::Carried) {
        return Err(RefusalCode::DecidedAlready.into());
    }
    // Where the owners alone decide, the plan is what they vote on.
    let step = standing.step().and_then(|code| case.procedure.step(code));
    if step.is_some_and(|step| step.kind == StepKind::Owners) && case.matter.plan.is_none() {
        return Err(RefusalCode::PlanMissing.into());
    }
    if case.village.roster.estate.is_empty() {
        return Err(Refusal::from(RefusalCode::RollMissing).with("roll", "owners"));
    }
    Ok(rules)
}

/// Participation and agreement, each by owners and by area. An owner of several units counts once, and is in favour only if
/// all the units that voted are.
fn tests(case: Case<'_>, rules: &OwnersRules) -> Vec<Test> {
    let codes = &case.matter.matters;
    let day = case.context.day();
    let special = codes.iter().filter_map(|code| case.context.rules.matters.find(code, day)).any(|r| r.special_owners);
    let agreed = if special { &rules.special } else { &rules.ordinary };
    let estate = &case.village.roster.estate;
    let votes = &case.matter.unit_votes;
    let voted = |unit: &&Unit| votes.contains_key(&unit.unit);
    let in_favour = |unit: &&Unit| votes.get(&unit.unit) == Some(&Choice::For);
    let mut owners: BTreeMap<PersonId, (bool, bool)> = BTreeMap::new();
    for unit in estate {
        let owner = owners.entry(unit.owner).or_insert((false, true));
        if votes.contains_key(&unit.unit) {
            owner.0 = true;
            owner.1 &= in_favour(&unit);
        }
    }
    let taking_part = owners.values().filter(|owner| owner.0).count() as u64;
    let agreeing = owners.values().filter(|owner| owner.0 && owner.1).count() as u64;
    let test = |what: &str, part: u64, whole: u64, share: &Share| Test::of(what, part, whole, share);
    let area_voting = area(estate.iter().filter(voted));
    vec![
        test("owners_taking_part", taking_part, owners.len() as u64, &rules.participation),
        test("area_taking_part", area_voting, area(estate.iter()), &rules.participation),
        test("owners_agreeing", agreeing, taking_part, agreed),
        test("area_agreeing", area(estate.iter().filter(in_favour)), area_voting, agreed),
    ]
}

fn area<'a>(units: impl Iterator<Item = &'a Unit>) -> u64 {
    units.map(|unit| u64::from(unit.area_dm2)).sum()
}
