//! A rule in words: the share that it asks for, and the law, version and article that it comes from.

use std::borrow::Borrow;

use siyi_domain::fraction::{Comparator, Fraction};
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::procedure::{Basis, Certainty, Procedure};
use siyi_domain::tally::Test;

use super::lang::Lang;

mod arithmetic;

pub use arithmetic::{base, least, line, tested};

/// The law that a place's own, stricter numbers name.
const LOCAL: &str = "LOCAL";

/// Where a number comes from, for readers.
#[derive(Debug, Clone)]
pub struct Citation {
    /// Title of the law or paper.
    pub law: String,
    /// Its version.
    pub version: String,
    /// The article, in words.
    pub article: String,
    /// Whether the number was read in the source; practice otherwise.
    pub is_found: bool,
    /// What the article orders, where its text is at hand.
    pub text: Option<ArticleText>,
}

/// An article as people read it.
#[derive(Debug, Clone)]
pub struct ArticleText {
    /// What it orders, in the language of the page.
    pub words: String,
    /// Whether the text was read; remembered otherwise.
    pub is_found: bool,
}

impl Citation {
    /// The citation of a basis; a law that the procedure does not list keeps its short id.
    #[must_use]
    pub fn of(basis: &Basis, procedure: Option<&Procedure>, lang: Lang) -> Self {
        let source = procedure.and_then(|p| p.source(&basis.law));
        if basis.law == LOCAL {
            return Self {
                law: lang.pick("本地从严规定", "set more strictly here").to_owned(),
                version: String::new(),
                article: basis.article.clone(),
                is_found: true,
                text: None,
            };
        }
        Self {
            law: source.map_or_else(|| basis.law.clone(), |s| lang.pick(&s.title.zh, &s.title.en).to_owned()),
            version: source.map(|s| s.version.clone()).unwrap_or_default(),
            article: article(&basis.article, lang),
            is_found: basis.certainty == Certainty::Found,
            text: source.and_then(|s| s.article(&basis.article)).map(|article| ArticleText {
                words: lang.pick(&article.zh, &article.en).to_owned(),
                is_found: article.certainty == Certainty::Found,
            }),
        }
    }

    /// In one line: 《中华人民共和国村民委员会组织法》（2025-10-28）第30条. A default of this engine has no article to cite.
    #[must_use]
    pub fn line(&self, lang: impl Borrow<Lang>) -> String {
        let Self { law, version, article, .. } = self;
        let is_default = article.starts_with(|c: char| c.is_ascii_lowercase()) && !article.starts_with("art. ");
        // Titles that quote another title stand as they are.
        let is_title = !law.contains('《') && !law.contains('“');
        match lang.borrow() {
            _ if is_default => law.clone(),
            // A law that the procedure does not list, and what a place has decided itself.
            _ if version.is_empty() => format!("{law} {article}"),
            Lang::Zh if is_title => format!("《{law}》（{version}）{article}"),
            Lang::Zh => format!("{law}（{version}）{article}"),
            Lang::En => format!("{law} ({version}), {article}"),
        }
    }
}

/// Whether a procedure is one of communities, whose people are residents.
#[must_use]
pub fn is_urban(procedure: &Procedure) -> bool {
    procedure.applies_to.contains(&JurisdictionKind::Community)
        && !procedure.applies_to.contains(&JurisdictionKind::Village)
}

/// `30`, `28 ¶2` and `26(3)` as articles; anything else, for example the name of a step, as it stands.
#[must_use]
pub fn article(text: &str, lang: Lang) -> String {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.to_owned();
    }
    if lang == Lang::En {
        return format!("art. {text}");
    }
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if is_digits(text) {
        return format!("第{text}条");
    }
    if let Some((number, paragraph)) = text.split_once(" ¶")
        && is_digits(number)
        && is_digits(paragraph)
    {
        return format!("第{number}条第{paragraph}款");
    }
    if let Some((number, item)) = text.strip_suffix(')').and_then(|rest| rest.split_once('('))
        && is_digits(number)
        && is_digits(item)
    {
        return format!("第{number}条第（{item}）项");
    }
    format!("第{text}条")
}

/// The share that a test asks for: 应到人数的三分之二以上, at least 2/3 of those due.
#[must_use]
pub fn share(test: &Test, urban: bool, lang: Lang) -> String {
    share_of(test.fraction(), base(test, urban, lang), lang)
}

/// A share of a base in words.
#[must_use]
pub fn share_of(fraction: Fraction, base: &str, lang: Lang) -> String {
    let Fraction { num, den, op } = fraction;
    match (lang, op, (num, den)) {
        (Lang::Zh, Comparator::Gt, (1, 2)) => format!("{base}的过半数"),
        (Lang::Zh, Comparator::Gt, _) => format!("超过{base}的{}", zh_fraction(num, den)),
        (Lang::Zh, Comparator::Ge, (1, 2)) => format!("{base}的半数以上"),
        (Lang::Zh, Comparator::Ge, _) => format!("{base}的{}以上", zh_fraction(num, den)),
        (Lang::En, Comparator::Gt, (1, 2)) => format!("more than half of {base}"),
        (Lang::En, Comparator::Gt, _) => format!("more than {num}/{den} of {base}"),
        (Lang::En, Comparator::Ge, _) => format!("at least {num}/{den} of {base}"),
    }
}

fn zh_fraction(num: u32, den: u32) -> String {
    const DIGITS: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let digit = |number: u32| usize::try_from(number).ok().and_then(|index| DIGITS.get(index));
    match (digit(num), digit(den)) {
        (Some(num), Some(den)) => format!("{den}分之{num}"),
        _ => format!("{den}分之{num}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_of_the_engine_cites_no_article() {
        let rules = siyi_domain::rules::Rules::shipped().unwrap();
        let procedure = rules.procedure("rural/HN/2026").unwrap();
        let line = |basis, lang| Citation::of(basis, Some(procedure), lang).line(lang);
        assert_eq!(line(&procedure.disclosure.answer.basis, Lang::Zh), "本系统默认值（可由地方配置）");
        let posted = &procedure.disclosure.posted.basis;
        assert_eq!(line(posted, Lang::Zh), "《中华人民共和国村民委员会组织法》（2025-10-28）第35条第4款");
        assert_eq!(line(posted, Lang::En), "Organic Law of the Villagers' Committees (2025-10-28), art. 35 ¶4");
    }

    #[test]
    fn articles_are_written_as_laws_cite_them() {
        assert_eq!(article("30", Lang::Zh), "第30条");
        assert_eq!(article("28 ¶2", Lang::Zh), "第28条第2款");
        assert_eq!(article("26(3)", Lang::Zh), "第26条第（3）项");
        assert_eq!(article("审议", Lang::Zh), "审议");
        assert_eq!(article("28 ¶2", Lang::En), "art. 28 ¶2");
    }
}
