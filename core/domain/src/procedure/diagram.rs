//! 流程图: the roads of a pack as Mermaid flowcharts, for pages and terminals alike.
//!
//! A chart shows what the engine does and nothing else: thick arrows lead forwards, dotted ones back or off the road. It is
//! drawn from the pack alone, so it cannot say anything that the pack does not.

use std::fmt::Write as _;

use super::{LaneRule, OnLost, Procedure, Step, StepKind, Text};
use crate::matters::Lane;

mod labels;
mod resolved;

use labels::escaped;

/// The language of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The one of two texts that is in this language.
    #[must_use]
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl Text {
    /// The text in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        language.pick(&self.zh, &self.en)
    }
}

impl Procedure {
    /// The chart of one road, if the pack has it.
    #[must_use]
    pub fn mermaid(&self, lane: Lane, language: Language) -> Option<String> {
        let lane = self.lane(lane)?;
        let mut chart = Chart { pack: self, lane, language, text: "flowchart TD\n".to_owned() };
        chart.motion();
        for step in self.steps_of(lane.lane) {
            chart.step(step);
        }
        chart.after_the_resolution();
        chart.detours();
        Some(chart.text)
    }

    /// The charts of all roads, in the pack's order.
    #[must_use]
    pub fn diagrams(&self, language: Language) -> Vec<(Lane, String)> {
        self.lanes.iter().filter_map(|lane| Some((lane.lane, self.mermaid(lane.lane, language)?))).collect()
    }
}

/// A chart while it is drawn.
struct Chart<'a> {
    pack: &'a Procedure,
    lane: &'a LaneRule,
    language: Language,
    text: String,
}

impl<'a> Chart<'a> {
    fn t(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.language.pick(zh, en)
    }

    fn line(&mut self, line: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "  {line}");
    }

    /// An arrow of the road itself.
    fn forwards(&mut self, from: &str, label: &str, to: &str) {
        self.line(&format!("{from} ==>|\"{label}\"| {to}"));
    }

    /// An arrow back, or off the road.
    fn back(&mut self, from: &str, label: &str, to: &str) {
        self.line(&format!("{from} -.->|\"{label}\"| {to}"));
    }

    fn motion(&mut self) {
        let motion = self.t("动议", "motion");
        self.line(&format!("motion([\"{motion}\"])"));
        let rejected = self.t("终止", "the matter ends");
        self.line(&format!("stopped([\"{rejected}\"])"));
        let days = self.pack.deadlines.screening.days;
        let label = match self.language {
            Language::Zh => format!("受理（{days}日内）"),
            Language::En => format!("accepted within {days} days"),
        };
        let first = self.lane.steps.first().map(|code| self.node(code)).unwrap_or_default();
        self.forwards("motion", &label, &first);
        self.back("motion", self.t("不予受理", "not accepted"), "stopped");
    }

    fn step(&mut self, step: &'a Step) {
        let node = self.node(&step.code);
        let label = self.label_of(step);
        self.line(&format!("{node}[\"{label}\"]"));
        self.passed(step, &node);
        self.not_passed(step, &node);
        if let Some(to) = &step.material_amendment_to {
            let to = self.returns_to(to);
            self.back(&node, self.t("实质性修改", "materially amended"), &to);
        }
        self.deadlock(step, &node);
    }

    /// Where a step leads that has passed. A plan that is posted before the next step hangs between the two.
    fn passed(&mut self, step: &Step, node: &str) {
        let next = self.next(step);
        let label = match step.kind {
            StepKind::Meeting | StepKind::Owners => self.t("通过", "carried"),
            StepKind::Canvass => self.t("征求完毕，意见均已答复", "enough were asked, every opinion answered"),
            StepKind::Signatures => self.t("签字户数达到", "enough have signed"),
            StepKind::Review => self.t("同意", "agreed"),
            StepKind::Forum => self.t("达成一致", "agreed among those concerned"),
        };
        match self.pack.disclosure.plan.as_ref().filter(|plan| plan.after == step.code && next != "resolved") {
            None => self.forwards(node, label, &next),
            Some(plan) => {
                let days = plan.posted.days;
                let posted = match self.language {
                    Language::Zh => format!("方案公示{days}日"),
                    Language::En => format!("the plan is posted for {days} days"),
                };
                self.line(&format!("plan_posted[/\"{posted}\"/]"));
                self.forwards(node, label, "plan_posted");
                self.forwards("plan_posted", self.t("期满", "then"), &next);
            }
        }
        for merge in step.forms.iter().filter_map(|form| form.merges.as_ref()) {
            if let Some(with) = self.pack.step(&merge.step).filter(|_| self.lane.place(&merge.step).is_some()) {
                let next = self.next(with);
                let label = match self.language {
                    Language::Zh => format!("一肩挑的，{}、{}合并通过", step.code, with.code),
                    Language::En => format!("{} and {} held as one", step.code, with.code),
                };
                self.forwards(node, &label, &next);
            }
        }
    }

    /// What a lost motion leads to. A canvass and a collection of signatures stay open until enough took part.
    fn not_passed(&mut self, step: &Step, node: &str) {
        let label = match step.kind {
            StepKind::Canvass | StepKind::Signatures => return,
            StepKind::Forum => {
                self.back(node, self.t("没有一致", "no agreement"), "stopped");
                self.line(&format!(
                    "other_road([\"{}\"])",
                    self.t("按事项类别另走程序", "the road of its kinds of matter")
                ));
                return self.back(node, self.t("须作决定", "needs a resolution"), "other_road");
            }
            StepKind::Review => self.t("不同意或者要求修改", "not agreed, or to be changed"),
            StepKind::Meeting | StepKind::Owners => self.t("未通过", "lost"),
        };
        match &step.on_lost {
            OnLost::Reject => self.back(node, label, "stopped"),
            OnLost::ReturnTo(to) => {
                let to = self.returns_to(to);
                self.back(node, label, &to);
            }
        }
    }

    /// No majority either way: other forms of the same step decide.
    fn deadlock(&mut self, step: &'a Step, node: &str) {
        let rules = step.forms.iter().filter_map(|form| Some((form, form.on_deadlock.as_ref()?)));
        for (number, (form, rule)) in rules.enumerate() {
            let deciding = format!("{node}_deadlock{}", number + 1);
            let names: Vec<&str> =
                rule.forms.iter().filter_map(|id| step.form(id)).map(|f| f.name.in_language(self.language)).collect();
            let label = format!("{} {}", escaped(&step.code), escaped(&names.join(self.t("，或者", ", or "))));
            self.line(&format!("{deciding}[\"{label}\"]"));
            let why = match self.language {
                Language::Zh => format!("{}赞成、反对均未达到", form.name.zh),
                Language::En => format!("{}: no majority either way", form.name.en),
            };
            self.back(node, &escaped(&why), &deciding);
            let next = self.next(step);
            self.forwards(&deciding, self.t("通过", "carried"), &next);
            self.not_passed(step, &deciding);
        }
    }

    /// The node after a step: the next one of the road, or the resolution.
    fn next(&self, step: &Step) -> String {
        self.lane.after(&step.code).map_or_else(|| "resolved".to_owned(), |next| self.node(next))
    }

    /// A road without the step that is named goes back to its own first step, as a matter on it does.
    fn returns_to(&self, to: &str) -> String {
        let on_the_road = self.lane.place(to).map(|_| to);
        self.node(on_the_road.or(self.lane.steps.first().map(String::as_str)).unwrap_or(to))
    }

    /// The id of a step's node: its code where Mermaid takes it, its place in the pack otherwise.
    fn node(&self, code: &str) -> String {
        if code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return format!("step_{code}");
        }
        let place = self.pack.steps.iter().position(|step| step.code == code);
        format!("step{}", place.unwrap_or(self.pack.steps.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn chart(id: &str, lane: Lane) -> String {
        let rules = Rules::shipped().unwrap();
        rules.procedure(id).unwrap().mermaid(lane, Language::Zh).unwrap()
    }

    #[test]
    fn a_lost_review_goes_back_to_the_two_committees() {
        let full = chart("rural/HN/2026", Lane::Full);
        assert!(full.contains(r#"step_S3 ==>|"通过"| step_S4"#), "{full}");
        assert!(full.contains(r#"step_S3 -.->|"未通过"| step_S2"#), "{full}");
        assert!(full.contains(r#"step_S4 -.->|"未通过"| stopped"#), "{full}");
        assert!(full.contains(r#"step_S4 -.->|"实质性修改"| step_S2"#), "{full}");
        assert!(full.contains(r#"step_S1 ==>|"一肩挑的，S1、S2合并通过"| step_S3"#), "{full}");
    }

    #[test]
    fn a_deadlock_of_the_representatives_goes_to_the_assembly() {
        let full = chart("rural/HN/2026", Lane::Full);
        assert!(full.contains(r#"step_S4_deadlock1 ==>|"通过"| resolved"#), "{full}");
    }

    #[test]
    fn a_road_without_the_step_of_correction_goes_back_to_its_own_first() {
        let assembly = chart("rural/HN/2026", Lane::AssemblyOnly);
        assert!(assembly.contains(r#"resolved -.->|"责令改正"| step_S1"#), "{assembly}");
    }

    #[test]
    fn ninghai_posts_the_plan_before_the_party_members_meet() {
        let full = chart("rural/NH/2026", Lane::Full);
        assert!(full.contains(r#"step_J2 ==>|"通过"| plan_posted"#), "{full}");
        assert!(full.contains(r#"plan_posted ==>|"期满"| step_S3"#), "{full}");
        assert!(!full.contains(r#"step_J2 ==>|"通过"| step_S3"#), "{full}");
    }

    #[test]
    fn only_an_emergency_is_ratified() {
        assert!(chart("rural/HN/2026", Lane::Emergency).contains("追认"));
        assert!(!chart("rural/HN/2026", Lane::Full).contains("追认"));
    }

    #[test]
    fn every_arrow_joins_nodes_that_are_drawn() {
        for pack in Rules::shipped().unwrap().procedures() {
            for (lane, text) in [Language::Zh, Language::En].into_iter().flat_map(|language| pack.diagrams(language)) {
                let drawn: Vec<&str> =
                    text.lines().filter_map(|line| line.trim().split_once(['[', '(', '{'])).map(|(id, _)| id).collect();
                let arrows = text
                    .lines()
                    .filter_map(|line| line.trim().split_once(" ==>|").or(line.trim().split_once(" -.->|")));
                for (from, rest) in arrows {
                    let to = rest.rsplit(' ').next().unwrap();
                    assert!(
                        drawn.contains(&from) && drawn.contains(&to),
                        "{} {}: {from} to {to}\n{text}",
                        pack.id,
                        lane.as_str()
                    );
                }
            }
        }
    }

    #[test]
    fn a_code_of_a_pack_breaks_no_label() {
        assert_eq!(escaped("a\"b<c>|#\n"), "a#quot;b#lt;c#gt;#124;#35; ");
    }
}
