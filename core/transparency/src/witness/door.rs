//! The two doors of a witness (C2SP tlog-witness): `POST /add-checkpoint` and `GET /<sha256(origin)>/checkpoint`.

use super::book::{Refusal, WitnessBook};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use siyi_log::clock::Clock;
use siyi_tlog::AddCheckpoint;
use std::sync::Arc;

const PLAIN: &str = "text/plain; charset=utf-8";

#[derive(Clone)]
struct Door {
    book: Arc<WitnessBook>,
    clock: Arc<dyn Clock>,
}

/// The routes of a witness. `clock` tells the time that it signs.
pub fn witness_routes(book: Arc<WitnessBook>, clock: Arc<dyn Clock>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(AddCheckpoint::MAX_BYTES))
        .with_state(Door { book, clock })
}

async fn add_checkpoint(State(door): State<Door>, body: Bytes) -> Response {
    let Ok(body) = String::from_utf8(body.into()) else {
        return (StatusCode::BAD_REQUEST, "the request is no text\n").into_response();
    };
    let time = u64::try_from(door.clock.now().millisecond() / 1000).unwrap_or_default();
    let book = Arc::clone(&door.book);
    let answer = tokio::task::spawn_blocking(move || book.add_checkpoint(&body, time)).await;
    match answer {
        Ok(Ok(lines)) => {
            let lines: String = lines.iter().map(ToString::to_string).collect();
            ([(CONTENT_TYPE, PLAIN)], lines).into_response()
        }
        Ok(Err(refusal)) => refuse(&refusal),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match refusal {
        Refusal::Stale { size } => (status, [(CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response(),
        Refusal::Storage(error) => {
            tracing::error!(%error, "a confirmation could not be stored");
            status.into_response()
        }
        Refusal::Malformed(_) | Refusal::UnknownLog | Refusal::Unsigned | Refusal::Inconsistent => {
            (status, [(CONTENT_TYPE, PLAIN)], format!("{refusal}\n")).into_response()
        }
    }
}

async fn checkpoint(State(door): State<Door>, Path(origin): Path<String>) -> Response {
    match door.book.latest_by_hash(&origin) {
        Some(known) => ([(CONTENT_TYPE, PLAIN)], known.note().to_string()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
