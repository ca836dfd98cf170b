//! Whose word is taken for who asks, and for whether it was by TLS.

use siyi_api::server::proxy::Proxies;
use siyi_api::server::rates::Allowance;
use siyi_api::server::{Exposure, Options};

use super::serving::{Server, header, status, strict};

fn behind(proxies: &[&str]) -> Options {
    Options { proxies: Proxies::of(proxies.iter().map(|proxy| proxy.parse().unwrap()).collect()), ..strict() }
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_transport_is_asked_for_where_a_believed_proxy_says_https() {
    let server = Server::start(behind(&["127.0.0.1"])).await;
    let https = server.get("/healthz", "x-forwarded-for: 203.0.113.1\r\nx-forwarded-proto: https\r\n").await;
    assert_eq!(header(&https, "strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
    let http = server.get("/healthz", "x-forwarded-for: 203.0.113.1\r\nx-forwarded-proto: http\r\n").await;
    assert_eq!(header(&http, "strict-transport-security"), None);
    let twice = server.get("/healthz", "x-forwarded-for: 203.0.113.1\r\nforwarded: for=203.0.113.2\r\n").await;
    assert!(status(&twice) == 400 && twice.contains("forwarded-twice"), "{twice}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_believed() {
    let server = Server::start(strict()).await;
    let answer = server.get("/healthz", "x-forwarded-for: 203.0.113.1\r\nx-forwarded-proto: https\r\n").await;
    assert_eq!((status(&answer), header(&answer, "strict-transport-security")), (200, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_counted_as_the_proxy_names_it_and_not_as_it_names_itself() {
    let mut options = behind(&["127.0.0.1"]);
    options.quotas.as_mut().unwrap().requests = Allowance::new(1, 2);
    let server = Server::start(options).await;
    let ask = |hops: &'static str| {
        let server = &server;
        async move { status(&server.get("/healthz", &format!("x-forwarded-for: {hops}\r\n")).await) }
    };
    assert_eq!((ask("203.0.113.1").await, ask("203.0.113.1").await), (200, 200));
    assert_eq!(ask("203.0.113.1").await, 429);
    assert_eq!(ask("198.51.100.7, 203.0.113.1").await, 429, "it wrote the first one itself");
    assert_eq!(ask("203.0.113.2").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_nobody_connects_past_it() {
    let server = Server::start(Options { exposure: Exposure::BehindProxy, ..behind(&["10.0.0.0/8"]) }).await;
    let address = server.address;
    let answer = super::serving::blocking(move || {
        let mut stream = super::serving::connect(address);
        // It may be closed before it is written to.
        let _ = std::io::Write::write_all(&mut stream, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
        super::serving::text(&mut stream)
    })
    .await;
    assert_eq!(answer, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_tls_a_page_of_our_name_in_clear_is_none_of_ours() {
    let server = Server::start(behind(&["127.0.0.1"])).await;
    let ask = |origin: &'static str, proto: &'static str| {
        let server = &server;
        let headers = format!("origin: {origin}\r\nx-forwarded-for: 203.0.113.1\r\nx-forwarded-proto: {proto}\r\n");
        async move { status(&server.graphql(&headers, "{\"query\":\"{ server { demo } }\"}").await) }
    };
    assert_eq!(ask("https://localhost", "https").await, 200);
    assert_eq!(ask("http://localhost", "https").await, 403);
    assert_eq!(ask("http://localhost", "http").await, 200);
}
