//! Many at once.

use super::{Store, all, append, events, numbers, stream, together};
use siyi_log::port::{AppendError, Appended, Direction, Expected, ReadFrom, Revision};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

const WRITERS: u64 = 64;

pub async fn each_of_64_writers_is_acknowledged_exactly_once(store: Store) {
    let answers = together((0..WRITERS).map(|writer| {
        let store = store.clone();
        async move {
            let mut answers = Vec::new();
            let mut expected = Expected::NoStream;
            for turn in 0..20 {
                let numbers = [writer * 1000 + 2 * turn, writer * 1000 + 2 * turn + 1];
                let appended = store.append(&stream(&format!("w-{writer}")), expected, events(numbers)).await.unwrap();
                expected = Expected::Exact(appended.last_revision);
                answers.push((numbers, appended));
            }
            answers
        }
    }))
    .await;
    let mut acknowledged = HashSet::new();
    let all = all(&store).await;
    for (numbers, appended) in answers.into_iter().flatten() {
        assert!(!appended.already);
        for (number, position) in numbers.into_iter().zip(appended.first_position.0..) {
            assert!(acknowledged.insert(position), "position {position} was acknowledged twice");
            assert!(all.iter().any(|event| event.position.0 == position && super::number(event) == number));
        }
    }
    assert_eq!(acknowledged.len(), all.len());
}

pub async fn exactly_one_of_64_rivals_wins(store: Store) {
    append(&store, "a", [0]).await.unwrap();
    let answers = together((1..=WRITERS).map(|rival| {
        let store = store.clone();
        async move { store.append(&stream("a"), Expected::Exact(Revision(0)), events([rival])).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for answer in answers {
        assert!(matches!(answer, Ok(_) | Err(AppendError::Conflict { actual: Some(Revision(1)), .. })), "{answer:?}");
    }
    assert_eq!(all(&store).await.len(), 2);
}

pub async fn rivals_that_try_again_all_get_in(store: Store) {
    let rounds = together((0..16).map(|rival| {
        let store = store.clone();
        async move {
            let mut expected = Expected::NoStream;
            loop {
                match store.append(&stream("a"), expected, events([rival])).await {
                    Ok(appended) => return appended.last_revision,
                    Err(AppendError::Conflict { actual, .. }) => {
                        expected = actual.map_or(Expected::NoStream, Expected::Exact);
                    }
                    other => other.map(|_| ()).unwrap(),
                }
            }
        }
    }))
    .await;
    assert_eq!(rounds.into_iter().collect::<HashSet<_>>().len(), 16);
    let mut stored = numbers(&all(&store).await);
    stored.sort_unstable();
    assert_eq!(stored, (0..16).collect::<Vec<_>>());
}

pub async fn a_refused_append_does_not_disturb_the_others(store: Store) {
    append(&store, "used", [9999]).await.unwrap();
    let answers = together((0..WRITERS).map(|writer| {
        let store = store.clone();
        async move {
            match writer % 4 {
                0 => store.append(&stream("none"), Expected::StreamExists, events([writer])).await,
                1 => append(&store, &format!("w-{writer}"), [writer, 9999]).await,
                _ => append(&store, &format!("w-{writer}"), [writer]).await,
            }
        }
    }))
    .await;
    for (answer, writer) in answers.iter().zip(0..) {
        assert_eq!(answer.is_ok(), writer % 4 > 1, "{writer}: {answer:?}");
    }
    let mut stored = numbers(&all(&store).await);
    stored.sort_unstable();
    let expected: Vec<u64> = (0..WRITERS).filter(|writer| writer % 4 > 1).chain([9999]).collect();
    assert_eq!(stored, expected);
}

pub async fn the_same_append_at_once_is_stored_once(store: Store) {
    for round in 0..20 {
        let numbers = [10 * round, 10 * round + 1, 10 * round + 2];
        let answers = together((0..16).map(|_| {
            let store = store.clone();
            async move { store.append(&stream(&format!("r-{round}")), Expected::NoStream, events(numbers)).await }
        }))
        .await;
        let answers: Vec<Appended> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|answer| !answer.already).count(), 1);
        let places: HashSet<_> = answers.iter().map(|answer| (answer.first_position, answer.last_revision)).collect();
        assert_eq!(places.len(), 1);
    }
    assert_eq!(all(&store).await.len(), 60);
}

pub async fn the_same_id_at_once_in_two_streams_is_stored_once(store: Store) {
    for number in 0..20 {
        let answers = together(["a", "b"].map(|name| {
            let store = store.clone();
            async move { append(&store, name, [number]).await }
        }))
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let refused = answers.into_iter().find_map(Result::err).unwrap();
        assert_eq!(refused.code(), "event-id-reused");
    }
    assert_eq!(all(&store).await.len(), 20);
}

pub async fn readers_see_whole_appends_only(store: Store) {
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (store, done) = (store.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            let mut seen = 0;
            while !done.load(Ordering::Acquire) {
                let head = store.head().await.unwrap();
                let stored =
                    store.read_stream(&stream("a"), ReadFrom::Start, Direction::Forwards, 10_000).await.unwrap();
                assert_eq!(stored.len() % 3, 0);
                assert!(stored.len() >= seen, "what was seen once stays");
                assert!(stored.last().map(|event| event.position) >= head);
                seen = stored.len();
            }
        })
    };
    for turn in 0..200 {
        append(&store, "a", [3 * turn, 3 * turn + 1, 3 * turn + 2]).await.unwrap();
    }
    done.store(true, Ordering::Release);
    reader.await.unwrap();
}
