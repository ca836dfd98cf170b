//! The promises of the store ports, one small test each, to be run on every adapter.
//!
//! A promise is a function that gets an empty store. [`each_store_promise`](crate::each_store_promise),
//! [`each_vault_promise`](crate::each_vault_promise), [`each_secrets_promise`](crate::each_secrets_promise),
//! [`each_sign_in_promise`](crate::each_sign_in_promise), [`each_seeds_promise`](crate::each_seeds_promise),
//! [`each_blobs_promise`](crate::each_blobs_promise),
//! [`each_index_promise`](crate::each_index_promise) and [`each_attachments_promise`](crate::each_attachments_promise) list them; `tests/tests/promises.rs` makes a test of each for each
//! adapter, and holds that none is missing from the lists.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    missing_docs,
    reason = "this is test code, in a library only so that every adapter can be held to it; the name of a promise says it all"
)]

pub mod appending;
pub mod attachments;
pub mod blobs;
pub mod following;
pub mod indexes;
pub mod racing;
pub mod reading;
pub mod repeating;
pub mod secrets;
pub mod seeds;
pub mod sign_ins;
pub mod vaults;

use futures::future::try_join_all;
use serde_json::json;
use siyi_domain::moment::Moment;
use siyi_log::port::{
    AllFrom, AppendError, Appended, Direction, EventStore, Expected, NewEvent, StoredEvent, StreamName,
};
use std::{future::Future, sync::Arc, time::Duration};
use uuid::Uuid;

/// The store under test.
pub type Store = Arc<dyn EventStore>;

/// A promise that waits for what never comes fails.
pub async fn within_two_minutes(promise: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_mins(2), promise).await.expect("the promise is not kept within two minutes");
}

/// One test for each promise, of an adapter that a server stands behind; its factory is the async function `subject` of the module
/// around.
#[macro_export]
macro_rules! test_each {
    ($theme:ident: $($promise:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let (subject, _kept) = subject().await;
                $crate::promises::within_two_minutes($crate::promises::$theme::$promise(subject)).await;
            }
        )*
    };
}

/// Calls a macro with the name of every promise of an event store.
#[macro_export]
macro_rules! each_store_promise {
    ($run:ident) => {
        $run! { appending:
            any_is_taken_always
            no_stream_is_taken_only_before_the_first_event
            stream_exists_is_taken_only_behind_the_first_event
            an_exact_revision_is_taken_only_where_it_is_the_last
            a_conflict_says_what_was_expected_and_what_is
            a_conflict_leaves_the_store_as_it_was
            an_append_is_atomic
            an_append_answers_its_revisions_and_positions
            an_empty_append_is_refused
            an_append_takes_256_events_and_no_more
            an_id_twice_in_one_append_is_refused
            a_body_comes_back_byte_for_byte
            a_body_is_canonical
            a_body_takes_8192_bytes_and_no_more
            an_event_type_takes_100_bytes_and_no_more
            a_stream_name_takes_200_bytes
            streams_with_similar_names_do_not_mix
            a_canonical_body_is_copied_as_it_is
        }
        $run! { repeating:
            the_same_append_again_is_answered_as_before
            the_same_append_again_is_answered_whatever_is_expected
            the_same_append_again_is_answered_when_the_stream_has_moved_on
            the_same_append_again_writes_nothing
            an_append_whose_caller_has_gone_is_stored_at_most_once
            neighbours_from_an_append_again_are_answered
            ids_in_another_order_are_refused
            ids_with_a_gap_are_refused
            new_ids_behind_old_ones_are_refused
            old_ids_behind_new_ones_are_refused
            an_id_of_another_stream_is_refused
            ids_of_two_streams_are_refused
            a_reused_id_is_refused_although_the_revision_is_wrong_too
        }
        $run! { reading:
            an_empty_store_has_no_head
            the_head_is_the_last_position
            an_unknown_stream_reads_empty
            a_stream_reads_forwards_from_its_start
            a_stream_reads_backwards_from_its_end
            a_stream_reads_from_a_revision_on
            a_stream_reads_backwards_from_beyond_its_end
            a_limit_cuts_a_read
            a_limit_of_zero_reads_nothing
            a_limit_is_cut_to_10000
            behind_both_ends_is_nothing
            all_reads_in_pages_forwards
            all_reads_in_pages_backwards
            all_reads_from_a_position
            positions_increase_in_the_order_of_the_answers
            the_order_of_all_is_the_order_of_each_stream
            an_event_is_found_by_its_id
            an_unknown_id_is_not_found
            what_is_acknowledged_is_read_at_once
        }
        $run! { following:
            a_follower_of_an_empty_store_is_caught_up_at_once
            a_follower_sees_what_is_there_and_is_caught_up
            a_follower_begins_behind_a_position
            a_follower_from_the_head_is_caught_up_at_once
            a_follower_sees_what_comes_after_and_is_caught_up_again
            followers_see_the_same
            a_slow_follower_misses_nothing
            nothing_is_lost_or_doubled_between_old_and_new
            a_follower_that_leaves_disturbs_nobody
            batches_are_no_larger_than_asked
            a_batch_says_caught_up_only_at_the_head
        }
        $run! { racing:
            each_of_64_writers_is_acknowledged_exactly_once
            exactly_one_of_64_rivals_wins
            rivals_that_try_again_all_get_in
            a_refused_append_does_not_disturb_the_others
            the_same_append_at_once_is_stored_once
            the_same_id_at_once_in_two_streams_is_stored_once
            readers_see_whole_appends_only
        }
    };
}

/// Calls a macro with the name of every promise of a vault.
#[macro_export]
macro_rules! each_vault_promise {
    ($run:ident) => {
        $run! { vaults:
            what_is_put_opens
            an_unknown_digest_opens_nothing
            what_is_no_digest_opens_nothing
            several_digests_open_in_their_order
            equal_names_lie_apart
            putting_again_changes_nothing
            a_disclosure_does_not_change_its_person
            a_refused_put_puts_nothing
            all_rows_of_a_person_are_found
            forgetting_takes_all_rows_of_a_person
            forgetting_a_stranger_takes_nothing
            what_was_forgotten_can_be_put_again
            a_call_takes_1024_rows_and_no_more
            many_put_at_once
        }
    };
}

/// Calls a macro with the name of every promise of the rows behind the sign-in.
#[macro_export]
macro_rules! each_secrets_promise {
    ($run:ident) => {
        $run! { secrets:
            what_is_written_is_read
            an_unknown_key_is_nothing
            a_scan_answers_a_prefix_in_order
            the_first_of_a_prefix_are_answered
            a_change_is_whole
            the_last_write_of_a_key_counts
            a_refused_judgement_changes_nothing
            a_judgement_sees_the_change_before_it
            exactly_one_of_many_rivals_wins
            a_look_sees_whole_changes_only
            a_note_is_read_at_once
            to_forget_what_was_removed_leaves_the_rest
            who_has_closed_the_rows_gets_no_answer
        }
    };
}

/// Calls a macro with the name of every promise of sign-in over several nodes.
#[macro_export]
macro_rules! each_sign_in_promise {
    ($run:ident) => {
        $run! { sign_ins:
            a_session_that_began_here_is_known_there
            a_session_that_ended_there_is_over_here_at_once
            a_password_changed_here_counts_there
            a_code_is_used_once_wherever_it_is_shown
            a_name_is_taken_once_wherever_it_is_chosen
            the_code_of_a_command_is_the_same_wherever_it_is_asked
            an_invitation_taken_back_here_is_none_there
            a_token_made_here_is_good_there_until_it_is_revoked
            a_form_shown_here_is_taken_there
            an_account_removed_here_is_nothing_there
            what_was_begun_here_is_ended_there
            what_was_begun_is_ended_once_wherever_it_is_shown
            what_was_begun_is_over_after_five_minutes
        }
    };
}

/// Calls a macro with the name of every promise of a keeper of seeds.
#[macro_export]
macro_rules! each_seeds_promise {
    ($run:ident) => {
        $run! { seeds:
            a_seed_that_waits_here_is_taken_there
            a_seed_is_taken_once_wherever_it_is_asked_for
            a_later_seed_takes_the_place_of_the_one_before
            a_seed_is_over_after_five_minutes
        }
    };
}

/// Calls a macro with the name of every promise of a keeper of sealed files.
#[macro_export]
macro_rules! each_blobs_promise {
    ($run:ident) => {
        $run! { blobs:
            what_is_written_is_read_whole
            what_is_not_there_is_none
            a_file_that_was_wiped_is_gone
            wiping_what_is_not_there_changes_nothing
            every_file_is_named
            a_file_longer_than_any_that_was_written_is_damage
            many_write_read_and_wipe_at_once
        }
    };
}

/// Calls a macro with the name of every promise of an index of attachments.
#[macro_export]
macro_rules! each_index_promise {
    ($run:ident) => {
        $run! { indexes:
            a_row_that_was_put_is_there
            a_file_that_is_not_noted_gets_no_row
            the_first_row_stays
            exactly_one_of_many_rivals_puts_its_row
            a_quota_holds_to_the_byte_and_counts_all_that_lies_there
            exactly_one_of_many_rivals_gets_the_last_of_a_quota
            a_row_that_was_taken_is_gone_and_its_file_owed
            an_owner_is_taken_with_what_is_being_written
            only_a_file_that_is_being_written_is_given_up
            rows_are_found_by_owner_by_village_and_by_digest
            every_file_is_known_from_its_note_to_its_end
            an_erasure_is_noted_until_it_has_ended
        }
    };
}

/// Calls a macro with the name of every promise of attachments over both.
#[macro_export]
macro_rules! each_attachments_promise {
    ($run:ident) => {
        $run! { attachments:
            what_is_kept_here_opens_there
            the_same_bytes_are_one_file_whoever_brings_them
            wrong_bytes_are_never_handed_out
            a_file_that_is_gone_is_damage_and_what_never_was_is_unknown
            what_is_removed_here_is_unknown_there
            who_is_erased_here_is_nowhere
            whoever_brings_and_whoever_erases_at_once_leave_nothing_that_opens_halfway
        }
    };
}

/// A moment from milliseconds since 1970.
fn moment(milliseconds: i64) -> Moment {
    Moment::china(jiff::Timestamp::from_millisecond(milliseconds).unwrap())
}

fn stream(name: &str) -> StreamName {
    StreamName::new(name).unwrap()
}

/// The event with this number: its id, and a body that tells it.
fn event(number: u64) -> NewEvent {
    NewEvent::new(Uuid::from_u128(number.into()), "numbered.v1", &json!({"number": number})).unwrap()
}

fn events(numbers: impl IntoIterator<Item = u64>) -> Vec<NewEvent> {
    numbers.into_iter().map(event).collect()
}

fn numbers(events: &[StoredEvent]) -> Vec<u64> {
    events.iter().map(number).collect()
}

fn number(event: &StoredEvent) -> u64 {
    u64::try_from(event.id.as_u128()).unwrap()
}

async fn append(store: &Store, name: &str, numbers: impl IntoIterator<Item = u64>) -> Result<Appended, AppendError> {
    store.append(&stream(name), Expected::Any, events(numbers)).await
}

/// All events, page by page.
async fn all(store: &Store) -> Vec<StoredEvent> {
    let mut all = Vec::<StoredEvent>::new();
    loop {
        let from = all.last().map_or(AllFrom::Start, |last| AllFrom::After(last.position));
        let page = store.read_all(from, Direction::Forwards, 1000).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// Runs all at once on the threads of the runtime and answers their results in order.
async fn together<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    try_join_all(tasks).await.unwrap()
}

/// Runs what blocks where it may.
async fn on_threads<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// Runs what blocks so many times at once, each with its number, and answers the results in order.
async fn together_on_threads<T: Send + 'static>(times: u32, run: impl Fn(u32) -> T + Send + Sync + 'static) -> Vec<T> {
    let run = Arc::new(run);
    let tasks = (0..times).map(|number| {
        let run = Arc::clone(&run);
        tokio::task::spawn_blocking(move || run(number))
    });
    try_join_all(tasks.collect::<Vec<_>>()).await.unwrap()
}
