//! From a page to a response: rendered where blocking is allowed, tagged, with the headers that every page carries.

use std::sync::Arc;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use siyi_log::canonical::sha256;

use super::ask::Ask;
use super::trouble::{self, Trouble};
use super::visit::Visit;
use crate::app::App;
use crate::gate::Caller;
use crate::server::headers::{PLAIN_POLICY, SCRIPTED_POLICY};

/// A page or a feed, rendered.
#[derive(Debug)]
pub struct Rendered {
    /// The text.
    pub body: String,
    /// What it is.
    pub content_type: &'static str,
    /// Whether it brings scripts of our own along.
    pub scripted: bool,
}

/// HTML in UTF-8.
pub const HTML: &str = "text/html; charset=utf-8";
/// Atom in UTF-8.
pub const ATOM: &str = "application/atom+xml; charset=utf-8";

impl Rendered {
    /// A template as a page.
    ///
    /// # Errors
    /// [`Trouble::Template`] if it cannot be rendered.
    pub fn html(template: &impl askama::Template) -> Result<Self, Trouble> {
        Ok(Self { body: template.render()?, content_type: HTML, scripted: false })
    }

    /// The same with scripts of our own, from files.
    #[must_use]
    pub fn with_scripts(self) -> Self {
        Self { scripted: true, ..self }
    }
}

/// Headers of every page; the server adds those that every response carries ([`crate::server::headers`]).
pub fn security_headers() -> [(HeaderName, HeaderValue); 4] {
    [
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(PLAIN_POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, noarchive")),
    ]
}

/// Renders a page off the threads that serve connections.
pub async fn answer<P>(app: Arc<App>, ask: Ask, page: P) -> Response
where
    P: FnOnce(&Visit<'_>) -> Result<Rendered, Trouble> + Send + 'static,
{
    let rendering = tokio::task::spawn_blocking(move || {
        let visit = Visit::new(&app, &ask);
        match page(&visit) {
            Ok(rendered) => respond(rendered, &ask),
            Err(trouble) => refuse(&visit, trouble),
        }
    });
    rendering.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a page could not be rendered");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// The page, or only that the reader holds it already.
fn respond(rendered: Rendered, ask: &Ask) -> Response {
    let tag = format!("\"{}\"", short_hash(rendered.body.as_bytes()));
    // What somebody signed in is shown, nobody else's cache may keep.
    let kept = if matches!(ask.caller, Caller::Account(_)) { "private, no-cache" } else { "no-cache" };
    let headers = [(ETAG, tag.clone()), (CACHE_CONTROL, kept.to_owned())];
    if ask.held.split(',').any(|held| held.trim().trim_start_matches("W/") == tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let mut response = (headers, [(CONTENT_TYPE, rendered.content_type)], rendered.body).into_response();
    if rendered.scripted {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(SCRIPTED_POLICY));
    }
    response
}

/// The page that says what is the trouble.
fn refuse(visit: &Visit<'_>, trouble: Trouble) -> Response {
    let trouble = trouble.unless_behind(visit.app);
    if matches!(trouble, Trouble::ReadStore(_) | Trouble::Files(_)) {
        tracing::error!(error = %trouble, "a page could not be read");
    }
    let status = trouble.status();
    let body = match trouble::page(visit, &trouble) {
        Ok(rendered) => rendered.body,
        Err(_) => trouble.code().to_owned(),
    };
    let mut response = (status, [(CONTENT_TYPE, HTML), (CACHE_CONTROL, "no-store")], body).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// The first 16 hexadecimal digits of a SHA-256.
pub fn short_hash(bytes: &[u8]) -> String {
    hash(bytes).chars().take(16).collect()
}

/// A SHA-256 in hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    sha256(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}
