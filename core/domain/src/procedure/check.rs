//! What a pack must satisfy to be loaded at all.

use super::{Basis, OnLost, Procedure, Share};

/// Why a pack cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureError {
    /// The text is no pack.
    #[error("malformed procedure: {0}")]
    Malformed(String),
    /// A step refers to one that does not exist.
    #[error("step `{step}` refers to unknown step `{to}`")]
    UnknownStep {
        /// The step that refers.
        step: String,
        /// What it refers to.
        to: String,
    },
    /// A number cites a source that the pack does not list.
    #[error("`{law}` is not among the sources of `{pack}`")]
    UnknownSource {
        /// The source cited.
        law: String,
        /// The pack's id.
        pack: String,
    },
    /// A fraction without meaning.
    #[error("fraction {num}/{den} in step `{step}` is no share")]
    BadFraction {
        /// Where it stands.
        step: String,
        /// Numerator.
        num: u32,
        /// Denominator.
        den: u32,
    },
    /// The pack has no step, a step no form, or a code stands twice.
    #[error("{0}")]
    Incomplete(String),
}

impl Procedure {
    pub(super) fn check(&self) -> Result<(), ProcedureError> {
        if self.steps.is_empty() {
            return Err(ProcedureError::Incomplete(format!("`{}` has no steps", self.id)));
        }
        for (place, step) in self.steps.iter().enumerate() {
            if self.steps.iter().take(place).any(|earlier| earlier.code == step.code) {
                return Err(ProcedureError::Incomplete(format!("step `{}` stands twice", step.code)));
            }
            if step.forms.is_empty() {
                return Err(ProcedureError::Incomplete(format!("step `{}` has no form", step.code)));
            }
            self.check_references(place)?;
            for form in &step.forms {
                check_share(&step.code, &form.quorum)?;
                check_share(&step.code, &form.threshold)?;
            }
        }
        self.check_sources()
    }

    fn check_references(&self, place: usize) -> Result<(), ProcedureError> {
        let Some(step) = self.steps.get(place) else { return Ok(()) };
        let lost_to = match &step.on_lost {
            OnLost::Reject => None,
            OnLost::ReturnTo(code) => Some(code),
        };
        for to in lost_to.into_iter().chain(&step.material_amendment_to) {
            // INVARIANT: a return never leads forwards, or a lost motion would skip a step.
            if self.step(to).is_none_or(|(at, _)| at > place) {
                return Err(ProcedureError::UnknownStep { step: step.code.clone(), to: to.clone() });
            }
        }
        Ok(())
    }

    fn check_sources(&self) -> Result<(), ProcedureError> {
        match self.bases().into_iter().find(|basis| self.source(&basis.law).is_none()) {
            Some(basis) => Err(ProcedureError::UnknownSource { law: basis.law.clone(), pack: self.id.clone() }),
            None => Ok(()),
        }
    }

    /// Every basis that a number of the pack cites.
    #[must_use]
    pub fn bases(&self) -> Vec<&Basis> {
        let rolls = &self.rolls;
        let disclosure = &self.disclosure;
        let works = &self.implementation;
        let due = &self.deadlines;
        let mut bases = vec![
            &rolls.village_committee_size.basis,
            &rolls.supervisory_committee_size.basis,
            &rolls.committee_needs_woman,
            &rolls.committee_no_near_relatives,
            &rolls.supervisors_apart_from_committee,
            &rolls.supervisors_no_bookkeeper,
            &rolls.representatives_share.basis,
            &rolls.women_representatives_share.basis,
            &rolls.households_per_representative.basis,
            &disclosure.posted.basis,
            &disclosure.objections.basis,
            &disclosure.answer.basis,
            &disclosure.resolution_due.basis,
            &disclosure.result_due.basis,
            &works.start_after_objections,
            &works.variation_tolerance.basis,
            &works.voucher_checked,
            &works.acceptance.basis,
            &due.screening.basis,
            &due.closing.basis,
            &due.start.basis,
            &due.completion.basis,
            &due.taking_down.basis,
            &due.correction.basis,
            &due.archive.basis,
            &self.late_recording.basis,
        ];
        for rule in &self.initiators {
            bases.push(&rule.basis);
            bases.extend(rule.share.as_ref().map(|share| &share.basis));
        }
        for step in &self.steps {
            bases.push(&step.due_within.basis);
            for form in &step.forms {
                bases.extend([&form.quorum.basis, &form.threshold.basis]);
                bases.extend(form.notice.as_ref().map(|days| &days.basis));
                bases.extend(form.plan_delivered.as_ref().map(|days| &days.basis));
                bases.extend(form.needs_authorisation.as_ref());
            }
        }
        bases
    }
}

fn check_share(step: &str, share: &Share) -> Result<(), ProcedureError> {
    let fraction = share.fraction.get();
    if fraction.den == 0 || fraction.num > fraction.den {
        return Err(ProcedureError::BadFraction { step: step.to_owned(), num: fraction.num, den: fraction.den });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../../schemas/procedures/rural-HN-2026.toml");

    #[test]
    fn the_shipped_pack_loads() {
        Procedure::parse(SHIPPED).unwrap();
    }

    #[test]
    fn a_return_forwards_is_refused() {
        let text = SHIPPED.replacen("on_lost = { return_to = \"S1\" }", "on_lost = { return_to = \"S4\" }", 1);
        assert_ne!(text, SHIPPED);
        assert!(matches!(Procedure::parse(&text), Err(ProcedureError::UnknownStep { .. })));
    }

    #[test]
    fn a_number_without_a_listed_source_is_refused() {
        let text = SHIPPED.replacen("law = \"VL-2025\"", "law = \"VL-1900\"", 1);
        assert!(matches!(Procedure::parse(&text), Err(ProcedureError::UnknownSource { .. })));
    }

    #[test]
    fn three_halves_are_no_share() {
        let text = SHIPPED.replacen("quorum = { ge = [2, 3]", "quorum = { ge = [3, 2]", 1);
        assert_ne!(text, SHIPPED);
        assert!(matches!(Procedure::parse(&text), Err(ProcedureError::BadFraction { .. })));
    }
}
