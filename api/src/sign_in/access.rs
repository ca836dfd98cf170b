//! /account/access/{code}: who looked at what a place keeps, for those who watch it. Told are the doors to what is covered, to
//! personal data and to accounts; what villagers say in their own matters is not.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use siyi_access::record::Line;
use siyi_access::{About, Door, DoorKind};
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::moment::Moment;
use siyi_log::handler::HandleError;
use siyi_projections::directory;
use siyi_projections::shelf::ShelfError;

use super::page::{Around, frame};
use super::visitor::SignedIn;
use super::words::Words;
use super::{SignInDoor, answer};
use crate::app::App;
use crate::gate::Caller;
use crate::pages::Lang;
use crate::pages::frame::Frame;
use crate::pages::phrases::Phrases;
use crate::pages::terms::Term as _;
use crate::server::refusal::Refusal;

/// Lines on a page.
const LINES: usize = 50;

#[derive(Template)]
#[template(path = "sign_in/access.html")]
struct AccessPage {
    frame: Frame,
    p: &'static Phrases,
    a: Around,
    place: String,
    lines: Vec<Told>,
    /// The number of the last line, where there are more.
    next: Option<String>,
}

struct Told {
    at: String,
    by: String,
    door: String,
    place: String,
    allowed: bool,
    policies: String,
}

/// Whether a line tells of looking. What people do in their own matters, and at their own account, is not watched here.
fn tells_of_looking(line: &Line) -> bool {
    Door::named(&line.door).is_some_and(|door| match door.kind() {
        DoorKind::CoveredRead | DoorKind::PersonalData | DoorKind::Administration => true,
        DoorKind::PublicRead | DoorKind::OwnRead | DoorKind::Command => false,
    })
}

pub(super) async fn page(
    State(door): State<SignInDoor>,
    Extension(app): Extension<Arc<App>>,
    Path(code): Path<String>,
    who: SignedIn,
) -> Response {
    let Ok(code) = code.parse::<JurisdictionCode>() else {
        return Refusal::new(StatusCode::NOT_FOUND, "place-unknown", "there is no such place").into_response();
    };
    let caller = Caller::Account(who.identity.clone().into());
    match app.gate.may(&caller, "access-log", &About::place(code.clone())).await {
        Ok(true) => {}
        Ok(false) => {
            let told = "the access log of this place is not open to you, or you must sign in anew";
            return Refusal::new(StatusCode::FORBIDDEN, "not-permitted", told).into_response();
        }
        Err(error) => return answer::unavailable(&error, error.code()),
    }
    let ask = &who.visitor.ask;
    let before = ask.after.as_deref().and_then(|seq| seq.parse().ok());
    let (gate, within) = (Arc::clone(&app.gate), code.clone());
    let is_wanted =
        move |line: &Line| line.place.as_ref().is_some_and(|place| within.contains(place)) && tells_of_looking(line);
    let read = tokio::task::spawn_blocking(move || gate.looked(before, LINES + 1, &is_wanted)).await;
    let mut lines = match read {
        Ok(Ok(lines)) => lines,
        Ok(Err(error)) => return answer::unavailable(&error, error.code()),
        Err(error) => return answer::unavailable(&error, "access-log-unavailable"),
    };
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let next = lines.last().filter(|_| more).map(|line| line.seq.to_string());
    let mut told = Vec::new();
    for line in &lines {
        match tell(&app, ask.lang, line).await {
            Ok(line) => told.push(line),
            Err(error) => return error,
        }
    }
    let a = Around::of(&door, &who.visitor);
    let place = match directory::jurisdiction(&app.models.directory.shelf(), &code) {
        Ok(row) => row.map_or_else(|| code.to_string(), |row| row.name),
        Err(error) => return shelf(&error),
    };
    let (frame, p) = frame(&who.visitor, &format!("/account/access/{code}"), a.w.access);
    answer::html(&door, &who.visitor, StatusCode::OK, &AccessPage { frame, p, a, place, lines: told, next }, false)
}

fn shelf(error: &ShelfError) -> Response {
    answer::unavailable(error, "read-store-unavailable")
}

fn log(error: &HandleError) -> Response {
    answer::unavailable(error, error.code())
}

async fn tell(app: &App, lang: Lang, line: &Line) -> Result<Told, Response> {
    let at = Moment::china(line.at);
    Ok(Told {
        at: lang.time(at),
        by: by(app, lang, line, at).await?,
        door: line.door.clone(),
        place: line.place.as_ref().map(ToString::to_string).unwrap_or_default(),
        allowed: line.allowed,
        policies: line.policies.join(" "),
    })
}

/// Who looked: an official by the masked name and the offices of that day, anybody else as a villager and no more.
async fn by(app: &App, lang: Lang, line: &Line, at: Moment) -> Result<String, Response> {
    let w = Words::of(lang);
    let (Some(account), Some(place)) = (line.account, &line.place) else { return Ok(w.not_signed_in.to_owned()) };
    let account = app.handler.account(account).await.map_err(|error| log(&error))?;
    let mut told = Vec::new();
    for (code, person) in &account.persons {
        if !code.contains(place) && !place.contains(code) {
            continue;
        }
        let roster = app.handler.roster(code).await.map_err(|error| log(&error))?;
        let offices: Vec<&str> = roster
            .offices_on(*person, at.day())
            .into_iter()
            .filter(|office| office.binds_others())
            .map(|office| office.named(lang))
            .collect();
        if !offices.is_empty() {
            let name = directory::masked_name(&app.models.directory.shelf(), *person).map_err(|error| shelf(&error))?;
            told.push(format!("{name} {}", offices.join(lang.pick("、", ", "))));
        }
    }
    Ok(if told.is_empty() { w.somebody.to_owned() } else { told.join(lang.pick("；", "; ")) })
}
