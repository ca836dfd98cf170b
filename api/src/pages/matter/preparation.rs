//! Canvass, signatures, reviews, consultations, the posting of the plan and the owners' decision, for readers.

use siyi_domain::consultation::facts::{Outcome, ReviewVerdict};
use siyi_domain::tally::Test;
use siyi_projections::dossier::{Dossier, OpinionFile, ReviewFile};

use super::facts::{Fact, Item};
use super::meetings::Tested;
use crate::pages::lang::Lang;
use crate::pages::narrate::Narrator;
use crate::pages::secrecy::cell;
use crate::pages::terms::Term;
use crate::pages::visit::Visit;

/// The facts of a file, and who tells them.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    /// The reader's visit.
    pub visit: &'a Visit<'a>,
    /// The file.
    pub file: &'a Dossier,
}

impl<'a> Teller<'a> {
    pub(super) fn lang(self) -> Lang {
        self.visit.lang()
    }

    pub(super) fn t(self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang().pick(zh, en)
    }

    /// Who names things by the law of the day on which they happened.
    pub(super) fn on(self, at: siyi_domain::moment::Moment) -> Narrator<'a> {
        let procedure = self.visit.binding(&self.file.standing.procedure, at.day());
        Narrator { lang: self.lang(), procedure }
    }

    pub(super) fn tested(self, test: &Test, at: siyi_domain::moment::Moment) -> Tested {
        Tested::of(test, self.on(at).procedure, self.lang())
    }

    /// What was done at the steps at which no body votes, and by the owners.
    #[must_use]
    pub fn preparation(self) -> Vec<Fact> {
        let mut facts = self.canvasses();
        facts.extend(self.rankings());
        facts.extend(self.signatures());
        facts.extend(self.file.preparation.reviews.iter().enumerate().map(|(no, review)| self.review(no, review)));
        facts.extend(self.forums());
        facts.extend(self.plan_postings());
        facts.extend(self.owners());
        facts.sort_by_key(|fact| fact.at);
        facts
    }

    fn canvasses(self) -> Vec<Fact> {
        let preparation = &self.file.preparation;
        let opinions: Vec<Item> = preparation.opinions.iter().map(|file| self.opinion(file)).collect();
        let heading = self.t("征求意见", "Opinions asked for");
        let caption =
            self.t("意见及答复（意见原文不公开）", "Opinions and answers (the texts of opinions are not disclosed)");
        let Some((last, before)) = preparation.canvasses.split_last() else {
            if opinions.is_empty() {
                return Vec::new();
            }
            let open = Fact::new("canvass", heading, heading).came_to(self.t("进行中", "under way"), "neutral");
            return vec![open.lists(caption, opinions)];
        };
        let fact = |no: usize, told: &siyi_projections::dossier::Told<_>| {
            let e: &siyi_domain::consultation::events::CanvassClosed = &told.fact;
            let households = |count: u32| match self.lang() {
                Lang::Zh => format!("{count}户"),
                Lang::En => count.to_string(),
            };
            let units = match self.lang() {
                Lang::Zh => format!("{}家", e.units_asked),
                Lang::En => e.units_asked.to_string(),
            };
            let taken_up = match self.lang() {
                Lang::Zh => format!("{}条，采纳{}条", e.opinions, e.accepted),
                Lang::En => format!("{}, {} taken up", e.opinions, e.accepted),
            };
            Fact::new(format!("canvass-{no}"), self.on(told.at).step(&e.step), heading)
                .at(told.at, told.late)
                .came_to(self.t("结束", "closed"), "passed")
                .says(self.t("同意", "Agree"), households(e.in_favour))
                .says(self.t("不同意", "Do not agree"), households(e.against))
                .says(self.t("无意见", "No view"), households(e.no_view))
                .says(self.t("征求驻区单位", "Stationed units asked"), units)
                .says(self.t("意见", "Opinions"), taken_up)
                .judged([self.tested(&e.coverage, told.at)])
        };
        let mut facts: Vec<Fact> = before.iter().enumerate().map(|(no, told)| fact(no, told)).collect();
        facts.push(fact(before.len(), last).lists(caption, opinions));
        facts
    }

    fn opinion(self, file: &OpinionFile) -> Item {
        let e = &file.recorded.fact;
        let (class, source) = (e.class.named(self.lang()), e.source.named(self.lang()));
        let head = match self.lang() {
            Lang::Zh => format!("第{}条 {class}（{source}）", e.opinion),
            Lang::En => format!("No. {} {class} ({source})", e.opinion),
        };
        let verdict = match file.answered.as_ref().map(|told| told.fact.accepted) {
            Some(true) => (self.t("采纳", "taken up"), "passed"),
            Some(false) => (self.t("不采纳", "not taken up"), "neutral"),
            None => (self.t("尚未答复", "not answered yet"), "failed"),
        };
        let text = file.answered.as_ref().map(|told| told.fact.answer.to_string()).unwrap_or_default();
        Item { head, is_chinese: false, verdict: Some(verdict), text }
    }

    fn rankings(self) -> Vec<Fact> {
        let fact = |(no, told): (usize, &siyi_projections::dossier::Told<_>)| {
            let e: &siyi_domain::consultation::events::PreferencesCounted = &told.fact;
            let items = e.ranking.iter().map(|own| Item {
                head: own.title.to_string(),
                is_chinese: true,
                verdict: None,
                text: match self.lang() {
                    Lang::Zh => format!("{}票", cell(u64::from(own.votes), Lang::Zh)),
                    Lang::En => format!("{} chose it", cell(u64::from(own.votes), Lang::En)),
                },
            });
            let voters = match self.lang() {
                Lang::Zh => format!("{}人，每人可选多项", e.voters),
                Lang::En => format!("{}; each could choose several", e.voters),
            };
            let heading = self.t("建议项目排序投票", "Ranking of suggestions");
            Fact::new(format!("ranking-{no}"), self.t("征求意见", "Opinions asked for"), heading)
                .at(told.at, told.late)
                .says(self.t("参加", "Took part"), voters)
                .lists(self.t("得票由多到少", "Chosen most first"), items.collect())
        };
        self.file.preparation.rankings.iter().enumerate().map(fact).collect()
    }

    fn signatures(self) -> Vec<Fact> {
        let preparation = &self.file.preparation;
        let heading = self.t("户签字", "Signatures of the households");
        let households = match self.lang() {
            Lang::Zh => format!("{}户", preparation.households_signed),
            Lang::En => preparation.households_signed.to_string(),
        };
        if preparation.signatures.is_empty() && preparation.households_signed > 0 {
            let open = Fact::new("signatures", heading, heading).came_to(self.t("进行中", "under way"), "neutral");
            return vec![open.says(self.t("已签字", "Signed so far"), households)];
        }
        let fact = |(no, told): (usize, &siyi_projections::dossier::Told<_>)| {
            let e: &siyi_domain::consultation::events::SignaturesClosed = &told.fact;
            Fact::new(format!("signatures-{no}"), self.on(told.at).step(&e.step), heading)
                .at(told.at, told.late)
                .came_to(self.t("达到", "met"), "passed")
                .judged([self.tested(&e.signed, told.at)])
        };
        preparation.signatures.iter().enumerate().map(fact).collect()
    }

    fn review(self, no: usize, file: &ReviewFile) -> Fact {
        let requested = &file.requested;
        let step = self.on(requested.at).step(&requested.fact.step);
        let due = self.lang().day(requested.fact.answer_due_on);
        let fact = Fact::new(format!("review-{no}"), step, self.t("审核（只审合法性）", "Review, on legality alone"))
            .at(requested.at, requested.late)
            .says(self.t("最迟答复", "Answer due by"), due);
        let Some(answered) = &file.answered else {
            return fact.came_to(self.t("待答复", "not answered yet"), "neutral");
        };
        let class = if answered.fact.verdict == ReviewVerdict::Agrees { "passed" } else { "failed" };
        let fact = fact
            .came_to(answered.fact.verdict.named(self.lang()), class)
            .says(self.t("答复日期", "Answered"), self.lang().day(answered.at.day()));
        let fact = match answered.fact.ground {
            Some(ground) => fact.says(self.t("法律理由", "Ground of law"), ground.named(self.lang())),
            None => fact,
        };
        fact.quotes(self.t("意见", "Opinion"), &answered.fact.opinion)
    }

    fn forums(self) -> Vec<Fact> {
        let fact = |(no, told): (usize, &siyi_projections::dossier::Told<_>)| {
            let e: &siyi_domain::consultation::events::ForumHeld = &told.fact;
            let narrator = self.on(told.at);
            let fact = Fact::new(format!("forum-{no}"), narrator.step(&e.step), e.form.named(self.lang()))
                .at(told.at, told.late)
                .came_to(e.outcome.named(self.lang()), "neutral")
                .says(self.t("告知议题", "Topic told on"), self.lang().day(e.informed_on))
                .says(self.t("参加", "Took part"), narrator.guests(&e.participants))
                .quotes(self.t("协商意见", "Agreed"), &e.opinion);
            match &e.dissent {
                Some(dissent) => fact.quotes(self.t("不同意见", "Against it"), dissent),
                None => fact,
            }
        };
        self.file.preparation.forums.iter().enumerate().map(fact).collect()
    }

    fn plan_postings(self) -> Vec<Fact> {
        let fact = |(no, told): (usize, &siyi_projections::dossier::Told<_>)| {
            let e: &siyi_domain::consultation::events::PlanPosted = &told.fact;
            let narrator = self.on(told.at);
            let rule = narrator.procedure.and_then(|p| p.disclosure.plan.as_ref());
            let fact = Fact::new(format!("plan-{no}"), narrator.step(&e.after), self.t("方案公示", "Plan posted"))
                .at(told.at, told.late)
                .quotes(self.t("张贴地点", "Posted at"), &self.lang().list(&e.places))
                .says(self.t("下一环节最早开会", "Next meeting not before"), self.lang().day(e.until));
            match rule {
                Some(rule) => {
                    fact.by(crate::pages::rules::Citation::of(&rule.posted.basis, narrator.procedure, self.lang()))
                }
                None => fact,
            }
        };
        self.file.preparation.plan_postings.iter().enumerate().map(fact).collect()
    }

    fn owners(self) -> Vec<Fact> {
        let preparation = &self.file.preparation;
        let heading = self.t("业主共同决定", "Decision of the owners");
        let votes = self.t("房屋表决票", "Units that voted");
        let fact = |(at, file): (usize, &siyi_projections::dossier::OwnersFile)| {
            let (told, (yes, no, abstain)) = (&file.decided, file.unit_votes);
            let e: &siyi_domain::consultation::events::OwnersDecided = &told.fact;
            let class = if e.outcome == Outcome::Carried { "passed" } else { "failed" };
            let units = match self.lang() {
                Lang::Zh => format!("同意{yes}套，反对{no}套，弃权{abstain}套"),
                Lang::En => format!("{yes} for, {no} against, {abstain} abstaining"),
            };
            Fact::new(format!("owners-{at}"), self.t("业主", "Owners"), heading)
                .at(told.at, told.late)
                .came_to(e.outcome.named(self.lang()), class)
                .says(votes, units)
                .judged(e.tests.iter().map(|test| self.tested(test, told.at)))
        };
        let mut facts: Vec<Fact> = preparation.owners.iter().enumerate().map(fact).collect();
        let (yes, no, abstain) = preparation.unit_votes;
        let came = yes + no + abstain;
        if came > 0 {
            // How they voted is told when the poll is closed and never before: no running tally.
            let came = match self.lang() {
                Lang::Zh => format!("{came}套"),
                Lang::En => came.to_string(),
            };
            let open = Fact::new("owners", heading, heading).came_to(self.t("表决中", "voting"), "neutral");
            facts.push(open.says(votes, came));
        }
        facts
    }
}
