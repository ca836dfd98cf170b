//! Border tables: for each number of each pack the last figure that is not enough, the first that is, and one above it, in odd
//! and even sizes. `tests/borders/README.md` tells how they are read.
//!
//! A row is judged by the real deciders: what happened before is laid out as events, and the act at the border is a command.

use std::path::Path;

mod act;
pub mod ground;
mod numbers;

pub use act::{judge, twice};
pub use numbers::{periods, shares, shown_by_tables, sizes};

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The pack, from the file's heading.
    pub pack: String,
    /// Where the number stands, for example `S3.party_members`.
    pub place: String,
    /// Which number, for example `quorum`.
    pub rule: String,
    /// What the whole is.
    pub base: String,
    /// The whole; for a period the days ordered.
    pub whole: u64,
    /// The part; for a period the days given.
    pub part: u64,
    /// Whether that is enough.
    pub enough: bool,
    /// File and line.
    pub at: String,
}

/// All rows of the tables in `folder`.
///
/// # Errors
/// File, line and what is wrong with it.
pub fn read_folder(folder: &Path) -> Result<Vec<Row>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| e.to_string())?;
    let mut files: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "md") && !file.ends_with("README.md"));
    files.sort();
    let mut rows = Vec::new();
    for file in files {
        rows.extend(read_file(&file)?);
    }
    Ok(rows)
}

fn read_file(file: &Path) -> Result<Vec<Row>, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut pack = None;
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        if let Some(heading) = text.strip_prefix("# ") {
            pack = heading.split('`').nth(1).map(str::to_owned);
        }
        let is_row = text.starts_with("| ") && !text.starts_with("| ---") && !text.starts_with("| number");
        if let (true, Some(pack)) = (is_row, &pack) {
            rows.push(row(pack, text, format!("{name}:{line}"))?);
        }
    }
    Ok(rows)
}

fn row(pack: &str, text: &str, at: String) -> Result<Row, String> {
    let cells: Vec<&str> = text.trim_matches('|').split('|').map(str::trim).collect();
    let [number, base, whole, part, enough] = cells.as_slice() else {
        return Err(format!("{at}: a row has five cells"));
    };
    let (place, rule) = number.rsplit_once('.').ok_or_else(|| format!("{at}: `{number}` names no number"))?;
    let figure = |cell: &str| cell.replace(',', "").parse().map_err(|_| format!("{at}: `{cell}` is no figure"));
    let enough = match *enough {
        "yes" => true,
        "no" => false,
        other => return Err(format!("{at}: `{other}` is neither yes nor no")),
    };
    Ok(Row {
        pack: pack.to_owned(),
        place: place.to_owned(),
        rule: rule.to_owned(),
        base: (*base).to_owned(),
        whole: figure(whole)?,
        part: figure(part)?,
        enough,
        at,
    })
}
