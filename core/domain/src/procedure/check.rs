//! What a pack must satisfy to be loaded at all.

use std::collections::BTreeSet;

use super::{Basis, DisclosureRules, ImplementationRules, OnLost, Procedure, Share, Step, StepKind};

/// Why a pack cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureError {
    /// The text is no pack.
    #[error("malformed procedure: {0}")]
    Malformed(String),
    /// A step refers to one that does not exist, or does not stand before it on a road.
    #[error("step `{step}` refers to unknown step `{to}`")]
    UnknownStep {
        /// The step, or the road, that refers.
        step: String,
        /// What it refers to.
        to: String,
    },
    /// A road comes back to a step by itself.
    #[error("road `{road}` passes step `{step}` twice")]
    Cycle {
        /// The road.
        road: String,
        /// The step.
        step: String,
    },
    /// A number cites a source that the pack does not list, or that nobody knows.
    #[error("`{law}` is not among the sources of `{pack}`")]
    UnknownSource {
        /// The source cited.
        law: String,
        /// The pack's id.
        pack: String,
    },
    /// A number cites an article that its source does not have.
    #[error("`{law}` has no article `{article}`")]
    UnknownArticle {
        /// The source.
        law: String,
        /// The article cited.
        article: String,
    },
    /// A fraction without meaning.
    #[error("fraction {num}/{den} in `{place}` is no share")]
    BadFraction {
        /// Where it stands.
        place: String,
        /// Numerator.
        num: u32,
        /// Denominator.
        den: u32,
    },
    /// A number that a statute bounds is looser than it.
    #[error("{place} says {found}, looser than {law} article {article}: {floor}")]
    LooserThanStatute {
        /// Where the number stands.
        place: String,
        /// The statute.
        law: String,
        /// Its article.
        article: String,
        /// What the statute asks for.
        floor: String,
        /// What the pack says.
        found: String,
    },
    /// Two packs bind the same place on the same day.
    #[error("`{pack}` and `{other}` are both in force from {from} on for the same places")]
    Overlap {
        /// One.
        pack: String,
        /// The other.
        other: String,
        /// The first day on which both are in force.
        from: String,
    },
    /// The pack has no step, a step no form, or a code stands twice.
    #[error("{0}")]
    Incomplete(String),
}

impl ProcedureError {
    /// A stable code for scripts and documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "procedure-malformed",
            Self::UnknownStep { .. } => "step-unknown",
            Self::Cycle { .. } => "steps-in-a-cycle",
            Self::UnknownSource { .. } => "source-unknown",
            Self::UnknownArticle { .. } => "article-missing",
            Self::BadFraction { .. } => "fraction-no-share",
            Self::LooserThanStatute { .. } => "looser-than-statute",
            Self::Overlap { .. } => "procedures-overlap",
            Self::Incomplete(_) => "procedure-incomplete",
        }
    }

    /// What mends it.
    #[must_use]
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::Malformed(_) => {
                "correct the field at the place named; procedures/README.md lists the fields and their values"
            }
            Self::UnknownStep { .. } => {
                "name a step of the pack; a return leads to the same step or to one before it on the road"
            }
            Self::Cycle { .. } => {
                "name each step once on a road; what leads back is `on_lost` or `material_amendment_to`"
            }
            Self::UnknownSource { .. } => "add the source to `sources`, and its file to schemas/laws if it is new",
            Self::UnknownArticle { .. } => "add the article with its text to the file of the law under schemas/laws",
            Self::BadFraction { .. } => "write a share as [numerator, denominator] with 0 < numerator <= denominator",
            Self::LooserThanStatute { .. } => {
                "set the number at least as strict as the statute's; a place may tighten and never loosen"
            }
            Self::Overlap { .. } => {
                "end the older pack the day before the newer one begins, or let one of them bind by adoption only"
            }
            Self::Incomplete(_) => "complete the pack as the message says",
        }
    }

    pub(super) fn misshapen(error: &serde_path_to_error::Error<toml::de::Error>) -> Self {
        Self::Malformed(format!("{}: {}", error.path(), error.inner().message()))
    }
}

impl Procedure {
    pub(super) fn check(&self) -> Result<(), ProcedureError> {
        if self.steps.is_empty() || self.lanes.is_empty() {
            return Err(ProcedureError::Incomplete(format!("`{}` has no steps or no roads", self.id)));
        }
        if self.effective_until().is_some_and(|until| until < self.effective_from()) {
            return Err(ProcedureError::Incomplete(format!("`{}` ends before it begins", self.id)));
        }
        for (place, step) in self.steps.iter().enumerate() {
            if self.steps.iter().take(place).any(|earlier| earlier.code == step.code) {
                return Err(ProcedureError::Incomplete(format!("step `{}` stands twice", step.code)));
            }
            check_step(step)?;
        }
        self.check_roads()?;
        self.check_shares()?;
        self.check_sources()
    }

    /// Every road names steps that exist, each once; what leads back leads back.
    fn check_roads(&self) -> Result<(), ProcedureError> {
        let lanes = self.lanes.iter().map(|lane| (lane.lane.as_str(), &lane.steps));
        let detours = self.detours.iter().map(|detour| (detour.purpose.as_str(), &detour.steps));
        for (road, steps) in lanes.chain(detours) {
            if steps.is_empty() {
                return Err(ProcedureError::Incomplete(format!("road `{road}` has no steps")));
            }
            let mut seen = BTreeSet::new();
            for code in steps {
                if self.step(code).is_none() {
                    return Err(ProcedureError::UnknownStep { step: road.to_owned(), to: code.clone() });
                }
                if !seen.insert(code) {
                    return Err(ProcedureError::Cycle { road: road.to_owned(), step: code.clone() });
                }
            }
        }
        if self.step(&self.correction_to).is_none() {
            let to = self.correction_to.clone();
            return Err(ProcedureError::UnknownStep { step: "correction_to".to_owned(), to });
        }
        for lane in &self.lanes {
            for (place, step) in self.steps_of(lane.lane).enumerate() {
                self.check_returns(lane, place, step)?;
            }
        }
        if self.lanes.iter().enumerate().any(|(place, lane)| self.lanes.iter().take(place).any(|l| l.lane == lane.lane))
        {
            return Err(ProcedureError::Incomplete(format!("`{}` has two roads for one lane", self.id)));
        }
        Ok(())
    }

    /// INVARIANT: a return never leads forwards, or a lost motion would skip a step.
    fn check_returns(&self, lane: &super::LaneRule, place: usize, step: &Step) -> Result<(), ProcedureError> {
        let lost_to = match &step.on_lost {
            OnLost::Reject => None,
            OnLost::ReturnTo(code) => Some(code),
        };
        let unknown = |to: &String| ProcedureError::UnknownStep { step: step.code.clone(), to: to.clone() };
        for to in lost_to.into_iter().chain(&step.material_amendment_to) {
            // A road without the step that is named goes back to its own first step, see `Case::returns_to`.
            if self.step(to).is_none() || lane.place(to).is_some_and(|at| at > place) {
                return Err(unknown(to));
            }
        }
        for merge in step.forms.iter().filter_map(|form| form.merges.as_ref()) {
            let next = lane.after(&step.code);
            if lane.place(&merge.step).is_some() && next != Some(merge.step.as_str()) {
                return Err(unknown(&merge.step));
            }
        }
        Ok(())
    }

    fn check_shares(&self) -> Result<(), ProcedureError> {
        for step in &self.steps {
            for form in &step.forms {
                let place = |what: &str| format!("{}.{}.{what}", step.code, form.id);
                check_share(&place("quorum"), &form.quorum)?;
                check_share(&place("threshold"), &form.threshold)?;
                form.threshold_option.iter().try_for_each(|share| check_share(&place("threshold_option"), share))?;
            }
            let shares = step.coverage.iter().chain(&step.signatures);
            shares.into_iter().try_for_each(|share| check_share(&step.code, share))?;
        }
        let rolls = &self.rolls;
        rolls.representatives_share.iter().try_for_each(|s| check_share("rolls.representatives_share", s))?;
        rolls
            .women_representatives_share
            .iter()
            .try_for_each(|s| check_share("rolls.women_representatives_share", s))?;
        let initiators = self.initiators.iter().filter_map(|rule| rule.share.as_ref());
        let calls = self.detours.iter().flat_map(|detour| &detour.calls).filter_map(|call| call.share.as_ref());
        initiators.chain(calls).try_for_each(|share| check_share("initiators", share))?;
        if let Some(owners) = &self.owners {
            [&owners.participation, &owners.ordinary, &owners.special]
                .into_iter()
                .try_for_each(|share| check_share("owners", share))?;
        }
        Ok(())
    }

    fn check_sources(&self) -> Result<(), ProcedureError> {
        for basis in self.bases() {
            let Some(law) = self.source(&basis.law) else {
                return Err(ProcedureError::UnknownSource { law: basis.law.clone(), pack: self.id.clone() });
            };
            if law.article(&basis.article).is_none() {
                return Err(ProcedureError::UnknownArticle { law: basis.law.clone(), article: basis.article.clone() });
            }
        }
        Ok(())
    }

    /// Every basis that a number of the pack cites.
    #[must_use]
    pub fn bases(&self) -> Vec<&Basis> {
        let due = &self.deadlines;
        let mut bases = self.rolls.bases();
        bases.extend(self.disclosure.bases());
        bases.extend(self.implementation.bases());
        bases.extend([
            &due.screening.basis,
            &due.closing.basis,
            &due.start.basis,
            &due.completion.basis,
            &due.taking_down.basis,
            &due.correction.basis,
            &due.archive.basis,
            &self.late_recording.basis,
        ]);
        for rule in &self.initiators {
            bases.push(&rule.basis);
            bases.extend(rule.share.as_ref().map(|share| &share.basis));
        }
        for lane in &self.lanes {
            bases.push(&lane.basis);
            bases.extend(lane.limit.as_ref().map(|limit| &limit.basis));
            bases.extend(lane.report.iter().chain(&lane.ratify).map(|days| &days.basis));
        }
        for detour in &self.detours {
            bases.push(&detour.basis);
            for call in &detour.calls {
                bases.push(&call.basis);
                bases.extend(call.share.as_ref().map(|share| &share.basis));
            }
        }
        bases.extend(self.steps.iter().flat_map(Step::bases));
        bases.extend(self.owners.iter().flat_map(|o| [&o.participation.basis, &o.ordinary.basis, &o.special.basis]));
        bases.extend(self.periodic.iter().map(|rule| &rule.basis));
        bases.extend(self.escalation.iter().map(|rule| &rule.after.basis));
        bases.extend(self.splitting.iter().map(|rule| &rule.basis));
        bases
    }
}

impl super::RollRules {
    fn bases(&self) -> Vec<&Basis> {
        let mut bases = vec![
            &self.village_committee_size.basis,
            &self.supervisory_committee_size.basis,
            &self.committee_needs_woman,
            &self.committee_no_near_relatives,
            &self.supervisors_apart_from_committee,
            &self.supervisors_no_bookkeeper,
        ];
        let shares = self.representatives_share.iter().chain(&self.women_representatives_share);
        bases.extend(shares.map(|share| &share.basis));
        let ranges = self.households_per_representative.iter().chain(&self.council_size);
        bases.extend(ranges.chain(&self.member_representatives_size).map(|range| &range.basis));
        bases.extend(self.representatives_least.as_ref().map(|number| &number.basis));
        bases.extend(self.one_representative_a_household.as_ref());
        bases.extend(self.from_elsewhere.iter().map(|rule| &rule.basis));
        bases
    }
}

impl DisclosureRules {
    pub(super) fn bases(&self) -> Vec<&Basis> {
        let mut bases = vec![
            &self.posted.basis,
            &self.objections.basis,
            &self.answer.basis,
            &self.resolution_due.basis,
            &self.result_due.basis,
        ];
        bases.extend(self.plan.as_ref().map(|plan| &plan.posted.basis));
        bases.extend(self.appraisal.as_ref());
        bases
    }
}

impl ImplementationRules {
    pub(super) fn bases(&self) -> Vec<&Basis> {
        vec![
            &self.start_after_objections,
            &self.variation_tolerance.basis,
            &self.voucher_checked,
            &self.acceptance.basis,
        ]
    }
}

impl Step {
    /// Every basis that a number of the step cites.
    #[must_use]
    pub fn bases(&self) -> Vec<&Basis> {
        let mut bases = vec![&self.due_within.basis];
        bases.extend(self.coverage.iter().chain(&self.signatures).map(|share| &share.basis));
        bases.extend(self.review.as_ref().map(|review| &review.answer.basis));
        for form in &self.forms {
            bases.extend([&form.quorum.basis, &form.threshold.basis]);
            bases.extend(form.threshold_option.as_ref().map(|share| &share.basis));
            bases.extend(form.notice.iter().chain(&form.plan_delivered).map(|days| &days.basis));
            bases.extend(form.needs_authorisation.iter().chain(&form.online).chain(&form.household_proxy));
            bases.extend(form.merges.as_ref().map(|merge| &merge.basis));
            bases.extend(form.on_deadlock.as_ref().map(|deadlock| &deadlock.basis));
        }
        bases
    }
}

/// A step has what its kind needs.
fn check_step(step: &Step) -> Result<(), ProcedureError> {
    let complete = match step.kind {
        StepKind::Meeting => !step.forms.is_empty(),
        StepKind::Canvass => step.coverage.is_some(),
        StepKind::Signatures => step.signatures.is_some(),
        StepKind::Review => step.review.is_some(),
        StepKind::Forum | StepKind::Owners => true,
    };
    if !complete {
        let what = if step.kind == StepKind::Meeting { "has no form" } else { "lacks the rule of its kind" };
        return Err(ProcedureError::Incomplete(format!("step `{}` {what}", step.code)));
    }
    for form in &step.forms {
        let unknown = form.on_deadlock.iter().flat_map(|rule| &rule.forms).find(|id| step.form(id).is_none());
        if let Some(id) = unknown {
            return Err(ProcedureError::Incomplete(format!("step `{}` has no form `{id}`", step.code)));
        }
    }
    Ok(())
}

fn check_share(place: &str, share: &Share) -> Result<(), ProcedureError> {
    let fraction = share.fraction.get();
    if fraction.den == 0 || fraction.num > fraction.den || fraction.num == 0 {
        return Err(ProcedureError::BadFraction { place: place.to_owned(), num: fraction.num, den: fraction.den });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    const SHIPPED: &str = include_str!("../../../../schemas/procedures/rural-HN-2026.toml");

    fn check(from: &str, to: &str) -> ProcedureError {
        let text = SHIPPED.replacen(from, to, 1);
        assert_ne!(text, SHIPPED, "the pack has no `{from}`");
        Rules::shipped().unwrap().check_procedure(&text).unwrap_err()
    }

    #[test]
    fn the_shipped_pack_loads() {
        Rules::shipped().unwrap().check_procedure(SHIPPED).unwrap();
    }

    #[test]
    fn a_return_forwards_is_refused() {
        let error = check("on_lost = { return_to = \"S1\" }", "on_lost = { return_to = \"S4\" }");
        assert_eq!(error.code(), "step-unknown");
    }

    #[test]
    fn a_number_without_a_listed_source_is_refused() {
        assert_eq!(check("law = \"VL-2025\"", "law = \"VL-1900\"").code(), "source-unknown");
    }

    #[test]
    fn a_number_without_an_article_is_refused() {
        let error = check("law = \"VL-2025\", article = \"8\"", "law = \"VL-2025\", article = \"99\"");
        assert_eq!(error, ProcedureError::UnknownArticle { law: "VL-2025".to_owned(), article: "99".to_owned() });
    }

    #[test]
    fn a_fraction_above_one_is_no_share() {
        assert_eq!(check("quorum = { ge = [2, 3]", "quorum = { ge = [3, 2]").code(), "fraction-no-share");
    }

    #[test]
    fn an_unknown_base_is_refused_with_its_place() {
        let error = check("of = \"due\"", "of = \"everybody\"");
        assert_eq!(error.code(), "procedure-malformed");
        assert!(error.to_string().contains("rolls.representatives_share"), "{error}");
    }

    #[test]
    fn a_road_that_passes_a_step_twice_is_refused() {
        let error = check("steps = [\"S1\", \"S2\", \"S3\", \"S4\"]", "steps = [\"S1\", \"S2\", \"S1\", \"S4\"]");
        assert_eq!(error, ProcedureError::Cycle { road: "full".to_owned(), step: "S1".to_owned() });
    }

    #[test]
    fn dates_that_overlap_are_refused() {
        let error = check("id = \"rural/HN/2026\"", "id = \"rural/HN/other\"");
        assert_eq!(error.code(), "procedures-overlap");
    }

    #[test]
    fn a_pack_that_ends_before_it_begins_is_refused() {
        let error = check("effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_until = 2025-01-01");
        assert_eq!(error.code(), "procedure-incomplete");
    }
}
