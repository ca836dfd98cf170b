//! Opening the key store, and sorting out what a crash has left.

use super::backup::{BACKUPS, Backup, read_backups};
use super::disk::Disk;
use super::header::{HEADER, Header, NEW_HEADER};
use super::ring::{self, Found};
use super::{CACHED_KEYS, Keys, KeysError, MasterKey, MasterKeyError, State};
use crate::clock::{Clock, WallClock};
use crate::folder::{Folder, Kind};
use quick_cache::sync::Cache;
use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
};

const ENTRIES: &[&str] = &[HEADER, NEW_HEADER, "ring-1", BACKUPS, "backups.new"];
const KIND: Kind = Kind { stem: "siyi-keys", content: "siyi-keys", format: 1, entries: ENTRIES };

impl Keys {
    /// Opens the key store in `folder`, which is created where it is missing, and finishes or takes back what a crash
    /// cut short.
    ///
    /// # Errors
    /// [`KeysError`]: `master-key-wrong` where it was made under another master key, and then nothing was changed;
    /// `store-in-use`, `store-foreign`, `store-too-new`; damaged; or the disk said no.
    pub fn open(folder: impl AsRef<Path>, master: Arc<dyn MasterKey>) -> Result<Self, KeysError> {
        Self::open_at(folder, master, Arc::new(WallClock))
    }

    /// As [`Self::open`], by another clock.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_at(
        folder: impl AsRef<Path>,
        master: Arc<dyn MasterKey>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeysError> {
        Self::open_on(Disk::default(), folder.as_ref(), master, clock)
    }

    pub(super) fn open_on(
        disk: Disk,
        path: &Path,
        master: Arc<dyn MasterKey>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeysError> {
        let mut folder = Folder::open(path, KIND)?;
        if !folder.initialised() {
            let header = Header::first(&*master)?;
            establish(&disk, &mut folder, &header, &ring::Records::new(), &[])?;
        }
        let (header, found) = Opening { disk: &disk, folder: &folder, master: &*master }.open()?;
        let backups = read_backups(&folder.join(BACKUPS))?;
        let state = RwLock::new(State { master, header, records: found.records, backups, broken: None });
        Ok(Self { folder, disk, clock, state, cache: Cache::new(CACHED_KEYS) })
    }
}

/// Fills a folder that holds nothing yet; whatever crash comes before the end leaves it a folder that holds nothing yet.
pub(super) fn establish(
    disk: &Disk,
    folder: &mut Folder,
    header: &Header,
    records: &ring::Records,
    backups: &[Backup],
) -> Result<(), KeysError> {
    let path = folder.path().to_path_buf();
    let fill = || {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        let ring = path.join(header.ring_name());
        disk.create_folder(&ring)?;
        ring::write_shards(disk, &ring, records, &header.shards)?;
        super::backup::write_backups(disk, &path, backups)?;
        header.write(disk, &path)
    };
    fill().map_err(|error: io::Error| KeysError::disk(&path, &error))?;
    Ok(folder.establish()?)
}

/// A folder for a restored backup: one that holds nothing yet.
pub(super) fn empty_folder(path: &Path) -> Result<Folder, KeysError> {
    let folder = Folder::open(path, KIND)?;
    if folder.initialised() { Err(KeysError::NotEmpty { path: path.to_path_buf() }) } else { Ok(folder) }
}

struct Opening<'a> {
    disk: &'a Disk,
    folder: &'a Folder,
    master: &'a dyn MasterKey,
}

impl Opening<'_> {
    fn open(&self) -> Result<(Header, Found), KeysError> {
        let header = self.header(HEADER)?.ok_or_else(|| KeysError::corrupt("the header does not read"))?;
        if header.is_of(self.master)? {
            let found = self.ring(&header)?;
            return self.sort_out(header, found);
        }
        // A rotation was cut short just before its last step, and this may be its new master key: then it is finished.
        let Some(next) = self.header(NEW_HEADER)? else { return Err(MasterKeyError::Wrong.into()) };
        if next.store != header.store || !next.is_of(self.master)? {
            return Err(MasterKeyError::Wrong.into());
        }
        let found = self.ring(&next)?;
        let finish = || {
            self.disk.rename(&self.folder.join(NEW_HEADER), &self.folder.join(HEADER))?;
            self.disk.sync_folder(self.folder.path())
        };
        finish().map_err(|error| KeysError::disk(self.folder.path(), &error))?;
        self.sort_out(next, found)
    }

    fn header(&self, name: &str) -> Result<Option<Header>, KeysError> {
        let path = self.folder.join(name);
        Header::read(&path).map_err(|error| KeysError::disk(&path, &error))
    }

    fn ring(&self, header: &Header) -> Result<Found, KeysError> {
        ring::read(&self.folder.join(&header.ring_name()), &header.shards)
    }

    /// Everything was read and the master key is right: from here on the disk may be changed.
    fn sort_out(&self, mut header: Header, found: Found) -> Result<(Header, Found), KeysError> {
        let sort = || {
            let (root, ring) = (self.folder.path(), self.folder.join(&header.ring_name()));
            if !found.unfinished.is_empty() {
                // The new versions may be whole and yet not durable under their names.
                self.disk.sync_folder(&ring)?;
                ring::finish_shards(self.disk, &ring, &found.unfinished)?;
            }
            for left in &found.left {
                self.disk.wipe(left)?;
            }
            // Before the ring that it speaks of: it must not be found later with a ring that is half gone.
            if self.folder.join(NEW_HEADER).exists() {
                self.disk.wipe(&self.folder.join(NEW_HEADER))?;
                self.disk.sync_folder(root)?;
            }
            for other in other_rings(root, &header.ring_name())? {
                self.disk.wipe_folder(&other)?;
            }
            if header.shards != found.shards {
                header.shards.clone_from(&found.shards);
                header.write(self.disk, root)?;
            }
            Ok(())
        };
        let sorted: io::Result<()> = { sort }();
        sorted.map_err(|error| KeysError::disk(self.folder.path(), &error))?;
        Ok((header, found))
    }
}

fn other_rings(root: &Path, in_force: &str) -> io::Result<Vec<PathBuf>> {
    let mut others = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("ring-") && name != in_force {
            others.push(entry.path());
        }
    }
    Ok(others)
}
