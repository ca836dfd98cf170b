//! GraphQL over HTTP: POST with `application/json` and nothing else, so that no form of another site can act here.

use std::sync::Arc;

use async_graphql::http::ALL_WEBSOCKET_PROTOCOLS;
use async_graphql::parser::types::OperationType;
use async_graphql_axum::GraphQLProtocol;
use axum::Router;
use axum::extract::{RawQuery, State, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;

use super::actor::ActHeaders;
use super::doors::Credentials;
use super::forged::Forged;
use super::persisted::{self, Asked};
use super::socket::{MAX_MESSAGE_BYTES, Socket};
use super::{SiyiSchema, forged, graphiql, limits, schema};
use crate::app::App;
use crate::gate::Caller;
use crate::server::Guard;
use crate::server::places::Place;
use crate::server::proxy::Client;
use crate::server::rates::{Kind, RateKey};
use crate::server::refusal::Refusal;

/// The door with what protects it.
#[derive(Clone)]
struct Door {
    schema: SiyiSchema,
    guard: Arc<Guard>,
}

/// Routes of GraphQL.
pub fn router(app: Arc<App>, guard: Arc<Guard>) -> Router {
    Router::new()
        .route("/graphql", get(page).post(graphql))
        .route("/graphql/graphiql/{name}", get(graphiql::file))
        .route("/graphql/ws", get(subscriptions))
        .route("/graphql/schema.graphql", get(sdl))
        .with_state(Door { schema: schema(app), guard })
}

/// The query editor. A query in the address is refused: what a link can ask, any site can ask for you.
async fn page(RawQuery(query): RawQuery) -> Response {
    match query {
        Some(query) if query.contains("query=") || query.contains("extensions=") => {
            let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "use-post", "queries are answered by POST");
            let mut response = refusal.into_response();
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            response
        }
        _ => graphiql::page().await.into_response(),
    }
}

/// Who sends a request, as far as it was found out before.
#[derive(Clone)]
struct Sender {
    caller: Caller,
    client: Option<Client>,
    key: Option<RateKey>,
}

impl Sender {
    fn https(&self) -> bool {
        self.client.is_some_and(|client| client.https)
    }

    /// Whoever is signed in is counted as such, wherever they are.
    fn key(&self) -> Option<RateKey> {
        let account = match &self.caller {
            Caller::Account(identity) => Some(RateKey::Account(identity.account)),
            Caller::Nobody | Caller::Claimed(_) => None,
        };
        self.key.or(account).or_else(|| self.client.map(|client| RateKey::of(client.address)))
    }
}

impl<S: Sync> axum::extract::FromRequestParts<S> for Sender {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Self::Rejection> {
        let told = &parts.extensions;
        let caller = told.get::<Caller>().cloned().unwrap_or_default();
        Ok(Self { caller, client: told.get().copied(), key: told.get().copied() })
    }
}

impl Door {
    fn count(&self, kind: Kind, sender: &Sender) -> Result<(), Refusal> {
        let counted = self.guard.rates.as_ref().zip(sender.key()).map(|(rates, key)| rates.count(kind, key));
        counted.unwrap_or(Ok(())).map_err(Refusal::from)
    }

    /// What may be executed of a body, or why nothing may.
    fn admit(&self, sender: &Sender, headers: &HeaderMap, body: &[u8]) -> Result<async_graphql::Request, Refusal> {
        forged::check(headers, sender.https()).map_err(logged)?;
        self.count(Kind::Query, sender)?;
        let bad = |code, message| Refusal::new(StatusCode::BAD_REQUEST, code, message);
        let mut request: async_graphql::Request =
            serde_json::from_slice(body).map_err(|_| bad("malformed-request", "the body is no GraphQL request"))?;
        match persisted::resolve(&mut request) {
            Asked::Unknown => return Err(bad("persisted-query-unknown", "no operation that ships has this SHA-256")),
            Asked::Freely if self.guard.options.persisted_only && matches!(sender.caller, Caller::Nobody) => {
                let message = "sign in, or ask one of the operations that ship, by its SHA-256";
                return Err(Refusal::new(StatusCode::FORBIDDEN, "persisted-only", message));
            }
            Asked::Shipped | Asked::Freely => {}
        }
        limits::check(&request.query).map_err(|too_much| bad(too_much.code, too_much.message))?;
        // What cannot be parsed is told by the schema, as GraphQL tells errors.
        let acts = request.parsed_query().is_ok_and(|document| {
            document.operations.iter().any(|(_, operation)| operation.node.ty == OperationType::Mutation)
        });
        if acts {
            self.count(Kind::Mutation, sender)?;
        }
        Ok(if self.guard.options.introspection { request } else { request.disable_introspection() })
    }

    /// What a subscriber needs to be let in: it comes from here, not too often, and there is a place.
    fn admit_socket(&self, sender: &Sender, headers: &HeaderMap) -> Result<Place, Refusal> {
        forged::check_origin(headers, sender.https()).map_err(logged)?;
        self.count(Kind::Query, sender)?;
        let place = self.guard.sockets.take(sender.client.map(|client| client.address));
        let none = || Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-sockets", "too many subscribers at once");
        place.ok_or_else(none)
    }
}

/// A forged request is logged by its code alone.
fn logged(forged: Forged) -> Refusal {
    tracing::info!(code = forged.code, "a request was refused as forged");
    Refusal::new(forged.status, forged.code, forged.message)
}

async fn graphql(State(door): State<Door>, sender: Sender, headers: HeaderMap, body: Bytes) -> Response {
    let request = match door.admit(&sender, &headers, &body) {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    let mut response = door.schema.execute(request.data(ActHeaders::of(&headers)).data(sender.caller)).await;
    limits::name_errors(&mut response.errors);
    let mut answer = axum::Json(&response).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in &response.http_headers {
        answer.headers_mut().insert(HeaderName::from(name), value.clone());
    }
    answer
}

async fn subscriptions(
    State(door): State<Door>,
    protocol: GraphQLProtocol,
    sender: Sender,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let place = match door.admit_socket(&sender, &headers) {
        Ok(place) => place,
        Err(refusal) => return refusal.into_response(),
    };
    let options = &door.guard.options;
    let (introspection, ping) = (options.introspection, options.times.ping);
    let (caller, credentials) = (sender.caller, Credentials::of(&headers));
    let socket = Socket { schema: door.schema, protocol, caller, credentials, introspection, ping, place };
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |upgraded| socket.serve(upgraded))
}

async fn sdl() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], super::sdl())
}
