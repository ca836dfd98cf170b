//! Reading hashes and leaves from tiles that somebody else serves: nothing is answered that the signed root does not cover.
//!
//! Two steps authenticate every byte. The partial tiles at the right edge hash to the root together, all of them and all
//! their bytes. Each full tile hashes to one entry of its parent, which is a full tile or one at the edge. A reader that
//! skips either step for some tile answers what was forged (as `tlog_tiles` and CVE-2026-56865 did).

use super::{
    Bundle, Hash, Hashes, TILE_HASHES, Tile, TlogError, decode_entries, edge_tiles, record_hash, tile::subtree,
    tree_hash,
};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// Where tiles and bundles come from: a folder, a web server, a stick. Nothing it answers is believed unchecked.
pub trait TileSource {
    /// The bytes of a file below the log's prefix, such as `tile/0/001.p/44`.
    ///
    /// # Errors
    /// [`TlogError::Missing`] where it cannot be had.
    fn read(&self, path: &str) -> Result<Vec<u8>, TlogError>;
}

impl<S: TileSource + ?Sized> TileSource for &S {
    fn read(&self, path: &str) -> Result<Vec<u8>, TlogError> {
        (**self).read(path)
    }
}

/// The tiles of the tree with this size and root.
pub struct AuthenticTiles<S> {
    source: S,
    size: u64,
    /// Only tiles that were found to be covered by the root: the edge, and those above the leaves' hashes.
    known: RefCell<HashMap<Tile, Rc<[u8]>>>,
    /// The tile of leaves' hashes that was read last. To keep all of them would be to keep the log.
    last: RefCell<Option<(Tile, Rc<[u8]>)>>,
}

/// Hashes of tiles that are not authenticated yet.
struct Unchecked<'a>(&'a HashMap<Tile, Rc<[u8]>>, u64);

impl Hashes for Unchecked<'_> {
    fn hash(&self, level: u8, index: u64) -> Result<Hash, TlogError> {
        let missing = || TlogError::OutOfRange { index, size: self.1 };
        let tile = Tile::holding(level, index, self.1).ok_or_else(missing)?;
        tile.hash_in(self.0.get(&tile).ok_or_else(missing)?, level, index)
    }
}

impl<S: TileSource> AuthenticTiles<S> {
    /// Reads the right edge and compares it with `root`, which must have been authenticated by a signature.
    ///
    /// # Errors
    /// [`TlogError::Root`] where the tiles are not of that tree, [`TlogError::Missing`], [`TlogError::TooLarge`].
    pub fn open(source: S, size: u64, root: Hash) -> Result<Self, TlogError> {
        let mut edge = HashMap::new();
        for tile in edge_tiles(size) {
            edge.insert(tile, read_tile(&source, tile)?);
        }
        if tree_hash(size, &Unchecked(&edge, size))? == root {
            Ok(Self { source, size, known: RefCell::new(edge), last: RefCell::new(None) })
        } else {
            Err(TlogError::Root { size })
        }
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The bytes of a tile, authenticated.
    ///
    /// # Errors
    /// [`TlogError::Forged`], [`TlogError::OutOfRange`], [`TlogError::Missing`].
    pub fn tile(&self, level: u8, index: u64) -> Result<Rc<[u8]>, TlogError> {
        let out_of_range = || TlogError::OutOfRange { index, size: self.size };
        let tile = Tile::within(level, index, self.size).ok_or_else(out_of_range)?;
        if let Some(bytes) = self.known.borrow().get(&tile) {
            return Ok(Rc::clone(bytes));
        }
        if let Some((_, bytes)) = self.last.borrow().as_ref().filter(|(last, _)| *last == tile) {
            return Ok(Rc::clone(bytes));
        }
        // INVARIANT: every partial tile is at the edge and known since `open`; so this one is full and has a parent.
        let parent_index = index / TILE_HASHES;
        let parent = self.tile(level + 1, parent_index)?;
        let holder = Tile::within(level + 1, parent_index, self.size).ok_or_else(out_of_range)?;
        let expected = holder.hash_in(&parent, 8 * (level + 1), index)?;
        let bytes = read_tile(&self.source, tile)?;
        if !tile.is_full() || subtree(&bytes)? != expected {
            return Err(TlogError::Forged { path: tile.to_string() });
        }
        if level == 0 {
            *self.last.borrow_mut() = Some((tile, Rc::clone(&bytes)));
        } else {
            self.known.borrow_mut().insert(tile, Rc::clone(&bytes));
        }
        Ok(bytes)
    }

    /// The leaves of a bundle, each compared with its hash in the authenticated tile.
    ///
    /// # Errors
    /// [`TlogError::Forged`], [`TlogError::OutOfRange`], [`TlogError::Missing`].
    pub fn entries(&self, index: u64) -> Result<Vec<Vec<u8>>, TlogError> {
        let bundle = Bundle::within(index, self.size)
            .ok_or(TlogError::OutOfRange { index: index * TILE_HASHES, size: self.size })?;
        let tile = self.tile(0, index)?;
        let path = bundle.to_string();
        let forged = || TlogError::Forged { path: path.clone() };
        let (bytes, width) = match (self.source.read(&path), bundle.full()) {
            (Ok(bytes), _) => (bytes, bundle.width()),
            (Err(_), Some(full)) => (self.source.read(&full.to_string())?, full.width()),
            (Err(error), None) => return Err(error),
        };
        let mut entries = decode_entries(&bytes, width).map_err(|_| forged())?;
        entries.truncate(bundle.width().into());
        let same = tile.chunks(32).zip(&entries).all(|(hash, entry)| hash == record_hash(entry).0);
        if same { Ok(entries.into_iter().map(<[u8]>::to_vec).collect()) } else { Err(forged()) }
    }

    /// The leaf at `index`, from 0.
    ///
    /// # Errors
    /// As [`Self::entries`].
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, TlogError> {
        let out_of_range = TlogError::OutOfRange { index, size: self.size };
        let at = usize::try_from(index % TILE_HASHES).unwrap_or(usize::MAX);
        if index >= self.size {
            return Err(out_of_range);
        }
        self.entries(index / TILE_HASHES)?.into_iter().nth(at).ok_or(out_of_range)
    }
}

impl<S: TileSource> Hashes for AuthenticTiles<S> {
    fn hash(&self, level: u8, index: u64) -> Result<Hash, TlogError> {
        let tile = Tile::holding(level, index, self.size).ok_or(TlogError::OutOfRange { index, size: self.size })?;
        tile.hash_in(&self.tile(tile.level(), tile.index())?, level, index)
    }
}

/// A partial tile may be gone once it is full (C2SP tlog-tiles): then its hashes are the first ones of the full tile.
fn read_tile<S: TileSource>(source: &S, tile: Tile) -> Result<Rc<[u8]>, TlogError> {
    let path = tile.to_string();
    match (source.read(&path), tile.full()) {
        (Ok(bytes), _) if bytes.len() == tile.bytes() => Ok(bytes.into()),
        (Ok(_), _) => Err(TlogError::Forged { path }),
        (Err(error), None) => Err(error),
        (Err(error), Some(full)) => {
            let bytes = source.read(&full.to_string()).map_err(|_| error)?;
            let exact = bytes.len() == full.bytes();
            bytes.get(..tile.bytes()).filter(|_| exact).map(Rc::from).ok_or(TlogError::Forged { path })
        }
    }
}
