//! The HTTP server: routes, limits, health, metrics, and an end that loses nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::{graphql, health, pages};

/// Largest request body in bytes. A roll of 8,000 members has its own limit in the domain and comes in several bodies.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Longest time for a request.
pub const REQUEST_TIME: Duration = Duration::from_secs(15);
/// Longest wait for requests under way when the server ends.
pub const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Without sign-in only loopback addresses are taken.
    #[error("not-loopback: `{0}` is no loopback address, and there is no sign-in yet")]
    NotLoopback(SocketAddr),
    /// The address is taken, or not ours.
    #[error("cannot-listen: {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// Serving broke.
    #[error("io: {0}")]
    Io(#[from] std::io::Error),
}

/// All routes with their limits.
pub fn router(app: &Arc<App>) -> Router {
    let health = health::Health::new(Arc::clone(app));
    let limits = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(CatchPanicLayer::new())
        .layer(HandleErrorLayer::new(timed_out))
        .timeout(REQUEST_TIME)
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES));
    // The request time ends with the upgrade of a subscription, which then lives as long as its socket.
    Router::new()
        .merge(graphql::router(Arc::clone(app)))
        .merge(pages::router().with_state(Arc::clone(app)))
        .merge(health::router(health))
        .route_layer(axum::middleware::from_fn_with_state(Arc::clone(app), crate::doors::ask))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(app), crate::caller::know))
        .layer(limits)
}

async fn timed_out(_: tower::BoxError) -> Response {
    let body = serde_json::json!({ "errors": [{ "message": "the request took too long",
        "extensions": { "code": "request-timeout" } }] });
    (StatusCode::SERVICE_UNAVAILABLE, axum::Json(body)).into_response()
}

/// Listens on a loopback address.
///
/// # Errors
/// [`ServeError::NotLoopback`], [`ServeError::Listen`].
pub async fn listen(address: SocketAddr) -> Result<tokio::net::TcpListener, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    tokio::net::TcpListener::bind(address).await.map_err(|error| ServeError::Listen(address, error))
}

/// Serves until told to end, then finishes the requests under way and closes the app.
///
/// # Errors
/// [`ServeError::Io`].
pub async fn serve(
    app: &Arc<App>,
    listener: tokio::net::TcpListener,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (told, mut ended) = tokio::sync::watch::channel(false);
    let signal = async move {
        end.await;
        // Nobody may be waiting any more.
        let _ = told.send(true);
    };
    let serving = axum::serve(listener, router(app)).with_graceful_shutdown(signal).into_future();
    tokio::pin!(serving);
    let cut_off = async {
        let _ = ended.wait_for(|ended| *ended).await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    tokio::select! {
        served = &mut serving => served?,
        // Open subscriptions would wait for ever; what is acknowledged is on the disk already.
        () = cut_off => tracing::warn!("connections were still open at the end"),
    }
    app.close().await;
    Ok(())
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
