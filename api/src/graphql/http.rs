//! GraphQL over HTTP: POST with `application/json` and nothing else, so that no form of another site can act here.

use std::sync::Arc;

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Router;
use axum::extract::{Extension, State, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;

use super::actor::ActHeaders;
use super::{SiyiSchema, graphiql, schema};
use crate::app::App;
use crate::gate::Caller;

/// Routes of GraphQL.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/graphql", get(graphiql::page).post(graphql))
        .route("/graphql/graphiql/{name}", get(graphiql::file))
        .route("/graphql/ws", get(subscriptions))
        .route("/graphql/schema.graphql", get(sdl))
        .with_state(schema(app))
}

async fn graphql(
    State(schema): State<SiyiSchema>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A form, a plain text or no type at all could be sent by any page that the user visits.
    if !content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json")) {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "send application/json");
    }
    let Ok(request) = serde_json::from_slice::<async_graphql::Request>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "malformed-request", "the body is no GraphQL request");
    };
    let request = request.data(ActHeaders::of(&headers)).data(caller.map_or(Caller::Nobody, |Extension(caller)| caller));
    let response = schema.execute(request).await;
    let mut answer = axum::Json(&response).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in &response.http_headers {
        answer.headers_mut().insert(HeaderName::from(name), value.clone());
    }
    answer
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    let body = serde_json::json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, axum::Json(body)).into_response()
}

async fn subscriptions(
    State(schema): State<SiyiSchema>,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .on_upgrade(move |socket| GraphQLWebSocket::new(socket, schema, protocol).serve())
}

async fn sdl() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], super::sdl())
}
