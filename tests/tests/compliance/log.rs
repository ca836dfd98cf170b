//! A log written by hand: the events of a few villages, and the flags that follow from them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::json;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{
    ContractSigned, DecisionMade, MeetingConvened, MembersCheckedIn, MotionRaised, MotionScreened, NoticePosted,
    ObjectionRaised, PapersCounted, PlanDrafted, ResolutionAdopted,
};
use siyi_domain::consultation::facts::{
    ContractTerms, ContractorChoice, FlagPattern, Initiator, MotionSource, NoticeKind, ObjectionAbout, Outcome, Plan,
};
use siyi_domain::fraction::Comparator;
use siyi_domain::ids::{ConsultationId, Fen, JurisdictionCode, MatterCode, PaperHash, PersonId, Sealed};
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::matters::Lane;
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office};
use siyi_domain::procedure::{Base, Basis, Certainty, InitiatorKind};
use siyi_domain::roster::RosterEvent;
use siyi_domain::rules::Rules;
use siyi_domain::tally::{Counts, Test};
use siyi_log::envelope::{DomainEvent, Envelope, Recorded, Subject};
use siyi_log::port::Position;
use siyi_projections::compliance::{self, Compliance, FlagRow};
use siyi_projections::model::{ReadModel, Surroundings};
use siyi_projections::shelf::{Mark, Shelf};
use uuid::Uuid;

pub const VILLAGE: &str = "419901101201";

static RULES: LazyLock<Arc<Rules>> = LazyLock::new(|| Arc::new(Rules::shipped().unwrap()));

pub fn id(matter: u128) -> ConsultationId {
    ConsultationId(Uuid::from_u128(matter))
}

pub fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(0xbeef_0000 + number))
}

pub fn persons(numbers: std::ops::Range<u128>) -> Vec<PersonId> {
    numbers.map(person).collect()
}

/// A checked text of any kind.
pub fn text<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_value(json!(text)).unwrap()
}

pub fn hash(number: u64) -> PaperHash {
    text(&format!("{number:064x}"))
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// `2026-03-11 15:00` in China; a day alone is nine in the morning of it.
pub fn moment(at: &str) -> Moment {
    let (day, clock) = at.split_once(' ').unwrap_or((at, "09:00"));
    format!("{day}T{clock}:00+08:00").parse().unwrap()
}

/// Events in the order in which the log took them.
#[derive(Default)]
pub struct Log {
    events: Vec<Recorded>,
    revisions: HashMap<String, u64>,
    /// When the next event is recorded, where that is not when it happened.
    pub recorded_at: Option<Moment>,
}

impl Log {
    fn record(&mut self, subject: &Subject, at: &str, event_type: &str, event: DomainEvent) {
        let stream = subject.stream().unwrap();
        let revision = self.revisions.entry(stream.to_string()).or_default();
        let number = self.events.len() as u64;
        let occurred_at = moment(at);
        let envelope = Envelope {
            id: Uuid::from_u128(0xe000_0000 + u128::from(number)),
            stream,
            revision: *revision,
            event_type: event_type.to_owned(),
            occurred_at,
            recorded_at: self.recorded_at.unwrap_or(occurred_at),
            actor: Actor { person: person(900), office: Office::Supervisor },
            on_behalf_of: None,
            correlation_id: Uuid::nil(),
            causation_id: Uuid::nil(),
            command_hash: String::new(),
            via: None,
        };
        *revision += 1;
        self.events.push(Recorded { envelope, position: Position(number), event, body: bytes::Bytes::new() });
    }

    pub fn of_matter(&mut self, matter: u128, at: &str, event: impl Into<ConsultationEvent>) {
        let event = event.into();
        let name = event.wire_name();
        self.record(&Subject::Consultation(id(matter)), at, name, DomainEvent::Consultation(id(matter), event));
    }

    pub fn of_village(&mut self, code: &str, at: &str, event: impl Into<JurisdictionEvent>) {
        let (event, code): (_, JurisdictionCode) = (event.into(), code.parse().unwrap());
        let name = event.wire_name();
        self.record(&Subject::Jurisdiction(code.clone()), at, name, DomainEvent::Jurisdiction(code, event));
    }

    pub fn of_roster(&mut self, at: &str, event: impl Into<RosterEvent>) {
        let (event, code): (_, JurisdictionCode) = (event.into(), VILLAGE.parse().unwrap());
        let name = event.wire_name();
        self.record(&Subject::Roster(code.clone()), at, name, DomainEvent::Roster(code, event));
    }

    /// The model's shelf, built in batches of so many events.
    pub fn shelf(&self, batch: usize) -> (Shelf, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        let surroundings = Surroundings { rules: Arc::clone(&RULES), names: HashMap::new() };
        for events in self.events.chunks(batch) {
            let wanted: Vec<Recorded> =
                events.iter().filter(|event| Compliance::wants(&event.envelope.event_type)).cloned().collect();
            let mut writes = shelf.writes();
            Compliance::apply(&wanted, &surroundings, &mut writes).unwrap();
            let last = events.last().unwrap();
            writes.commit(Mark { position: last.position, event: last.envelope.id }).unwrap();
        }
        (shelf, folder)
    }

    /// The flags of a pattern. However the log is cut into batches, the shelf is the same.
    pub fn flags(&self, pattern: FlagPattern) -> Vec<FlagRow> {
        let (one_by_one, _folder) = self.shelf(1);
        let (at_once, _other_folder) = self.shelf(10_000);
        assert!(one_by_one.contents().unwrap() == at_once.contents().unwrap(), "a rebuild differs");
        compliance::flags(&at_once, None, Some(pattern), false, 100).unwrap()
    }

    /// The only flag of a pattern.
    pub fn flag(&self, pattern: FlagPattern) -> FlagRow {
        let flags = self.flags(pattern);
        assert_eq!(flags.len(), 1, "{flags:#?}");
        flags.into_iter().next().unwrap()
    }
}

/// What happens in a matter, with only that said which a pattern looks at.
impl Log {
    pub fn raise(&mut self, matter: u128, at: &str) {
        self.raise_in(VILLAGE, matter, at, MotionSource::VillageCadres);
    }

    pub fn raise_in(&mut self, code: &str, matter: u128, at: &str, source: MotionSource) {
        self.of_matter(
            matter,
            at,
            MotionRaised {
                jurisdiction: code.parse().unwrap(),
                procedure: "rural/HN/2026".to_owned(),
                procedure_version: 1,
                title: text("修路"),
                matters: codes(&["V03"]),
                source,
                initiator: Initiator { kind: InitiatorKind::VillageCommittee, signatures: None },
                signatures: None,
                summary: text("修一条路"),
            },
        );
    }

    pub fn screen(&mut self, matter: u128, at: &str, lane: Lane, matters: &[&str]) {
        self.of_matter(
            matter,
            at,
            MotionScreened {
                matters: codes(matters),
                catalogue_version: Some(1),
                lane,
                group: None,
                emergency: None,
                linked_owners: false,
                works: true,
                step: "S1".to_owned(),
            },
        );
    }

    /// Raised, and screened for the whole road.
    pub fn open(&mut self, matter: u128, at: &str) {
        self.raise(matter, at);
        self.screen(matter, at, Lane::Full, &["V03"]);
    }

    pub fn plan(&mut self, matter: u128, at: &str, budget: u64, start: Option<&str>) {
        self.of_matter(
            matter,
            at,
            PlanDrafted {
                version: 1,
                plan: Plan {
                    text: text("修一条路"),
                    budget_fen: Some(Fen(budget)),
                    sources: Vec::new(),
                    implemented_by: None,
                    contractor_choice: Some(ContractorChoice::Quotations),
                    cost_allocation: None,
                    planned_start: start.map(day),
                    planned_end: None,
                    paper: None,
                },
            },
        );
    }

    pub fn convene(&mut self, matter: u128, meeting: u16, step: &str, form: &str, held_at: &str, place: &str) {
        self.of_matter(
            matter,
            held_at,
            MeetingConvened {
                meeting,
                step: step.to_owned(),
                form: form.to_owned(),
                held_at: moment(held_at),
                place: text(place),
                agenda: Vec::new(),
                chair: person(1),
                plan_delivered_on: None,
                special_circumstances: None,
            },
        );
    }

    pub fn check_in(&mut self, matter: u128, meeting: u16, at: &str, persons: Vec<PersonId>) {
        self.of_matter(matter, at, MembersCheckedIn { meeting, persons });
    }

    pub fn decide(&mut self, matter: u128, at: &str, vote: &Decided) {
        self.of_matter(matter, at, vote.event());
    }

    pub fn resolve(&mut self, matter: u128, at: &str, budget: u64) {
        self.resolve_as(matter, at, budget, &format!("同意第{matter}件事"));
    }

    pub fn resolve_as(&mut self, matter: u128, at: &str, budget: u64, words: &str) {
        self.of_matter(
            matter,
            at,
            ResolutionAdopted {
                step: "S4".to_owned(),
                form: "representatives".to_owned(),
                text: text(words),
                version: 1,
                budget_fen: Some(Fen(budget)),
            },
        );
    }

    pub fn contract(&mut self, matter: u128, at: &str, contractor: &str, sum: u64) {
        self.sign(matter, at, contractor, ContractorChoice::Quotations, sum);
    }

    pub fn negotiated(&mut self, matter: u128, at: &str, sum: u64) {
        self.sign(matter, at, "甲建筑队", ContractorChoice::Negotiation, sum);
    }

    fn sign(&mut self, matter: u128, at: &str, contractor: &str, choice: ContractorChoice, sum: u64) {
        self.of_matter(
            matter,
            at,
            ContractSigned {
                terms: ContractTerms {
                    contractor: text(contractor),
                    choice,
                    quotations: 3,
                    sum_fen: Fen(sum),
                    paper: hash(1),
                },
                agents: Vec::new(),
            },
        );
    }

    pub fn post(&mut self, matter: u128, at: &str, kind: NoticeKind, photo: Option<u64>) {
        self.of_matter(
            matter,
            at,
            NoticePosted {
                notice: 1,
                kind,
                notice_no: text("1"),
                places: vec![text("村公开栏")],
                channels: Vec::new(),
                contact: text("村委会"),
                supervisors: vec![person(7)],
                supervisors_opinion: text("属实"),
                photo: photo.map(hash),
                objections_until: day("2026-04-08"),
                removable_on: day("2026-04-17"),
            },
        );
    }

    pub fn object(&mut self, matter: u128, at: &str, due: &str) {
        self.of_matter(
            matter,
            at,
            ObjectionRaised {
                objection: 1,
                notice: 1,
                about: ObjectionAbout::Figures,
                text: sealed(),
                answer_due_on: day(due),
            },
        );
    }

    pub fn papers(&mut self, matter: u128, at: &str, in_favour: u64, blank: u64) {
        let all = in_favour + blank;
        self.of_matter(
            matter,
            at,
            PapersCounted {
                meeting: 1,
                motion: 1,
                printed: all,
                handed_out: all,
                exchanged: 0,
                unused: 0,
                in_box: all,
                counts: Counts { in_favour, blank, ..Counts::default() },
            },
        );
    }
}

pub fn sealed() -> Sealed {
    text(&"a".repeat(43))
}

pub fn codes(codes: &[&str]) -> Vec<MatterCode> {
    codes.iter().map(|code| text(code)).collect()
}

/// A decision, 20 due, 15 present and all for it unless something else is said.
pub struct Decided {
    pub meeting: u16,
    pub step: &'static str,
    pub form: &'static str,
    pub due: u64,
    pub present: u64,
    pub against: u64,
    pub abstain: u64,
}

impl Decided {
    pub const S1: Self = Self::of(1, "S1", "branch_committee");
    pub const S3: Self = Self::of(3, "S3", "party_members");
    pub const S4: Self = Self::of(4, "S4", "representatives");

    const fn of(meeting: u16, step: &'static str, form: &'static str) -> Self {
        Self { meeting, step, form, due: 20, present: 15, against: 0, abstain: 0 }
    }

    fn event(&self) -> DecisionMade {
        let in_favour = self.present - self.against - self.abstain;
        DecisionMade {
            meeting: self.meeting,
            motion: 1,
            step: self.step.to_owned(),
            form: self.form.to_owned(),
            due: self.due,
            present: self.present,
            counts: Counts { in_favour, against: self.against, abstain: self.abstain, ..Counts::default() },
            not_voting: 0,
            quorum: test("quorum", self.present, self.due, (2, 3), Comparator::Ge, Base::Due),
            threshold: test("threshold", in_favour, self.present, (1, 2), Comparator::Gt, Base::Present),
            outcome: Outcome::Carried,
            procedure: "rural/HN/2026".to_owned(),
            procedure_version: 1,
        }
    }
}

pub fn test(what: &str, part: u64, whole: u64, (num, den): (u32, u32), op: Comparator, of: Base) -> Test {
    let fraction = siyi_domain::fraction::Fraction { num, den, op };
    let basis = Basis { law: "VL-2025".to_owned(), article: "30".to_owned(), certainty: Certainty::Found };
    Test { what: what.to_owned(), part, whole, num, den, op, of, basis, met: fraction.holds(part, whole) }
}
