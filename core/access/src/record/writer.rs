//! The files of the record: numbered from 1, the last one grows.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::RecordError;
use super::line::{self, MAX_LINE_BYTES, Said, Tip};

const PREFIX: &str = "access-";
const SUFFIX: &str = ".jsonl";

/// The files of a folder with their numbers, in order.
pub(super) fn files(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let digits = name.and_then(|name| name.strip_prefix(PREFIX)).and_then(|name| name.strip_suffix(SUFFIX));
        if let Some(number) = digits.and_then(|digits| digits.parse().ok()) {
            found.push((number, path));
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{number:08}{SUFFIX}"))
}

#[derive(Debug)]
pub(super) struct Writer {
    folder: PathBuf,
    max_file_bytes: u64,
    number: u64,
    file: File,
    /// Bytes of whole lines; whatever lies behind them was never acknowledged.
    size: u64,
    /// The last write failed and may have left part of a line.
    torn: bool,
    tip: Tip,
}

impl Writer {
    pub(super) fn open(folder: &Path, max_file_bytes: u64) -> Result<Self, RecordError> {
        let unavailable = |source| RecordError::Unavailable { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(unavailable)?;
        let files = files(folder).map_err(unavailable)?;
        let number = files.last().map_or(1, |(number, _)| *number);
        let file = grow(&path_of(folder, number)).map_err(unavailable)?;
        let mut writer = Self {
            folder: folder.to_owned(),
            max_file_bytes,
            number,
            file,
            size: 0,
            torn: false,
            tip: Tip::beginning(),
        };
        // A crash may have begun a file and not written to it: its first line follows the last one of the file before.
        for (_, path) in files.iter().rev() {
            let (size, last) = end_of(path).map_err(unavailable)?;
            if *path == path_of(folder, number) {
                writer.size = size;
                writer.file.set_len(size).map_err(unavailable)?;
            }
            if let Some(last) = last {
                let damaged = || RecordError::Damaged { path: path.clone() };
                writer.tip = line::read(&last).ok_or_else(damaged)?.tip;
                break;
            }
        }
        Ok(writer)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn tip(&self) -> &Tip {
        &self.tip
    }

    pub(super) fn append(&mut self, said: &Said<'_>) -> io::Result<()> {
        let (line, tip) = line::bind(said, &self.tip).map_err(io::Error::other)?;
        if line.len() > MAX_LINE_BYTES {
            return Err(io::Error::other(format!("a line of {} bytes", line.len())));
        }
        if self.torn {
            self.file.set_len(self.size)?;
            self.torn = false;
        }
        if self.size > 0 && self.size + line.len() as u64 > self.max_file_bytes {
            self.begin_next()?;
        }
        // One write of a whole line; the kernel holds it when this returns.
        if let Err(error) = self.file.write_all(line.as_bytes()).and_then(|()| self.file.flush()) {
            self.torn = true;
            return Err(error);
        }
        self.size += line.len() as u64;
        self.tip = tip;
        Ok(())
    }

    fn begin_next(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        self.file = grow(&path_of(&self.folder, self.number + 1))?;
        self.number += 1;
        self.size = 0;
        Ok(())
    }
}

fn grow(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Where the last whole line ends, and that line.
fn end_of(path: &Path) -> io::Result<(u64, Option<String>)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    // Room for a whole line and a torn one behind it.
    let from = length.saturating_sub(2 * MAX_LINE_BYTES as u64);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
        // Longer than any line of ours and no line feed: nothing that we wrote.
        return Ok((from, (from > 0).then(String::new)));
    };
    let whole = bytes.get(..end).unwrap_or_default();
    let start = whole.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let last = String::from_utf8_lossy(whole.get(start..).unwrap_or_default()).into_owned();
    Ok((from + end as u64 + 1, Some(last)))
}
