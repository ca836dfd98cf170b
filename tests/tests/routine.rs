//! What a village owes once in each period: the borders of periods, what fulfils a duty, when it is overdue, and who is told.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::json;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{DecisionMade, MeetingClosed, MeetingConvened, MotionRaised};
use siyi_domain::consultation::facts::{Initiator, MotionSource, Outcome as Vote};
use siyi_domain::fraction::{Comparator, Fraction};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, Level, PersonId};
use siyi_domain::jurisdiction::{
    ActionItemClosed, JointConferenceHeld, JurisdictionEvent, JurisdictionKind, JurisdictionRegistered, NewActionItem,
    ProcedureAdopted, RoutineDone,
};
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office};
use siyi_domain::procedure::{Base, Basis, InitiatorKind, RoutineKind};
use siyi_domain::rules::Rules;
use siyi_domain::tally::{Counts, Test};
use siyi_log::envelope::{DomainEvent, Envelope, Recorded, Subject};
use siyi_log::handler::{Outcome, Request, Target};
use siyi_log::port::Position;
use siyi_projections::model::{ReadModel, Surroundings};
use siyi_projections::routine::{self, Routine, RoutineDuty};
use siyi_projections::shelf::{Mark, Shelf};
use siyi_tests::world::World;
use uuid::Uuid;

const VILLAGE: &str = "419901101201";
const COMMUNITY: &str = "419901101001";

static RULES: LazyLock<Arc<Rules>> = LazyLock::new(|| Arc::new(Rules::shipped().unwrap()));

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn code(text: &str) -> JurisdictionCode {
    text.parse().unwrap()
}

fn text<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_value(json!(text)).unwrap()
}

fn moment(at: &str) -> Moment {
    let (day, clock) = at.split_once(' ').unwrap_or((at, "09:00"));
    format!("{day}T{clock}:00+08:00").parse().unwrap()
}

/// Events written by hand, and the duties that follow from them.
#[derive(Default)]
struct Log(Vec<Recorded>);

impl Log {
    fn record(&mut self, subject: &Subject, at: &str, event_type: &str, event: DomainEvent) {
        let number = self.0.len() as u64;
        let envelope = Envelope {
            id: Uuid::from_u128(u128::from(number) + 1),
            stream: subject.stream().unwrap(),
            revision: 0,
            event_type: event_type.to_owned(),
            occurred_at: moment(at),
            recorded_at: moment(at),
            actor: Actor { person: PersonId(Uuid::from_u128(1)), office: Office::Clerk },
            on_behalf_of: None,
            correlation_id: Uuid::nil(),
            causation_id: Uuid::nil(),
            command_hash: String::new(),
        };
        self.0.push(Recorded { envelope, position: Position(number), event, body: bytes::Bytes::new() });
    }

    fn of_village(&mut self, place: &str, at: &str, event: impl Into<JurisdictionEvent>) {
        let event = event.into();
        let name = event.wire_name();
        let told = DomainEvent::Jurisdiction(code(place), event);
        self.record(&Subject::Jurisdiction(code(place)), at, name, told);
    }

    fn of_matter(&mut self, matter: u128, at: &str, event: impl Into<ConsultationEvent>) {
        let (id, event) = (ConsultationId(Uuid::from_u128(matter)), event.into());
        let name = event.wire_name();
        self.record(&Subject::Consultation(id), at, name, DomainEvent::Consultation(id, event));
    }

    fn register(place: &str, kind: JurisdictionKind, at: &str) -> Self {
        let mut log = Self::default();
        let level = Level::Village;
        log.of_village(place, at, JurisdictionRegistered { code: code(place), name: text("某村"), level, kind });
        log
    }

    fn village(at: &str) -> Self {
        Self::register(VILLAGE, JurisdictionKind::Village, at)
    }

    fn done(&mut self, kind: RoutineKind, period: &str, at: &str) {
        let paper = text(&"0".repeat(64));
        self.of_village(VILLAGE, at, RoutineDone { kind, period: day(period), summary: text("已办"), paper });
    }

    /// A meeting of a matter, put to the vote if it is quorate, and closed.
    fn sit(&mut self, matter: u128, step: &str, form: &str, held_at: &str, decided: bool) {
        self.of_matter(
            matter,
            held_at,
            MotionRaised {
                jurisdiction: code(VILLAGE),
                procedure: "rural/HN/2026".to_owned(),
                procedure_version: 1,
                title: text("修路"),
                matters: vec![text("V03")],
                source: MotionSource::VillageCadres,
                initiator: Initiator { kind: InitiatorKind::VillageCommittee, signatures: None },
                signatures: None,
                summary: text("修一条路"),
            },
        );
        self.of_matter(
            matter,
            held_at,
            MeetingConvened {
                meeting: 1,
                step: step.to_owned(),
                form: form.to_owned(),
                held_at: moment(held_at),
                place: text("村委会"),
                agenda: Vec::new(),
                chair: PersonId(Uuid::from_u128(1)),
                plan_delivered_on: None,
                special_circumstances: None,
            },
        );
        if decided {
            self.of_matter(matter, held_at, decision(step, form));
        }
        self.of_matter(matter, held_at, MeetingClosed { meeting: 1, papers: Vec::new() });
    }

    fn shelf(&self) -> (Shelf, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        let surroundings = Surroundings { rules: Arc::clone(&RULES), names: HashMap::new() };
        for event in self.0.iter().filter(|event| Routine::wants(&event.envelope.event_type)) {
            let mut writes = shelf.writes();
            Routine::apply(std::slice::from_ref(event), &surroundings, &mut writes).unwrap();
            writes.commit(Mark { position: event.position, event: event.envelope.id }).unwrap();
        }
        (shelf, folder)
    }

    fn duties(&self, today: &str) -> Vec<RoutineDuty> {
        let (shelf, _folder) = self.shelf();
        routine::duties(&shelf, &RULES, None, day(today)).unwrap()
    }

    /// The duties of one kind.
    fn of_kind(&self, kind: RoutineKind, today: &str) -> Vec<RoutineDuty> {
        self.duties(today).into_iter().filter(|duty| duty.kind == kind).collect()
    }

    /// The only duty of one kind.
    fn duty(&self, kind: RoutineKind, today: &str) -> RoutineDuty {
        let duties = self.of_kind(kind, today);
        assert_eq!(duties.len(), 1, "{duties:#?}");
        duties.into_iter().next().unwrap()
    }
}

fn decision(step: &str, form: &str) -> DecisionMade {
    let test = |what: &str, part, whole, (num, den), op, of| {
        let basis = Basis { law: "VL-2025".to_owned(), article: "30".to_owned(), certainty: Default::default() };
        let meeting = find(RoutineKind::RepresentativesMeeting).unwrap();
    assert_eq!(
        meeting.first_day,
        day("2026-04-01"),
        "the first quarter's meeting was held: the matter was resolved in March"
    );
    let accounts = find(RoutineKind::AccountsDisclosure).unwrap();
    assert_eq!(accounts.first_day, day("2026-01-01"));
    let request = Request {
        command_id: Uuid::from_u128(0x20_07),
        target: Target::Jurisdiction(code(VILLAGE)),
        name: "recordRoutine".to_owned(),
        input: json!({ "kind": "accounts_disclosure", "period": "2026-01-31", "summary": "一月财务公开", "paper": "1".repeat(64) }),
        occurred_at: None,
        actor: Actor { person: PersonId(Uuid::from_u128(1)), office: Office::Clerk },
        correlation_id: None,
    };
    let receipt = match world.app.handler.handle(&request).await.unwrap() {
        Outcome::Recorded(receipt) => receipt,
        Outcome::Refused(refusal) => panic!("refused: {refusal}"),
    };
    assert!(models.wait_for(receipt.position, std::time::Duration::from_secs(60)).await);
    assert_eq!(find(RoutineKind::AccountsDisclosure).unwrap().first_day, day("2026-02-01"));
    let followed = models.routine.shelf().contents().unwrap();
    models.rebuild("routine").await.unwrap().unwrap();
    assert!(followed == models.routine.shelf().contents().unwrap());
}
