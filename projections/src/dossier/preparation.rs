//! The part of a file that no meeting fills: canvass, signatures, reviews, consultations, postings of the plan, owners.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{
    CanvassClosed, ForumHeld, OpinionAnswered, OpinionRecorded, OwnersDecided, PlanPosted, PreferencesCounted,
    ReviewAnswered, ReviewRequested, SignaturesClosed,
};
use siyi_domain::consultation::facts::Choice;

use super::{Teller, Told};

/// What was done at the steps at which no body votes.
#[derive(Debug, Clone, Default)]
pub struct Preparation {
    /// Opinions in order.
    pub opinions: Vec<OpinionFile>,
    /// Rankings of suggestions.
    pub rankings: Vec<Told<PreferencesCounted>>,
    /// Canvasses that have ended.
    pub canvasses: Vec<Told<CanvassClosed>>,
    /// Households that have signed so far.
    pub households_signed: u64,
    /// Collections of signatures that have ended.
    pub signatures: Vec<Told<SignaturesClosed>>,
    /// Reviews by an authority.
    pub reviews: Vec<ReviewFile>,
    /// Consultations.
    pub forums: Vec<Told<ForumHeld>>,
    /// Postings of the plan.
    pub plan_postings: Vec<Told<PlanPosted>>,
    /// Units for which a vote came in since the last decision of the owners: for, against, abstaining. Nobody is told how they
    /// fell before the poll is closed.
    pub unit_votes: (u64, u64, u64),
    /// Decisions of the owners.
    pub owners: Vec<OwnersFile>,
}

/// A decision of the owners, and how the votes for their units fell: for, against, abstaining.
#[derive(Debug, Clone)]
pub struct OwnersFile {
    /// The decision.
    pub decided: Told<OwnersDecided>,
    /// The units.
    pub unit_votes: (u64, u64, u64),
}

/// An opinion's file. Its text is personal and lies in the vault.
#[derive(Debug, Clone)]
pub struct OpinionFile {
    /// Taking.
    pub recorded: Told<OpinionRecorded>,
    /// The answer.
    pub answered: Option<Told<OpinionAnswered>>,
}

/// A review's file.
#[derive(Debug, Clone)]
pub struct ReviewFile {
    /// Submission.
    pub requested: Told<ReviewRequested>,
    /// The answer.
    pub answered: Option<Told<ReviewAnswered>>,
}

impl Preparation {
    pub(super) fn add(&mut self, event: &ConsultationEvent, teller: Teller) {
        use ConsultationEvent as E;
        match event {
            E::OpinionRecorded(e) => self.opinions.push(OpinionFile { recorded: teller.tell(e), answered: None }),
            E::OpinionAnswered(e) => {
                for file in self.opinions.iter_mut().filter(|file| file.recorded.fact.opinion == e.opinion) {
                    file.answered = Some(teller.tell(e));
                }
            }
            E::PreferencesCounted(e) => self.rankings.push(teller.tell(e)),
            E::CanvassClosed(e) => self.canvasses.push(teller.tell(e)),
            E::SignaturesCollected(e) => self.households_signed += e.households.len() as u64,
            E::SignaturesClosed(e) => self.signatures.push(teller.tell(e)),
            E::ReviewRequested(e) => self.reviews.push(ReviewFile { requested: teller.tell(e), answered: None }),
            E::ReviewAnswered(e) => {
                if let Some(file) = self.reviews.last_mut() {
                    file.answered = Some(teller.tell(e));
                }
            }
            E::ForumHeld(e) => self.forums.push(teller.tell(e)),
            E::PlanPosted(e) => self.plan_postings.push(teller.tell(e)),
            E::OwnersVoted(e) => {
                for vote in &e.votes {
                    match vote.choice {
                        Choice::For => self.unit_votes.0 += 1,
                        Choice::Against => self.unit_votes.1 += 1,
                        Choice::Abstain => self.unit_votes.2 += 1,
                    }
                }
            }
            E::OwnersDecided(e) => {
                let unit_votes = std::mem::take(&mut self.unit_votes);
                self.owners.push(OwnersFile { decided: teller.tell(e), unit_votes });
            }
            _ => {}
        }
    }
}
