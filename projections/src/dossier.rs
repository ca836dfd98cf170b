//! 一事一档: everything that the events of one matter say, put in the order in which people read it.
//!
//! Not stored: folded from the history when a page or a query asks for a matter.

use siyi_domain::consultation::events::{
    ContractSigned, DecisionMade, FiledWithTownship, MeetingConvened, MemberExcluded, MotionPut, MotionRaised,
    NoticePosted, ObjectionAnswered, ObjectionRaised, PaymentRecorded, ProgressReported, ResolutionAdopted,
    VariationApproved, WorksAccepted,
};
use siyi_domain::consultation::facts::{Guests, Paper, Plan};
use siyi_domain::consultation::{ConsultationEvent, Standing};
use siyi_domain::ids::{ConsultationId, MatterCode};
use siyi_domain::moment::Moment;
use siyi_domain::rules::Rules;
use siyi_log::envelope::{DomainEvent, Envelope, Recorded};
use siyi_log::port::Position;

mod off_road;
mod preparation;

pub use off_road::{DetourFile, OffRoad, SuspensionFile};
pub use preparation::{OpinionFile, OwnersFile, Preparation, ReviewFile};

/// A matter's file.
#[derive(Debug, Clone, Default)]
pub struct Dossier {
    /// The matter.
    pub id: Option<ConsultationId>,
    /// Every event in order.
    pub entries: Vec<Entry>,
    /// Where it stands.
    pub standing: Standing,
    /// The motion.
    pub motion: Option<Told<MotionRaised>>,
    /// The kinds of matter as screened.
    pub matters: Vec<MatterCode>,
    /// The plan as it stands.
    pub plan: Option<Plan>,
    /// Meetings in order.
    pub meetings: Vec<MeetingFile>,
    /// The resolution.
    pub resolution: Option<Told<ResolutionAdopted>>,
    /// Notices in order.
    pub notices: Vec<NoticeFile>,
    /// Objections in order.
    pub objections: Vec<ObjectionFile>,
    /// Filing with the township.
    pub filings: Vec<Told<FiledWithTownship>>,
    /// The contract.
    pub contract: Option<Told<ContractSigned>>,
    /// When carrying out began.
    pub started_at: Option<Moment>,
    /// Progress reports.
    pub progress: Vec<Told<ProgressReported>>,
    /// Variations.
    pub variations: Vec<Told<VariationApproved>>,
    /// Payments.
    pub payments: Vec<Told<PaymentRecorded>>,
    /// Acceptance.
    pub acceptance: Option<Told<WorksAccepted>>,
    /// What was done, for a matter without works.
    pub completion: Option<(Moment, String)>,
    /// Why it was dismissed or withdrawn.
    pub ended_because: Option<String>,
    /// What was done at the steps at which no body votes, and by the owners.
    pub preparation: Preparation,
    /// What led off the road, and what those who watch recorded.
    pub off_road: OffRoad,
}

/// An event as the matter's record shows it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What stands around it.
    pub envelope: Envelope,
    /// Its place in the log.
    pub position: Position,
    /// The event.
    pub event: ConsultationEvent,
    /// The stored bytes, canonical JSON.
    pub body: bytes::Bytes,
    /// 补录: recorded later than the procedure allows.
    pub late: bool,
}

/// A fact and when it happened.
#[derive(Debug, Clone)]
pub struct Told<T> {
    /// When it happened.
    pub at: Moment,
    /// 补录
    pub late: bool,
    /// Index of its event among the entries.
    pub entry: usize,
    /// The fact.
    pub fact: T,
}

/// A meeting's file.
#[derive(Debug, Clone)]
pub struct MeetingFile {
    /// Convening.
    pub convened: Told<MeetingConvened>,
    /// 应到, exclusions taken off.
    pub due: u64,
    /// Persons left out of those due.
    pub excluded: Vec<Told<MemberExcluded>>,
    /// Those present now, or when it closed.
    pub present: u64,
    /// 线上到会: how many of those present came online.
    pub online: u64,
    /// 户内委托: how many of those present are so by a member of their household.
    pub proxies: u64,
    /// 列席, who never counts.
    pub guests: Vec<Guests>,
    /// Motions put.
    pub motions: Vec<Told<MotionPut>>,
    /// Decisions made.
    pub decision: Option<Told<DecisionMade>>,
    /// Amendments made: text and whether material.
    pub amendments: Vec<(Moment, String, bool)>,
    /// When it closed.
    pub closed_at: Option<Moment>,
    /// Whether it closed without quorum.
    pub inquorate: bool,
    /// Papers filed.
    pub papers: Vec<Paper>,
}

/// A notice's file.
#[derive(Debug, Clone)]
pub struct NoticeFile {
    /// Posting; its days are those of the last correction.
    pub posted: Told<NoticePosted>,
    /// Corrections: when and what.
    pub corrections: Vec<(Moment, String)>,
    /// When it was taken down.
    pub closed_at: Option<Moment>,
    /// Since when the resolution that it tells of no longer stands.
    pub void_since: Option<Moment>,
}

/// An objection's file. Its text is personal and lies in the vault.
#[derive(Debug, Clone)]
pub struct ObjectionFile {
    /// Raising.
    pub raised: Told<ObjectionRaised>,
    /// The answer.
    pub answered: Option<Told<ObjectionAnswered>>,
}

impl Dossier {
    /// The file that these events of one matter make.
    #[must_use]
    pub fn of(events: Vec<Recorded>, rules: &Rules) -> Self {
        let mut file = Self::default();
        for recorded in events {
            file.add(recorded, rules);
        }
        file
    }

    /// The meeting that decided a step last.
    #[must_use]
    pub fn last_decision(&self, step: &str) -> Option<&MeetingFile> {
        self.meetings.iter().rev().find(|m| m.decision.as_ref().is_some_and(|d| d.fact.step == step))
    }

    fn add(&mut self, recorded: Recorded, rules: &Rules) {
        let DomainEvent::Consultation(id, event) = recorded.event else { return };
        let envelope = recorded.envelope;
        self.id = Some(id);
        self.standing.evolve(&event, envelope.occurred_at);
        let late = rules
            .binding(&self.standing.procedure, envelope.occurred_at.day())
            .is_some_and(|p| p.is_late(envelope.occurred_at, envelope.recorded_at));
        let teller = Teller { at: envelope.occurred_at, late, entry: self.entries.len() };
        self.add_deliberation(&event, teller);
        self.add_disclosure(&event, teller);
        self.add_implementation(&event, teller);
        self.preparation.add(&event, teller);
        self.off_road.add(&event, teller);
        self.mark_void(teller);
        self.entries.push(Entry { envelope, position: recorded.position, event, body: recorded.body, late });
    }

    fn add_deliberation(&mut self, event: &ConsultationEvent, teller: Teller) {
        use ConsultationEvent as E;
        match event {
            E::MotionRaised(e) => {
                self.matters.clone_from(&e.matters);
                self.motion = Some(teller.tell(e));
            }
            E::MotionScreened(e) => self.matters.clone_from(&e.matters),
            E::MotionDismissed(e) => self.ended_because = Some(e.answer.to_string()),
            E::ConsultationWithdrawn(e) => self.ended_because = Some(e.reason.to_string()),
            E::PlanDrafted(e) => self.plan = Some(e.plan.clone()),
            E::MeetingConvened(e) => self.meetings.push(MeetingFile::convened(teller.tell(e))),
            E::ResolutionAdopted(e) => self.resolution = Some(teller.tell(e)),
            _ => {}
        }
        if let E::MotionAmended(e) = event
            && let Some(plan) = &e.plan
        {
            self.plan = Some(plan.clone());
        }
        if let Some(meeting) = self.meetings.last_mut() {
            meeting.add(event, teller);
        }
    }

    fn add_disclosure(&mut self, event: &ConsultationEvent, teller: Teller) {
        use ConsultationEvent as E;
        match event {
            E::NoticePosted(e) => {
                let posted = teller.tell(e);
                self.notices.push(NoticeFile { posted, corrections: Vec::new(), closed_at: None, void_since: None });
            }
            E::NoticeCorrected(e) => {
                for file in self.notices.iter_mut().filter(|n| n.posted.fact.notice == e.notice) {
                    file.corrections.push((teller.at, e.correction.to_string()));
                    file.posted.fact.objections_until = e.objections_until;
                    file.posted.fact.removable_on = e.removable_on;
                }
            }
            E::DisclosureClosed(e) => {
                for file in self.notices.iter_mut().filter(|n| n.posted.fact.notice == e.notice) {
                    file.closed_at = Some(teller.at);
                }
            }
            E::ObjectionRaised(e) => {
                self.objections.push(ObjectionFile { raised: teller.tell(e), answered: None });
            }
            E::ObjectionAnswered(e) => {
                for file in self.objections.iter_mut().filter(|o| o.raised.fact.objection == e.objection) {
                    file.answered = Some(teller.tell(e));
                }
            }
            _ => {}
        }
    }

    /// A notice falls with the resolution that it tells of.
    fn mark_void(&mut self, teller: Teller) {
        for file in &mut self.notices {
            let no = file.posted.fact.notice;
            let void = self.standing.notices.iter().any(|posting| posting.no == no && posting.void);
            if void && file.void_since.is_none() {
                file.void_since = Some(teller.at);
            }
        }
    }

    fn add_implementation(&mut self, event: &ConsultationEvent, teller: Teller) {
        use ConsultationEvent as E;
        match event {
            E::FiledWithTownship(e) => self.filings.push(teller.tell(e)),
            E::ContractSigned(e) => self.contract = Some(teller.tell(e)),
            E::WorkStarted(_) => self.started_at = Some(teller.at),
            E::ProgressReported(e) => self.progress.push(teller.tell(e)),
            E::VariationApproved(e) => self.variations.push(teller.tell(e)),
            E::PaymentRecorded(e) => self.payments.push(teller.tell(e)),
            E::WorksAccepted(e) => self.acceptance = Some(teller.tell(e)),
            E::ImplementationCompleted(e) => self.completion = Some((teller.at, e.summary.to_string())),
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
struct Teller {
    at: Moment,
    late: bool,
    entry: usize,
}

impl Teller {
    fn tell<T: Clone>(self, fact: &T) -> Told<T> {
        Told { at: self.at, late: self.late, entry: self.entry, fact: fact.clone() }
    }
}

impl MeetingFile {
    fn convened(convened: Told<MeetingConvened>) -> Self {
        Self {
            convened,
            due: 0,
            excluded: Vec::new(),
            present: 0,
            online: 0,
            proxies: 0,
            guests: Vec::new(),
            motions: Vec::new(),
            decision: None,
            amendments: Vec::new(),
            closed_at: None,
            inquorate: false,
            papers: Vec::new(),
        }
    }

    fn add(&mut self, event: &ConsultationEvent, teller: Teller) {
        use ConsultationEvent as E;
        match event {
            E::RollFrozen(e) => self.due += e.due.len() as u64,
            E::MemberExcluded(e) => {
                self.due = self.due.saturating_sub(1);
                self.excluded.push(teller.tell(e));
            }
            E::MembersCheckedIn(e) => self.present += e.persons.len() as u64,
            E::MembersCheckedOut(e) => self.present = self.present.saturating_sub(e.persons.len() as u64),
            E::MembersJoinedOnline(e) => {
                self.online += e.persons.len() as u64;
                self.present += e.persons.len() as u64;
            }
            E::ProxiesAdmitted(e) => {
                self.proxies += e.proxies.len() as u64;
                self.present += e.proxies.len() as u64;
            }
            E::GuestsAttended(e) => self.guests.extend(e.guests.iter().cloned()),
            E::MotionPut(e) => self.motions.push(teller.tell(e)),
            E::MotionAmended(e) => self.amendments.push((teller.at, e.text.to_string(), e.material)),
            E::DecisionMade(e) => self.decision = Some(teller.tell(e)),
            E::MeetingClosed(e) => {
                self.closed_at = Some(teller.at);
                self.papers.clone_from(&e.papers);
            }
            E::MeetingFoundInquorate(e) => {
                self.closed_at = Some(teller.at);
                self.inquorate = true;
                self.papers.clone_from(&e.papers);
            }
            E::ProposalReturned(_) if self.closed_at.is_none() => self.closed_at = Some(teller.at),
            _ => {}
        }
    }
}
