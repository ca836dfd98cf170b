//! Places that are taken and given back: so many in all, so many for one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// In all.
    pub all: usize,
    /// For one address; for IPv6, for one network of 64 bits.
    pub each: usize,
}

/// Places, some of them taken.
#[derive(Debug)]
pub struct Places {
    crowd: Crowd,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    address: Option<IpAddr>,
}

impl Places {
    /// All free.
    #[must_use]
    pub fn new(crowd: Crowd) -> Arc<Self> {
        Arc::new(Self { crowd, taken: Mutex::default() })
    }

    /// A place for an address; for nobody in particular where a proxy stands for many.
    #[must_use]
    pub fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Place> {
        let address = address.map(neighbourhood);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.crowd.all {
            return None;
        }
        if let Some(address) = address {
            if taken.each.get(&address).is_some_and(|each| *each >= self.crowd.each) {
                return None;
            }
            *taken.each.entry(address).or_default() += 1;
        }
        taken.all += 1;
        Some(Place { places: Arc::clone(self), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        let Some(address) = self.address else { return };
        let left = taken.each.get(&address).map_or(0, |each| each.saturating_sub(1));
        // Who has left is forgotten, so that nothing grows with the number of those who ever came.
        if left == 0 {
            taken.each.remove(&address)
        } else {
            taken.each.insert(address, left)
        };
    }
}

/// Whoever has one IPv6 address has the 64 bits after its network too.
#[must_use]
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_leaves_room_for_others_and_all_have_an_end() {
        let places = Places::new(Crowd { all: 3, each: 2 });
        let of = |address: &str| places.take(Some(address.parse().unwrap()));
        let (one, two) = (of("192.0.2.1").unwrap(), of("192.0.2.1").unwrap());
        assert!(of("192.0.2.1").is_none() && of("::ffff:192.0.2.1").is_none());
        let three = of("192.0.2.2").unwrap();
        assert!(of("192.0.2.3").is_none(), "three in all");
        drop(one);
        assert!(of("192.0.2.1").is_some());
        drop((two, three));
        assert!(places.taken.lock().unwrap().each.is_empty(), "nobody is remembered");
    }

    #[test]
    fn neighbours_of_one_ipv6_network_count_as_one() {
        let places = Places::new(Crowd { all: 9, each: 1 });
        let _one = places.take(Some("2001:db8::1".parse().unwrap())).unwrap();
        assert!(places.take(Some("2001:db8::ffff:1".parse().unwrap())).is_none());
        assert!(places.take(Some("2001:db8:0:1::1".parse().unwrap())).is_some());
        // A proxy stands for many.
        let _many = [places.take(None).unwrap(), places.take(None).unwrap()];
    }
}
