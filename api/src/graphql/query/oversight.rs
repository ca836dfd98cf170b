//! Questions of who watches: what is overdue, what looks wrong, what is owed in each period.

use async_graphql::{Context, Error, ID, Object};
use siyi_projections::{compliance, docket, routine};

use super::{app, shelf_error};
use crate::graphql::duty::OverdueDuty;
use crate::graphql::enums::FlagPattern;
use crate::graphql::flag::{self, Flag};
use crate::graphql::paging::{assumed, page_size};
use crate::graphql::routine::{ActionItem, RoutineDuty};
use crate::graphql::scalars::{Date, Position};

/// What a township and a county ask.
#[derive(Default)]
pub struct Oversight;

#[Object]
impl Oversight {
    /// Everything that is overdue in a jurisdiction and all below it, the oldest first.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn overdue(
        &self,
        ctx: &Context<'_>,
        within: Option<ID>,
        #[graphql(desc = "Judged as of this day; today if left out.")] on: Option<Date>,
        first: Option<i32>,
    ) -> Result<Vec<OverdueDuty>, Error> {
        let app = app(ctx)?;
        let within = within.as_ref().map(super::code).transpose()?;
        let today = on.map_or_else(|| app.clock.now().day(), |day| day.0);
        let owed = docket::duties(&app.models.docket.shelf(), within.as_ref(), today, page_size(first)?)
            .map_err(|e| shelf_error(&e))?;
        Ok(owed.into_iter().map(|owed| OverdueDuty::of(owed, today, app)).collect())
    }

    /// What in the record of a jurisdiction and all below it looks like a way around the procedure, in the order of code and
    /// pattern.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn flags(
        &self,
        ctx: &Context<'_>,
        within: Option<ID>,
        pattern: Option<FlagPattern>,
        #[graphql(default = true, desc = "Only those that nobody has closed.")] open: bool,
        first: Option<i32>,
        at_least: Option<Position>,
    ) -> Result<Vec<Flag>, Error> {
        super::at_least(app(ctx)?, at_least).await?;
        let within = within.as_ref().map(super::code).transpose()?;
        let shelf = app(ctx)?.models.compliance.shelf();
        let rows = compliance::flags(&shelf, within.as_ref(), pattern.map(Into::into), open, page_size(first)?);
        Ok(flag::told(rows.map_err(|e| shelf_error(&e))?))
    }

    /// What the villages of a jurisdiction owe in each period, whatever their matters: of the periods under way, and of earlier
    /// ones what is not done.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn routine_duties(
        &self,
        ctx: &Context<'_>,
        within: ID,
        #[graphql(default, desc = "Only what is overdue, the oldest first.")] only_overdue: bool,
        first: Option<i32>,
        at_least: Option<Position>,
    ) -> Result<Vec<RoutineDuty>, Error> {
        super::at_least(app(ctx)?, at_least).await?;
        let (app, within, size) = (app(ctx)?, super::code(&within)?, page_size(first)?);
        let (shelf, today) = (app.models.routine.shelf(), app.clock.now().day());
        let duties = if only_overdue {
            routine::overdue(&shelf, &app.rules, Some(&within), today, size)
        } else {
            routine::duties(&shelf, &app.rules, Some(&within), today)
        };
        let duties = duties.map_err(|e| shelf_error(&e))?.into_iter().take(size);
        Ok(duties.map(|duty| RoutineDuty::told(duty, app)).collect())
    }

    /// What joint conferences in a jurisdiction and all below it have set to be done.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn action_items(
        &self,
        ctx: &Context<'_>,
        within: Option<ID>,
        #[graphql(default = true, desc = "Only those that are not closed.")] open: bool,
        first: Option<i32>,
        at_least: Option<Position>,
    ) -> Result<Vec<ActionItem>, Error> {
        super::at_least(app(ctx)?, at_least).await?;
        let app = app(ctx)?;
        let within = within.as_ref().map(super::code).transpose()?;
        let rows = routine::action_items(&app.models.routine.shelf(), within.as_ref(), open, page_size(first)?);
        let today = app.clock.now().day();
        Ok(rows.map_err(|e| shelf_error(&e))?.into_iter().map(|row| ActionItem::told(row, today)).collect())
    }
}
