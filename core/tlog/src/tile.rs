//! Tiles and their paths (C2SP tlog-tiles): 256 hashes of one level of the tree, or the fewer at its right edge.

use super::{Hash, MAX_TREE_SIZE, TlogError, lines::decimal, node_hash};
use std::fmt;

/// The hashes of a full tile.
pub const TILE_HASHES: u64 = 256;

/// The highest level of tiles that a tree of [`MAX_TREE_SIZE`] leaves has.
const MAX_LEVEL: u8 = 6;

/// Which tile: it holds the hashes `256·index …` over 2^(8·level) leaves each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

impl fmt::Display for Tile {
    /// The path below the log's prefix, such as `tile/0/x001/x234/067.p/44`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, place(self.index, self.width))
    }
}

/// The path of the `index`-th tile or bundle of its kind, with its width where it is partial.
pub(super) fn place(index: u64, width: u16) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if u64::from(width) < TILE_HASHES { format!("{path}.p/{width}") } else { path }
}

/// Reads what [`place`] writes, and nothing else.
pub(super) fn read_place(text: &str) -> Result<(u64, u16), TlogError> {
    let wrong = || TlogError::malformed("a tile path", "digits in groups of three, each but the last after an `x`");
    let (groups, width) = match text.split_once(".p/") {
        Some((groups, width)) => (groups, Some(decimal("a tile path", width)?)),
        None => (text, None),
    };
    let mut index = 0_u64;
    let mut groups = groups.split('/').peekable();
    while let Some(group) = groups.next() {
        let digits = if groups.peek().is_some() { group.strip_prefix('x').ok_or_else(wrong)? } else { group };
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let group: u64 = digits.parse().map_err(|_| wrong())?;
        index = index.checked_mul(1000).and_then(|index| index.checked_add(group)).ok_or_else(wrong)?;
    }
    let width = match width {
        None => TILE_HASHES,
        Some(width @ 1..TILE_HASHES) => width,
        Some(_) => return Err(wrong()),
    };
    let width = u16::try_from(width).map_err(|_| wrong())?;
    // One spelling for one tile: `x000/001` is not `001`.
    if index < MAX_TREE_SIZE && place(index, width) == text { Ok((index, width)) } else { Err(wrong()) }
}

impl Tile {
    /// The tile at a place, as wide as a tree of `size` leaves has it; none where the tree does not have it.
    #[must_use]
    pub fn within(level: u8, index: u64, size: u64) -> Option<Self> {
        if level > MAX_LEVEL || size > MAX_TREE_SIZE {
            return None;
        }
        let hashes = (size >> (8 * level)).checked_sub(index.checked_mul(TILE_HASHES)?)?.min(TILE_HASHES);
        (hashes > 0).then(|| Self { level, index, width: u16::try_from(hashes).unwrap_or(256) })
    }

    /// Reads a path such as `tile/0/x001/x234/067.p/44`, in its one spelling.
    ///
    /// # Errors
    /// [`TlogError::Malformed`].
    pub fn parse(path: &str) -> Result<Self, TlogError> {
        let rest = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/'));
        let (level, rest) =
            rest.ok_or_else(|| TlogError::malformed("a tile path", "`tile/<level>/<number>` is needed"))?;
        let level = u8::try_from(decimal("a tile path", level)?).ok().filter(|level| *level <= MAX_LEVEL);
        let level = level.ok_or_else(|| TlogError::malformed("a tile path", "the level is too high"))?;
        let (index, width) = read_place(rest)?;
        Ok(Self { level, index, width })
    }

    /// The level of tiles: 0 holds the hashes of leaves.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// The number in its level, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes it holds, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether it holds 256 hashes and never changes again.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width as u64 == TILE_HASHES
    }

    /// The full tile that a partial one grows into; none for a full one.
    #[must_use]
    pub fn full(&self) -> Option<Self> {
        (!self.is_full()).then_some(Self { width: 256, ..*self })
    }

    /// Its length in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.width as usize * 32
    }

    /// The tile in which the hash over the 2^`level` leaves from `index · 2^level` on stands, or follows from what stands.
    #[must_use]
    pub fn holding(level: u8, index: u64, size: u64) -> Option<Self> {
        let first = index.checked_mul(1 << (level % 8))?;
        Self::within(level / 8, first / TILE_HASHES, size)
    }

    /// The hash over the 2^`level` leaves from `index · 2^level` on, from the bytes of the tile that is
    /// [`Self::holding`] it.
    ///
    /// # Errors
    /// [`TlogError::Missing`] where the tile is too narrow for it.
    pub fn hash_in(&self, bytes: &[u8], level: u8, index: u64) -> Result<Hash, TlogError> {
        let count = 1_usize << (level % 8);
        let start = usize::try_from(index.wrapping_mul(count as u64) % TILE_HASHES).unwrap_or(usize::MAX);
        let range = start.saturating_mul(32)..start.saturating_add(count).saturating_mul(32);
        let found = bytes.get(range).ok_or_else(|| TlogError::Missing {
            path: self.to_string(),
            why: format!("it holds no hash {index} of level {level}"),
        })?;
        subtree(found)
    }
}

/// The hash over so many hashes as stand in `bytes`, a power of two.
///
/// # Errors
/// [`TlogError::Malformed`] where they are no whole hashes, or none.
pub fn subtree(bytes: &[u8]) -> Result<Hash, TlogError> {
    let mut hashes = bytes.chunks(32).map(Hash::from_slice).collect::<Result<Vec<_>, _>>()?;
    while hashes.len() > 1 {
        let pairs = hashes.chunks_exact(2).filter_map(|pair| match pair {
            [left, right] => Some(node_hash(*left, *right)),
            _ => None,
        });
        hashes = pairs.collect();
    }
    hashes.first().copied().ok_or_else(|| TlogError::malformed("a tile", "it is empty"))
}

/// The partial tiles of a tree of `size` leaves, from the leaves up. Together they hash to its root, every byte of them.
#[must_use]
pub fn edge_tiles(size: u64) -> Vec<Tile> {
    let partial = |level| Tile::within(level, (size >> (8 * level)) / TILE_HASHES, size);
    (0..=MAX_LEVEL).filter_map(partial).collect()
}
