//! /procedures/<id>: a rule pack as tables, every number with the law it comes from.

use askama::Template;
use siyi_domain::fraction::Comparator;
use siyi_domain::procedure::{Basis, Days, Form, OnLost, Procedure, Share, SizeRange};

use super::answer::Rendered;
use super::frame::{Crumb, Frame};
use super::lang::Lang;
use super::phrases::Phrases;
use super::rules::{self, Citation};
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;

#[derive(Template)]
#[template(path = "procedure.html")]
struct ProcedurePage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    pack: Procedure,
    initiators: Vec<Rule>,
    steps: Vec<StepView>,
    periods: Vec<Rule>,
    rolls: Vec<Rule>,
    works: Vec<Rule>,
}

/// A rule: what, how much, by which law.
struct Rule {
    what: String,
    number: String,
    citation: Citation,
}

struct StepView {
    code: String,
    name: String,
    papers: String,
    on_lost: String,
    forms: Vec<FormView>,
    due: Rule,
}

struct FormView {
    name: String,
    due: String,
    ballots: String,
    rules: Vec<Rule>,
}

/// The page of a procedure.
///
/// # Errors
/// [`Trouble::ProcedureUnknown`].
pub fn page(visit: &Visit<'_>, id: &str) -> Result<Rendered, Trouble> {
    let pack = visit.procedure(id).ok_or(Trouble::ProcedureUnknown)?;
    let lang = visit.lang();
    let told = Told { pack, lang };
    let home = Crumb { name: visit.phrases().home.to_owned(), link: visit.ask.link("/"), is_chinese: false };
    Rendered::html(&ProcedurePage {
        frame: visit.frame(lang.pick(&pack.name.zh, &pack.name.en), vec![home]),
        p: visit.phrases(),
        l: lang,
        initiators: told.initiators(),
        steps: told.steps(),
        periods: told.periods(),
        rolls: told.rolls(),
        works: told.works(),
        pack: pack.clone(),
    })
}

struct Told<'a> {
    pack: &'a Procedure,
    lang: Lang,
}

impl Told<'_> {
    fn rule(&self, what: impl Into<String>, number: impl Into<String>, basis: &Basis) -> Rule {
        Rule { what: what.into(), number: number.into(), citation: Citation::of(basis, Some(self.pack), self.lang) }
    }

    fn days(&self, what: &'static str, days: &Days) -> Rule {
        let number = match self.lang {
            Lang::Zh => format!("{}日", days.days),
            Lang::En => format!("{} days", days.days),
        };
        self.rule(what, number, &days.basis)
    }

    fn share(&self, what: &'static str, share: &Share) -> Rule {
        let fraction = share.fraction.get();
        let words = rules::share_of(fraction, share.of.named_in(self.is_urban(), self.lang), self.lang);
        let sign = if fraction.op == Comparator::Ge { "≥" } else { ">" };
        self.rule(what, format!("{words} ({sign} {}/{})", fraction.num, fraction.den), &share.basis)
    }

    fn range(&self, what: &'static str, range: &SizeRange) -> Rule {
        self.rule(what, format!("{}–{}", range.least, range.most), &range.basis)
    }

    fn t(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    fn is_urban(&self) -> bool {
        rules::is_urban(self.pack)
    }

    fn initiators(&self) -> Vec<Rule> {
        let rule = |rule: &siyi_domain::procedure::InitiatorRule| match &rule.share {
            Some(share) => self.share(rule.kind.named(self.lang), share),
            None => self.rule(rule.kind.named(self.lang), self.t("可单独提出", "alone"), &rule.basis),
        };
        self.pack.initiators.iter().map(rule).collect()
    }

    fn steps(&self) -> Vec<StepView> {
        let step = |step: &siyi_domain::procedure::Step| StepView {
            code: step.code.clone(),
            name: self.lang.pick(&step.name.zh, &step.name.en).to_owned(),
            papers: self.lang.list(step.papers.iter().map(|paper| paper.named(self.lang))),
            on_lost: match &step.on_lost {
                OnLost::Reject => self.t("事项终止", "the matter ends").to_owned(),
                OnLost::ReturnTo(code) => match self.lang {
                    Lang::Zh => format!("退回{code}"),
                    Lang::En => format!("back to {code}"),
                },
            },
            forms: step.forms.iter().map(|form| self.form(form)).collect(),
            due: self.days(self.t("上一环节后召集", "after the step before"), &step.due_within),
        };
        self.pack.steps.iter().map(step).collect()
    }

    fn form(&self, form: &Form) -> FormView {
        let mut rules = vec![
            self.share(self.t("到会", "quorum"), &form.quorum),
            self.share(self.t("通过", "threshold"), &form.threshold),
        ];
        rules.extend(form.notice.as_ref().map(|days| self.days(self.t("提前通知", "notice"), days)));
        rules.extend(
            form.plan_delivered.as_ref().map(|days| self.days(self.t("方案提前送达", "plan delivered before"), days)),
        );
        rules.extend(
            form.needs_authorisation
                .as_ref()
                .map(|basis| self.rule(self.t("须经村民会议授权", "needs the assembly's authorisation"), "", basis)),
        );
        FormView {
            name: self.lang.pick(&form.name.zh, &form.name.en).to_owned(),
            due: self.lang.list(form.rolls.iter().map(|roll| roll.named(self.lang))),
            ballots: self.lang.list(form.ballots.iter().map(|ballot| ballot.named(self.lang))),
            rules,
        }
    }

    fn periods(&self) -> Vec<Rule> {
        let (disclosure, deadlines) = (&self.pack.disclosure, &self.pack.deadlines);
        let late = &self.pack.late_recording;
        let hours = match self.lang {
            Lang::Zh => format!("超过{}小时", late.hours),
            Lang::En => format!("after {} hours", late.hours),
        };
        vec![
            self.days(self.t("公布不少于", "a notice stays posted"), &disclosure.posted),
            self.days(self.t("异议期", "objection window"), &disclosure.objections),
            self.days(self.t("答复异议", "an objection is answered within"), &disclosure.answer),
            self.days(self.t("决议后公开", "the resolution is disclosed within"), &disclosure.resolution_due),
            self.days(self.t("完成后公开结果", "the outcome is disclosed within"), &disclosure.result_due),
            self.days(self.t("受理动议", "a motion is screened within"), &deadlines.screening),
            self.days(self.t("会议材料归卷", "papers of a meeting are filed within"), &deadlines.closing),
            self.days(self.t("异议期满后开工", "works start after the objection window within"), &deadlines.start),
            self.days(self.t("未定工期时完工", "works end, where no day is planned, within"), &deadlines.completion),
            self.days(self.t("公开期满后归档", "the file is archived within"), &deadlines.archive),
            self.rule(self.t("补录", "counts as recorded afterwards"), hours, &late.basis),
        ]
    }

    fn rolls(&self) -> Vec<Rule> {
        let rolls = &self.pack.rolls;
        vec![
            self.range(self.t("村民委员会人数", "members of the villagers' committee"), &rolls.village_committee_size),
            self.range(self.t("村务监督委员会人数", "supervisors"), &rolls.supervisory_committee_size),
            self.rule(
                self.t("村民委员会应当有妇女成员", "the committee has a woman member"),
                "",
                &rolls.committee_needs_woman,
            ),
            self.rule(
                self.t("村民委员会成员近亲属回避", "no near relatives in the committee"),
                "",
                &rolls.committee_no_near_relatives,
            ),
            self.rule(
                self.t("监督委员会成员与村委会成员分开", "supervisors apart from the committee"),
                "",
                &rolls.supervisors_apart_from_committee,
            ),
            self.rule(
                self.t("监督委员会成员不得任财务人员", "no supervisor is the bookkeeper"),
                "",
                &rolls.supervisors_no_bookkeeper,
            ),
        ]
    }

    fn works(&self) -> Vec<Rule> {
        let works = &self.pack.implementation;
        let [num, den] = works.variation_tolerance.share;
        let group = &works.acceptance;
        let persons = match self.lang {
            Lang::Zh => format!(
                "村委会{}人、监委会{}人、村民代表{}人以上；有财政资金的，乡镇{}人以上",
                group.village_committee, group.supervisors, group.representatives, group.township_if_funded
            ),
            Lang::En => format!(
                "at least {} of the committee, {} supervisors, {} representatives; {} of the township where public money is used",
                group.village_committee, group.supervisors, group.representatives, group.township_if_funded
            ),
        };
        let tolerance = match self.lang {
            Lang::Zh => format!("合同价的{num}/{den}以内"),
            Lang::En => format!("up to {num}/{den} of the contract"),
        };
        vec![
            self.rule(
                self.t("异议期满方可开工", "works start only after the objection window"),
                "",
                &works.start_after_objections,
            ),
            self.rule(self.t("变更累计", "variations in all"), tolerance, &works.variation_tolerance.basis),
            self.rule(
                self.t("付款凭证先经村务监督委员会审核", "supervisors check each voucher before payment"),
                "",
                &works.voucher_checked,
            ),
            self.rule(self.t("验收组", "acceptance group"), persons, &group.basis),
        ]
    }
}
