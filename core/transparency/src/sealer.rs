//! The sealer: follows the event store, builds the tree, and signs what it can serve.
//!
//! The order of writes, each durable before the next: tiles and bundles, the map of positions; the root recomputed from
//! those files; the claim on the stream of heads (on a cluster); the head; the signature; the witnesses; the checkpoint.
//! So a crash between any two leaves either what was published or more than that, never less.
//!
//! INVARIANT: nothing is signed that is not consistent with every head that was written down before.

mod asking;
mod core;
mod opening;

use crate::{
    disk::DiskFaults,
    error::SealError,
    heads::HeadStream,
    log::{Published, TransparencyLog},
    witness::Witness,
};
pub(crate) use opening::{POLICY_FILE, lock, read_policy};
use siyi_tlog::{Checkpoint, KeyList, Note, SignedCheckpoint, Signer, TrustPolicy};

use asking::Asking;
use core::Core;
use futures::StreamExt;
use siyi_log::{
    envelope::Subject,
    port::{AllFrom, Direction, EventStore, Position, ReadError, StoredEvent, StreamName},
};
use std::{
    fmt,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// How many events are taken from the store at once.
const BATCH: usize = 4096;

/// How many leaves are sealed at once at most, which bounds the memory that waits for the disk.
const MAX_UNSEALED: u64 = 65_536;

/// How long a store that does not answer is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// How often a claim on the stream of heads is tried anew before the next round.
const MAX_CLAIMS: usize = 5;

/// Where heads are written down before they are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadsKept {
    /// In the log's folder: one machine alone signs.
    InFolder,
    /// In the folder and in a stream of the event store, claimed by expected revision: several machines may hold the key.
    InStream(StreamName),
}

/// How a log is sealed.
pub struct SealerOptions {
    /// The log's folder, such as `<data>/transparency`. It holds `tile/`, `checkpoint`, `policy`, `keys`, `head`,
    /// `positions`.
    pub folder: PathBuf,
    /// The time between two checkpoints while events come; 500 ms.
    pub interval: Duration,
    /// Where heads are kept; in the folder.
    pub heads: HeadsKept,
    /// How long witnesses are waited for; 3 s.
    pub witness_timeout: Duration,
    /// Failures on purpose, for tests.
    pub faults: Option<Arc<dyn DiskFaults>>,
}

impl SealerOptions {
    /// The usual options for a log in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            interval: Duration::from_millis(500),
            heads: HeadsKept::InFolder,
            witness_timeout: crate::witness::WITNESS_TIMEOUT,
            faults: None,
        }
    }
}

/// Builds and signs the tree of one log.
pub struct Sealer {
    store: Arc<dyn EventStore>,
    signer: Signer,
    list: KeyList,
    policy: TrustPolicy,
    heads: Option<HeadStream>,
    interval: Duration,
    core: Arc<Mutex<Core>>,
    /// What of the core is asked without waiting for it.
    unsealed: Unsealed,
    asking: Asking,
    published: watch::Sender<Option<Arc<Published>>>,
    log: TransparencyLog,
    /// Held while the log is open.
    _lock: std::fs::File,
}

/// How far the events that were taken go beyond what is sealed.
#[derive(Clone, Copy, Debug)]
struct Unsealed {
    last: Option<Position>,
    leaves: u64,
    sealed: u64,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("signer", &self.signer).field("unsealed", &self.unsealed).finish_non_exhaustive()
    }
}

impl Sealer {
    /// Opens the log in its folder, which is made where it is missing: rebuilds the tree from the store, and compares it
    /// with every head that was signed and with what the witnesses hold. Files that are missing or damaged are written
    /// again.
    ///
    /// `policy` names the log's key and its witnesses, and is published; `witnesses` are asked, those of them that do not
    /// answer now are asked later.
    ///
    /// # Errors
    /// [`SealError::Rewritten`], [`SealError::Shortened`] or [`SealError::Forked`] where something signed cannot be
    /// reproduced: nothing may be signed until a person has looked. [`SealError::KeyNotCurrent`], [`SealError::InUse`],
    /// [`SealError::Unreadable`], and what the store and the disk say.
    pub async fn open(
        store: Arc<dyn EventStore>,
        signer: Signer,
        policy: TrustPolicy,
        witnesses: Vec<Arc<dyn Witness>>,
        options: SealerOptions,
    ) -> Result<Self, SealError> {
        opening::open(store, signer, policy, witnesses, options).await
    }

    /// The log as readers see it.
    #[must_use]
    pub fn log(&self) -> TransparencyLog {
        self.log.clone()
    }

    /// Follows the store and seals until `stop` is done, then seals what the store holds. So stop it before the store. Where heads
    /// are claimed in a stream the store is a server, and while that does not answer it is asked again.
    ///
    /// # Errors
    /// [`SealError`]: sealing has stopped. The event store is not touched by it. Open the log again, which tells whether
    /// the history is sound.
    pub async fn run(mut self, stop: impl Future<Output = ()> + Send) -> Result<(), SealError> {
        let mut stop = std::pin::pin!(stop);
        loop {
            let error = match self.follow(stop.as_mut()).await {
                Ok(()) => return self.seal_all().await,
                Err(error) => error,
            };
            if self.heads.is_none() || !error.is_passing() {
                return Err(error);
            }
            tracing::warn!(%error, "the log is not sealed while its store does not answer");
            tokio::select! {
                () = &mut stop => return self.seal_all().await,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Seals what comes until `stop` is done.
    async fn follow(&mut self, mut stop: Pin<&mut (impl Future<Output = ()> + Send)>) -> Result<(), SealError> {
        let mut batches = self.store.follow_batches(self.unsealed.last, BATCH);
        let mut due = Instant::now();
        loop {
            // An idle log wakes too: a witness that was away is asked again.
            let wake = if self.is_behind() { due } else { due + self.asking.patience() };
            tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                batch = batches.next() => {
                    let closed = || ReadError::Unavailable { reason: "the store was closed".into() };
                    self.take(batch.ok_or_else(closed)??.events).await?;
                }
                () = tokio::time::sleep_until(wake) => {}
            }
            let full = self.unsealed.leaves - self.unsealed.sealed >= MAX_UNSEALED;
            if full || Instant::now() >= due {
                self.seal().await?;
                due = Instant::now() + self.interval;
            }
        }
    }

    /// Seals all events that the store holds now, and answers when the checkpoint is published.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn seal_all(&mut self) -> Result<(), SealError> {
        loop {
            let from = self.unsealed.last.map_or(AllFrom::Start, AllFrom::After);
            let events = self.store.read_all(from, Direction::Forwards, BATCH).await?;
            if events.is_empty() {
                return self.seal().await.map(drop);
            }
            self.take(events).await?;
            if self.unsealed.leaves - self.unsealed.sealed >= MAX_UNSEALED {
                self.seal().await?;
            }
        }
    }

    fn is_behind(&self) -> bool {
        self.unsealed.leaves > self.log.size()
    }

    async fn take(&mut self, events: Vec<StoredEvent>) -> Result<(), SealError> {
        let Some(last) = events.last().map(|event| event.position) else { return Ok(()) };
        let leaves: Vec<StoredEvent> = events.into_iter().filter(is_leaf).collect();
        self.unsealed.leaves += leaves.len() as u64;
        self.unsealed.last = Some(last);
        self.with_core(move |core| leaves.iter().try_for_each(|event| core.push(event))).await
    }

    /// True where a checkpoint was published.
    async fn seal(&mut self) -> Result<bool, SealError> {
        let size = self.unsealed.leaves;
        let confirmed = self.log.published().is_some_and(|now| {
            let complete = now.quorum_met || !self.asking.is_due(&now.confirmed);
            now.checkpoint().size == size && now.log == *self.signer.verifier() && complete
        });
        if size == 0 || confirmed {
            return Ok(false);
        }
        let root = self.with_core(Core::write).await?;
        self.unsealed.sealed = size;
        let head = Checkpoint { origin: self.signer.verifier().name().into(), size, root };
        if !self.claim(&head).await? {
            // Another node is ahead: this one follows until it has as many leaves.
            return Ok(false);
        }
        let written = head.clone();
        self.with_core(move |core| core.persist(written)).await?;
        let note = self.signer.sign_checkpoint(size, root).map_err(SealError::Served)?;
        let published = self.confirmed(note).await?;
        let text = published.signed.note().to_string();
        self.with_core(move |core| core.publish(&text, size)).await?;
        self.published.send_replace(Some(Arc::new(published)));
        Ok(true)
    }

    /// The checkpoint with what the witnesses and its last version say.
    async fn confirmed(&mut self, mut note: Note) -> Result<Published, SealError> {
        let signed = SignedCheckpoint::of(note.clone()).map_err(SealError::Served)?;
        let asked = self.asking.ask(&signed, self.log.folder(), &self.list, &self.policy).await;
        let mut lines = match asked {
            // Another node of the cluster was faster at this witness, with a head that this one agreed to.
            Err(SealError::Forked { size, .. }) if self.is_claimed(size).await? => Vec::new(),
            asked => asked?,
        };
        if let Some(before) = self.log.published().filter(|before| before.signed.note().text == note.text) {
            let again = |line: &&siyi_tlog::NoteSignature| !lines.iter().any(|new| new.id == line.id);
            let kept: Vec<_> = before.signed.note().signatures.iter().filter(again).cloned().collect();
            lines.extend(kept.into_iter().filter(|line| !line.claims(self.signer.verifier())));
        }
        note.signatures.extend(lines);
        let signed = SignedCheckpoint::of(note).map_err(SealError::Served)?;
        Published::check(signed, &self.list, &self.policy).map_err(SealError::Served)
    }

    /// Whether a tree of this size, larger than this node's, is claimed on the stream of heads.
    async fn is_claimed(&self, size: u64) -> Result<bool, SealError> {
        let Some(stream) = &self.heads else { return Ok(false) };
        let claimed = stream.last(&*self.store).await?.head;
        Ok(size > self.unsealed.leaves && claimed.is_some_and(|claimed| claimed.size >= size))
    }

    /// On a cluster, claims the head; false where a larger one is claimed already.
    async fn claim(&self, head: &Checkpoint) -> Result<bool, SealError> {
        let Some(stream) = &self.heads else { return Ok(true) };
        for _ in 0..MAX_CLAIMS {
            let last = stream.last(&*self.store).await?;
            if let Some(claimed) = &last.head {
                if claimed.size > head.size {
                    return Ok(false);
                }
                let held = claimed.clone();
                let same = self.with_core(move |core| core.has_head(&held)).await?;
                if !same {
                    let held_by = crate::error::HeldBy::Stream;
                    return Err(SealError::Rewritten { held_by, size: claimed.size, first: None });
                }
                if claimed.size == head.size {
                    return Ok(true);
                }
            }
            if stream.claim(&*self.store, head, &last).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn with_core<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Core) -> Result<T, SealError> + Send + 'static,
    ) -> Result<T, SealError> {
        let core = Arc::clone(&self.core);
        let run = move || run(&mut core.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(run).await.unwrap_or_else(|error| {
            Err(SealError::disk(self.log.folder().path(), std::io::Error::other(error.to_string())))
        })
    }
}

/// Whether an event is a leaf: those of the domain are, the log's own heads and the bookkeeping of the server are not.
#[must_use]
pub fn is_leaf(event: &StoredEvent) -> bool {
    Subject::of(&event.stream).is_some()
}
