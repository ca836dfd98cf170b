//! What clients are told about a group.

use super::{
    book::Book,
    settings::{GroupId, Settings},
};
use crate::{
    face::exception,
    guardian::Caller,
    wire::persistent::{SubscriptionInfo, subscription_info::ConnectionInfo},
};
use tonic::{Code, Status};

/// What a group looks like at one moment.
pub(super) struct Snapshot<'a> {
    pub(super) id: &'a GroupId,
    pub(super) settings: &'a Settings,
    pub(super) book: &'a Book,
    pub(super) last_kept: u64,
    pub(super) head: u64,
    pub(super) live: bool,
    pub(super) parked: u64,
    pub(super) connections: Vec<ConnectionInfo>,
}

pub(super) fn describe(group: &Snapshot<'_>) -> SubscriptionInfo {
    let settings = group.settings;
    let place = |at: Option<u64>| match (at, &group.id.stream) {
        (None, _) => String::new(),
        (Some(at), Some(_)) => at.to_string(),
        (Some(at), None) => format!("C:{at}/P:{at}"),
    };
    let start_from = match (&group.id.stream, settings.start_from) {
        (Some(_), at) => at.to_string(),
        (None, at) => format!("C:{at}/P:{at}"),
    };
    let known = if group.id.stream.is_some() { group.book.next().checked_sub(1) } else { Some(group.head) };
    SubscriptionInfo {
        event_source: group.id.source().into(),
        group_name: group.id.group.clone(),
        status: if group.live || group.connections.is_empty() { "Live" } else { "Behind" }.into(),
        connections: group.connections.clone(),
        average_per_second: 0,
        total_items: group.book.delivered,
        count_since_last_measurement: 0,
        last_checkpointed_event_position: place(group.last_kept.checked_sub(1)),
        last_known_event_position: place(known),
        resolve_link_tos: settings.resolve_links,
        start_from,
        message_timeout_milliseconds: cut(settings.message_timeout_ms),
        extra_statistics: settings.extra_statistics,
        max_retry_count: cut(settings.max_retries),
        live_buffer_size: cut(settings.live_buffer),
        buffer_size: cut(settings.history_buffer),
        read_batch_size: cut(settings.read_batch),
        check_point_after_milliseconds: cut(settings.checkpoint_after_ms),
        min_check_point_count: cut(settings.min_checkpoint),
        max_check_point_count: cut(settings.max_checkpoint),
        read_buffer_count: cut(group.book.waiting()),
        live_buffer_count: 0,
        retry_buffer_count: cut(group.book.waiting_again()),
        total_in_flight_messages: cut(group.book.held()),
        outstanding_messages_count: cut(group.book.held()),
        named_consumer_strategy: settings.strategy.name().into(),
        max_subscriber_count: cut(settings.max_consumers),
        parked_message_count: i64::try_from(group.parked).unwrap_or(i64::MAX),
    }
}

pub(super) fn connection(caller: &Caller, from: &str, holds: usize, room: usize) -> ConnectionInfo {
    ConnectionInfo {
        from: from.into(),
        username: if caller.name.is_empty() { "anonymous".into() } else { caller.name.clone() },
        available_slots: cut(room),
        in_flight_messages: cut(holds),
        connection_name: from.into(),
        ..ConnectionInfo::default()
    }
}

fn cut(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

fn trailers(exception: &'static str, id: &GroupId) -> [(&'static str, String); 3] {
    [("exception", exception.into()), ("stream-name", id.source().into()), ("group-name", id.group.clone())]
}

pub(super) fn full(id: &GroupId) -> Status {
    let text =
        format!("Maximum subscriptions reached for subscription group '{}' on stream '{}'", id.group, id.source());
    exception(Code::FailedPrecondition, text, trailers("maximum-subscribers-reached", id))
}

pub(super) fn missing(id: &GroupId) -> Status {
    let text = format!("Subscription group '{}' on stream '{}' does not exist.", id.group, id.source());
    exception(Code::NotFound, text, trailers("persistent-subscription-does-not-exist", id))
}

pub(super) fn taken(id: &GroupId) -> Status {
    let text = format!("Subscription group '{}' on stream '{}' exists.", id.group, id.source());
    exception(Code::AlreadyExists, text, trailers("persistent-subscription-exists", id))
}

pub(super) fn dropped(id: &GroupId) -> Status {
    let text = format!("Subscription group '{}' on stream '{}' was dropped.", id.group, id.source());
    exception(Code::Cancelled, text, trailers("persistent-subscription-dropped", id))
}
