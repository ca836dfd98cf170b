//! Queries over the read models.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Error, ID, Interface, MergedObject};
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_projections::shelf::ShelfError;

use self::oversight::Oversight;
use self::records::Records;
use self::rulebook::Rulebook;
use super::actor::coded;
use super::consultation::Consultation;
use super::jurisdiction::Jurisdiction;
use super::scalars::Position;
use crate::app::App;

mod oversight;
mod records;
mod rulebook;

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
#[derive(MergedObject, Default)]
pub struct Query(Records, Oversight, Rulebook);

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
