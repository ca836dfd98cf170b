//! What a place has tightened by its own decision, laid over the pack.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Base, Basis, Certainty, Days, Form, FractionFields, Procedure, Share};
use crate::fraction::Comparator;
use crate::ids::Line;

/// The number that is adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleName {
    /// 到会 of a form.
    Quorum,
    /// 通过 of a form.
    Threshold,
    /// Days of notice of a form.
    Notice,
    /// Days before a form's meeting by which the plan is delivered.
    PlanDelivered,
    /// Days that a notice hangs.
    Posted,
    /// Days of the objection window.
    Objections,
    /// Days for an answer.
    Answer,
    /// Days after the resolution by which it is posted.
    ResolutionPosted,
    /// Days after completion by which the result is posted.
    ResultPosted,
}

impl RuleName {
    /// Whether a longer period is the stricter one; a term for the committee's own duty is stricter when shorter.
    const fn longer_is_stricter(self) -> bool {
        matches!(self, Self::Notice | Self::PlanDelivered | Self::Posted | Self::Objections)
    }
}

/// A share as an adjustment gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShareGiven {
    /// Numerator.
    pub num: u32,
    /// Denominator.
    pub den: u32,
    /// At least or more than.
    pub op: Comparator,
    /// What it is of.
    pub of: Base,
}

/// One number, as a place has set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Which number.
    pub rule: RuleName,
    /// The step, for a number of a form.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub step: Option<String>,
    /// The form, for a number of a form.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub form: Option<String>,
    /// The share, for a quorum or a threshold.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub share: Option<ShareGiven>,
    /// The days, for a period.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub days: Option<u16>,
    /// First day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub from: Date,
    /// The document that says so, as it is cited.
    pub document: Line,
}

/// What becomes of an adjustment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It tightens, or chooses a documented reading.
    Stricter,
    /// It would loosen.
    Looser,
    /// The pack has no such number, or the value is of another kind.
    Nowhere,
}

impl Adjustment {
    fn basis(&self) -> Basis {
        Basis { law: "LOCAL".to_owned(), article: self.document.to_string(), certainty: Certainty::Found }
    }

    fn share(&self) -> Option<Share> {
        let given = self.share.as_ref().filter(|given| given.den > 0 && given.num <= given.den && given.num > 0)?;
        let fraction = match given.op {
            Comparator::Ge => FractionFields::Ge([given.num, given.den]),
            Comparator::Gt => FractionFields::Gt([given.num, given.den]),
        };
        Some(Share { fraction, of: given.of, basis: self.basis() })
    }

    /// How it fits the pack.
    #[must_use]
    pub fn fit(&self, pack: &Procedure) -> Fit {
        match self.rule {
            RuleName::Quorum | RuleName::Threshold => self.fit_share(pack),
            _ => self.fit_days(pack),
        }
    }

    fn fit_share(&self, pack: &Procedure) -> Fit {
        let (Some(new), Some(form)) = (self.share(), self.form_of(pack)) else { return Fit::Nowhere };
        let old = if self.rule == RuleName::Quorum { &form.quorum } else { &form.threshold };
        let chosen = self.rule == RuleName::Threshold
            && form.threshold_option.as_ref().is_some_and(|o| o.of == new.of && o.fraction == new.fraction);
        if chosen || new.at_least_as_strict_as(old) { Fit::Stricter } else { Fit::Looser }
    }

    fn fit_days(&self, pack: &Procedure) -> Fit {
        let (Some(new), Some(old)) = (self.days, self.days_of(pack)) else { return Fit::Nowhere };
        let stricter = if self.rule.longer_is_stricter() { new >= old.days } else { new <= old.days };
        if stricter { Fit::Stricter } else { Fit::Looser }
    }

    /// The number of the pack that it stands against, in words, and where that comes from.
    #[must_use]
    pub fn stands_against(&self, pack: &Procedure) -> Option<(String, Basis)> {
        if let Some(days) = self.days_of(pack) {
            return Some((format!("{} days", days.days), days.basis.clone()));
        }
        let form = self.form_of(pack)?;
        let share = if self.rule == RuleName::Quorum { &form.quorum } else { &form.threshold };
        Some((format!("{} of {}", share.fraction.get(), share.of.as_str()), share.basis.clone()))
    }

    fn form_of<'a>(&self, pack: &'a Procedure) -> Option<&'a Form> {
        pack.step(self.step.as_deref()?)?.form(self.form.as_deref()?)
    }

    fn days_of<'a>(&self, pack: &'a Procedure) -> Option<&'a Days> {
        let disclosure = &pack.disclosure;
        match self.rule {
            RuleName::Notice => self.form_of(pack)?.notice.as_ref(),
            RuleName::PlanDelivered => self.form_of(pack)?.plan_delivered.as_ref(),
            RuleName::Posted => Some(&disclosure.posted),
            RuleName::Objections => Some(&disclosure.objections),
            RuleName::Answer => Some(&disclosure.answer),
            RuleName::ResolutionPosted => Some(&disclosure.resolution_due),
            RuleName::ResultPosted => Some(&disclosure.result_due),
            RuleName::Quorum | RuleName::Threshold => None,
        }
    }
}

impl Procedure {
    /// The pack with the adjustments that a place has made up to `day`, the later ones over the earlier. An adjustment that the
    /// pack is stricter than by now has no effect.
    #[must_use]
    pub fn adjusted(&self, adjustments: &[Adjustment], day: Date) -> Option<Self> {
        let mut adjusted: Option<Self> = None;
        for adjustment in adjustments.iter().filter(|a| a.from <= day && a.fit(self) == Fit::Stricter) {
            adjusted.get_or_insert_with(|| self.clone()).set(adjustment);
        }
        adjusted
    }

    fn set(&mut self, adjustment: &Adjustment) {
        let form = self
            .steps
            .iter_mut()
            .filter(|step| Some(&step.code) == adjustment.step.as_ref())
            .flat_map(|step| step.forms.iter_mut())
            .find(|form| Some(&form.id) == adjustment.form.as_ref());
        let days = adjustment.days.map(|days| Days { days, basis: adjustment.basis() });
        let disclosure = &mut self.disclosure;
        let period = match (adjustment.rule, form) {
            (RuleName::Quorum, Some(form)) => return replace(&mut form.quorum, adjustment.share()),
            (RuleName::Threshold, Some(form)) => return replace(&mut form.threshold, adjustment.share()),
            (RuleName::Notice, Some(form)) => return form.notice = days,
            (RuleName::PlanDelivered, Some(form)) => return form.plan_delivered = days,
            (RuleName::Quorum | RuleName::Threshold | RuleName::Notice | RuleName::PlanDelivered, None) => return,
            (RuleName::Posted, _) => &mut disclosure.posted,
            (RuleName::Objections, _) => &mut disclosure.objections,
            (RuleName::Answer, _) => &mut disclosure.answer,
            (RuleName::ResolutionPosted, _) => &mut disclosure.resolution_due,
            (RuleName::ResultPosted, _) => &mut disclosure.result_due,
        };
        replace(period, days);
    }
}

fn replace<T>(old: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *old = new;
    }
}
