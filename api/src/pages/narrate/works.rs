//! Contract, works, money, acceptance, archive.

use siyi_domain::consultation::events::{
    ConsultationArchived, ContractSigned, ImplementationCompleted, PaymentRecorded, ProgressReported,
    RectificationOrdered, VariationApproved, WorkStarted, WorksAccepted,
};
use siyi_domain::office::RollKind;

use super::{Narrator, one_line};
use crate::pages::lang::Lang;
use crate::pages::terms::Term;

impl Narrator<'_> {
    /// 村务监督委员会 or 居务监督委员会
    fn supervisors(&self) -> &'static str {
        RollKind::SupervisoryCommittee.named_in(self.is_urban(), Lang::Zh)
    }

    pub(super) fn filed_with_township(&self) -> String {
        self.lang
            .pick("报乡镇（街道）备案，备案文书归卷。", "Filed with the township; the receipt is on file.")
            .to_owned()
    }

    pub(super) fn contract_signed(&self, e: &ContractSigned) -> String {
        let terms = &e.terms;
        let (firm, choice, sum) = (&terms.contractor, terms.choice.named(self.lang), self.lang.money(terms.sum_fen));
        let signed = match (self.lang, terms.quotations) {
            (Lang::Zh, 0) => format!("与{firm}签订合同（{choice}），合同价{sum}。"),
            (Lang::Zh, offers) => format!("与{firm}签订合同（{choice}，{offers}家报价），合同价{sum}。"),
            (Lang::En, 0) => format!("Contract signed with {firm} ({choice}), {sum}."),
            (Lang::En, offers) => format!("Contract signed with {firm} ({choice}, {offers} offers), {sum}."),
        };
        match (self.lang, e.agents.len()) {
            (_, 0) => signed,
            (Lang::Zh, agents) => format!("{signed}施工单位由{agents}人代表，本事项中应当回避。"),
            (Lang::En, agents) => {
                format!("{signed} Persons who stand for the firm and back from the count and the acceptance: {agents}.")
            }
        }
    }

    pub(super) fn work_started(&self, e: &WorkStarted) -> String {
        let started = self.lang.pick("开工。", "Works started.");
        match &e.remark {
            Some(remark) => format!("{started}{}{remark}", self.lang.pick("", " ")),
            None => started.to_owned(),
        }
    }

    pub(super) fn progress_reported(&self, e: &ProgressReported) -> String {
        let text = one_line(&e.text);
        match self.lang {
            Lang::Zh => format!("进度：{text}"),
            Lang::En => format!("Progress: {text}"),
        }
    }

    pub(super) fn variation_approved(&self, e: &VariationApproved) -> String {
        let (amount, total) = (self.lang.money(e.amount_fen), self.lang.money(e.total_fen));
        let (committee, supervisors, reason) = (e.committee.len(), e.supervisors.len(), one_line(&e.reason));
        let urban = self.is_urban();
        let bodies = (RollKind::VillageCommittee.named_in(urban, Lang::Zh), self.supervisors());
        match self.lang {
            Lang::Zh => format!(
                "批准变更，增加{amount}，累计变更{total}；{}{committee}人、{}{supervisors}人同意。\
                 理由：{reason}",
                bodies.0, bodies.1
            ),
            Lang::En => format!(
                "Variation of {amount} approved, {total} in all, by {committee} of the committee and {supervisors} \
                 supervisors. Reason: {reason}"
            ),
        }
    }

    pub(super) fn payment_recorded(&self, e: &PaymentRecorded) -> String {
        let (payee, purpose, voucher) = (e.payee_kind.named(self.lang), &e.purpose, &e.voucher_no);
        let (amount, total) = (self.lang.money(e.amount_fen), self.lang.money(e.total_fen));
        let checkers = self.supervisors();
        match self.lang {
            Lang::Zh => format!(
                "付款{amount}，用途：{purpose}，收款方：{payee}，凭证号{voucher}，经{checkers}审核；累计付款{total}。"
            ),
            Lang::En => format!(
                "{amount} paid to: {payee}, for {purpose}, voucher {voucher}, checked by a supervisor; {total} paid in all."
            ),
        }
    }

    pub(super) fn works_accepted(&self, e: &WorksAccepted) -> String {
        let (group, township, sum) = (e.group.len(), e.township.len(), self.lang.money(e.final_fen));
        let remark = e.remark.as_ref().map(ToString::to_string).unwrap_or_default();
        match self.lang {
            Lang::Zh => format!("验收合格：验收组{group}人，乡镇参加{township}人；决算{sum}。{remark}"),
            Lang::En => format!(
                "Works accepted by a group of {group}, with {township} township officers; final account {sum}. {remark}"
            )
            .trim_end()
            .to_owned(),
        }
    }

    pub(super) fn rectification_ordered(&self, e: &RectificationOrdered) -> String {
        let (group, remark) = (e.group.len(), one_line(&e.remark));
        match self.lang {
            Lang::Zh => format!("验收不合格，验收组{group}人责令整改：{remark}"),
            Lang::En => format!("Not accepted; a group of {group} orders: {remark}"),
        }
    }

    pub(super) fn implementation_completed(&self, e: &ImplementationCompleted) -> String {
        let summary = one_line(&e.summary);
        match self.lang {
            Lang::Zh => format!("办结：{summary}"),
            Lang::En => format!("Carried out: {summary}"),
        }
    }

    pub(super) fn consultation_archived(&self, e: &ConsultationArchived) -> String {
        let papers = e.papers.len();
        match self.lang {
            Lang::Zh => format!("全部材料归档，一事一档，本次归档{papers}件。"),
            Lang::En => format!("The file is archived, {papers} papers with this act."),
        }
    }
}
