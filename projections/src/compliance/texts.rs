//! The same resolution in many villages.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::calendar::days_between;
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{ConsultationId, JurisdictionCode, Paragraph};
use siyi_log::canonical::sha256;

use super::desk::{Desk, Seen};
use super::flag::{Evidence, Severity, Sighting};
use super::matter::MatterRow;
use crate::shelf::ShelfError;

/// So many villages with one text are worth a look.
const VILLAGES: usize = 3;
/// Within so many days of each other.
const DAYS: i32 = 7;
/// Resolutions that are remembered of one text.
const MAX_OF_ONE_TEXT: usize = 32;

/// A resolution with a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Resolved {
    jurisdiction: JurisdictionCode,
    matter: ConsultationId,
    on: Date,
    evidence: Evidence,
}

/// 多村同文: each of the villages has a flag of its own, since each has to say how it came by its words.
pub(super) fn look(
    matter: &MatterRow,
    text: &Paragraph,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let digest: String = sha256(text.as_str().trim().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let key = format!("t/{digest}").into_bytes();
    let mut all: Vec<Resolved> = desk.writes.row(&key)?.unwrap_or_default();
    if all.len() >= MAX_OF_ONE_TEXT {
        all.remove(0);
    }
    let on = seen.day();
    all.push(Resolved { jurisdiction: matter.jurisdiction.clone(), matter: seen.id, on, evidence: seen.evidence() });
    desk.writes.put(key, &all)?;
    let short: String = digest.chars().take(16).collect();
    let of_the_week = fullest_week(&all, on);
    let villages: BTreeSet<_> = of_the_week.iter().map(|resolved| &resolved.jurisdiction).collect();
    if villages.len() < VILLAGES {
        return Ok(());
    }
    for resolved in &of_the_week {
        let sighting = Sighting::new(
            FlagPattern::SameTextElsewhere,
            format!("{}/text-{short}", resolved.matter),
            Severity::Warning,
        )
        .by(of_the_week.iter().map(|resolved| resolved.evidence.clone()))
        .with("villages", &villages.len())
        .with("resolved_on", &resolved.on);
        desk.raise(&resolved.jurisdiction, Some(resolved.matter), seen.recorded, sighting)?;
    }
    Ok(())
}

/// Of the weeks that a day lies in, the resolutions of the one in which most villages resolved.
fn fullest_week(all: &[Resolved], day: Date) -> Vec<&Resolved> {
    let week = |first: Date| -> Vec<&Resolved> {
        let within = |resolved: &&Resolved| (0..=DAYS).contains(&days_between(first, resolved.on));
        all.iter().filter(within).collect()
    };
    let starts = all.iter().map(|resolved| resolved.on).filter(|first| (0..=DAYS).contains(&days_between(*first, day)));
    let villages = |week: &[&Resolved]| week.iter().map(|r| &r.jurisdiction).collect::<BTreeSet<_>>().len();
    starts.map(week).max_by_key(|week| (villages(week), week.len())).unwrap_or_default()
}
