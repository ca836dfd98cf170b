//! The few things that the key store does to its disk, each of which a test can cut short.
//!
//! INVARIANT: no version of a file that held a wrapped key is unlinked before it was overwritten with zeros and synced.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// The disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    #[cfg(test)]
    pub(super) cut: std::sync::Arc<super::cuts::Cut>,
}

impl Disk {
    /// Writes a file anew and syncs it; its name is durable when the folder is synced.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step("write")?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        self.step("half of a write")?;
        file.write_all(second)?;
        file.sync_all()
    }

    /// Overwrites a file with zeros in its place and syncs it.
    pub(super) fn zero(&self, path: &Path) -> io::Result<()> {
        self.step("zero")?;
        let mut file = OpenOptions::new().write(true).open(path)?;
        let size = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        let zeros = vec![0; size];
        let (first, second) = zeros.split_at(size / 2);
        file.write_all(first)?;
        self.step("half of a zero")?;
        file.write_all(second)?;
        file.sync_all()
    }

    /// Gives a file the name of another, which it replaces.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename")?;
        fs::rename(from, to)
    }

    /// Overwrites and removes a file, where it is there.
    pub(super) fn wipe(&self, path: &Path) -> io::Result<()> {
        if path.exists() {
            self.zero(path)?;
            self.step("remove")?;
            fs::remove_file(path)?;
        }
        Ok(())
    }

    /// Overwrites and removes all files of a folder, and the folder.
    pub(super) fn wipe_folder(&self, path: &Path) -> io::Result<()> {
        for entry in fs::read_dir(path)? {
            self.wipe(&entry?.path())?;
        }
        self.step("remove a folder")?;
        fs::remove_dir(path)
    }

    /// Makes a folder for this user alone.
    pub(super) fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step("create a folder")?;
        fs::DirBuilder::new().mode(0o700).create(path)
    }

    /// Makes the names in a folder durable.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step("sync a folder")?;
        File::open(path)?.sync_all()
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only a test cuts")]
    const fn step(&self, _what: &str) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self, what: &str) -> io::Result<()> {
        self.cut.step(what)
    }
}
