//! What every answer carries, whichever door gives it, and what none tells.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use siyi_api::server;
use siyi_tests::world::World;
use tower::ServiceExt;

use super::serving::{Server, header, status, strict};

const ALL: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-robots-tag", "noindex, noarchive"),
    ("permissions-policy", ""),
];

fn check(what: &str, headers: &HeaderMap) {
    for (name, value) in ALL {
        let found = headers.get(name).unwrap_or_else(|| panic!("{what} has no {name}")).to_str().unwrap();
        assert!(found.contains(value), "{what}: {name}: {found}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in ["default-src 'none'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("'unsafe-eval'") && !policy.contains("script-src 'self' '"), "{what}: {policy}");
    assert!(headers.contains_key("cache-control") && headers.contains_key("x-request-id"), "{what}: {headers:?}");
}

#[tokio::test]
async fn every_door_answers_with_the_same_headers_whatever_it_answers() {
    let world = World::new().await.unwrap();
    // Until then what is not found may only not be read yet.
    world.app.models.caught_up().await;
    let router = server::router(&world.app);
    let json = "application/json";
    let requests = [
        ("GET", "/", "", 200),
        ("GET", "/no/such/page", "", 404),
        ("GET", "/static/site.css", "", 200),
        ("GET", "/static/nothing.css", "", 404),
        ("GET", "/j/419901199000/feed.atom", "", 404),
        ("GET", "/healthz", "", 200),
        ("GET", "/metrics", "", 200),
        ("GET", "/graphql", "", 200),
        ("GET", "/graphql?query=x", "", 405),
        ("GET", "/graphql/graphiql/start.js", "", 200),
        ("GET", "/graphql/graphiql/nothing", "", 404),
        ("GET", "/graphql/schema.graphql", "", 200),
        ("GET", "/graphql/ws", "", 400),
        ("POST", "/graphql", "{\"query\":\"{ server { signIn } }\"}", 200),
        ("POST", "/graphql", "{", 400),
        ("POST", "/", "", 405),
        ("DELETE", "/graphql", "", 405),
    ];
    for (method, path, body, expected) in requests {
        let request =
            Request::builder().method(method).uri(path).header("content-type", json).header("x-siyi-request", "1");
        let response = router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let what = format!("{method} {path} {body}");
        assert_eq!(response.status(), expected, "{what}");
        check(&what, response.headers());
        if method == "POST" || response.status().is_client_error() {
            assert_eq!(response.headers()["cache-control"], "no-store", "{what}");
        }
        assert!(response.headers().get("strict-transport-security").is_none(), "in clear it means nothing");
    }
}

#[tokio::test]
async fn the_query_editor_has_no_script_of_its_own_in_its_markup() {
    let world = World::new().await.unwrap();
    let request = Request::builder().uri("/graphql").body(Body::empty()).unwrap();
    let response = server::router(&world.app).oneshot(request).await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let page = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(!page.contains("<style"), "{page}");
    for script in page.split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/graphql/") && script.contains("\"></script>"), "{script}");
    }
    for handler in ["onload=", "onclick=", "onerror=", "javascript:"] {
        assert!(!page.contains(handler), "{handler}");
    }
}

async fn stumble() {
    panic!("the secret of 张三");
}

#[tokio::test]
async fn a_panic_tells_nothing_but_its_name_in_the_log() {
    let world = World::new().await.unwrap();
    let guard = server::Guard::new(strict());
    let stumbling = axum::Router::new().route("/panic/{secret}", axum::routing::get(stumble));
    let router = server::protected(stumbling, &guard);
    let request = Request::builder().uri("/panic/x").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    check("a panic", response.headers());
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.contains("internal-error") && !body.contains("secret") && !body.contains(".rs"), "{body}");
    drop(world);
}

/// What is logged while a subscriber of this thread is set.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_the_route_and_nothing_of_what_was_sent() {
    let world = World::new().await.unwrap();
    let router = server::router(&world.app);
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    let subscriber = subscriber.with_ansi(false).with_writer(move || writer.clone()).finish();
    let guard = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    let request = Request::builder()
        .method("POST")
        .uri("/c/QUERY-IN-PATH?token=QUERY-SECRET")
        .header("cookie", "session=COOKIE-SECRET")
        .header("authorization", "Bearer TOKEN-SECRET")
        .header("x-siyi-person", "PERSON-SECRET")
        .body(Body::from("BODY-SECRET"))
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    drop(guard);
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let log = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains(&id) && log.contains("route=\"/c/{number}\"") && log.contains("status=405"), "{log}");
    for secret in ["QUERY", "SECRET"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_for_this_machine_is_not_answered() {
    let server = Server::start(strict()).await;
    for (host, expected) in [
        ("localhost", 200),
        ("127.0.0.1:8420", 200),
        ("[::1]:8420", 200),
        ("LOCALHOST:1", 200),
        ("rebound.example", 421),
        ("localhost.rebound.example:8420", 421),
        ("127.0.0.1.rebound.example", 421),
    ] {
        let answer = server.ask(format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), expected, "{host}");
        assert!(header(&answer, "x-content-type-options").is_some(), "{host}");
    }
}
