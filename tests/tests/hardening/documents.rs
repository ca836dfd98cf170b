//! Which documents are answered: shipped ones by their hash, free ones within their limits, the schema where it is wanted.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use siyi_api::gate::{Caller, Identity};
use siyi_api::graphql::{MAX_DEPTH, shipped_operations};
use siyi_api::server::{self, Guard, Options};
use siyi_tests::world::World;
use tower::ServiceExt;
use uuid::Uuid;

use super::serving::strict;

fn router(world: &World, options: Options) -> Router {
    server::router_with(&world.app, &Guard::new(options))
}

async fn send(router: &Router, body: &Value) -> (StatusCode, Value) {
    let request = Request::builder().method("POST").uri("/graphql").header("content-type", "application/json");
    let request = request.header("x-siyi-request", "1").body(Body::from(body.to_string())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

fn by_hash(text: &str, variables: &Value) -> Value {
    let hash: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } }, "variables": variables })
}

#[tokio::test]
async fn every_operation_that_ships_is_answered_by_its_hash() {
    let world = World::with_cases().await.unwrap();
    let router = router(&world, Options { persisted_only: true, ..strict() });
    let variables = json!({ "code": "419901101201", "number": "419901101201-2026-1", "within": "419901000000",
        "id": "rural/HN/2026", "first": 5 });
    assert!(shipped_operations().len() >= 6);
    for (name, text) in shipped_operations() {
        let (status, answer) = send(&router, &by_hash(text, &variables)).await;
        assert!(status == StatusCode::OK && answer.get("errors").is_none(), "{name}: {answer}");
        let data = answer["data"].as_object().unwrap();
        assert!(data.values().all(|value| !value.is_null()), "{name} found nothing: {answer}");
    }
}

#[tokio::test]
async fn the_files_of_the_operations_are_what_the_program_knows() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/graphql/operations");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "graphql"));
    assert_eq!(files.len(), shipped_operations().len(), "a file that the program does not know");
    for (name, text) in shipped_operations() {
        assert_eq!(std::fs::read_to_string(folder.join(format!("{name}.graphql"))).unwrap(), *text);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_asks_nothing_else_where_that_is_wanted() {
    let world = World::new().await.unwrap();
    let only = router(&world, Options { persisted_only: true, ..strict() });
    let free = json!({ "query": "{ server { demo } }" });
    let (status, answer) = send(&only, &free).await;
    assert_eq!((status, code(&answer)), (StatusCode::FORBIDDEN, "persisted-only"));
    let (status, answer) = send(&only, &by_hash("{ server { demo } }", &json!({}))).await;
    assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, "persisted-query-unknown"));
    // The text itself may be sent, too.
    let (_, text) = shipped_operations().iter().find(|(name, _)| *name == "overdue").unwrap();
    assert_eq!(send(&only, &json!({ "query": text })).await.0, StatusCode::OK);
    assert_eq!(send(&router(&world, strict()), &free).await.0, StatusCode::OK);
    let identity = Identity {
        account: Uuid::from_u128(1),
        method: siyi_access::SignInMethod::Passkey,
        signed_in_at: siyi_tests::world::BEGINS_AT.parse().unwrap(),
        scopes: None,
    };
    let signed_in = only.layer(axum::Extension(Caller::Account(identity)));
    let (status, answer) = send(&signed_in, &free).await;
    assert!(status == StatusCode::OK && code(&answer) != "persisted-only", "{answer}");
}

#[tokio::test]
async fn the_schema_is_told_in_a_demonstration_and_not_in_real_use() {
    let world = World::new().await.unwrap();
    let ask = json!({ "query": "{ __schema { types { name } } __type(name: \"Query\") { name } }" });
    let (_, told) = send(&server::router(&world.app), &ask).await;
    assert!(told["data"]["__schema"]["types"].as_array().unwrap().len() > 50);
    let (_, kept) = send(&router(&world, strict()), &ask).await;
    assert!(kept["data"]["__schema"].is_null() && kept["data"]["__type"].is_null(), "{kept}");
    assert!(!kept.to_string().contains("Consultation"), "{kept}");
    // Nor by the spelling of what is nearly right.
    let (_, wrong) = send(&router(&world, strict()), &json!({ "query": "{ consultatio { id } }" })).await;
    assert_eq!(code(&wrong), "graphql-invalid");
    assert!(!wrong.to_string().to_lowercase().contains("did you mean"), "{wrong}");
    let (_, wanted) = send(&router(&world, Options { introspection: true, ..strict() }), &ask).await;
    assert!(!wanted["data"]["__schema"].is_null());
}

#[tokio::test]
async fn what_would_wear_the_server_out_is_refused_with_a_code() {
    let world = World::new().await.unwrap();
    let router = router(&world, strict());
    let nested = |depth: usize| {
        format!(
            "{{ jurisdiction(code: \"419901101201\") {} {{ name }} {} }}",
            "{ parent ".repeat(depth),
            "}".repeat(depth)
        )
    };
    let aliases: String = (0..10_000).map(|no| format!("a{no}: server {{ demo }} ")).collect();
    let directives = format!("{{ server {} {{ demo }} }}", "@include(if: true) ".repeat(9));
    let cycle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    let wide =
        "{ consultations(first: 100) { edges { node { history(first: 100) { edges { node { id type } } } } } } }";
    // The words tell which limit was reached: of what is counted before anything parses or resolves the document, or of the schema.
    for (query, expected, limit) in [
        (nested(500), "graphql-too-deep", "the document is nested too deeply"),
        (nested(MAX_DEPTH - 1), "graphql-too-deep", "Query is nested too deep."),
        (format!("{{ {aliases} }}"), "graphql-too-many-tokens", "the document is too long: use variables"),
        (directives, "graphql-invalid", ""),
        (cycle.to_owned(), "graphql-invalid", ""),
        (wide.to_owned(), "graphql-too-complex", "Query is too complex."),
    ] {
        let (_, answer) = send(&router, &json!({ "query": query })).await;
        assert_eq!(code(&answer), expected, "{answer}");
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains(limit), "{answer}");
        assert!(answer.get("data").is_none_or(Value::is_null), "{answer}");
    }
    let (_, answer) = send(&router, &json!({ "query": nested(MAX_DEPTH - 2) })).await;
    assert!(answer.get("errors").is_none(), "the deepest that is answered: {answer}");
    drop(Arc::clone(&world.app));
}
