//! The rows of disclosure, of carrying out, and of what is due by when.

use siyi_domain::procedure::{Escalation, PeriodicRule};
use siyi_domain::wire;

use super::{Row, Rows};
use crate::pages::Lang;

impl<'a> Rows<'a> {
    /// What is owed once in each period.
    #[must_use]
    pub fn periodic(self) -> Vec<Row<'a>> {
        let row = |rule: &'a PeriodicRule| {
            let every = self.named(rule.every);
            let (times, grace) = (rule.times, rule.grace_days);
            let mut value = match self.lang {
                Lang::Zh => format!("{every}{times}次"),
                Lang::En if times == 1 => format!("once {every}"),
                Lang::En => format!("{times} times {every}"),
            };
            if grace > 0 {
                value.push_str(&match self.lang {
                    Lang::Zh => format!("，期满后{grace}日内补记"),
                    Lang::En => format!(", recorded within {grace} days after it"),
                });
            }
            Self::rule(format!("periodic.{}", wire::name(&rule.kind)), self.named(rule.kind), value, &rule.basis)
        };
        self.pack.periodic.iter().map(row).collect()
    }

    /// Who is told of an overdue act.
    #[must_use]
    pub fn escalation(self) -> Vec<Row<'a>> {
        let row = |rule: &'a Escalation| {
            let what = match self.lang {
                Lang::Zh => format!("逾期后告知{}", self.named(rule.level)),
                Lang::En => format!("overdue, told to the {} after", self.named(rule.level)),
            };
            self.days(format!("escalation.{}", wire::name(&rule.level)), &what, &rule.after)
        };
        self.pack.escalation.iter().map(row).collect()
    }

    /// Rules of disclosure.
    #[must_use]
    pub fn disclosure(self) -> Vec<Row<'a>> {
        let rules = &self.pack.disclosure;
        let days = |place, zh, en, days| self.days(place, self.t(zh, en), days);
        let mut rows = vec![
            days("disclosure.posted", "公布不少于", "a notice hangs for at least", &rules.posted),
            days("disclosure.objections", "异议期", "objection window", &rules.objections),
            days("disclosure.answer", "答复异议，不超过", "an objection is answered within", &rules.answer),
            days(
                "disclosure.resolution_due",
                "决议后公开，不超过",
                "the resolution is posted within",
                &rules.resolution_due,
            ),
            days("disclosure.result_due", "完成后公开结果，不超过", "the outcome is posted within", &rules.result_due),
        ];
        rows.extend(rules.plan.as_ref().map(|plan| {
            let what = match self.lang {
                Lang::Zh => format!("{}之后公示方案，不少于", plan.after),
                Lang::En => format!("the plan is posted after {} for at least", plan.after),
            };
            self.days("disclosure.plan.posted", &what, &plan.posted)
        }));
        rows.extend(rules.appraisal.as_ref().map(|basis| {
            self.holds(
                "disclosure.appraisal",
                self.t("归档前群众评议", "the people judge the outcome before the archive"),
                basis,
            )
        }));
        rows
    }

    /// Rules of carrying out.
    #[must_use]
    pub fn implementation(self) -> Vec<Row<'a>> {
        let rules = &self.pack.implementation;
        let [num, den] = rules.variation_tolerance.share;
        let group = &rules.acceptance;
        let tolerance = match self.lang {
            Lang::Zh => format!("合同价的{num}/{den}以内"),
            Lang::En => format!("up to {num}/{den} of the contract"),
        };
        let (committee, supervisors, representatives, township) =
            (group.village_committee, group.supervisors, group.representatives, group.township_if_funded);
        let persons = match self.lang {
            Lang::Zh => format!(
                "委员会{committee}人、监督人员{supervisors}人、代表{representatives}人以上；有财政资金的，乡镇{township}人以上"
            ),
            Lang::En => format!(
                "at least {committee} of the committee, {supervisors} supervisors, {representatives} representatives; {township} of the township where public money is used"
            ),
        };
        vec![
            self.holds(
                "implementation.start_after_objections",
                self.t("异议期满方可实施", "carrying out starts after the objection window"),
                &rules.start_after_objections,
            ),
            Self::rule(
                "implementation.variation_tolerance",
                self.t("变更累计", "variations in all"),
                tolerance,
                &rules.variation_tolerance.basis,
            ),
            self.holds(
                "implementation.voucher_checked",
                self.t("付款前凭证经监督委员会审核", "supervisors check each voucher before payment"),
                &rules.voucher_checked,
            ),
            Self::rule("implementation.acceptance", self.t("验收组", "acceptance group"), persons, &group.basis),
        ]
    }

    /// By when each act is due.
    #[must_use]
    pub fn deadlines(self) -> Vec<Row<'a>> {
        let due = &self.pack.deadlines;
        let days = |place, zh, en, days| self.days(place, self.t(zh, en), days);
        vec![
            days("deadlines.screening", "受理动议", "a motion is screened within", &due.screening),
            days("deadlines.closing", "会议材料归卷", "a meeting is closed within", &due.closing),
            days("deadlines.start", "异议期满后实施", "carrying out starts after the window within", &due.start),
            days(
                "deadlines.completion",
                "未定工期时完成",
                "completed, where no day is planned, within",
                &due.completion,
            ),
            days("deadlines.taking_down", "期满后撤下公告", "a notice is taken down within", &due.taking_down),
            days("deadlines.correction", "异议成立后更正公告", "a notice is corrected within", &due.correction),
            days("deadlines.archive", "公开期满后归档", "the file is archived within", &due.archive),
        ]
    }

    /// What stands by itself.
    #[must_use]
    pub fn other(self) -> Vec<Row<'a>> {
        let late = &self.pack.late_recording;
        let hours = match self.lang {
            Lang::Zh => format!("超过{}小时", late.hours),
            Lang::En => format!("after {} hours", late.hours),
        };
        let mut rows =
            vec![Self::rule("late_recording", self.t("补录", "counts as recorded afterwards"), hours, &late.basis)];
        rows.extend(self.pack.splitting.as_ref().map(|rule| {
            let months = match self.lang {
                Lang::Zh => format!("{}个月", rule.months),
                Lang::En => format!("{} months", rule.months),
            };
            Self::rule(
                "splitting",
                self.t("拆分事项，金额累计期间", "amounts that may have been split are summed over"),
                months,
                &rule.basis,
            )
        }));
        rows
    }
}
