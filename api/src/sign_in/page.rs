//! What all these pages have: their frame, their token, and a word about what just happened.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use siyi_sign_in::SignInError;

use super::visitor::Visitor;
use super::words::{Words, said};
use super::{SignInDoor, answer, statics};
use crate::pages::Lang;
use crate::pages::frame::{Crumb, Frame};
use crate::pages::phrases::Phrases;
use crate::pages::statics::css_address;

/// What every page of the sign-in has besides its frame.
pub(super) struct Around {
    pub(super) w: &'static Words,
    /// The token of the page's forms.
    pub(super) form: String,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    /// What was in the way.
    pub(super) trouble: Option<String>,
    /// What was done.
    pub(super) done: Option<&'static str>,
    lang: Lang,
}

impl Around {
    /// Of a visitor's page.
    pub(super) fn of(door: &SignInDoor, visitor: &Visitor) -> Self {
        Self {
            w: Words::of(visitor.ask.lang),
            form: door.sign_in.form_token(visitor.bound()).unwrap_or_default(),
            style: statics::STYLE_ADDRESS.as_str(),
            script: statics::SCRIPT_ADDRESS.as_str(),
            trouble: None,
            done: None,
            lang: visitor.ask.lang,
        }
    }

    /// The same, saying what was in the way.
    pub(super) fn troubled(mut self, error: &SignInError) -> Self {
        answer::log(error);
        self.trouble = Some(said(error, self.lang));
        self
    }
}

/// The frame of a page at `path`, which is where its links to the other language lead, also from what a form answered.
pub(super) fn frame(visitor: &Visitor, path: &str, title: &str) -> (Frame, &'static Phrases) {
    let (lang, mut ask) = (visitor.ask.lang, visitor.ask.clone());
    path.clone_into(&mut ask.path);
    ask.after = None;
    let p = Phrases::of(lang);
    let home = Crumb { name: p.home.to_owned(), link: ask.link("/"), is_chinese: false };
    let (title, crumbs, css) = (title.to_owned(), vec![home], css_address());
    (Frame { ask, lang, title, crumbs, open: false, demo_clock: None, position: None, css }, p)
}

/// The page of a response that says what was in the way.
pub(super) fn refused(
    door: &SignInDoor,
    visitor: &Visitor,
    page: &impl Template,
    error: &SignInError,
    scripted: bool,
) -> Response {
    let mut response = answer::html(door, visitor, answer::status(error), page, scripted);
    answer::retry(&mut response, error);
    response
}

#[derive(Template)]
#[template(path = "sign_in/note.html")]
struct NotePage {
    a: Around,
    frame: Frame,
    p: &'static Phrases,
    text: String,
    code: &'static str,
}

/// A page that says one thing.
pub(super) fn note(door: &SignInDoor, visitor: &Visitor, error: &SignInError) -> Response {
    answer::log(error);
    let text = said(error, visitor.ask.lang);
    let mut response = short(door, visitor, answer::status(error), text, error.code());
    answer::retry(&mut response, error);
    response
}

/// Another site asked, or the form was shown to somebody else.
pub(super) fn forged(door: &SignInDoor, visitor: &Visitor) -> Response {
    let text = Words::of(visitor.ask.lang).forged.to_owned();
    short(door, visitor, StatusCode::FORBIDDEN, text, "form-forged")
}

fn short(door: &SignInDoor, visitor: &Visitor, status: StatusCode, text: String, code: &'static str) -> Response {
    let a = Around::of(door, visitor);
    let (frame, p) = frame(visitor, "/sign-in", a.w.not_done);
    answer::html(door, visitor, status, &NotePage { a, frame, p, text, code }, false)
}
