//! /procedures/<id>: a rule pack as roads and tables, every number with the law it comes from and the text of the article.
//!
//! The rows are those of `siyi procedure show`, so that neither shows a number that the other does not.

use askama::Template;
use siyi_domain::matters::Lane;
use siyi_domain::procedure::{Language, OnLost, Procedure, Step};

use super::answer::Rendered;
use super::frame::{Crumb, Frame};
use super::lang::Lang;
use super::phrases::Phrases;
use super::procedures::region;
use super::rules::Citation;
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::run::procedure::numbers::{Row, Rows};

#[derive(Template)]
#[template(path = "procedure.html")]
struct ProcedurePage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    id: String,
    version: u32,
    name: String,
    note: Option<String>,
    from: jiff::civil::Date,
    until: Option<jiff::civil::Date>,
    succeeded_by: Option<String>,
    by_adoption: bool,
    region: String,
    roads: Vec<Road>,
    steps: Vec<StepView>,
    tables: Vec<Table>,
    sources: Vec<Source>,
}

/// A rule: what, how much, by which law; without a law where it is no number, such as the names of rolls.
struct Rule {
    what: String,
    number: String,
    citation: Option<Citation>,
}

/// A table of rules.
struct Table {
    id: &'static str,
    title: &'static str,
    rules: Vec<Rule>,
}

/// A road and the steps on it.
struct Road {
    id: &'static str,
    name: String,
    stops: Vec<Stop>,
    /// What it owes or allows besides.
    rules: Vec<Rule>,
    /// The chart as Mermaid text.
    diagram: String,
}

/// A step on a road.
struct Stop {
    code: String,
    name: String,
    /// How it is decided.
    how: &'static str,
    /// Where a lost motion leads.
    lost: Option<String>,
    /// Whether the plan is posted after it, for how many days.
    posted_after: Option<u16>,
}

struct StepView {
    code: String,
    name: String,
    rules: Vec<Rule>,
    forms: Vec<(String, Vec<Rule>)>,
}

struct Source {
    title: String,
    title_zh: Option<String>,
    version: String,
}

/// The page of a procedure.
///
/// # Errors
/// [`Trouble::ProcedureUnknown`].
pub fn page(visit: &Visit<'_>, id: &str) -> Result<Rendered, Trouble> {
    let pack = visit.procedure(id).ok_or(Trouble::ProcedureUnknown)?;
    let (lang, p) = (visit.lang(), visit.phrases());
    let told = Told { pack, lang };
    let home = Crumb { name: p.home.to_owned(), link: visit.ask.link("/"), is_chinese: false };
    let all = Crumb { name: p.procedures.to_owned(), link: visit.ask.link("/procedures"), is_chinese: false };
    let name = lang.pick(&pack.name.zh, &pack.name.en);
    Rendered::html(&ProcedurePage {
        frame: visit.frame(name, vec![home, all]),
        p,
        l: lang,
        id: pack.id.clone(),
        version: pack.version,
        name: name.to_owned(),
        note: pack.note.as_ref().map(|note| lang.pick(&note.zh, &note.en).to_owned()),
        from: pack.effective_from(),
        until: pack.effective_until(),
        succeeded_by: pack.succeeded_by.clone(),
        by_adoption: pack.by_adoption,
        region: told.binds(),
        roads: pack.lanes.iter().map(|lane| told.road(lane.lane)).collect(),
        steps: pack.steps.iter().map(|step| told.step(step)).collect(),
        tables: told.tables(p),
        sources: told.sources(),
    })
}

#[derive(Clone, Copy)]
struct Told<'a> {
    pack: &'a Procedure,
    lang: Lang,
}

impl Told<'_> {
    fn rows(&self) -> Rows<'_> {
        Rows { pack: self.pack, lang: self.lang }
    }

    fn rules(&self, rows: Vec<Row<'_>>) -> Vec<Rule> {
        let rule = |row: Row<'_>| Rule {
            citation: row.basis.map(|basis| Citation::of(basis, Some(self.pack), self.lang)),
            what: row.what,
            number: row.value,
        };
        rows.into_iter().map(rule).collect()
    }

    fn binds(&self) -> String {
        let kinds = self.lang.list(self.pack.applies_to.iter().map(|kind| kind.named(self.lang)));
        format!("{}{}{kinds}", region(self.pack, self.lang), self.lang.pick("，", ", "))
    }

    fn road(&self, lane: Lane) -> Road {
        let language = match self.lang {
            Lang::Zh => Language::Zh,
            Lang::En => Language::En,
        };
        let own = format!("lane.{}", lane.as_str());
        let mut rows = self.rows().lanes();
        rows.retain(|row| row.place == own || row.place.starts_with(&format!("{own}.")));
        let rule = self.pack.lane(lane);
        Road {
            id: lane.as_str(),
            name: rule.map(|rule| self.lang.pick(&rule.name.zh, &rule.name.en).to_owned()).unwrap_or_default(),
            stops: self.pack.steps_of(lane).map(|step| self.stop(step)).collect(),
            rules: self.rules(rows),
            diagram: self.pack.mermaid(lane, language).unwrap_or_default(),
        }
    }

    fn stop(&self, step: &Step) -> Stop {
        use siyi_domain::procedure::StepKind as K;
        let (zh, en) = match step.kind {
            K::Meeting => ("会议表决", "a meeting votes"),
            K::Canvass => ("征求意见", "opinions are asked for"),
            K::Signatures => ("户签字", "households sign"),
            K::Review => ("审核合法性", "reviewed on legality"),
            K::Forum => ("协商", "talked over"),
            K::Owners => ("业主表决", "the owners vote"),
        };
        let lost = match &step.on_lost {
            // Nobody loses a canvass or a collection of signatures: it goes on until it is met.
            _ if matches!(step.kind, K::Canvass | K::Signatures) => None,
            OnLost::Reject => Some(self.lang.pick("未通过：事项终止", "if lost, the matter ends").to_owned()),
            OnLost::ReturnTo(code) => {
                let name = self.pack.step(code).map_or(code.as_str(), |to| self.lang.pick(&to.name.zh, &to.name.en));
                Some(match self.lang {
                    Lang::Zh => format!("未通过：退回{name}（{code}）"),
                    Lang::En => format!("if lost, back to {name} ({code})"),
                })
            }
        };
        let posted = self.pack.disclosure.plan.as_ref().filter(|rule| rule.after == step.code);
        Stop {
            code: step.code.clone(),
            name: self.lang.pick(&step.name.zh, &step.name.en).to_owned(),
            how: self.lang.pick(zh, en),
            lost,
            posted_after: posted.map(|rule| rule.posted.days),
        }
    }

    fn step(&self, step: &Step) -> StepView {
        let form = |form| self.rules(self.rows().form(step, form));
        StepView {
            code: step.code.clone(),
            name: self.lang.pick(&step.name.zh, &step.name.en).to_owned(),
            rules: self.rules(self.rows().step(step)),
            forms: step
                .forms
                .iter()
                .map(|own| (self.lang.pick(&own.name.zh, &own.name.en).to_owned(), form(own)))
                .collect(),
        }
    }

    fn tables(&self, p: &'static Phrases) -> Vec<Table> {
        let rows = self.rows();
        let table = |id, title, rows| Table { id, title, rules: self.rules(rows) };
        let mut tables = vec![
            table("initiators", p.who_moves, rows.initiators()),
            table("detours", p.detours, rows.detours()),
            table("owners", p.owners_rules, rows.owners()),
            table("disclosure", p.disclosure_rules, rows.disclosure()),
            table("carrying", p.works, rows.implementation()),
            table("deadlines", p.periods, rows.deadlines()),
            table("periodic", p.periodic, rows.periodic()),
            table("escalation", p.escalation, rows.escalation()),
            table("rollrules", p.rolls, rows.rolls()),
            table("other", p.other_rules, rows.other()),
        ];
        tables.retain(|table| !table.rules.is_empty());
        tables
    }

    fn sources(&self) -> Vec<Source> {
        let source = |law: &siyi_domain::laws::Law| Source {
            title: self.lang.pick(&law.title.zh, &law.title.en).to_owned(),
            title_zh: (self.lang == Lang::En).then(|| law.title.zh.clone()),
            version: law.version.clone(),
        };
        self.pack.sources.iter().map(source).collect()
    }
}
