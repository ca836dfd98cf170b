//! The adapter when its server goes away and comes back, and when somebody damaged the log there. That it keeps the
//! promises of the port is tested in `tests/tests/esdb_promises.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::default_trait_access,
    reason = "test code"
)]

mod support;

use futures::StreamExt;
use serde_json::json;
use siyi_esdb::{
    adapter::KurrentStore,
    guardian::{self, Rights},
    serve::Options,
};
use siyi_log::{
    memory::MemoryStore,
    port::{EventStore, Expected, NewEvent, Revision, StreamName},
};
use std::{sync::Arc, time::Duration};
use support::{Running, within};
use uuid::Uuid;

fn event(number: u128) -> NewEvent {
    NewEvent::new(Uuid::from_u128(number), "numbered.v1", &json!({"n": number.to_string()})).unwrap()
}

fn stream() -> StreamName {
    StreamName::new("village").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_is_found_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let guardian = || Arc::new(guardian::Open(Rights::CLIENT));
    let log = || Arc::new(MemoryStore::new());
    let face = Running::in_folder(folder.path(), log(), guardian(), Options::default()).await;
    let address = face.address;
    let store = KurrentStore::connect(&face.url()).await.unwrap();
    let mut followed = store.follow_batches(None, 10).map(|batch| batch.unwrap().events);
    store.append(&stream(), Expected::NoStream, vec![event(1)]).await.unwrap();
    face.end().await;
    let away = within("an answer without a server", store.append(&stream(), Expected::Any, vec![event(2)])).await;
    assert_eq!(away.unwrap_err().code(), "store-unavailable");
    let face = Running::at(address, folder.path(), log(), guardian(), Options::default()).await;
    let appended = within("the server to be found", async {
        loop {
            match store.append(&stream(), Expected::Any, vec![event(2)]).await {
                Ok(appended) => break appended,
                Err(error) => assert_eq!(error.code(), "store-unavailable"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert_eq!(appended.last_revision, Revision(1));
    let mut seen = Vec::new();
    within("the follower to see both", async {
        while seen.len() < 2 {
            seen.extend(followed.next().await.unwrap().into_iter().map(|event| event.id.as_u128()));
        }
    })
    .await;
    assert_eq!(seen, [1, 2]);
    assert!(store.append(&stream(), Expected::Any, vec![event(1)]).await.unwrap().already);
    drop((store, followed));
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_damaged_on_the_server_is_told_from_one_that_does_not_answer() {
    let face = Running::begin().await;
    let store = KurrentStore::connect(&face.url()).await.unwrap();
    store.append(&stream(), Expected::NoStream, vec![event(1)]).await.unwrap();
    face.client().tombstone_stream("village", &Default::default()).await.unwrap();
    let read = store.find(Uuid::from_u128(1)).await.unwrap_err();
    assert_eq!(read.code(), "store-corrupt", "{read}");
    let again = KurrentStore::connect(&face.url()).await.unwrap_err();
    assert_eq!(again.code(), "store-corrupt", "{again}");
    drop(store);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_unavailable() {
    let nowhere = within("an answer", KurrentStore::connect("kurrentdb://127.0.0.1:9?tls=false")).await;
    assert_eq!(nowhere.unwrap_err().code(), "store-unavailable");
    let nonsense = KurrentStore::connect("nonsense").await;
    assert_eq!(nonsense.unwrap_err().code(), "store-unavailable");
}
