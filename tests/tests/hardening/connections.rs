//! Slow heads, slow bodies, idle connections, too many of them, large bodies, and the end of a server.

use std::io::Write;
use std::time::Duration;

use siyi_api::server::places::Crowd;
use siyi_api::server::{self, Exposure, Options};

use super::serving::{Server, blocking, connect, status, strict, text};

/// Times so short that a test does not wait for them.
fn impatient() -> Options {
    let mut options = strict();
    options.times.head = Duration::from_millis(80);
    options.times.body = Duration::from_millis(80);
    options.times.handshake = Duration::from_millis(20);
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_finishes_a_head_is_cut_off_and_others_are_served() {
    let server = Server::start(impatient()).await;
    let address = server.address;
    for begun in ["", "G", "GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: "] {
        let mut slow = connect(address);
        slow.write_all(begun.as_bytes()).unwrap();
        assert!(server.get("/healthz", "").await.ends_with("ok\n"), "others are served meanwhile");
        let answer = blocking(move || text(&mut slow)).await;
        assert!(!answer.contains(" 200 "), "{begun:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_lies_idle_after_its_answer_is_closed() {
    let server = Server::start(impatient()).await;
    let mut idle = server.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    // It ends without our closing it, after the one answer.
    let answer = blocking(move || text(&mut idle)).await;
    assert_eq!(status(&answer), 200);
    assert_eq!(answer.matches("HTTP/1.1").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stops_coming_is_not_waited_for() {
    let server = Server::start(impatient()).await;
    let mut slow = server.connect();
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-siyi-request: 1\r\n\
                content-length: 1000\r\n\r\n{\"query\":";
    slow.write_all(head.as_bytes()).unwrap();
    let answer = blocking(move || text(&mut slow)).await;
    assert!(matches!(status(&answer), 400 | 408), "{answer}");
    assert_eq!(server.world.app.store.head().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_drips_for_longer_than_a_request_may_take_is_ended() {
    let mut options = strict();
    options.times.request = Duration::from_millis(80);
    let server = Server::start(options).await;
    let mut slow = server.connect();
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-siyi-request: 1\r\n\
                content-length: 1000\r\n\r\n";
    slow.write_all(head.as_bytes()).unwrap();
    let answer = blocking(move || text(&mut slow)).await;
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("request-timeout") && answer.contains("x-request-id: "), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_connections_and_no_more() {
    let mut options = strict();
    options.connections = Crowd { all: 10, each: 2 };
    let server = Server::start(options).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut one = server.connect();
        one.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        // Its answer says that it was taken.
        let mut first = [0; 12];
        std::io::Read::read_exact(&mut one, &mut first).unwrap();
        held.push(one);
    }
    let mut third = server.connect();
    // It may be closed before it is written to.
    let _ = third.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert_eq!(blocking(move || text(&mut third)).await, "");
    // Whoever goes makes room: a server that has noticed it serves the next one.
    held.clear();
    let address = server.address;
    let served = blocking(move || {
        (0..1_000).any(|_| {
            let mut next = connect(address);
            let sent = next.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
            sent.is_ok() && text(&mut next).ends_with("ok\n")
        })
    })
    .await;
    assert!(served);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_megabytes_are_refused_early_however_they_come() {
    let server = Server::start(strict()).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-siyi-request: 1\r\n\
                connection: close\r\n";
    // Said in advance: not one byte of it is waited for.
    let answer = server.ask(format!("{head}content-length: 50000000\r\n\r\n")).await;
    assert_eq!(status(&answer), 413, "{answer}");
    let mut chunked = server.connect();
    chunked.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).unwrap();
    let (answer, sent) = blocking(move || {
        let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x1_0000], b"\r\n"].concat();
        let sent = (0..800).take_while(|_| chunked.write_all(&chunk).is_ok()).count();
        (text(&mut chunked), sent)
    })
    .await;
    assert!(sent < 800, "all of it was taken");
    assert!(answer.is_empty() || status(&answer) == 413, "{answer}");
    assert!(server.get("/healthz", "").await.ends_with("ok\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_end_does_not_wait_for_the_idle() {
    let server = Server::start(strict()).await;
    let mut idle = server.connect();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut first = [0; 12];
    std::io::Read::read_exact(&mut idle, &mut first).unwrap();
    server.end().await;
    blocking(move || text(&mut idle)).await;
}

#[tokio::test]
async fn nobody_listens_beyond_this_machine_in_clear() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let refused =
        |options: Options| async move { server::listen_as(everywhere, &options).await.unwrap_err().to_string() };
    assert!(refused(strict()).await.starts_with("not-loopback"));
    assert!(server::listen(everywhere).await.unwrap_err().to_string().starts_with("not-loopback"));
    assert!(refused(Options { exposure: Exposure::Tls, ..strict() }).await.starts_with("tls-missing"));
    assert!(refused(Options { exposure: Exposure::BehindProxy, ..strict() }).await.starts_with("proxy-missing"));
}
