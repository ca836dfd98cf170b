//! A matter as a query sees it.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Object, SimpleObject};
use siyi_projections::docket::{DocketRow, Owed};
use siyi_projections::dossier::{Dossier, MeetingFile, NoticeFile, ObjectionFile, Told};

use super::enums::{
    BallotForm, ContractorChoice, DecisionOutcome, DutyKind, FundKind, NoticeKind, ObjectionAbout, PayeeKind, Status,
};
use super::event::{Event, EventConnection, EventEdge};
use super::jurisdiction::Jurisdiction;
use super::paging::{assumed, page, page_size};
use super::rule::{RuleCited, Test};
use super::scalars::{Count, Date, DateTime, Fen, Position};
use crate::app::App;

/// 事项: a matter on its way through the procedure.
#[derive(Clone)]
pub struct Consultation(pub(super) DocketRow);

impl Consultation {
    fn dossier(&self, ctx: &Context<'_>) -> Result<Arc<Dossier>, Error> {
        Ok(ctx.data::<Arc<App>>()?.dossier(&self.0)?)
    }
}

#[Object]
impl Consultation {
    /// Its id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its public number: `<code>-<year>-<n>`.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Where.
    async fn jurisdiction(&self, ctx: &Context<'_>) -> Result<Option<Jurisdiction>, Error> {
        Jurisdiction::find(ctx, &self.0.jurisdiction)
    }

    /// The kinds of matter it touches.
    async fn matters(&self) -> Vec<&str> {
        self.0.matters.iter().map(siyi_domain::ids::MatterCode::as_str).collect()
    }

    /// Status.
    async fn status(&self) -> Status {
        self.0.status().into()
    }

    /// The deliberation step at which it stands, for example `S3`.
    async fn step(&self) -> Option<&str> {
        self.0.standing.step()
    }

    /// Version of the draft; it grows with every return.
    async fn version(&self) -> u16 {
        self.0.standing.version
    }

    /// When the motion was raised.
    async fn raised_at(&self) -> DateTime {
        DateTime(self.0.raised_at)
    }

    /// The procedure that binds it.
    async fn procedure(&self) -> &str {
        &self.0.standing.procedure
    }

    /// What is due next, the earliest first.
    async fn duties(&self, ctx: &Context<'_>) -> Result<Vec<Duty>, Error> {
        let app = ctx.data::<Arc<App>>()?;
        Ok(self.0.duties.iter().map(|duty| Duty::told(duty, app)).collect())
    }

    /// How many of its events were recorded afterwards (补录).
    async fn late_events(&self) -> u32 {
        self.0.late_events
    }

    /// How many events it has.
    async fn event_count(&self) -> Count {
        Count(self.0.events)
    }

    /// The log position that this answer reflects.
    async fn as_of(&self) -> Position {
        Position(self.0.position.0)
    }

    /// The budget resolved.
    async fn budget_fen(&self) -> Option<Fen> {
        self.0.budget_fen.map(|fen| Fen(fen.0))
    }

    /// Its whole history, a page at a time.
    #[graphql(complexity = "assumed(first) * child_complexity + 1")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<EventConnection, Error> {
        let size = page_size(first)?;
        let dossier = self.dossier(ctx)?;
        let start = after.and_then(|cursor| cursor.parse::<usize>().ok()).map_or(0, |index| index + 1);
        let rows: Vec<usize> = (start..dossier.entries.len()).take(size + 1).collect();
        let total_count = Count(dossier.entries.len() as u64);
        let (edges, page_info) =
            page(rows, size, ToString::to_string, |index| Event { dossier: Arc::clone(&dossier), index });
        let edges = edges.into_iter().map(|(cursor, node)| EventEdge { cursor, node }).collect();
        Ok(EventConnection { edges, page_info, total_count })
    }

    /// Its meetings in order.
    async fn meetings(&self, ctx: &Context<'_>) -> Result<Vec<Meeting>, Error> {
        let dossier = self.dossier(ctx)?;
        Ok((0..dossier.meetings.len()).map(|index| Meeting { dossier: Arc::clone(&dossier), index }).collect())
    }

    /// The decisions made in it, each with what it was derived from.
    async fn decisions(&self, ctx: &Context<'_>) -> Result<Vec<Decision>, Error> {
        let dossier = self.dossier(ctx)?;
        let decided = (0..dossier.meetings.len())
            .filter(|index| dossier.meetings.get(*index).is_some_and(|meeting| meeting.decision.is_some()));
        Ok(decided.map(|index| Decision { dossier: Arc::clone(&dossier), index }).collect())
    }

    /// The plan as it stands.
    async fn plan(&self, ctx: &Context<'_>) -> Result<Option<Plan>, Error> {
        Ok(self.dossier(ctx)?.plan.as_ref().map(Plan::of))
    }

    /// The text resolved.
    async fn resolution(&self, ctx: &Context<'_>) -> Result<Option<String>, Error> {
        Ok(self.dossier(ctx)?.resolution.as_ref().map(|told| told.fact.text.to_string()))
    }

    /// Its notices in order.
    async fn notices(&self, ctx: &Context<'_>) -> Result<Vec<Notice>, Error> {
        Ok(self.dossier(ctx)?.notices.iter().map(Notice::of).collect())
    }

    /// Objections in order. Their texts are personal and not shown.
    async fn objections(&self, ctx: &Context<'_>) -> Result<Vec<Objection>, Error> {
        Ok(self.dossier(ctx)?.objections.iter().map(Objection::of).collect())
    }

    /// The contract.
    async fn contract(&self, ctx: &Context<'_>) -> Result<Option<Contract>, Error> {
        Ok(self.dossier(ctx)?.contract.as_ref().map(|told| Contract {
            contractor: told.fact.terms.contractor.to_string(),
            choice: told.fact.terms.choice.into(),
            quotations: told.fact.terms.quotations,
            sum_fen: Fen(told.fact.terms.sum_fen.0),
            signed_at: DateTime(told.at),
        }))
    }

    /// Payments in order.
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>, Error> {
        Ok(self.dossier(ctx)?.payments.iter().map(Payment::of).collect())
    }

    /// The final account at acceptance.
    async fn final_fen(&self, ctx: &Context<'_>) -> Result<Option<Fen>, Error> {
        Ok(self.dossier(ctx)?.acceptance.as_ref().map(|told| Fen(told.fact.final_fen.0)))
    }
}

/// Something that is due.
#[derive(SimpleObject)]
pub struct Duty {
    /// What.
    pub kind: DutyKind,
    /// In Chinese.
    pub zh: &'static str,
    /// Which step, meeting, notice or objection.
    pub of: Option<String>,
    /// First lawful day, where there is one.
    pub not_before: Option<Date>,
    /// Last day; null where no holiday data reach that far.
    pub due_on: Option<Date>,
    /// Whether its last day is past.
    pub overdue: bool,
    /// Whole days past its last day.
    pub days_overdue: u32,
    /// By which rule.
    pub rule: RuleCited,
}

impl Duty {
    pub(super) fn told(duty: &siyi_domain::consultation::Duty, app: &App) -> Self {
        let today = app.clock.now().day();
        let days = duty.due_on.map_or(0, |due| siyi_domain::calendar::days_between(due, today));
        Self {
            kind: duty.kind.clone().into(),
            zh: siyi_projections::docket::duty_zh(&duty.kind),
            of: duty.of.clone(),
            not_before: duty.not_before.map(Date),
            due_on: duty.due_on.map(Date),
            overdue: duty.is_overdue(today),
            days_overdue: u32::try_from(days).unwrap_or(0),
            rule: RuleCited::of(&duty.basis, &app.rules),
        }
    }
}

/// A duty with the matter that owes it.
#[derive(SimpleObject)]
pub struct OverdueDuty {
    /// The matter.
    pub consultation: Consultation,
    /// What it owes.
    pub duty: Duty,
}

impl OverdueDuty {
    pub(super) fn of(owed: Owed, app: &App) -> Self {
        Self { duty: Duty::told(&owed.duty, app), consultation: Consultation(owed.matter) }
    }
}

/// A meeting of the matter.
pub struct Meeting {
    dossier: Arc<Dossier>,
    index: usize,
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

/// A decision, computed by the engine from recorded facts.
pub struct Decision {
    dossier: Arc<Dossier>,
    index: usize,
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

/// 方案
#[derive(SimpleObject)]
pub struct Plan {
    /// What is to be done.
    pub text: String,
    /// The budget.
    pub budget_fen: Option<Fen>,
    /// Its sources.
    pub sources: Vec<FundSource>,
    /// Who carries it out.
    pub implemented_by: Option<String>,
    /// How the contractor will be chosen.
    pub contractor_choice: Option<ContractorChoice>,
    /// Who pays what.
    pub cost_allocation: Option<String>,
    /// Planned first day.
    pub planned_start: Option<Date>,
    /// Planned last day.
    pub planned_end: Option<Date>,
}

/// A source of funds.
#[derive(SimpleObject)]
pub struct FundSource {
    /// Where it comes from.
    pub kind: FundKind,
    /// How much.
    pub amount_fen: Fen,
}

impl Plan {
    fn of(plan: &siyi_domain::consultation::facts::Plan) -> Self {
        let sources = plan.sources.iter();
        Self {
            text: plan.text.to_string(),
            budget_fen: plan.budget_fen.map(|fen| Fen(fen.0)),
            sources: sources.map(|s| FundSource { kind: s.kind.into(), amount_fen: Fen(s.amount_fen.0) }).collect(),
            implemented_by: plan.implemented_by.as_ref().map(ToString::to_string),
            contractor_choice: plan.contractor_choice.map(Into::into),
            cost_allocation: plan.cost_allocation.as_ref().map(ToString::to_string),
            planned_start: plan.planned_start.map(Date),
            planned_end: plan.planned_end.map(Date),
        }
    }
}

/// A notice.
#[derive(SimpleObject)]
pub struct Notice {
    /// Number within the matter.
    pub number: u16,
    /// Which.
    pub kind: NoticeKind,
    /// The committee's own number of the paper.
    pub notice_no: String,
    /// When it was posted.
    pub posted_at: DateTime,
    /// 补录
    pub late: bool,
    /// Places.
    pub places: Vec<String>,
    /// Other channels.
    pub channels: Vec<String>,
    /// Where to ask and object.
    pub contact: String,
    /// Opinion of the supervisors who signed.
    pub supervisors_opinion: String,
    /// Last day of the objection window.
    pub objections_until: Date,
    /// First day on which it may lawfully be taken down.
    pub removable_on: Date,
    /// Corrections.
    pub corrections: Vec<Correction>,
    /// When it was taken down.
    pub closed_at: Option<DateTime>,
}

/// A correction of a notice.
#[derive(SimpleObject)]
pub struct Correction {
    /// When.
    pub at: DateTime,
    /// What.
    pub text: String,
}

impl Notice {
    fn of(file: &NoticeFile) -> Self {
        let fact = &file.posted.fact;
        let corrections = file.corrections.iter();
        Self {
            number: fact.notice,
            kind: fact.kind.into(),
            notice_no: fact.notice_no.to_string(),
            posted_at: DateTime(file.posted.at),
            late: file.posted.late,
            places: fact.places.iter().map(ToString::to_string).collect(),
            channels: fact.channels.iter().map(ToString::to_string).collect(),
            contact: fact.contact.to_string(),
            supervisors_opinion: fact.supervisors_opinion.to_string(),
            objections_until: Date(fact.objections_until),
            removable_on: Date(fact.removable_on),
            corrections: corrections.map(|(at, text)| Correction { at: DateTime(*at), text: text.clone() }).collect(),
            closed_at: file.closed_at.map(DateTime),
        }
    }
}

/// An objection to a notice.
#[derive(SimpleObject)]
pub struct Objection {
    /// Number within the matter.
    pub number: u16,
    /// Against which notice.
    pub notice: u16,
    /// What it is about.
    pub about: ObjectionAbout,
    /// When it was raised.
    pub raised_at: DateTime,
    /// Last day for the answer.
    pub answer_due_on: Date,
    /// When it was answered.
    pub answered_at: Option<DateTime>,
    /// The answer.
    pub answer: Option<String>,
    /// Whether it was found well founded.
    pub upheld: Option<bool>,
}

impl Objection {
    fn of(file: &ObjectionFile) -> Self {
        let fact = &file.raised.fact;
        let answered = file.answered.as_ref();
        Self {
            number: fact.objection,
            notice: fact.notice,
            about: fact.about.into(),
            raised_at: DateTime(file.raised.at),
            answer_due_on: Date(fact.answer_due_on),
            answered_at: answered.map(|told| DateTime(told.at)),
            answer: answered.map(|told| told.fact.answer.to_string()),
            upheld: answered.map(|told| told.fact.upheld),
        }
    }
}

/// A contract.
#[derive(SimpleObject)]
pub struct Contract {
    /// The firm.
    pub contractor: String,
    /// How it was chosen.
    pub choice: ContractorChoice,
    /// How many quotations or bids there were.
    pub quotations: u16,
    /// The sum.
    pub sum_fen: Fen,
    /// When it was signed.
    pub signed_at: DateTime,
}

/// A payment.
#[derive(SimpleObject)]
pub struct Payment {
    /// To what kind of payee.
    pub payee_kind: PayeeKind,
    /// For what.
    pub purpose: String,
    /// How much.
    pub amount_fen: Fen,
    /// All payments up to this one.
    pub total_fen: Fen,
    /// The voucher.
    pub voucher_no: String,
    /// When.
    pub paid_at: DateTime,
    /// 补录
    pub late: bool,
}

impl Payment {
    fn of(told: &Told<siyi_domain::consultation::events::PaymentRecorded>) -> Self {
        Self {
            payee_kind: told.fact.payee_kind.into(),
            purpose: told.fact.purpose.to_string(),
            amount_fen: Fen(told.fact.amount_fen.0),
            total_fen: Fen(told.fact.total_fen.0),
            voucher_no: told.fact.voucher_no.to_string(),
            paid_at: DateTime(told.at),
            late: told.late,
        }
    }
}
