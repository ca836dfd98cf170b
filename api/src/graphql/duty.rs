//! What is due, as a query sees it.

use async_graphql::SimpleObject;
use jiff::civil;
use siyi_domain::consultation;
use siyi_projections::docket::{DocketRow, Owed};

use super::consultation::Consultation;
use super::enums::{DutyKind, Level};
use super::rule::RuleCited;
use super::scalars::Date;
use crate::app::App;

/// Something that is due.
#[derive(SimpleObject)]
pub struct Duty {
    /// What.
    pub kind: DutyKind,
    /// In Chinese.
    pub zh: &'static str,
    /// Which step, meeting, notice or objection.
    pub of: Option<String>,
    /// First lawful day, where there is one.
    pub not_before: Option<Date>,
    /// Last day; null where no holiday data reach that far.
    pub due_on: Option<Date>,
    /// Whether its last day is past.
    pub overdue: bool,
    /// Whole days past its last day.
    pub days_overdue: u32,
    /// Who is told of it by now, from the village upwards; nobody while it is not overdue.
    pub escalated_to: Vec<Level>,
    /// By which rule.
    pub rule: RuleCited,
}

impl Duty {
    /// What the matter in this row owes, as it stands on `today`.
    pub(super) fn told(row: &DocketRow, duty: &consultation::Duty, today: civil::Date, app: &App) -> Self {
        let days = duty.due_on.map_or(0, |due| siyi_domain::calendar::days_between(due, today));
        let days_overdue = u32::try_from(days).unwrap_or(0);
        let pack = app.rules.binding(&row.standing.procedure, today);
        let escalation = pack.map(|pack| pack.escalation.as_slice()).unwrap_or_default();
        let told = escalation.iter().filter(|rule| days_overdue > 0 && days_overdue >= u32::from(rule.after.days));
        Self {
            kind: duty.kind.into(),
            zh: siyi_projections::docket::duty_zh(duty.kind),
            of: duty.of.clone(),
            not_before: duty.not_before.map(Date),
            due_on: duty.due_on.map(Date),
            overdue: duty.is_overdue(today),
            days_overdue,
            escalated_to: told.map(|rule| rule.level.into()).collect(),
            rule: RuleCited::of(&duty.basis, &app.rules),
        }
    }
}

/// A duty with the matter that owes it.
#[derive(SimpleObject)]
pub struct OverdueDuty {
    /// The matter.
    pub consultation: Consultation,
    /// What it owes.
    pub duty: Duty,
}

impl OverdueDuty {
    pub(super) fn of(owed: Owed, today: civil::Date, app: &App) -> Self {
        Self { duty: Duty::told(&owed.matter, &owed.duty, today, app), consultation: Consultation(owed.matter) }
    }
}
