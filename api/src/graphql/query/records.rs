//! Questions to the record: jurisdictions, matters, and the server itself.

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use siyi_domain::ids::{JurisdictionCode, MatterCode};
use siyi_projections::docket::{self, DocketRow, Filter};
use siyi_projections::{directory, shelf::ShelfError};
use siyi_transparency::SealError;

use super::{Node, app, consultation_id, shelf_error};
use crate::app::Mode;
use crate::graphql::actor::coded;
use crate::graphql::consultation::Consultation;
use crate::graphql::enums::{Level, Status};
use crate::graphql::jurisdiction::{Jurisdiction, JurisdictionConnection, JurisdictionEdge};
use crate::graphql::paging::{PageInfo, assumed, page, page_size};
use crate::graphql::scalars::{Count, DateTime, Position};

/// What was recorded.
#[derive(Default)]
pub struct Records;

/// What the server says of itself.
#[derive(SimpleObject)]
pub struct Server {
    /// Version of the program.
    pub version: &'static str,
    /// Whether people sign in; where not, anybody may act as anybody, on this machine only.
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

/// What proves that an event stands in the public log.
#[derive(SimpleObject)]
pub struct LogProof {
    /// The event's number in the log, from 0.
    pub leaf: Count,
    /// A file of the form C2SP tlog-proof: the path to the signed root, and the checkpoint with its confirmations.
    pub text: String,
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

#[Object]
impl Records {
    /// The proof that the event at a position stands in the public log; null until a checkpoint covers it, which takes about a
    /// second, and where this server seals no log.
    async fn proof(&self, ctx: &Context<'_>, position: Position) -> Result<Option<LogProof>, Error> {
        let Some(public_log) = app(ctx)?.public_log.clone() else { return Ok(None) };
        let found = tokio::task::spawn_blocking(move || {
            let leaf = public_log.log.leaf_of(siyi_log::port::Position(position.0))?;
            Ok::<_, SealError>((leaf, public_log.log.proof_for_leaf(leaf)?))
        });
        match found.await {
            Ok(Ok((leaf, proof))) => Ok(Some(LogProof { leaf: Count(leaf), text: proof.to_string() })),
            Ok(Err(SealError::NotCovered { .. })) => Ok(None),
            Ok(Err(SealError::NoLeaf { .. })) => Err(coded("no-leaf", "there is no event at this position")),
            Ok(Err(error)) => {
                tracing::error!(%error, code = error.code(), "a proof cannot be made");
                Err(coded(error.code(), "the proof cannot be made now"))
            }
            Err(_) => Err(coded("store-unavailable", "the proof cannot be made now")),
        }
    }

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
            sign_in: app.sign_in.is_some(),
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
        super::at_least(app(ctx)?, at_least).await?;
        Jurisdiction::find(ctx, &super::code(&code)?)
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
        let within = within.as_ref().map(super::code).transpose()?;
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
        super::at_least(app, at_least).await?;
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
        super::at_least(app, at_least).await?;
        let size = page_size(first)?;
        let matter = matter.map(MatterCode::try_from).transpose();
        let filter = Filter {
            within: within.as_ref().map(super::code).transpose()?,
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
}
