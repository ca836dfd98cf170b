//! The first to see a request and the last to see its answer: who sent it, under which name it reached us, and what every
//! answer carries.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::DefaultClock;
use uuid::Uuid;

use super::headers;
use super::options::{Exposure, Options};
use super::places::Places;
use super::proxy::Client;
use super::rates::Rates;
use super::refusal::Refusal;

/// Header that names a request in its answer and in the log: what to tell the operator when something broke.
pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

/// What protects the doors while they are open.
pub struct Guard {
    /// How.
    pub options: Options,
    /// Who asked how often; nobody is counted where there is none.
    pub rates: Option<Rates>,
    /// Subscribers' sockets.
    pub sockets: Arc<Places>,
}

impl Guard {
    /// By these options.
    #[must_use]
    pub fn new(options: Options) -> Arc<Self> {
        let rates = options.quotas.map(|quotas| Rates::new(quotas, DefaultClock::default()));
        let sockets = Places::new(options.sockets);
        Arc::new(Self { options, rates, sockets })
    }

    /// Who sent a request, or why it is not answered.
    fn client(&self, request: &Request) -> Result<Client, Refusal> {
        // Without a connection beneath it, it was sent from within this program.
        let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
            return Ok(Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), https: false });
        };
        let local = self.options.exposure == Exposure::Loopback && self.options.proxies.is_empty();
        if local && !named_locally(request) {
            let message = "this server answers to localhost only";
            return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, "host-unknown", message));
        }
        let client = self.options.proxies.client(peer.ip(), self.options.tls.is_some(), request.headers());
        client.map_err(|unclear| Refusal::new(StatusCode::BAD_REQUEST, unclear.code(), unclear.message()))
    }
}

/// Whether a request reached this machine under a name of its own. Another site can point a name of its own here, and its
/// scripts would then be taken for ours (DNS rebinding).
fn named_locally(request: &Request) -> bool {
    let host = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or("?"));
    // Programs that speak HTTP/1.0 name no host; browsers always do.
    let Some(host) = host.or_else(|| request.uri().host()) else { return true };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]")
}

/// Lets a request in, and gives its answer what every answer carries.
pub(super) async fn enter(State(guard): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    let id = new_id();
    let client = guard.client(&request);
    let https = client.as_ref().is_ok_and(|client| client.https);
    let mut response = match client {
        Ok(client) => {
            request.extensions_mut().insert(client);
            request.extensions_mut().insert(id);
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    };
    headers::add(response.headers_mut(), https);
    if let Ok(value) = HeaderValue::from_str(&id.0.to_string()) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    response
}

#[expect(clippy::disallowed_methods, reason = "the entrance is where a request gets its name")]
fn new_id() -> RequestId {
    RequestId(Uuid::now_v7())
}
