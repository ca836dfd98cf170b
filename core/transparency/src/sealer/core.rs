//! What the sealer does with its disk: everything here blocks.

use crate::{
    disk::{Disk, Placed},
    edge::Edge,
    error::SealError,
    heads::{CHECKPOINT_FILE, KeptHead, write_head},
    positions::Positions,
    served::TileFolder,
};
use siyi_log::port::StoredEvent;
use siyi_tlog::{Bundle, Checkpoint, Hash, Tile, TlogError};
use std::{io, path::Path};

/// The tree and its files.
pub(super) struct Core {
    disk: Disk,
    files: TileFolder,
    positions: Positions,
    edge: Edge,
    /// Files that became full and are not written yet.
    full: Vec<Placed>,
    /// The positions of the leaves that are not written yet, 8 bytes each.
    placed: Vec<u8>,
    /// The size of the tree whose files are written.
    written: u64,
    /// The last head that was written down; everything signed is consistent with it.
    head: Option<Checkpoint>,
    /// The size of the published checkpoint.
    published: u64,
    /// How many tiles of each level were looked at for partial ones that may go.
    swept: [u64; 7],
    /// Set while something is being written. Where it stays set, the disk failed, and what it holds is not known.
    broken: bool,
}

impl Core {
    /// The core of a tree whose files up to the edge are written.
    pub(super) fn new(disk: Disk, files: TileFolder, edge: Edge, head: Option<Checkpoint>, published: u64) -> Self {
        let positions = Positions::new(files.path());
        let written = edge.size();
        Self {
            disk,
            files,
            positions,
            edge,
            full: Vec::new(),
            placed: Vec::new(),
            written,
            head,
            published,
            swept: [0; 7],
            broken: false,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.files.path()
    }

    pub(super) fn push(&mut self, event: &StoredEvent) -> Result<(), SealError> {
        let too_long = |_| SealError::TooLong { position: event.position };
        self.edge.push(&event.body, &mut self.full).map_err(too_long)?;
        self.placed.extend_from_slice(&event.position.0.to_be_bytes());
        Ok(())
    }

    /// Writes tiles, bundles and positions, and answers the root recomputed from the files.
    pub(super) fn write(&mut self) -> Result<Hash, SealError> {
        self.whole(|core| {
            let size = core.edge.size();
            if size > core.written {
                let mut files = std::mem::take(&mut core.full);
                files.extend(core.edge.partial());
                core.disk.place(core.files.path(), &files).map_err(|error| SealError::disk(core.folder(), error))?;
                let placed = std::mem::take(&mut core.placed);
                let positions = core.disk.write_at(core.positions.path(), &placed, core.written.saturating_mul(8));
                positions.map_err(|error| SealError::disk(core.positions.path(), error))?;
            }
            let root = core.files.recompute(core.written, size).map_err(SealError::Served)?;
            if root != core.edge.root().map_err(SealError::Served)? {
                return Err(SealError::Served(TlogError::Root { size }));
            }
            if let Some(head) = core.head.clone().filter(|head| !core.is_beginning(head).unwrap_or(false)) {
                return Err(SealError::Served(TlogError::Consistency { old: head.size, new: size }));
            }
            core.written = size;
            Ok(root)
        })
    }

    /// Whether the tree as it is served begins with the tree of this head.
    pub(super) fn has_head(&mut self, head: &Checkpoint) -> Result<bool, SealError> {
        self.is_beginning(head)
    }

    fn is_beginning(&self, head: &Checkpoint) -> Result<bool, SealError> {
        let root = self.files.root(head.size, self.edge.size()).map_err(SealError::Served)?;
        Ok(head.size <= self.edge.size() && root == head.root)
    }

    /// Writes down what is about to be signed.
    pub(super) fn persist(&mut self, head: Checkpoint) -> Result<(), SealError> {
        self.whole(|core| {
            if core.head.as_ref() != Some(&head) {
                let kept = KeptHead { head, published: core.published };
                write_head(&core.disk, core.folder(), &kept)?;
                core.head = Some(kept.head);
            }
            Ok(())
        })
    }

    /// Publishes a signed checkpoint, and removes partial tiles that nobody needs any more.
    pub(super) fn publish(&mut self, text: &str, size: u64) -> Result<(), SealError> {
        self.whole(|core| {
            let published = core.disk.replace(core.folder(), CHECKPOINT_FILE, text.as_bytes());
            published.map_err(|error| SealError::disk(&core.folder().join(CHECKPOINT_FILE), error))?;
            core.published = size;
            core.sweep().map_err(|error| SealError::disk(core.folder(), error))
        })
    }

    /// Partial tiles may go once the tile is full (C2SP tlog-tiles). They stay for one tile longer, for a reader that has
    /// fetched a checkpoint a moment ago.
    fn sweep(&mut self) -> io::Result<()> {
        let size = self.edge.size();
        for (level, swept) in (0_u8..).zip(&mut self.swept) {
            let keep = ((size >> (8 * level)) / 256).saturating_sub(1);
            for index in *swept..keep {
                let tile = Tile::within(level, index, size).map(|tile| format!("{tile}.p"));
                let bundle = Bundle::within(index, size).filter(|_| level == 0).map(|bundle| format!("{bundle}.p"));
                for folder in [tile, bundle].into_iter().flatten().map(|folder| self.files.path().join(folder)) {
                    if folder.exists() {
                        self.disk.remove_folder(&folder)?;
                    }
                }
            }
            *swept = keep.max(*swept);
        }
        Ok(())
    }

    /// After a failed write or sync nobody knows what the disk holds, so nothing is tried on top of it.
    fn whole<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, SealError>) -> Result<T, SealError> {
        if self.broken {
            return Err(SealError::disk(
                self.folder(),
                io::Error::other("an earlier write failed: open the log again"),
            ));
        }
        self.broken = true;
        let done = run(self)?;
        self.broken = false;
        Ok(done)
    }
}
