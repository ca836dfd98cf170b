//! The folder of a store: its marker, its lock, and the order in which it comes into being.
//!
//! `<name>.lock` is held by the one process that has the store open. `<name>.json` says what lies here; it is written
//! last, so a folder with it was initialised completely. `<name>.initialising` is there from the first moment to the
//! last of the initialisation; what lies beside it without a marker was never acknowledged and is made anew.

mod engine;
mod error;

pub(crate) use engine::open_engine;
pub use error::OpenError;
pub(crate) use error::{open_error, speaks_of_damage};

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What a folder holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// The stem of the files, such as `siyi-store`.
    pub(crate) stem: &'static str,
    /// What the marker calls it, such as `siyi-event-store`.
    pub(crate) content: &'static str,
    /// The format that this program writes, and the newest it reads.
    pub(crate) format: u64,
    /// Everything else that the initialisation creates.
    pub(crate) entries: &'static [&'static str],
}

#[derive(Serialize, Deserialize)]
struct Marker {
    format: u64,
    kind: String,
}

/// A locked folder; the lock is released when this is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    kind: Kind,
    initialised: bool,
    _lock: File,
}

impl Folder {
    /// Locks the folder and says what is in it; creates it where it is missing.
    pub(crate) fn open(path: &Path, kind: Kind) -> Result<Self, OpenError> {
        create_durably(path).map_err(|error| OpenError::unavailable(path, &error))?;
        // Looked at before the lock file is created: a foreign folder is left as it is.
        survey(path, kind)?;
        let lock = lock(path, kind)?;
        let initialised = survey(path, kind)?;
        let folder = Self { path: path.to_path_buf(), kind, initialised, _lock: lock };
        if initialised { folder.check_marker() } else { folder.begin() }?;
        Ok(folder)
    }

    /// Whether the folder was initialised completely before.
    pub(crate) const fn initialised(&self) -> bool {
        self.initialised
    }

    /// The path of something inside.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The path of the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Ends the initialisation: from here on, what is missing has been lost.
    pub(crate) fn establish(&mut self) -> Result<(), OpenError> {
        if !self.initialised {
            self.write_marker().map_err(|error| OpenError::unavailable(&self.path, &error))?;
            self.initialised = true;
        }
        Ok(())
    }

    fn write_marker(&self) -> io::Result<()> {
        let marker = Marker { format: self.kind.format, kind: self.kind.content.into() };
        let new = self.join(&name(self.kind, "json.new"));
        let mut file = File::create(&new)?;
        serde_json::to_writer(&mut file, &marker)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        sync_folder(&self.path)?;
        fs::rename(&new, self.join(&name(self.kind, "json")))?;
        sync_folder(&self.path)?;
        self.remove_initialising()
    }

    fn remove_initialising(&self) -> io::Result<()> {
        match fs::remove_file(self.join(&name(self.kind, "initialising"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync_folder(&self.path),
        }
    }

    fn check_marker(&self) -> Result<(), OpenError> {
        let text = fs::read(self.join(&name(self.kind, "json")))
            .map_err(|error| OpenError::unavailable(&self.path, &error))?;
        let marker: Marker = serde_json::from_slice(&text)
            .map_err(|error| OpenError::corrupt(&self.path, format!("the marker cannot be read: {error}")))?;
        if marker.kind != self.kind.content {
            return Err(OpenError::Foreign { path: self.path.clone() });
        }
        if marker.format > self.kind.format {
            let (found, supported) = (marker.format, self.kind.format);
            return Err(OpenError::TooNew { path: self.path.clone(), found, supported });
        }
        if marker.format == 0 {
            return Err(OpenError::corrupt(&self.path, "the marker has format 0"));
        }
        self.remove_initialising().map_err(|error| OpenError::unavailable(&self.path, &error))
    }

    /// Clears away what an initialisation that was cut short has left.
    fn begin(&self) -> Result<(), OpenError> {
        let begin = || {
            File::create(self.join(&name(self.kind, "initialising")))?.sync_all()?;
            sync_folder(&self.path)?;
            for entry in self.kind.entries {
                let path = self.join(entry);
                let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                match removed {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            sync_folder(&self.path)
        };
        begin().map_err(|error: io::Error| OpenError::unavailable(&self.path, &error))
    }
}

/// Makes the entries of a folder survive a power loss.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn name(kind: Kind, ending: &str) -> String {
    format!("{}.{ending}", kind.stem)
}

/// Whether the folder is initialised; refuses a folder that holds something else.
fn survey(path: &Path, kind: Kind) -> Result<bool, OpenError> {
    let entries = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>())
        .map_err(|error| OpenError::unavailable(path, &error))?;
    let found: BTreeSet<String> = entries
        .into_iter()
        .map(|name| name.to_string_lossy().into_owned())
        // An ext4 volume of its own has this folder from the start.
        .filter(|name| name != "lost+found")
        .collect();
    if found.contains(&name(kind, "json")) {
        return Ok(true);
    }
    let begun = found.contains(&name(kind, "initialising"));
    let ours = |entry: &String| {
        *entry == name(kind, "lock")
            || *entry == name(kind, "initialising")
            || (begun && (*entry == name(kind, "json.new") || kind.entries.contains(&entry.as_str())))
    };
    if found.iter().all(ours) { Ok(false) } else { Err(OpenError::Foreign { path: path.to_path_buf() }) }
}

fn lock(path: &Path, kind: Kind) -> Result<File, OpenError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path.join(name(kind, "lock")))
        .map_err(|error| OpenError::unavailable(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(OpenError::unavailable(path, &error)),
    }
}

/// Creates the folder and the missing ones above it, each entry durable in the folder above.
///
/// The folder's own entry is made durable even where it is there already: who created it may have been killed before
/// doing so.
///
/// # Errors
/// Where the system refuses.
pub fn create_durably(path: &Path) -> io::Result<()> {
    let missing = path.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).count();
    fs::create_dir_all(path)?;
    for created in path.ancestors().take(missing.max(1)) {
        match created.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent)?,
            _ => sync_folder(Path::new("."))?,
        }
    }
    Ok(())
}
