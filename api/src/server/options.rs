//! How a server is protected: every limit with its number.

use std::time::Duration;

use super::places::Crowd;
use super::proxy::Proxies;
use super::rates::Quotas;
use super::tls::Tls;
use super::{LAST_REQUESTS, REQUEST_TIME};
use crate::app::Mode;

/// Longest wait for the whole head of a request, and longest time that a connection may lie idle.
pub const HEAD_TIME: Duration = Duration::from_secs(10);
/// Longest wait for the next part of a body.
pub const BODY_TIME: Duration = Duration::from_secs(10);
/// Longest wait until the other side takes more of an answer.
pub const WRITE_TIME: Duration = Duration::from_secs(30);
/// Longest wait for a TLS handshake.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// After how much silence a subscriber is asked whether it is there; after as much again it is cut off.
pub const SOCKET_PING: Duration = Duration::from_secs(30);
/// Connections at once.
pub const CONNECTIONS: Crowd = Crowd { all: 1024, each: 64 };
/// Subscribers' sockets at once.
pub const SOCKETS: Crowd = Crowd { all: 256, each: 8 };

/// Who can reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// This machine.
    Loopback,
    /// Anybody, by TLS.
    Tls,
    /// Believed proxies and nobody else, in clear.
    BehindProxy,
}

/// Longest waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// See [`HEAD_TIME`].
    pub head: Duration,
    /// See [`BODY_TIME`].
    pub body: Duration,
    /// See [`WRITE_TIME`].
    pub write: Duration,
    /// See [`HANDSHAKE_TIME`].
    pub handshake: Duration,
    /// See [`REQUEST_TIME`].
    pub request: Duration,
    /// See [`SOCKET_PING`].
    pub ping: Duration,
    /// See [`LAST_REQUESTS`].
    pub last_requests: Duration,
}

/// How a server is protected.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who can reach it.
    pub exposure: Exposure,
    /// Certificate and key, where it speaks TLS itself.
    pub tls: Option<Tls>,
    /// Whose headers are believed.
    pub proxies: Proxies,
    /// Longest waits.
    pub times: Times,
    /// Connections at once.
    pub connections: Crowd,
    /// Subscribers at once.
    pub sockets: Crowd,
    /// Requests in a time; none are counted where nobody but this machine asks for a demonstration.
    pub quotas: Option<Quotas>,
    /// Whether GraphQL tells its schema to whoever asks it; the SDL is published anyway.
    pub introspection: bool,
    /// Whether who is not signed in may ask only what ships under `schemas/graphql/operations`.
    pub persisted_only: bool,
}

impl Options {
    /// On this machine, with the documented limits. A demonstration and a trial are used by one person and by tests, who may
    /// open as many connections and ask as often as they like.
    #[must_use]
    pub fn of(mode: Mode) -> Self {
        let alone = mode.is_open();
        let share = |crowd: Crowd| if alone { Crowd { each: crowd.all, ..crowd } } else { crowd };
        Self {
            exposure: Exposure::Loopback,
            tls: None,
            proxies: Proxies::default(),
            times: Times {
                head: HEAD_TIME,
                body: BODY_TIME,
                write: WRITE_TIME,
                handshake: HANDSHAKE_TIME,
                request: REQUEST_TIME,
                ping: SOCKET_PING,
                last_requests: LAST_REQUESTS,
            },
            connections: share(CONNECTIONS),
            sockets: share(SOCKETS),
            quotas: (!alone).then(Quotas::documented),
            introspection: alone,
            persisted_only: false,
        }
    }
}
