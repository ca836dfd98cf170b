//! Meetings and what they decided, as a query sees them.

use std::sync::Arc;

use async_graphql::{Context, Error, Object, SimpleObject};
use siyi_domain::consultation::secrecy::{self, Few, SecrecyWarning};
use siyi_projections::dossier::{Dossier, MeetingFile, Told};

use super::enums::{BallotForm, DecisionOutcome, Language};
use super::event::Event;
use super::rule::Test;
use super::scalars::{Count, DateTime};
use crate::app::App;

/// A meeting of the matter.
pub struct Meeting {
    pub(super) dossier: Arc<Dossier>,
    pub(super) index: usize,
}

impl Meeting {
    fn file(&self) -> Result<&MeetingFile, Error> {
        self.dossier.meetings.get(self.index).ok_or_else(|| Error::new("no such meeting"))
    }
}

#[Object]
impl Meeting {
    /// Number within the matter.
    async fn number(&self) -> Result<u16, Error> {
        Ok(self.file()?.convened.fact.meeting)
    }

    /// Step.
    async fn step(&self) -> Result<&str, Error> {
        Ok(&self.file()?.convened.fact.step)
    }

    /// Form.
    async fn form(&self) -> Result<&str, Error> {
        Ok(&self.file()?.convened.fact.form)
    }

    /// When it was or will be held.
    async fn held_at(&self) -> Result<DateTime, Error> {
        Ok(DateTime(self.file()?.convened.fact.held_at))
    }

    /// Where.
    async fn place(&self) -> Result<&str, Error> {
        Ok(self.file()?.convened.fact.place.as_str())
    }

    /// 应到
    async fn due_count(&self) -> Result<Count, Error> {
        Ok(Count(self.file()?.due))
    }

    /// 实到: at the last motion, or checked in and not out.
    async fn present_count(&self) -> Result<Count, Error> {
        let file = self.file()?;
        Ok(Count(file.motions.last().map_or(file.present, |told| told.fact.present)))
    }

    /// How the last motion was voted on.
    async fn ballot(&self) -> Result<Option<BallotForm>, Error> {
        Ok(self.file()?.motions.last().map(|told| told.fact.ballot.into()))
    }

    /// What the totals of a small secret ballot give away: from the moment the motion is put, and after the vote; null where
    /// there is nothing to warn of.
    async fn secrecy(&self) -> Result<Option<BallotSecrecy>, Error> {
        let file = self.file()?;
        let Some(put) = file.motions.last().map(|told| &told.fact) else { return Ok(None) };
        let counts = file.decision.as_ref().map(|told| &told.fact.counts);
        let warning = secrecy::warning(put.ballot, put.present, counts);
        Ok(warning.map(|warning| BallotSecrecy { warning, counted: counts.is_some() }))
    }

    /// When it closed.
    async fn closed_at(&self) -> Result<Option<DateTime>, Error> {
        Ok(self.file()?.closed_at.map(DateTime))
    }

    /// Whether it closed without quorum: it decided nothing.
    async fn inquorate(&self) -> Result<bool, Error> {
        Ok(self.file()?.inquorate)
    }

    /// Its decision.
    async fn decision(&self) -> Result<Option<Decision>, Error> {
        let decided = self.file()?.decision.is_some();
        Ok(decided.then(|| Decision { dossier: Arc::clone(&self.dossier), index: self.index }))
    }
}

/// What those who vote in secret are told, and those who read the totals.
pub struct BallotSecrecy {
    warning: SecrecyWarning,
    counted: bool,
}

#[Object]
impl BallotSecrecy {
    /// Whether fewer than 20 are present: the totals may give a vote away.
    async fn few_voters(&self) -> bool {
        self.warning.few.is_some()
    }

    /// Whether fewer than 10 are present: the totals hide nobody.
    async fn very_few_voters(&self) -> bool {
        self.warning.few == Some(Few::VeryFew)
    }

    /// 全票一致即公开了每个人的投票: before the vote that it would, after it that it did.
    async fn unanimous_reveals_all(&self) -> bool {
        self.warning.unanimous_reveals_all
    }

    /// All of it in words.
    async fn words(&self, #[graphql(default)] language: Language) -> String {
        crate::pages::secrecy::warning(&self.warning, self.counted, language.into())
    }
}

/// A decision, computed by the engine from recorded facts.
pub struct Decision {
    pub(super) dossier: Arc<Dossier>,
    pub(super) index: usize,
}

impl Decision {
    fn told(&self) -> Result<&Told<siyi_domain::consultation::events::DecisionMade>, Error> {
        let file = self.dossier.meetings.get(self.index);
        file.and_then(|meeting| meeting.decision.as_ref()).ok_or_else(|| Error::new("no such decision"))
    }
}

/// How the votes fell.
#[derive(SimpleObject)]
pub struct VoteCounts {
    /// 同意
    #[graphql(name = "for")]
    pub in_favour: Count,
    /// 反对
    pub against: Count,
    /// 弃权
    pub abstain: Count,
    /// Blank papers.
    pub blank: Count,
    /// 废票
    pub spoiled: Count,
    /// Present and in none of the counts.
    pub not_voting: Count,
}

#[Object]
impl Decision {
    /// Carried or lost.
    async fn outcome(&self) -> Result<DecisionOutcome, Error> {
        Ok(self.told()?.fact.outcome.into())
    }

    /// When.
    async fn made_at(&self) -> Result<DateTime, Error> {
        Ok(DateTime(self.told()?.at))
    }

    /// Step.
    async fn step(&self) -> Result<&str, Error> {
        Ok(&self.told()?.fact.step)
    }

    /// Form of the meeting.
    async fn form(&self) -> Result<&str, Error> {
        Ok(&self.told()?.fact.form)
    }

    /// 应到
    async fn due_count(&self) -> Result<Count, Error> {
        Ok(Count(self.told()?.fact.due))
    }

    /// 实到
    async fn present_count(&self) -> Result<Count, Error> {
        Ok(Count(self.told()?.fact.present))
    }

    /// The counts.
    async fn counts(&self) -> Result<VoteCounts, Error> {
        let fact = &self.told()?.fact;
        Ok(VoteCounts {
            in_favour: Count(fact.counts.in_favour),
            against: Count(fact.counts.against),
            abstain: Count(fact.counts.abstain),
            blank: Count(fact.counts.blank),
            spoiled: Count(fact.counts.spoiled),
            not_voting: Count(fact.not_voting),
        })
    }

    /// The quorum judged.
    async fn quorum(&self, ctx: &Context<'_>) -> Result<Test, Error> {
        Ok(Test::told(&self.told()?.fact.quorum, &ctx.data::<Arc<App>>()?.rules))
    }

    /// The threshold judged.
    async fn threshold(&self, ctx: &Context<'_>) -> Result<Test, Error> {
        Ok(Test::told(&self.told()?.fact.threshold, &ctx.data::<Arc<App>>()?.rules))
    }

    /// The procedure that judged, with its version.
    async fn procedure(&self) -> Result<String, Error> {
        let fact = &self.told()?.fact;
        Ok(format!("{} v{}", fact.procedure, fact.procedure_version))
    }

    /// The events from which anybody can derive it again: convening, frozen roll, check-ins, motion and count.
    async fn derived_from(&self) -> Result<Vec<Event>, Error> {
        use siyi_domain::consultation::ConsultationEvent as E;
        let told = self.told()?;
        let meeting = told.fact.meeting;
        let of_meeting = |event: &E| match event {
            E::MeetingConvened(e) => e.meeting == meeting,
            E::RollFrozen(e) => e.meeting == meeting,
            E::MemberExcluded(e) => e.meeting == meeting,
            E::MembersCheckedIn(e) => e.meeting == meeting,
            E::MembersCheckedOut(e) => e.meeting == meeting,
            E::MembersJoinedOnline(e) => e.meeting == meeting,
            E::ProxiesAdmitted(e) => e.meeting == meeting,
            E::MotionPut(e) => e.meeting == meeting,
            E::MotionAmended(e) => e.meeting == meeting,
            E::HandsCounted(e) => e.meeting == meeting,
            E::RollCalled(e) => e.meeting == meeting,
            E::PapersCounted(e) => e.meeting == meeting,
            _ => false,
        };
        let before = self.dossier.entries.iter().take(told.entry).enumerate();
        let from = before.filter(|(_, entry)| of_meeting(&entry.event));
        Ok(from.map(|(index, _)| Event { dossier: Arc::clone(&self.dossier), index }).collect())
    }
}
