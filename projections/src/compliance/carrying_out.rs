//! What was done and paid against what was planned and resolved.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::ContractSigned;
use siyi_domain::consultation::facts::{FlagPattern, Outcome};
use siyi_domain::ids::Fen;
use siyi_domain::matters::Lane;
use siyi_domain::procedure::ReopenPurpose;

use super::desk::{Desk, Seen};
use super::flag::{Severity, Sighting};
use super::matter::MatterRow;
use super::{notices, village};
use crate::shelf::ShelfError;

pub(super) fn look(
    matter: &mut MatterRow,
    event: &ConsultationEvent,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    use ConsultationEvent as E;
    match event {
        E::ContractSigned(e) => {
            before_resolution(matter, seen, desk)?;
            signed(matter, e, seen, desk)
        }
        E::WorkStarted(_) => {
            before_resolution(matter, seen, desk)?;
            planned_before_resolution(matter, seen, desk)
        }
        E::ProgressReported(e) => {
            before_resolution(matter, seen, desk)?;
            notices::photo(matter, e.photo.as_ref(), seen, desk)
        }
        E::PaymentRecorded(e) => {
            before_resolution(matter, seen, desk)?;
            let over = u128::from(e.total_fen.0) * 5 > u128::from(matter.budget.0) * 4;
            if !over || matter.mostly_paid || matter.budget == Fen(0) {
                return Ok(());
            }
            matter.mostly_paid = true;
            overspent(matter, Severity::Info, [("paid_fen", e.total_fen)], seen, desk)
        }
        E::VariationApproved(e) => overspent(matter, Severity::Warning, [("variations_fen", e.total_fen)], seen, desk),
        E::WorksAccepted(e) => match matter.contract {
            Some(contract) if e.final_fen > contract => {
                let figures = [("contract_fen", contract), ("final_fen", e.final_fen)];
                overspent(matter, Severity::Serious, figures, seen, desk)
            }
            _ => Ok(()),
        },
        E::DeliberationReopened(_) => {
            matter.detour = true;
            Ok(())
        }
        E::DeliberationConcluded(e) => {
            matter.detour = false;
            let before = matter.budget;
            matter.budget = e.budget_fen.unwrap_or(before);
            if e.purpose == ReopenPurpose::Supplement && e.outcome == Outcome::Carried {
                overspent(matter, Severity::Warning, [("resolved_fen", before)], seen, desk)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// 先实施后补程序: contract, work or payment dated before the first resolution, or with none at all.
fn before_resolution(matter: &MatterRow, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let day = seen.day();
    if matter.resolved_on.is_some_and(|resolved| resolved <= day) {
        return Ok(());
    }
    let mut sighting = Sighting::new(FlagPattern::WorkBeforeResolution, seen.subject("work"), Severity::Serious)
        .by([seen.evidence()])
        .with("done_on", &day);
    if let Some(resolved) = matter.resolved_on {
        sighting = sighting.with("resolved_on", &resolved);
    }
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}

/// Work has begun on a plan that meant to begin before anybody had resolved it. An emergency may.
fn planned_before_resolution(matter: &MatterRow, seen: Seen<'_>, desk: &mut Desk<'_, '_>) -> Result<(), ShelfError> {
    let planned = matter.plan.as_ref().and_then(|plan| Some((plan.planned_start?, &plan.evidence)));
    let (Some((start, drafted)), Some(resolved)) = (planned, matter.resolved_on) else { return Ok(()) };
    if start >= resolved || matter.lane == Lane::Emergency {
        return Ok(());
    }
    let sighting = Sighting::new(FlagPattern::WorkBeforeResolution, seen.subject("work"), Severity::Warning)
        .by([drafted.clone(), seen.evidence()])
        .with("planned_on", &start)
        .with("resolved_on", &resolved);
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}

/// 合同与决议不符: chosen in another way, or dearer, than the plan that was resolved.
fn signed(
    matter: &mut MatterRow,
    e: &ContractSigned,
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    matter.contract = Some(e.terms.sum_fen);
    if let Some(plan) = &matter.plan {
        let otherwise = plan.choice.filter(|choice| *choice != e.terms.choice);
        let dearer = plan.budget.filter(|budget| e.terms.sum_fen > *budget);
        let severity = if dearer.is_some() { Severity::Serious } else { Severity::Warning };
        let mut sighting = Sighting::new(FlagPattern::ContractDiffers, seen.subject("contract"), severity)
            .by([plan.evidence.clone(), seen.evidence()]);
        if let Some(planned) = otherwise {
            sighting = sighting.with("planned_choice", &planned.zh()).with("choice", &e.terms.choice.zh());
        }
        if let Some(budget) = dearer {
            sighting = sighting.with("budget_fen", &budget.0).with("contract_fen", &e.terms.sum_fen.0);
        }
        if otherwise.is_some() || dearer.is_some() {
            desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)?;
        }
    }
    village::contracted(matter, e, seen, desk)
}

/// 超支: one flag for a matter's money, as grave as the gravest that was found.
fn overspent<const N: usize>(
    matter: &MatterRow,
    severity: Severity,
    figures: [(&str, Fen); N],
    seen: Seen<'_>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), ShelfError> {
    let mut sighting = Sighting::new(FlagPattern::Overspending, seen.subject("money"), severity)
        .by([seen.evidence()])
        .with("budget_fen", &matter.budget.0);
    for (name, amount) in figures {
        sighting = sighting.with(name, &amount.0);
    }
    desk.raise(&matter.jurisdiction, Some(seen.id), seen.recorded, sighting)
}
