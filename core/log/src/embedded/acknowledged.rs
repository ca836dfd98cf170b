//! The newest acknowledged event, written down beside the engine.
//!
//! A journal whose end is cut off looks to the engine like a crash in the middle of a write, and it opens as a shorter
//! log. So after each commit, and before it is acknowledged, the number of events and the last event's id are written
//! into this small file. It is not synced with each commit: after the death of the process it is exact, after a power
//! loss it may lag behind by what the operating system had not written yet, and it is never ahead of the log.

use crate::{
    canonical::sha256,
    folder::{OpenError, sync_folder},
};
use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// The name of the file in the store's folder.
pub(super) const FILE: &str = "acknowledged";

const SLOT_BYTES: usize = 32;
/// Each slot has a page of its own, and they are written by turns, so that one of them always reads.
const SLOT_AT: [u64; 2] = [0, 4096];

/// How many events are acknowledged, and the id of the last (nil where there is none).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) events: u64,
    pub(super) last: Uuid,
}

/// The file.
#[derive(Debug)]
pub(super) struct Acknowledged {
    file: File,
    path: PathBuf,
    next: usize,
}

impl Acknowledged {
    /// Writes the file of an empty log.
    pub(super) fn create(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join(FILE);
        let create = || {
            let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
            let slot = encode(Mark::default());
            SLOT_AT.iter().try_for_each(|at| file.write_all_at(&slot, *at))?;
            file.sync_all()?;
            sync_folder(folder)?;
            Ok(file)
        };
        let file = create().map_err(|error| OpenError::unavailable(folder, &error))?;
        Ok(Self { file, path, next: 0 })
    }

    /// Reads the file of an initialised store.
    pub(super) fn open(folder: &Path) -> Result<(Self, Mark), OpenError> {
        let path = folder.join(FILE);
        let file = File::options().read(true).write(true).open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenError::corrupt(folder, format!("the file `{FILE}` is missing")),
            _ => OpenError::unavailable(folder, &error),
        })?;
        let slots = SLOT_AT.map(|at| {
            let mut slot = [0; SLOT_BYTES];
            file.read_exact_at(&mut slot, at).ok().and_then(|()| decode(&slot))
        });
        let newest = slots.iter().enumerate().filter_map(|(index, mark)| mark.map(|mark| (mark, index)));
        let (mark, index) = newest
            .max_by_key(|(mark, _)| mark.events)
            .ok_or_else(|| OpenError::corrupt(folder, format!("the file `{FILE}` does not read")))?;
        Ok((Self { file, path, next: 1 - index }, mark))
    }

    /// Writes down what is durable in the log now. A failure takes away a safeguard, not data.
    pub(super) fn write(&mut self, mark: Mark) {
        let at = SLOT_AT.get(self.next).copied().unwrap_or_default();
        if let Err(error) = self.file.write_all_at(&encode(mark), at) {
            tracing::warn!(path = %self.path.display(), %error, "the number of acknowledged events was not written");
        }
        self.next = 1 - self.next;
    }

    /// Makes what was written survive a power loss.
    pub(super) fn sync(&self) {
        if let Err(error) = self.file.sync_all() {
            tracing::warn!(path = %self.path.display(), %error, "the number of acknowledged events was not synced");
        }
    }
}

/// events u64 big-endian, id, the first 8 bytes of SHA-256 over both.
fn encode(mark: Mark) -> [u8; SLOT_BYTES] {
    let mut slot = [0; SLOT_BYTES];
    let content = mark.events.to_be_bytes().into_iter().chain(mark.last.into_bytes());
    slot.iter_mut().zip(content).for_each(|(byte, value)| *byte = value);
    let sum = slot.first_chunk::<24>().map(|content| sha256(content)).unwrap_or_default();
    slot.iter_mut().skip(24).zip(sum).for_each(|(byte, value)| *byte = value);
    slot
}

fn decode(slot: &[u8; SLOT_BYTES]) -> Option<Mark> {
    let (events, rest) = slot.split_first_chunk::<8>()?;
    let mark = Mark { events: u64::from_be_bytes(*events), last: Uuid::from_bytes(*rest.first_chunk::<16>()?) };
    (encode(mark) == *slot).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::{Acknowledged, FILE, Mark, SLOT_AT};
    use std::{fs::File, os::unix::fs::FileExt};
    use uuid::Uuid;

    #[test]
    fn the_newest_readable_slot_counts() {
        let folder = tempfile::tempdir().unwrap();
        let mut written = Acknowledged::create(folder.path()).unwrap();
        for events in 1..=3 {
            written.write(Mark { events, last: Uuid::from_u128(events.into()) });
        }
        let (_, mark) = Acknowledged::open(folder.path()).unwrap();
        assert_eq!(mark, Mark { events: 3, last: Uuid::from_u128(3) });
        // The third mark went to the first slot; without it the second mark is what is known.
        let file = File::options().write(true).open(folder.path().join(FILE)).unwrap();
        file.write_all_at(&[9], SLOT_AT[0] + 3).unwrap();
        let (_, mark) = Acknowledged::open(folder.path()).unwrap();
        assert_eq!(mark.events, 2);
        file.write_all_at(&[9], SLOT_AT[1] + 3).unwrap();
        assert_eq!(Acknowledged::open(folder.path()).unwrap_err().code(), "store-corrupt");
    }
}
