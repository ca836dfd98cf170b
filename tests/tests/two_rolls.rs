//! Nobody takes part in two villages, also where the two villages act at the same moment.

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::office::{Actor, Office, RollKind};
use siyi_domain::refusal::RefusalCode;
use siyi_domain::roster::RosterEvent;
use siyi_domain::rules::Rules;
use siyi_log::clock::SetClock;
use siyi_log::handler::{Handler, Outcome, Request, Target};
use siyi_log::memory::MemoryStore;
use siyi_log::port::{AllFrom, Direction, EventStore, Expected, NewEvent};
use siyi_log::vault::{MemoryVault, RandomSalts};
use siyi_projections::directory;
use siyi_tests::between::Between;
use siyi_tests::world::World;
use siyi_verify::finding::{Code, Weight};
use uuid::Uuid;

const HOME: &str = "419901101201";
const THERE: &str = "419901101202";
/// One human being, as each village knows them.
const AT_HOME: Uuid = Uuid::from_u128(1);
const AWAY: Uuid = Uuid::from_u128(2);

fn handler(store: Arc<dyn EventStore>) -> Handler {
    let clock = Arc::new(SetClock::starting_at("2026-03-02T09:00:00+08:00".parse().unwrap()));
    let rules = Arc::new(Rules::shipped().unwrap());
    Handler::new(store, Arc::new(MemoryVault::new()), Arc::new(RandomSalts), clock, rules)
}

fn request(number: u128, place: &str, name: &str, input: Value) -> Request {
    let office = if name == "registerJurisdiction" { Office::TownshipOfficer } else { Office::Clerk };
    Request {
        command_id: Uuid::from_u128(100 + number),
        target: Target::Jurisdiction(place.parse::<JurisdictionCode>().unwrap()),
        name: name.to_owned(),
        input,
        occurred_at: None,
        actor: Actor { person: Uuid::from_u128(9).to_string().parse().unwrap(), office },
        correlation_id: None,
        via: None,
    }
}

fn admit() -> Request {
    let input = json!({
        "person": AWAY, "home": HOME, "homePerson": AT_HOME, "residentSince": "2024-01-01", "appliedOn": "2026-01-10",
        "consentedBy": "representatives", "consent": "b".repeat(64), "struckAtHome": "c".repeat(64),
    });
    request(1, THERE, "admitResident", input)
}

fn readmit() -> Request {
    request(2, HOME, "readmitResident", json!({ "person": AT_HOME, "released": "e".repeat(64) }))
}

/// Two villages, and one person whom the one has struck for the other.
async fn struck() -> Arc<dyn EventStore> {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let handler = handler(Arc::clone(&store));
    let person = |person: Uuid| json!({ "persons": [{ "person": person, "name": "王小明", "sex": "f" }] });
    let acts = [
        (HOME, "registerJurisdiction", json!({ "name": "柳沟村", "kind": "village" })),
        (THERE, "registerJurisdiction", json!({ "name": "杏树村", "kind": "village" })),
        (HOME, "registerPersons", person(AT_HOME)),
        (THERE, "registerPersons", person(AWAY)),
        (HOME, "strikeResident", json!({ "person": AT_HOME, "admittedAt": THERE, "statement": "d".repeat(64) })),
    ];
    for ((place, name, input), number) in acts.into_iter().zip(10..) {
        recorded(&handler.handle(&request(number, place, name, input)).await.unwrap());
    }
    store
}

fn recorded(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
}

fn refused(outcome: &Outcome) -> RefusalCode {
    let Outcome::Refused(refusal) = outcome else { panic!("{outcome:?}") };
    refusal.code
}

async fn found(store: &dyn EventStore) -> Vec<(Code, Weight)> {
    let judged = siyi_api::judged::judge(store, &Rules::shipped().unwrap(), |_| ()).await.unwrap();
    judged.findings.iter().map(|finding| (finding.code, finding.weight())).collect()
}

#[tokio::test]
async fn what_one_village_after_the_other_records_holds() {
    let store = struck().await;
    let handler = handler(Arc::clone(&store));
    recorded(&handler.handle(&admit()).await.unwrap());
    assert_eq!(refused(&handler.handle(&readmit()).await.unwrap()), RefusalCode::StillAdmitted);
    let ended = request(3, THERE, "endAdmission", json!({ "person": AWAY, "paper": "f".repeat(64) }));
    recorded(&handler.handle(&ended).await.unwrap());
    recorded(&handler.handle(&readmit()).await.unwrap());
    let again = Request { command_id: Uuid::from_u128(200), ..admit() };
    assert_eq!(refused(&handler.handle(&again).await.unwrap()), RefusalCode::StillOnHomeRoll);
    assert_eq!(found(store.as_ref()).await, []);
}

/// While the home looks at the other roster, the other village acts: it has to wait, and then finds the person back at home.
#[tokio::test]
async fn of_two_acts_at_the_same_moment_one_is_refused() {
    let store = struck().await;
    let (other, answer) = (Arc::new(OnceLock::<Arc<Handler>>::new()), tokio::sync::oneshot::channel());
    let (by, (told, hears)) = (Arc::clone(&other), answer);
    let between = Between::new(Arc::clone(&store), format!("roster-{THERE}").parse().unwrap(), async move {
        let handler = Arc::clone(by.get().unwrap());
        tokio::spawn(async move { told.send(handler.handle(&admit()).await.unwrap()).unwrap() });
        // On one thread the other act now goes as far as it can.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
    });
    let handler = Arc::new(handler(Arc::new(between)));
    assert!(other.set(Arc::clone(&handler)).is_ok());
    recorded(&handler.handle(&readmit()).await.unwrap());
    assert_eq!(refused(&hears.await.unwrap()), RefusalCode::StillOnHomeRoll);
    assert_eq!(found(store.as_ref()).await, []);
}

/// Two nodes over one log know nothing of each other's acts: that both were recorded is found by whoever verifies.
#[tokio::test]
async fn what_two_nodes_record_at_the_same_moment_is_found() {
    for (first, then, reads) in [(readmit(), admit(), THERE), (admit(), readmit(), HOME)] {
        let store = struck().await;
        let node = handler(Arc::clone(&store));
        let between = Between::new(Arc::clone(&store), format!("roster-{reads}").parse().unwrap(), async move {
            recorded(&node.handle(&then).await.unwrap());
        });
        recorded(&handler(Arc::new(between)).handle(&first).await.unwrap());
        assert_eq!(found(store.as_ref()).await, [(Code::OnTwoRolls, Weight::Unchecked)]);
    }
}

/// An admission of before its second version named nobody at home, and is judged as it was.
#[tokio::test]
async fn an_older_admission_still_holds() {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    let handler = handler(Arc::clone(&store));
    let mut unnamed = admit();
    unnamed.input.as_object_mut().unwrap().remove("homePerson");
    let person = json!({ "persons": [{ "person": AWAY, "name": "王小明", "sex": "f" }] });
    for request in [
        request(10, THERE, "registerJurisdiction", json!({ "name": "杏树村", "kind": "village" })),
        request(11, THERE, "registerPersons", person),
        unnamed,
        request(12, HOME, "registerJurisdiction", json!({ "name": "柳沟村", "kind": "village" })),
    ] {
        recorded(&handler.handle(&request).await.unwrap());
    }
    let mut events = store.read_all(AllFrom::Start, Direction::Forwards, 10).await.unwrap();
    // The home was there first.
    events.swap(2, 3);
    for (version, expected) in [("v1", vec![]), ("v2", vec![(Code::ActRefused, Weight::Wrong)])] {
        let rewritten = MemoryStore::new();
        for event in &events {
            let mut body: Value = serde_json::from_slice(&event.body).unwrap();
            let name = event.event_type.replace("resident-admitted.v2", &format!("resident-admitted.{version}"));
            body["type"] = json!(name);
            let new = NewEvent::new(event.id, name, &body).unwrap();
            rewritten.append(&event.stream, Expected::Any, vec![new]).await.unwrap();
        }
        assert_eq!(found(&rewritten).await, expected, "{version}");
    }
}

#[test]
fn the_frozen_example_of_the_first_version_names_nobody_at_home() {
    let text = include_str!("../../schemas/events/examples/resident-admitted.v1.json");
    let example: Value = serde_json::from_str(text).unwrap();
    let read = RosterEvent::from_wire("resident-admitted.v1", &example["data"].to_string()).unwrap().unwrap();
    let RosterEvent::ResidentAdmitted(admitted) = &read else { panic!("{read:?}") };
    assert_eq!(admitted.home_person, None);
    assert_eq!(read.to_data().unwrap(), example["data"]);
}

#[tokio::test]
async fn the_directory_counts_who_was_struck_no_longer() {
    let world = World::new().await.unwrap();
    let handler = &world.app.handler;
    let person = json!({ "persons": [{ "person": AT_HOME, "name": "王小明", "sex": "f" }] });
    let roll = json!({ "roll": "households", "members": [{ "person": AT_HOME, "household": "H001" }] });
    let strike = json!({ "person": AT_HOME, "admittedAt": THERE, "statement": "d".repeat(64) });
    let acts = [
        ("registerJurisdiction", json!({ "name": "柳沟村", "kind": "village" }), None),
        ("countElectorate", json!({ "population": 2, "adultVillagers": 2, "households": 1 }), None),
        ("registerPersons", person, None),
        ("fileRoll", roll, Some(1)),
        ("strikeResident", strike, Some(0)),
        ("readmitResident", json!({ "person": AT_HOME, "released": "e".repeat(64) }), Some(1)),
    ];
    for ((name, input, members), number) in acts.into_iter().zip(10..) {
        let outcome = handler.handle(&request(number, HOME, name, input)).await.unwrap();
        let Outcome::Recorded(receipt) = &outcome else { panic!("{outcome:?}") };
        assert!(world.app.models.wait_for(receipt.position, std::time::Duration::from_secs(60)).await);
        let row = directory::jurisdiction(&world.app.models.directory.shelf(), &HOME.parse().unwrap()).unwrap();
        let rolls: Vec<_> = members.map(|members| (RollKind::Households, members)).into_iter().collect();
        assert_eq!(row.unwrap().rolls, rolls, "{name}");
    }
}
