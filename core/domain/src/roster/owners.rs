//! 业主名册: the units of an estate with their areas, for decisions by number and by area (Civil Code art. 278).

use std::collections::BTreeSet;

use super::{FileOwnersRoll, OwnersListed, OwnersRollFiled, Roster, RosterEvent};
use crate::refusal::{Refusal, RefusalCode};

/// Most units of an estate.
pub const MAX_UNITS: usize = 8_000;
/// Units in one part, so that the event stays under 8 KiB.
const PART_UNITS: usize = 70;

pub(super) fn file(state: &Roster, command: &FileOwnersRoll) -> Result<Vec<RosterEvent>, Refusal> {
    let units = &command.units;
    if units.is_empty() {
        return Err(RefusalCode::EntriesMissing.into());
    }
    if units.len() > MAX_UNITS {
        return Err(Refusal::from(RefusalCode::TooManyEntries)
            .with("entries", units.len() as u64)
            .with("limit", MAX_UNITS as u64));
    }
    let mut seen = BTreeSet::new();
    for unit in units {
        state.known(unit.owner)?;
        if !seen.insert(&unit.unit) {
            return Err(Refusal::from(RefusalCode::UnitTwice).with("unit", unit.unit.as_str()));
        }
        if unit.area_dm2 == 0 {
            return Err(Refusal::from(RefusalCode::AmountOutOfRange).with("area_dm2", 0u64));
        }
    }
    let owners: BTreeSet<_> = units.iter().map(|unit| unit.owner).collect();
    let mut events: Vec<RosterEvent> = (1..)
        .zip(units.chunks(PART_UNITS))
        .map(|(part, units)| OwnersListed { part, units: units.to_vec() }.into())
        .collect();
    let filed = OwnersRollFiled {
        parts: u16::try_from(events.len()).unwrap_or(u16::MAX),
        units: u32::try_from(units.len()).unwrap_or(u32::MAX),
        owners: u32::try_from(owners.len()).unwrap_or(u32::MAX),
        area_dm2: units.iter().map(|unit| u64::from(unit.area_dm2)).sum(),
    };
    events.push(filed.into());
    Ok(events)
}
