//! Ways off the road: deadlock, deliberation anew, correction, annulment, suspension.

use siyi_domain::consultation::events::{
    ConsultationResumed, ConsultationSuspended, CorrectionOrdered, CourtAnnulled, DeliberationConcluded,
    DeliberationReopened, MotionDeadlocked,
};
use siyi_domain::consultation::facts::Outcome;
use siyi_domain::procedure::ReopenPurpose;

use super::{Narrator, one_line};
use crate::pages::lang::Lang;
use crate::pages::rules::Citation;
use crate::pages::terms::Term;

impl Narrator<'_> {
    pub(super) fn motion_deadlocked(&self, e: &MotionDeadlocked) -> String {
        let form = self.form(&e.step, &e.form);
        let forms = e.forms.iter().map(|own| self.form(&e.step, own)).collect::<Vec<_>>();
        let forms = forms.join(self.lang.pick("或", " or "));
        let rule = Citation::of(&e.basis, self.procedure, self.lang).line(self.lang);
        match self.lang {
            Lang::Zh => format!("{form}赞成、反对均未过半，议而未决；改由{forms}表决（依据{rule}）。"),
            Lang::En => format!("The {form} found no majority either way; now decides: {forms} (rule: {rule})."),
        }
    }

    pub(super) fn deliberation_reopened(&self, e: &DeliberationReopened) -> String {
        let by = e.initiator.kind.named_in(self.is_urban(), self.lang);
        let (purpose, reason) = (e.purpose.named(self.lang), one_line(&e.reason));
        let arrow = self.lang.pick("→", " → ");
        let steps = e.steps.iter().map(|step| self.step(step)).collect::<Vec<_>>().join(arrow);
        let signed = e.signatures.as_ref().map(|test| match self.lang {
            Lang::Zh => format!("（{}）", self.judged(test)),
            Lang::En => format!(" ({})", self.judged(test)),
        });
        let signed = signed.unwrap_or_default();
        let extra = e.extra_fen.map(|extra| match self.lang {
            Lang::Zh => format!("要求增加{}。", self.lang.spoken(extra)),
            Lang::En => format!(" {} more is asked for.", self.lang.money(extra)),
        });
        let extra = extra.unwrap_or_default();
        match self.lang {
            Lang::Zh => format!("{by}{signed}要求{purpose}，重新议决：{steps}。{extra}理由：{reason}"),
            Lang::En => format!("Called for by {by}{signed}: {purpose}. Road: {steps}.{extra} Reason: {reason}"),
        }
    }

    pub(super) fn deliberation_concluded(&self, e: &DeliberationConcluded) -> String {
        let step = self.step(&e.step);
        let (purpose, follows) = (e.purpose.named(self.lang), follows(e.purpose, e.outcome, self.lang));
        let budget = e.budget_fen.map(|budget| match self.lang {
            Lang::Zh => format!("预算变为{}。", self.lang.spoken(budget)),
            Lang::En => format!(" The budget is now {}.", self.lang.money(budget)),
        });
        let budget = budget.unwrap_or_default();
        let outcome = e.outcome.named(self.lang);
        match self.lang {
            Lang::Zh => format!("{purpose}有结果：{step}{outcome}，{follows}。{budget}"),
            Lang::En => format!("Outcome ({purpose}): {outcome} at “{step}”; {follows}.{budget}"),
        }
    }

    pub(super) fn correction_ordered(&self, e: &CorrectionOrdered) -> String {
        let (ground, remark) = (e.ground.named(self.lang), one_line(&e.remark));
        match self.lang {
            Lang::Zh => format!("乡镇（街道）责令改正（{ground}），原决议不再有效，须重新议决。须改正：{remark}"),
            Lang::En => format!(
                "The township orders a correction: the resolution {ground}. It no longer stands and must be decided \
                 anew. To be put right: {remark}"
            ),
        }
    }

    pub(super) fn court_annulled(&self, e: &CourtAnnulled) -> String {
        let (court, case) = (&e.court, &e.case_no);
        match self.lang {
            Lang::Zh => format!("{court}判决撤销决议（{case}），决议不再有效，本事项终止。"),
            Lang::En => {
                format!("Resolution annulled by court: {court} ({case}). It no longer stands and the matter ends here.")
            }
        }
    }

    pub(super) fn consultation_suspended(&self, e: &ConsultationSuspended) -> String {
        let (by, reason) = (e.by.named(self.lang), one_line(&e.reason));
        match self.lang {
            Lang::Zh => format!("{by}要求暂停，恢复之前不得继续办理。理由：{reason}"),
            Lang::En => format!("Suspended by {by}; nothing goes on until it is resumed. Reason: {reason}"),
        }
    }

    pub(super) fn consultation_resumed(&self, e: &ConsultationResumed) -> String {
        let reason = one_line(&e.reason);
        match self.lang {
            Lang::Zh => format!("恢复办理。理由：{reason}"),
            Lang::En => format!("Resumed. Reason: {reason}"),
        }
    }
}

/// What follows from the outcome of a detour, in words.
#[must_use]
pub fn follows(purpose: ReopenPurpose, outcome: Outcome, lang: Lang) -> &'static str {
    use ReopenPurpose as P;
    let (zh, en) = match (purpose, outcome) {
        (P::Reconsideration, Outcome::Carried) => ("原决议维持，继续公开与实施", "the resolution stands"),
        (P::Reconsideration, Outcome::Lost) => {
            ("原决议未获维持，不再有效，本事项终止", "the resolution no longer stands and the matter ends")
        }
        (P::Annulment, Outcome::Carried) => {
            ("决议撤销，不再有效，本事项终止", "the resolution is annulled and the matter ends")
        }
        (P::Annulment, Outcome::Lost) => ("决议不撤销，继续有效", "the resolution is not annulled and stands"),
        (P::Supplement, Outcome::Carried) => ("同意增加资金，继续实施", "the sum is granted and the works go on"),
        (P::Supplement, Outcome::Lost) => {
            ("不同意增加资金，仍按原预算实施", "the sum is not granted; the old budget binds")
        }
        (P::Termination, Outcome::Carried) => (
            "终止实施，已做部分仍须公开并归档",
            "carrying out ends; what was done is still to be disclosed and archived",
        ),
        (P::Termination, Outcome::Lost) => ("不终止，继续实施", "the works go on"),
        (P::Ratification, Outcome::Carried) => ("应急处置获得追认", "what was done in the emergency is ratified"),
        (P::Ratification, Outcome::Lost) => (
            "应急处置未获追认，停止实施，已做部分仍须公开",
            "not ratified; work stops, and what was done is still to be disclosed",
        ),
    };
    lang.pick(zh, en)
}
