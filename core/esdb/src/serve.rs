//! Serving the face.

use crate::{
    engine::Engine,
    face::{Face, Features, GossipOf, Open, SeveralOf, Slots, StreamsOf, cuttable, routes},
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
use siyi_log::{
    clock::{Clock, WallClock},
    port::EventStore,
};
use std::{fmt, future::Future, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{
    service::Routes,
    transport::{Identity, Server, ServerTlsConfig},
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
        let address = listener.local_addr().map_err(|error| ServeError::Network(error.to_string()))?;
        if options.tls.is_none() && !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(address));
        }
        let engine = Engine::open(data_dir, store, Arc::clone(&options.clock), options.limits).await?;
        let (engine, stop) = (Arc::new(engine), CancellationToken::new());
        let groups = Arc::new(Groups::open(Arc::clone(&engine), stop.clone()).await?);
        let (slots, advertised) = (Slots::new(options.open_calls), options.advertised.unwrap_or(address));
        let face = Face { engine, guardian, groups, slots, stop, advertised };
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
        let cut = CancellationToken::new();
        let incoming = cuttable(listener, cut.clone());
        let (stop, groups) = (face.stop.clone(), Arc::clone(&face.groups));
        let serving = server.add_routes(services(face)).serve_with_incoming_shutdown(incoming, stop.cancelled());
        tokio::pin!(serving);
        let ended = tokio::select! {
            ended = &mut serving => ended,
            () = shutdown => {
                stop.cancel();
                let farewell = tokio::time::timeout(FAREWELL, &mut serving).await;
                farewell.unwrap_or(Ok(()))
            }
        };
        stop.cancel();
        cut.cancel();
        groups.ended().await;
        ended.map_err(|error| ServeError::Network(error.to_string()))
    }
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
