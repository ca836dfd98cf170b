//! What was begun and is not ended: kept here and not with the browser, for five minutes, and taken once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use siyi_domain::moment::Moment;

use crate::error::SignInError;
use crate::random;

/// Milliseconds until something begun is forgotten.
pub(crate) const KEPT_MS: i64 = 5 * 60 * 1000;
/// Most that is under way at once; beyond it the oldest is forgotten.
pub(crate) const MAX_PENDING: usize = 10_000;

/// Things begun, by a random id.
#[derive(Debug)]
pub(crate) struct Pending<T>(Mutex<HashMap<String, (i64, T)>>);

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<T> Pending<T> {
    /// Keeps something under a new id.
    pub(crate) fn begin(&self, now: Moment, thing: T) -> Result<String, SignInError> {
        let id = random::secret()?;
        self.begin_as(now, id.clone(), thing);
        Ok(id)
    }

    /// Keeps something under an id that nobody can guess.
    pub(crate) fn begin_as(&self, now: Moment, id: String, thing: T) {
        let now = now.millisecond();
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if things.len() >= MAX_PENDING {
            things.retain(|_, (begun, _)| is_kept(*begun, now));
        }
        if things.len() >= MAX_PENDING
            && let Some(oldest) = things.iter().min_by_key(|(_, (begun, _))| *begun).map(|(id, _)| id.clone())
        {
            things.remove(&oldest);
        }
        things.insert(id, (now, thing));
    }

    /// Takes what was begun under an id: never twice, and not when its time is over.
    pub(crate) fn take(&self, now: Moment, id: &str) -> Option<T> {
        let (begun, thing) = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)?;
        is_kept(begun, now.millisecond()).then_some(thing)
    }

    /// Forgets what somebody began.
    pub(crate) fn forget(&self, theirs: impl Fn(&T) -> bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (_, thing)| !theirs(thing));
    }
}

/// A clock that was turned back forgets too.
const fn is_kept(begun: i64, now: i64) -> bool {
    begun <= now && now - begun <= KEPT_MS
}
