//! /procedures: all rule packs, which of them binds where and when.

use askama::Template;
use siyi_domain::procedure::Procedure;

use super::answer::Rendered;
use super::frame::{Crumb, Frame};
use super::lang::Lang;
use super::phrases::Phrases;
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;

#[derive(Template)]
#[template(path = "procedures.html")]
struct ProceduresPage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    packs: Vec<PackLine>,
}

/// A pack, for readers.
struct PackLine {
    id: String,
    version: u32,
    name: String,
    region: String,
    kinds: String,
    from: jiff::civil::Date,
    until: Option<jiff::civil::Date>,
    /// Whether it is in force today.
    is_in_force: bool,
    by_adoption: bool,
    lanes: String,
}

/// The index of packs, those in force first.
///
/// # Errors
/// [`Trouble::Template`].
pub fn page(visit: &Visit<'_>) -> Result<Rendered, Trouble> {
    let p = visit.phrases();
    let home = Crumb { name: p.home.to_owned(), link: visit.ask.link("/"), is_chinese: false };
    let mut packs: Vec<PackLine> = visit.app.rules.procedures().map(|pack| line(visit, pack)).collect();
    packs.sort_by_key(|pack| !pack.is_in_force);
    Rendered::html(&ProceduresPage { frame: visit.frame(p.procedures, vec![home]), p, l: visit.lang(), packs })
}

fn line(visit: &Visit<'_>, pack: &Procedure) -> PackLine {
    let lang = visit.lang();
    PackLine {
        id: pack.id.clone(),
        version: pack.version,
        name: lang.pick(&pack.name.zh, &pack.name.en).to_owned(),
        region: region(pack, lang),
        kinds: lang.list(pack.applies_to.iter().map(|kind| kind.named(lang))),
        from: pack.effective_from(),
        until: pack.effective_until(),
        is_in_force: pack.in_force_on(visit.today),
        by_adoption: pack.by_adoption,
        lanes: lang.list(pack.lanes.iter().map(|lane| lang.pick(&lane.name.zh, &lane.name.en))),
    }
}

/// Where a pack binds: the digits with which the codes of its places begin.
pub(super) fn region(pack: &Procedure, lang: Lang) -> String {
    if pack.region_prefixes.is_empty() {
        return lang.pick("全国", "all of China").to_owned();
    }
    let prefixes = lang.list(&pack.region_prefixes);
    match lang {
        Lang::Zh => format!("辖区代码以{prefixes}开头"),
        Lang::En => format!("codes that begin with {prefixes}"),
    }
}
