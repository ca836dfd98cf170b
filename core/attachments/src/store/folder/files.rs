//! The files: written beside their place, moved there, and overwritten before they go.

use crate::{
    error::AttachmentError,
    limits::MAX_STORED_BYTES,
    store::ports::{Blobs, FileName},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// The ending of a file that is being written.
const PART: &str = "part";

/// A folder of files, that of one process.
#[derive(Debug)]
pub struct FolderBlobs {
    folder: PathBuf,
}

impl FolderBlobs {
    /// Opens the folder, which is created where it is missing, and wipes what was being written when an earlier process ended.
    ///
    /// # Errors
    /// `store-unavailable`.
    pub fn open(folder: &Path) -> Result<Self, AttachmentError> {
        fs::create_dir_all(folder)?;
        let blobs = Self { folder: folder.to_path_buf() };
        for path in blobs.paths()?.iter().filter(|path| is_part(path)) {
            blobs.wipe_path(path)?;
        }
        Ok(blobs)
    }

    /// Whether there is any file that was written completely.
    pub(super) fn holds_any(&self) -> Result<bool, AttachmentError> {
        Ok(!self.names()?.is_empty())
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

    fn paths(&self) -> Result<Vec<PathBuf>, AttachmentError> {
        let entries = fs::read_dir(&self.folder)?.map(|entry| entry.map(|entry| entry.path()));
        Ok(entries.collect::<io::Result<_>>()?)
    }
}

impl Blobs for FolderBlobs {
    fn write(&self, name: FileName, bytes: Vec<u8>) -> Result<(), AttachmentError> {
        let (part, path) = (self.path(name).with_extension(PART), self.path(name));
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).open(&part)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&part, &path)?;
            sync_folder(&self.folder)
        };
        Ok(write().inspect_err(|_| {
            // The disk may be full: leave no half file on it until the next open.
            let _ = fs::remove_file(&part);
        })?)
    }

    fn read(&self, name: FileName) -> Result<Option<Vec<u8>>, AttachmentError> {
        let file = match File::open(self.path(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = Vec::new();
        file.take(MAX_STORED_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_STORED_BYTES {
            return Err(AttachmentError::corrupt("the file is longer than any that was written"));
        }
        Ok(Some(bytes))
    }

    fn wipe(&self, name: FileName) -> Result<(), AttachmentError> {
        self.wipe_path(&self.path(name))
    }

    fn names(&self) -> Result<Vec<FileName>, AttachmentError> {
        Ok(self.paths()?.iter().filter_map(|path| name_of(path)).collect())
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
    file_name(path.file_name()?.to_str()?)
}

/// The name that this text spells, if a store gave it. Others are left alone.
pub(crate) fn file_name(text: &str) -> Option<FileName> {
    let name = Uuid::try_parse(text).ok()?;
    (name.simple().to_string() == text).then_some(name)
}

fn is_part(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == PART) && name_of(&path.with_extension("")).is_some()
}
