//! What a place decides about its own rules: which variant it follows, and which numbers it sets more strictly.

use super::{AdjustProcedure, AdoptProcedure, Jurisdiction, JurisdictionEvent, ProcedureAdjusted, ProcedureAdopted};
use super::{check_office, village};
use crate::context::Context;
use crate::ids::JurisdictionCode;
use crate::procedure::Fit;
use crate::refusal::{Refusal, RefusalCode};

/// A variant must be made for this kind of place and for its region, and be in force when it begins to bind.
pub(super) fn adopt(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    command: &AdoptProcedure,
    context: &Context<'_>,
) -> Result<Vec<JurisdictionEvent>, Refusal> {
    check_office(state, code, "adoptProcedure", context)?;
    let kind = village(state, code)?.kind;
    let fits = |pack: &&crate::procedure::Procedure| {
        let here = pack.region_prefixes.iter().any(|prefix| code.as_str().starts_with(prefix.as_str()));
        pack.applies_to.contains(&kind)
            && pack.in_force_on(command.from)
            && (here || pack.region_prefixes.is_empty() || pack.by_adoption)
    };
    let Some(pack) = context.rules.procedure(&command.procedure).filter(fits) else {
        return Err(Refusal::from(RefusalCode::NoProcedureInForce)
            .with("procedure", command.procedure.chars().take(80).collect::<String>())
            .with("day", command.from.to_string()));
    };
    check_not_before(command.from, context)?;
    let adopted = ProcedureAdopted {
        procedure: pack.id.clone(),
        procedure_version: pack.version,
        from: command.from,
        paper: command.paper.clone(),
    };
    Ok(vec![adopted.into()])
}

/// A place may tighten a number, never loosen it; a documented reading of the pack may be chosen.
pub(super) fn adjust(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    command: &AdjustProcedure,
    context: &Context<'_>,
) -> Result<Vec<JurisdictionEvent>, Refusal> {
    check_office(state, code, "adjustProcedure", context)?;
    let adjustment = &command.adjustment;
    check_not_before(adjustment.from, context)?;
    let Some(pack) = state.procedure(code, context.rules, adjustment.from) else {
        return Err(Refusal::from(RefusalCode::NoProcedureInForce).with("day", adjustment.from.to_string()));
    };
    let rule = crate::wire::name(&adjustment.rule);
    match adjustment.fit(pack) {
        Fit::Stricter => {
            Ok(vec![ProcedureAdjusted { adjustment: adjustment.clone(), paper: command.paper.clone() }.into()])
        }
        Fit::Looser => {
            let refusal = Refusal::from(RefusalCode::LooserThanProcedure).with("rule", rule);
            Err(match adjustment.stands_against(pack) {
                Some((number, basis)) => refusal.with("number", number).by(&basis),
                None => refusal,
            })
        }
        Fit::Nowhere => Err(Refusal::from(RefusalCode::RuleUnknown).with("rule", rule)),
    }
}

/// A rule binds from a day on that is not past: nobody is judged by a rule that was not there yet.
fn check_not_before(from: jiff::civil::Date, context: &Context<'_>) -> Result<(), Refusal> {
    if from >= context.day() {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::ActsOutOfOrder)
        .with("from", from.to_string())
        .with("not_before", context.day().to_string()))
}
