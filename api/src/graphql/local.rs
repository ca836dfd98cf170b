//! What a place has decided about its own rules, and its bodies below the village, as a query sees them.

use async_graphql::SimpleObject;
use siyi_domain::jurisdiction::ScopeFormed;
use siyi_domain::procedure as domain;

use super::enums::{Base, Comparator, RuleName, ScopeKind};
use super::scalars::Date;

/// 从严规定: a number that a place has set more strictly, or a documented reading that it has chosen.
#[derive(SimpleObject)]
pub struct Adjustment {
    /// Which number.
    pub rule: RuleName,
    /// The step, for a number of a form.
    pub step: Option<String>,
    /// The form, for a number of a form.
    pub form: Option<String>,
    /// The share, for a quorum or a threshold.
    pub share: Option<ShareGiven>,
    /// The days, for a period.
    pub days: Option<u16>,
    /// First day.
    pub from: Date,
    /// The document that says so, as it is cited.
    pub document: String,
}

/// A share as a place has set it.
#[derive(SimpleObject)]
pub struct ShareGiven {
    /// Numerator.
    pub numerator: u32,
    /// Denominator.
    pub denominator: u32,
    /// At least or more than.
    pub comparator: Comparator,
    /// What it is of.
    pub of: Base,
}

impl From<domain::Adjustment> for Adjustment {
    fn from(adjustment: domain::Adjustment) -> Self {
        let share = adjustment.share.map(|share| ShareGiven {
            numerator: share.num,
            denominator: share.den,
            comparator: share.op.into(),
            of: share.of.into(),
        });
        Self {
            rule: adjustment.rule.into(),
            step: adjustment.step,
            form: adjustment.form,
            share,
            days: adjustment.days,
            from: Date(adjustment.from),
            document: adjustment.document.to_string(),
        }
    }
}

/// 小组、院落
#[derive(SimpleObject)]
pub struct Scope {
    /// Its number, which rolls and matters name as their group.
    pub number: u16,
    /// Kind.
    pub kind: ScopeKind,
    /// Name.
    pub name: String,
}

impl From<&ScopeFormed> for Scope {
    fn from(scope: &ScopeFormed) -> Self {
        Self { number: scope.scope, kind: scope.kind.into(), name: scope.name.to_string() }
    }
}
