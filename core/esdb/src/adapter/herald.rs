//! The task that follows the server and tells how far the log goes.

use super::{connection::Connection, events::stored, index::Index};
use kurrentdb::{StreamPosition, SubscribeToAllOptions, SubscriptionFilter};
use siyi_log::port::{Position, ReadError};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// The first and the longest pause before the subscription is made anew.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// The streams of a log, by their names (see `StreamName`): so the server sends nothing of its own.
pub(super) fn filter() -> SubscriptionFilter {
    SubscriptionFilter::on_stream_name().regex("^[a-z0-9:._-]{1,200}$")
}

/// Follows the log from the end of the index on, with pauses where the server does not answer; ends where the log does
/// not read.
pub(super) async fn follow(
    connection: Arc<Connection>,
    index: Arc<Mutex<Index>>,
    announce: watch::Sender<Option<Position>>,
) {
    let (mut pause, longest) = PAUSES;
    loop {
        let from = index.lock().unwrap_or_else(PoisonError::into_inner).head();
        let from = from.map_or(StreamPosition::Start, |head| {
            StreamPosition::Position(kurrentdb::Position { commit: head.0, prepare: head.0 })
        });
        let options = SubscribeToAllOptions::default().position(from).filter(filter());
        let used = connection.used();
        let mut events = used.client.subscribe_to_all(&options).await;
        let failure = loop {
            match events.next().await {
                Ok(event) => match stored(event.get_original_event()) {
                    Ok(event) => {
                        pause = PAUSES.0;
                        index.lock().unwrap_or_else(PoisonError::into_inner).take(&event);
                        announce.send_replace(Some(event.position));
                    }
                    Err(failure) => break failure,
                },
                Err(error) => break used.error(&error),
            }
        };
        if let ReadError::Corrupt { detail } = &failure {
            tracing::error!(%detail, "the log on the server is not followed any more");
            index.lock().unwrap_or_else(PoisonError::into_inner).fail(failure);
            return;
        }
        tracing::warn!(%failure, "the server is asked again for the log");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}
