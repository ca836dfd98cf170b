//! The states of streams, by the acts that changed them.

use std::collections::VecDeque;
use std::sync::Arc;

use siyi_domain::moment::Moment;

use crate::record::CLOCK_ALLOWANCE_SECONDS;

/// Most earlier states of a roll or a village that an act may have been judged by.
const MOST_EARLIER: usize = 8;

/// What a stream came to, by the acts that changed it; of those that were judged only the last.
#[derive(Clone, Default)]
pub(super) struct History<V>(Vec<(usize, V)>);

impl<V: Clone + Default> History<V> {
    /// As an act found it.
    pub(super) fn before(&self, act: usize) -> Option<&V> {
        let found = self.0.partition_point(|(changed_by, _)| *changed_by < act).checked_sub(1)?;
        self.0.get(found).map(|(_, state)| state)
    }

    pub(super) fn change(&mut self, act: usize, change: impl FnOnce(V) -> V) {
        let now = self.0.last().map(|(_, state)| state.clone()).unwrap_or_default();
        self.0.push((act, change(now)));
    }

    pub(super) fn forget_earlier(&mut self) {
        self.0.drain(..self.0.len().saturating_sub(1));
    }
}

/// A state and those that it has just taken the place of: an act reads the rolls a moment before it is written, and may have
/// seen them as they were before their last change.
#[derive(Clone)]
pub(super) struct Versions<S> {
    now: Arc<S>,
    earlier: VecDeque<(Moment, Arc<S>)>,
}

impl<S: Default> Default for Versions<S> {
    fn default() -> Self {
        Self { now: Arc::default(), earlier: VecDeque::new() }
    }
}

impl<S: Clone> Versions<S> {
    pub(super) fn changed(mut self, recorded_at: Moment, evolve: impl FnOnce(S) -> S) -> Self {
        let past = |at: &Moment| recorded_at.since(*at).as_secs() > CLOCK_ALLOWANCE_SECONDS;
        while self.earlier.front().is_some_and(|(at, _)| past(at)) || self.earlier.len() >= MOST_EARLIER {
            self.earlier.pop_front();
        }
        let now = Arc::new(evolve(S::clone(&self.now)));
        self.earlier.push_back((recorded_at, std::mem::replace(&mut self.now, now)));
        self
    }

    /// What an act recorded at a moment may have seen, the likeliest first.
    pub(super) fn seen(&self, recorded_at: Moment) -> Vec<Arc<S>> {
        let earlier = self.earlier.iter().rev().filter(|(superseded, _)| *superseded >= recorded_at);
        std::iter::once(Arc::clone(&self.now)).chain(earlier.map(|(_, state)| Arc::clone(state))).collect()
    }
}

/// The state of its own stream that an act found.
pub(super) fn now<S: Clone + Default>(history: Option<&History<Versions<S>>>, at: usize) -> Arc<S> {
    history.and_then(|history| history.before(at)).map(|versions| Arc::clone(&versions.now)).unwrap_or_default()
}

/// The states of another stream that an act may have seen, the likeliest first.
pub(super) fn seen<S: Clone + Default>(
    history: Option<&History<Versions<S>>>,
    at: usize,
    recorded_at: Moment,
) -> Vec<Arc<S>> {
    let versions = history.and_then(|history| history.before(at));
    versions.map_or_else(|| vec![Arc::default()], |versions| versions.seen(recorded_at))
}
