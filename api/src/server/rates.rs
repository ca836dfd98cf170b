//! How often somebody may ask: by account where one is signed in, otherwise by address, IPv6 by its network of 64 bits.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::entrance::Guard;
use super::places::neighbourhood;
use super::proxy::Client;
use super::refusal::Refusal;

/// Most askers that are remembered; who is forgotten begins anew.
pub const REMEMBERED: usize = 16_384;
/// How much more often this machine itself may ask: its own probes, its own programs.
pub const LOOPBACK_TIMES: u32 = 100;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any request.
    Request,
    /// A request to GraphQL.
    Query,
    /// A mutation.
    Mutation,
    /// A request by POST anywhere else: to sign in, to hand in a file.
    Post,
}

/// Who is counted. A door that knows better puts another into the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateKey {
    /// Whoever has this address.
    Address(IpAddr),
    /// Whoever is signed in to this account.
    Account(Uuid),
}

impl RateKey {
    /// That of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self::Address(neighbourhood(address))
    }

    const fn is_this_machine(self) -> bool {
        matches!(self, Self::Address(address) if address.is_loopback())
    }
}

/// How often: so many in a minute, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// In a minute.
    pub per_minute: NonZeroU32,
    /// At once.
    pub at_once: NonZeroU32,
}

impl Allowance {
    /// None of the two may be nothing: a nought counts as one.
    #[must_use]
    pub const fn new(per_minute: u32, at_once: u32) -> Self {
        const fn some(number: u32) -> NonZeroU32 {
            match NonZeroU32::new(number) {
                Some(number) => number,
                None => NonZeroU32::MIN,
            }
        }
        Self { per_minute: some(per_minute), at_once: some(at_once) }
    }

    fn quota(self, times: u32) -> Quota {
        let times = |number: NonZeroU32| number.saturating_mul(NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN));
        Quota::per_minute(times(self.per_minute)).allow_burst(times(self.at_once))
    }
}

/// Any request. A whole village may stand behind one address of its carrier, and a page is three requests.
pub const REQUESTS: Allowance = Allowance::new(1_200, 600);
/// A request to GraphQL.
pub const QUERIES: Allowance = Allowance::new(300, 150);
/// A mutation.
pub const MUTATIONS: Allowance = Allowance::new(120, 60);
/// Any other request by POST.
pub const POSTS: Allowance = Allowance::new(20, 20);

/// How often what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// See [`REQUESTS`].
    pub requests: Allowance,
    /// See [`QUERIES`].
    pub queries: Allowance,
    /// See [`MUTATIONS`].
    pub mutations: Allowance,
    /// See [`POSTS`].
    pub posts: Allowance,
}

impl Quotas {
    /// As the documentation says.
    #[must_use]
    pub const fn documented() -> Self {
        Self { requests: REQUESTS, queries: QUERIES, mutations: MUTATIONS, posts: POSTS }
    }

    const fn of(&self, kind: Kind) -> Allowance {
        match kind {
            Kind::Request => self.requests,
            Kind::Query => self.queries,
            Kind::Mutation => self.mutations,
            Kind::Post => self.posts,
        }
    }
}

type Limiter<C> = RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// Who asked how often.
pub struct Rates<C: Clock = DefaultClock> {
    quotas: Quotas,
    clock: C,
    askers: Cache<(Kind, RateKey), Arc<Limiter<C>>>,
}

/// Asked too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests: wait {} s", self.seconds())]
pub struct TooOften {
    wait: Duration,
}

impl TooOften {
    /// The stable public code.
    pub const CODE: &str = "too-many-requests";

    /// How long to wait, in whole seconds, at least one.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.wait.as_secs() + 1
    }
}

impl From<TooOften> for Refusal {
    /// 429 with `Retry-After` (RFC 6585, section 4).
    fn from(too_often: TooOften) -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            code: TooOften::CODE,
            message: "too many requests: wait for as many seconds as retry-after says",
            retry_after: Some(too_often.seconds()),
        }
    }
}

impl<C: Clock + Clone> Rates<C> {
    /// Nobody asked yet.
    #[must_use]
    pub fn new(quotas: Quotas, clock: C) -> Self {
        Self { quotas, clock, askers: Cache::new(REMEMBERED) }
    }

    /// Counts one.
    ///
    /// # Errors
    /// [`TooOften`].
    pub fn count(&self, kind: Kind, key: RateKey) -> Result<(), TooOften> {
        let quota = || self.quotas.of(kind).quota(if key.is_this_machine() { LOOPBACK_TIMES } else { 1 });
        let new =
            || Ok::<_, std::convert::Infallible>(Arc::new(RateLimiter::direct_with_clock(quota(), self.clock.clone())));
        let Ok(limiter) = self.askers.get_or_insert_with(&(kind, key), new);
        limiter.check().map_err(|until| TooOften { wait: until.wait_time_from(self.clock.now()) })
    }
}

/// Counts every request by its address, before anything is looked up for it.
pub(super) async fn hold(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let Some(rates) = &guard.rates else { return next.run(request).await };
    let key = request.extensions().get::<Client>().map(|client| RateKey::of(client.address));
    let Some(key) = key else { return next.run(request).await };
    let post = request.method() == Method::POST && request.uri().path() != "/graphql";
    let counted =
        rates.count(Kind::Request, key).and_then(|()| if post { rates.count(Kind::Post, key) } else { Ok(()) });
    match counted {
        Ok(()) => next.run(request).await,
        Err(too_often) => Refusal::from(too_often).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn rates(clock: &FakeRelativeClock) -> Rates<FakeRelativeClock> {
        let few = Allowance::new(6, 3);
        Rates::new(Quotas { requests: few, queries: few, mutations: Allowance::new(6, 1), posts: few }, clock.clone())
    }

    fn address(text: &str) -> RateKey {
        RateKey::of(text.parse().unwrap())
    }

    #[test]
    fn after_a_burst_one_waits_and_then_may_again() {
        let clock = FakeRelativeClock::default();
        let rates = rates(&clock);
        let one = address("192.0.2.1");
        for _ in 0..3 {
            rates.count(Kind::Request, one).unwrap();
        }
        let too_often = rates.count(Kind::Request, one).unwrap_err();
        assert!((10..=11).contains(&too_often.seconds()), "{too_often:?}");
        clock.advance(Duration::from_secs(too_often.seconds()));
        rates.count(Kind::Request, one).unwrap();
        assert!(rates.count(Kind::Request, one).is_err());
    }

    #[test]
    fn askers_and_kinds_are_counted_apart() {
        let clock = FakeRelativeClock::default();
        let rates = rates(&clock);
        let one = address("2001:db8::1");
        rates.count(Kind::Mutation, one).unwrap();
        assert!(rates.count(Kind::Mutation, address("2001:db8::2")).is_err(), "a neighbour of the same network");
        rates.count(Kind::Mutation, address("2001:db8:0:1::1")).unwrap();
        rates.count(Kind::Query, one).unwrap();
        rates.count(Kind::Mutation, RateKey::Account(Uuid::from_u128(1))).unwrap();
        assert!(rates.count(Kind::Mutation, RateKey::Account(Uuid::from_u128(1))).is_err());
        for _ in 0..LOOPBACK_TIMES {
            rates.count(Kind::Mutation, address("127.0.0.1")).unwrap();
        }
        assert!(rates.count(Kind::Mutation, address("127.0.0.1")).is_err());
    }

    #[test]
    fn a_hundred_thousand_askers_take_no_more_room() {
        let rates = rates(&FakeRelativeClock::default());
        for number in 0..100_000u32 {
            rates.count(Kind::Request, address(&std::net::Ipv4Addr::from_bits(number).to_string())).unwrap();
        }
        assert!(rates.askers.len() <= REMEMBERED, "{}", rates.askers.len());
    }
}
