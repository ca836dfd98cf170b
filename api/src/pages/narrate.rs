//! An event of a matter in words: what a resident reads in the history, and what GraphQL answers as `words`.
//!
//! Deliberately absent: names, also masked ones, single ballots, the cause for which somebody is left out of those due, and the
//! text of an objection. None of them belongs on a board.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::matters::Lane;
use siyi_domain::procedure::Procedure;
use siyi_domain::tally::{Counts, Test};

use super::lang::Lang;
use super::rules::{self, Citation};
use super::terms::Term;

mod deliberation;
mod disclosure;
mod off_road;
mod oversight;
mod preparation;
mod presence;
mod works;

pub use off_road::follows;

/// The event in words, by the codes that it carries. With the procedure at hand, [`Narrator`] names steps and meetings too.
#[must_use]
pub fn narrate(event: &ConsultationEvent, lang: Lang) -> String {
    Narrator { lang, procedure: None }.tell(event)
}

/// Tells events in a language.
#[derive(Debug, Clone, Copy)]
pub struct Narrator<'a> {
    /// The language.
    pub lang: Lang,
    /// The procedure that binds the matter, which has the names of steps and meetings.
    pub procedure: Option<&'a Procedure>,
}

impl Narrator<'_> {
    /// The event in words.
    #[must_use]
    pub fn tell(&self, event: &ConsultationEvent) -> String {
        use ConsultationEvent as E;
        match event {
            E::MotionRaised(e) => self.motion_raised(e),
            E::MotionScreened(e) => self.motion_screened(e),
            E::MotionDismissed(e) => self.motion_dismissed(e),
            E::PlanDrafted(e) => self.plan_drafted(e),
            E::MeetingConvened(e) => self.meeting_convened(e),
            E::RollFrozen(e) => self.roll_frozen(e),
            E::MemberExcluded(e) => self.member_excluded(e),
            E::MembersCheckedIn(e) => self.members_checked_in(e),
            E::MembersCheckedOut(e) => self.members_checked_out(e),
            E::MotionPut(e) => self.motion_put(e),
            E::MotionAmended(e) => self.motion_amended(e),
            E::HandsCounted(e) => self.hands_counted(e),
            E::RollCalled(e) => self.roll_called(e),
            E::PapersCounted(e) => self.papers_counted(e),
            E::DecisionMade(e) => self.decision_made(e),
            E::MeetingClosed(e) => self.meeting_closed(e),
            E::MeetingFoundInquorate(e) => self.meeting_found_inquorate(e),
            E::StepPassed(e) => self.step_passed(e),
            E::ProposalReturned(e) => self.proposal_returned(e),
            E::ResolutionAdopted(e) => self.resolution_adopted(e),
            E::ConsultationRejected(e) => self.consultation_rejected(e),
            E::ConsultationWithdrawn(e) => self.consultation_withdrawn(e),
            E::NoticePosted(e) => self.notice_posted(e),
            E::ObjectionRaised(e) => self.objection_raised(e),
            E::ObjectionAnswered(e) => self.objection_answered(e),
            E::NoticeCorrected(e) => self.notice_corrected(e),
            E::DisclosureClosed(e) => self.disclosure_closed(e),
            E::FiledWithTownship(_) => self.filed_with_township(),
            E::ContractSigned(e) => self.contract_signed(e),
            E::WorkStarted(e) => self.work_started(e),
            E::ProgressReported(e) => self.progress_reported(e),
            E::VariationApproved(e) => self.variation_approved(e),
            E::PaymentRecorded(e) => self.payment_recorded(e),
            E::WorksAccepted(e) => self.works_accepted(e),
            E::RectificationOrdered(e) => self.rectification_ordered(e),
            E::ImplementationCompleted(e) => self.implementation_completed(e),
            E::ConsultationArchived(e) => self.consultation_archived(e),
            E::OpinionRecorded(e) => self.opinion_recorded(e),
            E::OpinionAnswered(e) => self.opinion_answered(e),
            E::PreferencesCounted(e) => self.preferences_counted(e),
            E::CanvassClosed(e) => self.canvass_closed(e),
            E::SignaturesCollected(e) => self.signatures_collected(e),
            E::SignaturesClosed(e) => self.signatures_closed(e),
            E::ReviewRequested(e) => self.review_requested(e),
            E::ReviewAnswered(e) => self.review_answered(e),
            E::ForumHeld(e) => self.forum_held(e),
            E::LaneChanged(e) => self.lane_changed(e),
            E::PlanPosted(e) => self.plan_posted(e),
            E::MembersJoinedOnline(e) => self.members_joined_online(e),
            E::ProxiesAdmitted(e) => self.proxies_admitted(e),
            E::GuestsAttended(e) => self.guests_attended(e),
            E::MotionDeadlocked(e) => self.motion_deadlocked(e),
            E::DeliberationReopened(e) => self.deliberation_reopened(e),
            E::DeliberationConcluded(e) => self.deliberation_concluded(e),
            E::CorrectionOrdered(e) => self.correction_ordered(e),
            E::CourtAnnulled(e) => self.court_annulled(e),
            E::ConsultationSuspended(e) => self.consultation_suspended(e),
            E::ConsultationResumed(e) => self.consultation_resumed(e),
            E::LightMatterReported(e) => self.light_matter_reported(e),
            E::AppraisalRecorded(e) => self.appraisal_recorded(e),
            E::NoticeFoundMissing(e) => self.notice_found_missing(e),
            E::OwnersVoted(e) => self.owners_voted(e),
            E::OwnersDecided(e) => self.owners_decided(e),
            E::InterestDeclared(e) => self.interest_declared(e),
            E::DutyUrged(e) => self.duty_urged(e),
            E::FlagClosed(e) => self.flag_closed(e),
        }
    }

    /// A step by its name, or by its code where nobody has a name for it.
    #[must_use]
    pub fn step(&self, code: &str) -> String {
        let named = self.procedure.and_then(|p| p.step(code)).map(|step| &step.name);
        named.map_or_else(|| code.to_owned(), |name| self.lang.pick(&name.zh, &name.en).to_owned())
    }

    /// A form of meeting by its name, or by its id.
    #[must_use]
    pub fn form(&self, step: &str, form: &str) -> String {
        let found = self.procedure.and_then(|p| p.step(step)).and_then(|step| step.form(form));
        found.map_or_else(|| form.to_owned(), |form| self.lang.pick(&form.name.zh, &form.name.en).to_owned())
    }

    /// A road by its name in the procedure.
    #[must_use]
    pub fn lane(&self, lane: Lane) -> String {
        let named = self.procedure.and_then(|p| p.lane(lane)).map(|rule| self.lang.pick(&rule.name.zh, &rule.name.en));
        named.unwrap_or_else(|| lane.named(self.lang)).to_owned()
    }

    /// Whether the procedure is one of communities, whose people are residents.
    #[must_use]
    pub fn is_urban(&self) -> bool {
        self.procedure.is_some_and(rules::is_urban)
    }

    /// How votes fell. Blank and spoiled papers are named only where there are any.
    #[must_use]
    pub fn counts(&self, counts: &Counts) -> String {
        let Counts { in_favour, against, abstain, blank, spoiled } = *counts;
        let told = match self.lang {
            Lang::Zh => format!("同意{in_favour}，反对{against}，弃权{abstain}"),
            Lang::En => format!("{in_favour} for, {against} against, {abstain} abstaining"),
        };
        let blank = (blank > 0).then(|| match self.lang {
            Lang::Zh => format!("，空白{blank}"),
            Lang::En => format!(", {blank} blank"),
        });
        let spoiled = (spoiled > 0).then(|| match self.lang {
            Lang::Zh => format!("，废票{spoiled}"),
            Lang::En => format!(", {spoiled} spoiled"),
        });
        [Some(told), blank, spoiled].into_iter().flatten().collect()
    }

    /// A test: what it asks for and the arithmetic.
    #[must_use]
    pub fn test(&self, test: &Test) -> String {
        let (share, arithmetic) = (rules::share(test, self.is_urban(), self.lang), test.arithmetic());
        match (self.lang, test.met) {
            (Lang::Zh, true) => format!("{arithmetic}，达到{share}"),
            (Lang::Zh, false) => format!("{arithmetic}，未达到{share}"),
            (Lang::En, true) => format!("{arithmetic}, {share}: met"),
            (Lang::En, false) => format!("{arithmetic}, {share}: not met"),
        }
    }

    /// A test in one line, with the article that it rests on.
    #[must_use]
    pub fn judged(&self, test: &Test) -> String {
        let line = rules::line(test, self.is_urban(), self.lang);
        let rule = Citation::of(&test.basis, self.procedure, self.lang).line(self.lang);
        match self.lang {
            Lang::Zh => format!("{line}，依据{rule}"),
            Lang::En => format!("{line}, by {rule}"),
        }
    }
}

/// A text of several lines as one.
fn one_line(text: &impl ToString) -> String {
    text.to_string().split('\n').map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}
