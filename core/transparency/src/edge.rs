//! The right edge of the tree in memory: the tiles and the bundle that are not full yet. Less than 2 KiB of hashes, however
//! large the tree, and at most 255 leaves.

use crate::disk::Placed;
use siyi_tlog::{Bundle, Hash, Hashes, MAX_ENTRY_BYTES, Tile, TlogError, edge_tiles, record_hash, subtree, tree_hash};

const TILE_BYTES: usize = 256 * 32;

/// The right edge of a tree of `size` leaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    size: u64,
    /// INVARIANT: at level L stand the last `(size >> 8·L) mod 256` hashes.
    levels: Vec<Vec<u8>>,
    /// The partial bundle, as it is served.
    bundle: Vec<u8>,
}

impl Edge {
    /// The number of leaves.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next leaf. What became full is added to `full`: it never changes again.
    pub(crate) fn push(&mut self, entry: &[u8], full: &mut Vec<Placed>) -> Result<(), TlogError> {
        let length = u16::try_from(entry.len())
            .map_err(|_| TlogError::TooLarge { what: "a leaf", limit: MAX_ENTRY_BYTES as u64 })?;
        self.bundle.extend_from_slice(&length.to_be_bytes());
        self.bundle.extend_from_slice(entry);
        self.size += 1;
        let mut carried = Some(record_hash(entry));
        for level in 0_u8.. {
            let Some(hash) = carried.take() else { break };
            if self.levels.len() <= usize::from(level) {
                self.levels.push(Vec::with_capacity(TILE_BYTES));
            }
            let Some(hashes) = self.levels.get_mut(usize::from(level)) else { break };
            hashes.extend_from_slice(&hash.0);
            if hashes.len() < TILE_BYTES {
                break;
            }
            let bytes = std::mem::replace(hashes, Vec::with_capacity(TILE_BYTES));
            carried = Some(subtree(&bytes)?);
            let index = (self.size >> (8 * level)) / 256 - 1;
            if level == 0 {
                let capacity = self.bundle.len();
                let bundle = std::mem::replace(&mut self.bundle, Vec::with_capacity(capacity));
                full.extend(Bundle::within(index, self.size).map(|at| Placed { path: at.to_string(), bytes: bundle }));
            }
            full.extend(Tile::within(level, index, self.size).map(|at| Placed { path: at.to_string(), bytes }));
        }
        Ok(())
    }

    /// The partial tiles and the partial bundle, as they are served for a checkpoint of this size.
    pub(crate) fn partial(&self) -> Vec<Placed> {
        let tiles = edge_tiles(self.size).into_iter().filter_map(|tile| {
            let bytes = self.levels.get(usize::from(tile.level()))?.clone();
            Some(Placed { path: tile.to_string(), bytes })
        });
        let bundle = Bundle::within(self.size / 256, self.size);
        let bundle = bundle.map(|at| Placed { path: at.to_string(), bytes: self.bundle.clone() });
        tiles.chain(bundle).collect()
    }

    /// The root.
    pub(crate) fn root(&self) -> Result<Hash, TlogError> {
        tree_hash(self.size, self)
    }
}

impl Hashes for Edge {
    fn hash(&self, level: u8, index: u64) -> Result<Hash, TlogError> {
        let missing = TlogError::OutOfRange { index, size: self.size };
        let Some(tile) = Tile::holding(level, index, self.size) else { return Err(missing) };
        match self.levels.get(usize::from(tile.level())) {
            Some(bytes) if bytes.len() == tile.bytes() => tile.hash_in(bytes, level, index),
            _ => Err(missing),
        }
    }
}
