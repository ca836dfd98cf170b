//! A websocket spoken by hand (RFC 6455, section 5.2), so that a test can also speak it wrongly.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

/// Far longer than anything here takes; a test that runs into it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A socket at `/graphql/ws` that speaks `graphql-transport-ws`.
pub struct Socket(TcpStream);

impl Socket {
    /// An upgrade with these header lines besides, each ending in `\r\n`.
    ///
    /// # Errors
    /// The head of the answer where the server refuses.
    pub fn open(server: SocketAddr, headers: &str) -> Result<Self, String> {
        let mut stream = TcpStream::connect(server).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
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

    /// A socket whose greeting is over.
    #[must_use]
    pub fn ready(server: SocketAddr) -> Self {
        Self::ready_with(server, "")
    }

    /// The same, opened with header lines besides.
    #[must_use]
    pub fn ready_with(server: SocketAddr, headers: &str) -> Self {
        let mut socket = Self::open(server, headers).unwrap();
        socket.send(&json!({ "type": "connection_init" }).to_string());
        assert_eq!(socket.told()["type"], "connection_ack");
        socket
    }

    /// Bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// A text in one frame, of at most 65,535 bytes.
    pub fn send(&mut self, text: &str) {
        let length = u16::try_from(text.len()).unwrap();
        let mut frame = vec![0x81, 0xfe];
        frame.extend(length.to_be_bytes());
        // A mask of noughts is a mask.
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.write(&frame);
    }

    /// Asks for a subscription.
    pub fn subscribe(&mut self, id: &str, query: &str) {
        self.send(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } }).to_string());
    }

    /// The next frame: its kind and its bytes; none where the other side has gone. That nothing comes is no going.
    pub fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
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

    /// The next message, pings aside.
    pub fn told(&mut self) -> Value {
        loop {
            match self.frame().expect("the socket is open") {
                (1, bytes) => return serde_json::from_slice(&bytes).unwrap(),
                (9, _) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
