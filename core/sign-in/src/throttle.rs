//! How often somebody may try: held in memory, so that no address is ever written down.
//!
//! An attempt counts when it begins, whether or not the account exists, and a wrong one is not forgotten with its minute: after
//! every five in a row the account rests, twice as long each time, up to a quarter of an hour. A right one ends that.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use siyi_domain::moment::Moment;

use crate::error::SignInError;

/// Attempts for one account in a minute.
pub const PER_ACCOUNT: u32 = 5;
/// Attempts from one address in a minute.
pub const PER_ADDRESS: u32 = 20;
/// The first rest after five wrong attempts in a row, in seconds; doubled by each further five.
pub const FIRST_REST_SECONDS: i64 = 60;
/// The longest rest, in seconds: who does not know the password cannot keep its owner out for longer.
pub const LONGEST_REST_SECONDS: i64 = 15 * 60;
/// Most accounts and most addresses that are remembered; beyond it the one that tried longest ago is forgotten.
pub const MAX_REMEMBERED: usize = 20_000;

const MINUTE_MS: i64 = 60_000;
/// Wrong attempts in a row are forgotten after a day without any.
const FORGOTTEN_MS: i64 = 24 * 60 * MINUTE_MS;

/// Who tried how often.
#[derive(Debug, Default)]
pub struct Throttle {
    accounts: Mutex<HashMap<[u8; 32], Tries>>,
    addresses: Mutex<HashMap<[u8; 16], Tries>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    /// When the present minute began.
    minute: i64,
    /// Attempts in it.
    in_minute: u32,
    /// Wrong ones in a row.
    in_row: u32,
    /// Until when nothing is looked at.
    rests_until: i64,
    last: i64,
}

impl Throttle {
    /// Counts an attempt from an address.
    ///
    /// # Errors
    /// [`SignInError::TooMany`].
    pub fn from_address(&self, address: IpAddr, now: Moment) -> Result<(), SignInError> {
        count(&self.addresses, network(address), PER_ADDRESS, false, now.millisecond())
    }

    /// Counts an attempt for an account, named by a digest. It counts as wrong until [`Throttle::succeeded`] is called.
    ///
    /// # Errors
    /// [`SignInError::TooMany`].
    pub fn for_account(&self, account: [u8; 32], now: Moment) -> Result<(), SignInError> {
        count(&self.accounts, account, PER_ACCOUNT, true, now.millisecond())
    }

    /// The last attempt for an account was right.
    pub fn succeeded(&self, account: [u8; 32]) {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }
}

fn count<K: Hash + Eq + Copy>(
    all: &Mutex<HashMap<K, Tries>>,
    key: K,
    per_minute: u32,
    rests: bool,
    now: i64,
) -> Result<(), SignInError> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    make_room(&mut all, &key, now);
    let tries = all.entry(key).or_default();
    if now - tries.last > FORGOTTEN_MS {
        *tries = Tries::default();
    }
    if now < tries.rests_until {
        return Err(too_many(tries.rests_until - now));
    }
    if now - tries.minute >= MINUTE_MS || now < tries.minute {
        (tries.minute, tries.in_minute) = (now, 0);
    }
    if tries.in_minute >= per_minute {
        return Err(too_many(tries.minute + MINUTE_MS - now));
    }
    tries.in_minute += 1;
    tries.in_row = tries.in_row.saturating_add(1);
    tries.last = now;
    if rests && tries.in_row.is_multiple_of(PER_ACCOUNT) {
        let doublings = (tries.in_row / PER_ACCOUNT - 1).min(10);
        let rest = (FIRST_REST_SECONDS << doublings).min(LONGEST_REST_SECONDS);
        tries.rests_until = now + rest * 1000;
    }
    Ok(())
}

fn make_room<K: Hash + Eq + Copy>(all: &mut HashMap<K, Tries>, key: &K, now: i64) {
    if all.len() < MAX_REMEMBERED || all.contains_key(key) {
        return;
    }
    all.retain(|_, tries| now - tries.last <= FORGOTTEN_MS);
    if all.len() >= MAX_REMEMBERED
        && let Some(oldest) = all.iter().min_by_key(|(_, tries)| tries.last).map(|(key, _)| *key)
    {
        all.remove(&oldest);
    }
}

fn too_many(wait_ms: i64) -> SignInError {
    SignInError::TooMany { retry_after: u64::try_from(wait_ms.max(1)).unwrap_or(1).div_ceil(1000) }
}

/// Whoever has one address of IPv6 has the other 2^64 of its network too.
fn network(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => {
            let mut octets = address.octets();
            octets.iter_mut().skip(8).for_each(|octet| *octet = 0);
            octets
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::china(jiff::Timestamp::from_second(1_790_000_000 + second).unwrap())
    }

    fn waits(outcome: Result<(), SignInError>) -> u64 {
        match outcome {
            Err(SignInError::TooMany { retry_after }) => retry_after,
            other => panic!("not throttled: {other:?}"),
        }
    }

    #[test]
    fn the_sixth_attempt_for_an_account_waits_and_the_rest_grows() {
        let throttle = Throttle::default();
        let mut second = 0;
        for rest in [60, 120, 240, 480, 900, 900] {
            (0..5).for_each(|_| throttle.for_account([1; 32], at(second)).unwrap());
            assert_eq!(waits(throttle.for_account([1; 32], at(second))), rest);
            second += i64::try_from(rest).unwrap();
        }
    }

    #[test]
    fn a_right_password_ends_the_rest() {
        let throttle = Throttle::default();
        (0..5).for_each(|_| throttle.for_account([1; 32], at(0)).unwrap());
        throttle.succeeded([1; 32]);
        throttle.for_account([1; 32], at(0)).unwrap();
    }

    #[test]
    fn the_twenty_first_attempt_from_an_address_waits_out_its_minute() {
        let throttle = Throttle::default();
        let home: IpAddr = "192.0.2.1".parse().unwrap();
        (0..20).for_each(|_| throttle.from_address(home, at(0)).unwrap());
        assert_eq!(waits(throttle.from_address(home, at(10))), 50);
        throttle.from_address("192.0.2.2".parse().unwrap(), at(10)).unwrap();
        throttle.from_address(home, at(60)).unwrap();
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let one = network("2001:db8::1".parse().unwrap());
        assert_eq!(one, network("2001:db8::ffff:1".parse().unwrap()));
        assert_ne!(one, network("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), network("192.0.2.1".parse().unwrap()));
    }
}
