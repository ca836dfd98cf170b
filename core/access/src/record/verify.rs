//! Recomputing the chain.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::line::{self, Tip};
use super::writer::files;

/// What a whole chain comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What stands before the first line; not the [beginning](Tip::beginning) where old files were removed after their time.
    pub before: Tip,
    /// The last line.
    pub tip: Tip,
    /// How many lines there are.
    pub lines: u64,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Its hash is not that of its text, or it is none of ours.
    Changed,
    /// It does not follow the line before it: one was removed, put in, or moved.
    Unbound,
    /// Its end is missing.
    Torn,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "was changed",
            Self::Unbound => "does not follow the line before it",
            Self::Torn => "has no end",
        })
    }
}

/// Why a record is not whole.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    Unreadable {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The first broken line.
    #[error("line {line} of `{path}` {fault}")]
    Broken {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: Fault,
    },
}

impl VerifyError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "access-log-unavailable",
            Self::Broken { .. } => "access-log-broken",
        }
    }
}

/// Recomputes the chain of a folder, or of one file of it, and names the first broken line.
///
/// # Errors
/// [`VerifyError`].
pub fn verify(path: &Path) -> Result<Verified, VerifyError> {
    let unreadable = |source| VerifyError::Unreadable { path: path.to_owned(), source };
    let files = if path.is_dir() {
        files(path).map_err(unreadable)?.into_iter().map(|(_, file)| file).collect()
    } else {
        vec![path.to_owned()]
    };
    let mut chain: Option<Verified> = None;
    for file in &files {
        follow(file, &mut chain)?;
    }
    Ok(chain.unwrap_or_else(|| Verified { before: Tip::beginning(), tip: Tip::beginning(), lines: 0 }))
}

fn follow(path: &Path, chain: &mut Option<Verified>) -> Result<(), VerifyError> {
    let unreadable = |source| VerifyError::Unreadable { path: path.to_owned(), source };
    let mut reader = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(unreadable)? == 0 {
            break;
        }
        step(&bytes, chain).map_err(|fault| VerifyError::Broken { path: path.to_owned(), line: number, fault })?;
    }
    Ok(())
}

fn step(bytes: &[u8], chain: &mut Option<Verified>) -> Result<(), Fault> {
    let whole = bytes.strip_suffix(b"\n").ok_or(Fault::Torn)?;
    let read = std::str::from_utf8(whole).ok().and_then(line::read).ok_or(Fault::Changed)?;
    match chain {
        None => *chain = Some(Verified { before: read.prev, tip: read.tip, lines: 1 }),
        Some(chain) if chain.tip == read.prev => {
            chain.tip = read.tip;
            chain.lines += 1;
        }
        Some(_) => return Err(Fault::Unbound),
    }
    Ok(())
}
