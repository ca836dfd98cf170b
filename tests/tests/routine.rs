//! What a village owes once in each period: the borders of periods, what fulfils a duty, when it is overdue, and who is told.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::json;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{DecisionMade, MeetingClosed, MeetingConvened, MotionRaised, NoticePosted};
use siyi_domain::consultation::facts::{Initiator, MotionSource, NoticeKind, Outcome as Vote};
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
            via: None,
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

    fn post(&mut self, matter: u128, notice: u16, at: &str) {
        self.of_matter(
            matter,
            at,
            NoticePosted {
                notice,
                kind: NoticeKind::Resolution,
                notice_no: text("1"),
                places: vec![text("村公开栏")],
                channels: Vec::new(),
                contact: text("村委会"),
                supervisors: Vec::new(),
                supervisors_opinion: text("属实"),
                photo: None,
                objections_until: day("2026-04-07"),
                removable_on: day("2026-04-16"),
            },
        );
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
        let basis = Basis {
            law: "VL-2025".to_owned(),
            article: "30".to_owned(),
            certainty: siyi_domain::procedure::Certainty::default(),
        };
        let met = Fraction { num, den, op }.holds(part, whole);
        Test { what: what.to_owned(), part, whole, num, den, op, of, basis, met }
    };
    DecisionMade {
        meeting: 1,
        motion: 1,
        step: step.to_owned(),
        form: form.to_owned(),
        due: 30,
        present: 20,
        counts: Counts { in_favour: 20, ..Counts::default() },
        not_voting: 0,
        quorum: test("quorum", 20, 30, (2, 3), Comparator::Ge, Base::Due),
        threshold: test("threshold", 20, 20, (1, 2), Comparator::Gt, Base::Present),
        outcome: Vote::Carried,
        procedure: "rural/HN/2026".to_owned(),
        procedure_version: 1,
    }
}

fn periods(duties: &[RoutineDuty]) -> Vec<(String, String)> {
    duties.iter().map(|duty| (duty.first_day.to_string(), duty.last_day.to_string())).collect()
}

#[test]
fn a_village_owes_what_its_pack_says_from_the_period_of_its_registration() {
    let duties = Log::village("2026-03-20").duties("2026-03-31");
    let told: Vec<(RoutineKind, String, String)> =
        duties.iter().map(|duty| (duty.kind, duty.first_day.to_string(), duty.due_on.to_string())).collect();
    let expected = [
        (RoutineKind::RepresentativesMeeting, "2026-01-01", "2026-03-31"),
        (RoutineKind::AssemblyMeeting, "2026-01-01", "2026-12-31"),
        (RoutineKind::MembersAssembly, "2026-01-01", "2026-12-31"),
        (RoutineKind::AffairsDisclosure, "2026-01-01", "2026-04-20"),
        (RoutineKind::AccountsDisclosure, "2026-03-01", "2026-04-20"),
        (RoutineKind::Appraisal, "2026-01-01", "2026-12-31"),
        (RoutineKind::JointConference, "2026-01-01", "2026-03-31"),
    ];
    let expected = expected.map(|(kind, first, due)| (kind, first.to_owned(), due.to_owned()));
    assert_eq!(told, expected);
}

#[test]
fn quarter_month_and_year_begin_on_their_first_day() {
    let log = Log::village("2026-01-15");
    let quarter = |today| periods(&log.of_kind(RoutineKind::RepresentativesMeeting, today));
    assert_eq!(quarter("2026-03-31"), [("2026-01-01".to_owned(), "2026-03-31".to_owned())]);
    assert_eq!(quarter("2026-04-01").last().unwrap().1, "2026-06-30");
    let months = |today| periods(&log.of_kind(RoutineKind::AccountsDisclosure, today)).len();
    assert_eq!((months("2026-01-31"), months("2026-02-01"), months("2026-02-28"), months("2026-03-01")), (1, 2, 2, 3));
    let years = |today| periods(&log.of_kind(RoutineKind::AssemblyMeeting, today));
    assert_eq!(years("2026-12-31").len(), 1);
    assert_eq!(years("2027-01-01")[1], ("2027-01-01".to_owned(), "2027-12-31".to_owned()));
}

#[test]
fn a_community_meets_every_half_year() {
    let log = Log::register(COMMUNITY, JurisdictionKind::Community, "2026-02-01");
    let halves = |today| periods(&log.of_kind(RoutineKind::RepresentativesMeeting, today));
    assert_eq!(halves("2026-06-30"), [("2026-01-01".to_owned(), "2026-06-30".to_owned())]);
    assert_eq!(halves("2026-07-01")[1], ("2026-07-01".to_owned(), "2026-12-31".to_owned()));
}

#[test]
fn a_duty_is_overdue_the_day_after_its_days_of_grace() {
    let log = Log::village("2026-01-05");
    let first = |today| log.of_kind(RoutineKind::AffairsDisclosure, today).remove(0);
    let last_day = first("2026-04-20");
    assert_eq!((last_day.due_on, last_day.overdue), (day("2026-04-20"), false));
    let after = first("2026-04-21");
    assert_eq!((after.overdue, after.days_overdue, after.told), (true, 1, vec![Level::Village]));
    assert_eq!(first("2026-04-22").told, [Level::Village]);
    assert_eq!(first("2026-04-23").told, [Level::Village, Level::Township]);
    assert_eq!(first("2026-04-29").told, [Level::Village, Level::Township]);
    assert_eq!(first("2026-04-30").told, [Level::Village, Level::Township, Level::County]);
}

#[test]
fn what_was_recorded_for_a_period_fulfils_it_however_late() {
    let mut log = Log::village("2026-01-05");
    log.done(RoutineKind::AffairsDisclosure, "2026-02-10", "2026-05-06");
    let duty = log.duty(RoutineKind::AffairsDisclosure, "2026-05-10");
    assert_eq!(duty.first_day, day("2026-04-01"), "the first quarter is done, the second is not");
    assert_eq!((duty.times_done(), duty.is_done()), (0, false));
    log.done(RoutineKind::AffairsDisclosure, "2026-06-30", "2026-07-02");
    let (shelf, _folder) = log.shelf();
    let all = routine::duties(&shelf, &RULES, Some(&code(VILLAGE)), day("2026-06-30")).unwrap();
    let done = all.iter().find(|duty| duty.kind == RoutineKind::AffairsDisclosure).unwrap();
    assert!(done.is_done());
    assert_eq!((done.done[0].on, done.done[0].acted_on), (day("2026-06-30"), day("2026-07-02")));
}

#[test]
fn the_first_and_the_last_day_of_a_period_lie_in_it_and_those_around_do_not() {
    for (period, done) in [("2025-12-31", false), ("2026-01-01", true), ("2026-03-31", true), ("2026-04-01", false)] {
        let mut log = Log::village("2026-01-05");
        log.done(RoutineKind::JointConference, period, "2026-04-02");
        let first = log.of_kind(RoutineKind::JointConference, "2026-03-31").remove(0);
        assert_eq!(first.is_done(), done, "{period}");
    }
}

#[test]
fn a_quorate_meeting_of_the_representatives_is_the_meeting_of_the_quarter() {
    let mut log = Log::village("2026-01-05");
    log.sit(1, "S4", "representatives", "2026-03-31 15:00", true);
    let duty = log.duty(RoutineKind::RepresentativesMeeting, "2026-03-31");
    assert_eq!((duty.times_done(), duty.done[0].matter), (1, Some(ConsultationId(Uuid::from_u128(1)))));
    assert!(!log.duty(RoutineKind::AssemblyMeeting, "2026-03-31").is_done());
    log.sit(2, "S4", "representatives", "2026-03-31 15:00", true);
    assert_eq!(log.duty(RoutineKind::RepresentativesMeeting, "2026-03-31").times_done(), 1, "one meeting, two matters");
    log.sit(3, "S4", "representatives", "2026-03-31 17:00", true);
    assert_eq!(log.duty(RoutineKind::RepresentativesMeeting, "2026-03-31").times_done(), 2);
}

#[test]
fn a_notice_of_a_matter_is_a_disclosure_of_its_quarter() {
    let mut log = Log::village("2026-01-05");
    log.sit(1, "S3", "party_members", "2026-03-10 15:00", true);
    log.post(1, 1, "2026-03-31 10:00");
    log.post(1, 2, "2026-03-31 10:00");
    let duty = log.duty(RoutineKind::AffairsDisclosure, "2026-03-31");
    assert_eq!((duty.times_done(), duty.done[0].on), (2, day("2026-03-31")));
    assert!(!log.duty(RoutineKind::AccountsDisclosure, "2026-01-31").is_done(), "accounts are posted for themselves");
}

#[test]
fn a_meeting_without_quorum_or_of_another_body_fulfils_nothing() {
    let mut log = Log::village("2026-01-05");
    log.sit(1, "S4", "representatives", "2026-03-10 15:00", false);
    log.sit(2, "S3", "party_members", "2026-03-11 15:00", true);
    assert!(log.duties("2026-03-31").iter().all(|duty| duty.done.is_empty()));
}

#[test]
fn assemblies_and_the_members_of_the_collective_have_duties_of_their_own() {
    let mut log = Log::village("2026-01-05");
    log.sit(1, "S4", "assembly_households", "2026-03-10 15:00", true);
    log.sit(2, "M4", "members_assembly", "2026-03-11 15:00", true);
    let done = |kind| log.duty(kind, "2026-03-31").is_done();
    assert!(done(RoutineKind::AssemblyMeeting) && done(RoutineKind::MembersAssembly));
    assert!(!done(RoutineKind::RepresentativesMeeting));
}

fn conference(items: &[&str]) -> JointConferenceHeld {
    let item =
        |due: &&str| NewActionItem { text: text("疏通管网"), lead_unit: text("供水公司"), due_on: day(due) };
    JointConferenceHeld {
        conference: 1,
        participants: vec![text("供水公司")],
        topics: vec![text("排水")],
        items: items.iter().map(item).collect(),
        paper: text(&"0".repeat(64)),
    }
}

#[test]
fn a_joint_conference_fulfils_its_quarter_and_sets_items_until_they_are_closed() {
    let mut log = Log::village("2026-01-05");
    log.of_village(VILLAGE, "2026-02-10", conference(&["2026-03-01", "2026-03-02"]));
    assert!(log.duty(RoutineKind::JointConference, "2026-03-31").is_done());
    let county = code("419901000000");
    let overdue = |log: &Log, today: &str| {
        let (shelf, _folder) = log.shelf();
        routine::overdue_items(&shelf, Some(&county), day(today), 10).unwrap()
    };
    assert!(overdue(&log, "2026-03-01").is_empty(), "the last day itself is not overdue");
    assert_eq!(overdue(&log, "2026-03-02").len(), 1);
    assert_eq!(overdue(&log, "2026-03-03").len(), 2);
    log.of_village(VILLAGE, "2026-03-02", ActionItemClosed { conference: 1, item: 1, result: text("已疏通") });
    let left = overdue(&log, "2026-03-03");
    assert_eq!((left.len(), left[0].item, left[0].lead_unit.as_str()), (1, 2, "供水公司"));
    let (shelf, _folder) = log.shelf();
    assert_eq!(routine::action_items(&shelf, Some(&county), true, 10).unwrap().len(), 1);
    let all = routine::action_items(&shelf, None, false, 10).unwrap();
    assert_eq!((all.len(), all[0].result.as_deref()), (2, Some("已疏通")));
    assert!(routine::action_items(&shelf, Some(&code("419902000000")), false, 10).unwrap().is_empty());
}

#[test]
fn a_period_is_judged_by_the_law_of_its_first_day() {
    // By the law until 2025 no assembly was owed every year; the law of 2025 asks for one.
    let log = Log::village("2025-10-15");
    let of_year = |year| {
        let duties = log.duties("2026-01-31").into_iter().filter(move |duty| duty.last_day.year() == year);
        duties.map(|duty| (duty.kind, duty.basis.law)).collect::<Vec<_>>()
    };
    let (before, after) = (of_year(2025), of_year(2026));
    assert!(before.iter().all(|(kind, _)| *kind != RoutineKind::AssemblyMeeting));
    assert!(after.contains(&(RoutineKind::AssemblyMeeting, "VL-2025".to_owned())));
    assert!(before.contains(&(RoutineKind::Appraisal, "VL-2018".to_owned())));
    assert!(after.contains(&(RoutineKind::Appraisal, "VL-2025".to_owned())));
}

/// A variant by adoption in which the representatives meet twice a quarter.
const TWICE: &str = r#"
base = "rural/HN/2026"
id = "rural/twice/2026"
version = 1
name = { zh = "每季度两次", en = "Twice a quarter" }
region_prefixes = []
by_adoption = true

[[periodic]]
kind = "representatives_meeting"
times = 2
"#;

#[test]
fn a_variant_binds_from_the_first_period_that_begins_after_its_adoption() {
    let mut rules = Rules::clone(&RULES);
    rules.add_procedure(TWICE).unwrap();
    let mut log = Log::village("2026-01-05");
    log.of_village(
        VILLAGE,
        "2026-05-01",
        ProcedureAdopted {
            procedure: "rural/twice/2026".to_owned(),
            procedure_version: 1,
            from: day("2026-05-15"),
            paper: text(&"0".repeat(64)),
        },
    );
    log.sit(1, "S4", "representatives", "2026-07-10 15:00", true);
    let (shelf, _folder) = log.shelf();
    let duties = routine::duties(&shelf, &rules, None, day("2026-09-30")).unwrap();
    let meetings = duties.iter().filter(|duty| duty.kind == RoutineKind::RepresentativesMeeting);
    let owed: Vec<(u32, u32, bool)> =
        meetings.map(|duty| (duty.times_needed, duty.times_done(), duty.is_done())).collect();
    assert_eq!(owed, [(1, 0, false), (1, 0, false), (2, 1, false)], "the third quarter is owed twice and done once");
}

#[test]
fn what_is_overdue_in_a_county_comes_oldest_first() {
    let mut log = Log::village("2026-01-05");
    let (other, kind) = (code("419902101201"), JurisdictionKind::Village);
    let registered = JurisdictionRegistered { code: other, name: text("他村"), level: Level::Village, kind };
    log.of_village("419902101201", "2026-01-05", registered);
    let (shelf, _folder) = log.shelf();
    let overdue = |within: &str, limit| routine::overdue(&shelf, &RULES, Some(&code(within)), day("2026-04-30"), limit);
    let all = overdue("419901000000", 100).unwrap();
    assert!(all.iter().all(|duty| duty.overdue && duty.jurisdiction == code(VILLAGE)));
    assert!(all.windows(2).all(|pair| pair[0].due_on <= pair[1].due_on));
    assert_eq!(all[0].due_on, day("2026-02-20"), "the accounts of January");
    assert_eq!(overdue("419901000000", 2).unwrap(), all[..2]);
    assert_eq!(overdue("410000000000", 100).unwrap().len(), 2 * all.len());
}

/// Through the handler: the meetings of a shipped case count, and a command fulfils what they do not.
#[tokio::test]
async fn meetings_of_a_shipped_case_and_a_command_fulfil_duties() {
    let world = World::new().await.unwrap();
    world.run(&[siyi_tests::world::cases().join("C1-C2-道路硬化.toml")]).await.unwrap();
    let models = &world.app.models;
    let today = day("2026-04-15");
    let find = |kind| {
        let duties = routine::duties(&models.routine.shelf(), &RULES, Some(&code(VILLAGE)), today).unwrap();
        duties.into_iter().find(|duty| duty.kind == kind)
    };
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
        via: None,
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
