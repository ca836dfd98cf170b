//! /healthz, /readyz and /metrics.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;

/// How many events a read model may lag and still count as ready.
const READY_LAG: u64 = 10_000;

/// What health is told from.
#[derive(Clone)]
pub struct Health {
    app: Arc<App>,
    scrapes: Arc<AtomicU64>,
}

impl Health {
    /// Health of an app.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self { app, scrapes: Arc::default() }
    }
}

/// Routes of health and metrics.
pub fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// Ready: the log answers and every read model has caught up and does not lag.
async fn ready(State(health): State<Health>) -> impl IntoResponse {
    let head = tokio::time::timeout(Duration::from_secs(2), health.app.store.head()).await;
    let Ok(Ok(head)) = head else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the log does not answer\n".to_owned());
    };
    if let Some(shared) = &health.app.shared
        && !matches!(tokio::time::timeout(Duration::from_secs(2), shared.ping()).await, Ok(Ok(())))
    {
        return (StatusCode::SERVICE_UNAVAILABLE, "the shared database does not answer\n".to_owned());
    }
    if health.app.public_log.as_ref().is_some_and(|log| log.has_ended()) {
        return (StatusCode::SERVICE_UNAVAILABLE, "the public log is sealed no longer\n".to_owned());
    }
    let head = head.map_or(0, |position| position.0 + 1);
    let behind = health.app.models.progress().into_iter().find(|(_, progress, _)| {
        let at = progress.position.map_or(0, |position| position.0 + 1);
        !progress.caught_up || head.saturating_sub(at) > READY_LAG
    });
    match behind {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some((name, ..)) => (StatusCode::SERVICE_UNAVAILABLE, format!("the read model {name} is behind\n")),
    }
}

/// Prometheus text.
async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    let scrapes = health.scrapes.fetch_add(1, Ordering::Relaxed) + 1;
    let head = health.app.store.head().await.ok().flatten().map_or(0, |position| position.0 + 1);
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, rows: &[(String, u64)]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in rows {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    gauge("siyi_log_events", "Events in the log.", &[(String::new(), head)]);
    let models = health.app.models.progress();
    let rows = |of: &dyn Fn(u64, u64) -> u64| -> Vec<(String, u64)> {
        models
            .iter()
            .map(|(name, progress, rebuilding)| {
                let at = progress.position.map_or(0, |position| position.0 + 1);
                (format!("{{model=\"{name}\"}}"), of(head.saturating_sub(at), *rebuilding))
            })
            .collect()
    };
    gauge("siyi_model_lag_events", "Events that a read model is behind the log.", &rows(&|lag, _| lag));
    gauge("siyi_model_rebuilt_events", "Events applied by a rebuild under way.", &rows(&|_, rebuilt| rebuilt));
    if let Some(log) = &health.app.public_log {
        let sealed = log.log.published().map_or(0, |published| published.checkpoint().size);
        gauge("siyi_sealed_leaves", "Events that the published checkpoint covers.", &[(String::new(), sealed)]);
    }
    gauge("siyi_metrics_scrapes", "How often this page was asked for.", &[(String::new(), scrapes)]);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
