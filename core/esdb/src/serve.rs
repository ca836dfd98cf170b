//! Serving the face.
//!
//! Each of a few threads serves the connections that it takes, alone: only what is written, read from the disk or asked of
//! a guardian goes to another thread, for waking one costs more than most calls. A slow client or a large read holds up the connections of its
//! thread only, and never the API, which has threads of its own.

use crate::{
    engine::Engine,
    face::{Face, Features, GossipOf, Open, SeveralOf, Slots, StreamsOf, connections, routes},
    guardian::Guardian,
    outside::Limits,
    persistent::{Groups, PersistentOf},
    refusal::Refusal,
    wire::{
        features::server_features_server::ServerFeaturesServer, gossip::gossip_server::GossipServer,
        persistent::persistent_subscriptions_server::PersistentSubscriptionsServer,
        streams::streams_server::StreamsServer, v2::streams_service_server::StreamsServiceServer,
    },
};
use futures::future::try_join_all;
use siyi_log::{
    clock::{Clock, WallClock},
    port::EventStore,
};
use std::{fmt, future::Future, io, net::SocketAddr, num::NonZeroUsize, path::Path, sync::Arc, thread, time::Duration};
use tokio::{
    net::TcpListener,
    runtime::{self, Handle},
    sync::oneshot,
};
use tokio_util::sync::CancellationToken;
use tonic::{
    service::Routes,
    transport::{Identity, Server, ServerTlsConfig, server::Router},
};

/// The largest message that is read: an event may be as large as the clients allow.
const MAX_MESSAGE: usize = 17 << 20;

/// How long open calls may take to hear that the server goes away.
const FAREWELL: Duration = Duration::from_secs(5);

/// How the face is run.
#[derive(Clone)]
pub struct Options {
    /// Certificate chain and private key (PEM). Without them the face listens on a loopback address only.
    pub tls: Option<Tls>,
    /// Where clients of a cluster's connection string are sent; the listener's own address where none is given.
    pub advertised: Option<SocketAddr>,
    /// Open calls of each kind: reads, subscriptions, consumers, batch appends; 1024.
    pub open_calls: usize,
    /// Calls at once over one connection; 256.
    pub calls_per_connection: u32,
    /// Threads that serve connections; as many as there are processors.
    pub threads: NonZeroUsize,
    /// The sizes of events and appends.
    pub limits: Limits,
    /// Tells the time at which clients' events are recorded.
    pub clock: Arc<dyn Clock>,
}

/// A certificate chain and its private key, both PEM.
#[derive(Clone)]
pub struct Tls {
    /// The chain, the server's own certificate first.
    pub certificate: Vec<u8>,
    /// The private key.
    pub key: Vec<u8>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tls: None,
            advertised: None,
            open_calls: 1024,
            calls_per_connection: 256,
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            limits: Limits::default(),
            clock: Arc::new(WallClock),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("tls", &self.tls.is_some())
            .field("advertised", &self.advertised)
            .field("open_calls", &self.open_calls)
            .field("threads", &self.threads)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Why the face does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Without TLS only a loopback address is served: passwords would travel in the clear.
    #[error("the address `{0}` is no loopback address, and there is no certificate")]
    NotLoopback(SocketAddr),
    /// The certificate or its key do not read.
    #[error("the certificate of the EventStoreDB face cannot be used: {0}")]
    Certificate(String),
    /// The streams of clients do not open.
    #[error("the streams of EventStoreDB clients cannot be opened: {0}")]
    Store(#[from] Refusal),
    /// The network said no.
    #[error("the EventStoreDB face cannot serve: {0}")]
    Network(String),
}

impl From<io::Error> for ServeError {
    fn from(error: io::Error) -> Self {
        Self::Network(error.to_string())
    }
}

/// A face that listens, and serves once it is run.
pub struct Ready {
    face: Face,
    listener: TcpListener,
    address: SocketAddr,
    options: Options,
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Looks into a running face, for tests and for the operator. It keeps the streams of clients open as long as it lives.
#[derive(Clone)]
pub struct Watch(Face);

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.0.open()).finish()
    }
}

impl Watch {
    /// How many answers are open.
    #[must_use]
    pub fn open(&self) -> Open {
        self.0.open()
    }

    /// How many persistent subscriptions have a task.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.0.groups.count()
    }

    /// Both stores, as the face reads them.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }
}

/// Opens the streams of clients in `data_dir`, and serves them and `store` on `listener` until `shutdown` is ready.
///
/// Whoever reads or follows then hears `UNAVAILABLE`; a client that does not listen is cut off after five seconds.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    listener: TcpListener,
    options: Options,
    store: Arc<dyn EventStore>,
    guardian: Arc<dyn Guardian>,
    data_dir: impl AsRef<Path>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    Ready::open(listener, options, store, guardian, data_dir.as_ref()).await?.run(shutdown).await
}

impl Ready {
    /// Opens the streams of clients in `data_dir`; connections wait until [`Ready::run`].
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn open(
        listener: TcpListener,
        options: Options,
        store: Arc<dyn EventStore>,
        guardian: Arc<dyn Guardian>,
        data_dir: &Path,
    ) -> Result<Self, ServeError> {
        let address = listener.local_addr()?;
        if options.tls.is_none() && !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(address));
        }
        let engine = Engine::open(data_dir, store, Arc::clone(&options.clock), options.limits).await?;
        let (engine, stop) = (Arc::new(engine), CancellationToken::new());
        let groups = Arc::new(Groups::open(Arc::clone(&engine), stop.clone()).await?);
        let (slots, advertised) = (Slots::new(options.open_calls), options.advertised.unwrap_or(address));
        let face = Face { engine, guardian, groups, slots, stop, advertised, home: Handle::current() };
        Ok(Self { face, listener, address, options })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Looks into it while it runs.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch(self.face.clone())
    }

    /// Serves until `shutdown` is ready.
    ///
    /// # Errors
    /// [`ServeError::Certificate`] or [`ServeError::Network`].
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let Self { face, listener, options, .. } = self;
        let mut server = Server::builder()
            .accept_http1(true)
            .max_concurrent_streams(options.calls_per_connection)
            // A connection whose other side has gone without a word gives its slots back.
            .http2_keepalive_interval(Some(Duration::from_secs(20)))
            .http2_keepalive_timeout(Some(Duration::from_secs(20)));
        if let Some(tls) = options.tls {
            // The client of the adapter compiles a second provider in, and then `rustls` wants one named. Where the
            // program has named one already, that stays.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let identity = Identity::from_pem(tls.certificate, tls.key);
            let tls = ServerTlsConfig::new().identity(identity);
            server = server.tls_config(tls).map_err(|error| ServeError::Certificate(error.to_string()))?;
        }
        let (stop, groups) = (face.stop.clone(), Arc::clone(&face.groups));
        // Also whoever drops this ends the threads.
        let _stop = stop.clone().drop_guard();
        let (listener, router) = (listener.into_std()?, server.add_routes(services(face)));
        let mut threads = Vec::with_capacity(options.threads.get());
        for _ in 0..options.threads.get() {
            threads.push(serve_on_a_thread(listener.try_clone()?, router.clone(), stop.clone())?);
        }
        // Only the threads hold the port, and the face.
        drop((listener, router));
        let mut ended = try_join_all(threads);
        let ended = tokio::select! {
            ended = &mut ended => ended,
            () = shutdown => {
                stop.cancel();
                ended.await
            }
        };
        stop.cancel();
        groups.ended().await;
        ended.map(drop)
    }
}

/// Serves the connections that a thread of its own takes from the listener, which it shares with others. The answer comes
/// once it has ended: at an error, or behind the stop when the clients have left or had time to.
fn serve_on_a_thread(
    listener: std::net::TcpListener,
    router: Router,
    stop: CancellationToken,
) -> io::Result<impl Future<Output = Result<(), ServeError>>> {
    let (end, ended) = oneshot::channel();
    let serve = async move {
        let incoming = connections(TcpListener::from_std(listener)?);
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(FAREWELL).await;
        };
        tokio::select! {
            served = router.serve_with_incoming_shutdown(incoming, stop.cancelled()) => {
                served.map_err(|error| ServeError::Network(error.to_string()))
            }
            () = late => Ok(()),
        }
    };
    thread::Builder::new().name("siyi-esdb-serve".into()).spawn(move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        // Whoever is still connected behind that is cut off with the runtime.
        let served = runtime.map_err(ServeError::from).and_then(|runtime| runtime.block_on(serve));
        let _ = end.send(served);
    })?;
    Ok(async { ended.await.unwrap_or_else(|_| Err(ServeError::Network("a thread has ended".into()))) })
}

fn services(face: Face) -> Routes {
    let streams = StreamsServer::new(StreamsOf(face.clone()));
    let persistent = PersistentSubscriptionsServer::new(PersistentOf(face.clone()));
    let several = StreamsServiceServer::new(SeveralOf(face.clone()));
    Routes::from(routes(face.clone()))
        .add_service(streams.max_decoding_message_size(MAX_MESSAGE).max_encoding_message_size(MAX_MESSAGE))
        .add_service(persistent.max_encoding_message_size(MAX_MESSAGE))
        .add_service(several.max_decoding_message_size(MAX_MESSAGE))
        .add_service(GossipServer::new(GossipOf(face)))
        .add_service(ServerFeaturesServer::new(Features))
}
