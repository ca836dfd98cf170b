//! The one place where time enters.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use siyi_domain::moment::Moment;

/// Tells the time at which the log takes an event.
pub trait Clock: Send + Sync + 'static {
    /// Now, in China Standard Time.
    fn now(&self) -> Moment;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place where time enters")]
    fn now(&self) -> Moment {
        Moment::china(Timestamp::now())
    }
}

/// The machine's clock moved by an offset that can be set anew: the demonstration plays its cases at their own time, and
/// tests stand at a fixed one.
#[derive(Debug, Default)]
pub struct SetClock {
    offset_ms: AtomicI64,
}

impl SetClock {
    /// A clock that stands at `moment` now and runs on from there.
    #[must_use]
    pub fn starting_at(moment: Moment) -> Self {
        let clock = Self::default();
        clock.set(moment);
        clock
    }

    /// Sets the clock to `moment`; it runs on from there. A clock that was set is never turned back, so that what is recorded
    /// later never seems earlier: an earlier `moment` leaves it as it is.
    pub fn advance_to(&self, moment: Moment) {
        if moment > self.now() {
            self.set(moment);
        }
    }

    /// Turns the clock to `moment`, also back: only for a store in which nothing is recorded yet.
    pub fn turn_to(&self, moment: Moment) {
        self.set(moment);
    }

    fn set(&self, moment: Moment) {
        let offset = moment.millisecond() - WallClock.now().millisecond();
        self.offset_ms.store(offset, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Moment {
        let wall = WallClock.now();
        let shifted = wall.millisecond() + self.offset_ms.load(Ordering::SeqCst);
        Timestamp::from_millisecond(shifted).map_or(wall, Moment::china)
    }
}
