//! The seed of an attempt at a command, from which its salts derive, and where the seed of an act waits for a signature.
//!
//! An act is decided twice where a passkey signs it: once to say what is signed, once to record it. Both must say the same digests,
//! so both salt from one seed. Whoever had the seed later could guess at what an erased person was called, so it is random, made of
//! nothing that is kept, waits for some minutes only, and is gone before the event that was salted from it is written.

use super::{NoSalt, Salts, VaultError};
use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siyi_domain::moment::Moment;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Milliseconds for which a seed waits: as long as a passkey may take that signs in.
pub const SEED_KEPT_MS: i64 = 5 * 60 * 1000;

/// How far the clocks of two nodes may be apart.
const SKEW_MS: i64 = 10_000;

/// Most seeds that wait, on all nodes together; beyond it the oldest gives way, and that act is signed anew.
pub const MAX_SEEDS: usize = 10_000;

/// 256 random bits; wiped when they are dropped.
#[derive(PartialEq, Eq)]
pub struct Seed(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seed").finish_non_exhaustive()
    }
}

impl Seed {
    /// A new one.
    ///
    /// # Errors
    /// [`NoSalt`].
    pub fn random(salts: &dyn Salts) -> Result<Self, NoSalt> {
        Ok(Self(Zeroizing::new(salts.salt()?)))
    }

    /// One that waited.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for who keeps it.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The salt of a place in a command, by number, for what is said there: HMAC-SHA-256. Another text in the same place gets another
    /// salt, and of salts that were disclosed nothing follows for the others.
    #[must_use]
    pub fn salt(&self, place: u32, subject: Uuid, field: &str, value: &str) -> [u8; 32] {
        // HMAC fills a key up with noughts to a block of SHA-256, so this is the seed itself.
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.0.iter()).for_each(|(byte, seed)| *byte = *seed);
        let mut mac = Hmac::<Sha256>::new(&(*block).into());
        mac.update(b"siyi salt v1");
        mac.update(&place.to_be_bytes());
        mac.update(subject.as_bytes());
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field.as_bytes());
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Seeds that wait for a signature, on whatever node it comes to.
#[async_trait]
pub trait Seeds: Send + Sync + 'static {
    /// Keeps the seed of a command, in place of one that waited for it already. It may be lost: then the act is signed anew.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    async fn keep(&self, command: Uuid, seed: Seed, now: Moment) -> Result<(), VaultError>;

    /// Takes the seed of a command: never twice on whatever node, and not when its time is over.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    async fn take(&self, command: Uuid, now: Moment) -> Result<Option<Seed>, VaultError>;
}

/// Whether a seed that was kept at `kept` is good at `now`, in milliseconds. A clock that was turned back forgets too.
#[must_use]
pub const fn is_waiting(kept: i64, now: i64) -> bool {
    kept <= now + SKEW_MS && now - kept <= SEED_KEPT_MS
}

/// Seeds of one process, in memory: they are in no file and in no backup, and a restart forgets them.
#[derive(Debug, Default)]
pub struct MemorySeeds {
    waiting: Mutex<HashMap<Uuid, (i64, Seed)>>,
}

impl MemorySeeds {
    fn waiting(&self) -> MutexGuard<'_, HashMap<Uuid, (i64, Seed)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Seeds for MemorySeeds {
    async fn keep(&self, command: Uuid, seed: Seed, now: Moment) -> Result<(), VaultError> {
        let (now, mut waiting) = (now.millisecond(), self.waiting());
        waiting.insert(command, (now, seed));
        waiting.retain(|_, (kept, _)| is_waiting(*kept, now));
        if waiting.len() > MAX_SEEDS
            && let Some(oldest) = waiting.iter().min_by_key(|(_, (kept, _))| *kept).map(|(command, _)| *command)
        {
            waiting.remove(&oldest);
        }
        Ok(())
    }

    async fn take(&self, command: Uuid, now: Moment) -> Result<Option<Seed>, VaultError> {
        let taken = self.waiting().remove(&command);
        Ok(taken.filter(|(kept, _)| is_waiting(*kept, now.millisecond())).map(|(_, seed)| seed))
    }
}

#[cfg(test)]
mod tests {
    use super::Seed;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    #[test]
    fn a_salt_is_of_its_seed_place_person_field_and_text() {
        let (seed, other) = (Seed::from_bytes([1; 32]), Seed::from_bytes([2; 32]));
        let (wang, li) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let salts = [
            seed.salt(0, wang, "name", "王伟"),
            other.salt(0, wang, "name", "王伟"),
            seed.salt(1, wang, "name", "王伟"),
            seed.salt(0, li, "name", "王伟"),
            seed.salt(0, wang, "phone", "王伟"),
            seed.salt(0, wang, "name", "王"),
            seed.salt(0, wang, "nam", "e王伟"),
        ];
        assert_eq!(salts.iter().collect::<BTreeSet<_>>().len(), salts.len());
        assert_eq!(seed.salt(0, wang, "name", "王伟"), salts[0], "the same each time");
    }

    #[test]
    fn a_debug_print_shows_no_seed() {
        assert_eq!(format!("{:?}", Seed::from_bytes([1; 32])), "Seed { .. }");
    }
}
