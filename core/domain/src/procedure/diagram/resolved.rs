//! What a chart draws from the resolution on.

use super::labels::escaped;
use super::{Chart, Language};
use crate::procedure::{DetourRule, ReopenPurpose};

impl Chart<'_> {
    /// From the disclosure of the resolution to the archive.
    pub(super) fn after_the_resolution(&mut self) {
        let disclosure = &self.pack.disclosure;
        let (posted, window) = (disclosure.posted.days, disclosure.objections.days);
        let resolved = match self.language {
            Language::Zh => format!("决议公开{posted}日<br/>异议期{window}日"),
            Language::En => format!("the resolution is posted for {posted} days<br/>objections within {window} days"),
        };
        self.line(&format!("resolved[/\"{resolved}\"/]"));
        self.line(&format!("works[\"{}\"]", self.t("实施", "carrying out")));
        let start = match &self.lane.ratify {
            None => self.t("异议期满，异议均已答复", "the window has ended, objections answered").to_owned(),
            Some(days) => match self.language {
                Language::Zh => format!("立即实施，{}日内追认", days.days),
                Language::En => format!("at once, ratified within {} days", days.days),
            },
        };
        self.forwards("resolved", &start, "works");
        let result = match self.language {
            Language::Zh => format!("实施结果公开{posted}日"),
            Language::En => format!("the outcome is posted for {posted} days"),
        };
        self.line(&format!("result[/\"{result}\"/]"));
        self.forwards("works", self.t("验收、完成", "accepted and completed"), "result");
        self.line(&format!("archived([\"{}\"])", self.t("归档", "archived")));
        let mut last = "result";
        if disclosure.appraisal.is_some() {
            self.line(&format!("appraisal[\"{}\"]", self.t("群众评议", "appraisal by the people")));
            self.forwards(last, self.t("期满", "then"), "appraisal");
            last = "appraisal";
        }
        let report = self.lane.report.as_ref().map(|days| match self.language {
            Language::Zh => format!("{}日内向代表会议报告", days.days),
            Language::En => format!("reported to the representatives within {} days", days.days),
        });
        self.forwards(last, report.as_deref().unwrap_or(self.t("期满", "then")), "archived");
        let to = self.returns_to(&self.pack.correction_to);
        self.back("resolved", self.t("责令改正", "correction ordered"), &to);
    }

    /// The ways off a resolved matter and back.
    pub(super) fn detours(&mut self) {
        let pack = self.pack;
        for (number, detour) in pack.detours.iter().enumerate() {
            // Only what was done in an emergency is ratified.
            if detour.purpose != ReopenPurpose::Ratification || self.lane.ratify.is_some() {
                self.detour(&format!("detour{}", number + 1), detour);
            }
        }
    }

    fn detour(&mut self, node: &str, detour: &DetourRule) {
        let steps = detour.steps.join("→");
        let name = purpose(detour.purpose, self.language);
        let over = if detour.over_tolerance { self.t("（超出幅度）", " (over the tolerance)") } else { "" };
        let colon = self.t("：", ": ");
        self.line(&format!("{node}{{{{\"{}\"}}}}", escaped(&format!("{name}{over}{colon}{steps}"))));
        let (from, carried, lost) = match detour.purpose {
            ReopenPurpose::Reconsideration => ("resolved", "resolved", "stopped"),
            ReopenPurpose::Annulment => ("resolved", "stopped", "resolved"),
            ReopenPurpose::Supplement => ("works", "works", "works"),
            // What was done is owed to the public all the same.
            ReopenPurpose::Termination => ("works", "result", "works"),
            ReopenPurpose::Ratification => ("works", "works", "result"),
        };
        self.back(from, &name, node);
        if carried == lost {
            return self.back(node, self.t("作出决定", "decided"), carried);
        }
        self.back(node, self.t("通过", "carried"), carried);
        self.back(node, self.t("未通过", "lost"), lost);
    }
}

fn purpose(purpose: ReopenPurpose, language: Language) -> String {
    match language {
        Language::Zh => purpose.zh().to_owned(),
        Language::En => purpose.as_str().to_owned(),
    }
}
