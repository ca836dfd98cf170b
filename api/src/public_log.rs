//! 公开日志: the log as a signed tree that anybody can check, sealed beside the server ([`siyi_transparency`]).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use siyi_log::port::{EventStore, StreamName};
use siyi_tlog::{KeyKind, Signer, TlogError, TrustPolicy};
use siyi_transparency::keys::{KeyError, create_key, read_key};
use siyi_transparency::sealer::{HeadsKept, Sealer, SealerOptions};
use siyi_transparency::witness::{HttpWitness, NotConfirmed, Witness};
use siyi_transparency::{SealError, TransparencyLog};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;

mod proofs;

pub use proofs::Snapshot;

/// The folder of the tree in the data folder.
pub const FOLDER: &str = "transparency";
/// The signing key in the data folder, where no other was named.
const OWN_KEY: &str = "log.key";

/// What signs the log, and who confirms it.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    /// The signing key's file; `log.key` in the data folder if left out, made there at first.
    pub key: Option<PathBuf>,
    /// Under which name a key is made: host and name without a scheme (C2SP tlog-checkpoint, "origin").
    pub origin: String,
    /// The trust policy's file (C2SP tlog-policy) with the witnesses and how many of them are enough; nobody if left out.
    pub policy: Option<PathBuf>,
    /// Whether several machines may hold the key: then heads are claimed in a stream of the store.
    pub shared: bool,
    /// Certificates (PEM) by which the witnesses' TLS is known, beside the web's own.
    pub witness_roots: Option<PathBuf>,
}

/// Why the log cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum PublicLogError {
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The policy does not read, or does not name this log.
    #[error("the trust policy: {0}")]
    Policy(#[from] TlogError),
    /// A witness cannot be asked.
    #[error("a witness of the policy: {0}")]
    Witness(#[from] NotConfirmed),
    /// What was signed cannot be reproduced, or the disk says no.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A file cannot be read.
    #[error("`{file}`: {error}")]
    File {
        /// Which.
        file: String,
        /// What the system said.
        error: std::io::Error,
    },
}

impl PublicLogError {
    /// The stable public code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::Policy(_) => "log-policy-malformed",
            Self::Witness(_) => "witness-unusable",
            Self::Seal(error) => error.code(),
            Self::File { .. } => "io",
        }
    }
}

/// The sealed log of a running server.
pub struct PublicLog {
    /// For readers.
    pub log: TransparencyLog,
    /// Whether there are witnesses at all.
    pub has_witnesses: bool,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    sealing: Mutex<Option<JoinHandle<()>>>,
    ended: Arc<std::sync::atomic::AtomicBool>,
}

impl PublicLog {
    /// Opens the tree, compares it with everything that was signed before and with what the witnesses hold, and goes on
    /// sealing until it is closed.
    ///
    /// # Errors
    /// [`PublicLogError`]; nothing may be served where the history was rewritten.
    pub async fn open(data: &Path, store: Arc<dyn EventStore>, options: &LogOptions) -> Result<Self, PublicLogError> {
        let folder = data.join(FOLDER);
        let signer = signer(data, options)?;
        let policy = match &options.policy {
            Some(file) => TrustPolicy::parse(&read(file)?)?,
            None => TrustPolicy::majority([signer.verifier()], &[])?,
        };
        let roots = options.witness_roots.as_deref().map(read).transpose()?;
        let roots: Vec<Vec<u8>> = roots.into_iter().map(String::into_bytes).collect();
        let witnesses: Vec<Arc<dyn Witness>> = HttpWitness::of_policy(&policy, &roots)?
            .into_iter()
            .map(|witness| Arc::new(witness) as Arc<dyn Witness>)
            .collect();
        let has_witnesses = !policy.witnesses().is_empty();
        let mut sealing = SealerOptions::new(folder);
        if options.shared
            && let Ok(heads) = StreamName::new("tlog-heads")
        {
            sealing.heads = HeadsKept::InStream(heads);
        }
        let sealer = Sealer::open(store, signer, policy, witnesses, sealing).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let log = sealer.log();
        let ended = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let tell = Arc::clone(&ended);
        let sealing = tokio::spawn(async move {
            if let Err(error) = sealer.run(async { drop(stopped.await) }).await {
                tracing::error!(%error, code = error.code(), "the public log is sealed no longer; the next start looks at it");
                tell.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        });
        let (stop, sealing) = (Mutex::new(Some(stop)), Mutex::new(Some(sealing)));
        Ok(Self { log, has_witnesses, stop, sealing, ended })
    }

    /// Whether sealing broke off.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Seals what is left and stops.
    pub async fn close(&self) {
        drop(self.stop.lock().await.take());
        if let Some(sealing) = self.sealing.lock().await.take() {
            // It ends by itself; a panic in it is logged by the runtime.
            let _ = sealing.await;
        }
    }
}

fn signer(data: &Path, options: &LogOptions) -> Result<Signer, KeyError> {
    if let Some(file) = &options.key {
        return read_key(file, KeyKind::Log);
    }
    let own = data.join(OWN_KEY);
    if own.exists() { read_key(own, KeyKind::Log) } else { create_key(own, &options.origin, KeyKind::Log) }
}

fn read(file: &Path) -> Result<String, PublicLogError> {
    std::fs::read_to_string(file).map_err(|error| PublicLogError::File { file: file.display().to_string(), error })
}
