//! A procedure as a query sees it: what it binds, its roads, and each number with its article.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use siyi_domain::procedure as domain;
use siyi_domain::rules::Rules;

use super::enums::{
    Cycle, InitiatorKind, JurisdictionKind, Lane, Level, MatterBody, PaperKind, ReopenPurpose, RoutineKind,
};
use super::law::Law;
use super::rule::{DaysAsked, RuleCited, ShareAsked, Text};
use super::scalars::{Date, Fen};
use super::step::Step;
use crate::app::App;

/// 议事规则: a rule pack, as shipped or as it binds a place or a matter.
pub struct Procedure(Arc<domain::Procedure>);

impl Procedure {
    pub(super) fn of(pack: &domain::Procedure) -> Self {
        Self(Arc::new(pack.clone()))
    }

    /// The pack with what a place has set more strictly by a day laid over it.
    pub(super) fn adjusted(
        pack: &domain::Procedure,
        adjustments: &[domain::Adjustment],
        day: jiff::civil::Date,
    ) -> Self {
        pack.adjusted(adjustments, day).map_or_else(|| Self::of(pack), |adjusted| Self(Arc::new(adjusted)))
    }
}

fn rules<'a>(ctx: &Context<'a>) -> Result<&'a Rules, Error> {
    Ok(&ctx.data::<Arc<App>>()?.rules)
}

#[Object]
impl Procedure {
    /// Its id, for example `rural/HN/2026`.
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// Version of its file.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// Name.
    async fn name(&self) -> Text {
        (&self.0.name).into()
    }

    /// What a reader should know before the numbers.
    async fn note(&self) -> Option<Text> {
        self.0.note.as_ref().map(Text::from)
    }

    /// Digits with which the codes of its jurisdictions begin; empty for all of China.
    async fn region_prefixes(&self) -> &[String] {
        &self.0.region_prefixes
    }

    /// Whether it binds only the places that have adopted it.
    async fn by_adoption(&self) -> bool {
        self.0.by_adoption
    }

    /// The kinds of jurisdiction that it binds.
    async fn applies_to(&self) -> Vec<JurisdictionKind> {
        self.0.applies_to.iter().map(|kind| (*kind).into()).collect()
    }

    /// Whose matters it carries.
    async fn bodies(&self) -> Vec<MatterBody> {
        self.0.bodies.iter().map(|body| (*body).into()).collect()
    }

    /// First day in force.
    async fn effective_from(&self) -> Date {
        Date(self.0.effective_from())
    }

    /// Last day in force, if it has ended.
    async fn effective_until(&self) -> Option<Date> {
        self.0.effective_until().map(Date)
    }

    /// Id of the pack that takes its place after its last day.
    async fn succeeded_by(&self) -> Option<&str> {
        self.0.succeeded_by.as_deref()
    }

    /// The laws and papers that its numbers cite.
    async fn sources(&self) -> Vec<Law> {
        self.0.sources.iter().map(Law::from).collect()
    }

    /// Who may raise a motion.
    async fn initiators(&self, ctx: &Context<'_>) -> Result<Vec<Entitled>, Error> {
        let rules = rules(ctx)?;
        let told = self.0.initiators.iter().map(|rule| Entitled {
            kind: rule.kind.into(),
            share: rule.share.as_ref().map(|share| ShareAsked::told(share, rules)),
            forms: Vec::new(),
            rule: RuleCited::of(&rule.basis, rules),
        });
        Ok(told.collect())
    }

    /// The roads.
    async fn lanes(&self, ctx: &Context<'_>) -> Result<Vec<LaneRule>, Error> {
        let rules = rules(ctx)?;
        Ok(self.0.lanes.iter().map(|lane| LaneRule::of(lane, rules)).collect())
    }

    /// All steps of all roads, or those of one `lane` in order.
    async fn steps(&self, ctx: &Context<'_>, lane: Option<Lane>) -> Result<Vec<Step>, Error> {
        let rules = rules(ctx)?;
        Ok(match lane {
            Some(lane) => self.0.steps_of(lane.into()).map(|step| Step::of(step, rules)).collect(),
            None => self.0.steps.iter().map(|step| Step::of(step, rules)).collect(),
        })
    }

    /// The ways off a resolved matter.
    async fn detours(&self, ctx: &Context<'_>) -> Result<Vec<DetourRule>, Error> {
        let rules = rules(ctx)?;
        Ok(self.0.detours.iter().map(|detour| DetourRule::of(detour, rules)).collect())
    }

    /// Periods of the two disclosures.
    async fn disclosure(&self, ctx: &Context<'_>) -> Result<DisclosureRules, Error> {
        Ok(DisclosureRules::of(&self.0.disclosure, rules(ctx)?))
    }

    /// What is owed once in each period, whatever the matters.
    async fn periodic(&self, ctx: &Context<'_>) -> Result<Vec<PeriodicRule>, Error> {
        let rules = rules(ctx)?;
        let told = self.0.periodic.iter().map(|rule| PeriodicRule {
            kind: rule.kind.into(),
            every: rule.every.into(),
            times: rule.times,
            grace_days: rule.grace_days,
            rule: RuleCited::of(&rule.basis, rules),
        });
        Ok(told.collect())
    }

    /// Who is told of an overdue act, and after how many days.
    async fn escalation(&self, ctx: &Context<'_>) -> Result<Vec<EscalationRule>, Error> {
        let rules = rules(ctx)?;
        let told = self.0.escalation.iter();
        Ok(told.map(|e| EscalationRule { level: e.level.into(), after: DaysAsked::told(&e.after, rules) }).collect())
    }

    /// Papers that an archived matter must hold.
    async fn archive_papers(&self) -> Vec<PaperKind> {
        self.0.archive_papers.iter().map(|kind| (*kind).into()).collect()
    }
}

/// Who may raise a motion, or call for another deliberation.
#[derive(SimpleObject)]
pub struct Entitled {
    /// The kind.
    pub kind: InitiatorKind,
    /// The share that must sign, for those who act jointly.
    pub share: Option<ShareAsked>,
    /// The forms of the last meeting that may be asked for; empty for all.
    pub forms: Vec<String>,
    /// Where the rule comes from.
    pub rule: RuleCited,
}

/// A road through steps.
#[derive(SimpleObject)]
pub struct LaneRule {
    /// The road.
    pub lane: Lane,
    /// Name.
    pub name: Text,
    /// Codes of its steps, in order.
    pub steps: Vec<String>,
    /// The most that may be spent on it.
    pub limit: Option<Limit>,
    /// Days within which it is reported to the representatives.
    pub report: Option<DaysAsked>,
    /// Days within which the next meeting ratifies it.
    pub ratify: Option<DaysAsked>,
    /// Where the road comes from.
    pub rule: RuleCited,
}

/// A limit in money.
#[derive(SimpleObject)]
pub struct Limit {
    /// The most.
    pub fen: Fen,
    /// Where the number comes from.
    pub rule: RuleCited,
}

impl LaneRule {
    fn of(lane: &domain::LaneRule, rules: &Rules) -> Self {
        let days = |days: &Option<domain::Days>| days.as_ref().map(|days| DaysAsked::told(days, rules));
        Self {
            lane: lane.lane.into(),
            name: (&lane.name).into(),
            steps: lane.steps.clone(),
            limit: lane
                .limit
                .as_ref()
                .map(|limit| Limit { fen: Fen(limit.fen.0), rule: RuleCited::of(&limit.basis, rules) }),
            report: days(&lane.report),
            ratify: days(&lane.ratify),
            rule: RuleCited::of(&lane.basis, rules),
        }
    }
}

/// A road off a resolved matter and back.
#[derive(SimpleObject)]
pub struct DetourRule {
    /// What for.
    pub purpose: ReopenPurpose,
    /// Whether it is the road for a sum over the tolerance of variations.
    pub over_tolerance: bool,
    /// Codes of its steps, in order.
    pub steps: Vec<String>,
    /// Who may call for it.
    pub calls: Vec<Entitled>,
    /// Where the road comes from.
    pub rule: RuleCited,
}

impl DetourRule {
    fn of(detour: &domain::DetourRule, rules: &Rules) -> Self {
        let calls = detour.calls.iter().map(|call| Entitled {
            kind: call.kind.into(),
            share: call.share.as_ref().map(|share| ShareAsked::told(share, rules)),
            forms: call.forms.clone(),
            rule: RuleCited::of(&call.basis, rules),
        });
        Self {
            purpose: detour.purpose.into(),
            over_tolerance: detour.over_tolerance,
            steps: detour.steps.clone(),
            calls: calls.collect(),
            rule: RuleCited::of(&detour.basis, rules),
        }
    }
}

/// Periods of the two disclosures.
#[derive(SimpleObject)]
pub struct DisclosureRules {
    /// Least days that a notice stays posted.
    pub posted: DaysAsked,
    /// Days of the objection window.
    pub objections: DaysAsked,
    /// Days within which an objection is answered.
    pub answer: DaysAsked,
    /// Days after the resolution by which it is posted.
    pub resolution_due: DaysAsked,
    /// Days after acceptance by which the result is posted.
    pub result_due: DaysAsked,
    /// Where the plan itself is posted before it goes on.
    pub plan: Option<PlanPosting>,
    /// Where the people judge the outcome before the file is closed: the rule that says so.
    pub appraisal: Option<RuleCited>,
}

/// The plan is posted before the next step may meet.
#[derive(SimpleObject)]
pub struct PlanPosting {
    /// The step after which it is posted.
    pub after: String,
    /// For how long, at least.
    pub posted: DaysAsked,
}

impl DisclosureRules {
    fn of(disclosure: &domain::DisclosureRules, rules: &Rules) -> Self {
        let plan = disclosure.plan.as_ref();
        Self {
            posted: DaysAsked::told(&disclosure.posted, rules),
            objections: DaysAsked::told(&disclosure.objections, rules),
            answer: DaysAsked::told(&disclosure.answer, rules),
            resolution_due: DaysAsked::told(&disclosure.resolution_due, rules),
            result_due: DaysAsked::told(&disclosure.result_due, rules),
            plan: plan.map(|p| PlanPosting { after: p.after.clone(), posted: DaysAsked::told(&p.posted, rules) }),
            appraisal: disclosure.appraisal.as_ref().map(|basis| RuleCited::of(basis, rules)),
        }
    }
}

/// Something that a village owes once in each period.
#[derive(SimpleObject)]
pub struct PeriodicRule {
    /// What.
    pub kind: RoutineKind,
    /// How often.
    pub every: Cycle,
    /// How many times a period.
    pub times: u32,
    /// Days after the period's end by which it must have been recorded.
    pub grace_days: u16,
    /// Where the rule comes from.
    pub rule: RuleCited,
}

/// Who is told of an overdue act.
#[derive(SimpleObject)]
pub struct EscalationRule {
    /// The level that is told.
    pub level: Level,
    /// Days past the last day.
    pub after: DaysAsked,
}
