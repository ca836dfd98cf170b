//! GraphQL over HTTP: POST with `application/json` and nothing else, so that no form of another site can act here.

use std::sync::Arc;

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::Router;
use axum::extract::{Extension, RawQuery, State, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;

use super::actor::ActHeaders;
use super::{SiyiSchema, forged, graphiql, limits, schema};
use crate::app::App;
use crate::gate::Caller;

/// Routes of GraphQL.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/graphql", get(page).post(graphql))
        .route("/graphql/graphiql/{name}", get(graphiql::file))
        .route("/graphql/ws", get(subscriptions))
        .route("/graphql/schema.graphql", get(sdl))
        .with_state(schema(app))
}

/// The query editor. A query in the address is refused: what a link can ask, any site can ask for you.
async fn page(RawQuery(query): RawQuery) -> Response {
    match query {
        Some(query) if query.contains("query=") || query.contains("extensions=") => {
            let mut response = refused(StatusCode::METHOD_NOT_ALLOWED, "use-post", "queries are answered by POST");
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            response
        }
        _ => graphiql::page().await.into_response(),
    }
}

async fn graphql(
    State(schema): State<SiyiSchema>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(forged) = forged::check(&headers, false) {
        return refused(forged.status, forged.code, forged.message);
    }
    let Ok(request) = serde_json::from_slice::<async_graphql::Request>(&body) else {
        return refused(StatusCode::BAD_REQUEST, "malformed-request", "the body is no GraphQL request");
    };
    if let Err(too_much) = limits::check(&request.query) {
        return refused(StatusCode::BAD_REQUEST, too_much.code, too_much.message);
    }
    let request =
        request.data(ActHeaders::of(&headers)).data(caller.map_or(Caller::Nobody, |Extension(caller)| caller));
    let mut response = schema.execute(request).await;
    limits::name_errors(&mut response.errors);
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
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(forged) = forged::check_origin(&headers, false) {
        return refused(forged.status, forged.code, forged.message);
    }
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .on_upgrade(move |socket| GraphQLWebSocket::new(socket, schema, protocol).serve())
}

async fn sdl() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], super::sdl())
}
