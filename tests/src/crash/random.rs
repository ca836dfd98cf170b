//! Chance that can be repeated.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::RangeInclusive;

use uuid::{Builder, Uuid};

/// The variable with the seed of a run that is to be repeated.
pub const SEED: &str = "SIYI_CRASH_SEED";

/// A sequence of numbers that its seed determines (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The sequence of a seed.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of this run: from the environment, or a new one.
    #[must_use]
    pub fn seed_of_run() -> u64 {
        let given = std::env::var(SEED).ok().and_then(|text| text.parse().ok());
        // The standard library seeds its hash maps by chance.
        given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
    }

    /// The next number.
    #[allow(clippy::should_implement_trait, reason = "a die, not an iterator: it never ends")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range.
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.next() % (range.end() - range.start() + 1)
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// One of them.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.within(0..=(items.len() as u64).checked_sub(1)?);
        items.get(usize::try_from(index).unwrap_or_default())
    }

    /// An identifier, of version 7 with a time of 2026 or of version 4.
    pub fn uuid(&mut self) -> Uuid {
        let (high, low) = (u128::from(self.next()), u128::from(self.next()));
        let bytes = ((high << 64) | low).to_be_bytes();
        if self.one_in(2) {
            return Builder::from_random_bytes(bytes).into_uuid();
        }
        let millisecond = 1_772_000_000_000 + self.within(0..=1_000_000);
        let tail = bytes.first_chunk::<10>().copied().unwrap_or_default();
        Builder::from_unix_timestamp_millis(millisecond, &tail).into_uuid()
    }
}
