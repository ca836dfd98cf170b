//! From the motion to the resolution.

use siyi_domain::consultation::events::{
    ConsultationRejected, ConsultationWithdrawn, DecisionMade, HandsCounted, MeetingClosed, MeetingConvened,
    MeetingFoundInquorate, MemberExcluded, MembersCheckedIn, MembersCheckedOut, MotionAmended, MotionDismissed,
    MotionPut, MotionRaised, MotionScreened, PapersCounted, PlanDrafted, ProposalReturned, ResolutionAdopted,
    RollCalled, RollFrozen, StepPassed,
};
use siyi_domain::consultation::facts::{Choice, Outcome};
use siyi_domain::matters::Lane;
use siyi_domain::tally::Counts;

use super::{Narrator, one_line};
use crate::pages::lang::Lang;
use crate::pages::terms::Term;

impl Narrator<'_> {
    pub(super) fn motion_raised(&self, e: &MotionRaised) -> String {
        let (by, source) =
            (e.initiator.kind.named_in(self.is_urban(), self.lang), e.source.named_in(self.is_urban(), self.lang));
        let signed = e.signatures.as_ref().map(|test| match self.lang {
            Lang::Zh => format!("（{}人联名，{}）", test.part, self.test(test)),
            Lang::En => format!(" ({} signatures; {})", test.part, self.test(test)),
        });
        let signed = signed.unwrap_or_default();
        let (title, procedure, version) = (&e.title, &e.procedure, e.procedure_version);
        match self.lang {
            Lang::Zh => format!(
                "提出动议“{title}”。动议事由：{source}；提出人：{by}{signed}。适用程序：{procedure}，第{version}版。"
            ),
            Lang::En => format!(
                "Motion “{title}” raised by {by}{signed}; source: {source}. Procedure {procedure}, version {version}."
            ),
        }
    }

    pub(super) fn motion_screened(&self, e: &MotionScreened) -> String {
        let (matters, step) = (self.lang.list(&e.matters), self.step(&e.step));
        let screened = match (self.lang, e.works) {
            (Lang::Zh, true) => format!("受理动议。事项类别：{matters}，含工程实施。"),
            (Lang::Zh, false) => format!("受理动议。事项类别：{matters}，不含工程实施。"),
            (Lang::En, true) => format!("Motion admitted under {matters}, with works."),
            (Lang::En, false) => format!("Motion admitted under {matters}, without works."),
        };
        screened
            + &self.road(e)
            + &match self.lang {
                Lang::Zh => format!("进入{step}环节。"),
                Lang::En => format!(" Next: {step}."),
            }
    }

    /// By which road it goes, where that is not the whole one, and what else binds it.
    fn road(&self, e: &MotionScreened) -> String {
        let lane = self.lane(e.lane);
        let mut told = String::new();
        if e.lane != Lane::Full {
            told += &match self.lang {
                Lang::Zh => format!("办理程序：{lane}。"),
                Lang::En => format!(" Road: {lane}."),
            };
        }
        if let Some(group) = e.group {
            told += &match self.lang {
                Lang::Zh => format!("属第{group}组（院落）。"),
                Lang::En => format!(" Of group or courtyard {group}."),
            };
        }
        if let Some(emergency) = e.emergency {
            let emergency = emergency.named(self.lang);
            told += &match self.lang {
                Lang::Zh => format!("应急情形：{emergency}。"),
                Lang::En => format!(" Emergency: {emergency}."),
            };
        }
        if e.linked_owners {
            told += self.lang.pick("另须业主共同决定。", " The owners must decide too.");
        }
        told
    }

    pub(super) fn motion_dismissed(&self, e: &MotionDismissed) -> String {
        let answer = one_line(&e.answer);
        match self.lang {
            Lang::Zh => format!("不予受理。答复：{answer}"),
            Lang::En => format!("Motion dismissed. Answer: {answer}"),
        }
    }

    pub(super) fn plan_drafted(&self, e: &PlanDrafted) -> String {
        let version = e.version;
        match (self.lang, e.plan.budget_fen) {
            (Lang::Zh, Some(budget)) => format!("形成方案（第{version}稿），预算{}。", self.lang.spoken(budget)),
            (Lang::Zh, None) => format!("形成方案（第{version}稿），不涉及资金。"),
            (Lang::En, Some(budget)) => {
                format!("Plan drafted (draft {version}), budget {}.", self.lang.money(budget))
            }
            (Lang::En, None) => format!("Plan drafted (draft {version}), no money involved."),
        }
    }

    pub(super) fn meeting_convened(&self, e: &MeetingConvened) -> String {
        let (no, form, at, place) = (e.meeting, self.form(&e.step, &e.form), self.lang.time(e.held_at), &e.place);
        let convened = match self.lang {
            Lang::Zh => format!("召集第{no}次会议：{form}，定于{at}在{place}召开。"),
            Lang::En => format!("Meeting {no} convened: {form}, to be held at {place} on {at}."),
        };
        let delivered = e.plan_delivered_on.map(|day| match self.lang {
            Lang::Zh => format!("方案于{}送达。", self.lang.day(day)),
            Lang::En => format!(" Plan delivered on {}.", self.lang.day(day)),
        });
        let special = e.special_circumstances.as_ref().map(|reason| match self.lang {
            Lang::Zh => format!("通知时间不足的特殊情况：{reason}。"),
            Lang::En => format!(" Special circumstances for a shorter notice: {reason}."),
        });
        [Some(convened), delivered, special].into_iter().flatten().collect()
    }

    pub(super) fn roll_frozen(&self, e: &RollFrozen) -> String {
        let (no, due, part, parts) = (e.meeting, e.due.len(), e.part, e.parts);
        match (self.lang, parts) {
            (Lang::Zh, 0..=1) => format!("第{no}次会议应到名单冻结：{due}人。"),
            (Lang::Zh, _) => format!("第{no}次会议应到名单冻结：{due}人（共{parts}部分，第{part}部分）。"),
            (Lang::En, 0..=1) => format!("Roll of meeting {no} frozen: {due} due."),
            (Lang::En, _) => format!("Roll of meeting {no} frozen: {due} due (part {part} of {parts})."),
        }
    }

    pub(super) fn member_excluded(&self, e: &MemberExcluded) -> String {
        let no = e.meeting;
        match self.lang {
            Lang::Zh => format!("经批准，1人不计入第{no}次会议应到人数（原因不公开）。"),
            Lang::En => format!("One person left out of those due at meeting {no}, approved (cause not disclosed)."),
        }
    }

    pub(super) fn members_checked_in(&self, e: &MembersCheckedIn) -> String {
        let (no, persons) = (e.meeting, e.persons.len());
        match self.lang {
            Lang::Zh => format!("第{no}次会议签到{persons}人。"),
            Lang::En => format!("{persons} signed in at meeting {no}."),
        }
    }

    pub(super) fn members_checked_out(&self, e: &MembersCheckedOut) -> String {
        let (no, persons) = (e.meeting, e.persons.len());
        match self.lang {
            Lang::Zh => format!("第{no}次会议离会{persons}人。"),
            Lang::En => format!("{persons} left meeting {no}."),
        }
    }

    pub(super) fn motion_put(&self, e: &MotionPut) -> String {
        let (due, present, ballot) = (e.due, e.present, e.ballot.named(self.lang));
        let tests = e.tests.first().map(|quorum| self.test(quorum)).unwrap_or_default();
        match self.lang {
            Lang::Zh => format!("议题付诸表决（{ballot}）：应到{due}人，实到{present}人；{tests}。"),
            Lang::En => format!("Motion put to the vote ({ballot}): {due} due, {present} present; {tests}."),
        }
    }

    pub(super) fn motion_amended(&self, e: &MotionAmended) -> String {
        let changes = self.lang.list(e.changes.iter().map(|change| change.named(self.lang)));
        match (self.lang, e.material) {
            (Lang::Zh, true) => format!("会上修改议题（{changes}），属实质性修改。"),
            (Lang::Zh, false) => format!("会上修改议题（{changes}），不属实质性修改。"),
            (Lang::En, true) => format!("Motion amended at the meeting ({changes}): a material change."),
            (Lang::En, false) => format!("Motion amended at the meeting ({changes}): no material change."),
        }
    }

    pub(super) fn hands_counted(&self, e: &HandsCounted) -> String {
        let counts = self.counts(&e.counts);
        match self.lang {
            Lang::Zh => format!("举手表决，两名计票人清点一致：{counts}。"),
            Lang::En => format!("Show of hands, two tellers agree: {counts}."),
        }
    }

    pub(super) fn roll_called(&self, e: &RollCalled) -> String {
        let of = |choice: Choice| e.votes.iter().filter(|vote| vote.choice == choice).count() as u64;
        let counts = Counts {
            in_favour: of(Choice::For),
            against: of(Choice::Against),
            abstain: of(Choice::Abstain),
            ..Counts::default()
        };
        let counts = self.counts(&counts);
        match self.lang {
            Lang::Zh => format!("点名表决：{counts}。"),
            Lang::En => format!("Roll call: {counts}."),
        }
    }

    pub(super) fn papers_counted(&self, e: &PapersCounted) -> String {
        let counts = self.counts(&e.counts);
        let PapersCounted { printed, handed_out, exchanged, unused, in_box, .. } = e;
        match self.lang {
            Lang::Zh => format!(
                "无记名投票清点：印制{printed}张，发出{handed_out}张，换发{exchanged}张，未用{unused}张，\
                 箱内{in_box}张；两次清点一致：{counts}。"
            ),
            Lang::En => format!(
                "Secret ballot: {printed} papers printed, {handed_out} handed out, {exchanged} exchanged, {unused} \
                 unused, {in_box} in the box; two counts agree: {counts}."
            ),
        }
    }

    pub(super) fn decision_made(&self, e: &DecisionMade) -> String {
        let (counts, threshold, quorum) = (self.counts(&e.counts), self.test(&e.threshold), self.test(&e.quorum));
        let form = self.form(&e.step, &e.form);
        match (self.lang, e.outcome) {
            (Lang::Zh, Outcome::Carried) => {
                format!("{form}表决通过：{counts}。{threshold}；到会{quorum}。")
            }
            (Lang::Zh, Outcome::Lost) => format!("{form}表决未通过：{counts}。{threshold}；到会{quorum}。"),
            (Lang::En, Outcome::Carried) => format!("Carried by the {form}: {counts}. {threshold}; quorum {quorum}."),
            (Lang::En, Outcome::Lost) => format!("Not carried by the {form}: {counts}. {threshold}; quorum {quorum}."),
        }
    }

    pub(super) fn meeting_closed(&self, e: &MeetingClosed) -> String {
        let (no, papers) = (e.meeting, e.papers.len());
        match self.lang {
            Lang::Zh => format!("第{no}次会议闭会，归卷材料{papers}件。"),
            Lang::En => format!("Meeting {no} closed, {papers} papers filed."),
        }
    }

    pub(super) fn meeting_found_inquorate(&self, e: &MeetingFoundInquorate) -> String {
        let (no, due, present, quorum) = (e.meeting, e.due, e.present, self.test(&e.quorum));
        match self.lang {
            Lang::Zh => {
                format!("第{no}次会议到会人数不足，未作决定：应到{due}人，最多时到会{present}人；{quorum}。")
            }
            Lang::En => {
                format!(
                    "Meeting {no} had no quorum and decided nothing: {due} due, at most {present} present; {quorum}."
                )
            }
        }
    }

    pub(super) fn step_passed(&self, e: &StepPassed) -> String {
        let (step, next) = (self.step(&e.step), self.step(&e.next));
        match self.lang {
            Lang::Zh => format!("{step}环节通过，进入{next}环节。"),
            Lang::En => format!("Step passed: {step}. Next: {next}."),
        }
    }

    pub(super) fn proposal_returned(&self, e: &ProposalReturned) -> String {
        let (from, to, version, reason) = (self.step(&e.from), self.step(&e.to), e.version, e.reason.named(self.lang));
        let returned = match self.lang {
            Lang::Zh => format!("由{from}环节退回{to}环节，方案进入第{version}稿。原因：{reason}。"),
            Lang::En => format!("Returned from “{from}” to “{to}”, draft {version} from here on. Reason: {reason}."),
        };
        let remark = e.remark.as_ref().map(|remark| match self.lang {
            Lang::Zh => format!("说明：{}", one_line(remark)),
            Lang::En => format!(" Remark: {}", one_line(remark)),
        });
        returned + &remark.unwrap_or_default()
    }

    pub(super) fn resolution_adopted(&self, e: &ResolutionAdopted) -> String {
        let (form, version) = (self.form(&e.step, &e.form), e.version);
        match (self.lang, e.budget_fen) {
            (Lang::Zh, Some(budget)) => {
                format!("{form}形成决议（第{version}稿），决议预算{}。", self.lang.spoken(budget))
            }
            (Lang::Zh, None) => format!("{form}形成决议（第{version}稿）。"),
            (Lang::En, Some(budget)) => {
                format!("Resolution adopted by the {form} (draft {version}), budget {}.", self.lang.money(budget))
            }
            (Lang::En, None) => format!("Resolution adopted by the {form} (draft {version})."),
        }
    }

    pub(super) fn consultation_rejected(&self, e: &ConsultationRejected) -> String {
        let step = self.step(&e.step);
        match self.lang {
            Lang::Zh => format!("{step}环节未通过，本事项终止。"),
            Lang::En => format!("Not carried at “{step}”; the matter ends here."),
        }
    }

    pub(super) fn consultation_withdrawn(&self, e: &ConsultationWithdrawn) -> String {
        let reason = one_line(&e.reason);
        match self.lang {
            Lang::Zh => format!("撤回，本事项终止。理由：{reason}"),
            Lang::En => format!("Withdrawn; the matter ends here. Reason: {reason}"),
        }
    }
}
