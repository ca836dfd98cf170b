//! What a read answers.

use super::{Store, all, append, event, number, numbers, stream};
use Direction::{Backwards, Forwards};
use siyi_log::port::{AllFrom, Direction, MAX_APPEND_EVENTS, MAX_READ, Position, ReadFrom, Revision, StoredEvent};
use std::collections::HashMap;

async fn read(store: &Store, from: ReadFrom, direction: Direction, limit: usize) -> Vec<u64> {
    numbers(&store.read_stream(&stream("a"), from, direction, limit).await.unwrap())
}

/// Ten events in `a`, whose neighbours in the log are those of `b`.
async fn two_streams(store: &Store) {
    for number in 0..10 {
        append(store, "a", [number]).await.unwrap();
        append(store, "b", [100 + number]).await.unwrap();
    }
}

pub async fn an_empty_store_has_no_head(store: Store) {
    assert_eq!(store.head().await.unwrap(), None);
    assert!(store.read_all(AllFrom::Start, Forwards, 10).await.unwrap().is_empty());
    assert!(store.read_all(AllFrom::End, Backwards, 10).await.unwrap().is_empty());
}

pub async fn the_head_is_the_last_position(store: Store) {
    let first = append(&store, "a", [1]).await.unwrap();
    assert_eq!(store.head().await.unwrap(), Some(first.last_position));
    let second = append(&store, "b", [2, 3]).await.unwrap();
    assert_eq!(store.head().await.unwrap(), Some(second.last_position));
}

pub async fn an_unknown_stream_reads_empty(store: Store) {
    append(&store, "b", [1]).await.unwrap();
    assert!(read(&store, ReadFrom::Start, Forwards, 10).await.is_empty());
    assert!(read(&store, ReadFrom::End, Backwards, 10).await.is_empty());
    assert!(read(&store, ReadFrom::Revision(Revision(0)), Forwards, 10).await.is_empty());
}

pub async fn a_stream_reads_forwards_from_its_start(store: Store) {
    two_streams(&store).await;
    let stored = store.read_stream(&stream("a"), ReadFrom::Start, Forwards, 100).await.unwrap();
    assert_eq!(numbers(&stored), (0..10).collect::<Vec<_>>());
    assert_eq!(stored.iter().map(|event| event.revision.0).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
}

pub async fn a_stream_reads_backwards_from_its_end(store: Store) {
    two_streams(&store).await;
    assert_eq!(read(&store, ReadFrom::End, Backwards, 100).await, (0..10).rev().collect::<Vec<_>>());
}

pub async fn a_stream_reads_from_a_revision_on(store: Store) {
    two_streams(&store).await;
    let from = ReadFrom::Revision(Revision(7));
    assert_eq!(read(&store, from, Forwards, 100).await, [7, 8, 9]);
    assert_eq!(read(&store, from, Backwards, 3).await, [7, 6, 5]);
    assert_eq!(read(&store, ReadFrom::Revision(Revision(0)), Backwards, 3).await, [0]);
}

pub async fn a_stream_reads_backwards_from_beyond_its_end(store: Store) {
    two_streams(&store).await;
    for beyond in [10, u64::MAX] {
        let from = ReadFrom::Revision(Revision(beyond));
        assert_eq!(read(&store, from, Backwards, 2).await, [9, 8]);
        assert!(read(&store, from, Forwards, 2).await.is_empty());
    }
}

pub async fn a_limit_cuts_a_read(store: Store) {
    two_streams(&store).await;
    assert_eq!(read(&store, ReadFrom::Start, Forwards, 3).await, [0, 1, 2]);
    assert_eq!(read(&store, ReadFrom::End, Backwards, 1).await, [9]);
    let all = store.read_all(AllFrom::End, Backwards, 3).await.unwrap();
    assert_eq!(numbers(&all), [109, 9, 108]);
}

pub async fn a_limit_of_zero_reads_nothing(store: Store) {
    two_streams(&store).await;
    assert!(read(&store, ReadFrom::Start, Forwards, 0).await.is_empty());
    assert!(store.read_all(AllFrom::Start, Forwards, 0).await.unwrap().is_empty());
}

pub async fn a_limit_is_cut_to_10000(store: Store) {
    let size = MAX_APPEND_EVENTS as u64;
    for group in 0..40 {
        append(&store, "a", group * size..(group + 1) * size).await.unwrap();
    }
    assert_eq!(read(&store, ReadFrom::Start, Forwards, usize::MAX).await.len(), MAX_READ);
    assert_eq!(read(&store, ReadFrom::End, Backwards, usize::MAX).await.len(), MAX_READ);
    assert_eq!(store.read_all(AllFrom::Start, Forwards, usize::MAX).await.unwrap().len(), MAX_READ);
}

pub async fn behind_both_ends_is_nothing(store: Store) {
    two_streams(&store).await;
    assert!(read(&store, ReadFrom::End, Forwards, 10).await.is_empty());
    assert!(read(&store, ReadFrom::Start, Backwards, 10).await.is_empty());
    assert!(store.read_all(AllFrom::End, Forwards, 10).await.unwrap().is_empty());
    assert!(store.read_all(AllFrom::Start, Backwards, 10).await.unwrap().is_empty());
}

async fn pages(store: &Store, start: AllFrom, direction: Direction) -> Vec<StoredEvent> {
    let mut events = Vec::<StoredEvent>::new();
    loop {
        let from = events.last().map_or(start, |last| AllFrom::After(last.position));
        let page = store.read_all(from, direction, 7).await.unwrap();
        assert!(page.len() <= 7);
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

pub async fn all_reads_in_pages_forwards(store: Store) {
    two_streams(&store).await;
    let expected: Vec<u64> = (0..10).flat_map(|number| [number, 100 + number]).collect();
    assert_eq!(numbers(&pages(&store, AllFrom::Start, Forwards).await), expected);
}

pub async fn all_reads_in_pages_backwards(store: Store) {
    two_streams(&store).await;
    let expected: Vec<u64> = (0..10).rev().flat_map(|number| [100 + number, number]).collect();
    assert_eq!(numbers(&pages(&store, AllFrom::End, Backwards).await), expected);
}

pub async fn all_reads_from_a_position(store: Store) {
    two_streams(&store).await;
    let position = all(&store).await[10].position;
    let read = |from, direction| {
        let store = store.clone();
        async move { numbers(&store.read_all(from, direction, 2).await.unwrap()) }
    };
    assert_eq!(read(AllFrom::At(position), Forwards).await, [5, 105]);
    assert_eq!(read(AllFrom::After(position), Forwards).await, [105, 6]);
    assert_eq!(read(AllFrom::At(position), Backwards).await, [5, 104]);
    assert_eq!(read(AllFrom::After(position), Backwards).await, [104, 4]);
    let end = Position(u64::MAX);
    assert!(read(AllFrom::At(end), Forwards).await.is_empty());
    assert!(read(AllFrom::After(end), Forwards).await.is_empty());
    assert_eq!(read(AllFrom::At(end), Backwards).await, [109, 9]);
}

pub async fn positions_increase_in_the_order_of_the_answers(store: Store) {
    let mut last = None;
    for number in 0..20 {
        let appended = append(&store, &format!("s-{}", number % 3), [2 * number, 2 * number + 1]).await.unwrap();
        assert!(last < Some(appended.first_position));
        assert!(appended.first_position < appended.last_position);
        last = Some(appended.last_position);
    }
}

pub async fn the_order_of_all_is_the_order_of_each_stream(store: Store) {
    for number in 0..30 {
        append(&store, &format!("s-{}", number % 4), [2 * number, 2 * number + 1]).await.unwrap();
    }
    let all = all(&store).await;
    assert!(all.is_sorted_by_key(|event| event.position));
    let mut next = HashMap::new();
    for event in &all {
        let revision = next.entry(event.stream.clone()).or_insert(Revision(0));
        assert_eq!(event.revision, *revision);
        revision.0 += 1;
    }
    for (stream, next) in next {
        let alone = store.read_stream(&stream, ReadFrom::Start, Forwards, 100).await.unwrap();
        assert_eq!(alone.len() as u64, next.0);
        let among_all: Vec<_> = all.iter().filter(|event| event.stream == stream).cloned().collect();
        assert_eq!(alone, among_all);
    }
}

pub async fn an_event_is_found_by_its_id(store: Store) {
    two_streams(&store).await;
    for stored in all(&store).await {
        assert_eq!(store.find(stored.id).await.unwrap(), Some(stored));
    }
}

pub async fn an_unknown_id_is_not_found(store: Store) {
    assert_eq!(store.find(event(1).id()).await.unwrap(), None);
    two_streams(&store).await;
    assert_eq!(store.find(event(50).id()).await.unwrap(), None);
}

pub async fn what_is_acknowledged_is_read_at_once(store: Store) {
    for number_now in 0..50 {
        let appended = append(&store, "a", [number_now]).await.unwrap();
        assert_eq!(read(&store, ReadFrom::End, Backwards, 1).await, [number_now]);
        let newest = store.read_all(AllFrom::End, Backwards, 1).await.unwrap();
        assert_eq!((number(&newest[0]), newest[0].position), (number_now, appended.last_position));
        assert!(store.find(event(number_now).id()).await.unwrap().is_some());
    }
}
