//! 户签字: before a levy is decided, each household is asked and signs (LEVY-2007).

use std::collections::BTreeSet;

use super::commands::{CloseSignatures, CollectSignatures};
use super::deliberation::{check_papers, passes};
use super::events::{SignaturesClosed, SignaturesCollected};
use super::{Case, Decision, MAX_HOUSEHOLDS_AT_ONCE, MAX_PAPERS, check_entries};
use crate::office::RollKind;
use crate::procedure::StepKind;
use crate::refusal::{Refusal, RefusalCode};
use crate::tally::Test;

pub(super) fn collect(case: Case<'_>, at: &str, command: &CollectSignatures) -> Decision {
    case.step_of_kind(at, StepKind::Signatures, "collectSignatures")?;
    check_entries(command.households.len(), MAX_HOUSEHOLDS_AT_ONCE)?;
    if command.households.is_empty() {
        return Err(RefusalCode::EntriesMissing.into());
    }
    let roll = case.village.roster.roll(RollKind::Households);
    let known: BTreeSet<_> = roll.iter().filter_map(|member| member.household.as_ref()).collect();
    let mut seen = BTreeSet::new();
    for household in &command.households {
        if !known.contains(household) {
            return Err(Refusal::from(RefusalCode::HouseholdUnknown).with("household", household.as_str()));
        }
        if case.matter.signed.contains(household) || !seen.insert(household) {
            return Err(Refusal::from(RefusalCode::HouseholdTwice).with("household", household.as_str()));
        }
    }
    Ok(vec![SignaturesCollected { households: command.households.clone() }.into()])
}

pub(super) fn close(case: Case<'_>, at: &str, command: &CloseSignatures) -> Decision {
    let step = case.step_of_kind(at, StepKind::Signatures, "closeSignatures")?;
    check_entries(command.papers.len(), MAX_PAPERS)?;
    let Some(share) = &step.signatures else { return Err(RefusalCode::StepOutOfOrder.into()) };
    let whole = case.village.roster.whole_of(share.of, case.village.jurisdiction);
    let whole = whole.ok_or_else(|| Refusal::from(RefusalCode::ElectorateUnknown).by(&share.basis))?;
    let signed = Test::of("household_signatures", case.matter.signed.len() as u64, whole, share);
    if !signed.met {
        return Err(Refusal::from(RefusalCode::SignaturesTooFew)
            .with("signed", signed.part)
            .with("households", signed.whole)
            .with("least", signed.fraction().least(signed.whole))
            .by(&signed.basis));
    }
    check_papers(&step.papers, &command.papers)?;
    let mut events = vec![SignaturesClosed { step: step.code.clone(), signed, papers: command.papers.clone() }.into()];
    events.extend(passes(case, &step.code, "", None)?);
    Ok(events)
}
