//! Letting appends pass that have nothing in common, and the others one behind the other.

use siyi_log::port::StreamName;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;
use uuid::Uuid;

/// What is under way.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    taken: Mutex<Taken>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    streams: HashSet<StreamName>,
    ids: HashSet<Uuid>,
}

/// The right to append; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Lane {
    lanes: Arc<Lanes>,
    stream: StreamName,
    ids: Vec<Uuid>,
}

impl Lanes {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until neither the stream nor one of the ids is under way.
    pub(super) async fn enter(self: &Arc<Self>, stream: &StreamName, ids: impl Iterator<Item = Uuid>) -> Lane {
        let ids: Vec<_> = ids.collect();
        loop {
            // INVARIANT: listens before it looks, so that a lane that is left in between wakes it.
            let left = self.left.notified();
            tokio::pin!(left);
            left.as_mut().enable();
            if self.taken().take(stream, &ids) {
                return Lane { lanes: Arc::clone(self), stream: stream.clone(), ids };
            }
            left.await;
        }
    }
}

impl Taken {
    fn take(&mut self, stream: &StreamName, ids: &[Uuid]) -> bool {
        if self.streams.contains(stream) || ids.iter().any(|id| self.ids.contains(id)) {
            return false;
        }
        self.streams.insert(stream.clone());
        self.ids.extend(ids);
        true
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut taken = self.lanes.taken();
        taken.streams.remove(&self.stream);
        for id in &self.ids {
            taken.ids.remove(id);
        }
        drop(taken);
        self.lanes.left.notify_waiters();
    }
}
