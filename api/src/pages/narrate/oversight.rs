//! What those who watch record: reports, appraisals, missing notices, owners, interests, urging, flags.

use siyi_domain::consultation::events::{
    AppraisalRecorded, DutyUrged, FlagClosed, InterestDeclared, LightMatterReported, NoticeFoundMissing, OwnersDecided,
    OwnersVoted,
};
use siyi_domain::consultation::facts::Outcome;

use super::{Narrator, one_line};
use crate::pages::lang::Lang;
use crate::pages::terms::{self, Term};

impl Narrator<'_> {
    pub(super) fn light_matter_reported(&self, e: &LightMatterReported) -> String {
        let day = self.lang.day(e.meeting_on);
        match (self.lang, self.is_urban()) {
            (Lang::Zh, false) => format!("简易事项已向{day}召开的村民代表会议报告，会议记录归卷。"),
            (Lang::Zh, true) => format!("简易事项已向{day}召开的居民代表会议报告，会议记录归卷。"),
            (Lang::En, _) => format!("The light matter was reported to the representatives' meeting of {day}."),
        }
    }

    pub(super) fn appraisal_recorded(&self, e: &AppraisalRecorded) -> String {
        let AppraisalRecorded { satisfied, partly, dissatisfied, .. } = e;
        match self.lang {
            Lang::Zh => format!("群众评议：满意{satisfied}人，基本满意{partly}人，不满意{dissatisfied}人。"),
            Lang::En => format!(
                "The people's appraisal: {satisfied} satisfied, {partly} in part, {dissatisfied} not satisfied."
            ),
        }
    }

    pub(super) fn notice_found_missing(&self, e: &NoticeFoundMissing) -> String {
        let (no, place) = (e.notice, &e.place);
        match (self.lang, e.photo.is_some()) {
            (Lang::Zh, true) => format!("有人在{place}没有看到第{no}号公告，附现场照片。"),
            (Lang::Zh, false) => format!("有人在{place}没有看到第{no}号公告，无照片。"),
            (Lang::En, true) => format!("Notice {no} was found missing at {place}; a photo is on file."),
            (Lang::En, false) => format!("Notice {no} was found missing at {place}, without a photo."),
        }
    }

    pub(super) fn owners_voted(&self, e: &OwnersVoted) -> String {
        // How they voted is not told: a single paper that came in would be its owner's vote, and several a running tally.
        let units = e.votes.len();
        match self.lang {
            Lang::Zh => format!("收到{units}套房屋的业主表决票，结束表决时公布结果。"),
            Lang::En => format!("Votes for {units} units came in; the result is told when the poll is closed."),
        }
    }

    pub(super) fn owners_decided(&self, e: &OwnersDecided) -> String {
        let tests = e.tests.iter().map(|test| self.judged(test));
        let tests = tests.collect::<Vec<_>>().join(self.lang.pick("；", "; "));
        match (self.lang, e.outcome) {
            (Lang::Zh, Outcome::Carried) => format!("业主共同决定通过：{tests}。"),
            (Lang::Zh, Outcome::Lost) => format!("业主共同决定未通过：{tests}。"),
            (Lang::En, Outcome::Carried) => format!("Carried by the owners: {tests}."),
            (Lang::En, Outcome::Lost) => format!("Not carried by the owners: {tests}."),
        }
    }

    pub(super) fn interest_declared(&self, e: &InterestDeclared) -> String {
        let remark = &e.remark;
        match self.lang {
            Lang::Zh => format!("1人申报与本事项有利害关系：{remark}。"),
            Lang::En => format!("One person has declared an interest in the matter: {remark}."),
        }
    }

    pub(super) fn duty_urged(&self, e: &DutyUrged) -> String {
        let (duty, due, told) = (terms::duty(e.duty, self.lang), self.lang.day(e.due_on), &e.told);
        let duty = match &e.of {
            None => duty.to_owned(),
            // Steps have names; meetings, notices and objections are told by their numbers.
            Some(of) if self.lang == Lang::Zh => format!("{duty}（{}）", self.step(of)),
            Some(of) => format!("{duty} ({})", self.step(of)),
        };
        let remark = e.remark.as_ref().map(|remark| match self.lang {
            Lang::Zh => format!("说明：{remark}"),
            Lang::En => format!(" Remark: {remark}"),
        });
        let urged = match self.lang {
            Lang::Zh => format!("督办：{duty}应于{due}前办结，已逾期；已告知{told}。"),
            Lang::En => format!("Urged: {duty} was due by {due} and is overdue; told: {told}."),
        };
        urged + &remark.unwrap_or_default()
    }

    pub(super) fn flag_closed(&self, e: &FlagClosed) -> String {
        let (pattern, reason) = (e.pattern.named(self.lang), one_line(&e.reason));
        match self.lang {
            Lang::Zh => format!("预警“{pattern}”核销。理由：{reason}"),
            Lang::En => format!("Flag “{pattern}” closed. Reason: {reason}"),
        }
    }
}
