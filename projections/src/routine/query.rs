//! What each village owes in each period.

use jiff::ToSpan;
use jiff::civil::Date;
use siyi_domain::calendar::{days_between, plus_days};
use siyi_domain::ids::{JurisdictionCode, Level};
use siyi_domain::procedure::{Basis, Cycle, PeriodicRule, Procedure, RoutineKind};
use siyi_domain::rules::Rules;

use super::{Done, PlaceRow, done_prefix};
use crate::shelf::{Shelf, ShelfError};

/// A duty of a village in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutineDuty {
    /// The village or community.
    pub jurisdiction: JurisdictionCode,
    /// What.
    pub kind: RoutineKind,
    /// How often.
    pub every: Cycle,
    /// First day of the period.
    pub first_day: Date,
    /// Last day of the period.
    pub last_day: Date,
    /// How many times it is owed in the period.
    pub times_needed: u32,
    /// What fulfils it, the earliest first.
    pub done: Vec<Done>,
    /// Last day by which it must have been done.
    pub due_on: Date,
    /// Whether that day is past and it is not done.
    pub overdue: bool,
    /// Days since the last day; 0 where it is not overdue.
    pub days_overdue: u32,
    /// The levels that are told of it by now, the lowest first.
    pub told: Vec<Level>,
    /// Where the rule comes from.
    pub basis: Basis,
}

impl RoutineDuty {
    /// How many times it was done in the period.
    #[must_use]
    pub fn times_done(&self) -> u32 {
        u32::try_from(self.done.len()).unwrap_or(u32::MAX)
    }

    /// Whether it was done as often as is owed.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.times_done() >= self.times_needed
    }
}

/// Of each village of a subtree: every duty of the periods that `today` lies in, and every one of earlier periods that is not
/// done. In the order of code, then of kinds, then of periods.
///
/// # Errors
/// [`ShelfError`].
pub fn duties(
    shelf: &Shelf,
    rules: &Rules,
    within: Option<&JurisdictionCode>,
    today: Date,
) -> Result<Vec<RoutineDuty>, ShelfError> {
    let mut duties = Vec::new();
    for entry in shelf.scan(&places(within)) {
        let place: PlaceRow = postcard::from_bytes(&entry?.1)?;
        duties.extend(of_place(shelf, rules, &place, today)?);
    }
    Ok(duties)
}

/// The duties of a subtree whose last day is past, the oldest first, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn overdue(
    shelf: &Shelf,
    rules: &Rules,
    within: Option<&JurisdictionCode>,
    today: Date,
    limit: usize,
) -> Result<Vec<RoutineDuty>, ShelfError> {
    let mut overdue = duties(shelf, rules, within, today)?;
    overdue.retain(|duty| duty.overdue);
    overdue.sort_by(|one, other| (one.due_on, &one.jurisdiction).cmp(&(other.due_on, &other.jurisdiction)));
    overdue.truncate(limit);
    Ok(overdue)
}

fn places(within: Option<&JurisdictionCode>) -> Vec<u8> {
    format!("j/{}", within.map_or("", JurisdictionCode::prefix)).into_bytes()
}

/// The days on which periods begin to be owed: that of registration, and the first of each month after it.
fn beginnings(place: &PlaceRow, today: Date) -> Vec<Date> {
    let mut days = Vec::new();
    let mut day = place.registered_on;
    while day <= today {
        days.push(day);
        let Ok(next) = day.first_of_month().checked_add(1.month()) else { break };
        day = next;
    }
    days
}

fn of_place(shelf: &Shelf, rules: &Rules, place: &PlaceRow, today: Date) -> Result<Vec<RoutineDuty>, ShelfError> {
    let mut owed: Vec<RoutineDuty> = Vec::new();
    for day in beginnings(place, today) {
        let Some(pack) = place.procedure(rules, day) else { continue };
        for rule in &pack.periodic {
            // Only the month in which a period begins brings it; the period of registration is owed from its middle.
            if day != place.registered_on && rule.every.first_day(day) != day {
                continue;
            }
            let duty = duty(shelf, place, (pack, rule), day, today)?;
            if duty.last_day >= today || !duty.is_done() {
                owed.push(duty);
            }
        }
    }
    owed.sort_by_key(|duty| (duty.kind, duty.first_day));
    Ok(owed)
}

fn duty(
    shelf: &Shelf,
    place: &PlaceRow,
    (pack, rule): (&Procedure, &PeriodicRule),
    day: Date,
    today: Date,
) -> Result<RoutineDuty, ShelfError> {
    let (first_day, last_day) = (rule.every.first_day(day), rule.every.last_day(day));
    let due_on = plus_days(last_day, i64::from(rule.grace_days)).unwrap_or(last_day);
    let done = done_within(shelf, place, rule.kind, first_day, last_day)?;
    let missing = u32::try_from(done.len()).unwrap_or(u32::MAX) < rule.times;
    let overdue = missing && due_on < today;
    let days_overdue = if overdue { u32::try_from(days_between(due_on, today)).unwrap_or_default() } else { 0 };
    let told = pack.escalation.iter().filter(|step| overdue && days_overdue >= u32::from(step.after.days));
    let mut told: Vec<Level> = told.map(|step| step.level).collect();
    // Levels are ordered from the province down.
    told.sort_unstable_by(|one, other| other.cmp(one));
    Ok(RoutineDuty {
        jurisdiction: place.code.clone(),
        kind: rule.kind,
        every: rule.every,
        first_day,
        last_day,
        times_needed: rule.times,
        done,
        due_on,
        overdue,
        days_overdue,
        told,
        basis: rule.basis.clone(),
    })
}

fn done_within(
    shelf: &Shelf,
    place: &PlaceRow,
    kind: RoutineKind,
    first_day: Date,
    last_day: Date,
) -> Result<Vec<Done>, ShelfError> {
    let prefix = done_prefix(&place.code, kind);
    let from = format!("{prefix}{first_day}").into_bytes();
    // `~` sorts after the `/` behind a day.
    let until = format!("{prefix}{last_day}~").into_bytes();
    shelf.range(from..until).map(|entry| Ok(postcard::from_bytes(&entry?.1)?)).collect()
}
