//! A server in this process on a port of its own, and a client that can misbehave.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use siyi_api::app::Mode;
use siyi_api::server::{self, Options};
use siyi_tests::world::World;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Far longer than anything here takes; a test that runs into it has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    pub world: World,
    end: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

/// The options of real use: strict, on this machine.
pub fn strict() -> Options {
    Options::of(Mode::Real)
}

impl Server {
    pub async fn start(options: Options) -> Self {
        let world = World::new().await.unwrap();
        let listener = server::listen_as("127.0.0.1:0".parse().unwrap(), &options).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let app = Arc::clone(&world.app);
        let serving = tokio::spawn(async move {
            let end = async { drop(ended.await) };
            server::serve_with(&app, listener, options, end).await.unwrap();
        });
        Self { address, world, end: Some(end), serving }
    }

    /// Tells it to end and waits until it has.
    pub async fn end(mut self) {
        drop(self.end.take());
        tokio::time::timeout(PATIENCE, self.serving).await.unwrap().unwrap();
    }

    pub fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// One request on a connection of its own, and the whole answer as text.
    pub async fn ask(&self, request: impl Into<String>) -> String {
        let (address, request) = (self.address, request.into());
        blocking(move || {
            let mut stream = connect(address);
            stream.write_all(request.as_bytes()).unwrap();
            text(&mut stream)
        })
        .await
    }

    pub async fn get(&self, path: &str, headers: &str) -> String {
        self.ask(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")).await
    }

    /// A body sent to GraphQL as our own page would.
    pub async fn graphql(&self, headers: &str, body: &str) -> String {
        let length = body.len();
        self.ask(format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             x-siyi-request: 1\r\n{headers}content-length: {length}\r\n\r\n{body}"
        ))
        .await
    }
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What comes until the other side closes. That it closes hard is a close, too; that it does not is none.
pub fn text(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof) => {}
        Err(error) => panic!("the connection was not closed: {error}, after {:?}", String::from_utf8_lossy(&bytes)),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Off the threads that serve.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

pub fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split_once("\r\n\r\n").map_or(answer, |(head, _)| head);
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}
