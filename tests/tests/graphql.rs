//! The GraphQL door, asked as a client would ask it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use siyi_api::server;
use siyi_tests::world::{World, cases};
use tower::ServiceExt;

#[path = "graphql/commands.rs"]
mod commands;
#[path = "graphql/forged.rs"]
mod forged;
#[path = "graphql/oversight.rs"]
mod oversight;
#[path = "graphql/rules.rs"]
mod rules;

const PERSON: &str = "01890000-0000-7000-8000-000000000001";

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

fn post(content_type: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(Method::POST).uri("/graphql").header("x-siyi-request", "1");
    if let Some(content_type) = content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    request.body(body.into()).unwrap()
}

async fn ask(router: &Router, query: &str) -> Value {
    let (status, answer) = send(router, post(Some("application/json"), json!({ "query": query }).to_string())).await;
    assert_eq!(status, StatusCode::OK);
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

async fn act(router: &Router, office: &str, mutation: &str) -> Value {
    let mut request = post(Some("application/json"), json!({ "query": mutation }).to_string());
    request.headers_mut().insert("x-siyi-person", PERSON.parse().unwrap());
    request.headers_mut().insert("x-siyi-office", office.parse().unwrap());
    send(router, request).await.1
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

async fn empty() -> (World, Router) {
    let world = World::new().await.unwrap();
    let router = server::router(&world.app);
    (world, router)
}

async fn with_files(names: &[&str]) -> (World, Router) {
    let (world, router) = empty().await;
    let files: Vec<_> = names.iter().map(|name| cases().join(name)).collect();
    world.run(&files).await.unwrap();
    (world, router)
}

async fn with_cases() -> (World, Router) {
    let world = World::with_cases().await.unwrap();
    let router = server::router(&world.app);
    (world, router)
}

#[tokio::test]
async fn everything_overdue_in_a_county_answers() {
    let (world, router) = with_cases().await;
    world.clock.advance_to("2026-08-05T10:00:00+08:00".parse().unwrap());
    let data = ask(
        &router,
        r#"{ overdue(within: "419901000000") { consultation { number jurisdiction { name } }
             duty { kind zh dueOn daysOverdue rule { law article } } } }"#,
    )
    .await;
    let overdue = data["overdue"].as_array().unwrap();
    assert_eq!(overdue.len(), 2);
    assert_eq!(overdue[0]["duty"]["kind"], "post_resolution");
    assert_eq!(overdue[0]["duty"]["dueOn"], "2026-07-09");
    assert_eq!(overdue[0]["duty"]["daysOverdue"], 27);
    assert_eq!(overdue[0]["consultation"]["jurisdiction"]["name"], "柳沟村");
}

#[tokio::test]
async fn a_decision_says_what_it_was_derived_from() {
    let (_world, router) = with_cases().await;
    let data = ask(
        &router,
        r#"{ consultation(number: "419901101201-2026-1") { decisions { step outcome dueCount presentCount
             counts { for against abstain notVoting } quorum { arithmetic met rule { law version article } }
             threshold { part whole met } derivedFrom { type sha256 } } } }"#,
    )
    .await;
    let decisions = data["consultation"]["decisions"].as_array().unwrap();
    let s3 = decisions.iter().find(|d| d["step"] == "S3").unwrap();
    assert_eq!(s3["quorum"]["arithmetic"], "41×3=123 ≥ 110=55×2");
    assert_eq!(s3["counts"], json!({ "for": 38, "against": 2, "abstain": 1, "notVoting": 0 }));
    let s4 = decisions.iter().find(|d| d["step"] == "S4").unwrap();
    assert_eq!(s4["quorum"]["rule"], json!({ "law": "VL-2025", "version": "2025-10-28", "article": "30" }));
    let from: Vec<&str> = s4["derivedFrom"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert!(from.contains(&"roll-frozen.v1") && from.contains(&"papers-counted.v1"), "{from:?}");
    assert_eq!(s4["derivedFrom"][0]["sha256"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn nobody_is_recognised_by_an_objection() {
    let (_world, router) = with_cases().await;
    let data = ask(
        &router,
        r#"{ consultation(number: "419901101201-2026-1") { history(first: 100) { edges { node { type words
             actor { person name office } } } } } }"#,
    )
    .await;
    let events = data["consultation"]["history"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]);
    let objections: Vec<_> = events.clone().filter(|event| event["type"] == "objection-raised.v1").collect();
    assert!(!objections.is_empty());
    for objection in objections {
        assert_eq!(objection["actor"], json!({ "person": null, "name": null, "office": "villager" }));
    }
    let posted = events.clone().find(|event| event["type"] == "notice-posted.v1").unwrap();
    assert!(posted["actor"]["name"].as_str().unwrap().contains('*'), "an officer acts by name, masked");
}

#[tokio::test]
async fn pages_of_matters_follow_one_another_without_gap() {
    let (_world, router) = with_cases().await;
    let mut seen = Vec::new();
    let mut after = String::from("null");
    loop {
        let query = format!(
            "{{ consultations(within: \"41\", first: 3, after: {after}) {{ totalCount pageInfo {{ hasNextPage endCursor }}
                edges {{ node {{ number }} }} }} }}"
        )
        .replace("\"41\"", "\"410000000000\"");
        let page = ask(&router, &query).await["consultations"].clone();
        seen.extend(page["edges"].as_array().unwrap().iter().map(|e| e["node"]["number"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], seen.len());
            break;
        }
        after = page["pageInfo"]["endCursor"].to_string();
    }
    assert!(seen.len() >= 8);
    let distinct: std::collections::BTreeSet<String> = seen.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), seen.len());
}

#[tokio::test]
async fn matters_are_filtered_by_status_kind_and_time() {
    let (_world, router) = with_cases().await;
    let data = ask(
        &router,
        r#"{ all: consultations { totalCount }
             withdrawn: consultations(status: withdrawn, first: 100) { totalCount edges { node { status } } }
             covenant: consultations(matter: "V12", first: 100) { totalCount edges { node { matters } } }
             road: consultations(matter: "V03", raisedBefore: "2026-03-01T00:00:00+08:00",
                within: "419901101201") { totalCount edges { node { number } } } }"#,
    )
    .await;
    let nodes = |of: &str| {
        let edges = data[of]["edges"].as_array().unwrap();
        assert!(!edges.is_empty() && data[of]["totalCount"] == edges.len(), "{of}");
        assert!(data["all"]["totalCount"].as_u64().unwrap() > edges.len() as u64, "{of}");
        edges.iter().map(|edge| &edge["node"])
    };
    assert!(nodes("withdrawn").all(|node| node["status"] == "withdrawn"));
    assert!(nodes("covenant").all(|node| node["matters"].as_array().unwrap().contains(&json!("V12"))));
    assert_eq!(data["road"]["edges"][0]["node"]["number"], "419901101201-2026-1");
}

#[tokio::test]
async fn a_refusal_is_data_with_its_figures() {
    let (_world, router) = with_cases().await;
    let answer = act(
        &router,
        "villager",
        r#"mutation { raiseMotion(input: { jurisdiction: "419901101201", title: "试", matters: ["V03"],
            source: village_cadres, initiator: { kind: villagers, signatures: 172 }, summary: "试" }) {
            ... on Refusal { code zh figures { name value } rule { law article title } } } }"#,
    )
    .await;
    let refusal = &answer["data"]["raiseMotion"];
    assert_eq!(refusal["code"], "initiators-too-few");
    assert!(refusal["figures"].as_array().unwrap().contains(&json!({ "name": "least", "value": "173" })));
    assert_eq!(refusal["rule"]["article"], "54");
}

#[tokio::test]
async fn what_is_recorded_can_be_asked_for_at_its_position() {
    let (_world, router) = empty().await;
    let answer = act(
        &router,
        "township_officer",
        r#"mutation { registerJurisdiction(jurisdiction: "411599000000", input: { name: "某县", kind: other },
            commandId: "01890000-0000-7000-8000-0000000000aa") { ... on Recorded { position already subject } } }"#,
    )
    .await;
    let recorded = &answer["data"]["registerJurisdiction"];
    assert_eq!(recorded["position"], "0");
    let data = ask(&router, r#"{ jurisdiction(code: "411599000000", atLeast: "0") { name level } }"#).await;
    assert_eq!(data["jurisdiction"], json!({ "name": "某县", "level": "county" }));
}

#[tokio::test]
async fn a_command_without_an_actor_is_an_error() {
    let (_world, router) = empty().await;
    let mutation = r#"mutation { registerJurisdiction(jurisdiction: "411599000000",
        input: { name: "某县", kind: other }) { __typename } }"#;
    let (_, answer) = send(&router, post(Some("application/json"), json!({ "query": mutation }).to_string())).await;
    assert_eq!(code(&answer), "actor-missing");
    assert_eq!(code(&act(&router, "emperor", mutation).await), "actor-unknown");
}

#[tokio::test]
async fn no_form_of_another_site_can_act() {
    let (world, router) = empty().await;
    let mutation = r#"mutation { registerJurisdiction(jurisdiction: "411599000000",
        input: { name: "某县", kind: other }) { __typename } }"#;
    let body = json!({ "query": mutation }).to_string();
    for content_type in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data")]
    {
        let mut request = post(content_type, body.clone());
        request.headers_mut().insert("x-siyi-person", PERSON.parse().unwrap());
        request.headers_mut().insert("x-siyi-office", "township_officer".parse().unwrap());
        let (status, answer) = send(&router, request).await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type:?}");
        assert_eq!(code(&answer), "unsupported-media-type");
    }
    let get = Request::builder().uri("/graphql?query=mutation%7B__typename%7D").body(Body::empty()).unwrap();
    let response = router.clone().oneshot(get).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "a link asks nothing");
    let get = Request::builder().uri("/graphql").body(Body::empty()).unwrap();
    let response = router.clone().oneshot(get).await.unwrap();
    let page = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    assert!(page.starts_with(b"<!DOCTYPE html>") || page.starts_with(b"<!doctype html>"), "GET only shows GraphiQL");
    assert!(world.app.store.head().await.unwrap().is_none());
}

#[tokio::test]
async fn every_limit_answers_with_its_code() {
    let (_world, router) = empty().await;
    let (_, answer) = send(
        &router,
        post(Some("application/json"), json!({ "query": "{ consultations(first: 101) { totalCount } }" }).to_string()),
    )
    .await;
    assert_eq!(code(&answer), "page-size");
    let deep =
        format!("{{ jurisdiction(code: \"411599000000\") {} {{ name }} {} }}", "{ parent ".repeat(20), "}".repeat(20));
    let (_, answer) = send(&router, post(Some("application/json"), json!({ "query": deep }).to_string())).await;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("deep"), "{answer}");
    let wide = "consultations(first: 100) { edges { node { history(first: 100) { edges { node { id type } } } } } }";
    let (_, answer) =
        send(&router, post(Some("application/json"), json!({ "query": format!("{{ {wide} }}") }).to_string())).await;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("complex"), "{answer}");
    let (status, answer) = send(&router, post(Some("application/json"), "{")).await;
    assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, "malformed-request"));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_the_server_lives() {
    let (_world, router) = empty().await;
    let huge = vec![b' '; server::MAX_BODY_BYTES + 1];
    let (status, _) = send(&router, post(Some("application/json"), huge)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(ask(&router, "{ server { signIn } }").await["server"]["signIn"], false);
}

#[tokio::test]
async fn recorded_events_are_followed_from_a_position_on() {
    use futures::StreamExt;
    let (world, router) = empty().await;
    let register = |place: &str| {
        format!(
            "mutation {{ registerJurisdiction(jurisdiction: \"{place}\", input: {{ name: \"某县\", kind: other }}) {{ __typename }} }}"
        )
    };
    act(&router, "township_officer", &register("411598000000")).await;
    let schema = siyi_api::graphql::schema(Arc::clone(&world.app));
    let request = r#"subscription { eventsRecorded(within: "411500000000", after: "0") { position type stream } }"#;
    let mut followed = Box::pin(schema.execute_stream(request));
    // The first is past the position asked for, the second lies elsewhere, the third is the one that must come.
    act(&router, "township_officer", &register("419999000000")).await;
    act(&router, "township_officer", &register("411599000000")).await;
    let data = followed.next().await.unwrap().data.into_json().unwrap();
    assert_eq!(data["eventsRecorded"]["stream"], "jurisdiction-411599000000");
    assert_eq!(data["eventsRecorded"]["type"], "jurisdiction-registered.v1");
    assert_eq!(data["eventsRecorded"]["position"], "2");
}

#[tokio::test]
async fn health_tells_ready_and_metrics_the_head() {
    let (world, router) = with_cases().await;
    world.app.models.caught_up().await;
    for (path, needle) in [("/healthz", "ok"), ("/readyz", "ready"), ("/metrics", "siyi_log_position ")] {
        let response = router.clone().oneshot(Request::builder().uri(path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains(needle), "{path}");
    }
}
