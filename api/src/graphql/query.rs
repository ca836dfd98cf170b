//! Queries over the read models.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Error, ID, Interface, Object, SimpleObject};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, MatterCode};
use siyi_domain::refusal::RefusalCode;
use siyi_projections::docket::{self, DocketRow, Filter};
use siyi_projections::{compliance, directory, routine, shelf::ShelfError};

use super::actor::coded;
use super::consultation::Consultation;
use super::duty::OverdueDuty;
use super::enums::{FlagPattern, Lane, Level, MatterBody, Status};
use super::flag::{self, Flag};
use super::jurisdiction::{Jurisdiction, JurisdictionConnection, JurisdictionEdge};
use super::law::Law;
use super::paging::{PageInfo, assumed, page, page_size};
use super::procedure::Procedure;
use super::routine::{ActionItem, RoutineDuty};
use super::scalars::{Count, Date, DateTime, Position};
use crate::app::{App, Mode};

/// How long a query waits for the position that it asks to see.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whatever has a global id: a matter (UUID) or a jurisdiction (12 digits).
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID"))]
#[expect(clippy::large_enum_variant, reason = "made once for a query and moved on")]
pub enum Node {
    /// A matter.
    Consultation(Consultation),
    /// A jurisdiction.
    Jurisdiction(Jurisdiction),
}

/// All questions.
pub struct Query;

pub(super) fn consultation_id(id: &ID) -> Result<ConsultationId, Error> {
    id.parse().map_err(|_| coded("invalid-input", "the id of a matter is a uuid"))
}

pub(super) fn code(id: &ID) -> Result<JurisdictionCode, Error> {
    id.parse::<JurisdictionCode>().map_err(|e| coded("invalid-input", e.to_string()))
}

fn app<'a>(ctx: &Context<'a>) -> Result<&'a Arc<App>, Error> {
    ctx.data::<Arc<App>>()
}

/// Waits until the read models hold the position that the query asks to see.
async fn at_least(app: &App, position: Option<Position>) -> Result<(), Error> {
    let Some(position) = position else { return Ok(()) };
    if app.models.wait_for(siyi_log::port::Position(position.0), PATIENCE).await {
        return Ok(());
    }
    Err(coded("not-caught-up", format!("the read models have not reached position {}", position.0)))
}

fn shelf_error(error: &ShelfError) -> Error {
    tracing::error!(%error, "a query failed");
    coded("read-model-unavailable", "the read model is being rebuilt")
}

/// What the server says of itself.
#[derive(SimpleObject)]
pub struct Server {
    /// Version of the program.
    pub version: &'static str,
    /// Whether people sign in. Not yet: the acting person and office come in headers, on loopback only.
    pub sign_in: bool,
    /// Whether this is a demonstration with a set clock.
    pub demo: bool,
    /// The server's clock.
    pub now: DateTime,
    /// Position of the newest event; null while the log is empty.
    pub head: Option<Position>,
    /// The read models.
    pub models: Vec<ModelProgress>,
}

/// How far a read model is.
#[derive(SimpleObject)]
pub struct ModelProgress {
    /// Name.
    pub name: &'static str,
    /// Position of the last event applied.
    pub position: Option<Position>,
    /// Whether it has reached the head of the log.
    pub caught_up: bool,
    /// Events applied by a rebuild under way; zero if none is.
    pub rebuilding: Count,
}

/// An edge to a matter.
#[derive(SimpleObject)]
pub struct ConsultationEdge {
    /// Cursor.
    pub cursor: String,
    /// The matter.
    pub node: Consultation,
}

/// A page of matters.
pub struct ConsultationConnection {
    edges: Vec<ConsultationEdge>,
    page_info: PageInfo,
    filter: Filter,
}

#[Object]
impl ConsultationConnection {
    /// Edges.
    async fn edges(&self) -> &[ConsultationEdge] {
        &self.edges
    }

    /// Where it ends.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many there are in all. Counted by the read model where only place and status are asked for, by a scan otherwise.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Count, Error> {
        let shelf = app(ctx)?.models.docket.shelf();
        let total = docket::total(&shelf, &self.filter).map_err(|e| shelf_error(&e))?;
        Ok(Count(total))
    }
}

/// A refusal that the domain knows.
#[derive(SimpleObject)]
pub struct RefusalKind {
    /// The stable public code.
    pub code: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// A kind of matter.
#[derive(SimpleObject)]
pub struct MatterKind {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// The road that it must go.
    pub lane: Lane,
    /// A road that is open besides, under a condition.
    pub alternative_lane: Option<Lane>,
    /// Whose decision it is.
    pub bodies: Vec<MatterBody>,
    /// Whether representatives may decide it under an authorisation.
    pub delegable: bool,
    /// Whether carrying it out means works.
    pub works: bool,
    /// The law's short id and article.
    pub statute: Option<String>,
}

#[Object]
impl Query {
    /// What the server says of itself.
    async fn server(&self, ctx: &Context<'_>) -> Result<Server, Error> {
        let app = app(ctx)?;
        let models = app.models.progress().into_iter().map(|(name, progress, rebuilding)| ModelProgress {
            name,
            position: progress.position.map(|p| Position(p.0)),
            caught_up: progress.caught_up,
            rebuilding: Count(rebuilding),
        });
        Ok(Server {
            version: env!("CARGO_PKG_VERSION"),
            sign_in: false,
            demo: app.mode == Mode::Demo,
            now: DateTime(app.clock.now()),
            head: app.store.head().await?.map(|p| Position(p.0)),
            models: models.collect(),
        })
    }

    /// Whatever has this id: a matter (UUID) or a jurisdiction (12 digits).
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>, Error> {
        if let Ok(code) = id.parse::<JurisdictionCode>() {
            return Ok(Jurisdiction::find(ctx, &code)?.map(Node::Jurisdiction));
        }
        let Ok(id) = consultation_id(&id) else { return Ok(None) };
        let row = docket::find(&app(ctx)?.models.docket.shelf(), id).map_err(|e| shelf_error(&e))?;
        Ok(row.map(|row| Node::Consultation(Consultation(row))))
    }

    /// The jurisdiction with this code.
    async fn jurisdiction(
        &self,
        ctx: &Context<'_>,
        code: ID,
        at_least: Option<Position>,
    ) -> Result<Option<Jurisdiction>, Error> {
        self::at_least(app(ctx)?, at_least).await?;
        Jurisdiction::find(ctx, &self::code(&code)?)
    }

    /// Jurisdictions in code order: `within` one and all below it, of one level if `level` is given.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn jurisdictions(
        &self,
        ctx: &Context<'_>,
        within: Option<ID>,
        level: Option<Level>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<JurisdictionConnection, Error> {
        let size = page_size(first)?;
        let within = within.as_ref().map(self::code).transpose()?;
        let level = level.map(Into::into);
        let shelf = app(ctx)?.models.directory.shelf();
        let rows = directory::jurisdictions(&shelf, within.as_ref(), level, after.as_deref(), size + 1)
            .map_err(|e| shelf_error(&e))?;
        let (edges, page_info) = page(rows, size, |row| row.code.to_string(), Jurisdiction);
        let edges = edges.into_iter().map(|(cursor, node)| JurisdictionEdge { cursor, node }).collect();
        Ok(JurisdictionConnection { edges, page_info })
    }

    /// One matter, by id or by public number.
    async fn consultation(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        number: Option<String>,
        at_least: Option<Position>,
    ) -> Result<Option<Consultation>, Error> {
        let app = app(ctx)?;
        self::at_least(app, at_least).await?;
        let shelf = app.models.docket.shelf();
        let row: Result<Option<DocketRow>, ShelfError> = match (id, number) {
            (Some(id), None) => docket::find(&shelf, consultation_id(&id)?),
            (None, Some(number)) => docket::by_number(&shelf, &number),
            _ => return Err(coded("invalid-input", "give `id` or `number`")),
        };
        Ok(row.map_err(|e| shelf_error(&e))?.map(Consultation))
    }

    /// Matters in the order of code, then time.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    #[expect(clippy::too_many_arguments, reason = "each argument is one the schema shows")]
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of a jurisdiction: it and all below it.")] within: Option<ID>,
        status: Option<Status>,
        #[graphql(desc = "Code of a kind of matter.")] matter: Option<String>,
        raised_from: Option<DateTime>,
        raised_before: Option<DateTime>,
        first: Option<i32>,
        after: Option<String>,
        at_least: Option<Position>,
    ) -> Result<ConsultationConnection, Error> {
        let app = app(ctx)?;
        self::at_least(app, at_least).await?;
        let size = page_size(first)?;
        let matter = matter.map(MatterCode::try_from).transpose();
        let filter = Filter {
            within: within.as_ref().map(self::code).transpose()?,
            status: status.map(Into::into),
            matter: matter.map_err(|e| coded("invalid-input", e.to_string()))?,
            raised_from: raised_from.map(|at| at.0),
            raised_before: raised_before.map(|at| at.0),
        };
        let after = after.map(|cursor| consultation_id(&ID(cursor))).transpose()?;
        let rows = docket::page(&app.models.docket.shelf(), &filter, after, size + 1).map_err(|e| shelf_error(&e))?;
        let (edges, page_info) = page(rows, size, |row| row.id.to_string(), Consultation);
        let edges = edges.into_iter().map(|(cursor, node)| ConsultationEdge { cursor, node }).collect();
        Ok(ConsultationConnection { edges, page_info, filter })
    }

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
        let within = within.as_ref().map(self::code).transpose()?;
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
    ) -> Result<Vec<Flag>, Error> {
        let within = within.as_ref().map(self::code).transpose()?;
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
    ) -> Result<Vec<RoutineDuty>, Error> {
        let (app, within, size) = (app(ctx)?, self::code(&within)?, page_size(first)?);
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
    ) -> Result<Vec<ActionItem>, Error> {
        let app = app(ctx)?;
        let within = within.as_ref().map(self::code).transpose()?;
        let rows = routine::action_items(&app.models.routine.shelf(), within.as_ref(), open, page_size(first)?);
        let today = app.clock.now().day();
        Ok(rows.map_err(|e| shelf_error(&e))?.into_iter().map(|row| ActionItem::told(row, today)).collect())
    }

    /// All rule packs.
    async fn procedures(&self, ctx: &Context<'_>) -> Result<Vec<Procedure>, Error> {
        Ok(app(ctx)?.rules.procedures().map(Procedure::of).collect())
    }

    /// The rule pack with this id, for example `rural/HN/2026`.
    async fn procedure(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Procedure>, Error> {
        Ok(app(ctx)?.rules.procedure(&id).map(Procedure::of))
    }

    /// The laws and papers that numbers cite.
    async fn laws(&self, ctx: &Context<'_>) -> Result<Vec<Law>, Error> {
        Ok(app(ctx)?.rules.laws.iter().map(Law::from).collect())
    }

    /// The kinds of matter in force today.
    async fn matters(&self, ctx: &Context<'_>) -> Result<Vec<MatterKind>, Error> {
        let app = app(ctx)?;
        let rows = app.rules.matters.all(app.clock.now().day()).into_iter();
        Ok(rows
            .map(|row| MatterKind {
                code: row.code.to_string(),
                name: row.name.to_owned(),
                name_en: row.name_en.to_owned(),
                lane: row.lane.into(),
                alternative_lane: row.alternative_lane.map(Into::into),
                bodies: row.bodies.iter().map(|body| (*body).into()).collect(),
                delegable: row.delegable,
                works: row.works,
                statute: row.statute.map(|(law, article)| format!("{law} {article}")),
            })
            .collect())
    }

    /// Every refusal that the domain knows.
    async fn refusals(&self) -> Vec<RefusalKind> {
        let all = RefusalCode::ALL.iter();
        all.map(|code| RefusalKind { code: code.as_str(), zh: code.zh(), en: code.en() }).collect()
    }
}
