//! A matter as a query sees it.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use siyi_domain::consultation::Stage;
use siyi_projections::compliance;
use siyi_projections::docket::DocketRow;
use siyi_projections::dossier::Dossier;

use super::duty::Duty;
use super::enums::{DecisionOutcome, Emergency, Lane, Language, ReopenPurpose, Status};
use super::event::{Event, EventConnection, EventEdge};
use super::flag::{self, Flag};
use super::jurisdiction::Jurisdiction;
use super::meeting::{Decision, Meeting};
use super::notice::{Notice, Objection};
use super::paging::{assumed, page, page_size};
use super::plan::{Contract, Payment, Plan};
use super::procedure::Procedure;
use super::scalars::{Count, DateTime, Fen, Position};
use crate::app::App;

/// 事项: a matter on its way through the procedure.
#[derive(Clone)]
pub struct Consultation(pub(super) DocketRow);

impl Consultation {
    fn dossier(&self, ctx: &Context<'_>) -> Result<Arc<Dossier>, Error> {
        Ok(ctx.data::<Arc<App>>()?.dossier(&self.0)?)
    }
}

#[Object]
impl Consultation {
    /// Its id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its public number: `<code>-<year>-<n>`.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Where.
    async fn jurisdiction(&self, ctx: &Context<'_>) -> Result<Option<Jurisdiction>, Error> {
        Jurisdiction::find(ctx, &self.0.jurisdiction)
    }

    /// The kinds of matter it touches.
    async fn matters(&self) -> Vec<&str> {
        self.0.matters.iter().map(siyi_domain::ids::MatterCode::as_str).collect()
    }

    /// Status.
    async fn status(&self) -> Status {
        self.0.status().into()
    }

    /// The deliberation step at which it stands, for example `S3`.
    async fn step(&self) -> Option<&str> {
        self.0.standing.step()
    }

    /// Version of the draft; it grows with every return.
    async fn version(&self) -> u16 {
        self.0.standing.version
    }

    /// When the motion was raised.
    async fn raised_at(&self) -> DateTime {
        DateTime(self.0.raised_at)
    }

    /// The road on which it goes.
    async fn lane(&self) -> Lane {
        self.0.standing.lane.into()
    }

    /// The road's name in the procedure.
    async fn lane_name(&self, ctx: &Context<'_>, #[graphql(default)] language: Language) -> Result<String, Error> {
        let (app, lane) = (ctx.data::<Arc<App>>()?, self.0.standing.lane);
        let pack = app.rules.binding(&self.0.standing.procedure, app.clock.now().day());
        let name = pack.and_then(|pack| pack.lane(lane)).map(|rule| match language {
            Language::Zh => rule.name.zh.clone(),
            Language::En => rule.name.en.clone(),
        });
        Ok(name.unwrap_or_else(|| lane.zh().to_owned()))
    }

    /// The group or courtyard that it belongs to, for a matter below the village.
    async fn group(&self) -> Option<u16> {
        self.0.standing.group
    }

    /// 应急情形, on the emergency road.
    async fn emergency(&self) -> Option<Emergency> {
        self.0.standing.emergency.map(Into::into)
    }

    /// Whether it is suspended.
    async fn suspended(&self) -> bool {
        self.0.standing.suspended
    }

    /// Whether carrying out ended before its aim.
    async fn terminated(&self) -> bool {
        self.0.standing.terminated
    }

    /// Whether the owners must decide too.
    async fn linked_owners(&self) -> bool {
        self.0.standing.linked_owners
    }

    /// What the owners decided.
    async fn owners_decision(&self) -> Option<DecisionOutcome> {
        self.0.standing.owners.map(Into::into)
    }

    /// Where it stands on a road off its resolution; null on the road itself.
    async fn detour(&self) -> Option<Detour> {
        match &self.0.standing.stage {
            Stage::Detour(detour) => Some(Detour { purpose: detour.purpose.into(), step: detour.code.clone() }),
            Stage::Unborn | Stage::Moved | Stage::Step { .. } | Stage::Executing | Stage::Ended(_) => None,
        }
    }

    /// Id of the procedure under which it was raised.
    async fn procedure(&self) -> &str {
        &self.0.standing.procedure
    }

    /// The procedure that binds its acts of today: the one under which it was raised, the one that followed for what rests on
    /// a law that changed since, and what the place has set more strictly.
    async fn applied_procedure(&self, ctx: &Context<'_>) -> Result<Option<Procedure>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        let today = app.clock.now().day();
        let Some(pack) = app.rules.binding(&self.0.standing.procedure, today) else { return Ok(None) };
        let place = Jurisdiction::find(ctx, &self.0.jurisdiction)?;
        let adjustments = place.map(|place| place.0.adjustments()).unwrap_or_default();
        Ok(Some(Procedure::adjusted(pack, &adjustments, today)))
    }

    /// What is due next, the earliest first.
    async fn duties(&self, ctx: &Context<'_>) -> Result<Vec<Duty>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        let today = app.clock.now().day();
        Ok(self.0.duties.iter().map(|duty| Duty::told(&self.0, duty, today, app)).collect())
    }

    /// What in its record looks like a way around the procedure, closed flags too.
    async fn flags(&self, ctx: &Context<'_>) -> Result<Vec<Flag>, Error> {
        let shelf = ctx.data::<Arc<App>>()?.models.compliance.shelf();
        Ok(flag::told(compliance::of_matter(&shelf, self.0.id)?))
    }

    /// How many of its events were recorded afterwards (补录).
    async fn late_events(&self) -> u32 {
        self.0.late_events
    }

    /// How many events it has.
    async fn event_count(&self) -> Count {
        Count(self.0.events)
    }

    /// The log position that this answer reflects.
    async fn as_of(&self) -> Position {
        Position(self.0.position.0)
    }

    /// The budget resolved.
    async fn budget_fen(&self) -> Option<Fen> {
        self.0.budget_fen.map(|fen| Fen(fen.0))
    }

    /// Its whole history, a page at a time.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<EventConnection, Error> {
        let size = page_size(first)?;
        let dossier = self.dossier(ctx)?;
        let start = after.and_then(|cursor| cursor.parse::<usize>().ok()).map_or(0, |index| index + 1);
        let rows: Vec<usize> = (start..dossier.entries.len()).take(size + 1).collect();
        let total_count = Count(dossier.entries.len() as u64);
        let (edges, page_info) =
            page(rows, size, ToString::to_string, |index| Event { dossier: Arc::clone(&dossier), index });
        let edges = edges.into_iter().map(|(cursor, node)| EventEdge { cursor, node }).collect();
        Ok(EventConnection { edges, page_info, total_count })
    }

    /// Its meetings in order.
    async fn meetings(&self, ctx: &Context<'_>) -> Result<Vec<Meeting>, Error> {
        let dossier = self.dossier(ctx)?;
        Ok((0..dossier.meetings.len()).map(|index| Meeting { dossier: Arc::clone(&dossier), index }).collect())
    }

    /// The decisions made in it, each with what it was derived from.
    async fn decisions(&self, ctx: &Context<'_>) -> Result<Vec<Decision>, Error> {
        let dossier = self.dossier(ctx)?;
        let decided = (0..dossier.meetings.len())
            .filter(|index| dossier.meetings.get(*index).is_some_and(|meeting| meeting.decision.is_some()));
        Ok(decided.map(|index| Decision { dossier: Arc::clone(&dossier), index }).collect())
    }

    /// The plan as it stands.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<Plan>, Error> {
        Ok(self.dossier(ctx)?.plan.as_ref().map(Plan::of))
    }

    /// The text resolved.
    async fn resolution(&self, ctx: &Context<'_>) -> Result<Option<String>, Error> {
        Ok(self.dossier(ctx)?.resolution.as_ref().map(|told| told.fact.text.to_string()))
    }

    /// Its notices in order.
    async fn notices(&self, ctx: &Context<'_>) -> Result<Vec<Notice>, Error> {
        let dossier = self.dossier(ctx)?;
        Ok(dossier.notices.iter().map(|notice| Notice::of(&dossier, notice)).collect())
    }

    /// Objections in order. Their texts are personal and not shown.
    async fn objections(&self, ctx: &Context<'_>) -> Result<Vec<Objection>, Error> {
        Ok(self.dossier(ctx)?.objections.iter().map(Objection::of).collect())
    }

    /// The contract.
    async fn contract(&self, ctx: &Context<'_>) -> Result<Option<Contract>, Error> {
        Ok(self.dossier(ctx)?.contract.as_ref().map(|told| Contract {
            contractor: told.fact.terms.contractor.to_string(),
            choice: told.fact.terms.choice.into(),
            quotations: told.fact.terms.quotations,
            sum_fen: Fen(told.fact.terms.sum_fen.0),
            signed_at: DateTime(told.at),
        }))
    }

    /// Payments in order.
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>, Error> {
        Ok(self.dossier(ctx)?.payments.iter().map(Payment::of).collect())
    }

    /// The final account at acceptance.
    async fn final_fen(&self, ctx: &Context<'_>) -> Result<Option<Fen>, Error> {
        Ok(self.dossier(ctx)?.acceptance.as_ref().map(|told| Fen(told.fact.final_fen.0)))
    }
}

/// Where a matter stands that was resolved and is deliberated again.
#[derive(SimpleObject)]
pub struct Detour {
    /// What for.
    pub purpose: ReopenPurpose,
    /// The step.
    pub step: String,
}
