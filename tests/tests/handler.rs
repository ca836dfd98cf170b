//! The command handler: one effect and one answer for each command, whatever happens on the way.

use std::sync::Arc;

use serde_json::{Value, json};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office};
use siyi_domain::refusal::RefusalCode;
use siyi_log::envelope::{DomainEvent, Recorded, Subject};
use siyi_log::handler::{HandleError, Outcome, Receipt, Request, Target};
use siyi_log::port::{AllFrom, Direction, ReadFrom};
use siyi_tests::world::World;
use uuid::Uuid;

const COUNTY: &str = "411599000000";
const VILLAGE: &str = "411599001201";

fn request(command_id: u128, name: &str, target: Target, input: Value) -> Request {
    Request {
        command_id: Uuid::from_u128(command_id),
        target,
        name: name.to_owned(),
        input,
        occurred_at: None,
        actor: Actor { person: PersonId(Uuid::from_u128(1)), office: Office::TownshipOfficer },
        correlation_id: None,
        via: None,
    }
}

fn at(code: &str) -> Target {
    Target::Jurisdiction(code.parse::<JurisdictionCode>().unwrap())
}

fn register(command_id: u128, code: &str, name: &str) -> Request {
    let kind = if code.ends_with("000000") { "other" } else { "village" };
    request(command_id, "registerJurisdiction", at(code), json!({ "name": name, "kind": kind }))
}

fn persons(command_id: u128, names: &[(u128, &str)]) -> Request {
    let persons: Vec<Value> =
        names.iter().map(|(id, name)| json!({ "person": Uuid::from_u128(*id), "name": name, "sex": "f" })).collect();
    request(command_id, "registerPersons", at(VILLAGE), json!({ "persons": persons }))
}

fn recorded(outcome: Outcome) -> Receipt {
    match outcome {
        Outcome::Recorded(receipt) => receipt,
        Outcome::Refused(refusal) => panic!("refused: {refusal}"),
    }
}

fn refused(outcome: Outcome) -> RefusalCode {
    match outcome {
        Outcome::Refused(refusal) => refusal.code,
        Outcome::Recorded(receipt) => panic!("recorded: {receipt:?}"),
    }
}

async fn event_count(world: &World) -> usize {
    world.app.store.read_all(AllFrom::Start, Direction::Forwards, 10_000).await.unwrap().len()
}

#[tokio::test]
async fn the_same_command_twice_has_one_effect_and_one_answer() {
    let world = World::new().await.unwrap();
    let handler = &world.app.handler;
    let first = recorded(handler.handle(&register(7, COUNTY, "某县")).await.unwrap());
    let second = recorded(handler.handle(&register(7, COUNTY, "某县")).await.unwrap());
    assert!(!first.already && second.already);
    assert_eq!((first.position, &first.events), (second.position, &second.events));
    assert_eq!(event_count(&world).await, 1);
}

#[tokio::test]
async fn a_command_of_several_events_is_answered_whole_the_second_time() {
    let world = World::new().await.unwrap();
    let handler = &world.app.handler;
    recorded(handler.handle(&register(1, VILLAGE, "某村")).await.unwrap());
    let names = [(11, "甲某某"), (12, "乙某某"), (13, "丙某某")];
    let first = recorded(handler.handle(&persons(2, &names)).await.unwrap());
    recorded(handler.handle(&persons(3, &[(14, "丁某某")])).await.unwrap());
    let second = recorded(handler.handle(&persons(2, &names)).await.unwrap());
    assert_eq!(first.events.len(), 3);
    assert_eq!((first.position, first.events), (second.position, second.events));
}

#[tokio::test]
async fn a_command_id_is_not_reused_for_something_else() {
    let world = World::new().await.unwrap();
    let handler = &world.app.handler;
    recorded(handler.handle(&register(7, COUNTY, "某县")).await.unwrap());
    let code = refused(handler.handle(&register(7, COUNTY, "另一县")).await.unwrap());
    assert_eq!(code, RefusalCode::CommandIdReused);
    assert_eq!(event_count(&world).await, 1);
}

#[tokio::test]
async fn sixty_four_twins_at_once_have_one_effect() {
    let world = World::new().await.unwrap();
    let twins = (0..64).map(|_| {
        let app = Arc::clone(&world.app);
        tokio::spawn(async move { app.handler.handle(&register(7, COUNTY, "某县")).await.unwrap() })
    });
    let answers = futures::future::join_all(twins).await;
    let positions: Vec<_> = answers.into_iter().map(|answer| recorded(answer.unwrap()).position).collect();
    assert!(positions.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(event_count(&world).await, 1);
}

#[tokio::test]
async fn of_many_rivals_for_one_place_one_is_recorded_and_the_others_are_refused() {
    let world = World::new().await.unwrap();
    let rivals = (0..32).map(|number| {
        let app = Arc::clone(&world.app);
        tokio::spawn(async move { app.handler.handle(&register(100 + number, COUNTY, "某县")).await.unwrap() })
    });
    let answers = futures::future::join_all(rivals).await;
    let won = answers.iter().filter(|a| matches!(a.as_ref().unwrap(), Outcome::Recorded(_))).count();
    assert_eq!(won, 1);
    for answer in answers {
        if let Outcome::Refused(refusal) = answer.unwrap() {
            assert_eq!(refusal.code, RefusalCode::JurisdictionRegisteredAlready);
        }
    }
    assert_eq!(event_count(&world).await, 1);
}

#[tokio::test]
async fn writers_to_one_stream_all_get_through() {
    let world = World::new().await.unwrap();
    recorded(world.app.handler.handle(&register(1, VILLAGE, "某村")).await.unwrap());
    let writers = (0..8u128).map(|number| {
        let app = Arc::clone(&world.app);
        tokio::spawn(async move {
            app.handler.handle(&persons(200 + number, &[(500 + number, "某某某")])).await.unwrap()
        })
    });
    for answer in futures::future::join_all(writers).await {
        recorded(answer.unwrap());
    }
    let stream = Subject::Roster(VILLAGE.parse().unwrap()).stream().unwrap();
    let events = world.app.store.read_stream(&stream, ReadFrom::Start, Direction::Forwards, 100).await.unwrap();
    let revisions: Vec<u64> = events.iter().map(|event| event.revision.0).collect();
    assert_eq!(revisions, (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_refusal_leaves_no_trace() {
    let world = World::new().await.unwrap();
    let outcome = world.app.handler.handle(&persons(2, &[(11, "甲某某")])).await.unwrap();
    assert_eq!(refused(outcome), RefusalCode::JurisdictionUnknown);
    assert_eq!(event_count(&world).await, 0);
}

#[tokio::test]
async fn an_act_in_the_future_is_refused() {
    let world = World::new().await.unwrap();
    let mut future = register(7, COUNTY, "某县");
    future.occurred_at = Some("2031-01-01T00:00:00+08:00".parse().unwrap());
    let outcome = world.app.handler.handle(&future).await.unwrap();
    assert_eq!(refused(outcome), RefusalCode::OccurredInFuture);
}

#[tokio::test]
async fn an_operator_writes_nothing() {
    let world = World::new().await.unwrap();
    let mut request = register(7, COUNTY, "某县");
    request.actor.office = Office::Operator;
    assert_eq!(refused(world.app.handler.handle(&request).await.unwrap()), RefusalCode::OfficeNotCompetent);
}

#[tokio::test]
async fn names_lie_in_the_vault_and_not_in_the_log() {
    let world = World::new().await.unwrap();
    let handler = &world.app.handler;
    recorded(handler.handle(&register(1, VILLAGE, "某村")).await.unwrap());
    recorded(handler.handle(&persons(2, &[(11, "欧阳金丝雀"), (12, "欧阳金丝雀")])).await.unwrap());
    let mut digests = Vec::new();
    for stored in world.app.store.read_all(AllFrom::Start, Direction::Forwards, 100).await.unwrap() {
        assert!(!String::from_utf8(stored.body.to_vec()).unwrap().contains("金丝雀"));
        if let DomainEvent::Roster(_, siyi_domain::roster::RosterEvent::PersonRegistered(e)) =
            Recorded::read(&stored).unwrap().unwrap().event
        {
            digests.push(e.name.to_string());
        }
    }
    assert_ne!(digests[0], digests[1], "equal names must not share a digest");
    for digest in digests {
        assert_eq!(world.app.vault.open(&digest).await.unwrap().unwrap().value, "欧阳金丝雀");
    }
}

#[tokio::test]
async fn an_unknown_command_and_a_malformed_input_are_errors_with_codes() {
    let world = World::new().await.unwrap();
    let handler = &world.app.handler;
    let unknown = handler.handle(&request(1, "declareWar", at(COUNTY), json!({}))).await.unwrap_err();
    assert_eq!(unknown.code(), "unknown-command");
    let malformed = request(2, "registerJurisdiction", at(COUNTY), json!({ "name": "某县", "kind": "galaxy" }));
    let malformed = handler.handle(&malformed).await.unwrap_err();
    assert!(matches!(&malformed, HandleError::InvalidInput { path, .. } if path == "input.kind"), "{malformed}");
    let elsewhere = Target::Consultation(ConsultationId(Uuid::from_u128(3)));
    let misdirected = request(3, "registerJurisdiction", elsewhere, json!({ "name": "某县", "kind": "other" }));
    assert_eq!(handler.handle(&misdirected).await.unwrap_err().code(), "invalid-input");
    assert_eq!(event_count(&world).await, 0);
}

#[tokio::test]
async fn event_ids_keep_the_time_of_a_version_7_command_id() {
    let world = World::new().await.unwrap();
    let command_id: Uuid = "019ba076-d120-7795-95cc-97166d29cd49".parse().unwrap();
    let receipt = recorded(world.app.handler.handle(&register(command_id.as_u128(), COUNTY, "某县")).await.unwrap());
    let (id, _) = &receipt.events[0];
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(id.as_bytes()[..6], command_id.as_bytes()[..6]);
}
