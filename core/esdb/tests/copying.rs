//! Copying a log to a server and back, broken off on the way, and to a target that holds something else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::default_trait_access,
    clippy::items_after_statements,
    clippy::unnecessary_wraps,
    reason = "test code; it makes its own ids"
)]

mod support;

use serde_json::json;
use siyi_esdb::{
    adapter::KurrentStore,
    copy::{CopyError, Progress, copy},
};
use siyi_log::{
    memory::MemoryStore,
    port::{AllFrom, Direction, EventStore, Expected, NewEvent, StoredEvent, StreamName},
};
use support::Running;
use uuid::Uuid;

async fn fill(store: &dyn EventStore, count: u128) {
    for number in 0..count {
        let stream = StreamName::new(format!("village-{}", number % 7)).unwrap();
        let event =
            NewEvent::new(Uuid::from_u128(number + 1), "numbered.v1", &json!({"n": number.to_string()})).unwrap();
        store.append(&stream, Expected::Any, vec![event]).await.unwrap();
    }
}

async fn all(store: &dyn EventStore) -> Vec<StoredEvent> {
    store.read_all(AllFrom::Start, Direction::Forwards, 10_000).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_goes_to_a_server_and_back() {
    let face = Running::begin().await;
    let server = KurrentStore::connect(&face.url()).await.unwrap();
    let (source, back) = (MemoryStore::new(), MemoryStore::new());
    fill(&source, 300).await;
    let mut told = Vec::new();
    let copied = copy(&source, &server, |progress| told.push(progress)).await.unwrap();
    assert_eq!((copied.copied, copied.compared), (300, 300));
    assert_eq!(told.last(), Some(&Progress::Compared(300)));
    copy(&server, &back, |_| ()).await.unwrap();
    assert_eq!(all(&back).await, all(&source).await);
    drop(server);
    face.end().await;
}

#[tokio::test]
async fn a_copy_goes_on_where_it_was_broken_off() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    fill(&source, 50).await;
    copy(&source, &target, |_| ()).await.unwrap();
    fill(&source, 120).await;
    let copied = copy(&source, &target, |_| ()).await.unwrap();
    assert_eq!((copied.copied, copied.compared), (70, 120));
    let copied = copy(&source, &target, |_| ()).await.unwrap();
    assert_eq!((copied.copied, copied.compared), (0, 120));
}

#[tokio::test]
async fn an_empty_log_is_copied() {
    let copied = copy(&MemoryStore::new(), &MemoryStore::new(), |_| ()).await.unwrap();
    assert_eq!((copied.copied, copied.compared), (0, 0));
}

#[tokio::test]
async fn a_target_that_holds_something_else_is_told() {
    let (source, target) = (MemoryStore::new(), MemoryStore::new());
    fill(&source, 5).await;
    fill(&target, 3).await;
    let stranger = NewEvent::new(Uuid::from_u128(99), "numbered.v1", &json!({})).unwrap();
    target.append(&StreamName::new("other").unwrap(), Expected::Any, vec![stranger]).await.unwrap();
    let error = copy(&source, &target, |_| ()).await.unwrap_err();
    assert!(matches!(error, CopyError::Differs { .. }), "{error}");
    // The newest is the same, but an earlier one is not.
    let other = MemoryStore::new();
    let changed = NewEvent::new(Uuid::from_u128(1), "numbered.v1", &json!({"n": "another"})).unwrap();
    other.append(&StreamName::new("village-0").unwrap(), Expected::Any, vec![changed]).await.unwrap();
    let error = copy(&source, &other, |_| ()).await.unwrap_err();
    assert!(matches!(error, CopyError::Differs { number: 1, what: "the bytes" }), "{error}");
}
