//! A face on a free port, over an empty log on the disk, as it ships.
#![allow(dead_code, reason = "every test file uses a part of it")]

use prost::Message;
use siyi_esdb::{
    Open,
    guardian::{self, Guardian, Rights},
    refusal::Refusal,
    serve::{Options, Ready, ServeError, Watch},
    wire::shared,
};
use siyi_log::{
    embedded::{self, EmbeddedStore},
    port::EventStore,
};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tonic::transport::Channel;

pub struct Running {
    pub address: SocketAddr,
    pub watch: Watch,
    pub log: Arc<dyn EventStore>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    pub folder: Option<TempDir>,
}

impl Running {
    /// A face that lets everybody do everything that is not forbidden to all.
    pub async fn begin() -> Self {
        Self::guarded(Arc::new(guardian::Open(Rights::CLIENT))).await
    }

    pub async fn guarded(guardian: Arc<dyn Guardian>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(EmbeddedStore::open(folder.path().join("log"), embedded::Options::default()).unwrap());
        let mut running = Self::in_folder(folder.path(), log, guardian, Options::default()).await;
        running.folder = Some(folder);
        running
    }

    pub async fn in_folder(
        folder: &Path,
        log: Arc<dyn EventStore>,
        guardian: Arc<dyn Guardian>,
        options: Options,
    ) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), folder, log, guardian, options).await
    }

    pub async fn at(
        address: SocketAddr,
        folder: &Path,
        log: Arc<dyn EventStore>,
        guardian: Arc<dyn Guardian>,
        options: Options,
    ) -> Self {
        // Connections of a face that ran here before may take a moment to let go of the folder.
        let ready = within("the folder to be free", async {
            loop {
                let listener = TcpListener::bind(address).await.unwrap();
                let (log, guardian) = (Arc::clone(&log), Arc::clone(&guardian));
                match Ready::open(listener, options.clone(), log, guardian, folder).await {
                    Ok(ready) => break ready,
                    Err(ServeError::Store(Refusal::Unavailable(_))) => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        })
        .await;
        let (address, watch) = (ready.address(), ready.watch());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(async move {
            ready.run(async { drop(stopped.await) }).await.unwrap();
        });
        Self { address, watch, log, stop: Some(stop), serving, folder: None }
    }

    /// The connection string of official clients.
    pub fn url(&self) -> String {
        format!("kurrentdb://{}?tls=false", self.address)
    }

    pub fn client(&self) -> kurrentdb::Client {
        kurrentdb::Client::new(self.url().parse::<kurrentdb::ClientSettings>().unwrap()).unwrap()
    }

    /// A connection for calls that no official client would make.
    pub async fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }

    /// Stops it and waits until it has ended.
    pub async fn end(mut self) -> (Arc<dyn EventStore>, Option<TempDir>) {
        self.stop.take().unwrap().send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(20), &mut self.serving).await.unwrap().unwrap();
        (Arc::clone(&self.log), self.folder.take())
    }

    /// Waits until nothing is open any more.
    pub async fn idle(&self) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        while self.watch.open() != Open::default() {
            assert!(tokio::time::Instant::now() < deadline, "still open: {:?}", self.watch.open());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// What is waited for comes, or the test fails.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let within = tokio::time::timeout(Duration::from_secs(30), future).await;
    within.unwrap_or_else(|_| panic!("not within half a minute: {what}"))
}

/// What a client reads of an event, before its metadata and data.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Seen {
    #[prost(message, tag = "1")]
    pub id: Option<shared::Uuid>,
    #[prost(message, tag = "2")]
    pub stream: Option<shared::StreamIdentifier>,
    #[prost(uint64, tag = "3")]
    pub revision: u64,
    #[prost(uint64, tag = "4")]
    pub prepare_position: u64,
    #[prost(uint64, tag = "5")]
    pub commit_position: u64,
}

impl Seen {
    pub fn of(told: &impl Message) -> Self {
        Self::decode(told.encode_to_vec().as_slice()).unwrap()
    }
}
