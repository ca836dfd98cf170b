//! Every promise of an event store, kept by the adapter for EventStoreDB over the face of this program.
//!
//! The promises are those of `promises.rs`, unchanged; here the log lies on the other side of a connection, in streams of
//! a client. This shows that the adapter and the face keep them together, and nothing about a server of others.

use siyi_esdb::{
    adapter::KurrentStore,
    guardian::{Open, Rights},
    serve::{Options, Ready},
};
use siyi_log::{memory::MemoryStore, port::EventStore};
use std::{future::Future, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A promise that waits for what never comes fails.
async fn within_two_minutes(promise: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_mins(2), promise).await.expect("the promise is not kept within two minutes");
}

/// A store over a face of its own, which runs as long as the test.
async fn store() -> (Arc<dyn EventStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let guardian = Arc::new(Open(Rights::CLIENT));
    let log = Arc::new(MemoryStore::new());
    let face = Ready::open(listener, Options::default(), log, guardian, folder.path()).await.unwrap();
    let url = format!("kurrentdb://{}?tls=false", face.address());
    tokio::spawn(face.run(std::future::pending()));
    (Arc::new(KurrentStore::connect(&url).await.unwrap()), folder)
}

macro_rules! test_each {
    ($theme:ident: $($promise:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let (subject, _kept) = store().await;
                within_two_minutes(siyi_tests::promises::$theme::$promise(subject)).await;
            }
        )*
    };
}

siyi_tests::each_store_promise!(test_each);
