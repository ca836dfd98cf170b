//! 实施: contract, start, progress, variations, payments, acceptance. Money never exceeds what was resolved.

use super::commands::{
    ApproveVariation, CompleteImplementation, FileWithTownship, RecordAcceptance, RecordPayment, ReportProgress,
    SignContract, StartWork,
};
use super::disclosure::check_objections;
use super::events::{
    ContractSigned, FiledWithTownship, ImplementationCompleted, PaymentRecorded, ProgressReported,
    RectificationOrdered, VariationApproved, WorkStarted, WorksAccepted,
};
use super::facts::{NoticeKind, Outcome, PayeeKind, Verdict};
use super::{Case, Decision, MAX_PERSONS_AT_ONCE, check_entries, check_not_before};
use crate::ids::{Fen, PersonId};
use crate::matters::Lane;
use crate::office::{Office, RollKind};
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn file_with_township(case: Case<'_>, command: &FileWithTownship) -> Decision {
    case.check_after_resolution()?;
    Ok(vec![FiledWithTownship { paper: command.paper.clone() }.into()])
}

pub(super) fn sign_contract(case: Case<'_>, command: &SignContract) -> Decision {
    case.check_after_resolution()?;
    check_works(case)?;
    if case.matter.money.contract.is_some() {
        return Err(RefusalCode::ContractSignedAlready.into());
    }
    check_open(case)?;
    check_owners(case)?;
    check_amount(command.terms.sum_fen)?;
    within(command.terms.sum_fen, case.matter.money.budget)?;
    let agents = command.agents.clone().unwrap_or_default();
    check_agents(case, &agents)?;
    Ok(vec![ContractSigned { terms: command.terms.clone(), agents }.into()])
}

/// Who stands for a firm is appointed contractor in the village; otherwise a name could be put there to spare another.
fn check_agents(case: Case<'_>, agents: &[PersonId]) -> Result<(), Refusal> {
    check_entries(agents.len(), MAX_PERSONS_AT_ONCE)?;
    let day = case.context.day();
    match agents.iter().find(|agent| !case.village.roster.holds(**agent, Office::Contractor, day)) {
        Some(agent) => Err(Refusal::from(RefusalCode::OfficeNotHeld)
            .with("person", agent.to_string())
            .with("office", crate::wire::name(&Office::Contractor))
            .with("on", day.to_string())),
        None => Ok(()),
    }
}

pub(super) fn start(case: Case<'_>, command: &StartWork) -> Decision {
    check_works(case)?;
    if case.matter.standing.started_on.is_some() {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", "executing").with("act", "startWork"));
    }
    check_may_start(case)?;
    Ok(vec![WorkStarted { remark: command.remark.clone() }.into()])
}

/// Carrying out begins when the objection window has ended and nothing in it is left open.
fn check_may_start(case: Case<'_>) -> Result<(), Refusal> {
    check_owners(case)?;
    // In an emergency the danger is met first; both disclosures stay as they are.
    if case.matter.standing.lane == Lane::Emergency {
        return case.check_after_resolution();
    }
    let basis = &case.procedure.implementation.start_after_objections;
    let Some(notice) = case.matter.standing.notice_of(NoticeKind::Resolution) else {
        return Err(Refusal::from(RefusalCode::NoticeNotPosted).by(basis));
    };
    let day = case.context.day();
    if day <= notice.objections_until {
        return Err(Refusal::from(RefusalCode::StartBeforeObjectionsEnd)
            .with("day", day.to_string())
            .with("objections_until", notice.objections_until.to_string())
            .by(basis));
    }
    check_objections(case, notice.no)
}

pub(super) fn report_progress(case: Case<'_>, command: &ReportProgress) -> Decision {
    check_open(case)?;
    check_started(case, "reportProgress")?;
    Ok(vec![ProgressReported { text: command.text.clone(), photo: command.photo.clone() }.into()])
}

/// Within the tolerance the village committee and the supervisors approve together; beyond it a supplementary resolution is
/// needed.
pub(super) fn approve_variation(case: Case<'_>, command: &ApproveVariation) -> Decision {
    case.check_after_resolution()?;
    check_open(case)?;
    let Some(contract) = case.matter.money.contract else {
        return Err(RefusalCode::ContractMissing.into());
    };
    check_entries(command.committee.len() + command.supervisors.len(), MAX_PERSONS_AT_ONCE)?;
    let roster = case.village.roster;
    let committee = roster.count_on(RollKind::VillageCommittee, &command.committee);
    if committee == 0 {
        return Err(case.context.not_competent().with("act", "approveVariation"));
    }
    if roster.count_on(RollKind::SupervisoryCommittee, &command.supervisors) == 0 {
        return Err(RefusalCode::SupervisorsNotSigned.into());
    }
    check_amount(command.amount_fen)?;
    let total = case.matter.money.variations.plus(command.amount_fen);
    let rule = &case.procedure.implementation.variation_tolerance;
    let [num, den] = rule.share;
    // What a supplementary resolution has added does not count against the tolerance.
    let within_tolerance = total.less(case.matter.money.supplements);
    if u128::from(within_tolerance.0) * u128::from(den) > u128::from(contract.0) * u128::from(num) {
        return Err(Refusal::from(RefusalCode::VariationOverTolerance)
            .with("variations_fen", total.0)
            .with("contract_fen", contract.0)
            .with("tolerance", format!("{num}/{den}"))
            .by(&rule.basis));
    }
    within(contract.plus(total), case.matter.money.budget)?;
    let event = VariationApproved {
        amount_fen: command.amount_fen,
        reason: command.reason.clone(),
        committee: command.committee.clone(),
        supervisors: command.supervisors.clone(),
        total_fen: total,
    };
    Ok(vec![event.into()])
}

/// No payment without a voucher that a supervisor has checked (HN-V art. 58), none beyond contract and budget.
pub(super) fn record_payment(case: Case<'_>, command: &RecordPayment) -> Decision {
    case.check_after_resolution()?;
    let rule = &case.procedure.implementation.voucher_checked;
    if !case.village.roster.is_on(RollKind::SupervisoryCommittee, command.checked_by) {
        return Err(Refusal::from(RefusalCode::VoucherNotChecked)
            .with("person", command.checked_by.to_string())
            .by(rule));
    }
    check_amount(command.amount_fen)?;
    let money = &case.matter.money;
    if command.payee_kind == PayeeKind::Contractor {
        let contract = money.contract.ok_or(RefusalCode::ContractMissing)?;
        check_not_before(case, money.contract_on.unwrap_or_default())?;
        // Once accepted, the final account is what the contractor is owed.
        let owed = money.final_account.unwrap_or(contract.plus(money.variations));
        within(money.paid_to(PayeeKind::Contractor).plus(command.amount_fen), owed)?;
    }
    let total = money.paid().plus(command.amount_fen);
    within(total, money.budget)?;
    let event = PaymentRecorded {
        payee_kind: command.payee_kind,
        payee: command.payee.clone(),
        purpose: command.purpose.clone(),
        amount_fen: command.amount_fen,
        voucher_no: command.voucher_no.clone(),
        checked_by: command.checked_by,
        total_fen: total,
    };
    Ok(vec![event.into()])
}

pub(super) fn record_acceptance(case: Case<'_>, command: &RecordAcceptance) -> Decision {
    check_works(case)?;
    check_open(case)?;
    check_started(case, "recordAcceptance")?;
    check_not_before(case, case.matter.money.rectified_on.unwrap_or_default())?;
    check_group(case, &command.group, &command.township)?;
    match command.verdict {
        Verdict::Rectify => {
            let remark = command.remark.clone().ok_or(RefusalCode::RemarkMissing)?;
            let remark = String::from(remark).try_into().map_err(|_| RefusalCode::RemarkMissing)?;
            Ok(vec![RectificationOrdered { group: command.group.clone(), remark }.into()])
        }
        Verdict::Accepted => {
            let money = &case.matter.money;
            let final_fen = command.final_fen.ok_or(RefusalCode::FinalAccountMissing)?;
            let most = money.contract.map_or(money.budget, |contract| contract.plus(money.variations));
            within(final_fen, most)?;
            // A final account below what the contractor has been paid already would leave a payment without ground.
            within(money.paid_to(PayeeKind::Contractor), final_fen)?;
            let event = WorksAccepted {
                group: command.group.clone(),
                township: command.township.clone(),
                final_fen,
                remark: command.remark.clone(),
            };
            Ok(vec![event.into()])
        }
    }
}

fn check_group(case: Case<'_>, group: &[PersonId], township: &[PersonId]) -> Result<(), Refusal> {
    check_entries(group.len() + township.len(), MAX_PERSONS_AT_ONCE)?;
    let rule = &case.procedure.implementation.acceptance;
    let roster = case.village.roster;
    group.iter().try_for_each(|person| case.check_impartial(*person))?;
    for officer in township {
        roster.known(*officer)?;
    }
    let committee = roster.count_on(RollKind::VillageCommittee, group);
    let supervisors = roster.count_on(RollKind::SupervisoryCommittee, group);
    let representatives = roster.count_on(RollKind::Representatives, group);
    let funded = case.matter.plan.as_ref().is_some_and(super::facts::Plan::is_publicly_funded);
    let officers = if funded { rule.township_if_funded } else { 0 };
    let complete = committee >= rule.village_committee
        && supervisors >= rule.supervisors
        && representatives >= rule.representatives
        && township.len() as u64 >= officers;
    if complete {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::AcceptanceGroupIncomplete)
        .with("village_committee", committee)
        .with("supervisors", supervisors)
        .with("representatives", representatives)
        .with("township", township.len() as u64)
        .by(&rule.basis))
}

pub(super) fn complete(case: Case<'_>, command: &CompleteImplementation) -> Decision {
    if case.matter.standing.works {
        return Err(Refusal::from(RefusalCode::StepOutOfOrder)
            .with("at", "executing")
            .with("act", "completeImplementation"));
    }
    check_open(case)?;
    check_may_start(case)?;
    Ok(vec![ImplementationCompleted { summary: command.summary.clone() }.into()])
}

fn check_started(case: Case<'_>, act: &str) -> Result<(), Refusal> {
    match case.matter.standing.started_on {
        Some(started_on) => check_not_before(case, started_on),
        None => Err(Refusal::from(RefusalCode::StepOutOfOrder).with("at", "executing").with("act", act)),
    }
}

/// The community's resolution does not replace the owners' decision (Civil Code art. 278).
fn check_owners(case: Case<'_>) -> Result<(), Refusal> {
    let standing = &case.matter.standing;
    if !standing.linked_owners || standing.owners == Some(Outcome::Carried) {
        return Ok(());
    }
    let refusal = Refusal::from(RefusalCode::OwnersUndecided);
    Err(match &case.procedure.owners {
        Some(rules) => refusal.by(&rules.participation.basis),
        None => refusal,
    })
}

fn check_works(case: Case<'_>) -> Result<(), Refusal> {
    if case.matter.standing.works { Ok(()) } else { Err(RefusalCode::NoWorks.into()) }
}

fn check_open(case: Case<'_>) -> Result<(), Refusal> {
    match case.matter.standing.completed_on {
        Some(_) => Err(RefusalCode::CompletedAlready.into()),
        None => Ok(()),
    }
}

fn check_amount(amount: Fen) -> Result<(), Refusal> {
    if (Fen(1)..=Fen::MAX).contains(&amount) {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::AmountOutOfRange).with("amount_fen", amount.0))
}

fn within(amount: Fen, most: Fen) -> Result<(), Refusal> {
    if amount <= most {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::BudgetExceeded).with("amount_fen", amount.0).with("most_fen", most.0))
}
