//! Who may connect at all: as long as there are places, and where only proxies may, only proxies.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::accept::Accept;
use futures::future::{Either, Ready, ready};
use tokio::net::TcpStream;

use super::options::{Exposure, Options};
use super::places::{Place, Places};
use super::proxy::Proxies;
use super::stream::Guarded;

/// Stands before another acceptor and counts.
#[derive(Debug, Clone)]
pub(super) struct Doorkeeper<A> {
    inner: A,
    places: Arc<Places>,
    proxies: Proxies,
    proxies_only: bool,
    patience: Duration,
}

impl<A> Doorkeeper<A> {
    pub(super) fn new(inner: A, options: &Options) -> Self {
        Self {
            inner,
            places: Places::new(options.connections),
            proxies: options.proxies.clone(),
            proxies_only: options.exposure == Exposure::BehindProxy,
            patience: options.times.write,
        }
    }

    fn place(&self, peer: IpAddr) -> io::Result<Place> {
        let proxy = self.proxies.believes(peer);
        if self.proxies_only && !proxy {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "only proxies may connect"));
        }
        let place = self.places.take((!proxy).then_some(peer));
        place.ok_or_else(|| io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections"))
    }
}

impl<A, S> Accept<TcpStream, S> for Doorkeeper<A>
where
    A: Accept<Guarded<TcpStream>, S>,
{
    type Stream = A::Stream;
    type Service = A::Service;
    type Future = Either<Ready<io::Result<(A::Stream, A::Service)>>, A::Future>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        match stream.peer_addr().and_then(|peer| self.place(peer.ip())) {
            Ok(place) => {
                // Answers are written whole; where it cannot be set, they come a little later.
                let _ = stream.set_nodelay(true);
                Either::Right(self.inner.accept(Guarded::new(stream, self.patience, place), service))
            }
            Err(error) => {
                tracing::debug!(%error, "a connection was not taken");
                Either::Left(ready(Err(error)))
            }
        }
    }
}
