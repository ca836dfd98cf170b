//! What a matter's page tells beside its meetings: each fact with its heading, its verdict, its rows and what was judged.

use siyi_domain::moment::Moment;

use super::meetings::Tested;
use crate::pages::rules::Citation;

/// A fact, for readers.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Unique in its page.
    pub id: String,
    /// Of which step or kind it is.
    pub kind: String,
    /// Its heading.
    pub heading: String,
    /// What became of it, with the class that colours it.
    pub verdict: Option<(String, &'static str)>,
    /// When.
    pub at: Option<Moment>,
    /// 补录
    pub late: bool,
    /// What there is to say of it.
    pub rows: Vec<FactRow>,
    /// What was judged.
    pub tests: Vec<Tested>,
    /// A list that belongs to it, for example opinions and their answers.
    pub items: Vec<Item>,
    /// What the list is of.
    pub items_caption: &'static str,
    /// The rule that it follows.
    pub rule: Option<Citation>,
}

/// A row of a fact.
#[derive(Debug, Clone)]
pub struct FactRow {
    /// What.
    pub name: &'static str,
    /// The text.
    pub text: String,
    /// Whether somebody wrote it, in Chinese on every page.
    pub is_chinese: bool,
}

/// An item of a list.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its heading.
    pub head: String,
    /// Whether somebody wrote the heading, in Chinese on every page.
    pub is_chinese: bool,
    /// What became of it, with the class that colours it.
    pub verdict: Option<(&'static str, &'static str)>,
    /// What somebody wrote of it.
    pub text: String,
}

impl Fact {
    /// A fact of a kind.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: impl Into<String>, heading: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            kind: kind.into(),
            heading: heading.into(),
            verdict: None,
            at: None,
            late: false,
            rows: Vec::new(),
            tests: Vec::new(),
            items: Vec::new(),
            items_caption: "",
            rule: None,
        }
    }

    /// The same, happened then.
    #[must_use]
    pub fn at(mut self, at: Moment, late: bool) -> Self {
        (self.at, self.late) = (Some(at), late);
        self
    }

    /// The same with what became of it.
    #[must_use]
    pub fn came_to(mut self, words: impl Into<String>, class: &'static str) -> Self {
        self.verdict = Some((words.into(), class));
        self
    }

    /// The same with a row in the language of the page.
    #[must_use]
    pub fn says(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.rows.push(FactRow { name, text: text.into(), is_chinese: false });
        self
    }

    /// The same with a row that somebody wrote.
    #[must_use]
    pub fn quotes(mut self, name: &'static str, text: &impl ToString) -> Self {
        self.rows.push(FactRow { name, text: text.to_string(), is_chinese: true });
        self
    }

    /// The same with what was judged.
    #[must_use]
    pub fn judged(mut self, tests: impl IntoIterator<Item = Tested>) -> Self {
        self.tests.extend(tests);
        self
    }

    /// The same with a list.
    #[must_use]
    pub fn lists(mut self, caption: &'static str, items: Vec<Item>) -> Self {
        (self.items_caption, self.items) = (caption, items);
        self
    }

    /// The same with the rule that it follows.
    #[must_use]
    pub fn by(mut self, rule: Citation) -> Self {
        self.rule = Some(rule);
        self
    }
}
