//! What an append takes and refuses.

use super::{Store, all, append, event, events, numbers, stream};
use bytes::Bytes;
use serde_json::{Value, json};
use siyi_log::port::{
    AppendError, Direction, Expected, MAX_APPEND_EVENTS, MAX_EVENT_BYTES, NewEvent, ReadFrom, Revision, StoredEvent,
};
use uuid::Uuid;

async fn only(store: &Store) -> StoredEvent {
    let mut all = all(store).await;
    assert_eq!(all.len(), 1);
    all.pop().unwrap()
}

pub async fn any_is_taken_always(store: Store) {
    for number in 0..3 {
        let appended = store.append(&stream("a"), Expected::Any, events([number])).await.unwrap();
        assert_eq!(appended.first_revision, Revision(number));
    }
}

pub async fn no_stream_is_taken_only_before_the_first_event(store: Store) {
    store.append(&stream("a"), Expected::NoStream, events([1])).await.unwrap();
    let error = store.append(&stream("a"), Expected::NoStream, events([2])).await.unwrap_err();
    assert_eq!(error.code(), "wrong-expected-revision");
}

pub async fn stream_exists_is_taken_only_behind_the_first_event(store: Store) {
    append(&store, "b", [1]).await.unwrap();
    let error = store.append(&stream("a"), Expected::StreamExists, events([2])).await.unwrap_err();
    assert_eq!(error.code(), "wrong-expected-revision");
    append(&store, "a", [3]).await.unwrap();
    store.append(&stream("a"), Expected::StreamExists, events([4])).await.unwrap();
}

pub async fn an_exact_revision_is_taken_only_where_it_is_the_last(store: Store) {
    let exact = |revision, number| {
        let store = store.clone();
        async move { store.append(&stream("a"), Expected::Exact(Revision(revision)), events([number])).await }
    };
    assert!(exact(0, 1).await.is_err(), "an unknown stream has no revision 0");
    append(&store, "a", [2, 3, 4]).await.unwrap();
    for revision in [0, 1, 3, u64::MAX] {
        assert!(exact(revision, 5).await.is_err(), "revision {revision}");
    }
    assert_eq!(exact(2, 6).await.unwrap().first_revision, Revision(3));
}

pub async fn a_conflict_says_what_was_expected_and_what_is(store: Store) {
    append(&store, "a", [1, 2]).await.unwrap();
    let conflict = |name, expected, actual| AppendError::Conflict { stream: stream(name), expected, actual };
    let expected = Expected::Exact(Revision(7));
    let error = store.append(&stream("a"), expected, events([3])).await.unwrap_err();
    assert_eq!(error, conflict("a", expected, Some(Revision(1))));
    let error = store.append(&stream("b"), Expected::StreamExists, events([3])).await.unwrap_err();
    assert_eq!(error, conflict("b", Expected::StreamExists, None));
}

pub async fn a_conflict_leaves_the_store_as_it_was(store: Store) {
    append(&store, "a", [1, 2]).await.unwrap();
    let before = all(&store).await;
    store.append(&stream("a"), Expected::Exact(Revision(0)), events([3, 4])).await.unwrap_err();
    assert_eq!(all(&store).await, before);
    assert_eq!(store.find(event(3).id()).await.unwrap(), None);
    let appended = store.append(&stream("a"), Expected::Exact(Revision(1)), events([3, 4])).await.unwrap();
    assert!(!appended.already);
}

pub async fn an_append_is_atomic(store: Store) {
    append(&store, "b", [9]).await.unwrap();
    let error = append(&store, "a", [1, 2, 9, 3]).await.unwrap_err();
    assert_eq!(error, AppendError::IdReused { id: event(9).id() });
    assert_eq!(numbers(&all(&store).await), [9]);
    append(&store, "a", [1, 2, 3]).await.unwrap();
    assert_eq!(numbers(&all(&store).await), [9, 1, 2, 3]);
}

pub async fn an_append_answers_its_revisions_and_positions(store: Store) {
    append(&store, "a", [1, 2]).await.unwrap();
    let appended = append(&store, "a", [3, 4, 5]).await.unwrap();
    let stored = store.read_stream(&stream("a"), ReadFrom::Start, Direction::Forwards, 10).await.unwrap();
    let places: Vec<_> = stored.iter().map(|event| (event.revision, event.position)).collect();
    assert_eq!((appended.first_revision, appended.first_position), places[2]);
    assert_eq!((appended.last_revision, appended.last_position), places[4]);
    assert_eq!(appended.last_revision, Revision(4));
    assert!(!appended.already);
}

pub async fn an_empty_append_is_refused(store: Store) {
    assert_eq!(append(&store, "a", []).await, Err(AppendError::Empty));
}

pub async fn an_append_takes_256_events_and_no_more(store: Store) {
    let count = MAX_APPEND_EVENTS as u64;
    let error = append(&store, "a", 0..=count).await.unwrap_err();
    assert_eq!(error, AppendError::TooManyEvents { count: 257, limit: 256 });
    append(&store, "a", 0..count).await.unwrap();
    assert_eq!(all(&store).await.len(), MAX_APPEND_EVENTS);
}

pub async fn an_id_twice_in_one_append_is_refused(store: Store) {
    let error = append(&store, "a", [1, 2, 1]).await.unwrap_err();
    assert_eq!(error, AppendError::IdRepeated { id: event(1).id() });
    assert!(all(&store).await.is_empty());
}

pub async fn a_body_comes_back_byte_for_byte(store: Store) {
    let body = json!({"text": "田间道路 \u{1f600} \" \\ \u{0001}", "b": [1, 2.5, null], "a": {"z": -1, "y": false}});
    let event = NewEvent::new(Uuid::from_u128(1), "opened.v1", &body).unwrap();
    store.append(&stream("a"), Expected::Any, vec![event.clone()]).await.unwrap();
    let stored = only(&store).await;
    assert_eq!(stored.body, event.body());
    assert_eq!(serde_json::from_slice::<Value>(&stored.body).unwrap(), body);
    assert_eq!((stored.id, stored.event_type.as_str()), (event.id(), "opened.v1"));
}

pub async fn a_body_is_canonical(store: Store) {
    let body = serde_json::from_str(r#"{ "b": 1.0, "a": "\u006b" }"#).unwrap();
    let event = NewEvent::new(Uuid::from_u128(1), "opened.v1", &body).unwrap();
    store.append(&stream("a"), Expected::Any, vec![event]).await.unwrap();
    assert_eq!(only(&store).await.body.as_ref(), br#"{"a":"k","b":1}"#);
}

pub async fn a_body_takes_8192_bytes_and_no_more(store: Store) {
    // The quotes are two of the bytes, and each of these characters is three.
    let body = |bytes: usize| json!(format!("{}{}", "民".repeat((bytes - 2) / 3), "x".repeat((bytes - 2) % 3)));
    let error = NewEvent::new(Uuid::from_u128(1), "opened.v1", &body(MAX_EVENT_BYTES + 1)).unwrap_err();
    assert_eq!(error.code(), "event-too-large");
    assert!(error.to_string().contains("8193") && error.to_string().contains("8192"), "{error}");
    let largest = NewEvent::new(Uuid::from_u128(1), "opened.v1", &body(MAX_EVENT_BYTES)).unwrap();
    store.append(&stream("a"), Expected::Any, vec![largest]).await.unwrap();
    assert_eq!(only(&store).await.body.len(), 8192);
}

pub async fn an_event_type_takes_100_bytes_and_no_more(store: Store) {
    let named = |bytes: usize| NewEvent::new(Uuid::from_u128(1), "t".repeat(bytes), &json!({}));
    assert_eq!(named(101).unwrap_err().code(), "invalid-event-type");
    assert_eq!(named(0).unwrap_err().code(), "invalid-event-type");
    store.append(&stream("a"), Expected::Any, vec![named(100).unwrap()]).await.unwrap();
    assert_eq!(only(&store).await.event_type.len(), 100);
}

pub async fn a_stream_name_takes_200_bytes(store: Store) {
    let name = "n".repeat(200);
    append(&store, &name, [1, 2]).await.unwrap();
    let stored = store.read_stream(&stream(&name), ReadFrom::Start, Direction::Forwards, 10).await.unwrap();
    assert_eq!(numbers(&stored), [1, 2]);
}

pub async fn streams_with_similar_names_do_not_mix(store: Store) {
    let names = ["a", "a-", "a-b", "a.", "a0", "aa", "a:b", "a_b"];
    for (name, number) in names.iter().zip(0..) {
        append(&store, name, [number, 100 + number]).await.unwrap();
    }
    for (name, number) in names.iter().zip(0..) {
        for (direction, from) in [(Direction::Forwards, ReadFrom::Start), (Direction::Backwards, ReadFrom::End)] {
            let mut stored = store.read_stream(&stream(name), from, direction, 10).await.unwrap();
            stored.sort_by_key(|event| event.revision);
            assert_eq!(numbers(&stored), [number, 100 + number], "{name}");
            assert!(stored.iter().all(|event| event.stream == stream(name)));
        }
    }
}

pub async fn a_canonical_body_is_copied_as_it_is(store: Store) {
    let copy =
        |body: &'static [u8]| NewEvent::from_canonical(Uuid::from_u128(1), "opened.v1", Bytes::from_static(body));
    assert_eq!(copy(br#"{"b":1,"a":2}"#).unwrap_err().code(), "event-not-canonical");
    let event = copy(br#"{"a":2,"b":1}"#).unwrap();
    store.append(&stream("a"), Expected::Any, vec![event]).await.unwrap();
    assert_eq!(only(&store).await.body.as_ref(), br#"{"a":2,"b":1}"#);
}
