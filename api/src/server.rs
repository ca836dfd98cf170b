//! The HTTP server: routes, limits, health, metrics, and an end that loses nothing.
//!
//! A request passes the connections (is there a place?), the [`entrance`] (who sent it, under which name?), the log, the
//! [`rates`] and the limits of body and time before any door sees it. Every number stands in [`options`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::RustlsAcceptor;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::{graphql, health, pages};

mod connections;
pub mod entrance;
pub mod headers;
pub mod options;
pub mod places;
pub mod proxy;
pub mod rates;
pub mod refusal;
pub mod stream;
pub mod tls;
mod trace;

pub use entrance::Guard;
pub use options::{Exposure, Options};

use connections::Doorkeeper;

/// Largest request body in bytes. A roll of 8,000 members has its own limit in the domain and comes in several bodies.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Longest time for a request.
pub const REQUEST_TIME: Duration = Duration::from_secs(15);
/// Longest time for a request that brings or takes a file.
pub const FILE_TIME: Duration = Duration::from_secs(120);
/// Longest wait for requests under way when the server ends.
pub const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// In clear nobody else is served.
    #[error("not-loopback: `{0}` is no loopback address: give --tls-cert and --tls-key, or --behind-proxy")]
    NotLoopback(SocketAddr),
    /// Without a certificate there is no TLS.
    #[error("tls-missing: there is no certificate")]
    NoTls,
    /// Behind a proxy that nobody named everybody would be refused.
    #[error("proxy-missing: --behind-proxy needs a --trusted-proxy")]
    NoProxy,
    /// The address is taken, or not ours.
    #[error("cannot-listen: {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// Serving broke.
    #[error("io: {0}")]
    Io(#[from] std::io::Error),
}

/// All routes with the documented limits.
pub fn router(app: &Arc<App>) -> Router {
    router_with(app, &Guard::new(Options::of(app.mode)))
}

/// All routes with the limits of a guard.
pub fn router_with(app: &Arc<App>, guard: &Arc<Guard>) -> Router {
    let health = health::Health::new(Arc::clone(app));
    // The request time ends with the upgrade of a subscription, which then lives as long as its socket.
    let mut doors = Router::new()
        .merge(graphql::router(Arc::clone(app), Arc::clone(guard)))
        .merge(pages::router().with_state(Arc::clone(app)))
        .merge(health::router(health));
    if let Some(public_log) = &app.public_log {
        doors = doors.merge(siyi_transparency::routes(public_log.log.clone()));
    }
    if let Some(door) = &app.sign_in {
        doors = doors.merge(crate::sign_in::router(door.clone()));
        doors = doors.merge(crate::sign_in::kept_router(door.clone(), Arc::clone(app)));
    }
    let doors = doors
        .route_layer(from_fn_with_state(Arc::clone(app), crate::doors::ask))
        .layer(from_fn_with_state(Arc::clone(app), crate::caller::know));
    let files =
        crate::attachments::router(Arc::clone(app)).layer(from_fn_with_state(Arc::clone(app), crate::caller::know));
    let doors = limited(doors, guard, MAX_BODY_BYTES, guard.options.times.request);
    let files = limited(files, guard, siyi_attachments::limits::MAX_FILE_BYTES, FILE_TIME);
    protected(doors.merge(files), guard)
}

/// Routes behind the entrance: known who asks and how often, logged, with the headers of every response, alive after a panic.
pub fn protected(routes: Router, guard: &Arc<Guard>) -> Router {
    routes
        .layer(from_fn_with_state(Arc::clone(guard), rates::hold))
        .layer(CatchPanicLayer::custom(trace::stumbled))
        .layer(TraceLayer::new_for_http().make_span_with(trace::span).on_request(()).on_response(trace::answered))
        .layer(from_fn_with_state(Arc::clone(guard), entrance::enter))
}

/// Routes whose requests are at most so long, in bytes and in time. Routes that take files have limits of their own.
pub fn limited(routes: Router, guard: &Guard, body_bytes: usize, time: Duration) -> Router {
    let limits = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(timed_out))
        .timeout(time)
        .layer(RequestBodyTimeoutLayer::new(guard.options.times.body))
        .layer(RequestBodyLimitLayer::new(body_bytes));
    routes.layer(limits)
}

async fn timed_out(_: tower::BoxError) -> refusal::Refusal {
    refusal::Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "request-timeout", "the request took too long")
}

/// Listens on a loopback address.
///
/// # Errors
/// [`ServeError::NotLoopback`], [`ServeError::Listen`].
pub async fn listen(address: SocketAddr) -> Result<tokio::net::TcpListener, ServeError> {
    listen_as(address, &Options::of(crate::app::Mode::Real)).await
}

/// Listens where these options allow it: beyond this machine only by TLS, or for proxies that are named.
///
/// # Errors
/// [`ServeError::NotLoopback`], [`ServeError::NoTls`], [`ServeError::NoProxy`], [`ServeError::Listen`].
pub async fn listen_as(address: SocketAddr, options: &Options) -> Result<tokio::net::TcpListener, ServeError> {
    match options.exposure {
        Exposure::Loopback if !address.ip().is_loopback() => return Err(ServeError::NotLoopback(address)),
        Exposure::Tls if options.tls.is_none() => return Err(ServeError::NoTls),
        Exposure::BehindProxy if options.proxies.is_empty() => return Err(ServeError::NoProxy),
        Exposure::Loopback | Exposure::Tls | Exposure::BehindProxy => {}
    }
    tokio::net::TcpListener::bind(address).await.map_err(|error| ServeError::Listen(address, error))
}

/// Serves with the documented limits until told to end, then finishes the requests under way and closes the app.
///
/// # Errors
/// [`ServeError::Io`].
pub async fn serve(
    app: &Arc<App>,
    listener: tokio::net::TcpListener,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_with(app, listener, Options::of(app.mode), end).await
}

/// Serves with these options until told to end, then finishes the requests under way and closes the app.
///
/// # Errors
/// [`ServeError::Io`].
pub async fn serve_with(
    app: &Arc<App>,
    listener: tokio::net::TcpListener,
    options: Options,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let guard = Guard::new(options);
    let served = listen_to(router_with(app, &guard), &guard, listener, end).await;
    app.close().await;
    served
}

/// Serves other routes than the app's behind the same entrance, with the same limits, until told to end.
///
/// # Errors
/// [`ServeError::Io`].
pub async fn serve_routes(
    routes: Router,
    listener: tokio::net::TcpListener,
    options: Options,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let guard = Guard::new(options);
    let routes = protected(limited(routes, &guard, MAX_BODY_BYTES, guard.options.times.request), &guard);
    listen_to(routes, &guard, listener, end).await
}

async fn listen_to(
    routes: Router,
    guard: &Guard,
    listener: tokio::net::TcpListener,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let options = &guard.options;
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    let handle = axum_server::Handle::<SocketAddr>::new();
    let (ending, last_requests) = (handle.clone(), options.times.last_requests);
    let signal = tokio::spawn(async move {
        end.await;
        // Open subscriptions would wait for ever; what is acknowledged is on the disk already.
        ending.graceful_shutdown(Some(last_requests));
    });
    let mut server = axum_server::Server::from_listener(listener)
        .handle(handle)
        .first_request_timeout(options.times.head.saturating_add(options.times.handshake));
    // HTTP/1.1 only. The time for a head runs while a connection lies idle, too.
    let http = server.http_builder();
    *http = std::mem::take(http).http1_only();
    http.http1().header_read_timeout(options.times.head);
    let served = match &options.tls {
        None => server.acceptor(Doorkeeper::new(DefaultAcceptor::new(), options)).serve(routes).await,
        Some(tls) => {
            let tls = RustlsAcceptor::new(tls.config()).handshake_timeout(options.times.handshake);
            server.acceptor(Doorkeeper::new(tls, options)).serve(routes).await
        }
    };
    signal.abort();
    Ok(served?)
}

/// Until Ctrl-C or SIGTERM.
pub async fn told_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate => {}
    }
    tracing::info!("ending");
}
