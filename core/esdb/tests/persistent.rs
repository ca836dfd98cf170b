//! Persistent subscriptions beyond what the suite of the official client looks at.
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

use kurrentdb::{
    AppendToStreamOptions, Client, EventData, NakAction, PersistentSubscription, PersistentSubscriptionOptions,
    SubscribeToPersistentSubscriptionOptions,
};
use serde_json::json;
use siyi_esdb::guardian::{self, Rights};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use support::{Running, within};

async fn append(client: &Client, count: u64) {
    let events: Vec<_> = (0..count).map(|n| EventData::json("any", &json!({"n": n})).unwrap()).collect();
    client.append_to_stream("work", &AppendToStreamOptions::default(), events).await.unwrap();
}

fn options() -> PersistentSubscriptionOptions {
    let mut options = PersistentSubscriptionOptions::default();
    options.settings_mut().start_from = kurrentdb::StreamPosition::Start;
    options
}

async fn consumer(client: &Client, room: usize) -> PersistentSubscription {
    let options = SubscribeToPersistentSubscriptionOptions::default().buffer_size(room);
    client.subscribe_to_persistent_subscription("work", "group", &options).await.unwrap()
}

async fn next(consumer: &mut PersistentSubscription) -> kurrentdb::ResolvedEvent {
    within("an event", consumer.next()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consumer_holds_no_more_than_it_asked_for() {
    let face = Running::begin().await;
    let client = face.client();
    append(&client, 10).await;
    client.create_persistent_subscription("work", "group", &options()).await.unwrap();
    let mut consumer = consumer(&client, 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(next(&mut consumer).await);
    }
    assert!(tokio::time::timeout(Duration::from_millis(300), consumer.next()).await.is_err());
    let info = client.get_persistent_subscription_info("work", "group", &Default::default()).await.unwrap();
    assert_eq!(info.connections.first().unwrap().available_slots, 0);
    consumer.ack(&held[0]).await.unwrap();
    assert_eq!(next(&mut consumer).await.get_original_event().revision, 3);
    drop(consumer);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_consumer_held_goes_to_another_when_it_leaves() {
    let face = Running::begin().await;
    let client = face.client();
    append(&client, 4).await;
    client.create_persistent_subscription("work", "group", &options()).await.unwrap();
    let mut leaving = consumer(&client, 10).await;
    for _ in 0..4 {
        next(&mut leaving).await;
    }
    // The other is there already, so nothing else wakes the group.
    let mut staying = consumer(&client, 10).await;
    drop(leaving);
    let mut revisions = BTreeSet::new();
    for _ in 0..4 {
        let event = next(&mut staying).await;
        revisions.insert(event.get_original_event().revision);
        staying.ack(&event).await.unwrap();
    }
    assert_eq!(revisions, (0..4).collect());
    drop(staying);
    face.idle().await;
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_kept_too_long_comes_again_and_is_parked_at_last() {
    let face = Running::begin().await;
    let client = face.client();
    append(&client, 1).await;
    let mut options = options();
    options.settings_mut().message_timeout = Duration::from_millis(100);
    options.settings_mut().max_retry_count = 2;
    client.create_persistent_subscription("work", "group", &options).await.unwrap();
    let mut consumer = consumer(&client, 10).await;
    for _ in 0..3 {
        assert_eq!(next(&mut consumer).await.get_original_event().revision, 0);
    }
    within("the parking", async {
        loop {
            let info = client.get_persistent_subscription_info("work", "group", &Default::default()).await.unwrap();
            if info.stats.parked_message_count == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    drop(consumer);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skipped_event_does_not_come_again_and_a_replay_leaves_the_checkpoint() {
    let face = Running::begin().await;
    let client = face.client();
    append(&client, 3).await;
    let mut options = options();
    options.settings_mut().checkpoint_lower_bound = 1;
    options.settings_mut().checkpoint_upper_bound = 1;
    client.create_persistent_subscription("work", "group", &options).await.unwrap();
    let mut first = consumer(&client, 10).await;
    let (skip, park, ack) = (next(&mut first).await, next(&mut first).await, next(&mut first).await);
    first.nack(&skip, NakAction::Skip, "not for us").await.unwrap();
    first.nack(&park, NakAction::Park, "later").await.unwrap();
    first.ack(&ack).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    client.replay_parked_messages("work", "group", &Default::default()).await.unwrap();
    let replayed = next(&mut first).await;
    assert_eq!(replayed.event.as_ref().unwrap().revision, 1);
    drop(first);
    // Begun anew, the group goes on behind what was finished; the replayed event was not, so it stays parked.
    client.restart_persistent_subscription_subsystem(&Default::default()).await.unwrap();
    append(&client, 1).await;
    let mut second = consumer(&client, 10).await;
    let event = next(&mut second).await;
    assert_eq!(event.get_original_event().revision, 3);
    second.ack(&event).await.unwrap();
    client.replay_parked_messages("work", "group", &Default::default()).await.unwrap();
    let replayed = next(&mut second).await;
    assert_eq!(replayed.event.as_ref().unwrap().revision, 1);
    second.ack(&replayed).await.unwrap();
    drop(second);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_group_a_missing_group_and_a_second_of_the_same_name_are_refused() {
    let face = Running::begin().await;
    let client = face.client();
    let mut options = options();
    options.settings_mut().max_subscriber_count = 1;
    client.create_persistent_subscription("work", "group", &options).await.unwrap();
    let again = client.create_persistent_subscription("work", "group", &options).await.unwrap_err();
    assert!(matches!(again, kurrentdb::Error::ResourceAlreadyExists), "{again:?}");
    let first = consumer(&client, 10).await;
    let second = client.subscribe_to_persistent_subscription("work", "group", &Default::default()).await;
    assert!(matches!(second, Err(kurrentdb::Error::Grpc { .. })));
    let missing = client.subscribe_to_persistent_subscription("work", "other", &Default::default()).await;
    assert!(matches!(missing, Err(kurrentdb::Error::ResourceNotFound)));
    drop(first);
    client.delete_persistent_subscription("work", "group", &Default::default()).await.unwrap();
    let missing = client.delete_persistent_subscription("work", "group", &Default::default()).await;
    assert!(matches!(missing, Err(kurrentdb::Error::ResourceNotFound)));
    assert_eq!(face.watch.groups(), 0);
    face.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_only_read_manages_nothing() {
    let face = Running::guarded(Arc::new(guardian::Open(Rights::READER))).await;
    let client = face.client();
    let refused = client.create_persistent_subscription("work", "group", &options()).await;
    assert!(matches!(refused, Err(kurrentdb::Error::AccessDenied)));
    face.end().await;
}
