//! Counting what is open, so that it stays bounded and a test can prove that nothing is left behind.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tonic::Status;

/// How many answers are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Reads with an end.
    pub reads: usize,
    /// Subscriptions to a stream or to all.
    pub subscriptions: usize,
    /// Consumers of persistent subscriptions.
    pub consumers: usize,
    /// Batch appends.
    pub batches: usize,
}

/// What a slot is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Read,
    Subscription,
    Consumer,
    Batch,
}

/// The slots of one face.
#[derive(Debug)]
pub(crate) struct Slots {
    limit: usize,
    reads: AtomicUsize,
    subscriptions: AtomicUsize,
    consumers: AtomicUsize,
    batches: AtomicUsize,
}

/// A slot in use; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    kind: Kind,
}

impl Slots {
    /// At most `limit` of each kind.
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        let zero = || AtomicUsize::new(0);
        Arc::new(Self { limit, reads: zero(), subscriptions: zero(), consumers: zero(), batches: zero() })
    }

    const fn count(&self, kind: Kind) -> &AtomicUsize {
        match kind {
            Kind::Read => &self.reads,
            Kind::Subscription => &self.subscriptions,
            Kind::Consumer => &self.consumers,
            Kind::Batch => &self.batches,
        }
    }

    pub(crate) fn take(self: &Arc<Self>, kind: Kind) -> Result<Slot, Status> {
        let more = |count: usize| (count < self.limit).then_some(count + 1);
        self.count(kind)
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more)
            .map(|_| Slot { slots: Arc::clone(self), kind })
            .map_err(|_| Status::resource_exhausted(format!("at most {} calls of this kind may be open", self.limit)))
    }

    pub(crate) fn open(&self) -> Open {
        let read = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        Open {
            reads: read(&self.reads),
            subscriptions: read(&self.subscriptions),
            consumers: read(&self.consumers),
            batches: read(&self.batches),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.count(self.kind).fetch_sub(1, Ordering::SeqCst);
    }
}
