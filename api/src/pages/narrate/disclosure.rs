//! Notices, objections and their answers.

use siyi_domain::consultation::events::{
    DisclosureClosed, NoticeCorrected, NoticePosted, ObjectionAnswered, ObjectionRaised,
};

use super::{Narrator, one_line};
use crate::pages::lang::Lang;
use crate::pages::terms::Term;

impl Narrator<'_> {
    pub(super) fn notice_posted(&self, e: &NoticePosted) -> String {
        let (kind, no, places) = (e.kind.named(self.lang), &e.notice_no, self.lang.list(&e.places));
        let (until, removable) = (self.lang.day(e.objections_until), self.lang.day(e.removable_on));
        match self.lang {
            Lang::Zh => {
                format!("张贴{kind}公告（{no}），张贴地点：{places}。异议期至{until}；不得早于{removable}撤下。")
            }
            Lang::En => format!(
                "Notice {no} posted ({kind}) at {places}. Objections until {until}; not to be taken down before \
                 {removable}."
            ),
        }
    }

    pub(super) fn objection_raised(&self, e: &ObjectionRaised) -> String {
        let (no, notice, about) = (e.objection, e.notice, e.about.named(self.lang));
        let due = self.lang.day(e.answer_due_on);
        match self.lang {
            Lang::Zh => format!("对第{notice}号公告提出第{no}件异议（{about}），最迟{due}答复。异议原文不公开。"),
            Lang::En => format!(
                "Objection {no} against notice {notice} ({about}), to be answered by {due}. Its text is not disclosed."
            ),
        }
    }

    pub(super) fn objection_answered(&self, e: &ObjectionAnswered) -> String {
        let (no, remedy, answer) = (e.objection, e.remedy.named(self.lang), one_line(&e.answer));
        match (self.lang, e.upheld) {
            (Lang::Zh, true) => format!("答复第{no}件异议：异议成立，{remedy}。答复：{answer}"),
            (Lang::Zh, false) => format!("答复第{no}件异议：异议不成立，{remedy}。答复：{answer}"),
            (Lang::En, true) => format!("Objection {no} answered: upheld, {remedy}. Answer: {answer}"),
            (Lang::En, false) => format!("Objection {no} answered: not upheld, {remedy}. Answer: {answer}"),
        }
    }

    pub(super) fn notice_corrected(&self, e: &NoticeCorrected) -> String {
        let (no, correction) = (e.notice, one_line(&e.correction));
        let (until, removable) = (self.lang.day(e.objections_until), self.lang.day(e.removable_on));
        match self.lang {
            Lang::Zh => {
                format!("更正第{no}号公告：{correction}。公布期重新计算，异议期至{until}；不得早于{removable}撤下。")
            }
            Lang::En => format!(
                "Notice {no} corrected: {correction}. Its period begins anew: objections until {until}, not to be taken \
                 down before {removable}."
            ),
        }
    }

    pub(super) fn disclosure_closed(&self, e: &DisclosureClosed) -> String {
        let (no, kind) = (e.notice, e.kind.named(self.lang));
        match self.lang {
            Lang::Zh => format!("第{no}号公告（{kind}）公布期满，撤下。"),
            Lang::En => format!("Notice {no} ({kind}) taken down after its period."),
        }
    }
}
