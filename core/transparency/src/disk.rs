//! The few things that this crate does to its disk, each of which a test can cut short.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Failures on purpose, for tests.
pub trait DiskFaults: Send + Sync + 'static {
    /// Asked before each step that changes the disk; an error stops it there.
    ///
    /// # Errors
    /// What the disk shall say.
    fn step(&self, what: &str) -> io::Result<()>;
}

/// A file is synced by itself while so few are written together; above it the whole file system is synced once, which is
/// one wait instead of hundreds.
const SYNCED_ONE_BY_ONE: usize = 16;

/// The disk.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    faults: Option<Arc<dyn DiskFaults>>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

/// A file that is to get its name.
pub(crate) struct Placed {
    /// Below the folder.
    pub path: String,
    pub bytes: Vec<u8>,
}

impl Disk {
    pub(crate) fn new(faults: Option<Arc<dyn DiskFaults>>) -> Self {
        Self { faults }
    }

    fn step(&self, what: &str) -> io::Result<()> {
        self.faults.as_ref().map_or(Ok(()), |faults| faults.step(what))
    }

    /// Gives files their content and their names, and answers when both survive a power loss.
    ///
    /// All are written and synced under other names first, so that no name ever stands for half a file.
    pub(crate) fn place(&self, folder: &Path, files: &[Placed]) -> io::Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let pending = folder.join("pending");
        self.make_folder(&pending)?;
        let each = files.len() <= SYNCED_ONE_BY_ONE;
        let mut named = Vec::with_capacity(files.len());
        for (number, file) in files.iter().enumerate() {
            let temporary = pending.join(number.to_string());
            self.write(&temporary, &file.bytes, each)?;
            named.push((temporary, folder.join(&file.path)));
        }
        if !each {
            self.step("sync the file system")?;
            rustix::fs::syncfs(File::open(&pending)?)?;
        }
        let mut folders: Vec<PathBuf> = Vec::new();
        for (temporary, path) in named {
            let parent = path.parent().unwrap_or(folder);
            if folders.last().is_none_or(|last| last != parent) && !folders.iter().any(|known| known == parent) {
                self.make_folders(folder, parent, &mut folders)?;
                folders.push(parent.into());
            }
            self.step("rename")?;
            fs::rename(&temporary, &path)?;
        }
        folders.iter().try_for_each(|folder| self.sync_folder(folder))
    }

    /// As [`Self::place`] for one file at the top of the folder.
    pub(crate) fn replace(&self, folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.place(folder, &[Placed { path: name.into(), bytes: bytes.into() }])
    }

    fn write(&self, path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
        self.step("write")?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        self.step("half of a write")?;
        file.write_all(second)?;
        if sync {
            self.step("sync a file")?;
            file.sync_all()?;
        }
        Ok(())
    }

    /// Makes the folders from `root` down to `folder`, and notes those whose entries changed.
    fn make_folders(&self, root: &Path, folder: &Path, changed: &mut Vec<PathBuf>) -> io::Result<()> {
        let mut missing = Vec::new();
        let mut at = folder;
        while at != root && !at.is_dir() {
            missing.push(at);
            at = at.parent().unwrap_or(root);
        }
        for folder in missing.into_iter().rev() {
            self.make_folder(folder)?;
            let parent = folder.parent().unwrap_or(root);
            if !changed.iter().any(|known| known == parent) {
                changed.push(parent.into());
            }
        }
        Ok(())
    }

    /// Makes a folder that anybody may read, where it is missing: what stands in it is public.
    pub(crate) fn make_folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.step("make a folder")?;
        match fs::DirBuilder::new().mode(0o755).create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    }

    pub(crate) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step("sync a folder")?;
        File::open(path)?.sync_all()
    }

    /// Writes at a place in a file, which is made where it is missing, cuts off what stands behind, and syncs it.
    pub(crate) fn write_at(&self, path: &Path, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.step("write in place")?;
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.write_all_at(bytes, offset)?;
        file.set_len(offset.saturating_add(bytes.len() as u64))?;
        self.step("sync in place")?;
        file.sync_all()
    }

    /// Removes a folder of files that are no longer needed; one that is left over does no harm.
    pub(crate) fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step("remove a folder")?;
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Writes a new file that only this user can read, and answers when it survives a power loss.
    ///
    /// Fails where anything has that name.
    pub(crate) fn create_secret(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step("create a secret file")?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        self.sync_folder(folder.unwrap_or(Path::new(".")))
    }
}

/// The content of a file of at most `limit` bytes, or none where there is no file.
pub(crate) fn read_if_there(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("longer than {limit} bytes")));
    }
    Ok(Some(bytes))
}
