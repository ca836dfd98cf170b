//! Subscribers' sockets: from here only, for subscriptions only, so many, and not for those who have gone.

use std::time::Duration;

use serde_json::{Value, json};
use siyi_api::server::Options;
use siyi_api::server::places::Crowd;
use siyi_tests::websocket::Socket;

use super::serving::{Server, blocking, strict};

const FOLLOW: &str = "subscription { eventsRecorded { position } }";

fn code(message: &Value) -> &str {
    let error = message.pointer("/payload/errors/0/extensions/code");
    error.and_then(Value::as_str).unwrap_or_else(|| panic!("{message}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_of_another_site_is_not_opened() {
    let server = Server::start(strict()).await;
    let address = server.address;
    blocking(move || {
        for forged in ["origin: https://evil.example\r\n", "origin: null\r\n", "sec-fetch-site: cross-site\r\n"] {
            let refused = Socket::open(address, forged).err().unwrap_or_else(|| panic!("{forged} was let in"));
            assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
        }
        assert!(Socket::open(address, "origin: http://localhost\r\nsec-fetch-site: same-origin\r\n").is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_only_follows() {
    let server = Server::start(strict()).await;
    let address = server.address;
    blocking(move || {
        let mut socket = Socket::ready(address);
        socket.subscribe("q", "{ server { demo } }");
        assert_eq!(code(&socket.told()), "only-subscriptions");
        socket.told();
        socket.subscribe("m", "mutation { registerJurisdiction(jurisdiction: \"411597000000\", input: { name: \"某县\", kind: other }) { __typename } }");
        assert_eq!(code(&socket.told()), "only-subscriptions");
        socket.told();
        socket.subscribe("a", &format!("subscription {{ {} }}", "a: eventsRecorded { position } ".repeat(31)));
        assert_eq!(code(&socket.told()), "graphql-too-many-aliases");
    })
    .await;
    assert_eq!(server.world.app.store.head().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_socket_follows_eight_things_and_no_ninth() {
    let server = Server::start(strict()).await;
    let address = server.address;
    blocking(move || {
        let mut socket = Socket::ready(address);
        for id in 0..8 {
            socket.subscribe(&id.to_string(), FOLLOW);
        }
        socket.subscribe("ninth", FOLLOW);
        let told = socket.told();
        assert_eq!((told["id"].as_str(), code(&told)), (Some("ninth"), "too-many-subscriptions"));
        socket.told();
        // Whoever stops following makes room.
        socket.send(&json!({ "id": "0", "type": "complete" }).to_string());
        assert_eq!(socket.told()["type"], "complete");
        socket.subscribe("tenth", "subscription { nothing }");
        assert_eq!(code(&socket.told()), "graphql-invalid");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_sockets_and_gets_them_back() {
    let server = Server::start(Options { sockets: Crowd { all: 9, each: 2 }, ..strict() }).await;
    let address = server.address;
    blocking(move || {
        let (_one, two) = (Socket::ready(address), Socket::ready(address));
        let refused = Socket::open(address, "").err().expect("a third");
        assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
        drop(two);
        assert!((0..1_000).any(|_| Socket::open(address, "").is_ok()), "its place was not given back");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_the_limit_ends_the_socket() {
    let server = Server::start(strict()).await;
    let address = server.address;
    blocking(move || {
        let mut socket = Socket::ready(address);
        // A frame that announces 64 KiB and one byte.
        let mut head = vec![0x81, 0xff];
        head.extend((64u64 * 1024 + 1).to_be_bytes());
        head.extend([0; 4]);
        socket.write(&head);
        while let Some((kind, _)) = socket.frame() {
            assert_ne!(kind, 1, "it was answered");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_a_ping_has_gone() {
    let mut options = strict();
    options.times.ping = Duration::from_millis(60);
    let server = Server::start(options).await;
    let address = server.address;
    blocking(move || {
        let mut socket = Socket::ready(address);
        let mut pings = 0;
        while let Some((kind, _)) = socket.frame() {
            pings += usize::from(kind == 9);
            assert!(pings < 100, "it is asked for ever");
        }
        assert!(pings >= 1, "nobody asked");
        // Who answers stays.
        let mut alive = Socket::ready(address);
        for _ in 0..6 {
            let (kind, _) = alive.frame().expect("it stays");
            assert_eq!(kind, 9);
            alive.write(&[0x8a, 0x80, 0, 0, 0, 0]);
        }
    })
    .await;
}
