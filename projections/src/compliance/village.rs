//! What is remembered of a village, and the patterns that only show over many matters.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::events::{ContractSigned, DecisionMade};
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use siyi_domain::matters::Lane;
use siyi_domain::office::RollKind;
use siyi_domain::roster::RosterEvent;
use siyi_log::envelope::Recorded;

use super::desk::{Desk, Seen};
use super::flag::{Evidence, MAX_EVIDENCE, Severity, Sighting};
use super::matter::MatterRow;
use super::splitting::{self, Amount};
use crate::shelf::ShelfError;

/// Matters of a year that are remembered; a village has far fewer.
pub(super) const MAX_A_YEAR: usize = 400;
/// So many last steps without a voice against are worth a look, twice as many a closer one.
const STREAK: usize = 5;
/// So many of a kind at least before a share says anything.
const OFTEN: usize = 3;

/// A village as the patterns need it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct VillageRow {
    supervisors: Vec<PersonId>,
    committee: Vec<PersonId>,
    /// The members of the roll that is being filed.
    listed: Vec<PersonId>,
    kin: Vec<(PersonId, PersonId, Evidence)>,
    /// The last decisions without a voice against, the oldest first.
    unanimous: Vec<Evidence>,
    /// How many they are.
    streak: u32,
    screened: Vec<Noted>,
    moved: Vec<Noted>,
    pub(super) amounts: Vec<Amount>,
}

/// A matter in a count of the last twelve months.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noted {
    matter: ConsultationId,
    on: Date,
    /// Whether it is of the kind that is counted.
    of_the_kind: bool,
    evidence: Evidence,
}

/// The matters of the twelve months up to a day.
fn of_the_year(noted: &[Noted], until: Date) -> Vec<&Noted> {
    let since = until.checked_sub(12.months()).unwrap_or(until);
    noted.iter().filter(|noted| since < noted.on && noted.on <= until).collect()
}

/// Adds a matter, in place of what was noted of it before, and forgets what is older than the year before the newest.
fn note(noted: &mut Vec<Noted>, new: Noted) {
    noted.retain(|known| known.matter != new.matter);
    noted.push(new);
    let newest = noted.iter().map(|known| known.on).max().unwrap_or_default();
    // Acts may be recorded late, so twice the year is kept.
    let since = newest.checked_sub(24.months()).unwrap_or(newest);
    noted.retain(|known| known.on > since);
    if noted.len() > MAX_A_YEAR {
        noted.remove(0);
    }
}

/// Raises a flag of the village where at least [`OFTEN`] matters of the year, and more than the share, are of the kind.
fn often(
    pattern: FlagPattern,
    (num, den): (usize, usize),
    year: &[&Noted],
    matter: &MatterRow,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let of_the_kind: Vec<&&Noted> = year.iter().filter(|noted| noted.of_the_kind).collect();
    if of_the_kind.len() < OFTEN || of_the_kind.len() * den <= year.len() * num {
        return Ok(());
    }
    let subject = seen.day().year().to_string();
    let sighting = Sighting::new(pattern, subject, Severity::Warning)
        .by(of_the_kind.iter().map(|noted| noted.evidence.clone()))
        .with("of_the_kind", &of_the_kind.len())
        .with("matters", &year.len())
        .with("share_allowed", &format!("{num}/{den}"));
    desk.raise(&matter.jurisdiction, None, seen.recorded, sighting)
}

/// 上级安排占比过高: more than half of a year's motions, and three at least.
pub(super) fn raised(
    matter: &MatterRow,
    from_above: bool,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let mut village = desk.take_village(&matter.jurisdiction)?;
    note(
        &mut village.moved,
        Noted { matter: seen.id, on: seen.day(), of_the_kind: from_above, evidence: seen.evidence() },
    );
    let year = of_the_year(&village.moved, seen.day());
    often(FlagPattern::OrderedFromAbove, (1, 2), &year, matter, seen, desk)?;
    desk.put_village(&matter.jurisdiction, village);
    Ok(())
}

/// 应急程序使用频繁: more than a fifth of a year's matters, and three at least.
pub(super) fn screened(matter: &MatterRow, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let mut village = desk.take_village(&matter.jurisdiction)?;
    note(
        &mut village.screened,
        Noted {
            matter: seen.id,
            on: seen.day(),
            of_the_kind: matter.lane == Lane::Emergency,
            evidence: seen.evidence(),
        },
    );
    let year = of_the_year(&village.screened, seen.day());
    often(FlagPattern::EmergencyOften, (1, 5), &year, matter, seen, desk)?;
    desk.put_village(&matter.jurisdiction, village);
    Ok(())
}

/// 长期无不同意见: the last steps of five matters in a row without a vote against and without an abstention.
pub(super) fn voted(
    matter: &MatterRow,
    e: &DecisionMade,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let mut village = desk.take_village(&matter.jurisdiction)?;
    if e.counts.against > 0 || e.counts.abstain > 0 {
        village.end_streak();
    } else {
        village.streak += 1;
        if village.unanimous.len() < MAX_EVIDENCE {
            village.unanimous.push(seen.evidence());
        }
        let streak = village.streak as usize;
        if streak >= STREAK {
            let severity = if streak >= 2 * STREAK { Severity::Warning } else { Severity::Info };
            let first = village.unanimous.first().and_then(|first| first.matter).unwrap_or(seen.id);
            let sighting = Sighting::new(FlagPattern::ZeroDissent, format!("since-{first}"), severity)
                .by(village.unanimous.iter().cloned().chain([seen.evidence()]))
                .with("decisions", &streak);
            desk.raise(&matter.jurisdiction, None, seen.recorded, sighting)?;
        }
    }
    desk.put_village(&matter.jurisdiction, village);
    Ok(())
}

/// What a light matter may cost once it is resolved.
pub(super) fn resolved(matter: &MatterRow, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    if matter.lane != Lane::Light || matter.budget.0 == 0 {
        return Ok(());
    }
    let amount = Amount {
        matter: seen.id,
        on: seen.day(),
        amount: matter.budget,
        contractor: None,
        codes: matter.screened_as.clone(),
        light: true,
        evidence: vec![seen.evidence()],
    };
    spend(matter, amount, seen, desk)
}

/// What a contract costs, in place of what its matter was resolved to cost.
pub(super) fn contracted(
    matter: &MatterRow,
    e: &ContractSigned,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let amount = Amount {
        matter: seen.id,
        on: seen.day(),
        amount: e.terms.sum_fen,
        contractor: Some(e.terms.contractor.to_string()),
        codes: matter.screened_as.clone(),
        light: matter.lane == Lane::Light,
        evidence: vec![seen.evidence()],
    };
    spend(matter, amount, seen, desk)
}

fn spend(matter: &MatterRow, amount: Amount, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let mut village = desk.take_village(&matter.jurisdiction)?;
    splitting::note(&mut village.amounts, amount);
    splitting::look(matter, &village.amounts, seen, desk)?;
    desk.put_village(&matter.jurisdiction, village);
    Ok(())
}

impl VillageRow {
    /// Whoever looked into a row of unanimous decisions begins to count anew.
    pub(super) fn end_streak(&mut self) {
        self.unanimous.clear();
        self.streak = 0;
    }
}

/// 监督委员会成员与村委会成员有近亲属关系: declared, while both stand on their rolls.
pub(super) fn roster(
    code: &JurisdictionCode,
    event: &RosterEvent,
    recorded: &Recorded,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let mut village = desk.take_village(code)?;
    match event {
        RosterEvent::RollMembersListed(e) if is_watched(e.roll) => {
            village.listed.extend(e.members.iter().map(|member| member.person));
        }
        RosterEvent::RollFiled(e) => {
            let listed = std::mem::take(&mut village.listed);
            match e.roll {
                RollKind::SupervisoryCommittee => village.supervisors = listed,
                RollKind::VillageCommittee => village.committee = listed,
                _ => {}
            }
            if is_watched(e.roll) {
                relatives(code, &village, recorded, desk)?;
            }
        }
        RosterEvent::KinshipDeclared(e) => {
            village.kin.push((e.person, e.relative, Evidence::of(recorded, None)));
            relatives(code, &village, recorded, desk)?;
        }
        _ => {}
    }
    desk.put_village(code, village);
    Ok(())
}

const fn is_watched(roll: RollKind) -> bool {
    matches!(roll, RollKind::SupervisoryCommittee | RollKind::VillageCommittee)
}

fn relatives(
    code: &JurisdictionCode,
    village: &VillageRow,
    recorded: &Recorded,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    for (one, other, evidence) in &village.kin {
        let sits = |supervisor: &PersonId, member: &PersonId| {
            village.supervisors.contains(supervisor) && village.committee.contains(member)
        };
        if !sits(one, other) && !sits(other, one) {
            continue;
        }
        let (first, second) = (one.min(other), one.max(other));
        let sighting = Sighting::new(FlagPattern::SupervisorsRelatives, format!("{first}/{second}"), Severity::Serious)
            .by([evidence.clone()])
            .of_persons([*one, *other]);
        desk.raise(code, None, recorded, sighting)?;
    }
    Ok(())
}
