//! Which leaf stands for which position of the store: 8 bytes a leaf, big-endian, in one file, increasing.
//!
//! Positions have gaps on a cluster and between the streams that are no leaves. The file follows from the store; it saves
//! asking it.

use siyi_log::port::Position;
use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

pub(crate) const FILE: &str = "positions";

/// The file, up to as many leaves as the caller knows to be sealed.
#[derive(Clone, Debug)]
pub(crate) struct Positions(PathBuf);

impl Positions {
    pub(crate) fn new(folder: &Path) -> Self {
        Self(folder.join(FILE))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The position of a leaf.
    pub(crate) fn position(&self, leaf: u64) -> io::Result<Position> {
        at(&File::open(&self.0)?, leaf)
    }

    /// The leaf at a position among the first `size`, by halving.
    pub(crate) fn leaf(&self, position: Position, size: u64) -> io::Result<Option<u64>> {
        if size == 0 {
            return Ok(None);
        }
        let file = File::open(&self.0)?;
        let (mut low, mut high) = (0, size);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(&file, middle)? < position {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(if low < size && at(&file, low)? == position { Some(low) } else { None })
    }

    /// Whether these bytes stand in the file from a leaf on.
    pub(crate) fn holds(&self, bytes: &[u8], leaf: u64) -> io::Result<bool> {
        let mut found = vec![0; bytes.len()];
        let read = File::open(&self.0).and_then(|file| file.read_exact_at(&mut found, leaf.saturating_mul(8)));
        match read {
            Ok(()) => Ok(found == bytes),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn at(file: &File, leaf: u64) -> io::Result<Position> {
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, leaf.saturating_mul(8))?;
    Ok(Position(u64::from_be_bytes(bytes)))
}
