//! Opening the log: the tree is rebuilt from the store and held against everything that was ever signed.

use super::{Asking, Core, HeadsKept, Sealer, SealerOptions, Unsealed, is_leaf};
use crate::{
    compare::{Compared, compare},
    disk::{Disk, Placed, read_if_there},
    edge::Edge,
    error::{Difference, HeldBy, SealError},
    heads::{CHECKPOINT_FILE, HeadStream, KeptHead, read_checkpoint, read_head, unreadable},
    keys::{LIST_FILE, read_key_list},
    log::{Published, TransparencyLog},
    positions::Positions,
    served::TileFolder,
    witness::Witness,
};
use siyi_log::port::{AllFrom, Direction, EventStore, Position};
use siyi_tlog::{Checkpoint, KeyList, MAX_NOTE_BYTES, Signer, TileSource, TlogError, TrustPolicy};
use std::{
    fs::{File, TryLockError},
    path::Path,
    sync::{Arc, Mutex},
};
use tokio::sync::watch;

/// The public policy, in the log's folder.
pub(crate) const POLICY_FILE: &str = "policy";

/// How many events are read from the store at once.
const PAGE: usize = 4096;

/// A head that has to be reproduced, and who holds it.
struct Held {
    by: HeldBy,
    head: Checkpoint,
}

pub(super) async fn open(
    store: Arc<dyn EventStore>,
    signer: Signer,
    policy: TrustPolicy,
    witnesses: Vec<Arc<dyn Witness>>,
    options: SealerOptions,
) -> Result<Sealer, SealError> {
    let SealerOptions { folder, interval, heads, witness_timeout, faults } = options;
    let disk = Disk::new(faults);
    siyi_log::create_durably(&folder).map_err(|error| SealError::disk(&folder, error))?;
    let lock = lock(&folder)?;
    let list = current_list(&disk, &folder, &signer)?;
    put_if_other(&disk, &folder, &[Placed { path: POLICY_FILE.into(), bytes: policy.text().into() }])?;
    let heads = match heads {
        HeadsKept::InFolder => None,
        HeadsKept::InStream(name) => Some(HeadStream { name }),
    };
    let mut asking = Asking::new(witnesses, witness_timeout);

    let signed = read_checkpoint(&folder)?;
    let published = signed.map(|signed| Published::check(signed, &list, &policy)).transpose();
    let published = published.map_err(unreadable(CHECKPOINT_FILE))?;
    let mut held = Vec::new();
    let kept = read_head(&folder)?;
    check_not_rolled_back(kept.as_ref(), published.as_ref())?;
    held.extend(kept.map(|kept| Held { by: HeldBy::Folder, head: kept.head }));
    held.extend(published.as_ref().map(|now| Held { by: HeldBy::Checkpoint, head: now.checkpoint().clone() }));
    if let Some(stream) = &heads {
        held.extend(stream.last(&*store).await?.head.map(|head| Held { by: HeldBy::Stream, head }));
    }
    let witnessed = asking.held(&list).await;
    held.extend(witnessed.into_iter().map(|(name, head)| Held { by: HeldBy::Witness(name), head }));
    check_origins(&held, signer.verifier().name())?;
    held.sort_by_key(|held| held.head.size);

    let files = TileFolder::new(&folder);
    let rebuilding = Rebuilding { store: &*store, files: &files, held: &held };
    let rebuilt = rebuilding.check(published.as_ref().map(Published::checkpoint)).await?;
    if !rebuilt.files_are_whole {
        tracing::warn!("tiles of the log are missing or damaged and are written again from the events");
        rebuilding.write(&disk, published.as_ref().map(Published::checkpoint)).await?;
    }

    let shown = published.as_ref().map_or(0, |published| published.checkpoint().size);
    let (announce, published) = watch::channel(published.map(Arc::new));
    let size = rebuilt.edge.size();
    let core = Core::new(disk, files.clone(), rebuilt.edge, held.into_iter().next_back().map(|held| held.head), shown);
    Ok(Sealer {
        store,
        signer,
        list,
        policy,
        heads,
        interval,
        core: Arc::new(Mutex::new(core)),
        unsealed: Unsealed { last: rebuilt.last, leaves: size, sealed: size },
        asking,
        published: announce,
        log: TransparencyLog::new(files, published),
        _lock: lock,
    })
}

/// The policy that stands in a log's folder.
pub(crate) fn read_policy(folder: &Path) -> Result<Option<TrustPolicy>, SealError> {
    let path = folder.join(POLICY_FILE);
    let bytes = read_if_there(&path, MAX_NOTE_BYTES as u64).map_err(|error| SealError::disk(&path, error))?;
    let parse = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).map_err(|_| TlogError::malformed("a trust policy", "it is no text"))?;
        TrustPolicy::parse(&text)
    };
    bytes.map(parse).transpose().map_err(unreadable(POLICY_FILE))
}

/// Keeps other processes out of the folder for as long as the file lives.
pub(crate) fn lock(folder: &Path) -> Result<File, SealError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|error| SealError::disk(&path, error))?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => SealError::InUse { folder: folder.display().to_string() },
        TryLockError::Error(error) => SealError::disk(&path, error),
    })?;
    Ok(file)
}

/// The list of keys, made for a new log, of which `signer` must be the current one.
fn current_list(disk: &Disk, folder: &Path, signer: &Signer) -> Result<KeyList, SealError> {
    if let Some(list) = read_key_list(folder)? {
        if list.current() == signer.verifier() {
            return Ok(list);
        }
        let (given, current) = (signer.verifier().id_hex(), list.current().id_hex());
        return Err(SealError::KeyNotCurrent { given, current });
    }
    let list = KeyList::first(signer).map_err(unreadable(LIST_FILE))?;
    let text = list.note().to_string();
    disk.replace(folder, LIST_FILE, text.as_bytes()).map_err(|error| SealError::disk(folder, error))?;
    Ok(list)
}

/// Between a head and its checkpoint the power may go; then the one before is still published, but none older than that.
fn check_not_rolled_back(kept: Option<&KeptHead>, published: Option<&Published>) -> Result<(), SealError> {
    let found = published.map_or(0, |published| published.checkpoint().size);
    match kept {
        Some(kept) if found < kept.published => Err(SealError::RolledBack { published: kept.published, found }),
        _ => Ok(()),
    }
}

fn check_origins(held: &[Held], origin: &str) -> Result<(), SealError> {
    match held.iter().find(|held| held.head.origin != origin) {
        None => Ok(()),
        Some(other) => {
            let (expected, found) = (origin.into(), other.head.origin.clone());
            Err(SealError::Unreadable { file: other.by.to_string(), error: TlogError::Origin { expected, found } })
        }
    }
}

/// Writes those files that are not there as they should be; answers whether all were.
fn put_if_other(disk: &Disk, folder: &Path, files: &[Placed]) -> Result<bool, SealError> {
    let source = TileFolder::new(folder);
    let is_other = |file: &&Placed| source.read(&file.path).map_or(true, |found| found != file.bytes);
    let others: Vec<Placed> = files
        .iter()
        .filter(is_other)
        .map(|file| Placed { path: file.path.clone(), bytes: file.bytes.clone() })
        .collect();
    disk.place(folder, &others).map_err(|error| SealError::disk(folder, error))?;
    Ok(others.is_empty())
}

struct Rebuilding<'a> {
    store: &'a dyn EventStore,
    files: &'a TileFolder,
    /// By size.
    held: &'a [Held],
}

struct Rebuilt {
    edge: Edge,
    /// The position of the last leaf.
    last: Option<Position>,
    files_are_whole: bool,
}

/// What one page of leaves made.
#[derive(Default)]
struct Page {
    files: Vec<Placed>,
    positions: Vec<u8>,
    first_leaf: u64,
}

impl Rebuilding<'_> {
    fn size(&self) -> u64 {
        self.held.last().map_or(0, |held| held.head.size)
    }

    /// Rebuilds the tree and compares: the roots with the heads, the files with what they should be. Writes nothing, so
    /// that whoever looks at a broken log finds it as it was.
    async fn check(&self, published: Option<&Checkpoint>) -> Result<Rebuilt, SealError> {
        let positions = Positions::new(self.files.path());
        let mut files_are_whole = true;
        let (edge, last) = self
            .replay(published, true, |page| {
                let same = |file: &Placed| self.files.read(&file.path).is_ok_and(|found| found == file.bytes);
                let held = positions.holds(&page.positions, page.first_leaf);
                let held = held.map_err(|error| SealError::disk(positions.path(), error))?;
                files_are_whole &= held && page.files.iter().all(same);
                Ok(())
            })
            .await?;
        Ok(Rebuilt { edge, last, files_are_whole })
    }

    /// Writes the files that are missing or damaged. The events were found to be what was signed.
    async fn write(&self, disk: &Disk, published: Option<&Checkpoint>) -> Result<(), SealError> {
        let positions = Positions::new(self.files.path());
        self.replay(published, false, |page| {
            put_if_other(disk, self.files.path(), &page.files)?;
            let written = disk.write_at(positions.path(), &page.positions, page.first_leaf.saturating_mul(8));
            written.map_err(|error| SealError::disk(positions.path(), error))
        })
        .await?;
        let root = self.files.recompute(0, self.size()).map_err(SealError::Served)?;
        match self.held.last() {
            Some(held) if held.head.root != root => Err(SealError::Served(TlogError::Root { size: held.head.size })),
            _ => Ok(()),
        }
    }

    /// Goes through the leaves up to the largest head, page by page.
    async fn replay(
        &self,
        published: Option<&Checkpoint>,
        check: bool,
        mut each: impl FnMut(Page) -> Result<(), SealError> + Send,
    ) -> Result<(Edge, Option<Position>), SealError> {
        let (mut edge, mut last, mut from) = (Edge::default(), None, AllFrom::Start);
        let mut held = self.held.iter().peekable();
        while edge.size() < self.size() {
            let events = self.store.read_all(from, Direction::Forwards, PAGE).await?;
            let Some(end) = events.last() else { return Err(self.shortened(edge.size()).await?) };
            from = AllFrom::After(end.position);
            let mut page = Page { first_leaf: edge.size(), ..Page::default() };
            for event in events.iter().filter(|event| is_leaf(event)) {
                let too_long = |_| SealError::TooLong { position: event.position };
                edge.push(&event.body, &mut page.files).map_err(too_long)?;
                page.positions.extend_from_slice(&event.position.0.to_be_bytes());
                last = Some(event.position);
                while let Some(here) = held.next_if(|held| held.head.size == edge.size()) {
                    if check && edge.root().map_err(SealError::Served)? != here.head.root {
                        return Err(self.rewritten(here).await?);
                    }
                }
                if edge.size() == self.size() || published.is_some_and(|published| published.size == edge.size()) {
                    page.files.extend(edge.partial());
                }
                if edge.size() == self.size() {
                    break;
                }
            }
            each(page)?;
        }
        Ok((edge, last))
    }

    async fn rewritten(&self, here: &Held) -> Result<SealError, SealError> {
        let first = self.difference().await?;
        Ok(SealError::Rewritten { held_by: here.by.clone(), size: here.head.size, first })
    }

    async fn shortened(&self, leaves: u64) -> Result<SealError, SealError> {
        let Some(largest) = self.held.last() else { return Ok(SealError::Served(TlogError::Root { size: leaves })) };
        let first = self.difference().await?;
        Ok(SealError::Shortened { held_by: largest.by.clone(), size: largest.head.size, leaves, first })
    }

    /// The first event that differs from what the tiles hold, where the tiles are those of a head.
    async fn difference(&self) -> Result<Option<Difference>, SealError> {
        for held in self.held.iter().rev() {
            if self.files.tree(held.head.size, held.head.root).is_ok() {
                return match compare(self.store, self.files, &held.head, None).await? {
                    Compared::Differs(first) => Ok(Some(first)),
                    Compared::Same | Compared::Position(_) => Ok(None),
                };
            }
        }
        Ok(None)
    }
}
