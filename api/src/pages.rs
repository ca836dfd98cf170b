//! The public pages: boards, matters, notices, procedures and feeds, rendered here and whole without any script.
//!
//! Each page is a function from a [`visit`] to a page of HTML, run where reading from the disk holds up nobody. [`narrate`] says
//! events in words. Deliberately absent: forms, sign-in, scripts, and any name in clear.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;

pub(crate) mod answer;
pub(crate) mod ask;
mod bar;
pub(crate) mod bundle;
mod due;
pub(crate) mod escape;
mod feed;
mod flags;
pub(crate) mod frame;
mod home;
mod lang;
mod matter;
pub mod narrate;
mod notice;
pub(crate) mod phrases;
mod place;
mod procedure;
mod procedures;
pub mod qr;
mod routine;
pub(crate) mod rules;
pub(crate) mod secrecy;
pub(crate) mod statics;
pub(crate) mod terms;
mod trouble;
mod verify;
mod visit;

pub use lang::Lang;

pub(crate) use answer::hash;

use answer::answer;
use ask::Ask;
use trouble::Trouble;

/// Routes of the pages.
pub fn router() -> Router<Arc<App>> {
    let mut router = Router::new()
        .route("/", get(home))
        .route("/j/{code}", get(place))
        .route("/j/{code}/feed.atom", get(feed))
        .route("/j/{code}/flags", get(flagged))
        .route("/c/{number}", get(matter))
        .route("/c/{number}/verify", get(verify_matter))
        .route("/c/{number}/bundle", get(bundle::file))
        .route("/c/{number}/notice/{no}", get(notice))
        .route("/verify", get(verify_log))
        .route("/procedures", get(all_procedures))
        .route("/procedures/{*id}", get(procedure))
        .route("/static/{file}", get(statics::file))
        .fallback(unknown_page);
    for (name, value) in answer::security_headers() {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    router
}

async fn home(State(app): State<Arc<App>>, ask: Ask) -> Response {
    answer(app, ask, home::page).await
}

async fn place(State(app): State<Arc<App>>, ask: Ask, path: Asked<String>) -> Response {
    answer(app, ask, move |visit| place::page(visit, &named(path)?)).await
}

async fn feed(State(app): State<Arc<App>>, ask: Ask, path: Asked<String>) -> Response {
    answer(app, ask, move |visit| feed::page(visit, &named(path)?)).await
}

async fn flagged(State(app): State<Arc<App>>, ask: Ask, path: Asked<String>) -> Response {
    answer(app, ask, move |visit| flags::page(visit, &named(path)?)).await
}

async fn all_procedures(State(app): State<Arc<App>>, ask: Ask) -> Response {
    answer(app, ask, procedures::page).await
}

async fn matter(State(app): State<Arc<App>>, ask: Ask, path: Asked<String>) -> Response {
    answer(app, ask, move |visit| matter::page(visit, &named(path)?)).await
}

async fn verify_matter(State(app): State<Arc<App>>, ask: Ask, path: Asked<String>) -> Response {
    answer(app, ask, move |visit| verify::matter(visit, &named(path)?)).await
}

async fn verify_log(State(app): State<Arc<App>>, ask: Ask) -> Response {
    answer(app, ask, verify::log).await
}

async fn notice(State(app): State<Arc<App>>, ask: Ask, path: Asked<(String, String)>) -> Response {
    answer(app, ask, move |visit| {
        let (number, no) = named(path)?;
        notice::page(visit, &number, &no)
    })
    .await
}

async fn procedure(State(app): State<Arc<App>>, ask: Ask, path: Asked<String>) -> Response {
    answer(app, ask, move |visit| procedure::page(visit, &named(path)?)).await
}

async fn unknown_page(State(app): State<Arc<App>>, ask: Ask) -> Response {
    answer(app, ask, |_| Err(Trouble::PageUnknown)).await
}

type Asked<T> = Result<Path<T>, PathRejection>;

/// What a path names; an address that is no UTF-8 names nothing.
fn named<T>(path: Asked<T>) -> Result<T, Trouble> {
    path.map(|Path(named)| named).map_err(|_| Trouble::PageUnknown)
}
