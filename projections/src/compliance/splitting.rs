//! 化整为零: amounts that each stay below the limit of the light road, and together do not.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{ConsultationId, Fen, MatterCode};
use siyi_domain::matters::Lane;

use super::desk::{Desk, Seen};
use super::flag::{Evidence, Severity, Sighting};
use super::matter::MatterRow;
use super::village::MAX_A_YEAR;
use crate::shelf::ShelfError;

/// What a matter costs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Amount {
    pub(super) matter: ConsultationId,
    pub(super) on: Date,
    pub(super) amount: Fen,
    pub(super) contractor: Option<String>,
    pub(super) codes: Vec<MatterCode>,
    /// Whether it went by the light road.
    pub(super) light: bool,
    pub(super) evidence: Vec<Evidence>,
}

/// Adds an amount; a contract takes the place of what its matter was resolved to cost, on the day of the resolution.
pub(super) fn note(amounts: &mut Vec<Amount>, mut new: Amount) {
    if let Some(known) = amounts.iter_mut().find(|known| known.matter == new.matter) {
        new.on = known.on;
        new.evidence.splice(0..0, known.evidence.iter().cloned());
        *known = new;
        return;
    }
    amounts.push(new);
    if amounts.len() > MAX_A_YEAR {
        amounts.remove(0);
    }
}

pub(super) fn look(
    matter: &MatterRow,
    amounts: &[Amount],
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let Some(pack) = desk.pack(matter, seen.recorded) else { return Ok(()) };
    let limit = pack.lane(Lane::Light).and_then(|lane| lane.limit.as_ref()).map(|limit| limit.fen);
    let (Some(rule), Some(limit)) = (&pack.splitting, limit) else { return Ok(()) };
    let below: Vec<&Amount> = amounts.iter().filter(|amount| amount.amount <= limit).collect();
    let Some(new) = below.iter().copied().find(|amount| amount.matter == seen.id) else { return Ok(()) };
    let months = i64::from(rule.months).months();
    // Every window of so many months that the new amount lies in; others may be dated after it.
    let ends: BTreeSet<Date> = below.iter().map(|amount| amount.on).filter(|end| new.on <= *end).collect();
    for end in ends {
        let since = end.checked_sub(months).unwrap_or(end);
        if since >= new.on {
            break;
        }
        let window: Vec<&Amount> = below.iter().copied().filter(|a| since < a.on && a.on <= end).collect();
        for (what, parts) in groups(&window, new, limit) {
            raise(&what, &parts, (limit, rule.months), (matter, seen, &mut *desk))?;
        }
    }
    Ok(())
}

/// The amounts of a window that belong together with the new one, and why.
fn groups<'a>(window: &[&'a Amount], new: &Amount, limit: Fen) -> Vec<(String, Vec<&'a Amount>)> {
    let of = |belongs: &dyn Fn(&Amount) -> bool| window.iter().copied().filter(|a| belongs(a)).collect::<Vec<_>>();
    let mut groups = Vec::new();
    if new.contractor.is_some() {
        groups.push(("contractor".to_owned(), of(&|amount| amount.contractor == new.contractor)));
    }
    for code in new.codes.iter().filter(|_| new.light) {
        groups.push((code.to_string(), of(&|amount| amount.light && amount.codes.contains(code))));
    }
    groups.retain(|(_, parts)| parts.len() > 1 && parts.iter().map(|part| part.amount).sum::<Fen>() > limit);
    // Two sums a hair under the limit are worth a look even where neither contractor nor kind is the same.
    let near = |amount: &Amount| amount.light && u128::from(amount.amount.0) * 10 >= u128::from(limit.0) * 9;
    if groups.is_empty() && near(new) {
        groups.push(("near-limit".to_owned(), of(&near)));
        groups.retain(|(_, parts)| parts.len() > 1);
    }
    groups
}

fn raise(
    what: &str,
    parts: &[&Amount],
    (limit, months): (Fen, u16),
    (matter, seen, desk): (&MatterRow, Seen<'_>, &mut Desk<'_, '_>),
) -> Result<(), ShelfError> {
    let light = parts.iter().filter(|part| part.light).count();
    // What went the whole road was resolved by everybody, however it was cut.
    let severity = match light {
        0 => Severity::Info,
        light if light < parts.len() => Severity::Warning,
        _ => Severity::Serious,
    };
    let first = parts.iter().map(|part| part.matter).next().unwrap_or(seen.id);
    let sighting = Sighting::new(FlagPattern::Splitting, format!("{what}/{first}"), severity)
        .by(parts.iter().flat_map(|part| part.evidence.iter().cloned()))
        .with("sum_fen", &parts.iter().map(|part| part.amount).sum::<Fen>().0)
        .with("limit_fen", &limit.0)
        .with("parts", &parts.len())
        .with("months", &months);
    desk.raise(&matter.jurisdiction, None, seen.recorded, sighting)
}
