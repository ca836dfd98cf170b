//! 访问记录: what was decided, as JSON Lines in files that only grow, each line bound to the one before it.
//!
//! A line says when, by which account, in which office, at which door, about which place and matter, what the answer was and by
//! which policies. It holds no name, no text and no person. Who changes or removes a line in the middle breaks the chain;
//! that the end was not cut off shows only against a [`Tip`] that was kept elsewhere.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use siyi_domain::office::Actor;

use crate::about::About;
use crate::decision_point::Decision;
use crate::door::{Door, DoorKind};
use crate::visitor::Visitor;

mod latest;
mod line;
mod verify;
mod writer;

pub use latest::Line;
pub use line::{MAX_LINE_BYTES, MAX_POLICIES_IN_LINE, Tip};
pub use verify::{Fault, Verified, VerifyError, verify};

use line::Said;
use writer::Writer;

/// Bytes of a file after which the next one is begun.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Why the record cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The folder or a file in it cannot be read or written.
    #[error("the access log at `{path}` is unavailable: {source}")]
    Unavailable {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Its last line is none of ours, so nothing can be bound to it.
    #[error("the access log at `{path}` is damaged at its end")]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
}

impl RecordError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "access-log-unavailable",
            Self::Damaged { .. } => "access-log-damaged",
        }
    }
}

/// What is recorded of a decision.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// When, UTC.
    pub at: Timestamp,
    /// Who came.
    pub visitor: &'a Visitor,
    /// In which office; the person is not written down.
    pub acting: Option<Actor>,
    /// For what.
    pub door: Door,
    /// About what.
    pub about: &'a About,
    /// The answer.
    pub decision: &'a Decision,
}

impl Entry<'_> {
    /// Whether it is written down: whatever was denied, and whatever is not read by everybody.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        !self.decision.allowed || self.door.kind() != DoorKind::PublicRead
    }
}

/// The record of a server. One process writes a folder.
#[derive(Debug)]
pub struct AccessLog {
    writer: Mutex<Writer>,
    failed: AtomicU64,
}

impl AccessLog {
    /// Opens the record in a folder, made if it is not there, and goes on behind its last line. What a crash left of a line
    /// that was not finished is cut off.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn open(folder: &Path) -> Result<Self, RecordError> {
        Self::open_with(folder, MAX_FILE_BYTES)
    }

    /// Like [`AccessLog::open`], with another size of files.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn open_with(folder: &Path, max_file_bytes: u64) -> Result<Self, RecordError> {
        Ok(Self { writer: Mutex::new(Writer::open(folder, max_file_bytes)?), failed: AtomicU64::new(0) })
    }

    /// Writes an entry down, if it is one that [is kept](Entry::is_kept). What cannot be written is counted and logged: the
    /// answer was given, and is not taken back.
    pub fn record(&self, entry: &Entry<'_>) {
        if !entry.is_kept() {
            return;
        }
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writer.append(&Said::of(entry)) {
            let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::error!(%error, failed, door = entry.door.name(), "a line of the access log was not written");
        }
    }

    /// At most so many of the newest lines that are wanted, of those before a number, the newest first. Reads files: off the
    /// async threads.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn latest(
        &self,
        before: Option<u64>,
        most: usize,
        is_wanted: &dyn Fn(&Line) -> bool,
    ) -> Result<Vec<Line>, RecordError> {
        let folder = self.writer.lock().unwrap_or_else(PoisonError::into_inner).folder().to_owned();
        latest::latest(&folder, before.unwrap_or(u64::MAX), most, is_wanted)
    }

    /// How many entries could not be written since it was opened.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// The last line, to be kept elsewhere.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).tip().clone()
    }
}
