//! Subscribers' sockets: from here only, for subscriptions only, so many, and not for those who have gone.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use siyi_api::server::Options;
use siyi_api::server::places::Crowd;

use super::serving::{Server, blocking, connect, strict};

/// A websocket spoken by hand (RFC 6455, section 5.2).
struct Socket(TcpStream);

impl Socket {
    /// What the server says to an upgrade: a socket, or the status and text of its refusal.
    fn open(server: std::net::SocketAddr, headers: &str) -> Result<Self, String> {
        let mut stream = connect(server);
        let request = format!(
            "GET /graphql/ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: graphql-transport-ws\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        if head.starts_with("HTTP/1.1 101") { Ok(Self(stream)) } else { Err(head) }
    }

    fn ready(server: std::net::SocketAddr) -> Self {
        let mut socket = Self::open(server, "").unwrap();
        socket.send(&json!({ "type": "connection_init" }).to_string());
        assert_eq!(socket.told()["type"], "connection_ack");
        socket
    }

    fn send(&mut self, text: &str) {
        let length = u16::try_from(text.len()).unwrap();
        let mut frame = vec![0x81, 0xfe];
        frame.extend(length.to_be_bytes());
        // A mask of noughts is a mask.
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).unwrap();
    }

    fn subscribe(&mut self, id: &str, query: &str) {
        self.send(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } }).to_string());
    }

    /// The next frame: its kind and its bytes; none where the other side has gone. That nothing comes is no going.
    fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 2];
        match self.0.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("it stays open")
            }
            Err(_) => return None,
        }
        let length = match head[1] & 0x7f {
            126 => {
                let mut length = [0; 2];
                self.0.read_exact(&mut length).ok()?;
                usize::from(u16::from_be_bytes(length))
            }
            length => usize::from(length),
        };
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).ok()?;
        Some((head[0] & 0x0f, bytes))
    }

    fn told(&mut self) -> Value {
        loop {
            match self.frame().expect("the socket is open") {
                (1, bytes) => return serde_json::from_slice(&bytes).unwrap(),
                (9, _) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

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
        socket.0.write_all(&head).unwrap();
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
            alive.0.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).unwrap();
        }
    })
    .await;
}
