//! 口令: Argon2id, checked off the threads that serve connections, two at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::SignInError;

mod common;
mod rules;

pub use common::count as common_passwords;
pub use rules::{LONGEST, PasswordRefusal, SHORTEST, check};

/// How many passwords are checked at once: each takes its memory and a processor.
pub const AT_ONCE: usize = 2;
/// How many may wait for their turn.
pub const MAX_WAITING: usize = 64;

/// What a guess costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for HashCost {
    /// 19 MiB, two passes, one lane: OWASP's recommendation for Argon2id.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl HashCost {
    fn params(self) -> Result<Params, SignInError> {
        Params::new(self.memory_kib, self.passes, self.lanes, None).map_err(SignInError::unavailable)
    }
}

/// What became of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Whether it is the one.
    pub(crate) right: bool,
    /// Whether its hash was made at another cost.
    pub(crate) stale: bool,
}

/// Makes and checks hashes.
pub(crate) struct Hashing {
    inner: Arc<Inner>,
    turns: Semaphore,
    waiting: AtomicUsize,
    checked: AtomicU64,
}

struct Inner {
    argon2: Argon2<'static>,
    /// The hash of no password, so that a name that nobody has takes the same work.
    nobody: String,
}

impl Hashing {
    pub(crate) fn new(cost: HashCost) -> Result<Self, SignInError> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?);
        let nobody = hash(&argon2, &crate::random::bytes::<32>()?)?;
        let inner = Arc::new(Inner { argon2, nobody });
        Ok(Self { inner, turns: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0), checked: AtomicU64::new(0) })
    }

    /// How many passwords were really checked since the start.
    pub(crate) fn checked(&self) -> u64 {
        self.checked.load(Ordering::Relaxed)
    }

    /// A hash in the PHC form.
    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, SignInError> {
        self.in_turn(move |inner| hash(&inner.argon2, password.as_bytes())).await
    }

    /// Compares a password with a hash; without a hash with nobody's, which takes as long.
    pub(crate) async fn check(
        &self,
        known: Option<String>,
        password: Zeroizing<String>,
    ) -> Result<Checked, SignInError> {
        self.in_turn(move |inner| {
            let somebody = known.is_some();
            let text = known.unwrap_or_else(|| inner.nobody.clone());
            let known =
                PasswordHash::new(&text).map_err(|_| SignInError::corrupt("a password's hash does not read"))?;
            let right = inner.argon2.verify_password(password.as_bytes(), &known).is_ok() && somebody;
            let (theirs, ours) = (Params::try_from(&known).ok(), inner.argon2.params());
            let same = |theirs: Params| {
                (theirs.m_cost(), theirs.t_cost(), theirs.p_cost()) == (ours.m_cost(), ours.t_cost(), ours.p_cost())
            };
            Ok(Checked { right, stale: !theirs.is_some_and(same) })
        })
        .await
        .inspect(|_| _ = self.checked.fetch_add(1, Ordering::Relaxed))
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, SignInError> + Send + 'static,
    ) -> Result<T, SignInError> {
        let waits = Waits::begin(&self.waiting)?;
        let turn = self.turns.acquire().await.map_err(SignInError::unavailable)?;
        drop(waits);
        let inner = Arc::clone(&self.inner);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        drop(turn);
        done.map_err(SignInError::unavailable)?
    }
}

/// One that waits; also one that gave up waiting is counted no more.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn begin(waiting: &'a AtomicUsize) -> Result<Self, SignInError> {
        let waits = Self(waiting);
        let before = waiting.fetch_add(1, Ordering::AcqRel);
        if before >= MAX_WAITING { Err(SignInError::Busy) } else { Ok(waits) }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, SignInError> {
    Ok(argon2.hash_password(password).map_err(SignInError::unavailable)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashCost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };

    fn text(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let hashing = Hashing::new(CHEAP).unwrap();
        let known = hashing.hash(text("柳沟村口有三棵老槐树")).await.unwrap();
        assert!(known.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{known}");
        let check = |password: &str| hashing.check(Some(known.clone()), text(password));
        assert_eq!(check("柳沟村口有三棵老槐树").await.unwrap(), Checked { right: true, stale: false });
        assert!(!check("柳沟村口有三棵老槐").await.unwrap().right);
        assert!(!hashing.check(None, text("")).await.unwrap().right);
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_stale() {
        let cheap = Hashing::new(CHEAP).unwrap();
        let known = cheap.hash(text("a long pass phrase")).await.unwrap();
        let dearer = Hashing::new(HashCost { passes: 2, ..CHEAP }).unwrap();
        let checked = dearer.check(Some(known), text("a long pass phrase")).await.unwrap();
        assert_eq!(checked, Checked { right: true, stale: true });
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_sent_away() {
        let hashing = Hashing::new(CHEAP).unwrap();
        let _turns = hashing.turns.acquire_many(2).await.unwrap();
        let waiting: Vec<_> = (0..MAX_WAITING).map(|_| Waits::begin(&hashing.waiting).unwrap()).collect();
        assert!(matches!(hashing.check(None, text("x")).await, Err(SignInError::Busy)));
        drop(waiting);
        assert_eq!(hashing.waiting.load(Ordering::Acquire), 0);
    }

    #[test]
    fn the_cost_is_nineteen_mebibytes() {
        let hashed = Hashing::new(HashCost::default()).unwrap();
        assert!(hashed.inner.nobody.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}
