//! Entry bundles (C2SP tlog-tiles): the leaves themselves, each behind its length in two bytes.

use super::{TILE_HASHES, Tile, TlogError, tile};
use std::fmt;

/// The longest leaf in bytes, by the two bytes of its length.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// Which bundle: the leaves `256·index …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

impl fmt::Display for Bundle {
    /// The path below the log's prefix, such as `tile/entries/x001/234.p/44`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/entries/{}", tile::place(self.index, self.width))
    }
}

impl Bundle {
    /// The bundle at a place, as wide as a tree of `size` leaves has it; none where the tree does not have it.
    #[must_use]
    pub fn within(index: u64, size: u64) -> Option<Self> {
        Tile::within(0, index, size).map(|tile| Self { index, width: tile.width() })
    }

    /// Reads a path such as `tile/entries/x001/234.p/44`, in its one spelling.
    ///
    /// # Errors
    /// [`TlogError::Malformed`].
    pub fn parse(path: &str) -> Result<Self, TlogError> {
        let rest = path.strip_prefix("tile/entries/");
        let rest = rest.ok_or_else(|| TlogError::malformed("a bundle path", "`tile/entries/<number>` is needed"))?;
        let (index, width) = tile::read_place(rest)?;
        Ok(Self { index, width })
    }

    /// The number of the bundle, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many leaves it holds, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The full bundle that a partial one grows into; none for a full one.
    #[must_use]
    pub fn full(&self) -> Option<Self> {
        (!self.is_full()).then_some(Self { width: 256, ..*self })
    }

    /// Whether it holds 256 leaves and never changes again.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width as u64 == TILE_HASHES
    }
}

/// Leaves as a bundle.
///
/// # Errors
/// [`TlogError::TooLarge`] where a leaf is longer than [`MAX_ENTRY_BYTES`].
pub fn encode_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, TlogError> {
    let mut bundle = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len())
            .map_err(|_| TlogError::TooLarge { what: "a leaf", limit: MAX_ENTRY_BYTES as u64 })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The leaves of a bundle: exactly `width`, and nothing behind them.
///
/// # Errors
/// [`TlogError::Malformed`].
pub fn decode_entries(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, TlogError> {
    let mut rest = bundle;
    let mut entries = Vec::with_capacity(usize::from(width));
    for _ in 0..width {
        let cut = || TlogError::malformed("an entry bundle", "it is cut off");
        let (length, behind) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
        let (entry, behind) = behind.split_at_checked(u16::from_be_bytes(*length).into()).ok_or_else(cut)?;
        entries.push(entry);
        rest = behind;
    }
    if rest.is_empty() {
        Ok(entries)
    } else {
        Err(TlogError::malformed("an entry bundle", "there are bytes behind the last leaf"))
    }
}
