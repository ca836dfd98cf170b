//! Each root field of a query or a subscription is a door, asked for before it is resolved. Mutations are acts, and ask the
//! gate with all that it needs to know of an act. What of an event's data is told is asked for each event.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{Context, Error, ServerResult, Value};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};
use siyi_access::About;
use siyi_domain::ids::JurisdictionCode;

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
            let shut = |error: Error| error.into_server_error(info.field.name.pos);
            let no_gate = |_| shut(coded("not-permitted", "there is no gate"));
            let app = ctx.data::<Arc<App>>().map_err(no_gate)?;
            let caller = ctx.data_opt::<Caller>().cloned().unwrap_or_default();
            let reader = Reader { app: Arc::clone(app), caller, credentials: None };
            reader.enter(&format!("query:{}", info.name)).await.map_err(shut)?;
        }
        next.run(ctx, info).await
    }
}

/// Who reads, for as long as something is told: a subscription outlives the request that began it.
#[derive(Clone)]
pub(super) struct Reader {
    app: Arc<App>,
    caller: Caller,
    credentials: Option<Arc<Credentials>>,
}

/// The headers by which a subscriber was known when the socket was opened.
pub(super) struct Credentials(HeaderMap);

impl Credentials {
    /// Those among a request's headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut kept = HeaderMap::new();
        for (name, value) in headers.iter().filter(|(name, _)| [COOKIE, AUTHORIZATION].contains(name)) {
            kept.append(name, value.clone());
        }
        Self(kept)
    }
}

impl Reader {
    /// The reader of a request or of a socket.
    pub(super) fn of(ctx: &Context<'_>, app: Arc<App>) -> Self {
        let caller = ctx.data_opt::<Caller>().cloned().unwrap_or_default();
        Self { app, caller, credentials: ctx.data_opt::<Arc<Credentials>>().cloned() }
    }

    /// Asks for a door.
    pub(super) async fn enter(&self, door: &str) -> Result<(), Error> {
        match self.app.gate.may(&self.caller, door, &About::default()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(coded("not-permitted", "this door is not open to you")),
            Err(error) => Err(coded(error.code(), "the gate cannot decide now")),
        }
    }

    /// Whether the data of a place's event is told whole. What cannot be decided is not told.
    pub(super) async fn sees_whole(&self, place: Option<&JurisdictionCode>) -> bool {
        let Some(place) = place else { return false };
        self.may("event-data", place).await && self.is_still_there().await
    }

    /// Whether a door about a place is open. What cannot be decided is shut.
    pub(super) async fn may(&self, door: &str, place: &JurisdictionCode) -> bool {
        self.app.gate.may(&self.caller, door, &About::place(place.clone())).await.unwrap_or(false)
    }

    /// A session that has ended and a token that was taken back tell nothing more to a socket that is still open.
    async fn is_still_there(&self) -> bool {
        let (Caller::Account(identity), Some(credentials)) = (&self.caller, &self.credentials) else { return true };
        let Some(door) = &self.app.sign_in else { return false };
        matches!(door.identify(&credentials.0).await, Ok(Some(now)) if now.account == identity.account)
    }
}
