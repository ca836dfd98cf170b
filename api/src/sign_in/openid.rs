//! /sign-in/oidc: to the provider and back.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use siyi_sign_in::SignInError;
use siyi_sign_in::oidc::{Came, CameBack};

use super::enter::{again, entered};
use super::form::Form;
use super::page::{Around, frame, note};
use super::visitor::{SignedIn, Visitor};
use super::{SignInDoor, answer};
use crate::pages::frame::Frame;
use crate::pages::phrases::Phrases;

#[derive(Template)]
#[template(path = "sign_in/onward.html")]
struct OnwardPage {
    frame: Frame,
    p: &'static Phrases,
    a: Around,
    address: String,
}

/// What the provider sends back in the address.
#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    iss: Option<String>,
}

pub(super) async fn begin(State(door): State<SignInDoor>, visitor: Visitor) -> Response {
    match door.sign_in.begin_openid(&visitor.browser, visitor.address).await {
        Ok(address) => to_provider(&door, &visitor, address.as_str()),
        Err(error) => again(&door, &visitor, &error),
    }
}

/// A form's answer may not lead to another server: the pages' policy forbids it, also by way of a redirect. So the way to the
/// provider is a link on a page.
pub(super) async fn link(State(door): State<SignInDoor>, form: Form) -> Result<Response, Response> {
    let who = SignedIn::of(form.visitor.clone())?;
    let address = match door.sign_in.begin_openid_link(&who.identity, &who.visitor.browser).await {
        Ok(address) => address.to_string(),
        Err(error) => return Ok(note(&door, &who.visitor, &error)),
    };
    let a = Around::of(&door, &who.visitor);
    let (frame, p) = frame(&who.visitor, "/account", a.w.link_provider);
    Ok(answer::html(&door, &who.visitor, StatusCode::OK, &OnwardPage { frame, p, a, address }, false))
}

/// The answer that the browser brings back is bound to this browser.
fn to_provider(door: &SignInDoor, visitor: &Visitor, address: &str) -> Response {
    let mut response = answer::go(address);
    if visitor.is_new {
        let names = door.cookies();
        answer::cookie(response.headers_mut(), &names.set(names.browser, &visitor.browser));
    }
    response
}

pub(super) async fn callback(
    State(door): State<SignInDoor>,
    visitor: Visitor,
    back: Result<Query<Back>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Ok(Query(back)) = back else { return note(&door, &visitor, &SignInError::CeremonyUnknown) };
    let came = Came { state: &back.state, code: &back.code, issuer: back.iss.as_deref(), browser: &visitor.browser };
    let (signed_in, previous) = (visitor.identity.as_ref(), visitor.session.as_deref());
    match door.sign_in.with_openid(came, signed_in, previous).await {
        Ok(CameBack::SignedIn(session)) => entered(&door, &visitor, &session),
        Ok(CameBack::Linked(_)) => answer::go(&visitor.ask.link("/account")),
        Err(error) => note(&door, &visitor, &error),
    }
}
