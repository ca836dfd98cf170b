//! The files: written beside their place, moved there, and wiped before they go.

use crate::{error::AttachmentError, limits::MAX_FILE_BYTES, sealed::random};
use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// The ending of a file that is being written.
const PART: &str = "part";
/// Longer than the longest that is ever written: padding is 12 % at most, tags are less than 0.1 %.
const MAX_STORED_BYTES: u64 = (MAX_FILE_BYTES + MAX_FILE_BYTES / 4) as u64;

/// The name of a file: random, so that nobody finds a document whose digest they know.
pub(super) type FileName = Uuid;

/// A folder of files.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(super) fn open(folder: &Path) -> Result<Self, AttachmentError> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_path_buf() })
    }

    /// Whether there is any file that was written completely.
    pub(super) fn holds_any(&self) -> Result<bool, AttachmentError> {
        Ok(self.all()?.iter().any(|path| name_of(path).is_some()))
    }

    /// Writes a new file and answers its name, when both survive a power loss.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<FileName, AttachmentError> {
        let name = Uuid::from_bytes(random()?);
        let (part, path) = (self.path(name).with_extension(PART), self.path(name));
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).open(&part)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&part, &path)?;
            sync_folder(&self.folder)
        };
        write().inspect_err(|_| {
            // The disk may be full: leave no half file on it until the next open.
            let _ = fs::remove_file(&part);
        })?;
        Ok(name)
    }

    pub(super) fn read(&self, name: FileName) -> Result<Vec<u8>, AttachmentError> {
        let file = File::open(self.path(name)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => AttachmentError::corrupt("the file of a row is missing"),
            _ => error.into(),
        })?;
        let mut bytes = Vec::new();
        file.take(MAX_STORED_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_STORED_BYTES {
            return Err(AttachmentError::corrupt("the file is longer than any that was written"));
        }
        Ok(bytes)
    }

    /// Overwrites a file, and removes it. One that is not there is wiped already.
    pub(super) fn wipe(&self, name: FileName) -> Result<(), AttachmentError> {
        self.wipe_path(&self.path(name))
    }

    /// Wipes everything but these: what is being written in no process any more, and what no row names.
    pub(super) fn wipe_all_but(&self, known: impl Iterator<Item = FileName>) -> Result<(), AttachmentError> {
        let known: HashSet<FileName> = known.collect();
        for path in self.all()? {
            let is_known = name_of(&path).is_some_and(|name| known.contains(&name));
            if !is_known && is_ours(&path) {
                tracing::info!("an attachment that was never acknowledged, or was removed, is wiped");
                self.wipe_path(&path)?;
            }
        }
        Ok(())
    }

    fn wipe_path(&self, path: &Path) -> Result<(), AttachmentError> {
        match overwrite(path).and_then(|()| fs::remove_file(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(sync_folder(&self.folder)?),
        }
    }

    fn path(&self, name: FileName) -> PathBuf {
        self.folder.join(name.simple().to_string())
    }

    fn all(&self) -> Result<Vec<PathBuf>, AttachmentError> {
        let entries = fs::read_dir(&self.folder)?.map(|entry| entry.map(|entry| entry.path()));
        Ok(entries.collect::<io::Result<_>>()?)
    }
}

/// Makes the entries of a folder survive a power loss.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len();
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    file.sync_all()
}

fn name_of(path: &Path) -> Option<FileName> {
    let text = path.file_name()?.to_str()?;
    let name = Uuid::try_parse(text).ok()?;
    (name.simple().to_string() == text).then_some(name)
}

/// A file with a name that this store gives. Others are left alone.
fn is_ours(path: &Path) -> bool {
    name_of(path).is_some()
        || path.extension().is_some_and(|end| end == PART) && name_of(&path.with_extension("")).is_some()
}
