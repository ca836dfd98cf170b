//! Cutting the power, in tests: the disk stops at a chosen step, and at every step after it.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

/// After how many steps the disk stops.
#[derive(Debug)]
pub(super) struct Cut {
    steps: AtomicUsize,
    limit: AtomicUsize,
}

impl Default for Cut {
    fn default() -> Self {
        Self { steps: AtomicUsize::new(0), limit: AtomicUsize::new(usize::MAX) }
    }
}

impl Cut {
    /// Lets so many more steps happen.
    pub(super) fn after(&self, steps: usize) {
        self.steps.store(0, SeqCst);
        self.limit.store(steps, SeqCst);
    }

    /// Whether it has cut.
    pub(super) fn has_cut(&self) -> bool {
        self.steps.load(SeqCst) > self.limit.load(SeqCst)
    }

    pub(super) fn step(&self, what: &str) -> io::Result<()> {
        let done = self.steps.fetch_add(1, SeqCst);
        if done < self.limit.load(SeqCst) { Ok(()) } else { Err(io::Error::other(format!("cut before: {what}"))) }
    }
}
