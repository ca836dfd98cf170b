//! Steps and forms of meeting of a procedure, as a query sees them.

use async_graphql::SimpleObject;
use siyi_domain::procedure as domain;
use siyi_domain::rules::Rules;

use super::enums::{BallotForm, Body, Office, PaperKind, RollKind, StepKind};
use super::rule::{DaysAsked, RuleCited, ShareAsked, Text};

/// One step of a road.
#[derive(SimpleObject)]
pub struct Step {
    /// Code, for example `S3`.
    pub code: String,
    /// Name.
    pub name: Text,
    /// What is done at it.
    pub kind: StepKind,
    /// Whether a plan must exist before its meeting is convened.
    pub needs_plan: bool,
    /// The forms in which its meeting may be held.
    pub forms: Vec<Form>,
    /// Papers that closing it requires.
    pub papers: Vec<PaperKind>,
    /// The step to which a lost motion, or a review that does not agree, returns; null where the matter ends.
    pub lost_returns_to: Option<String>,
    /// The step to which a material amendment at the meeting sends the matter back.
    pub material_amendment_to: Option<String>,
    /// Within how many days after the step before it is due.
    pub due_within: DaysAsked,
    /// 一征: how many of the households concerned must have been asked.
    pub coverage: Option<ShareAsked>,
    /// 户签字: how many households must have signed.
    pub signatures: Option<ShareAsked>,
    /// A review by an authority outside the village.
    pub review: Option<ReviewRule>,
    /// Id of the pack that judges it; differs from the matter's own where the law has changed since.
    pub judged_by: String,
}

/// A review by an authority. It bears on legality alone.
#[derive(SimpleObject)]
pub struct ReviewRule {
    /// The office that answers.
    pub by: Office,
    /// Days within which it answers.
    pub answer: DaysAsked,
    /// Whether those are working days.
    pub working_days: bool,
}

impl Step {
    pub(super) fn of(step: &domain::Step, rules: &Rules) -> Self {
        let share = |share: &Option<domain::Share>| share.as_ref().map(|share| ShareAsked::told(share, rules));
        Self {
            code: step.code.clone(),
            name: (&step.name).into(),
            kind: step.kind.into(),
            needs_plan: step.needs_plan,
            forms: step.forms.iter().map(|form| Form::of(form, rules)).collect(),
            papers: step.papers.iter().map(|kind| (*kind).into()).collect(),
            lost_returns_to: match &step.on_lost {
                domain::OnLost::Reject => None,
                domain::OnLost::ReturnTo(step) => Some(step.clone()),
            },
            material_amendment_to: step.material_amendment_to.clone(),
            due_within: DaysAsked::told(&step.due_within, rules),
            coverage: share(&step.coverage),
            signatures: share(&step.signatures),
            review: step.review.as_ref().map(|review| ReviewRule {
                by: review.by.into(),
                answer: DaysAsked::told(&review.answer, rules),
                working_days: review.working_days,
            }),
            judged_by: step.judged_by.id.clone(),
        }
    }
}

/// One form in which a step's meeting may be held.
#[derive(SimpleObject)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of the pack that holds or does not")]
pub struct Form {
    /// Id within the step, for example `representatives`.
    pub id: String,
    /// Name of the meeting.
    pub name: Text,
    /// The body that meets.
    pub body: Body,
    /// The rolls whose distinct persons are due.
    pub rolls: Vec<RollKind>,
    /// Whether probationary party members are left out of those due.
    pub voting_only: bool,
    /// Whether only people of the matter's own group or courtyard are due.
    pub group_only: bool,
    /// Who may convene it.
    pub convened_by: Vec<Office>,
    /// Days of notice, if any are ordered.
    pub notice: Option<DaysAsked>,
    /// Whether special circumstances allow a shorter notice, with the reason recorded.
    pub notice_exception: bool,
    /// Days before the meeting by which the plan must have been delivered.
    pub plan_delivered: Option<DaysAsked>,
    /// Share of those due who must be present.
    pub quorum: ShareAsked,
    /// Share that must be in favour.
    pub threshold: ShareAsked,
    /// Another documented reading of the threshold, which a place may choose.
    pub threshold_option: Option<ShareAsked>,
    /// Permitted ballot forms.
    pub ballots: Vec<BallotForm>,
    /// Where it decides only what the assembly has authorised: the rule that says so.
    pub needs_authorisation: Option<RuleCited>,
    /// Whether the composition rules of the representatives' meeting bind it.
    pub composition: bool,
    /// Where absent members may take part by instant messaging: the rule that says so.
    pub online: Option<RuleCited>,
    /// Where absent members may authorise another of their own household: the rule that says so.
    pub household_proxy: Option<RuleCited>,
    /// The step that is held in one with this one, where one person holds both posts.
    pub merges: Option<MergeRule>,
    /// Where a motion with no majority either way goes.
    pub on_deadlock: Option<DeadlockRule>,
}

/// Two steps held as one meeting, where one person holds both posts (一肩挑).
#[derive(SimpleObject)]
pub struct MergeRule {
    /// The step that is passed along with this one.
    pub step: String,
    /// Where the rule comes from.
    pub rule: RuleCited,
}

/// A motion with no majority either way goes to other forms of the same step.
#[derive(SimpleObject)]
pub struct DeadlockRule {
    /// The forms that may decide it.
    pub forms: Vec<String>,
    /// Where the rule comes from.
    pub rule: RuleCited,
}

impl Form {
    fn of(form: &domain::Form, rules: &Rules) -> Self {
        let days = |days: &Option<domain::Days>| days.as_ref().map(|days| DaysAsked::told(days, rules));
        let cited = |basis: &Option<domain::Basis>| basis.as_ref().map(|basis| RuleCited::of(basis, rules));
        let (merges, deadlock) = (form.merges.as_ref(), form.on_deadlock.as_ref());
        Self {
            id: form.id.clone(),
            name: (&form.name).into(),
            body: form.body.into(),
            rolls: form.rolls.iter().map(|roll| (*roll).into()).collect(),
            voting_only: form.voting_only,
            group_only: form.group_only,
            convened_by: form.convened_by.iter().map(|office| (*office).into()).collect(),
            notice: days(&form.notice),
            notice_exception: form.notice_exception,
            plan_delivered: days(&form.plan_delivered),
            quorum: ShareAsked::told(&form.quorum, rules),
            threshold: ShareAsked::told(&form.threshold, rules),
            threshold_option: form.threshold_option.as_ref().map(|share| ShareAsked::told(share, rules)),
            ballots: form.ballots.iter().map(|ballot| (*ballot).into()).collect(),
            needs_authorisation: cited(&form.needs_authorisation),
            composition: form.composition,
            online: cited(&form.online),
            household_proxy: cited(&form.household_proxy),
            merges: merges.map(|m| MergeRule { step: m.step.clone(), rule: RuleCited::of(&m.basis, rules) }),
            on_deadlock: deadlock
                .map(|d| DeadlockRule { forms: d.forms.clone(), rule: RuleCited::of(&d.basis, rules) }),
        }
    }
}
