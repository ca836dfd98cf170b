//! What happens at the steps at which no body votes: canvass, signatures, review, consultation, posting of the plan.

use siyi_domain::consultation::events::{
    CanvassClosed, ForumHeld, LaneChanged, OpinionAnswered, OpinionRecorded, PlanPosted, PreferencesCounted,
    ReviewAnswered, ReviewRequested, SignaturesClosed, SignaturesCollected,
};

use super::{Narrator, one_line};
use crate::pages::lang::Lang;
use crate::pages::secrecy::cell;
use crate::pages::terms::Term;

impl Narrator<'_> {
    pub(super) fn opinion_recorded(&self, e: &OpinionRecorded) -> String {
        let (no, class, source) = (e.opinion, e.class.named(self.lang), e.source.named(self.lang));
        match self.lang {
            Lang::Zh => format!("征求到第{no}条意见（{class}，{source}）。意见原文不公开，答复公开。"),
            Lang::En => {
                format!("Opinion {no} taken ({class}, {source}). Its text is not disclosed; the answer will be.")
            }
        }
    }

    pub(super) fn opinion_answered(&self, e: &OpinionAnswered) -> String {
        let (no, answer) = (e.opinion, one_line(&e.answer));
        match (self.lang, e.accepted) {
            (Lang::Zh, true) => format!("答复第{no}条意见：采纳。{answer}"),
            (Lang::Zh, false) => format!("答复第{no}条意见：不采纳。{answer}"),
            (Lang::En, true) => format!("Opinion {no} answered: taken up. {answer}"),
            (Lang::En, false) => format!("Opinion {no} answered: not taken up. {answer}"),
        }
    }

    pub(super) fn preferences_counted(&self, e: &PreferencesCounted) -> String {
        let voters = e.voters;
        let ranked = e.ranking.iter().enumerate().map(|(place, own)| match self.lang {
            Lang::Zh => format!("第{}位“{}”{}票", place + 1, own.title, cell(u64::from(own.votes), self.lang)),
            Lang::En => format!("{}. “{}” with {}", place + 1, own.title, cell(u64::from(own.votes), self.lang)),
        });
        let ranked = ranked.collect::<Vec<_>>().join(self.lang.pick("；", "; "));
        match self.lang {
            Lang::Zh => format!("居民对建议项目排序投票，{voters}人参加：{ranked}。"),
            Lang::En => format!("Suggestions ranked by {voters} who took part: {ranked}."),
        }
    }

    pub(super) fn canvass_closed(&self, e: &CanvassClosed) -> String {
        let CanvassClosed { in_favour, against, no_view, units_asked, opinions, accepted, .. } = e;
        let (step, coverage) = (self.step(&e.step), self.judged(&e.coverage));
        match self.lang {
            Lang::Zh => format!(
                "{step}结束：同意{in_favour}户，不同意{against}户，无意见{no_view}户；征求驻区单位{units_asked}家；\
                 意见{opinions}条，全部答复，采纳{accepted}条。{coverage}。"
            ),
            Lang::En => format!(
                "{step} closed: {in_favour} households agree, {against} do not, {no_view} have no view; {units_asked} \
                 stationed units asked; {opinions} opinions, all answered, {accepted} taken up. {coverage}."
            ),
        }
    }

    pub(super) fn signatures_collected(&self, e: &SignaturesCollected) -> String {
        let households = e.households.len();
        match self.lang {
            Lang::Zh => format!("收到{households}户签字。"),
            Lang::En => format!("{households} households signed."),
        }
    }

    pub(super) fn signatures_closed(&self, e: &SignaturesClosed) -> String {
        let (step, signed) = (self.step(&e.step), self.judged(&e.signed));
        match self.lang {
            Lang::Zh => format!("{step}结束：{signed}。"),
            Lang::En => format!("{step} closed: {signed}."),
        }
    }

    pub(super) fn review_requested(&self, e: &ReviewRequested) -> String {
        let (step, due) = (self.step(&e.step), self.lang.day(e.answer_due_on));
        match self.lang {
            Lang::Zh => format!("材料报送{step}，最迟{due}答复。"),
            Lang::En => format!("Submitted: {step}. The answer is due by {due}."),
        }
    }

    pub(super) fn review_answered(&self, e: &ReviewAnswered) -> String {
        let (step, verdict, opinion) = (self.step(&e.step), e.verdict.named(self.lang), one_line(&e.opinion));
        let ground = e.ground.map(|ground| ground.named(self.lang));
        match (self.lang, ground) {
            (Lang::Zh, Some(ground)) => format!("{step}答复：{verdict}，法律理由：{ground}。意见：{opinion}"),
            (Lang::Zh, None) => format!("{step}答复：{verdict}。意见：{opinion}"),
            (Lang::En, Some(ground)) => format!("{step}: {verdict}, because it {ground}. Opinion: {opinion}"),
            (Lang::En, None) => format!("{step}: {verdict}. Opinion: {opinion}"),
        }
    }

    pub(super) fn forum_held(&self, e: &ForumHeld) -> String {
        let (form, informed, outcome) = (e.form.named(self.lang), self.lang.day(e.informed_on), e.outcome);
        let (who, opinion, outcome) = (self.guests(&e.participants), one_line(&e.opinion), outcome.named(self.lang));
        let held = match self.lang {
            Lang::Zh => format!("以{form}形式协商（{informed}告知议题），参加：{who}。协商意见：{opinion}"),
            Lang::En => {
                format!("Talked over as {form} (topic told on {informed}); took part: {who}. Agreed: {opinion}")
            }
        };
        let dissent = e.dissent.as_ref().map(|dissent| match self.lang {
            Lang::Zh => format!(" 不同意见：{}", one_line(dissent)),
            Lang::En => format!(" Against it: {}", one_line(dissent)),
        });
        let follows = match self.lang {
            Lang::Zh => format!(" 结果：{outcome}。"),
            Lang::En => format!(" Outcome: {outcome}."),
        };
        held + &dissent.unwrap_or_default() + &follows
    }

    pub(super) fn lane_changed(&self, e: &LaneChanged) -> String {
        let (lane, step) = (self.lane(e.lane), self.step(&e.step));
        match self.lang {
            Lang::Zh => format!("协商后转入议事程序：{lane}，进入{step}环节。"),
            Lang::En => format!("After the talks the matter goes on by another road: {lane}. Next: {step}."),
        }
    }

    pub(super) fn plan_posted(&self, e: &PlanPosted) -> String {
        let (after, places, until) = (self.step(&e.after), self.lang.list(&e.places), self.lang.day(e.until));
        match self.lang {
            Lang::Zh => format!("{after}之后张贴方案，张贴地点：{places}。下一环节最早{until}开会。"),
            Lang::En => {
                format!("Plan posted after “{after}” at {places}. The next meeting may be held from {until} on.")
            }
        }
    }
}
