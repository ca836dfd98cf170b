//! A matter that crosses the day on which the law changes.
//!
//! It keeps the pack under which it was raised for the steps whose law did not change; a step, a period or a rule that rests
//! on a law no longer in force is judged by the pack that follows.

use super::{Basis, Procedure};

impl Procedure {
    /// This pack as it binds a matter raised under it from the first day of `next` on.
    #[must_use]
    pub fn crossed_into(&self, next: &Self) -> Self {
        let mut crossed = self.clone();
        crossed.sources.extend(next.sources.iter().filter(|law| self.source(&law.id).is_none()).cloned());
        for step in &mut crossed.steps {
            if let Some(new) = next.step(&step.code).filter(|new| self.changed(&step.bases(), &new.bases(), next)) {
                step.clone_from(new);
            }
        }
        crossed.steps.extend(next.steps.iter().filter(|step| self.step(&step.code).is_none()).cloned());
        for lane in &mut crossed.lanes {
            if let Some(new) = next.lane(lane.lane).filter(|new| self.changed(&[&lane.basis], &[&new.basis], next)) {
                lane.clone_from(new);
            }
        }
        crossed.lanes.extend(next.lanes.iter().filter(|lane| self.lane(lane.lane).is_none()).cloned());
        crossed.detours.clone_from(&next.detours);
        if self.changed(&self.disclosure.bases(), &next.disclosure.bases(), next) {
            crossed.disclosure.clone_from(&next.disclosure);
        }
        if self.changed(&self.implementation.bases(), &next.implementation.bases(), next) {
            crossed.implementation.clone_from(&next.implementation);
        }
        // Rolls, competence and routine duties are of the day, not of a matter.
        crossed.rolls.clone_from(&next.rolls);
        crossed.competence.clone_from(&next.competence);
        crossed.initiators.clone_from(&next.initiators);
        crossed
    }

    /// Whether the law changed between two versions of a rule: one that the old rests on has ended, or one that the new rests on
    /// has begun with the new pack.
    fn changed(&self, old: &[&Basis], new: &[&Basis], next: &Self) -> bool {
        let day = next.effective_from();
        let ended = |basis: &&Basis| self.source(&basis.law).is_some_and(|law| !law.in_force_on(day));
        let begun = |basis: &&Basis| next.source(&basis.law).is_some_and(|law| law.days().0 == Some(day));
        old.iter().any(ended) || new.iter().any(begun)
    }
}
