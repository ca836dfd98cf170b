//! The little that is spoken over HTTP/1 on the same port: signs of life, and who this is.

use super::{call::Face, discover::VERSION};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Value, json};

/// The routes beside the services.
pub(crate) fn routes(face: Face) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/alive", get(live))
        .route("/info", get(info))
        .route("/gossip", get(gossip))
        .with_state(face)
}

async fn live(State(face): State<Face>) -> StatusCode {
    if face.stop.is_cancelled() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
}

async fn info() -> Json<Value> {
    Json(json!({
        "dbVersion": VERSION,
        "esVersion": VERSION,
        "state": "leader",
        "features": {"projections": false, "userManagement": false, "atomPub": false},
    }))
}

async fn gossip(State(face): State<Face>) -> Json<Value> {
    let (address, port) = (face.advertised.ip().to_string(), face.advertised.port());
    Json(json!({"members": [{
        "instanceId": "53495949-4553-8442-8000-000000000001",
        "state": "Leader",
        "isAlive": true,
        "httpEndPointIp": address,
        "httpEndPointPort": port,
        "esVersion": VERSION,
    }]}))
}
