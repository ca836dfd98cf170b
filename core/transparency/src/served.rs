//! The files as they are served: what a root is recomputed from before it is signed.

use crate::disk::read_if_there;
use siyi_tlog::{
    AuthenticTiles, Bundle, Hash, Hashes, Tile, TileSource, TlogError, decode_entries, record_hash, subtree, tree_hash,
};
use std::path::{Path, PathBuf};

/// The longest file: a bundle of 256 leaves of the greatest length.
const MAX_FILE_BYTES: u64 = 256 * 65_537;

/// A folder with `tile/`: the log's own, or one that somebody copied.
#[derive(Clone, Debug)]
pub struct TileFolder(PathBuf);

impl TileFolder {
    /// The folder that holds `tile/`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The tiles of the tree with this size and root, authenticated as they are read.
    ///
    /// # Errors
    /// [`TlogError::Root`], [`TlogError::Missing`].
    pub fn tree(&self, size: u64, root: Hash) -> Result<AuthenticTiles<&Self>, TlogError> {
        AuthenticTiles::open(self, size, root)
    }

    /// Recomputes the root of `new` leaves from the files, after the leaves from `old` on were written: each new leaf
    /// from its bundle, each new tile from its children.
    pub(crate) fn recompute(&self, old: u64, new: u64) -> Result<Hash, TlogError> {
        for index in old / 256..new.div_ceil(256) {
            self.check_leaves(index, new)?;
        }
        for level in 1..=6 {
            let (from, to) = (old >> (8 * level), new >> (8 * level));
            for child in from..to {
                self.check_child(level, child, new)?;
            }
        }
        self.root(new, new)
    }

    /// The root of the first `size` leaves from the files of a tree of `of` leaves.
    pub(crate) fn root(&self, size: u64, of: u64) -> Result<Hash, TlogError> {
        tree_hash(size, &Unauthenticated { folder: self, size: of })
    }

    fn check_leaves(&self, index: u64, size: u64) -> Result<(), TlogError> {
        let out_of_range = || TlogError::OutOfRange { index, size };
        let tile = Tile::within(0, index, size).ok_or_else(out_of_range)?;
        let bundle = Bundle::within(index, size).ok_or_else(out_of_range)?;
        let (hashes, bytes) = (self.read(&tile.to_string())?, self.read(&bundle.to_string())?);
        let entries = decode_entries(&bytes, bundle.width())?;
        let same = hashes.len() == tile.bytes()
            && hashes.chunks(32).zip(entries).all(|(hash, entry)| hash == record_hash(entry).0);
        if same { Ok(()) } else { Err(TlogError::Forged { path: bundle.to_string() }) }
    }

    fn check_child(&self, level: u8, child: u64, size: u64) -> Result<(), TlogError> {
        let out_of_range = || TlogError::OutOfRange { index: child, size };
        let tile = Tile::within(level - 1, child, size).ok_or_else(out_of_range)?;
        let parent = Tile::within(level, child / 256, size).ok_or_else(out_of_range)?;
        let hash = parent.hash_in(&self.read(&parent.to_string())?, 8 * level, child)?;
        let bytes = self.read(&tile.to_string())?;
        if bytes.len() == tile.bytes() && subtree(&bytes)? == hash {
            Ok(())
        } else {
            Err(TlogError::Forged { path: tile.to_string() })
        }
    }
}

impl TileSource for TileFolder {
    fn read(&self, path: &str) -> Result<Vec<u8>, TlogError> {
        let missing = |why: String| TlogError::Missing { path: path.into(), why };
        let bytes = read_if_there(&self.0.join(path), MAX_FILE_BYTES).map_err(|error| missing(error.to_string()))?;
        bytes.ok_or_else(|| missing("there is no such file".into()))
    }
}

struct Unauthenticated<'a> {
    folder: &'a TileFolder,
    size: u64,
}

impl Hashes for Unauthenticated<'_> {
    fn hash(&self, level: u8, index: u64) -> Result<Hash, TlogError> {
        let tile = Tile::holding(level, index, self.size).ok_or(TlogError::OutOfRange { index, size: self.size })?;
        tile.hash_in(&self.folder.read(&tile.to_string())?, level, index)
    }
}
