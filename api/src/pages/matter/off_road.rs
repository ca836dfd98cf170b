//! Ways off the road and what a road owes besides: deadlock, deliberation anew, correction, suspension, emergency, light road,
//! appraisal, missing notices, interests, urging.

use siyi_domain::consultation::facts::Outcome;
use siyi_projections::dossier::{DetourFile, SuspensionFile};

use super::facts::{Fact, Item};
use super::preparation::Teller;
use crate::pages::lang::Lang;
use crate::pages::narrate::follows;
use crate::pages::rules::Citation;
use crate::pages::terms::{self, Term};

impl Teller<'_> {
    /// What led off the road, in order.
    #[must_use]
    pub fn off_road(self) -> Vec<Fact> {
        let off = &self.file.off_road;
        let mut facts: Vec<Fact> = off.detours.iter().enumerate().map(|(no, own)| self.detour(no, own)).collect();
        facts.extend(off.suspensions.iter().enumerate().map(|(no, own)| self.suspension(no, own)));
        facts.extend(self.deadlocks());
        facts.extend(off.lane_changes.iter().enumerate().map(|(no, told)| {
            let narrator = self.on(told.at);
            Fact::new(
                format!("lane-{no}"),
                self.t("协商之后", "After the talks"),
                self.t("转入议事程序", "Another road"),
            )
            .at(told.at, told.late)
            .says(self.t("程序", "Road"), narrator.lane(told.fact.lane))
            .says(self.t("从此环节起", "From"), narrator.step(&told.fact.step))
        }));
        facts.extend(off.corrections.iter().enumerate().map(|(no, told)| {
            let heading = self.t("责令改正，原决议不再有效", "Correction ordered; the resolution no longer stands");
            Fact::new(format!("correction-{no}"), self.t("乡镇（街道）", "Township"), heading)
                .at(told.at, told.late)
                .says(self.t("法律理由", "Ground of law"), told.fact.ground.named(self.lang()))
                .quotes(self.t("须改正", "To be put right"), &told.fact.remark)
        }));
        facts.extend(off.court.iter().map(|told| {
            let heading = self.t("决议被撤销，不再有效", "The resolution is annulled and no longer stands");
            Fact::new("court", self.t("人民法院", "Court"), heading)
                .at(told.at, told.late)
                .quotes(self.t("法院", "Court"), &told.fact.court)
                .quotes(self.t("案号", "Case"), &told.fact.case_no)
        }));
        facts.sort_by_key(|fact| fact.at);
        facts
    }

    fn detour(self, no: usize, file: &DetourFile) -> Fact {
        let (reopened, e) = (&file.reopened, &file.reopened.fact);
        let narrator = self.on(reopened.at);
        let steps = e.steps.iter().map(|step| narrator.step(step)).collect::<Vec<_>>().join(" → ");
        let mut fact =
            Fact::new(format!("detour-{no}"), self.t("重新议决", "Deliberated again"), e.purpose.named(self.lang()))
                .at(reopened.at, reopened.late)
                .says(self.t("提出人", "Called for by"), e.initiator.kind.named_in(narrator.is_urban(), self.lang()))
                .says(self.t("环节", "Road"), steps);
        if let Some(last) = e.steps.last().filter(|_| !e.forms.is_empty()) {
            let forms = e.forms.iter().map(|form| narrator.form(last, form)).collect::<Vec<_>>();
            fact = fact.says(self.t("会议形式", "Form of meeting"), forms.join(self.t("或", " or ")));
        }
        if let Some(extra) = e.extra_fen {
            fact = fact.says(self.t("要求增加", "More asked for"), self.lang().spoken(extra));
        }
        fact = fact.quotes(self.t("理由", "Reason"), &e.reason);
        fact = fact.judged(e.signatures.iter().map(|test| self.tested(test, reopened.at)));
        let Some(concluded) = &file.concluded else {
            return fact.came_to(self.t("进行中", "under way"), "neutral");
        };
        let class = if concluded.fact.outcome == Outcome::Carried { "passed" } else { "failed" };
        let follows = follows(concluded.fact.purpose, concluded.fact.outcome, self.lang());
        fact = fact
            .came_to(concluded.fact.outcome.named(self.lang()), class)
            .says(self.t("结果", "Outcome"), format!("{} {follows}", self.lang().day(concluded.at.day())));
        match concluded.fact.budget_fen {
            Some(budget) => fact.says(self.t("此后预算", "Budget from then on"), self.lang().spoken(budget)),
            None => fact,
        }
    }

    fn suspension(self, no: usize, file: &SuspensionFile) -> Fact {
        let suspended = &file.suspended;
        let fact = Fact::new(
            format!("suspension-{no}"),
            suspended.fact.by.named(self.lang()),
            self.t("暂停办理", "Suspended"),
        )
        .at(suspended.at, suspended.late)
        .quotes(self.t("暂停理由", "Reason"), &suspended.fact.reason);
        match &file.resumed {
            None => fact.came_to(self.t("暂停中", "suspended"), "failed"),
            Some(resumed) => fact
                .came_to(self.t("已恢复", "resumed"), "passed")
                .says(self.t("恢复日期", "Resumed on"), self.lang().day(resumed.at.day()))
                .quotes(self.t("恢复理由", "Reason for resuming"), &resumed.fact.reason),
        }
    }

    fn deadlocks(self) -> Vec<Fact> {
        let fact = |(no, told): (usize, &siyi_projections::dossier::Told<_>)| {
            let e: &siyi_domain::consultation::events::MotionDeadlocked = &told.fact;
            let narrator = self.on(told.at);
            let forms: Vec<String> = e.forms.iter().map(|form| narrator.form(&e.step, form)).collect();
            Fact::new(format!("deadlock-{no}"), narrator.step(&e.step), self.t("议而未决", "No majority either way"))
                .at(told.at, told.late)
                .says(self.t("未决的会议", "Undecided by"), narrator.form(&e.step, &e.form))
                .says(self.t("改由", "Decided now by"), forms.join(self.t("或", " or ")))
                .by(Citation::of(&e.basis, narrator.procedure, self.lang()))
        };
        self.file.off_road.deadlocks.iter().enumerate().map(fact).collect()
    }

    /// What a road owes besides the two disclosures, and what those who watch recorded.
    #[must_use]
    pub fn oversight(self) -> Vec<Fact> {
        let off = &self.file.off_road;
        let mut facts = Vec::from_iter(self.ratification());
        facts.extend(self.report());
        facts.extend(off.appraisals.iter().enumerate().map(|(no, told)| {
            let e = &told.fact;
            let persons = |count: u32| match self.lang() {
                Lang::Zh => format!("{count}人"),
                Lang::En => count.to_string(),
            };
            Fact::new(format!("appraisal-{no}"), self.t("群众", "The people"), self.t("群众评议", "Appraisal"))
                .at(told.at, told.late)
                .says(self.t("满意", "Satisfied"), persons(e.satisfied))
                .says(self.t("基本满意", "In part"), persons(e.partly))
                .says(self.t("不满意", "Not satisfied"), persons(e.dissatisfied))
        }));
        facts.extend(self.observations());
        facts
    }

    /// 应急: ratified at the next meeting.
    fn ratification(self) -> Option<Fact> {
        let standing = &self.file.standing;
        let emergency = standing.emergency?;
        let procedure = self.visit.procedure_of(standing);
        let heading = self.t("应急处置，须经下次会议追认", "Emergency: the next meeting must ratify it");
        let mut fact = Fact::new("emergency", self.t("应急程序", "Emergency road"), heading)
            .says(self.t("应急情形", "Emergency"), emergency.named(self.lang()));
        if let Some(rule) = procedure.and_then(|p| p.lane(standing.lane)).and_then(|lane| lane.ratify.as_ref()) {
            fact = self.owed_within(fact, rule.days).by(Citation::of(&rule.basis, procedure, self.lang()));
        }
        Some(match (standing.ratified_on, standing.terminated) {
            (Some(day), false) => fact
                .came_to(self.t("已追认", "ratified"), "passed")
                .says(self.t("追认日期", "Ratified on"), self.lang().day(day)),
            (Some(_), true) => fact.came_to(self.t("未获追认", "not ratified"), "failed"),
            (None, _) => fact.came_to(self.t("尚未追认", "not ratified yet"), "neutral"),
        })
    }

    /// 简易: reported to the representatives.
    fn report(self) -> Option<Fact> {
        let standing = &self.file.standing;
        let procedure = self.visit.procedure_of(standing);
        let lane = procedure.and_then(|p| p.lane(standing.lane))?;
        let rule = lane.report.as_ref()?;
        let urban = procedure.is_some_and(crate::pages::rules::is_urban);
        let heading = match (self.lang(), urban) {
            (Lang::Zh, false) => "简易事项，须向村民代表会议报告",
            (Lang::Zh, true) => "简易事项，须向居民代表会议报告",
            (Lang::En, _) => "Light matter, to be reported to the representatives",
        };
        let mut fact = Fact::new("report", self.t("简易程序", "Light road"), heading);
        if let Some(limit) = &lane.limit {
            fact = fact.says(self.t("金额上限", "Most that may be spent"), self.lang().spoken(limit.fen));
        }
        fact = self.owed_within(fact, rule.days).by(Citation::of(&rule.basis, procedure, self.lang()));
        Some(match &self.file.off_road.report {
            Some(told) => fact
                .at(told.at, told.late)
                .came_to(self.t("已报告", "reported"), "passed")
                .says(self.t("会议日期", "Meeting on"), self.lang().day(told.fact.meeting_on)),
            None => fact.came_to(self.t("尚未报告", "not reported yet"), "neutral"),
        })
    }

    fn owed_within(self, fact: Fact, days: u16) -> Fact {
        let within = match self.lang() {
            Lang::Zh => format!("决定后{days}日内"),
            Lang::En => format!("{days} days after the decision"),
        };
        fact.says(self.t("期限", "Within"), within)
    }

    /// Interests, missing notices, urging, closed flags: what those who watch recorded, each in a line.
    fn observations(self) -> Option<Fact> {
        let off = &self.file.off_road;
        let mut seen: Vec<(siyi_domain::moment::Moment, Item)> = Vec::new();
        let item = |head: String, text: String| Item { head, is_chinese: false, verdict: None, text };
        let day = |at: siyi_domain::moment::Moment| self.lang().day(at.day());
        seen.extend(off.interests.iter().map(|told| {
            let head = format!("{} {}", day(told.at), self.t("1人申报利害关系", "an interest declared"));
            (told.at, item(head, told.fact.remark.to_string()))
        }));
        seen.extend(off.missing_notices.iter().map(|told| {
            let no = told.fact.notice;
            let head = match self.lang() {
                Lang::Zh => format!("{} 第{no}号公告缺失", day(told.at)),
                Lang::En => format!("{} notice {no} found missing", day(told.at)),
            };
            (told.at, item(head, told.fact.place.to_string()))
        }));
        seen.extend(off.urgings.iter().map(|told| {
            let duty = terms::duty(told.fact.duty, self.lang());
            let head = match self.lang() {
                Lang::Zh => format!("{} 督办：{duty}，告知{}", day(told.at), told.fact.told),
                Lang::En => format!("{} urged: {duty}; told: {}", day(told.at), told.fact.told),
            };
            (told.at, item(head, told.fact.remark.as_ref().map(ToString::to_string).unwrap_or_default()))
        }));
        seen.extend(off.flags_closed.iter().map(|told| {
            let pattern = told.fact.pattern.named(self.lang());
            let head = match self.lang() {
                Lang::Zh => format!("{} 预警“{pattern}”核销", day(told.at)),
                Lang::En => format!("{} flag “{pattern}” closed", day(told.at)),
            };
            (told.at, item(head, told.fact.reason.to_string()))
        }));
        if seen.is_empty() {
            return None;
        }
        seen.sort_by_key(|(at, _)| *at);
        let heading = self.t("监督与督办", "Watching and urging");
        let items = seen.into_iter().map(|(_, item)| item).collect();
        Some(Fact::new("observations", self.t("监督", "Oversight"), heading).lists(heading, items))
    }
}
