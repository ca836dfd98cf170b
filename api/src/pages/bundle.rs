//! /c/<number>/bundle: a matter with everything that it rests on, in one file, to be verified elsewhere.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use siyi_projections::docket;
use siyi_verify::bundle::{Parts, write};
use siyi_verify::ports::{Unlogged, collect};

use crate::app::App;
use crate::public_log::Snapshot;
use crate::server::refusal::Refusal;

/// The file.
pub async fn file(
    State(app): State<Arc<App>>,
    number: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let unknown = Refusal::new(StatusCode::NOT_FOUND, "consultation-unknown", "there is no such matter");
    let Path(number) = number.map_err(|_| unknown)?;
    let row = docket::by_number(&app.models.docket.shelf(), &number).map_err(|error| broken(&error))?;
    let row = row.ok_or(unknown)?;
    let bytes = of(&app, row.id).await.map_err(|error| broken(&*error))?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"siyi-{}.zip\"", row.number)) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The bundle of a matter, with proofs where this server seals the log.
///
/// # Errors
/// What stands in the way, for the log.
pub async fn of(
    app: &App,
    matter: siyi_domain::ids::ConsultationId,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let parts: Parts = match &app.public_log {
        Some(public_log) => {
            let snapshot = Snapshot::of(&public_log.log);
            collect(app.store.as_ref(), matter, &snapshot).await.map_err(|error| error.to_string())?
        }
        None => collect(app.store.as_ref(), matter, &Unlogged).await.map_err(|error| error.to_string())?,
    };
    Ok(tokio::task::spawn_blocking(move || write(&parts)).await??)
}

fn broken(error: &(impl std::fmt::Display + ?Sized)) -> Refusal {
    tracing::error!(%error, "a bundle could not be made");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "store-unavailable", "the bundle cannot be made now")
}
