//! A village of three, small enough that every way through its procedure can be walked.

use jiff::civil::Date;
use siyi_domain::consultation::commands::{
    AmendMotion, AnswerObjection, Archive, CheckIn, CheckOut, CloseDisclosure, CloseMeeting, CompleteImplementation,
    ConsultationCommand, ConveneMeeting, CorrectNotice, DraftPlan, PostNotice, PutMotion, RaiseMotion, RaiseObjection,
    RecordShowOfHands, ReturnForRevision, ScreenMotion,
};
use siyi_domain::consultation::facts::{
    Amendment, Initiator, MotionSource, NoticeKind, ObjectionAbout, Paper, Plan, Remedy, ReturnReason, Tellers,
};
use siyi_domain::consultation::{self, Consultation, ConsultationEvent, Village};
use siyi_domain::context::Context;
use siyi_domain::jurisdiction::{AuthorisedBy, Jurisdiction, RepresentativesAuthorised};
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office, RollKind};
use siyi_domain::procedure::{BallotForm, InitiatorKind, PaperKind, Procedure};
use siyi_domain::refusal::Refusal;
use siyi_domain::roster::Roster;
use siyi_domain::rules::Rules;
use siyi_domain::tally::Counts;

use crate::borders::ground::{at, code, counters, person, place, roster, text};

/// The rule data, the place and its rolls.
pub struct SmallVillage {
    /// The rule data.
    pub rules: Rules,
    jurisdiction: Jurisdiction,
    roster: Roster,
}

/// Everybody of the village.
pub const PEOPLE: u64 = 3;

impl Default for SmallVillage {
    fn default() -> Self {
        let rules = Rules::shipped().unwrap();
        let pack = rules.procedure("rural/HN/2026").unwrap();
        let authorised = RepresentativesAuthorised {
            matters: vec![text("V01")],
            from: pack.effective_from(),
            until: jiff::civil::date(2027, 12, 31),
            by: AuthorisedBy::Assembly,
            paper: text(&"0".repeat(64)),
        };
        let rolls = [
            RollKind::PartyCommittee,
            RollKind::VillageCommittee,
            RollKind::PartyMembers,
            RollKind::Representatives,
            RollKind::SupervisoryCommittee,
        ];
        let jurisdiction = place(pack, PEOPLE, PEOPLE).evolve(&authorised.into());
        Self { jurisdiction, roster: roster(PEOPLE, &rolls), rules }
    }
}

impl SmallVillage {
    /// The pack.
    #[must_use]
    pub fn pack(&self) -> &Procedure {
        self.rules.procedure("rural/HN/2026").unwrap()
    }

    /// What a command leads to at noon of a day, by an office that may do it.
    ///
    /// # Errors
    /// The refusal.
    pub fn decide(
        &self,
        state: &Consultation,
        command: &ConsultationCommand,
        day: Date,
    ) -> Result<Vec<ConsultationEvent>, Refusal> {
        let occurred_at = noon(day);
        let actor = Actor { person: counters()[0], office: office(command) };
        let context = Context { occurred_at, recorded_at: occurred_at, actor, rules: &self.rules };
        let village = Village { jurisdiction: &self.jurisdiction, roster: &self.roster };
        consultation::decide(state, command, village, &context)
    }

    /// Everything that somebody might try on a day, sensible or not.
    #[must_use]
    pub fn attempts(&self, day: Date) -> Vec<ConsultationCommand> {
        let mut attempts = vec![
            ScreenMotion { matters: None, lane: None, group: None, emergency: None }.into(),
            DraftPlan { plan: plan(None) }.into(),
            ReturnForRevision { to: "S1".to_owned(), reason: ReturnReason::Revision, remark: None }.into(),
            raise(self.pack()),
        ];
        for (step, form) in
            [("S1", "branch_committee"), ("S2", "two_committees"), ("S3", "party_members"), ("S4", "representatives")]
        {
            attempts.extend([0, 3].map(|days| convene(step, form, day, days)));
        }
        for meeting in 1..=5 {
            attempts.extend(at_a_meeting(meeting));
        }
        attempts.extend(disclosing());
        attempts
    }
}

/// Noon of a day.
#[must_use]
pub fn noon(day: Date) -> Moment {
    at(day, 12)
}

/// The motion that begins a walk.
#[must_use]
pub fn raise(pack: &Procedure) -> ConsultationCommand {
    RaiseMotion {
        jurisdiction: code(pack),
        title: text("误工补贴"),
        matters: vec![text("V01")],
        source: MotionSource::VillageCadres,
        initiator: Initiator { kind: InitiatorKind::VillageCommittee, signatures: None },
        summary: text("误工补贴"),
    }
    .into()
}

fn plan(cost_allocation: Option<&str>) -> Plan {
    Plan {
        text: text("误工补贴"),
        budget_fen: None,
        sources: Vec::new(),
        implemented_by: None,
        contractor_choice: None,
        cost_allocation: cost_allocation.map(text),
        planned_start: None,
        planned_end: None,
        paper: None,
    }
}

fn convene(step: &str, form: &str, day: Date, days: i64) -> ConsultationCommand {
    let held_on = siyi_domain::calendar::plus_days(day, days).unwrap();
    ConveneMeeting {
        step: step.to_owned(),
        form: form.to_owned(),
        held_at: noon(held_on),
        place: text("村部"),
        agenda: vec![text("误工补贴")],
        chair: counters()[3],
        plan_delivered_on: Some(day),
        special_circumstances: None,
    }
    .into()
}

/// What may be tried at a meeting with this number.
fn at_a_meeting(meeting: u16) -> Vec<ConsultationCommand> {
    let [first, second, scrutineer, _] = counters()[..] else { panic!("four people count") };
    let mut attempts: Vec<ConsultationCommand> = (0..PEOPLE)
        .map(|no| CheckIn { meeting, persons: vec![person(no)] }.into())
        .chain([CheckOut { meeting, persons: vec![person(0)] }.into()])
        .collect();
    let tellers = Some(Tellers { first, second, scrutineer });
    attempts.push(PutMotion { meeting, text: text("同意"), ballot: BallotForm::ShowOfHands, tellers }.into());
    for in_favour in 0..=PEOPLE {
        let counts = Counts { in_favour, ..Counts::default() };
        attempts.push(RecordShowOfHands { meeting, first: counts, second: counts }.into());
    }
    attempts.push(
        AmendMotion {
            meeting,
            text: text("另议"),
            changes: vec![Amendment::CostAllocation],
            plan: Some(plan(Some("各户均摊"))),
        }
        .into(),
    );
    let papers =
        [PaperKind::Minutes, PaperKind::SignInSheet, PaperKind::StepForm, PaperKind::CountSheet, PaperKind::Resolution];
    attempts.push(CloseMeeting { meeting, papers: papers.map(paper).to_vec() }.into());
    attempts
}

fn disclosing() -> Vec<ConsultationCommand> {
    let mut attempts: Vec<ConsultationCommand> = [NoticeKind::Resolution, NoticeKind::Result].map(post).to_vec();
    for notice in 1..=2 {
        attempts.push(RaiseObjection { notice, about: ObjectionAbout::Figures, text: text(&"A".repeat(43)) }.into());
        attempts.push(CorrectNotice { notice, correction: text("更正") }.into());
        attempts.push(CloseDisclosure { notice }.into());
    }
    for remedy in [Remedy::None, Remedy::CorrectNotice] {
        attempts.push(AnswerObjection { objection: 1, answer: text("答复"), upheld: true, remedy }.into());
    }
    attempts.push(CompleteImplementation { summary: text("已办") }.into());
    attempts.push(Archive { papers: Vec::new() }.into());
    attempts
}

fn post(kind: NoticeKind) -> ConsultationCommand {
    PostNotice {
        kind,
        notice_no: text("1"),
        places: vec![text("村部")],
        channels: Vec::new(),
        contact: text("村部"),
        supervisors: vec![person(0)],
        supervisors_opinion: text("同意"),
        photo: None,
    }
    .into()
}

fn paper(kind: PaperKind) -> Paper {
    Paper { kind, sha256: text(&"0".repeat(64)) }
}

/// An office that may do what is tried; the walk is about the road, not about who walks it.
fn office(command: &ConsultationCommand) -> Office {
    use ConsultationCommand as C;
    match command {
        C::ScreenMotion(_) | C::ReturnForRevision(_) => Office::PartySecretary,
        C::ConveneMeeting(c) if c.step != "S4" => Office::PartySecretary,
        C::RecordShowOfHands(_) | C::CheckIn(_) | C::CheckOut(_) => Office::Clerk,
        C::RaiseObjection(_) => Office::Villager,
        _ => Office::VillageDirector,
    }
}
