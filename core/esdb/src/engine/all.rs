//! Reading the order of all events.

use super::{ALL_PAGE, Engine, PAGE_BYTES, from_log, log_from};
use crate::{
    outside::{Head, first_in_log, of_domain},
    record::Recorded,
    refusal::Refusal,
};
use siyi_log::port::{AllFrom, Direction, Position};
use std::sync::Arc;

impl Engine {
    /// At most `limit` (cut to [`ALL_PAGE`]) of the events at `from` and behind it, and about a MiB; none past what is shown.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] or [`Refusal::Corrupt`].
    pub async fn read_all_forwards(&self, from: u64, limit: usize) -> Result<Vec<Recorded>, Refusal> {
        let head = *self.head().borrow();
        let limit = limit.min(ALL_PAGE);
        let domain = self.log_forwards(head, from, limit).await?;
        let outside = self.outside_page(from, head.client, false, limit).await?;
        Ok(merged(domain, outside, false, limit))
    }

    /// At most `limit` (cut to [`ALL_PAGE`]) of the events before `to`, backwards, and about a MiB.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] or [`Refusal::Corrupt`].
    pub async fn read_all_backwards(&self, to: u64, limit: usize) -> Result<Vec<Recorded>, Refusal> {
        let head = *self.head().borrow();
        let limit = limit.min(ALL_PAGE);
        let Some(last) = to.min(head.last().saturating_add(1)).checked_sub(1) else { return Ok(Vec::new()) };
        let domain = self.log_backwards(head, last, limit).await?;
        let outside = self.outside_page(0, last.min(head.client), true, limit).await?;
        Ok(merged(domain, outside, true, limit))
    }

    async fn log_forwards(&self, head: Head, from: u64, limit: usize) -> Result<Vec<Recorded>, Refusal> {
        if first_in_log(from) >= head.domain {
            return Ok(Vec::new());
        }
        let events = self.log.read_all(AllFrom::At(log_from(from)), Direction::Forwards, limit).await?;
        events.into_iter().filter(|event| event.position.0 < head.domain).map(from_log).collect()
    }

    async fn log_backwards(&self, head: Head, last: u64, limit: usize) -> Result<Vec<Recorded>, Refusal> {
        // The last position in the log whose event stands at or before `last`.
        let Some(top) = first_in_log(last.saturating_add(1)).min(head.domain).checked_sub(1) else {
            return Ok(Vec::new());
        };
        if of_domain(top).is_none_or(|at| at > last) {
            return Ok(Vec::new());
        }
        let events = self.log.read_all(AllFrom::At(Position(top)), Direction::Backwards, limit).await?;
        events.into_iter().map(from_log).collect()
    }

    async fn outside_page(
        &self,
        first: u64,
        last: u64,
        backwards: bool,
        limit: usize,
    ) -> Result<Vec<Recorded>, Refusal> {
        if first > last {
            return Ok(Vec::new());
        }
        let outside = Arc::clone(&self.outside);
        let read = move || outside.tables().all(first..=last, backwards, limit, PAGE_BYTES);
        tokio::task::spawn_blocking(read).await.map_err(|error| Refusal::Unavailable(error.to_string()))?
    }
}

/// Both in one order. A page of one of them may have ended by its bytes; so the order is cut where either page ends.
fn merged(domain: Vec<Recorded>, outside: Vec<Recorded>, backwards: bool, limit: usize) -> Vec<Recorded> {
    let bytes = |events: &[Recorded]| events.iter().map(|event| event.data.len() + event.metadata.len()).sum::<usize>();
    let full = bytes(&outside) >= PAGE_BYTES / 4;
    let end = outside.last().map(|event| event.position);
    let mut events = domain;
    events.extend(outside);
    if backwards {
        events.sort_unstable_by_key(|event| std::cmp::Reverse(event.position));
    } else {
        events.sort_unstable_by_key(|event| event.position);
    }
    if let Some(end) = end.filter(|_| full) {
        events.retain(|event| if backwards { event.position >= end } else { event.position <= end });
    }
    events.truncate(limit);
    events
}
