//! Reading the newest lines back.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::office::Office;
use uuid::Uuid;

use super::RecordError;
use super::writer::files;

/// A line as it was written. Whether the chain holds is another question: [`super::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Line {
    /// Its number, from 1.
    pub seq: u64,
    /// When, UTC.
    pub at: Timestamp,
    /// By which account; none where nobody was signed in.
    #[serde(default)]
    pub account: Option<Uuid>,
    /// In which office, where the door is an act.
    #[serde(default)]
    pub office: Option<Office>,
    /// At which door.
    pub door: String,
    /// About which place.
    #[serde(default)]
    pub place: Option<JurisdictionCode>,
    /// About which matter.
    #[serde(default)]
    pub matter: Option<ConsultationId>,
    /// Whether it opened.
    pub allowed: bool,
    /// The policies that decided.
    pub policies: Vec<String>,
}

/// At most so many of the newest lines that are wanted, of those before a number, the newest first.
pub(super) fn latest(
    folder: &Path,
    before: u64,
    most: usize,
    is_wanted: &dyn Fn(&Line) -> bool,
) -> Result<Vec<Line>, RecordError> {
    let unavailable = |source| RecordError::Unavailable { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for (_, path) in files(folder).map_err(unavailable)?.iter().rev() {
        let missing = most - found.len();
        if missing == 0 {
            break;
        }
        let mut newest = VecDeque::with_capacity(missing);
        for text in whole_lines(path).map_err(unavailable)? {
            let text = text.map_err(unavailable)?;
            let line: Line = serde_json::from_str(&text).map_err(|_| RecordError::Damaged { path: path.clone() })?;
            if line.seq < before && is_wanted(&line) {
                if newest.len() == missing {
                    newest.pop_front();
                }
                newest.push_back(line);
            }
        }
        found.extend(newest.into_iter().rev());
    }
    Ok(found)
}

/// The lines of a file. One that is being written has no line feed yet, and is left out.
fn whole_lines(path: &Path) -> io::Result<impl Iterator<Item = io::Result<String>>> {
    let mut reader = BufReader::new(File::open(path)?);
    Ok(std::iter::from_fn(move || {
        let mut line = String::new();
        match reader.read_line(&mut line) {
            Ok(_) if line.ends_with('\n') => Some(Ok(line)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }
    }))
}
