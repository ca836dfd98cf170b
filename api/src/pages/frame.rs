//! What stands around every page: title, way back, language, what kind of server this is.

use super::ask::Ask;
use super::lang::Lang;
use super::statics;
use super::visit::Visit;
use crate::app::Mode;

/// What stands around a page.
#[derive(Debug)]
pub struct Frame {
    /// What was asked for.
    pub ask: Ask,
    /// The language.
    pub lang: Lang,
    /// Title of the page.
    pub title: String,
    /// The way from the front page to here.
    pub crumbs: Vec<Crumb>,
    /// Whether anybody may act as anybody.
    pub open: bool,
    /// What the clock of a demonstration says.
    pub demo_clock: Option<String>,
    /// Up to which event of the log the page tells.
    pub position: Option<u64>,
    /// Address of the style sheet.
    pub css: &'static str,
}

/// A place on the way to a page.
#[derive(Debug)]
pub struct Crumb {
    /// Its name.
    pub name: String,
    /// Its address.
    pub link: String,
    /// Whether the name is Chinese on every page.
    pub is_chinese: bool,
}

impl Frame {
    /// The frame of a page.
    #[must_use]
    pub fn of(visit: &Visit<'_>, title: &str, crumbs: Vec<Crumb>) -> Self {
        let demo = visit.app.mode == Mode::Demo;
        Self {
            ask: visit.ask.clone(),
            lang: visit.ask.lang,
            title: title.to_owned(),
            crumbs,
            open: visit.app.mode.is_open(),
            demo_clock: demo.then(|| visit.ask.lang.time(visit.now)),
            position: visit.app.models.docket.progress().position.map(|position| position.0),
            css: statics::css_address(),
        }
    }

    /// A link that keeps language and size of type.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        self.ask.link(path)
    }

    /// A link to a place.
    #[must_use]
    pub fn place(&self, code: impl std::fmt::Display) -> String {
        self.ask.link(&format!("/j/{code}"))
    }

    /// A link to a matter.
    #[must_use]
    pub fn matter(&self, number: &str) -> String {
        self.ask.link(&format!("/c/{number}"))
    }

    /// A link to a notice.
    #[must_use]
    pub fn notice(&self, number: &str, no: impl std::fmt::Display) -> String {
        self.ask.link(&format!("/c/{number}/notice/{no}"))
    }

    /// A link to a procedure.
    #[must_use]
    pub fn procedure(&self, id: &str) -> String {
        self.ask.link(&format!("/procedures/{id}"))
    }
}
