//! 方案, the contract and the money spent, as a query sees them.

use async_graphql::SimpleObject;
use siyi_projections::dossier::Told;

use super::enums::{ContractorChoice, FundKind, PayeeKind};
use super::scalars::{Date, DateTime, Fen};

/// 方案
#[derive(SimpleObject)]
pub struct Plan {
    /// What is to be done.
    pub text: String,
    /// The budget.
    pub budget_fen: Option<Fen>,
    /// Its sources.
    pub sources: Vec<FundSource>,
    /// Who carries it out.
    pub implemented_by: Option<String>,
    /// How the contractor will be chosen.
    pub contractor_choice: Option<ContractorChoice>,
    /// Who pays what.
    pub cost_allocation: Option<String>,
    /// Planned first day.
    pub planned_start: Option<Date>,
    /// Planned last day.
    pub planned_end: Option<Date>,
}

/// A source of funds.
#[derive(SimpleObject)]
pub struct FundSource {
    /// Where it comes from.
    pub kind: FundKind,
    /// How much.
    pub amount_fen: Fen,
}

impl Plan {
    pub(super) fn of(plan: &siyi_domain::consultation::facts::Plan) -> Self {
        let sources = plan.sources.iter();
        Self {
            text: plan.text.to_string(),
            budget_fen: plan.budget_fen.map(|fen| Fen(fen.0)),
            sources: sources.map(|s| FundSource { kind: s.kind.into(), amount_fen: Fen(s.amount_fen.0) }).collect(),
            implemented_by: plan.implemented_by.as_ref().map(ToString::to_string),
            contractor_choice: plan.contractor_choice.map(Into::into),
            cost_allocation: plan.cost_allocation.as_ref().map(ToString::to_string),
            planned_start: plan.planned_start.map(Date),
            planned_end: plan.planned_end.map(Date),
        }
    }
}

/// A contract.
#[derive(SimpleObject)]
pub struct Contract {
    /// The firm.
    pub contractor: String,
    /// How it was chosen.
    pub choice: ContractorChoice,
    /// How many quotations or bids there were.
    pub quotations: u16,
    /// The sum.
    pub sum_fen: Fen,
    /// When it was signed.
    pub signed_at: DateTime,
}

/// A payment.
#[derive(SimpleObject)]
pub struct Payment {
    /// To what kind of payee.
    pub payee_kind: PayeeKind,
    /// For what.
    pub purpose: String,
    /// How much.
    pub amount_fen: Fen,
    /// All payments up to this one.
    pub total_fen: Fen,
    /// The voucher.
    pub voucher_no: String,
    /// When.
    pub paid_at: DateTime,
    /// 补录
    pub late: bool,
}

impl Payment {
    pub(super) fn of(told: &Told<siyi_domain::consultation::events::PaymentRecorded>) -> Self {
        Self {
            payee_kind: told.fact.payee_kind.into(),
            purpose: told.fact.purpose.to_string(),
            amount_fen: Fen(told.fact.amount_fen.0),
            total_fen: Fen(told.fact.total_fen.0),
            voucher_no: told.fact.voucher_no.to_string(),
            paid_at: DateTime(told.at),
            late: told.late,
        }
    }
}
