//! Every door of the server as every role of the matrix, with real sessions: what `schemas/policies/matrix.toml` says is what
//! comes over HTTP. `core/access` walks the policies alone, `tests/access.rs` the gate behind the doors.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::ToSpan;
use serde_json::json;
use siyi_access::matrix::{Column, Matrix, matrix};
use siyi_access::{Door, doors};
use siyi_domain::moment::Moment;

use super::desk::{Browser, VILLAGE};
use super::made::{jpeg, picture};

#[path = "doors/cast.rs"]
pub mod cast;
#[path = "doors/knock.rs"]
pub mod knock;
#[path = "doors/shapes.rs"]
mod shapes;

use cast::{OTHER, Player, Stage};
use knock::{Street, Way};
use shapes::Shapes;

/// Doors that are none of the server's, and where they are.
const ELSEWHERE: [(&str, &str); 8] = [
    ("openAccount", "told to the log by the sign-in, behind /join"),
    ("bindPerson", "told to the log by the sign-in, behind /join"),
    ("addSignIn", "told to the log by the sign-in, behind /account"),
    ("removeSignIn", "told to the log by the sign-in, behind /account/means"),
    ("closeAccount", "told to the log when the last person of an account is erased"),
    ("read-personal", "what recordReading asks for"),
    ("page:/account/access/{code}", "the way to access-log, walked as that door: the page asks with the place"),
    ("cli:export", "the command line, and the face for clients of EventStoreDB"),
];

/// The classes of files that have a door, each with the class that is asked for it.
const FILES: [(&str, &str); 5] = [
    ("photo", "photo"),
    ("minutes", "minutes"),
    ("sheet", "sign_in_sheet"),
    ("ballot", "ballot"),
    ("contract", "contract"),
];

/// What the table says of somebody who really is there: whoever is on the books of the village is a villager, too, and reads
/// are judged by all that somebody holds.
fn expected(table: &Matrix, door: &Door, way: &Way, player: &Player) -> bool {
    let listed = |column| table.allows(door.name(), column).unwrap_or_else(|| panic!("{door} has no row"));
    let reads = matches!(way, Way::Take { .. } | Way::SeeWhole | Way::KeepRolls);
    let is_villager = player.home == VILLAGE && !matches!(player.column, Column::Nobody | Column::Token);
    listed(player.column) || (reads && is_villager && listed(Column::Villager))
}

/// A motion that the committee raised, and its number.
pub async fn raise(director: &mut Browser) -> (String, String) {
    let motion = json!({ "jurisdiction": VILLAGE, "title": "误工补贴", "matters": ["V01"], "source": "village_cadres",
                         "initiator": { "kind": "village_committee" }, "summary": "误工补贴" });
    let raised = director
        .graphql(
            "mutation($input: RaiseMotionInput!) { raiseMotion(input: $input) { ... on Recorded { subject position } } }",
            json!({ "input": motion }),
        )
        .await;
    let raised = &raised["data"]["raiseMotion"];
    let asked = director
        .graphql(
            "query($id: ID, $at: Position) { consultation(id: $id, atLeast: $at) { number } }",
            json!({ "id": raised["subject"], "at": raised["position"] }),
        )
        .await;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_else(|| panic!("{raised} {asked}")).to_owned();
    (text(&raised["subject"]), text(&asked["data"]["consultation"]["number"]))
}

/// One file of each class, each another picture.
async fn bring_files(clerk: &mut Browser) -> Vec<(&'static str, String)> {
    let mut files = Vec::new();
    for ((door, class), side) in FILES.into_iter().zip(32..) {
        let path = format!("/attachments?jurisdiction={VILLAGE}&class={class}");
        let brought = clerk.post(&path, "image/jpeg", jpeg(&picture(side, 32), None)).await;
        let digest = brought.json()["sha256"].as_str().unwrap_or_else(|| panic!("{}", brought.body)).to_owned();
        files.push((door, format!("/attachments/{digest}")));
    }
    files
}

async fn street(stage: &mut Stage, address: SocketAddr) -> Street {
    let (matter, number) = raise(&mut stage.player(Column::Director).browser).await;
    let files = bring_files(&mut stage.player(Column::Clerk).browser).await;
    // Whoever is let in is told that the day has not come, and has no effect on those who come after.
    let tomorrow = Moment::china(stage.server.app.clock.now().timestamp() + 24.hours());
    let shapes = Shapes::published(BTreeMap::from([
        ("jurisdiction", json!(VILLAGE)),
        ("consultation", json!(matter)),
        ("person", json!(OTHER)),
        ("office", json!("clerk")),
        ("supervisors", json!([cast::second()])),
        ("occurredAt", json!(tomorrow.to_string())),
    ]));
    let checkpoint = stage.server.browser().get("/log/checkpoint").await;
    let size = checkpoint.body.lines().nth(1).unwrap_or_else(|| panic!("{}", checkpoint.body));
    Street { shapes, number, tile: format!("entries/000.p/{size}"), files, address }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_opens_over_http_to_whom_the_matrix_says() {
    let (table, mut stage) = (matrix().unwrap(), Stage::set().await);
    let (address, end) = stage.server.listen().await;
    let street = street(&mut stage, address).await;
    // Without a session one can still claim to be somebody.
    let claimed = stage.player(Column::Director).browser.acting.clone();
    stage.player(Column::Nobody).browser.acting = claimed;
    let before = stage.server.app.store.head().await.unwrap();
    let (mut walked, mut let_in, mut wrong) = (0, 0, Vec::new());
    for door in doors().iter().filter(|door| !ELSEWHERE.iter().any(|(name, _)| *name == door.name())) {
        let way = street.way(door.name()).unwrap_or_else(|| panic!("nobody knows how to knock at {door}"));
        for player in &mut stage.players {
            let expected = expected(&table, door, &way, player);
            let opens = street.knock(door.name(), &way, player, &mut stage.second).await;
            walked += 1;
            let_in += usize::from(opens);
            if opens != expected {
                wrong.push(format!("{door} as {}: the table says {expected}", player.column.code()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(walked, (doors().len() - ELSEWHERE.len()) * stage.players.len());
    assert!(let_in > walked / 3, "{let_in} of {walked}");
    let readings = table.rows["recordReading"].len() as u64;
    let after = stage.server.app.store.head().await.unwrap();
    assert_eq!(after.unwrap().0 - before.unwrap().0, readings, "who was let in only to be refused changed something");
    drop(end);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_has_a_session_and_nobody_who_signs_in_says_who_runs_the_machine() {
    let mut stage = Stage::set().await;
    let there: Vec<Column> = stage.players.iter().map(|player| player.column).collect();
    assert_eq!(there, Column::ALL);
    let term = json!({ "person": OTHER, "office": "operator", "from": "2026-01-05" });
    for column in [Column::Director, Column::Township, Column::County, Column::Operator] {
        let appointed = stage.player(column).browser.act("appoint", "AppointInput", VILLAGE, term.clone()).await;
        assert_eq!(appointed["error"], "not-permitted", "{}: {appointed}", column.code());
    }
    stage.server.app.close().await;
}

#[test]
fn what_is_no_door_of_the_server_is_a_door_all_the_same() {
    for (name, _) in ELSEWHERE {
        assert!(Door::named(name).is_some(), "{name}");
    }
}
