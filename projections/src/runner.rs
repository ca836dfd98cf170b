//! Follows the log for one model, and rebuilds it beside the old one while that one serves.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use futures::StreamExt;
use siyi_domain::rules::Rules;
use siyi_log::envelope::{DomainEvent, Recorded, is_known};
use siyi_log::port::{AllFrom, Batch, Direction, EventStore, Position};
use siyi_log::vault::{MAX_ROWS, Vault};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::mask::masked;
use crate::model::{ReadModel, Surroundings};
use crate::shelf::{Mark, Shelf, ShelfError};

/// Events that one batch of a model holds at most: one write for each.
pub const BATCH_EVENTS: usize = 4096;
/// Wait before a failed model is rebuilt, so that a full disk does not make it spin.
const PAUSE: Duration = Duration::from_secs(1);

/// Why a model stands still.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// The read store failed.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] siyi_log::port::ReadError),
    /// A stored event cannot be read.
    #[error(transparent)]
    Undecodable(#[from] siyi_log::envelope::Undecodable),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] siyi_log::vault::VaultError),
    /// A thread of the read store ended badly.
    #[error("a task of the read store failed")]
    Task,
}

/// What a model is built from.
#[derive(Clone)]
pub struct Sources {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// Personal texts.
    pub vault: Arc<dyn Vault>,
    /// Rule data.
    pub rules: Arc<Rules>,
}

/// How far a model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Events applied up to here; `None` before the first.
    pub position: Option<Position>,
    /// Whether it has reached the head of the log at least once.
    pub caught_up: bool,
}

/// A model that is kept up to date.
pub struct Runner<M> {
    folder: PathBuf,
    sources: Sources,
    shelf: Arc<ArcSwap<Shelf>>,
    progress: watch::Sender<Progress>,
    rebuilding: Arc<AtomicU64>,
    following: Arc<Mutex<Option<JoinHandle<()>>>>,
    rebuild_lock: Arc<Mutex<()>>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Runner<M> {
    fn clone(&self) -> Self {
        Self {
            folder: self.folder.clone(),
            sources: self.sources.clone(),
            shelf: Arc::clone(&self.shelf),
            progress: self.progress.clone(),
            rebuilding: Arc::clone(&self.rebuilding),
            following: Arc::clone(&self.following),
            rebuild_lock: Arc::clone(&self.rebuild_lock),
            model: PhantomData,
        }
    }
}

impl<M: ReadModel> Runner<M> {
    /// Opens the model below `folder`, or a new empty one where it is missing, damaged, of another version or of another log,
    /// and begins to follow.
    ///
    /// # Errors
    /// [`RunnerError`] if not even an empty shelf can be made, or the log cannot be read.
    pub async fn start(folder: &Path, sources: Sources) -> Result<Self, RunnerError> {
        remove_other_versions::<M>(folder);
        let folder = folder.join(folder_name::<M>());
        std::fs::create_dir_all(&folder).map_err(ShelfError::from)?;
        let shelf = match newest_shelf(&folder) {
            Some(shelf) if belongs(&shelf, &sources).await? => shelf,
            Some(shelf) => {
                tracing::warn!(model = M::NAME, "the read model does not belong to this log and is rebuilt");
                drop(shelf);
                fresh_shelf(&folder)?
            }
            None => fresh_shelf(&folder)?,
        };
        remove_others(&folder, shelf.path());
        let progress = Progress { position: shelf.mark()?.map(|mark| mark.position), caught_up: false };
        let runner = Self {
            folder,
            sources,
            shelf: Arc::new(ArcSwap::from_pointee(shelf)),
            progress: watch::Sender::new(progress),
            rebuilding: Arc::default(),
            following: Arc::default(),
            rebuild_lock: Arc::default(),
            model: PhantomData,
        };
        runner.follow().await;
        Ok(runner)
    }

    /// The shelf that serves now.
    #[must_use]
    pub fn shelf(&self) -> Arc<Shelf> {
        self.shelf.load_full()
    }

    /// How far the model is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    /// Events that a rebuild under way has applied; zero if none is.
    #[must_use]
    pub fn rebuilding(&self) -> u64 {
        self.rebuilding.load(Ordering::Relaxed)
    }

    /// Waits until the model holds `position`, at most `patience`. Whether it does.
    pub async fn wait_for(&self, position: Position, patience: Duration) -> bool {
        let mut progress = self.progress.subscribe();
        let reached = progress.wait_for(|p| p.position.is_some_and(|at| at >= position));
        tokio::time::timeout(patience, reached).await.is_ok_and(|waited| waited.is_ok())
    }

    /// Waits until the model has reached the head of the log once.
    pub async fn caught_up(&self) {
        let mut progress = self.progress.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = progress.wait_for(|p| p.caught_up).await;
    }

    /// Builds the model anew from the whole log while the old one serves, then lets the new one serve. Answers how many
    /// events were applied.
    ///
    /// # Errors
    /// [`RunnerError`]; the old model goes on serving.
    pub async fn rebuild(&self) -> Result<u64, RunnerError> {
        let _one_at_a_time = self.rebuild_lock.lock().await;
        let fresh = Arc::new(fresh_shelf(&self.folder)?);
        let mut applied = 0;
        // The next batch is read and decoded while this one is written: the two halves cost about the same.
        let batches = self.sources.store.follow_batches(None, BATCH_EVENTS);
        let mut decoded = Box::pin(batches.map(|batch| async { decode::<M>(batch?).await }).buffered(2));
        while let Some(batch) = decoded.next().await {
            let batch = batch?;
            applied += batch.events;
            let caught_up = batch.caught_up;
            write::<M>(&fresh, &self.sources, batch).await?;
            self.rebuilding.store(applied.max(1), Ordering::Relaxed);
            if caught_up {
                break;
            }
        }
        fresh.set_complete()?;
        self.stop_following().await;
        let position = fresh.mark()?.map(|mark| mark.position);
        let old = self.shelf.swap(fresh);
        self.progress.send_modify(|p| {
            p.position = position;
            p.caught_up = true;
        });
        self.rebuilding.store(0, Ordering::Relaxed);
        self.follow().await;
        let path = old.path().to_owned();
        drop(old);
        // Readers may still hold the old shelf; what cannot be removed now is removed at the next start.
        let _ = std::fs::remove_dir_all(path);
        Ok(applied)
    }

    /// Stops following; the shelf is flushed.
    pub async fn stop(&self) {
        self.stop_following().await;
        if let Err(error) = self.shelf().flush() {
            tracing::warn!(model = M::NAME, %error, "the read model was not flushed; it will catch up at the next start");
        }
    }

    async fn stop_following(&self) {
        if let Some(task) = self.following.lock().await.take() {
            task.abort();
            let _ = task.await;
        }
    }

    async fn follow(&self) {
        let runner = self.clone();
        let mut following = self.following.lock().await;
        *following = Some(tokio::spawn(async move { runner.keep_following().await }));
    }

    async fn keep_following(self) {
        loop {
            let Err(error) = self.run().await else { return };
            tracing::error!(model = M::NAME, %error, "the read model stands still");
            tokio::time::sleep(PAUSE).await;
            // What the log or the vault cannot answer now they may answer later; a shelf that fails is thrown away.
            if !matches!(error, RunnerError::Shelf(_) | RunnerError::Task) {
                continue;
            }
            match fresh_shelf(&self.folder) {
                Ok(fresh) => {
                    self.shelf.store(Arc::new(fresh));
                    self.progress.send_modify(|p| *p = Progress::default());
                }
                Err(error) => tracing::error!(model = M::NAME, %error, "no new shelf can be made"),
            }
        }
    }

    /// Applies batch after batch until the log closes.
    async fn run(&self) -> Result<(), RunnerError> {
        let held = self.shelf();
        let after = held.mark()?.map(|mark| mark.position);
        let mut batches = self.sources.store.follow_batches(after, BATCH_EVENTS);
        while let Some(batch) = batches.next().await {
            let batch = decode::<M>(batch?).await?;
            let (last, caught_up) = (batch.mark.map(|mark| mark.position), batch.caught_up);
            write::<M>(&held, &self.sources, batch).await?;
            if caught_up && !self.progress().caught_up {
                held.set_complete()?;
            }
            self.progress.send_modify(|p| {
                p.position = last.or(p.position);
                p.caught_up |= caught_up;
            });
        }
        Ok(())
    }
}

/// A batch, decoded as far as the model wants it.
struct Decoded {
    wanted: Vec<Recorded>,
    mark: Option<Mark>,
    events: u64,
    caught_up: bool,
}

async fn decode<M: ReadModel>(batch: Batch) -> Result<Decoded, RunnerError> {
    let decode = move || {
        let mut wanted = Vec::new();
        for event in &batch.events {
            // An event that this program does not know must stop it: skipping it would make a wrong model.
            if M::wants(&event.event_type) || !is_known(&event.event_type) {
                wanted.extend(Recorded::read(event)?);
            }
        }
        let mark = batch.events.last().map(|last| Mark { position: last.position, event: last.id });
        Ok(Decoded { wanted, mark, events: batch.events.len() as u64, caught_up: batch.caught_up })
    };
    tokio::task::spawn_blocking(decode).await.map_err(|_| RunnerError::Task)?
}

/// Applies one batch and its mark, atomically.
async fn write<M: ReadModel>(shelf: &Arc<Shelf>, sources: &Sources, batch: Decoded) -> Result<(), RunnerError> {
    let Some(mark) = batch.mark else { return Ok(()) };
    let names = if M::NEEDS_NAMES { names_of(&batch.wanted, sources).await? } else { HashMap::new() };
    let surroundings = Surroundings { rules: Arc::clone(&sources.rules), names };
    let shelf = Arc::clone(shelf);
    let write = move || {
        let mut writes = shelf.writes();
        M::apply(&batch.wanted, &surroundings, &mut writes)?;
        writes.commit(mark)
    };
    tokio::task::spawn_blocking(write).await.map_err(|_| RunnerError::Task)??;
    Ok(())
}

/// The masked names that a batch registers. Names in clear do not leave this function.
async fn names_of(events: &[Recorded], sources: &Sources) -> Result<HashMap<String, String>, RunnerError> {
    use siyi_domain::roster::RosterEvent;
    let digests: Vec<String> = events
        .iter()
        .filter_map(|recorded| match &recorded.event {
            DomainEvent::Roster(_, RosterEvent::PersonRegistered(e)) => Some(e.name.to_string()),
            _ => None,
        })
        .collect();
    let mut names = HashMap::new();
    for digests in digests.chunks(MAX_ROWS) {
        let opened = sources.vault.open_many(digests).await?;
        for (digest, opened) in digests.iter().zip(opened) {
            if let Some(opened) = opened {
                names.insert(digest.clone(), masked(&opened.value));
            }
        }
    }
    Ok(names)
}

fn folder_name<M: ReadModel>() -> String {
    format!("{}-v{}", M::NAME, M::VERSION)
}

/// What another version of the program wrote is of no use to this one.
fn remove_other_versions<M: ReadModel>(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let version = name.strip_prefix(M::NAME).and_then(|rest| rest.strip_prefix("-v"));
        if version.is_some_and(|v| v.parse::<u32>().is_ok()) && name != folder_name::<M>() {
            remove_folder(&entry.path());
        }
    }
}

fn remove_folder(path: &Path) {
    if let Err(error) = std::fs::remove_dir_all(path) {
        tracing::warn!(path = %path.display(), %error, "an old read model was not removed");
    }
}

fn shelf_paths(folder: &Path) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> =
        entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path()))).collect();
    paths.sort();
    paths
}

/// The newest shelf that had caught up once and opens.
fn newest_shelf(folder: &Path) -> Option<Shelf> {
    shelf_paths(folder).into_iter().rev().find_map(|(_, path)| {
        let shelf = Shelf::open(&path).ok()?;
        shelf.is_complete().ok()?.then_some(shelf)
    })
}

fn fresh_shelf(folder: &Path) -> Result<Shelf, ShelfError> {
    let next = shelf_paths(folder).last().map_or(1, |(number, _)| number + 1);
    Shelf::open(&folder.join(next.to_string()))
}

fn remove_others(folder: &Path, kept: &Path) {
    for (_, path) in shelf_paths(folder).into_iter().filter(|(_, path)| path != kept) {
        remove_folder(&path);
    }
}

/// Whether the last event that the shelf holds is in this log at that position.
async fn belongs(shelf: &Shelf, sources: &Sources) -> Result<bool, RunnerError> {
    let Ok(mark) = shelf.mark() else { return Ok(false) };
    let Some(mark) = mark else { return Ok(true) };
    let found = sources.store.read_all(AllFrom::At(mark.position), Direction::Forwards, 1).await?;
    Ok(found.first().is_some_and(|event| event.position == mark.position && event.id == mark.event))
}
