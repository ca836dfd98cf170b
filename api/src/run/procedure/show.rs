//! `siyi procedure show ID` and `siyi procedure list`: a pack as tables, its articles, its roads as charts.

use std::collections::BTreeSet;

use siyi_domain::laws::Article;
use siyi_domain::procedure::{Basis, Certainty, Language, Procedure, Step};
use siyi_domain::rules::Rules;

use super::check::days;
use super::numbers::{Row, Rows};
use super::table::Table;
use super::write_out;
use crate::cli::{LangArg, ShowProcedure};
use crate::pages::Lang;
use crate::pages::rules::article;
use crate::pages::terms::Term;
use crate::run::Failure;

pub(super) fn list(rules: &Rules) -> Result<(), Failure> {
    let mut table = Table::new(&["id", "version", "in force", "binds", "name", "名称"]);
    for pack in rules.procedures() {
        let version = pack.version.to_string();
        table.row([
            pack.id.clone(),
            version,
            days(pack),
            binds(pack, Lang::En),
            pack.name.en.clone(),
            pack.name.zh.clone(),
        ]);
    }
    write_out(&table.text())?;
    Ok(())
}

pub(super) fn show(rules: &Rules, options: &ShowProcedure) -> Result<(), Failure> {
    let lang = match options.lang {
        LangArg::Zh => Lang::Zh,
        LangArg::En => Lang::En,
    };
    let Some(pack) = rules.procedure(&options.id) else {
        let ids: Vec<&str> = rules.procedures().map(|pack| pack.id.as_str()).collect();
        return Err(format!("procedure-unknown: `{}` is none of {}", options.id, ids.join(", ")).into());
    };
    let text = if options.mermaid { charts(pack, lang, "%% ") } else { Shown { pack, lang }.text() };
    write_out(&text)?;
    Ok(())
}

/// Which places a pack binds.
fn binds(pack: &Procedure, lang: Lang) -> String {
    let kinds = lang.list(pack.applies_to.iter().map(|kind| kind.named(lang)));
    let region = match pack.region_prefixes.as_slice() {
        [] => lang.pick("全国", "all of China").to_owned(),
        prefixes => lang.list(prefixes.iter().map(|prefix| format!("{prefix}*"))),
    };
    let adopted = if pack.by_adoption { lang.pick("，经采用", ", by adoption") } else { "" };
    match lang {
        Lang::Zh => format!("{kinds}（{region}{adopted}）"),
        Lang::En => format!("{kinds} ({region}{adopted})"),
    }
}

/// The charts of all roads, each under its name.
fn charts(pack: &Procedure, lang: Lang, before_the_name: &str) -> String {
    let language = match lang {
        Lang::Zh => Language::Zh,
        Lang::En => Language::En,
    };
    let mut out = String::new();
    for (lane, chart) in pack.diagrams(language) {
        let name = pack.lane(lane).map_or(lane.as_str(), |rule| rule.name.in_language(language));
        out.push_str(&format!("{before_the_name}{name} ({})\n", lane.as_str()));
        if before_the_name.starts_with('#') {
            out.push_str(&format!("\n```mermaid\n{chart}```\n\n"));
        } else {
            out.push_str(&format!("{chart}\n"));
        }
    }
    out
}

struct Shown<'a> {
    pack: &'a Procedure,
    lang: Lang,
}

impl<'a> Shown<'a> {
    fn t(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    fn rows(&self) -> Rows<'a> {
        Rows { pack: self.pack, lang: self.lang }
    }

    fn text(&self) -> String {
        let rows = self.rows();
        let mut out = self.head();
        out.push_str(&self.section(self.t("程序", "Roads"), &rows.lanes()));
        for step in &self.pack.steps {
            out.push_str(&self.step(step));
        }
        let sections = [
            (self.t("动议", "Who may raise a motion"), rows.initiators()),
            (self.t("名册", "Rolls"), rows.rolls()),
            (self.t("公开", "Disclosure"), rows.disclosure()),
            (self.t("实施", "Carrying out"), rows.implementation()),
            (self.t("期限", "Deadlines"), rows.deadlines()),
            (self.t("重新议决", "Ways off a resolved matter"), rows.detours()),
            (self.t("业主共同决定", "Decision of the owners"), rows.owners()),
            (self.t("定期义务", "Owed in each period"), rows.periodic()),
            (self.t("逾期告知", "Who is told of what is overdue"), rows.escalation()),
            (self.t("其他", "Other numbers"), rows.other()),
        ];
        for (title, rows) in sections {
            out.push_str(&self.section(title, &rows));
        }
        out.push_str(&self.articles());
        out.push_str(&format!("## {}\n\n", self.t("流程图", "Charts")));
        out.push_str(&charts(self.pack, self.lang, "### "));
        out
    }

    fn head(&self) -> String {
        let pack = self.pack;
        let mut table = Table::new(&[self.t("规则包", "pack"), &pack.id]);
        let mut row = |what: &str, value: String| table.row([what.to_owned(), value]);
        row(self.t("版本", "version"), pack.version.to_string());
        row(self.t("施行", "in force"), days(pack));
        row(self.t("适用", "binds"), binds(pack, self.lang));
        row(self.t("更正退回", "an order of correction leads to"), pack.correction_to.clone());
        let papers = pack.archive_papers.iter().map(|paper| paper.named(self.lang));
        row(self.t("归档材料", "papers of the archive"), self.lang.list(papers));
        if let Some(next) = &pack.succeeded_by {
            row(self.t("后续规则包", "succeeded by"), next.clone());
        }
        let name = self.lang.pick(&pack.name.zh, &pack.name.en);
        let note =
            pack.note.as_ref().map_or_else(String::new, |note| format!("{}\n\n", self.lang.pick(&note.zh, &note.en)));
        format!("# {name}\n\n{note}{}\n", table.text())
    }

    fn step(&self, step: &'a Step) -> String {
        let rows = self.rows();
        let name = self.lang.pick(&step.name.zh, &step.name.en);
        let mut out = format!("## {} {name}\n\n{}\n", step.code, self.table(&rows.step(step)));
        for form in &step.forms {
            let name = self.lang.pick(&form.name.zh, &form.name.en);
            out.push_str(&format!(
                "### {} {name} ({})\n\n{}\n",
                step.code,
                form.id,
                self.table(&rows.form(step, form))
            ));
        }
        out
    }

    fn section(&self, title: &str, rows: &[Row<'a>]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        format!("## {title}\n\n{}\n", self.table(rows))
    }

    fn table(&self, rows: &[Row<'a>]) -> String {
        let head = [self.t("规则", "rule"), self.t("内容", "says"), self.t("依据", "by"), self.t("来源", "source")];
        let mut table = Table::new(&head);
        for row in rows {
            let (by, certainty) =
                row.basis.map(|basis| (self.cited(basis), self.certainty(basis.certainty))).unwrap_or_default();
            table.row([row.what.clone(), row.value.clone(), by, certainty.to_owned()]);
        }
        table.text()
    }

    /// `VL-2025（2025-10-28）第30条`; the titles stand with the articles.
    fn cited(&self, basis: &Basis) -> String {
        let version = self.pack.source(&basis.law).map_or("", |law| law.version.as_str());
        let article = article(&basis.article, self.lang);
        match self.lang {
            Lang::Zh => format!("{}（{version}）{article}", basis.law),
            Lang::En => format!("{} ({version}), {article}", basis.law),
        }
    }

    fn certainty(&self, certainty: Certainty) -> &'static str {
        match certainty {
            Certainty::Found => self.t("见于原文", "found"),
            Certainty::Memory => self.t("凭记忆", "from memory"),
        }
    }

    /// The articles cited, with their texts, under the laws in the pack's order.
    fn articles(&self) -> String {
        let cited: BTreeSet<(&str, &str)> =
            self.pack.bases().into_iter().map(|b| (b.law.as_str(), b.article.as_str())).collect();
        let mut out = format!("## {}\n\n", self.t("所依据的条文", "The articles cited"));
        for law in &self.pack.sources {
            let texts: String = law
                .articles
                .iter()
                .filter(|article| cited.contains(&(law.id.as_str(), article.no.as_str())))
                .map(|article| self.article(article))
                .collect();
            if !texts.is_empty() {
                let title = self.lang.pick(&law.title.zh, &law.title.en);
                out.push_str(&format!("### {} {title} ({})\n\n{texts}\n", law.id, law.version));
            }
        }
        out
    }

    fn article(&self, text: &Article) -> String {
        let (no, certainty) = (article(&text.no, self.lang), self.certainty(text.certainty));
        match self.lang {
            Lang::Zh => format!("- {no}（{certainty}）：{}\n", text.zh),
            Lang::En => format!("- {no} ({certainty}): {}\n", text.en),
        }
    }
}
