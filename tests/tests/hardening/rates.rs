//! How often one may ask, and what is said to who asked too often.

use siyi_api::server::Options;
use siyi_api::server::proxy::Proxies;
use siyi_api::server::rates::{Allowance, Quotas};

use super::serving::{Server, header, status, strict};

const CLIENT: &str = "x-forwarded-for: 203.0.113.1\r\nx-siyi-person: 01890000-0000-7000-8000-000000000001\r\n\
                      x-siyi-office: township_officer\r\n";

fn few() -> Options {
    let quotas = Quotas {
        requests: Allowance::new(60, 30),
        queries: Allowance::new(1, 3),
        mutations: Allowance::new(1, 1),
        posts: Allowance::new(1, 1),
    };
    let proxies = Proxies::of(vec!["127.0.0.1".parse().unwrap()]);
    Options { proxies, quotas: Some(quotas), ..strict() }
}

fn register(code: &str) -> String {
    let query = format!(
        "mutation {{ registerJurisdiction(jurisdiction: \"{code}\", input: {{ name: \"某县\", kind: other }}) {{ __typename }} }}"
    );
    serde_json::json!({ "query": query }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn mutations_are_counted_more_strictly_than_queries() {
    let server = Server::start(few()).await;
    let first = server.graphql(CLIENT, &register("411597000000")).await;
    assert!(first.contains("Recorded"), "{first}");
    let head = server.world.app.store.head().await.unwrap();
    let second = server.graphql(CLIENT, &register("411596000000")).await;
    assert_eq!(status(&second), 429, "{second}");
    assert!(second.contains("too-many-requests"), "{second}");
    let wait: u64 = header(&second, "retry-after").unwrap().parse().unwrap();
    assert!((50..=61).contains(&wait), "{wait}");
    assert_eq!(server.world.app.store.head().await.unwrap(), head, "nothing was executed");
    let query = "{\"query\":\"{ server { demo } }\"}";
    assert_eq!(status(&server.graphql(CLIENT, query).await), 200);
    assert_eq!(status(&server.graphql(CLIENT, query).await), 429);
    assert!(server.get("/healthz", CLIENT).await.ends_with("ok\n"), "pages are counted apart");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_posts_are_counted_before_any_door_sees_them() {
    let server = Server::start(few()).await;
    let post =
        format!("POST /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{CLIENT}content-length: 0\r\n\r\n");
    assert_ne!(status(&server.ask(post.clone()).await), 429);
    assert_eq!(status(&server.ask(post).await), 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_is_not_held_up() {
    let server = Server::start(Options::of(siyi_api::app::Mode::Demo)).await;
    for _ in 0..700 {
        assert_eq!(status(&server.get("/healthz", "").await), 200);
    }
}
