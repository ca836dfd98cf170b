//! Every route is a door with a name, and a door that no policy opens is shut: a page that somebody adds and forgets to list
//! is seen by nobody.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::ACCEPT;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use siyi_access::About;

use crate::app::App;
use crate::gate::Caller;
use crate::server::refusal::Refusal;

/// Asks the gate for the route of a request. GraphQL has doors of its own, one for each root field, and so have attachments, one
/// for each class.
pub async fn ask(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(route) = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()) else {
        return next.run(request).await;
    };
    if route.starts_with("/graphql") || route.starts_with("/attachments") {
        return next.run(request).await;
    }
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    match app.gate.may(&caller, &door(&route), &About::default()).await {
        Ok(true) => next.run(request).await,
        // A person with a browser is shown the way in.
        Ok(false)
            if app.sign_in.is_some()
                && is_nobody(&caller)
                && request.method() == Method::GET
                && asks_for_a_page(&request) =>
        {
            Redirect::to("/sign-in").into_response()
        }
        Ok(false) => {
            Refusal::new(StatusCode::FORBIDDEN, "not-permitted", "this door is not open to you").into_response()
        }
        Err(error) => {
            tracing::error!(%error, code = error.code(), "the gate cannot decide");
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), "the gate cannot decide now").into_response()
        }
    }
}

const fn is_nobody(caller: &Caller) -> bool {
    matches!(caller, Caller::Nobody)
}

fn asks_for_a_page(request: &Request) -> bool {
    let accepts = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accept| accept.contains("text/html"))
}

/// The name of a route's door.
#[must_use]
pub fn door(route: &str) -> String {
    let kind = match route {
        "/healthz" | "/readyz" | "/metrics" => "health",
        "/j/{code}/feed.atom" => "feed",
        _ => "page",
    };
    format!("{kind}:{route}")
}
