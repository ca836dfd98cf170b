//! 事项: one matter on its way through the procedure, from motion to archive. Stream `consultation-<uuid>`.
//!
//! [`decide`] is the lifecycle as one table: a match on (stage, command). Its leaves live in the modules beside it, one for each
//! part of the road; each reads as the statute does, refusal after refusal. [`standing`] says where a matter stands,
//! [`duties`] what is due next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

mod canvass;
pub mod commands;
mod deliberation;
mod disclosure;
pub mod duties;
pub mod events;
pub mod facts;
mod forum;
mod implementation;
mod interest;
mod meeting;
mod motion;
mod oversight;
mod owners;
mod remote;
mod reopening;
mod review;
mod routing;
pub mod secrecy;
mod signatures;
pub mod standing;
mod voting;

use crate::context::Context;
use crate::ids::{Fen, HouseholdNo, JurisdictionCode, MatterCode, Paragraph, PersonId};
use crate::jurisdiction::Jurisdiction;
use crate::moment::Moment;
use crate::procedure::{InitiatorKind, LaneRule, PaperKind, Procedure, ReopenPurpose, Step, StepKind};
use crate::refusal::{Refusal, RefusalCode};
use crate::roster::Roster;

pub use commands::ConsultationCommand;
pub use duties::{Duty, DutyKind};
pub use events::ConsultationEvent;
pub use meeting::Meeting;
pub use standing::{Detour, Ending, Stage, Standing};

/// Most kinds of matter that one motion may touch.
pub const MAX_MATTERS: usize = 10;
/// Most persons in one check-in, check-out or list of signatories.
pub const MAX_PERSONS_AT_ONCE: usize = 150;
/// Most votes in one roll call.
pub const MAX_ROLL_CALL: usize = 100;
/// Most papers in one command.
pub const MAX_PAPERS: usize = 50;
/// Most places or channels of a notice, or items of an agenda. With lines of 200 characters the event stays under 8 KiB.
pub const MAX_LINES: usize = 8;
/// Most households in one collection of signatures, so that the event stays under 8 KiB.
pub const MAX_HOUSEHOLDS_AT_ONCE: usize = 300;
/// Most proxies admitted at once, so that the event stays under 8 KiB.
pub const MAX_PROXIES_AT_ONCE: usize = 60;
/// Most votes of owners recorded at once, so that the event stays under 8 KiB.
pub const MAX_UNIT_VOTES: usize = 120;
/// Most suggestions in a preference ballot.
pub const MAX_PREFERENCES: usize = 12;
/// Persons due in one part of a frozen roll, so that the event stays under 8 KiB.
pub const ROLL_PART: usize = 180;

/// A matter as its events tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consultation {
    /// Where it stands.
    pub standing: Standing,
    /// Where it belongs; known once the motion is raised.
    pub jurisdiction: Option<JurisdictionCode>,
    /// The kinds of matter it touches.
    pub matters: Vec<MatterCode>,
    /// Who raised it.
    initiator: Option<InitiatorKind>,
    /// The plan.
    pub plan: Option<facts::Plan>,
    /// The text last put or amended.
    text: Option<Paragraph>,
    /// The meeting that is convened or sitting.
    meeting: Option<Meeting>,
    /// No act of deliberation may be dated before this moment.
    clock: Option<Moment>,
    /// The money, once resolved.
    money: Money,
    /// Kinds of papers filed so far.
    papers: BTreeSet<PaperKind>,
    /// Opinions of the canvass that are answered.
    answered: BTreeSet<u16>,
    /// Households that have signed.
    signed: BTreeSet<HouseholdNo>,
    /// How the owners voted for their units.
    unit_votes: BTreeMap<HouseholdNo, facts::Choice>,
    /// Who has declared an interest.
    interested: BTreeSet<PersonId>,
    /// The step and form that decided last.
    decided: Option<(String, String)>,
}

/// What was resolved, contracted, varied and paid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Money {
    budget: Fen,
    contract: Option<Fen>,
    contract_on: Option<Date>,
    /// Who stands for the firm, where the contract says so.
    agents: Vec<PersonId>,
    rectified_on: Option<Date>,
    variations: Fen,
    /// What supplementary resolutions have added to the budget.
    supplements: Fen,
    final_account: Option<Fen>,
    paid: BTreeMap<facts::PayeeKind, Fen>,
}

impl Money {
    fn paid_to(&self, payee: facts::PayeeKind) -> Fen {
        self.paid.get(&payee).copied().unwrap_or_default()
    }

    fn paid(&self) -> Fen {
        self.paid.values().copied().sum()
    }
}

/// The village in which a command is judged.
#[derive(Debug, Clone, Copy)]
pub struct Village<'a> {
    /// Its entry, counts and authorisations.
    pub jurisdiction: &'a Jurisdiction,
    /// Its people and rolls.
    pub roster: &'a Roster,
}

/// Everything that a leaf of the table may look at.
#[derive(Clone, Copy)]
struct Case<'a> {
    matter: &'a Consultation,
    village: Village<'a>,
    context: &'a Context<'a>,
    procedure: &'a Procedure,
}

type Decision = Result<Vec<ConsultationEvent>, Refusal>;

/// What a command to a matter leads to. Pure and total.
///
/// # Errors
/// The [`Refusal`] that stands in the way; nothing has happened then.
pub fn decide(
    matter: &Consultation,
    command: &ConsultationCommand,
    village: Village<'_>,
    context: &Context<'_>,
) -> Decision {
    use ConsultationCommand as C;
    context.check_time()?;
    if let (Stage::Unborn, C::RaiseMotion(c)) = (&matter.standing.stage, command) {
        return motion::raise(c, village, context);
    }
    let Some(pack) = context.rules.binding(&matter.standing.procedure, context.day()) else {
        return Err(match matter.standing.stage {
            Stage::Unborn => RefusalCode::ConsultationUnknown.into(),
            _ => Refusal::from(RefusalCode::NoProcedureInForce).with("procedure", &*matter.standing.procedure),
        });
    };
    let adjusted = pack.adjusted(&village.jurisdiction.adjustments, context.day());
    let procedure = adjusted.as_ref().unwrap_or(pack);
    let case = Case { matter, village, context, procedure };
    context.check_competence(procedure, command.name())?;
    oversight::check_suspension(case, command)?;
    lifecycle(case, command)
}

/// The lifecycle: which command has a meaning at which stage.
fn lifecycle(case: Case<'_>, command: &ConsultationCommand) -> Decision {
    use ConsultationCommand as C;
    match (&case.matter.standing.stage, command) {
        (_, C::RaiseMotion(_)) => Err(RefusalCode::ConsultationExistsAlready.into()),
        (_, C::CloseFlag(c)) => Ok(oversight::close_flag(c)),
        (Stage::Ended(Ending::Archived), C::RecordCourtAnnulment(c)) => oversight::court_annulled(case, c),
        (Stage::Ended(_), _) => Err(RefusalCode::MatterEnded.into()),

        (Stage::Moved, C::ScreenMotion(c)) => motion::screen(case, c),
        (Stage::Step { code, .. }, C::ScreenMotion(c)) => motion::screen_again(case, code, c),
        (Stage::Moved, C::DismissMotion(c)) => motion::dismiss(case, c),
        (Stage::Moved | Stage::Step { .. }, C::Withdraw(c)) => motion::withdraw(case, c),

        (Stage::Step { .. } | Stage::Detour(_) | Stage::Executing, _) => under_way(case, command),
        (stage, command) => Err(out_of_order(stage, command)),
    }
}

/// The lifecycle from screening to archive.
fn under_way(case: Case<'_>, command: &ConsultationCommand) -> Decision {
    use ConsultationCommand as C;
    match (&case.matter.standing.stage, command) {
        (Stage::Step { code, .. }, C::RecordOpinion(c)) => canvass::record(case, code, c),
        (Stage::Step { code, .. }, C::AnswerOpinion(c)) => canvass::answer(case, code, c),
        (Stage::Step { code, .. }, C::RecordPreferences(c)) => canvass::rank(case, code, c),
        (Stage::Step { code, .. }, C::CloseCanvass(c)) => canvass::close(case, code, c),
        (Stage::Step { code, .. }, C::CollectSignatures(c)) => signatures::collect(case, code, c),
        (Stage::Step { code, .. }, C::CloseSignatures(c)) => signatures::close(case, code, c),
        (Stage::Step { code, .. }, C::RequestReview(c)) => review::request(case, code, c),
        (Stage::Step { code, .. }, C::AnswerReview(c)) => review::answer(case, code, c),
        (Stage::Step { code, .. }, C::RecordForum(c)) => forum::record(case, code, c),
        (Stage::Step { code, .. }, C::DraftPlan(c)) => deliberation::draft_plan(case, code, c),
        (Stage::Step { code, .. }, C::PostPlan(c)) => disclosure::post_plan(case, code, c),
        (Stage::Step { code, .. }, C::ReturnForRevision(c)) => deliberation::return_for_revision(case, code, c),

        (Stage::Step { code, .. } | Stage::Detour(Detour { code, .. }), _) if is_of_a_meeting(command) => {
            at_a_meeting(case, code, command)
        }

        (Stage::Executing | Stage::Detour(_), C::PostNotice(c)) => disclosure::post(case, c),
        (Stage::Executing | Stage::Detour(_), C::RaiseObjection(c)) => disclosure::object(case, c),
        (Stage::Executing | Stage::Detour(_), C::AnswerObjection(c)) => disclosure::answer(case, c),
        (Stage::Executing | Stage::Detour(_), C::CorrectNotice(c)) => disclosure::correct(case, c),
        (Stage::Executing | Stage::Detour(_), C::CloseDisclosure(c)) => disclosure::close(case, c),
        (Stage::Executing | Stage::Detour(_), C::ReportNoticeMissing(c)) => disclosure::report_missing(case, c),
        (Stage::Executing, C::FileWithTownship(c)) => implementation::file_with_township(case, c),
        (Stage::Executing, C::SignContract(c)) => implementation::sign_contract(case, c),
        (Stage::Executing, C::StartWork(c)) => implementation::start(case, c),
        (Stage::Executing, C::ReportProgress(c)) => implementation::report_progress(case, c),
        (Stage::Executing, C::ApproveVariation(c)) => implementation::approve_variation(case, c),
        (Stage::Executing, C::RecordPayment(c)) => implementation::record_payment(case, c),
        (Stage::Executing, C::RecordAcceptance(c)) => implementation::record_acceptance(case, c),
        (Stage::Executing, C::CompleteImplementation(c)) => implementation::complete(case, c),
        (Stage::Executing, C::ReportLightMatter(c)) => disclosure::report_light(case, c),
        (Stage::Executing, C::RecordAppraisal(c)) => disclosure::appraise(case, c),
        (Stage::Executing, C::Archive(c)) => disclosure::archive(case, c),

        (Stage::Executing, C::ReopenDeliberation(c)) => reopening::reopen(case, c),
        (Stage::Executing | Stage::Detour(_), C::OrderCorrection(c)) => oversight::order_correction(case, c),
        (Stage::Executing | Stage::Detour(_), C::RecordCourtAnnulment(c)) => oversight::court_annulled(case, c),
        (_, C::Suspend(c)) => oversight::suspend(case, c),
        (_, C::Resume(c)) => oversight::resume(case, c),
        (_, C::UrgeDuty(c)) => oversight::urge(case, c),
        (_, C::DeclareInterest(c)) => oversight::declare_interest(case, c),
        (_, C::RecordOwnersVotes(c)) => owners::vote(case, c),
        (_, C::CloseOwnersPoll(c)) => owners::close(case, c),

        (stage, command) => Err(out_of_order(stage, command)),
    }
}

fn is_of_a_meeting(command: &ConsultationCommand) -> bool {
    use ConsultationCommand as C;
    matches!(
        command,
        C::ConveneMeeting(_)
            | C::ExcludeFromRoll(_)
            | C::CheckIn(_)
            | C::CheckOut(_)
            | C::AdmitOnline(_)
            | C::AdmitProxies(_)
            | C::RecordGuests(_)
            | C::PutMotion(_)
            | C::AmendMotion(_)
            | C::RecordShowOfHands(_)
            | C::RecordRollCall(_)
            | C::RecordSecretBallot(_)
            | C::CloseMeeting(_)
    )
}

/// What is done around a meeting, on the road and off it alike.
fn at_a_meeting(case: Case<'_>, code: &str, command: &ConsultationCommand) -> Decision {
    use ConsultationCommand as C;
    match command {
        C::ConveneMeeting(c) => deliberation::convene(case, code, c),
        C::ExcludeFromRoll(c) => meeting::exclude(case, c),
        C::CheckIn(c) => meeting::check_in(case, code, c),
        C::CheckOut(c) => meeting::check_out(case, c),
        C::AdmitOnline(c) => remote::admit_online(case, code, c),
        C::AdmitProxies(c) => remote::admit_proxies(case, code, c),
        C::RecordGuests(c) => meeting::record_guests(case, c),
        C::PutMotion(c) => voting::put(case, code, c),
        C::AmendMotion(c) => voting::amend(case, code, c),
        C::RecordShowOfHands(c) => voting::show_of_hands(case, code, c),
        C::RecordRollCall(c) => voting::roll_call(case, code, c),
        C::RecordSecretBallot(c) => voting::secret_ballot(case, code, c),
        C::CloseMeeting(c) => deliberation::close(case, code, c),
        other => Err(out_of_order(&case.matter.standing.stage, other)),
    }
}

fn out_of_order(stage: &Stage, command: &ConsultationCommand) -> Refusal {
    let at = match stage {
        Stage::Unborn => "unborn",
        Stage::Moved => "motion",
        Stage::Step { code, .. } | Stage::Detour(Detour { code, .. }) => code.as_str(),
        Stage::Executing => "executing",
        Stage::Ended(_) => "ended",
    };
    Refusal::from(RefusalCode::StepOutOfOrder).with("at", at).with("act", command.name())
}

impl Case<'_> {
    /// An act of deliberation may not be dated before the one it follows (S1 < S2 < S3 < S4).
    fn check_order(&self) -> Result<(), Refusal> {
        match self.matter.clock {
            Some(clock) if self.context.occurred_at < clock => Err(Refusal::from(RefusalCode::ActsOutOfOrder)
                .with("occurred_at", self.context.occurred_at.to_string())
                .with("not_before", clock.to_string())),
            _ => Ok(()),
        }
    }

    /// The road on which the matter goes.
    fn lane(&self) -> Result<&LaneRule, Refusal> {
        let lane = self.matter.standing.lane;
        self.procedure
            .lane(lane)
            .ok_or_else(|| Refusal::from(RefusalCode::LaneNotInProcedure).with("lane", lane.as_str()))
    }

    /// The step at which the matter stands, which must be of a kind.
    fn step_of_kind(&self, code: &str, kind: StepKind, act: &str) -> Result<&Step, Refusal> {
        self.check_order()?;
        let step = self.procedure.step(code).filter(|step| step.kind == kind);
        step.ok_or_else(|| Refusal::from(RefusalCode::StepOutOfOrder).with("at", code).with("act", act))
    }

    /// Where a step that did not pass leads: the step named, or the road's own first step where it is not on the road.
    fn returns_to<'b>(&'b self, to: &'b str) -> &'b str {
        let lane = self.procedure.lane(self.matter.standing.lane);
        match lane {
            Some(lane) if lane.place(to).is_none() => lane.steps.first().map_or(to, String::as_str),
            _ => to,
        }
    }

    /// An act of carrying out may not be dated before the resolution.
    fn check_after_resolution(&self) -> Result<(), Refusal> {
        match self.matter.standing.resolved_on {
            Some(resolved) => check_not_before(*self, resolved),
            None => Ok(()),
        }
    }
}

/// An act may not be dated before the day that it follows.
fn check_not_before(case: Case<'_>, not_before: Date) -> Result<(), Refusal> {
    if case.context.day() >= not_before {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::ActsOutOfOrder)
        .with("occurred_at", case.context.occurred_at.to_string())
        .with("not_before", not_before.to_string()))
}

fn check_entries(entries: usize, limit: usize) -> Result<(), Refusal> {
    if entries <= limit {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::TooManyEntries).with("entries", entries as u64).with("limit", limit as u64))
}

impl Consultation {
    /// Who counts the votes of the motion that is open.
    pub fn tellers(&self) -> impl Iterator<Item = PersonId> + '_ {
        let motion = self.meeting.as_ref().and_then(|meeting| meeting.motion.as_ref());
        let tellers = motion.and_then(|motion| motion.tellers.as_ref());
        tellers.into_iter().flat_map(|tellers| [tellers.first, tellers.second, tellers.scrutineer])
    }

    /// The state after one more event that occurred at `at`.
    #[must_use]
    pub fn evolve(mut self, event: &ConsultationEvent, at: Moment) -> Self {
        self.standing.evolve(event, at);
        self.evolve_deliberation(event, at);
        self.evolve_execution(event, at.day());
        self
    }

    fn evolve_deliberation(&mut self, event: &ConsultationEvent, at: Moment) {
        use ConsultationEvent as E;
        match event {
            E::MotionRaised(e) => {
                self.jurisdiction = Some(e.jurisdiction.clone());
                self.initiator = Some(e.initiator.kind);
                self.matters.clone_from(&e.matters);
            }
            E::MotionScreened(e) => self.matters.clone_from(&e.matters),
            E::PlanDrafted(e) => self.plan = Some(e.plan.clone()),
            E::MeetingConvened(e) => self.meeting = Some(Meeting::convened(e)),
            E::MotionPut(e) => self.text = Some(e.text.clone()),
            E::MotionAmended(e) => {
                self.text = Some(e.text.clone());
                if let Some(plan) = &e.plan {
                    self.plan = Some(plan.clone());
                }
            }
            E::MeetingClosed(e) => self.file(&e.papers),
            E::MeetingFoundInquorate(e) => self.file(&e.papers),
            E::DecisionMade(e) => self.decided = Some((e.step.clone(), e.form.clone())),
            E::CanvassClosed(e) => self.file(&e.papers),
            E::SignaturesClosed(e) => self.file(&e.papers),
            E::ForumHeld(e) => {
                self.text = Some(e.opinion.clone());
                self.decided = Some((e.step.clone(), String::new()));
                self.file(&e.papers);
            }
            E::ReviewAnswered(_) => {
                self.papers.insert(PaperKind::ReviewOpinion);
            }
            E::OpinionAnswered(e) => {
                self.answered.insert(e.opinion);
            }
            E::SignaturesCollected(e) => self.signed.extend(e.households.iter().cloned()),
            E::OwnersVoted(e) => {
                self.unit_votes.extend(e.votes.iter().map(|vote| (vote.unit.clone(), vote.choice)));
            }
            E::OwnersDecided(_) => self.unit_votes.clear(),
            E::InterestDeclared(e) => {
                self.interested.insert(e.person);
            }
            E::ProposalReturned(_) => self.signed.clear(),
            _ => {}
        }
        if let Some(meeting) = &mut self.meeting {
            meeting.evolve(event);
        }
        let left = matches!(
            event,
            E::MeetingClosed(_) | E::MeetingFoundInquorate(_) | E::ProposalReturned(_) | E::ConsultationWithdrawn(_)
        );
        if left {
            self.meeting = None;
        }
        self.clock = self.clock.max(Some(at));
    }

    fn evolve_execution(&mut self, event: &ConsultationEvent, day: Date) {
        use ConsultationEvent as E;
        match event {
            E::ResolutionAdopted(e) => self.money.budget = e.budget_fen.unwrap_or_default(),
            E::ContractSigned(e) => {
                self.money.contract = Some(e.terms.sum_fen);
                self.money.contract_on = Some(day);
                self.money.agents.clone_from(&e.agents);
                self.papers.insert(PaperKind::Contract);
            }
            E::DeliberationConcluded(e) if e.purpose == ReopenPurpose::Supplement => {
                if let Some(budget) = e.budget_fen {
                    self.money.supplements = self.money.supplements.plus(budget.less(self.money.budget));
                    self.money.budget = budget;
                }
            }
            E::VariationApproved(e) => self.money.variations = e.total_fen,
            E::RectificationOrdered(_) => self.money.rectified_on = Some(day),
            E::WorksAccepted(e) => self.money.final_account = Some(e.final_fen),
            E::PaymentRecorded(e) => {
                let paid = self.money.paid.entry(e.payee_kind).or_default();
                *paid = paid.plus(e.amount_fen);
                self.papers.insert(PaperKind::Voucher);
            }
            E::NoticePosted(e) => {
                self.papers.insert(PaperKind::Notice);
                if e.photo.is_some() {
                    self.papers.insert(PaperKind::PostingPhoto);
                }
            }
            E::FiledWithTownship(_) => {
                self.papers.insert(PaperKind::Filing);
            }
            E::ConsultationArchived(e) => self.file(&e.papers),
            _ => {}
        }
    }

    fn file(&mut self, papers: &[facts::Paper]) {
        self.papers.extend(papers.iter().map(|paper| paper.kind));
    }
}
