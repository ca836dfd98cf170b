//! What stands in the nodes of a chart.

use super::{Chart, Language};
use crate::procedure::{Base, Form, Share, Step, StepKind};

impl Chart<'_> {
    /// A step with the numbers that decide it.
    pub(super) fn label_of(&self, step: &Step) -> String {
        let mut label = format!("{} {}", escaped(&step.code), escaped(step.name.in_language(self.language)));
        let mut add = |line: String| {
            label.push_str("<br/>");
            label.push_str(&escaped(&line));
        };
        step.forms.iter().map(|form| self.form(form)).for_each(&mut add);
        let asked = |share: &Share| format!("{} {}", self.t("户数", "households"), share.fraction.get());
        step.coverage.iter().map(asked).for_each(&mut add);
        step.signatures.iter().map(asked).for_each(&mut add);
        if let Some(review) = &step.review {
            let days = review.answer.days;
            add(match (self.language, review.working_days) {
                (Language::Zh, false) => format!("{days}日内答复，只审合法性"),
                (Language::Zh, true) => format!("{days}个工作日内答复，只审合法性"),
                (Language::En, false) => format!("answers within {days} days, on legality alone"),
                (Language::En, true) => format!("answers within {days} working days, on legality alone"),
            });
        }
        if let Some(owners) = self.pack.owners.as_ref().filter(|_| step.kind == StepKind::Owners) {
            let [part, ordinary, special] =
                [&owners.participation, &owners.ordinary, &owners.special].map(|share| share.fraction.get());
            add(match self.language {
                Language::Zh => format!("面积和人数：参与{part}，同意{ordinary}，特别事项{special}"),
                Language::En => {
                    format!("by area and by owners: {part} take part, {ordinary} agree, special matters {special}")
                }
            });
        }
        label
    }

    fn form(&self, form: &Form) -> String {
        let name = form.name.in_language(self.language);
        let [quorum, threshold] = [&form.quorum, &form.threshold].map(|share| share.fraction.get());
        let [quorum_of, threshold_of] = [&form.quorum, &form.threshold].map(|share| base(share.of, self.language));
        match self.language {
            Language::Zh => format!("{name}：到会 {quorum} {quorum_of}，同意 {threshold} {threshold_of}"),
            Language::En => format!("{name}: present {quorum} of {quorum_of}, in favour {threshold} of {threshold_of}"),
        }
    }
}

const fn base(base: Base, language: Language) -> &'static str {
    match base {
        Base::Due => language.pick("应到", "those due"),
        Base::Present => language.pick("到会", "those present"),
        Base::AdultVillagers => language.pick("村民", "the villagers"),
        Base::Representatives => language.pick("代表", "the representatives"),
        Base::Households => language.pick("户", "the households"),
    }
}

/// A text within a label: Mermaid reads quotes, angle brackets, bars and hashes as its own.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '|' => out.push_str("#124;"),
            '`' => out.push_str("#96;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
