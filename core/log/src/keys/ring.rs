//! A ring: all wrapped keys under one master key, in shards.

use super::checked::{checked, lines};
use super::disk::Disk;
use super::{KeysError, Purpose, WrappedKey};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// How many shards there are: a change rewrites one of them, not all keys.
pub(super) const SHARDS: u8 = 64;

/// The keys of a ring.
pub(super) type Records = BTreeMap<(Uuid, Purpose), WrappedKey>;

/// The keys of some shards, to be changed and written.
pub(super) fn only(records: &Records, shards: &BTreeSet<u8>) -> Records {
    let theirs = records.iter().filter(|((subject, _), _)| shards.contains(&shard_of(*subject)));
    theirs.map(|(of, record)| (*of, record.clone())).collect()
}

/// The shard of a person: by the last byte, which is random in every version of UUID that is used here.
pub(super) const fn shard_of(subject: Uuid) -> u8 {
    let [.., last] = *subject.as_bytes();
    last % SHARDS
}

fn path_of(folder: &Path, shard: u8) -> PathBuf {
    folder.join(format!("shard-{shard:02x}"))
}

fn new_path_of(folder: &Path, shard: u8) -> PathBuf {
    folder.join(format!("shard-{shard:02x}.new"))
}

/// The keys as lines of JSON.
pub(super) fn to_lines<'a>(records: impl Iterator<Item = &'a WrappedKey>) -> io::Result<String> {
    let mut text = String::new();
    for record in records {
        text.push_str(&serde_json::to_string(record)?);
        text.push('\n');
    }
    Ok(text)
}

/// The keys in lines of JSON; none where a line does not read.
pub(super) fn from_lines(text: &str) -> Option<Vec<WrappedKey>> {
    text.lines().map(|line| serde_json::from_str(line).ok()).collect()
}

fn shard_text(records: &Records, shard: u8) -> io::Result<String> {
    Ok(checked(&to_lines(records.values().filter(|record| shard_of(record.subject) == shard))?))
}

/// Writes shards of a ring that is not in force yet.
pub(super) fn write_shards(disk: &Disk, folder: &Path, records: &Records, shards: &BTreeSet<u8>) -> io::Result<()> {
    for shard in shards {
        disk.write(&path_of(folder, *shard), shard_text(records, *shard)?.as_bytes())?;
    }
    disk.sync_folder(folder)
}

/// Replaces shards of the ring that is in force, in the order that the invariant of [`super`] tells.
pub(super) fn replace_shards(disk: &Disk, folder: &Path, records: &Records, shards: &BTreeSet<u8>) -> io::Result<()> {
    for shard in shards {
        disk.write(&new_path_of(folder, *shard), shard_text(records, *shard)?.as_bytes())?;
    }
    disk.sync_folder(folder)?;
    finish_shards(disk, folder, shards)
}

/// The rest of [`replace_shards`], where the new shards are durable.
pub(super) fn finish_shards(disk: &Disk, folder: &Path, shards: &BTreeSet<u8>) -> io::Result<()> {
    for shard in shards {
        let old = path_of(folder, *shard);
        if old.exists() {
            disk.zero(&old)?;
        }
    }
    for shard in shards {
        disk.rename(&new_path_of(folder, *shard), &path_of(folder, *shard))?;
    }
    disk.sync_folder(folder)
}

/// A ring as it was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) records: Records,
    /// The shards that are there.
    pub(super) shards: BTreeSet<u8>,
    /// Those of which only the new version is whole: their replacement has to be finished.
    pub(super) unfinished: BTreeSet<u8>,
    /// New versions whose replacement had not begun: never acknowledged, to be taken back.
    pub(super) left: Vec<PathBuf>,
}

/// Reads a ring and changes nothing.
pub(super) fn read(folder: &Path, must: &BTreeSet<u8>) -> Result<Found, KeysError> {
    let mut found = Found::default();
    for shard in 0..SHARDS {
        let (path, new) = (path_of(folder, shard), new_path_of(folder, shard));
        let here = read_shard(&path)?;
        let next = read_shard(&new)?;
        let records = match (here, next) {
            (Shard::Whole(records), next) => {
                if !matches!(next, Shard::Missing) {
                    found.left.push(new);
                }
                records
            }
            (_, Shard::Whole(records)) => {
                found.unfinished.insert(shard);
                records
            }
            (Shard::Missing, next) if !must.contains(&shard) => {
                if !matches!(next, Shard::Missing) {
                    found.left.push(new);
                }
                continue;
            }
            (Shard::Missing, _) => return Err(KeysError::corrupt(format!("`{}` is missing", path.display()))),
            (Shard::Damaged, _) => return Err(KeysError::corrupt(format!("`{}` does not read", path.display()))),
        };
        found.shards.insert(shard);
        for record in records {
            let (of, misplaced) = ((record.subject, record.purpose), shard_of(record.subject) != shard);
            if misplaced || found.records.insert(of, record).is_some() {
                return Err(KeysError::corrupt(format!("`{}` holds a key that belongs elsewhere", path.display())));
            }
        }
    }
    Ok(found)
}

enum Shard {
    Whole(Vec<WrappedKey>),
    Missing,
    Damaged,
}

fn read_shard(path: &Path) -> Result<Shard, KeysError> {
    match fs::read(path) {
        Ok(bytes) => Ok(lines(&bytes).and_then(from_lines).map_or(Shard::Damaged, Shard::Whole)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Shard::Missing),
        Err(error) => Err(KeysError::disk(path, &error)),
    }
}
