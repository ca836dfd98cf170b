//! What the log tells of a request: its name, its method, the pattern of its route, how it ended. Never a path, a query, a
//! header, a body or an address: matters' numbers, tokens and people's traces stand there.

use std::any::Any;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::{IntoResponse, Response};
use tracing::{Level, Span};

use super::entrance::RequestId;
use super::refusal::Refusal;

/// The span of a request.
pub(super) fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let id = request.extensions().get::<RequestId>().map(|id| tracing::field::display(id.0));
    // A method of one's own invention may hold anything.
    let method = if is_known(request.method().as_str()) { request.method().as_str() } else { "other" };
    tracing::span!(Level::INFO, "request", id, method, route)
}

fn is_known(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE" | "CONNECT")
}

/// How it ended.
pub(super) fn answered<B>(response: &HttpResponse<B>, latency: Duration, _: &Span) {
    let (status, milliseconds) = (response.status().as_u16(), latency.as_millis());
    tracing::debug!(status, milliseconds, "answered");
}

/// What is answered where the program stumbled: nothing of why. The log has it under the request's name.
pub(super) fn stumbled(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!(code = "internal-error", "a request ended in a panic");
    Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal-error",
        "something broke inside; the header x-request-id names it in the log",
    )
    .into_response()
}
