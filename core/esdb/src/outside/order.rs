//! The one order of all events, of the domain and of clients.
//!
//! A position is a number of 64 bits. The upper part counts the events of the domain log that stand before or at it, the
//! lower [`BITS`] bits count the events of clients since the last of these. So an event of the domain has its position
//! from the log alone, no index of it is written, and the order is the same after every restart.
//!
//! INVARIANT: an event of the domain is shown at the face only when the writer of the clients' events has seen it, and
//! the writer gives positions only behind all that is shown. So nothing ever appears before something that was read.

/// How many bits count the events of clients between two events of the domain.
const BITS: u32 = 30;

/// The largest position: clients keep positions in signed numbers.
const LIMIT: u64 = 1 << 63;

/// The position at the face of the event at `position` of the log; none behind the 8,589,934,590th.
pub(crate) fn of_domain(position: u64) -> Option<u64> {
    position.checked_add(1)?.checked_mul(1 << BITS).filter(|at| *at < LIMIT)
}

/// The first position in the log whose event stands at or behind `at`.
pub(crate) fn first_in_log(at: u64) -> u64 {
    at.div_ceil(1 << BITS).saturating_sub(1)
}

/// What the face shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// How many positions of the log are shown: all below this one.
    pub(crate) domain: u64,
    /// The position of the last event of a client.
    pub(crate) client: u64,
}

impl Head {
    /// The position of the newest event that is shown.
    #[must_use]
    pub fn last(self) -> u64 {
        let domain = self.domain.checked_sub(1).and_then(of_domain).unwrap_or(0);
        domain.max(self.client)
    }

    /// The position for the next event of a client; none where there are too many.
    pub(crate) fn next(self) -> Option<u64> {
        let next = self.last() + 1;
        // The lower part may not run over into the upper one, or it would take the place of an event of the domain.
        (next < (self.domain + 1).checked_mul(1 << BITS)?.min(LIMIT)).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_clients_stand_between_those_of_the_domain() {
        let head = Head { domain: 0, client: 0 };
        assert_eq!(head.next(), Some(1));
        let head = Head { domain: 1, client: 7 };
        assert_eq!(head.last(), of_domain(0).unwrap());
        assert!(head.next().unwrap() > of_domain(0).unwrap());
        assert!(head.next().unwrap() < of_domain(1).unwrap());
    }

    #[test]
    fn the_place_in_the_log_is_found_again() {
        for position in [0, 1, 2, 1000] {
            let at = of_domain(position).unwrap();
            assert_eq!(first_in_log(at), position);
            assert_eq!(first_in_log(at + 1), position + 1);
            assert_eq!(first_in_log(at - 1), position);
        }
        assert_eq!(first_in_log(0), 0);
    }

    #[test]
    fn positions_have_an_end() {
        assert_eq!(of_domain(u64::MAX), None);
        assert_eq!(of_domain((1 << 33) - 1), None);
        assert!(of_domain((1 << 33) - 2).is_some());
        let full = Head { domain: 1, client: of_domain(1).unwrap() - 1 };
        assert_eq!(full.next(), None);
    }
}
