//! /account: what somebody holds and signs in with, shown to its owner alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan;
use siyi_domain::account::Means;
use siyi_domain::ids::JurisdictionCode;
use siyi_sign_in::{SignInError, SignInMethod, TokenLine, TokenWish};
use uuid::Uuid;

use super::form::Form;
use super::page::{Around, frame, refused};
use super::visitor::SignedIn;
use super::words::Words;
use super::{OfficeLine, SignInDoor, answer};
use crate::app::App;
use crate::pages::Lang;
use crate::pages::frame::Frame;
use crate::pages::phrases::Phrases;

/// Days for which a token is good if nothing else was wished.
const TOKEN_DAYS: i32 = 90;

#[derive(Template)]
#[template(path = "sign_in/account.html")]
struct AccountPage {
    frame: Frame,
    p: &'static Phrases,
    a: Around,
    offices: Vec<OfficeLine>,
    means: Vec<MeansLine>,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenLine>,
    /// Where the account signs second: code and name of each place in which it holds an office that binds others.
    seconds: BTreeMap<JurisdictionCode, String>,
    /// The code that was just made.
    second: Option<String>,
    /// The text of a token that was just made.
    new_token: Option<String>,
    last_token_day: String,
    is_fresh: bool,
    has_passkeys: bool,
    has_provider: bool,
}

struct MeansLine {
    key: Uuid,
    name: &'static str,
    since: String,
}

struct SessionRow {
    key: String,
    method: &'static str,
    since: String,
    seen: String,
    is_this: bool,
}

impl AccountPage {
    async fn new(door: &SignInDoor, who: &SignedIn) -> Result<Self, SignInError> {
        let (visitor, identity, account) = (&who.visitor, &who.identity, who.identity.account);
        let a = Around::of(door, visitor);
        let (frame, p) = frame(visitor, "/account", a.w.account);
        let (lang, w, now) = (visitor.ask.lang, a.w, door.clock.now());
        let sessions = door.sign_in.sessions(account).await?.into_iter().map(|line| SessionRow {
            is_this: identity.session.as_deref() == Some(line.key.as_str()),
            key: line.key,
            method: method(line.method, w),
            since: lang.time(line.signed_in_at),
            seen: lang.time(line.seen_at),
        });
        let means = door.sign_in.means(account).await?.into_iter().map(|held| MeansLine {
            key: held.key,
            name: means(held.means, w),
            since: lang.day(held.since),
        });
        let offices = (door.offices)(identity.clone(), lang == Lang::En).await;
        let seconds = offices.iter().filter(|line| line.binds_others);
        Ok(Self {
            seconds: seconds.map(|line| (line.code.clone(), line.place.clone())).collect(),
            second: None,
            offices,
            means: means.collect(),
            sessions: sessions.collect(),
            tokens: door.sign_in.tokens(account).await?,
            new_token: None,
            last_token_day: now.day().saturating_add(TOKEN_DAYS.days()).to_string(),
            is_fresh: identity.is_fresh(now),
            has_passkeys: door.sign_in.has_passkeys(),
            has_provider: door.sign_in.has_provider(),
            frame,
            p,
            a,
        })
    }
}

const fn method(method: SignInMethod, w: &'static Words) -> &'static str {
    match method {
        SignInMethod::Password => w.password,
        SignInMethod::Passkey => w.passkey,
        SignInMethod::OpenId => w.openid,
        SignInMethod::Token => w.token,
    }
}

const fn means(means: Means, w: &'static Words) -> &'static str {
    match means {
        Means::Password => w.password,
        Means::Passkey => w.passkey,
        Means::OpenId => w.openid,
        Means::Token => w.token,
    }
}

pub(super) async fn page(State(door): State<SignInDoor>, who: SignedIn) -> Response {
    match AccountPage::new(&door, &who).await {
        Ok(page) => answer::html(&door, &who.visitor, StatusCode::OK, &page, page.has_passkeys),
        Err(error) => answer::broken(&error),
    }
}

/// The page after something was asked of it.
async fn after(
    door: &SignInDoor,
    who: &SignedIn,
    outcome: Result<(), SignInError>,
    done: fn(&'static Words) -> &'static str,
    new_token: Option<String>,
) -> Response {
    let mut page = match AccountPage::new(door, who).await {
        Ok(page) => page,
        Err(error) => return answer::broken(&error),
    };
    match outcome {
        Ok(()) => {
            page.a.done = Some(done(page.a.w));
            page.new_token = new_token;
            answer::html(door, &who.visitor, StatusCode::OK, &page, page.has_passkeys)
        }
        Err(error) => {
            page.a = page.a.troubled(&error);
            refused(door, &who.visitor, &page, &error, page.has_passkeys)
        }
    }
}

/// Who sent a form, and the form.
#[expect(clippy::result_large_err, reason = "the error is the response that the handler gives back, once")]
fn sender(form: Form) -> Result<(SignedIn, Form), Response> {
    let visitor = form.visitor.clone();
    Ok((SignedIn::of(visitor)?, form))
}

pub(super) async fn password(State(door): State<SignInDoor>, form: Form) -> Result<Response, Response> {
    let (who, form) = sender(form)?;
    let changed = door.sign_in.change_password(&who.identity, form.secret("present"), form.secret("new")).await;
    Ok(after(&door, &who, changed, |w| w.password_changed, None).await)
}

pub(super) async fn end_session(State(door): State<SignInDoor>, form: Form) -> Result<Response, Response> {
    let (who, form) = sender(form)?;
    let account = who.identity.account;
    let ended = match form.text("session") {
        "others" => door.sign_in.end_sessions(account, who.identity.session.as_deref()).await.map(drop),
        session => door.sign_in.end_session(account, session).await,
    };
    if ended.is_ok() && who.identity.session.as_deref() == Some(form.text("session")) {
        return Err(answer::go(&who.visitor.ask.link("/sign-in")));
    }
    Ok(after(&door, &who, ended, |w| w.session_ended, None).await)
}

pub(super) async fn remove_means(State(door): State<SignInDoor>, form: Form) -> Result<Response, Response> {
    let (who, form) = sender(form)?;
    let removed = match form.text("key").parse() {
        Ok(key) => door.sign_in.remove_means(&who.identity, key).await,
        Err(_) => Err(SignInError::Unknown),
    };
    Ok(after(&door, &who, removed, |w| w.means_removed, None).await)
}

pub(super) async fn make_token(State(door): State<SignInDoor>, form: Form) -> Result<Response, Response> {
    let (who, form) = sender(form)?;
    let made = match form.text("until").parse() {
        Ok(expires_on) => {
            let wish = TokenWish { name: form.text("name").to_owned(), scopes: form.words("scopes"), expires_on };
            door.sign_in.make_token(&who.identity, wish).await
        }
        Err(_) => Err(SignInError::TokenMalformed { what: "its last day is no day" }),
    };
    let (outcome, text) = match made {
        Ok(token) => (Ok(()), Some(token.text)),
        Err(error) => (Err(error), None),
    };
    Ok(after(&door, &who, outcome, |w| w.token_made, text).await)
}

/// A code by which the account's person signs what somebody else is about to do.
pub(super) async fn give_second(
    State(door): State<SignInDoor>,
    Extension(app): Extension<Arc<App>>,
    form: Form,
) -> Result<Response, Response> {
    let (who, form) = sender(form)?;
    let given = match form.text("place").parse() {
        Ok(place) => app.gate.give_second(&who.identity.clone().into(), &place).await,
        Err(_) => Ok(None),
    };
    let given = given.map_err(|error| answer::unavailable(&error, error.code()))?;
    let mut page = AccountPage::new(&door, &who).await.map_err(|error| answer::broken(&error))?;
    let status = if given.is_some() { StatusCode::OK } else { StatusCode::FORBIDDEN };
    page.a.done = given.is_some().then_some(page.a.w.second_given);
    page.a.trouble = given.is_none().then(|| page.a.w.second_not_given.to_owned());
    page.second = given;
    Ok(answer::html(&door, &who.visitor, status, &page, page.has_passkeys))
}
