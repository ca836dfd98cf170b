//! Each root field of a query or a subscription is a door, asked for before it is resolved. Mutations are acts, and ask the
//! gate with all that it needs to know of an act.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerResult, Value};
use siyi_access::About;

use super::actor::coded;
use crate::app::App;
use crate::gate::Caller;

/// Makes a [`Doors`] for each request.
pub(super) struct AskAtDoors;

impl ExtensionFactory for AskAtDoors {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Doors)
    }
}

/// Asks the gate for each root field.
struct Doors;

#[async_graphql::async_trait::async_trait]
impl Extension for Doors {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // The schema's own fields (`__typename`, `__schema`) tell what is published anyway.
        if info.parent_type == "Query" && !info.name.starts_with("__") {
            let shut = |code, message: &str| Err(coded(code, message).into_server_error(info.field.name.pos));
            let Ok(app) = ctx.data::<Arc<App>>() else { return shut("not-permitted", "there is no gate") };
            let caller = ctx.data_opt::<Caller>().cloned().unwrap_or_default();
            match app.gate.may(&caller, &format!("query:{}", info.name), &About::default()).await {
                Ok(true) => {}
                Ok(false) => return shut("not-permitted", "this door is not open to you"),
                Err(error) => return shut(error.code(), "the gate cannot decide now"),
            }
        }
        next.run(ctx, info).await
    }
}

/// Whether the caller of a request is told an event's data whole.
pub(super) async fn sees_whole(
    ctx: &async_graphql::Context<'_>,
    place: Option<&siyi_domain::ids::JurisdictionCode>,
) -> bool {
    let (Ok(app), Some(place)) = (ctx.data::<Arc<App>>(), place) else { return false };
    let caller = ctx.data_opt::<Caller>().cloned().unwrap_or_default();
    // What cannot be decided is not told.
    app.gate.may(&caller, "event-data", &About::place(place.clone())).await.unwrap_or(false)
}
