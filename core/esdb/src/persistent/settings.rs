//! How a group is set up.

use crate::{
    face::{Filter, invalid},
    wire::{
        persistent::create_req::Settings as Wire,
        shared::{FilterOptions, filter_options},
    },
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tonic::Status;

/// What a group is known by: its stream, none for all events, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct GroupId {
    pub(crate) stream: Option<String>,
    pub(crate) group: String,
}

impl GroupId {
    /// The source as clients call it.
    pub(crate) fn source(&self) -> &str {
        self.stream.as_deref().unwrap_or("$all")
    }

    /// The stream that belongs to this group, such as its checkpoints.
    pub(crate) fn own_stream(&self, what: &str) -> String {
        format!("$persistentsubscription-{}::{}-{what}", self.source(), self.group)
    }
}

/// To which consumer an event goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Strategy {
    #[default]
    RoundRobin,
    DispatchToSingle,
    Pinned,
    PinnedByCorrelation,
}

impl Strategy {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RoundRobin => "RoundRobin",
            Self::DispatchToSingle => "DispatchToSingle",
            Self::Pinned => "Pinned",
            Self::PinnedByCorrelation => "PinnedByCorrelation",
        }
    }

    fn read(name: &str, number: i32) -> Result<Self, Status> {
        match (name, number) {
            ("RoundRobin", _) | ("", 1) => Ok(Self::RoundRobin),
            ("DispatchToSingle", _) | ("", 0) => Ok(Self::DispatchToSingle),
            ("Pinned", _) | ("", 2) => Ok(Self::Pinned),
            ("PinnedByCorrelation", _) => Ok(Self::PinnedByCorrelation),
            _ => Err(invalid(format!("`{name}` is no strategy of consumers"))),
        }
    }
}

/// A filter as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptFilter {
    by_stream: bool,
    regex: String,
    prefixes: Vec<String>,
}

impl KeptFilter {
    pub(crate) fn keep(options: &FilterOptions) -> Result<Self, Status> {
        use filter_options::Filter as By;
        let (by_stream, expression) = match &options.filter {
            Some(By::StreamIdentifier(expression)) => (true, expression),
            Some(By::EventType(expression)) => (false, expression),
            None => return Err(invalid("the filter says neither streams nor types")),
        };
        let kept = Self { by_stream, regex: expression.regex.clone(), prefixes: expression.prefix.clone() };
        kept.filter().map(|_| kept)
    }

    pub(crate) fn filter(&self) -> Result<Filter, Status> {
        use filter_options::{Expression, Filter as By};
        let expression = Expression { regex: self.regex.clone(), prefix: self.prefixes.clone() };
        let by = if self.by_stream { By::StreamIdentifier(expression) } else { By::EventType(expression) };
        Filter::read(FilterOptions { filter: Some(by), window: None, checkpoint_interval_multiplier: 1 })
    }
}

/// The settings of a group. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) resolve_links: bool,
    pub(crate) extra_statistics: bool,
    pub(crate) message_timeout_ms: u64,
    pub(crate) max_retries: u32,
    pub(crate) min_checkpoint: usize,
    pub(crate) max_checkpoint: usize,
    pub(crate) checkpoint_after_ms: u64,
    pub(crate) max_consumers: usize,
    pub(crate) live_buffer: usize,
    pub(crate) read_batch: usize,
    pub(crate) history_buffer: usize,
    pub(crate) strategy: Strategy,
    /// What clients are told about the start: a number, or -1 for the end.
    pub(crate) start_from: i64,
    /// The revision or position of the first event.
    pub(crate) first: u64,
    pub(crate) filter: Option<KeptFilter>,
}

impl Settings {
    /// Reads what a client wants; `first` and the filter come from elsewhere in the request.
    pub(crate) fn read(wire: &Wire, start_from: i64, first: u64, filter: Option<KeptFilter>) -> Result<Self, Status> {
        use crate::wire::persistent::create_req::settings::{CheckpointAfter, MessageTimeout};
        let at_least = |number: i32, least: usize| usize::try_from(number).unwrap_or(0).max(least);
        let milliseconds = |number: i64| u64::try_from(number).unwrap_or(0);
        let message_timeout_ms = match wire.message_timeout {
            Some(MessageTimeout::MessageTimeoutMs(number)) => milliseconds(number.into()),
            Some(MessageTimeout::MessageTimeoutTicks(ticks)) => milliseconds(ticks / 10_000),
            None => 30_000,
        };
        let checkpoint_after_ms = match wire.checkpoint_after {
            Some(CheckpointAfter::CheckpointAfterMs(number)) => milliseconds(number.into()),
            Some(CheckpointAfter::CheckpointAfterTicks(ticks)) => milliseconds(ticks / 10_000),
            None => 2_000,
        };
        let settings = Self {
            resolve_links: wire.resolve_links,
            extra_statistics: wire.extra_statistics,
            message_timeout_ms,
            max_retries: u32::try_from(wire.max_retry_count).unwrap_or(0),
            min_checkpoint: at_least(wire.min_checkpoint_count, 1),
            max_checkpoint: at_least(wire.max_checkpoint_count, 1),
            checkpoint_after_ms,
            max_consumers: at_least(wire.max_subscriber_count, 0),
            live_buffer: at_least(wire.live_buffer_size, 0),
            read_batch: at_least(wire.read_batch_size, 1),
            history_buffer: at_least(wire.history_buffer_size, 1),
            strategy: Strategy::read(&wire.consumer_strategy, wire.strategy_number)?,
            start_from,
            first,
            filter,
        };
        if settings.read_batch > settings.history_buffer || settings.min_checkpoint > settings.max_checkpoint {
            return Err(invalid("a buffer is smaller than the batch that is read, or a bound below its lower one"));
        }
        Ok(settings)
    }

    /// How long a consumer may keep an event.
    pub(crate) const fn message_timeout(&self) -> Duration {
        Duration::from_millis(self.message_timeout_ms)
    }

    /// How many events may wait for a consumer. Whatever a client asks for, they stay few.
    pub(crate) fn waiting(&self) -> usize {
        self.history_buffer.clamp(1, 1000)
    }
}
