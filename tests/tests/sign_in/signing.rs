//! An officer's act carries the signature of their passkey over what the event holds.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use siyi_log::canonical::canonical_bytes;
use siyi_log::envelope::{Recorded, Subject};
use siyi_log::handler::ToSign;
use siyi_log::port::{AllFrom, Direction, MAX_READ};
use siyi_log::vault::seal;
use siyi_log::via::{KnownBy, Signed};
use siyi_passkey::{ActAssertion, verify_act_assertion};
use siyi_verify::derive::derive;
use siyi_verify::finding::Code;
use siyi_verify::replay::Why;

use super::authenticator::Authenticator;
use super::desk::{Browser, Server, VILLAGE, officer, with_officer};

pub const ORIGIN: &str = "https://siyi.example";
pub const RP: &str = "siyi.example";
const COMMAND: &str = "0193b1a0-0000-7000-8000-000000000077";
const PERSON: &str = "0193b1a0-0000-7000-8000-000000000078";

/// What the account page's script asks.
pub async fn script(browser: &mut Browser, path: &str, body: Value) -> Value {
    script_of(browser, "/account", path, body).await
}

/// What the script of a page asks.
pub async fn script_of(browser: &mut Browser, page: &str, path: &str, body: Value) -> Value {
    let page = browser.get(page).await;
    let token = page.body.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let headers = [
        ("content-type", "application/json"),
        ("x-siyi-form", token.as_str()),
        ("origin", ORIGIN),
        ("sec-fetch-site", "same-origin"),
    ];
    browser.send(axum::http::Method::POST, path, &headers, body.to_string()).await.json()
}

pub async fn with_passkey(browser: &mut Browser, authenticator: &mut Authenticator) {
    let begun = script(browser, "/account/passkey/begin", json!({})).await;
    let credential = authenticator.create(&begun["options"]);
    let finish = json!({ "ceremony": begun["ceremony"], "credential": credential });
    let finished = script(browser, "/account/passkey/finish", finish).await;
    assert!(finished["key"].is_string(), "{finished}");
}

async fn count(browser: &mut Browser, households: u32) -> Value {
    let query = "mutation($place: ID!, $command: ID!, $input: CountElectorateInput!) { \
                 countElectorate(jurisdiction: $place, commandId: $command, input: $input) { __typename } }";
    let input = json!({ "population": 300, "adultVillagers": 200, "households": households });
    browser.graphql(query, json!({ "place": VILLAGE, "command": COMMAND, "input": input })).await
}

pub fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// Registers a person, with a name and a telephone number.
pub async fn register(browser: &mut Browser, name: &str) -> Value {
    let query = "mutation($place: ID!, $command: ID!, $input: RegisterPersonsInput!) { \
                 registerPersons(jurisdiction: $place, commandId: $command, input: $input) { __typename } }";
    let person = json!({ "person": PERSON, "name": name, "sex": "m", "contact": { "phone": "13800000000" } });
    let input = json!({ "persons": [person] });
    browser.graphql(query, json!({ "place": VILLAGE, "command": COMMAND, "input": input })).await
}

/// Signs what the answer asks for, from now on.
pub async fn sign(browser: &mut Browser, authenticator: &mut Authenticator, missing: &Value) {
    assert_eq!(code(missing), "signature-missing", "{missing}");
    let asked = missing["errors"][0]["extensions"]["challenge"].clone();
    let options = script(browser, "/account/passkey/sign", json!({ "challenge": asked })).await;
    let assertion = authenticator.get(&options["options"]);
    browser.extra = vec![("x-siyi-assertion", URL_SAFE_NO_PAD.encode(assertion.to_string()))];
}

pub fn is_recorded(answer: &Value) -> bool {
    answer["data"]["registerPersons"]["__typename"] == "Recorded"
}

async fn newest(server: &Server) -> Recorded {
    let events = server.app.store.read_all(AllFrom::End, Direction::Backwards, 1).await.unwrap();
    Recorded::read(&events[0]).unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officers_act_is_signed_where_the_officer_has_a_passkey() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[("7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101", "王小明")]).await;
    let before = newest(&server).await.envelope.via.unwrap();
    assert_eq!((before.known_by, before.signed), (KnownBy::Password, Signed::Nobody), "and the event says so for ever");
    let mut authenticator = Authenticator::new(ORIGIN, RP);
    with_passkey(&mut officer, &mut authenticator).await;

    let missing = count(&mut officer, 90).await;
    assert_eq!(code(&missing), "signature-missing", "{missing}");
    let asked = missing["errors"][0]["extensions"]["challenge"].clone();
    let options = script(&mut officer, "/account/passkey/sign", json!({ "challenge": asked })).await;
    let assertion = authenticator.get(&options["options"]);
    officer.extra = vec![("x-siyi-assertion", URL_SAFE_NO_PAD.encode(assertion.to_string()))];
    let other = count(&mut officer, 91).await;
    assert_eq!(code(&other), "assertion-other-act", "signed for other figures: {other}");
    let counted = count(&mut officer, 90).await;
    assert_eq!(counted["data"]["countElectorate"]["__typename"], "Recorded", "{counted}");

    // Anybody who holds the event can check it.
    let recorded = newest(&server).await;
    let via = recorded.envelope.via.clone().unwrap();
    let Signed::Passkey(signed) = via.signed else { panic!("not signed") };
    let assertion = ActAssertion::try_from(&signed).unwrap();
    let body: Value = serde_json::from_slice(&recorded.body).unwrap();
    let challenge = |data: &Value| {
        let envelope = &recorded.envelope;
        let events = vec![(envelope.event_type.as_str(), data)];
        let (stream, actor) = (envelope.stream.as_str(), envelope.actor);
        let (command_id, command_hash) = (envelope.causation_id, envelope.command_hash.as_str());
        ToSign { command_id, command_hash, stream, actor, occurred_at: None, events }.challenge().unwrap()
    };
    let key = &assertion.public_key_cose;
    verify_act_assertion(key, RP, ORIGIN, &challenge(&body["data"]), &assertion).unwrap();
    let mut forged = body["data"].clone();
    forged["households"] = json!(91);
    assert!(verify_act_assertion(key, RP, ORIGIN, &challenge(&forged), &assertion).is_err());

    // So does whoever verifies the whole record, from the console's first act on.
    let events = server.app.store.read_all(AllFrom::Start, Direction::Forwards, MAX_READ).await.unwrap();
    let of_domain = events.iter().filter(|event| Subject::of(&event.stream).is_some());
    let mut bodies: Vec<_> = of_domain.map(|event| event.body.clone()).collect();
    let derived = derive(&bodies, &server.app.rules);
    assert_eq!(derived.findings, []);
    assert_eq!((derived.authority.signed, derived.authority.claimed), (1, derived.authority.unsigned[&Why::Console]));
    let last = bodies.last_mut().unwrap();
    let forged = String::from_utf8(last.to_vec())
        .unwrap()
        .replace("\"office\":\"township_officer\"", "\"office\":\"county_officer\"");
    *last = forged.into_bytes().into();
    let derived = derive(&bodies, &server.app.rules);
    assert!(derived.findings.iter().any(|finding| finding.code == Code::OfficeNotHeld), "{:?}", derived.findings);
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_text_is_under_the_signature() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[("7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101", "王小明")]).await;
    let mut authenticator = Authenticator::new(ORIGIN, RP);
    with_passkey(&mut officer, &mut authenticator).await;
    let missing = register(&mut officer, "李大山").await;
    sign(&mut officer, &mut authenticator, &missing).await;
    let head = server.app.store.head().await.unwrap();
    // The same command by its hash, and yet it says something else.
    let other = register(&mut officer, "李小山").await;
    assert_eq!(code(&other), "assertion-other-act", "signed for another name: {other}");
    // The seed is good once, whatever became of the attempt.
    let late = register(&mut officer, "李大山").await;
    assert_eq!(code(&late), "assertion-other-act", "the seed was used: {late}");
    assert_eq!(server.app.store.head().await.unwrap(), head, "something was recorded");
    officer.extra.clear();
    let missing = register(&mut officer, "李大山").await;
    sign(&mut officer, &mut authenticator, &missing).await;
    let registered = register(&mut officer, "李大山").await;
    assert!(is_recorded(&registered), "{registered}");
    let again = register(&mut officer, "李大山").await;
    assert!(is_recorded(&again), "the same answer: {again}");

    let newest = newest(&server).await;
    let body: Value = serde_json::from_slice(&newest.body).unwrap();
    let opened = server.app.vault.open(body["data"]["name"].as_str().unwrap()).await.unwrap().unwrap();
    assert_eq!(opened.value, "李大山");
    let events = server.app.store.read_all(AllFrom::Start, Direction::Forwards, MAX_READ).await.unwrap();
    let of_domain = events.iter().filter(|event| Subject::of(&event.stream).is_some());
    let bodies: Vec<_> = of_domain.map(|event| event.body.clone()).collect();
    let derived = derive(&bodies, &server.app.rules);
    assert_eq!((derived.findings.as_slice(), derived.authority.signed), ([].as_slice(), 1));
    // Whoever runs the machine puts a name of their own into the vault, and its digest, or a decoy's, under the signature.
    let sealed = seal([7; 32], opened.subject, "name", "李小山").unwrap();
    for (pointer, digest) in [("/data/name", sealed.digest.clone()), ("/data/contact/0", sealed.digest)] {
        let mut forged = body.clone();
        *forged.pointer_mut(pointer).unwrap() = digest.into();
        let mut bodies = bodies.clone();
        *bodies.last_mut().unwrap() = canonical_bytes(&forged).unwrap();
        let derived = derive(&bodies, &server.app.rules);
        assert!(derived.findings.iter().any(|found| found.code == Code::SignatureInvalid), "{:?}", derived.findings);
    }
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_a_stranger_s_passkey_is_none() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[("7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101", "王小明")]).await;
    let mut authenticator = Authenticator::new(ORIGIN, RP);
    with_passkey(&mut officer, &mut authenticator).await;
    let asked = count(&mut officer, 90).await["errors"][0]["extensions"]["challenge"].clone();
    let options = json!({ "publicKey": { "challenge": asked } });
    let mut stranger = Authenticator::numbered(ORIGIN, RP, 9);
    let forged = stranger.get(&options).to_string();
    let head = server.app.store.head().await.unwrap();
    for (header, expected) in [
        (URL_SAFE_NO_PAD.encode(forged), "assertion-key-unknown"),
        ("%%%".to_owned(), "assertion-malformed"),
        (URL_SAFE_NO_PAD.encode("{}"), "assertion-malformed"),
        ("A".repeat(20_000), "assertion-malformed"),
    ] {
        officer.extra = vec![("x-siyi-assertion", header)];
        let answer = count(&mut officer, 90).await;
        assert_eq!(code(&answer), expected, "{answer}");
    }
    assert_eq!(server.app.store.head().await.unwrap(), head, "something was recorded");
    server.app.close().await;
}
