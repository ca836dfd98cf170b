//! Every number and rule of a pack in order, with its place in the file, what it is, what it says and where it comes from.
//!
//! `siyi procedure show` and the generated `docs/law.md` are both made from these rows, so that neither shows a number that the
//! other does not.

use siyi_domain::procedure::{Basis, Days, OnLost, Procedure, Share, SizeRange};

use crate::pages::Lang;
use crate::pages::rules::{is_urban, share_of};
use crate::pages::terms::Term;

mod bodies;
mod keeping;
mod roads;
mod steps;

/// One row.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Where it stands, for example `S4.representatives.quorum` or `disclosure.posted`.
    pub place: String,
    /// What it is, in words.
    pub what: String,
    /// What it says.
    pub value: String,
    /// Where it comes from; nothing where it is no number of a law, such as the names of rolls.
    pub basis: Option<&'a Basis>,
}

/// The rows of a pack, in one language.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The pack.
    pub pack: &'a Procedure,
    /// The language.
    pub lang: Lang,
}

impl<'a> Rows<'a> {
    /// All rows that have a basis, in the order of the file.
    #[must_use]
    pub fn numbers(self) -> Vec<Row<'a>> {
        let mut rows = self.rolls();
        rows.extend(self.initiators());
        for step in &self.pack.steps {
            rows.extend(self.step(step));
            rows.extend(step.forms.iter().flat_map(|form| self.form(step, form)));
        }
        let rest = [self.owners(), self.lanes(), self.detours(), self.periodic(), self.escalation()];
        rows.extend(rest.into_iter().flatten());
        rows.extend([self.disclosure(), self.implementation(), self.deadlines(), self.other()].into_iter().flatten());
        rows.retain(|row| row.basis.is_some());
        rows
    }

    fn t(self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    /// The name of a term, as villages or as communities say it.
    fn named(self, term: impl Term) -> &'static str {
        term.named_in(is_urban(self.pack), self.lang)
    }

    fn plain(place: impl Into<String>, what: &str, value: impl Into<String>) -> Row<'a> {
        Row { place: place.into(), what: what.to_owned(), value: value.into(), basis: None }
    }

    fn rule(place: impl Into<String>, what: &str, value: impl Into<String>, basis: &'a Basis) -> Row<'a> {
        Row { place: place.into(), what: what.to_owned(), value: value.into(), basis: Some(basis) }
    }

    /// A rule that holds or does not.
    fn holds(self, place: &str, what: &str, basis: &'a Basis) -> Row<'a> {
        Self::rule(place, what, self.t("适用", "holds"), basis)
    }

    fn days(self, place: impl Into<String>, what: &str, days: &'a Days) -> Row<'a> {
        Self::rule(place, what, self.n_days(days.days), &days.basis)
    }

    fn n_days(self, days: u16) -> String {
        match self.lang {
            Lang::Zh => format!("{days}日"),
            Lang::En if days == 1 => "1 day".to_owned(),
            Lang::En => format!("{days} days"),
        }
    }

    fn share(self, place: impl Into<String>, what: &str, share: &'a Share) -> Row<'a> {
        Self::rule(place, what, self.share_in_words(share), &share.basis)
    }

    /// 应到人数的三分之二以上（≥ 2/3）
    fn share_in_words(self, share: &Share) -> String {
        let fraction = share.fraction.get();
        let words = share_of(fraction, self.named(share.of), self.lang);
        match self.lang {
            Lang::Zh => format!("{words}（{fraction}）"),
            Lang::En => format!("{words} ({fraction})"),
        }
    }

    fn range(place: &str, what: &str, range: &'a SizeRange) -> Row<'a> {
        Self::rule(place, what, format!("{}–{}", range.least, range.most), &range.basis)
    }

    fn list<T: Term>(self, terms: &[T]) -> String {
        self.lang.list(terms.iter().map(|term| self.named(*term)))
    }

    /// What a step that did not pass leads to.
    fn on_lost(self, on_lost: &OnLost) -> String {
        match (on_lost, self.lang) {
            (OnLost::Reject, _) => self.t("事项终止", "the matter ends").to_owned(),
            (OnLost::ReturnTo(to), Lang::Zh) => format!("退回{to}"),
            (OnLost::ReturnTo(to), Lang::En) => format!("back to {to}"),
        }
    }
}
