//! Which ring of keys is in force, and under which master key.

use super::checked::{checked, lines};
use super::disk::Disk;
use super::{KeysError, MasterCheck, MasterKey, MasterKeyError};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fs, io, path::Path};
use uuid::Uuid;

pub(super) const HEADER: &str = "header";
pub(super) const NEW_HEADER: &str = "header.new";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// The key store; stays the same through rotations and restored backups.
    pub(super) store: Uuid,
    pub(super) ring: u64,
    /// Which master key wraps the ring.
    pub(super) master: String,
    /// See [`MasterCheck`].
    check: String,
    /// The shards that must be there.
    pub(super) shards: BTreeSet<u8>,
}

impl Header {
    /// The header of a new, empty key store.
    pub(super) fn first(master: &dyn MasterKey) -> Result<Self, KeysError> {
        Ok(Self::with(MasterCheck::first(master)?, BTreeSet::new()))
    }

    pub(super) fn of(store: Uuid, ring: u64, master: &dyn MasterKey, shards: BTreeSet<u8>) -> Result<Self, KeysError> {
        Ok(Self::with(MasterCheck::of(store, ring, master)?, shards))
    }

    fn with(check: MasterCheck, shards: BTreeSet<u8>) -> Self {
        let MasterCheck { store, ring, master, check } = check;
        Self { store, ring, master, check, shards }
    }

    /// Whether this is the master key of the ring.
    pub(super) fn is_of(&self, master: &dyn MasterKey) -> Result<bool, MasterKeyError> {
        let Self { store, ring, master: name, check, shards: _ } = self.clone();
        MasterCheck { store, ring, master: name, check }.is_of(master)
    }

    pub(super) fn ring_name(&self) -> String {
        format!("ring-{}", self.ring)
    }

    /// The header in a file; none where the file is missing or does not read.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => Ok(lines(&bytes).and_then(|text| serde_json::from_str(text).ok())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts this header in force, in one step.
    pub(super) fn write(&self, disk: &Disk, folder: &Path) -> io::Result<()> {
        self.write_new(disk, folder)?;
        disk.rename(&folder.join(NEW_HEADER), &folder.join(HEADER))?;
        disk.sync_folder(folder)
    }

    /// Writes this header beside the one in force.
    pub(super) fn write_new(&self, disk: &Disk, folder: &Path) -> io::Result<()> {
        let text = checked(&format!("{}\n", serde_json::to_string(self)?));
        disk.write(&folder.join(NEW_HEADER), text.as_bytes())
    }
}
