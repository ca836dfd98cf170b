//! Appending again: an event id is stored once.

use super::{Store, all, append, event, events, numbers, stream};
use futures::FutureExt;
use siyi_log::port::{AppendError, Appended, Expected, Revision};

fn reused(number: u64) -> Result<Appended, AppendError> {
    Err(AppendError::IdReused { id: event(number).id() })
}

pub async fn the_same_append_again_is_answered_as_before(store: Store) {
    append(&store, "a", [0]).await.unwrap();
    let first = append(&store, "a", [1, 2, 3]).await.unwrap();
    let again = append(&store, "a", [1, 2, 3]).await.unwrap();
    assert_eq!(again, Appended { already: true, ..first });
}

pub async fn the_same_append_again_is_answered_whatever_is_expected(store: Store) {
    let first = store.append(&stream("a"), Expected::NoStream, events([1, 2])).await.unwrap();
    for expected in [
        Expected::NoStream,
        Expected::Any,
        Expected::StreamExists,
        Expected::Exact(Revision(0)),
        Expected::Exact(Revision(99)),
    ] {
        let again = store.append(&stream("a"), expected, events([1, 2])).await;
        assert_eq!(again, Ok(Appended { already: true, ..first }), "{expected}");
    }
}

pub async fn the_same_append_again_is_answered_when_the_stream_has_moved_on(store: Store) {
    let first = append(&store, "a", [1, 2]).await.unwrap();
    append(&store, "b", [3]).await.unwrap();
    append(&store, "a", [4, 5]).await.unwrap();
    let again = store.append(&stream("a"), Expected::NoStream, events([1, 2])).await;
    assert_eq!(again, Ok(Appended { already: true, ..first }));
}

pub async fn the_same_append_again_writes_nothing(store: Store) {
    append(&store, "a", [1, 2]).await.unwrap();
    let before = (all(&store).await, store.head().await.unwrap());
    append(&store, "a", [1, 2]).await.unwrap();
    assert_eq!((all(&store).await, store.head().await.unwrap()), before);
}

pub async fn an_append_whose_caller_has_gone_is_stored_at_most_once(store: Store) {
    for number in 0..20 {
        // The call is made and its answer lost.
        let _ = append(&store, "a", [2 * number, 2 * number + 1]).now_or_never();
        append(&store, "a", [2 * number, 2 * number + 1]).await.unwrap();
    }
    assert_eq!(numbers(&all(&store).await), (0..40).collect::<Vec<_>>());
}

pub async fn neighbours_from_an_append_again_are_answered(store: Store) {
    append(&store, "a", [1, 2, 3, 4]).await.unwrap();
    append(&store, "a", [5]).await.unwrap();
    let again = append(&store, "a", [3, 4, 5]).await.unwrap();
    assert_eq!((again.first_revision, again.last_revision), (Revision(2), Revision(4)));
    assert!(again.already);
}

pub async fn ids_in_another_order_are_refused(store: Store) {
    append(&store, "a", [1, 2, 3]).await.unwrap();
    assert_eq!(append(&store, "a", [2, 1, 3]).await, reused(2));
}

pub async fn ids_with_a_gap_are_refused(store: Store) {
    append(&store, "a", [1, 2, 3]).await.unwrap();
    assert_eq!(append(&store, "a", [1, 3]).await, reused(1));
}

pub async fn new_ids_behind_old_ones_are_refused(store: Store) {
    append(&store, "a", [1]).await.unwrap();
    assert_eq!(append(&store, "a", [1, 2]).await, reused(1));
    assert_eq!(numbers(&all(&store).await), [1]);
}

pub async fn old_ids_behind_new_ones_are_refused(store: Store) {
    append(&store, "a", [1]).await.unwrap();
    assert_eq!(append(&store, "a", [2, 1]).await, reused(1));
    assert_eq!(numbers(&all(&store).await), [1]);
}

pub async fn an_id_of_another_stream_is_refused(store: Store) {
    append(&store, "a", [1]).await.unwrap();
    assert_eq!(append(&store, "b", [1]).await, reused(1));
}

pub async fn ids_of_two_streams_are_refused(store: Store) {
    append(&store, "a", [1]).await.unwrap();
    append(&store, "b", [7, 2]).await.unwrap();
    // The revisions follow one another, the streams differ.
    assert_eq!(append(&store, "a", [1, 2]).await, reused(1));
    assert_eq!(append(&store, "b", [1, 2]).await, reused(1));
}

pub async fn a_reused_id_is_refused_although_the_revision_is_wrong_too(store: Store) {
    append(&store, "a", [1]).await.unwrap();
    let answer = store.append(&stream("b"), Expected::Exact(Revision(5)), events([1])).await;
    assert_eq!(answer, reused(1));
}
