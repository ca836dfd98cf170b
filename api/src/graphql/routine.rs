//! What a village owes in each period, and what joint conferences set, as a query sees them.

use async_graphql::{ComplexObject, Context, Error, SimpleObject};
use siyi_domain::ids::JurisdictionCode;
use siyi_projections::routine::{self, ActionItemRow};

use super::enums::{Cycle, Level, RoutineKind};
use super::jurisdiction::Jurisdiction;
use super::rule::RuleCited;
use super::scalars::{Date, DateTime};
use crate::app::App;

/// 周期义务: a duty of a village in one period.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct RoutineDuty {
    #[graphql(skip)]
    code: JurisdictionCode,
    /// What.
    pub kind: RoutineKind,
    /// In Chinese.
    pub zh: &'static str,
    /// How often.
    pub every: Cycle,
    /// First day of the period.
    pub first_day: Date,
    /// Last day of the period.
    pub last_day: Date,
    /// How many times it is owed in the period.
    pub times_needed: u32,
    /// How many times it was done.
    pub times_done: u32,
    /// Last day by which it must have been done.
    pub due_on: Date,
    /// Whether that day is past and it is not done.
    pub overdue: bool,
    /// Days since the last day; zero where it is not overdue.
    pub days_overdue: u32,
    /// Who is told of it by now, from the village upwards.
    pub escalated_to: Vec<Level>,
    /// Where the rule comes from.
    pub rule: RuleCited,
}

#[ComplexObject]
impl RoutineDuty {
    /// The village or community that owes it.
    async fn jurisdiction(&self, ctx: &Context<'_>) -> Result<Option<Jurisdiction>, Error> {
        Jurisdiction::find(ctx, &self.code)
    }
}

impl RoutineDuty {
    pub(super) fn told(duty: routine::RoutineDuty, app: &App) -> Self {
        Self {
            kind: duty.kind.into(),
            zh: routine::routine_zh(duty.kind),
            every: duty.every.into(),
            first_day: Date(duty.first_day),
            last_day: Date(duty.last_day),
            times_needed: duty.times_needed,
            times_done: duty.times_done(),
            due_on: Date(duty.due_on),
            overdue: duty.overdue,
            days_overdue: duty.days_overdue,
            escalated_to: duty.told.iter().map(|level| (*level).into()).collect(),
            rule: RuleCited::of(&duty.basis, &app.rules),
            code: duty.jurisdiction,
        }
    }
}

/// 联席会议议定事项: what a joint conference set to be done.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ActionItem {
    #[graphql(skip)]
    code: JurisdictionCode,
    /// The conference's number within the jurisdiction.
    pub conference: u16,
    /// The item's number within the conference.
    pub item: u16,
    /// What is to be done.
    pub text: String,
    /// Which unit leads.
    pub lead_unit: String,
    /// When it was set.
    pub set_on: Date,
    /// By when.
    pub due_on: Date,
    /// Whether its last day is past and it is not closed.
    pub overdue: bool,
    /// When it was closed.
    pub closed_at: Option<DateTime>,
    /// What came of it.
    pub result: Option<String>,
}

#[ComplexObject]
impl ActionItem {
    /// Where the conference sat.
    async fn jurisdiction(&self, ctx: &Context<'_>) -> Result<Option<Jurisdiction>, Error> {
        Jurisdiction::find(ctx, &self.code)
    }
}

impl ActionItem {
    pub(super) fn told(row: ActionItemRow, today: jiff::civil::Date) -> Self {
        Self {
            overdue: row.is_overdue(today),
            code: row.jurisdiction,
            conference: row.conference,
            item: row.item,
            text: row.text,
            lead_unit: row.lead_unit,
            set_on: Date(row.set_on),
            due_on: Date(row.due_on),
            closed_at: row.closed_at.map(DateTime),
            result: row.result,
        }
    }
}
