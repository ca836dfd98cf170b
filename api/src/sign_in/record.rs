//! /account/record: what is stored about the reader, and who read it. The values are opened when asked for, and that is recorded.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use siyi_access::About;
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::office::{Actor, Office};
use siyi_domain::roster::Keeping;
use siyi_log::handler::HandleError;
use siyi_projections::directory;
use siyi_projections::shelf::ShelfError;

use super::form::Form;
use super::page::{Around, frame};
use super::visitor::SignedIn;
use super::words::Words;
use super::{SignInDoor, answer};
use crate::app::App;
use crate::gate::{Caller, Identity};
use crate::pages::Lang;
use crate::pages::frame::Frame;
use crate::pages::phrases::Phrases;
use crate::pages::terms::Term as _;
use crate::reading::{self, Unread, Wanted};

/// Most readings told of one person.
const MOST_READINGS: usize = 100;
/// Why, as the log keeps it.
const PURPOSE: &str = "本人查阅";

#[derive(Template)]
#[template(path = "sign_in/record.html")]
struct RecordPage {
    frame: Frame,
    p: &'static Phrases,
    a: Around,
    persons: Vec<PersonRecord>,
}

/// What is stored about a person in one place.
struct PersonRecord {
    code: JurisdictionCode,
    place: String,
    person: PersonId,
    name: String,
    keeping: &'static str,
    is_kept: bool,
    rolls: Vec<&'static str>,
    offices: Vec<String>,
    readings: Vec<ReadingLine>,
    /// In clear, where that was asked for.
    values: Vec<(String, String)>,
}

struct ReadingLine {
    at: String,
    by: String,
    fields: String,
    purpose: String,
}

/// Why the page cannot be shown.
enum Trouble {
    Log(HandleError),
    Shelf(ShelfError),
}

impl From<HandleError> for Trouble {
    fn from(error: HandleError) -> Self {
        Self::Log(error)
    }
}

impl From<ShelfError> for Trouble {
    fn from(error: ShelfError) -> Self {
        Self::Shelf(error)
    }
}

/// The persons whose own record the gate opens to this account.
async fn own(app: &App, identity: &Identity) -> Result<Vec<(JurisdictionCode, PersonId)>, HandleError> {
    let account = app.handler.account(identity.account).await?;
    let caller = Caller::Account(identity.clone());
    let mut own = Vec::new();
    for (place, person) in &account.persons {
        let about = About { subject: Some(*person), ..About::place(place.clone()) };
        if app.gate.may(&caller, "own-record", &about).await? {
            own.push((place.clone(), *person));
        }
    }
    Ok(own)
}

async fn record(
    app: &App,
    lang: Lang,
    w: &'static Words,
    (code, person): (JurisdictionCode, PersonId),
) -> Result<PersonRecord, Trouble> {
    let roster = app.handler.roster(&code).await?;
    let (shelf, today) = (app.models.directory.shelf(), app.clock.now().day());
    let row = directory::jurisdiction(&shelf, &code)?;
    let is_urban = row.as_ref().is_some_and(|place| place.kind == JurisdictionKind::Community);
    let rolls = roster.rolls.iter().filter(|(_, members)| members.iter().any(|member| member.person == person));
    let theirs = roster.terms().iter().filter(|term| term.person == person);
    let offices = theirs.map(|term| {
        let until = term.until.map(|day| lang.day(day)).unwrap_or_default();
        let held = if term.covers(today) { "" } else { w.no_longer };
        format!("{} {}—{until} {held}", term.office.named_in(is_urban, lang), lang.day(term.from))
    });
    let mut readings = Vec::new();
    for reading in directory::readings(&shelf, person, MOST_READINGS)? {
        let name = directory::masked_name(&shelf, reading.actor.person)?;
        let by = if reading.actor.person == person {
            w.oneself.to_owned()
        } else {
            format!("{name} {}", reading.actor.office.named_in(is_urban, lang))
        };
        let fields: Vec<&str> = reading.fields.iter().map(|field| w.field(field)).collect();
        let (at, fields) = (lang.time(reading.at), fields.join(lang.pick("、", ", ")));
        readings.push(ReadingLine { at, by, fields, purpose: reading.purpose });
    }
    let keeping = roster.keeping(person);
    Ok(PersonRecord {
        place: row.map_or_else(|| code.to_string(), |place| place.name),
        name: directory::masked_name(&shelf, person)?,
        keeping: match keeping {
            Keeping::Kept => w.kept,
            Keeping::Restricted => w.restricted,
            Keeping::Erased => w.erased,
        },
        is_kept: keeping == Keeping::Kept,
        rolls: rolls.map(|(kind, _)| kind.named_in(is_urban, lang)).collect(),
        offices: offices.collect(),
        readings,
        values: Vec::new(),
        code,
        person,
    })
}

async fn records(app: &App, who: &SignedIn) -> Result<Vec<PersonRecord>, Trouble> {
    let lang = who.visitor.ask.lang;
    let mut records = Vec::new();
    for of in own(app, &who.identity.clone().into()).await? {
        records.push(record(app, lang, Words::of(lang), of).await?);
    }
    Ok(records)
}

fn shown(
    door: &SignInDoor,
    who: &SignedIn,
    status: StatusCode,
    persons: Result<Vec<PersonRecord>, Trouble>,
    trouble: Option<String>,
) -> Response {
    let persons = match persons {
        Ok(persons) => persons,
        Err(Trouble::Log(error)) => return answer::unavailable(&error, error.code()),
        Err(Trouble::Shelf(error)) => return answer::unavailable(&error, "read-store-unavailable"),
    };
    let mut a = Around::of(door, &who.visitor);
    a.trouble = trouble;
    let (frame, p) = frame(&who.visitor, "/account/record", a.w.own_record);
    answer::html(door, &who.visitor, status, &RecordPage { frame, p, a, persons }, false)
}

pub(super) async fn page(
    State(door): State<SignInDoor>,
    Extension(app): Extension<Arc<App>>,
    who: SignedIn,
) -> Response {
    shown(&door, &who, StatusCode::OK, records(&app, &who).await, None)
}

/// The values in clear, once the log holds that they were shown.
pub(super) async fn open(
    State(door): State<SignInDoor>,
    Extension(app): Extension<Arc<App>>,
    form: Form,
) -> Result<Response, Response> {
    let place = form.text("place").to_owned();
    let who = SignedIn::of(form.visitor)?;
    let opened = open_own(&app, &who, &place).await;
    let mut persons = records(&app, &who).await;
    let w = Words::of(who.visitor.ask.lang);
    let (status, trouble) = match opened {
        Ok((person, values)) => {
            let theirs = persons.iter_mut().flatten().find(|record| record.person == person);
            if let Some(record) = theirs {
                record.values = values;
            }
            (StatusCode::OK, None)
        }
        Err(Unread::NotPermitted) => (StatusCode::FORBIDDEN, Some(w.not_shown.to_owned())),
        Err(error @ (Unread::Handle(_) | Unread::Vault(_))) => return Ok(answer::unavailable(&error, error.code())),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Some(format!("{} ({})", w.not_done, error.code()))),
    };
    Ok(shown(&door, &who, status, persons, trouble))
}

async fn open_own(app: &App, who: &SignedIn, place: &str) -> Result<(PersonId, Vec<(String, String)>), Unread> {
    let identity: Identity = who.identity.clone().into();
    let own = own(app, &identity).await?;
    let (place, person) = own.into_iter().find(|(code, _)| code.as_str() == place).ok_or(Unread::NotPermitted)?;
    // In an office that the person holds there; who holds none reads as the villager that the data speaks of.
    let held = app.gate.held(&identity).await?.into_iter().find(|held| held.person == person);
    let actor = Actor { person, office: held.map_or(Office::Villager, |held| held.office) };
    let wanted = Wanted { identity, actor, place, person, second: None, purpose: PURPOSE.to_owned() };
    let (_, values) = reading::open(app, wanted).await?;
    let w = Words::of(who.visitor.ask.lang);
    let values = values.into_iter().map(|value| (w.field(&value.field).to_owned(), value.value));
    Ok((person, values.collect()))
}
