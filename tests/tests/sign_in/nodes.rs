//! Two nodes behind a balancer: whichever of them the next request comes to, the browser is at one server.

use serde_json::json;
use siyi_esdb::guardian::{Open, Rights};
use siyi_esdb::serve::{Options, Ready};
use siyi_log::memory::MemoryStore;
use siyi_tests::postgres::Postgres;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::authenticator::Authenticator;
use super::desk::{Folder, Server, VILLAGE, invite, officer, with_officer_in};
use super::signing::{ORIGIN, RP, is_recorded, register, script, script_of, sign, with_passkey};

const WANG: &str = "0193b1a0-0000-7000-8000-000000000601";

/// Two servers over one log and one database, the database's address, and what they need while they run.
async fn two_nodes() -> ([Server; 2], String, (TempDir, [Folder; 2])) {
    let clients = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let guardian = Arc::new(Open(Rights { append_domain: true, ..Rights::CLIENT }));
    let log = Arc::new(MemoryStore::new());
    let face = Ready::open(listener, Options::default(), log, guardian, clients.path()).await.unwrap();
    let store = format!("kurrentdb://{}?tls=false", face.address());
    tokio::spawn(face.run(std::future::pending()));
    let shared = Postgres::of_this_program().database();
    let (here, server) = with_officer_in(Folder::over(Some([store, shared.clone()]))).await;
    let there = here.of_another_node();
    let servers = [server, there.serve().await];
    (servers, shared, (clients, [here, there]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_may_come_to_another_node_with_each_request() {
    let ([here, there], _shared, _kept) = two_nodes().await;
    let mut officer = officer(&here, &[(WANG, "王小明")]).await;
    officer.is_sent_to(&there);
    let code = invite(&mut officer, WANG).await;
    let mut villager = here.browser();
    assert_eq!(villager.join(&code, "wang").await.location(), "/account");

    // A passkey is set up, and signs in; each time the second request comes to the other node.
    let mut authenticator = Authenticator::new(ORIGIN, RP);
    let begun = script(&mut villager, "/account/passkey/begin", json!({})).await;
    let credential = authenticator.create(&begun["options"]);
    villager.is_sent_to(&there);
    let finish = json!({ "ceremony": begun["ceremony"], "credential": credential });
    let finished = script(&mut villager, "/account/passkey/finish", finish.clone()).await;
    assert!(finished["key"].is_string(), "{finished}");
    let again = script(&mut villager, "/account/passkey/finish", finish).await;
    assert_eq!(again["errors"][0]["extensions"]["code"], "ceremony-unknown", "{again}");
    let mut telephone = there.browser();
    let begun = script_of(&mut telephone, "/sign-in", "/sign-in/passkey/begin", json!({ "name": "wang" })).await;
    let credential = authenticator.get(&begun["options"]);
    telephone.is_sent_to(&here);
    let finish = json!({ "ceremony": begun["ceremony"], "credential": credential });
    let finished = script_of(&mut telephone, "/sign-in", "/sign-in/passkey/finish", finish).await;
    assert_eq!(finished["to"], "/account", "{finished}");
    assert_eq!(telephone.get("/account").await.status, 200);

    // Who signs out at one node is nobody at the other, from the answer on.
    let mut stolen = here.browser();
    stolen.cookies.clone_from(&telephone.cookies);
    assert_eq!(stolen.get("/account").await.status, 200);
    telephone.is_sent_to(&there);
    telephone.form("/account", "/sign-out", &[]).await;
    assert_eq!(stolen.get("/account").await.status, 303);
    assert_eq!(villager.get("/account").await.status, 200, "their other session goes on");

    // What was recorded at one node is seen at the other by its position.
    officer.is_sent_to(&here);
    let count = "mutation($place: ID!, $input: CountElectorateInput!) { \
                 countElectorate(jurisdiction: $place, input: $input) { ... on Recorded { position } } }";
    let input = json!({ "population": 300, "adultVillagers": 200, "households": 80 });
    let counted = officer.graphql(count, json!({ "place": VILLAGE, "input": input })).await;
    let position = counted["data"]["countElectorate"]["position"].clone();
    villager.is_sent_to(&there);
    let query =
        "query($place: ID!, $position: Position!) { jurisdiction(code: $place, atLeast: $position) { households } }";
    let seen = villager.graphql(query, json!({ "place": VILLAGE, "position": position })).await;
    assert_eq!(seen["data"]["jurisdiction"]["households"], 80, "{counted} {seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_with_personal_texts_is_asked_for_here_and_signed_there() {
    let ([here, there], shared, _kept) = two_nodes().await;
    let waiting = || Postgres::of_this_program().ask(&shared, "select count(*) from siyi.seeds");
    let mut officer = officer(&here, &[(WANG, "王小明")]).await;
    let mut authenticator = Authenticator::new(ORIGIN, RP);
    with_passkey(&mut officer, &mut authenticator).await;
    let missing = register(&mut officer, "李大山").await;
    assert_eq!(waiting(), "1");
    officer.is_sent_to(&there);
    sign(&mut officer, &mut authenticator, &missing).await;
    let registered = register(&mut officer, "李大山").await;
    assert!(is_recorded(&registered), "{registered}");
    assert_eq!(waiting(), "0", "nothing by which the digests could be made again");
}
