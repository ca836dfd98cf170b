//! 例行事项: what is owed once in each period.

use super::{Jurisdiction, JurisdictionEvent, RecordRoutine, RoutineDone, check_office};
use crate::context::Context;
use crate::ids::JurisdictionCode;
use crate::refusal::{Refusal, RefusalCode};

/// The procedure must know the routine, and a period that has not begun cannot have been served.
pub(super) fn record(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    command: &RecordRoutine,
    context: &Context<'_>,
) -> Result<Vec<JurisdictionEvent>, Refusal> {
    check_office(state, code, "recordRoutine", context)?;
    let pack = state.procedure(code, context.rules, context.day());
    let rule = pack.and_then(|pack| pack.periodic.iter().find(|rule| rule.kind == command.kind));
    let Some(rule) = rule else {
        return Err(Refusal::from(RefusalCode::RuleUnknown).with("rule", crate::wire::name(&command.kind)));
    };
    let first = rule.every.first_day(command.period);
    if first > context.day() {
        return Err(Refusal::from(RefusalCode::ActsOutOfOrder)
            .with("occurred_at", context.occurred_at.to_string())
            .with("not_before", first.to_string())
            .by(&rule.basis));
    }
    let done = RoutineDone {
        kind: command.kind,
        period: command.period,
        summary: command.summary.clone(),
        paper: command.paper.clone(),
    };
    Ok(vec![done.into()])
}
