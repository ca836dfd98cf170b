//! /join: from an invitation's code to an account, or to one person more on the account that one has.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use siyi_sign_in::SignInError;

use super::enter::entered;
use super::form::Form;
use super::page::{Around, frame, refused};
use super::visitor::Visitor;
use super::{SignInDoor, answer};
use crate::pages::frame::Frame;
use crate::pages::phrases::Phrases;

#[derive(Template)]
#[template(path = "sign_in/join.html")]
struct JoinPage {
    frame: Frame,
    p: &'static Phrases,
    a: Around,
    is_signed_in: bool,
}

impl JoinPage {
    fn new(door: &SignInDoor, visitor: &Visitor) -> Self {
        let a = Around::of(door, visitor);
        let (frame, p) = frame(visitor, "/join", a.w.join);
        Self { frame, p, a, is_signed_in: visitor.identity.is_some() }
    }
}

pub(super) async fn page(State(door): State<SignInDoor>, visitor: Visitor) -> Response {
    answer::html(&door, &visitor, StatusCode::OK, &JoinPage::new(&door, &visitor), false)
}

pub(super) async fn join(State(door): State<SignInDoor>, form: Form) -> Response {
    let (visitor, code) = (&form.visitor, form.text("code"));
    let joined = if let Some(identity) = &visitor.identity {
        let bound = door.sign_in.bind(identity, code, visitor.address).await;
        bound.map(|_| answer::go(&visitor.ask.link("/account")))
    } else {
        let (name, password) = (form.text("name"), form.secret("password"));
        let joined = door.sign_in.join(code, name, password, visitor.address, None).await;
        joined.map(|(session, _)| entered(&door, visitor, &session))
    };
    joined.unwrap_or_else(|error| again(&door, visitor, &error))
}

fn again(door: &SignInDoor, visitor: &Visitor, error: &SignInError) -> Response {
    let mut page = JoinPage::new(door, visitor);
    page.a = page.a.troubled(error);
    refused(door, visitor, &page, error, false)
}
