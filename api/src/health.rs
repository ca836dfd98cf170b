//! /healthz, /readyz and /metrics.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use siyi_log::port::Position;

use crate::app::App;

/// How long a read model may take to reach what the log held and still count as ready. In time and not in events, since
/// positions of a store elsewhere are not dense.
const READY_PATIENCE: Duration = Duration::from_secs(10);

/// What health is told from.
#[derive(Clone)]
pub struct Health {
    app: Arc<App>,
    scrapes: Arc<AtomicU64>,
    awaited: Arc<Awaited>,
}

impl Health {
    /// Health of an app.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self { app, scrapes: Arc::default(), awaited: Arc::default() }
    }
}

/// The end of the log that the slowest read model has still to reach, and since when.
#[derive(Default)]
struct Awaited(Mutex<Option<(u64, Instant)>>);

impl Awaited {
    /// Whether the slowest read model, at this place, has not reached for too long what the log held.
    fn lags(&self, slowest: u64, head: u64, now: Instant) -> bool {
        let mut awaited = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *awaited {
            _ if slowest >= head => *awaited = None,
            Some((end, since)) if slowest < end => return now.duration_since(since) > READY_PATIENCE,
            Some(_) | None => *awaited = Some((head, now)),
        }
        false
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
    let models = health.app.models.progress();
    let slowest = models.iter().min_by_key(|(_, progress, _)| (progress.caught_up, progress.position));
    let Some((name, progress, _)) = slowest else { return (StatusCode::OK, "ready\n".to_owned()) };
    if !progress.caught_up || health.awaited.lags(end(progress.position), end(head), Instant::now()) {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("the read model {name} is behind\n"));
    }
    (StatusCode::OK, "ready\n".to_owned())
}

/// The place behind a position; 0 where there is none.
fn end(position: Option<Position>) -> u64 {
    position.map_or(0, |position| position.0 + 1)
}

/// Prometheus text.
async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    let scrapes = health.scrapes.fetch_add(1, Ordering::Relaxed) + 1;
    let head = end(health.app.store.head().await.ok().flatten());
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, rows: &[(String, u64)]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in rows {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    gauge(
        "siyi_log_position",
        "The end of the log: on a store of its own, how many events it holds.",
        &[(String::new(), head)],
    );
    let models = health.app.models.progress();
    let rows = |of: &dyn Fn(u64, u64) -> u64| -> Vec<(String, u64)> {
        models
            .iter()
            .map(|(name, progress, rebuilding)| {
                (format!("{{model=\"{name}\"}}"), of(head.saturating_sub(end(progress.position)), *rebuilding))
            })
            .collect()
    };
    gauge(
        "siyi_model_lag_positions",
        "Positions that a read model is behind the log: on a store of its own, events.",
        &rows(&|lag, _| lag),
    );
    gauge("siyi_model_rebuilt_events", "Events applied by a rebuild under way.", &rows(&|_, rebuilt| rebuilt));
    if let Some(log) = &health.app.public_log {
        let sealed = log.log.published().map_or(0, |published| published.checkpoint().size);
        gauge("siyi_sealed_leaves", "Events that the published checkpoint covers.", &[(String::new(), sealed)]);
    }
    gauge("siyi_metrics_scrapes", "How often this page was asked for.", &[(String::new(), scrapes)]);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_lags_that_does_not_reach_in_time_what_the_log_held() {
        let (awaited, begin) = (Awaited::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert!(!awaited.lags(5, 5, at(0)));
        // One event may be a thousand million positions; only time counts.
        assert!(!awaited.lags(5, 1 << 30, at(1)));
        assert!(!awaited.lags(5, 1 << 31, at(11)));
        assert!(awaited.lags(5, 1 << 31, at(12)));
        // It has moved on to what was awaited, and now what came since is.
        assert!(!awaited.lags(1 << 30, 1 << 31, at(13)));
        assert!(awaited.lags(1 << 30, 1 << 31, at(24)));
        assert!(!awaited.lags(1 << 31, 1 << 31, at(25)));
        assert!(!awaited.lags(1 << 31, (1 << 31) + 1, at(40)));
    }
}
