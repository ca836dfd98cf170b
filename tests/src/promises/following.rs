//! What a follower sees.

use super::{Store, all, append, number, numbers};
use futures::{Stream, StreamExt};
use siyi_log::port::{Followed, ReadError};

/// What a follower saw: the number of an event, or none where it was caught up.
async fn take(
    follower: &mut (impl Stream<Item = Result<Followed, ReadError>> + Unpin),
    count: usize,
) -> Vec<Option<u64>> {
    follower
        .take(count)
        .map(|seen| match seen.unwrap() {
            Followed::Event(event) => Some(number(&event)),
            Followed::CaughtUp => None,
        })
        .collect()
        .await
}

/// The numbers of the next events, however often the follower was caught up between them.
async fn take_events(
    follower: &mut (impl Stream<Item = Result<Followed, ReadError>> + Unpin),
    count: usize,
) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.len() < count {
        seen.extend(take(follower, 1).await.into_iter().flatten());
    }
    seen
}

fn some(numbers: impl IntoIterator<Item = u64>) -> Vec<Option<u64>> {
    numbers.into_iter().map(Some).collect()
}

pub async fn a_follower_of_an_empty_store_is_caught_up_at_once(store: Store) {
    let mut follower = store.follow(None);
    assert_eq!(take(&mut follower, 1).await, [None]);
    append(&store, "a", [1]).await.unwrap();
    assert_eq!(take(&mut follower, 2).await, [Some(1), None]);
}

pub async fn a_follower_sees_what_is_there_and_is_caught_up(store: Store) {
    append(&store, "a", [1, 2]).await.unwrap();
    append(&store, "b", [3]).await.unwrap();
    assert_eq!(take(&mut store.follow(None), 4).await, [Some(1), Some(2), Some(3), None]);
}

pub async fn a_follower_begins_behind_a_position(store: Store) {
    append(&store, "a", 0..10).await.unwrap();
    let middle = all(&store).await[4].position;
    assert_eq!(take(&mut store.follow(Some(middle)), 6).await, [some(5..10), vec![None]].concat());
}

pub async fn a_follower_from_the_head_is_caught_up_at_once(store: Store) {
    let head = append(&store, "a", [1, 2]).await.unwrap().last_position;
    let mut follower = store.follow(Some(head));
    assert_eq!(take(&mut follower, 1).await, [None]);
    append(&store, "a", [3]).await.unwrap();
    assert_eq!(take(&mut follower, 2).await, [Some(3), None]);
}

pub async fn a_follower_sees_what_comes_after_and_is_caught_up_again(store: Store) {
    append(&store, "a", [0]).await.unwrap();
    let mut follower = store.follow(None);
    assert_eq!(take(&mut follower, 2).await, [Some(0), None]);
    for number in 1..20 {
        append(&store, "a", [number]).await.unwrap();
        assert_eq!(take(&mut follower, 2).await, [Some(number), None]);
    }
}

pub async fn followers_see_the_same(store: Store) {
    append(&store, "a", 0..5).await.unwrap();
    let mut followers: Vec<_> = (0..4).map(|_| store.follow(None)).collect();
    append(&store, "b", 5..10).await.unwrap();
    for follower in &mut followers {
        assert_eq!(take_events(follower, 10).await, (0..10).collect::<Vec<_>>());
    }
    append(&store, "c", [10]).await.unwrap();
    for follower in &mut followers {
        assert_eq!(take_events(follower, 1).await, [10]);
    }
}

pub async fn a_slow_follower_misses_nothing(store: Store) {
    let mut follower = store.follow(None);
    assert_eq!(take(&mut follower, 1).await, [None]);
    for group in 0..20 {
        append(&store, "a", group * 100..(group + 1) * 100).await.unwrap();
    }
    assert_eq!(take(&mut follower, 2001).await, [some(0..2000), vec![None]].concat());
}

pub async fn nothing_is_lost_or_doubled_between_old_and_new(store: Store) {
    append(&store, "a", 0..100).await.unwrap();
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for number in 100..600 {
            append(&writer, "a", [number]).await.unwrap();
        }
    });
    let from_the_start = take_events(&mut store.follow(None), 600).await;
    assert_eq!(from_the_start, (0..600).collect::<Vec<_>>());
    writing.await.unwrap();
}

pub async fn a_follower_that_leaves_disturbs_nobody(store: Store) {
    append(&store, "a", [0]).await.unwrap();
    let mut stays = store.follow(None);
    let mut leaves = store.follow(None);
    assert_eq!(take_events(&mut leaves, 1).await, [0]);
    drop(leaves);
    append(&store, "a", [1]).await.unwrap();
    assert_eq!(take_events(&mut stays, 2).await, [0, 1]);
}

pub async fn batches_are_no_larger_than_asked(store: Store) {
    append(&store, "a", 0..10).await.unwrap();
    let batches: Vec<_> = store.follow_batches(None, 4).take(3).map(Result::unwrap).collect().await;
    let sizes: Vec<_> = batches.iter().map(|batch| batch.events.len()).collect();
    assert_eq!(sizes, [4, 4, 2]);
    let together: Vec<_> = batches.into_iter().flat_map(|batch| batch.events).collect();
    assert_eq!(numbers(&together), (0..10).collect::<Vec<_>>());
}

pub async fn a_batch_says_caught_up_only_at_the_head(store: Store) {
    append(&store, "a", 0..8).await.unwrap();
    let mut follower = store.follow_batches(None, 4);
    let mut next = async || follower.next().await.unwrap().unwrap();
    assert!(!next().await.caught_up);
    // The batch is full and ends exactly at the head.
    assert!(next().await.caught_up);
    append(&store, "a", [8]).await.unwrap();
    let batch = next().await;
    assert_eq!((numbers(&batch.events), batch.caught_up), (vec![8], true));
    let empty = store.follow_batches(Some(batch.events[0].position), 4).next().await.unwrap().unwrap();
    assert_eq!((empty.events.len(), empty.caught_up), (0, true));
}
