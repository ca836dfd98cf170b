//! /sign-in, /sign-out

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use siyi_sign_in::{NewSession, SignInError};

use super::form::Form;
use super::page::{Around, frame, refused};
use super::visitor::Visitor;
use super::{SignInDoor, answer};
use crate::pages::frame::Frame;
use crate::pages::phrases::Phrases;

#[derive(Template)]
#[template(path = "sign_in/enter.html")]
struct EnterPage {
    frame: Frame,
    p: &'static Phrases,
    a: Around,
    has_passkeys: bool,
    has_provider: bool,
}

impl EnterPage {
    fn new(door: &SignInDoor, visitor: &Visitor) -> Self {
        let a = Around::of(door, visitor);
        let (frame, p) = frame(visitor, "/sign-in", a.w.sign_in);
        Self { frame, p, a, has_passkeys: door.sign_in.has_passkeys(), has_provider: door.sign_in.has_provider() }
    }
}

pub(super) async fn page(State(door): State<SignInDoor>, visitor: Visitor) -> Response {
    let page = EnterPage::new(&door, &visitor);
    answer::html(&door, &visitor, StatusCode::OK, &page, page.has_passkeys)
}

pub(super) async fn sign_in(State(door): State<SignInDoor>, form: Form) -> Response {
    let visitor = &form.visitor;
    let previous = visitor.session.as_deref();
    match door.sign_in.with_password(form.text("name"), form.secret("password"), visitor.address, previous).await {
        Ok(session) => entered(&door, visitor, &session),
        Err(error) => again(&door, visitor, &error),
    }
}

/// The page once more, with what was in the way.
pub(super) fn again(door: &SignInDoor, visitor: &Visitor, error: &SignInError) -> Response {
    let mut page = EnterPage::new(door, visitor);
    page.a = page.a.troubled(error);
    refused(door, visitor, &page, error, page.has_passkeys)
}

/// Signed in: the new session's id goes into the cookie, and the browser to the account.
pub(super) fn entered(door: &SignInDoor, visitor: &Visitor, session: &NewSession) -> Response {
    let mut response = answer::go(&visitor.ask.link("/account"));
    let names = door.cookies();
    answer::cookie(response.headers_mut(), &names.set(names.session, &session.id));
    response
}

pub(super) async fn sign_out(State(door): State<SignInDoor>, form: Form) -> Response {
    if let Some(session) = &form.visitor.session
        && let Err(error) = door.sign_in.sign_out(session).await
    {
        return answer::broken(&error);
    }
    let mut response = answer::go(&form.visitor.ask.link("/sign-in"));
    let names = door.cookies();
    answer::cookie(response.headers_mut(), &names.unset(names.session));
    response
}
