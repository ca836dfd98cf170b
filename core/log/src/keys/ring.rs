//! A ring: all wrapped keys under one master key, in shards.

use super::checked::{checked, lines};
use super::disk::Disk;
use super::sealing::{random_id, random_key};
use super::{KeyBytes, KeysError, MasterKey, MasterKeyError, Purpose};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use siyi_domain::moment::Moment;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// How many shards there are: a change rewrites one of them, not all keys.
pub(super) const SHARDS: u8 = 64;

/// A key as it lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) key: Uuid,
    pub(super) subject: Uuid,
    pub(super) purpose: Purpose,
    pub(super) created: Moment,
    wrapped: String,
}

/// The keys of a ring.
pub(super) type Records = BTreeMap<(Uuid, Purpose), Record>;

impl Record {
    /// A new key.
    pub(super) fn make(of: (Uuid, Purpose), now: Moment, master: &dyn MasterKey) -> Result<Self, KeysError> {
        let unavailable = |reason| KeysError::Unavailable { reason };
        let key = random_id().map_err(unavailable)?;
        let mut record = Self { key, subject: of.0, purpose: of.1, created: now, wrapped: String::new() };
        record.wrap(&random_key().map_err(unavailable)?, master)?;
        Ok(record)
    }

    /// The same key under another master key.
    pub(super) fn rewrapped(&self, old: &dyn MasterKey, new: &dyn MasterKey) -> Result<Self, KeysError> {
        let mut record = self.clone();
        record.wrap(&self.unwrap(old)?, new)?;
        Ok(record)
    }

    pub(super) fn unwrap(&self, master: &dyn MasterKey) -> Result<KeyBytes, KeysError> {
        let wrapped = URL_SAFE_NO_PAD.decode(&self.wrapped).unwrap_or_default();
        master.unwrap(&self.context(), &wrapped).map_err(|error| match error {
            // The master key was checked at the opening, so it is the record that is not as it was written.
            MasterKeyError::Wrong => KeysError::corrupt(format!("the key `{}` does not unwrap", self.key)),
            error => error.into(),
        })
    }

    fn wrap(&mut self, key: &KeyBytes, master: &dyn MasterKey) -> Result<(), MasterKeyError> {
        self.wrapped = URL_SAFE_NO_PAD.encode(master.wrap(&self.context(), key)?);
        Ok(())
    }

    /// A record whose person, purpose or time was changed does not unwrap.
    fn context(&self) -> Vec<u8> {
        let Self { key, subject, purpose, created, wrapped: _ } = self;
        format!("siyi-data-key-v1|{key}|{subject}|{purpose}|{created}").into_bytes()
    }
}

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
pub(super) fn to_lines<'a>(records: impl Iterator<Item = &'a Record>) -> io::Result<String> {
    let mut text = String::new();
    for record in records {
        text.push_str(&serde_json::to_string(record)?);
        text.push('\n');
    }
    Ok(text)
}

/// The keys in lines of JSON; none where a line does not read.
pub(super) fn from_lines(text: &str) -> Option<Vec<Record>> {
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
    Whole(Vec<Record>),
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
