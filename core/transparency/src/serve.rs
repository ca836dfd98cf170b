//! The public log over HTTP: files and nothing else. No query, no session, no database.

use crate::{heads::CHECKPOINT_FILE, keys::LIST_FILE, log::TransparencyLog, sealer::POLICY_FILE};
use axum::{
    Router,
    extract::{Path, State},
    http::{
        HeaderName, StatusCode,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use siyi_tlog::{Bundle, Tile, TileSource, TlogError};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// A checkpoint is old after half a second; a reader may see one that is two seconds older.
const SHORT: &str = "public, max-age=2";

/// Keys and policy change by hand.
const MINUTES: &str = "public, max-age=300";

/// A full tile never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A partial tile never changes either, but goes once it is full.
const A_DAY: &str = "public, max-age=86400, immutable";

/// `GET /log/checkpoint`, `/log/tile/…`, `/log/policy`, `/log/keys` (C2SP tlog-tiles with the prefix `/log`), and
/// `/log/proof/<leaf>`, a `.tlog-proof` file made from the tiles.
///
/// Anybody may read them from any page: they are there to be checked from elsewhere.
pub fn routes(log: TransparencyLog) -> Router {
    Router::new()
        .route(
            "/log/checkpoint",
            get(async |State(log): State<TransparencyLog>| text(log, CHECKPOINT_FILE, SHORT).await),
        )
        .route("/log/policy", get(async |State(log): State<TransparencyLog>| text(log, POLICY_FILE, MINUTES).await))
        .route("/log/keys", get(async |State(log): State<TransparencyLog>| text(log, LIST_FILE, MINUTES).await))
        .route("/log/tile/{*path}", get(tile))
        .route("/log/proof/{leaf}", get(proof))
        .with_state(log)
}

async fn text(log: TransparencyLog, name: &'static str, cache: &'static str) -> Response {
    file(log, name.into(), TEXT, cache).await
}

/// INVARIANT: what is asked of the disk is written anew from numbers, so no path leaves the folder.
async fn tile(State(log): State<TransparencyLog>, Path(path): Path<String>) -> Response {
    let path = format!("tile/{path}");
    let tile = Tile::parse(&path).map(|tile| (tile.to_string(), tile.is_full()));
    let bundle = || Bundle::parse(&path).map(|bundle| (bundle.to_string(), bundle.is_full()));
    match tile.or_else(|_| bundle()) {
        Ok((path, is_full)) => file(log, path, BYTES, if is_full { FOREVER } else { A_DAY }).await,
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn proof(State(log): State<TransparencyLog>, Path(leaf): Path<String>) -> Response {
    let Ok(number) = leaf.parse::<u64>() else { return StatusCode::NOT_FOUND.into_response() };
    let made = tokio::task::spawn_blocking(move || log.proof_for_leaf(number).map(|proof| proof.to_string())).await;
    match made {
        Ok(Ok(proof)) => (headers(TEXT, SHORT), proof).into_response(),
        Ok(Err(crate::SealError::NotCovered { .. })) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "a proof could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn file(log: TransparencyLog, path: String, content: &'static str, cache: &'static str) -> Response {
    let read = tokio::task::spawn_blocking(move || log.folder().read(&path)).await;
    match read {
        Ok(Ok(bytes)) => (headers(content, cache), bytes).into_response(),
        Ok(Err(TlogError::Missing { .. })) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn headers(content: &'static str, cache: &'static str) -> [(HeaderName, &'static str); 4] {
    [
        (CONTENT_TYPE, content),
        (CACHE_CONTROL, cache),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ]
}
