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
use siyi_tests::test_each;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A store over a face of its own, which runs as long as the test.
async fn subject() -> (Arc<dyn EventStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let guardian = Arc::new(Open(Rights::CLIENT));
    let log = Arc::new(MemoryStore::new());
    let face = Ready::open(listener, Options::default(), log, guardian, folder.path()).await.unwrap();
    let url = format!("kurrentdb://{}?tls=false", face.address());
    tokio::spawn(face.run(std::future::pending()));
    (Arc::new(KurrentStore::connect(&url).await.unwrap()), folder)
}

siyi_tests::each_store_promise!(test_each);
