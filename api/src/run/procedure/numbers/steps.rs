//! The rows of a step and of each form in which its meeting may be held.

use siyi_domain::procedure::{Basis, Form, Step, StepKind};

use super::{Row, Rows};
use crate::pages::Lang;

impl<'a> Rows<'a> {
    /// What holds for the step, whatever the form of its meeting.
    #[must_use]
    pub fn step(self, step: &'a Step) -> Vec<Row<'a>> {
        let code = &step.code;
        let kind = match step.kind {
            StepKind::Meeting => self.t("会议表决", "a body meets and votes"),
            StepKind::Canvass => self.t("逐户征求意见", "the households are asked"),
            StepKind::Signatures => self.t("各户签字", "each household signs"),
            StepKind::Review => self.t("外部审核，只审合法性", "reviewed from outside, on legality alone"),
            StepKind::Forum => self.t("协商，不表决", "those concerned talk, nobody votes"),
            StepKind::Owners => self.t("业主按面积和人数决定", "owners decide by area and by number"),
        };
        let mut rows = vec![Self::plain(code, self.t("方式", "how"), kind)];
        rows.push(self.days(
            format!("{code}.due_within"),
            self.t("上一环节后召集，不超过", "due after the step before within"),
            &step.due_within,
        ));
        if step.needs_plan {
            rows.push(Self::plain(code, self.t("方案", "plan"), self.t("召集前须有方案", "must be drafted before")));
        }
        let coverage = self.t("征求户数", "households asked");
        rows.extend(step.coverage.as_ref().map(|share| self.share(format!("{code}.coverage"), coverage, share)));
        let signed = self.t("签字户数", "households that sign");
        rows.extend(step.signatures.as_ref().map(|share| self.share(format!("{code}.signatures"), signed, share)));
        rows.extend(step.review.as_ref().map(|review| {
            let what = match self.lang {
                Lang::Zh => format!("{}答复，不超过", self.named(review.by)),
                Lang::En => format!("answered by a {} within", self.named(review.by)),
            };
            let days = review.answer.days;
            let value = match (self.lang, review.working_days) {
                (Lang::Zh, true) => format!("{days}个工作日"),
                (Lang::En, true) => format!("{days} working days"),
                (_, false) => self.n_days(days),
            };
            Self::rule(format!("{code}.review"), &what, value, &review.answer.basis)
        }));
        if !step.papers.is_empty() {
            rows.push(Self::plain(code, self.t("材料", "papers"), self.list(&step.papers)));
        }
        if !matches!(step.kind, StepKind::Canvass | StepKind::Signatures) {
            rows.push(Self::plain(code, self.t("未通过", "if lost"), self.on_lost(&step.on_lost)));
        }
        rows.extend(step.material_amendment_to.as_ref().map(|to| {
            let what = self.t("会上实质性修改", "materially amended at the meeting");
            Self::plain(code, what, self.on_lost(&siyi_domain::procedure::OnLost::ReturnTo(to.clone())))
        }));
        rows
    }

    /// What holds for one form of the step's meeting.
    #[must_use]
    pub fn form(self, step: &'a Step, form: &'a Form) -> Vec<Row<'a>> {
        let form_place = format!("{}.{}", step.code, form.id);
        let place = |rule: &str| format!("{form_place}.{rule}");
        let mut rows = vec![
            Self::plain(&form_place, self.t("应到", "who is due"), self.due(form)),
            Self::plain(&form_place, self.t("召集人", "convened by"), self.list(&form.convened_by)),
        ];
        rows.extend(form.notice.as_ref().map(|days| {
            let mut row = self.days(place("notice"), self.t("提前通知", "notice"), days);
            if form.notice_exception {
                row.value.push_str(
                    self.t("，特殊情况可缩短并记明理由", ", shorter in special circumstances, with the reason"),
                );
            }
            row
        }));
        let delivered = self.t("方案提前送达", "plan delivered before");
        rows.extend(form.plan_delivered.as_ref().map(|days| self.days(place("plan_delivered"), delivered, days)));
        rows.push(self.share(place("quorum"), self.t("到会", "quorum"), &form.quorum));
        rows.push(self.share(place("threshold"), self.t("通过", "threshold"), &form.threshold));
        let option = self.t("通过（另一种有据的读法，可选用）", "threshold, the other documented reading");
        rows.extend(form.threshold_option.as_ref().map(|share| self.share(place("threshold_option"), option, share)));
        rows.push(Self::plain(&form_place, self.t("表决方式", "ballots"), self.list(&form.ballots)));
        rows.extend(self.limits(&form_place, form));
        rows.extend(form.merges.as_ref().map(|merge| {
            let what = self.t("书记主任一人兼任时，与下一环节合并", "held as one where one person holds both posts");
            Self::rule(place("merges"), what, merge.step.clone(), &merge.basis)
        }));
        rows.extend(form.on_deadlock.as_ref().map(|rule| {
            let what = self.t("赞成、反对均未达到时，交由", "without a majority either way, goes to");
            Self::rule(
                place("on_deadlock"),
                what,
                self.lang.list(rule.forms.iter().map(|id| self.form_name(id))),
                &rule.basis,
            )
        }));
        rows
    }

    fn due(self, form: &Form) -> String {
        let mut due = self.list(&form.rolls);
        if form.voting_only {
            due.push_str(self.t("（有表决权的，不含预备党员）", " (with a vote; probationary members are not due)"));
        }
        if form.group_only {
            due.push_str(self.t("（限本小组或者院落）", " (of the group or courtyard)"));
        }
        due
    }

    /// What the body may decide, and who may take part for whom.
    fn limits(self, place: &str, form: &'a Form) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        let yes = |rule: &str, zh, en, basis: &'a Basis| self.holds(&format!("{place}.{rule}"), self.t(zh, en), basis);
        rows.extend(form.needs_authorisation.as_ref().map(|basis| {
            yes(
                "needs_authorisation",
                "只在全体会议授权范围内决定",
                "decides only what the assembly has authorised",
                basis,
            )
        }));
        if form.composition {
            rows.push(Self::plain(
                place,
                self.t("组成", "composition"),
                self.t("须符合代表会议组成比例", "the shares of representatives are judged"),
            ));
        }
        rows.extend(
            form.online.as_ref().map(|basis| yes("online", "可在线参加", "members may take part online", basis)),
        );
        rows.extend(form.household_proxy.as_ref().map(|basis| {
            yes(
                "household_proxy",
                "可书面委托同户成员",
                "one of the same household may act by written authority",
                basis,
            )
        }));
        if form.online.is_none() && form.household_proxy.is_none() {
            let what = self.t("在线参加、委托", "online or by proxy");
            rows.push(Self::plain(place, what, self.t("不允许", "not admitted")));
        }
        rows
    }
}
