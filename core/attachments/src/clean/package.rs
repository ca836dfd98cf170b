//! Packages (DOCX, XLSX, OFD): judged by their central directory, never unpacked.
//!
//! The directory must account for every byte: entries begin at the first byte, touch one another, and the end record is
//! the end. So there is no room for a second file before, between or behind them, and entries that share their packed
//! bytes (Fifield's bomb of 2019) do not fit.

mod directory;
mod end;

use crate::{
    error::AttachmentError,
    kind::Kind,
    limits::{MAX_PACKAGE_DECLARED_BYTES, MAX_PACKAGE_RATIO, PACKAGE_RATIO_FREE_BYTES},
};
use directory::{Entry, entries};
pub(super) use end::holds_end_record;
use std::collections::HashSet;

/// What makes a package one of those that are taken: entries that must be there.
const EXPECTED: [(Kind, &[&str]); 3] = [
    (Kind::Docx, &["[Content_Types].xml", "_rels/.rels", "word/document.xml"]),
    (Kind::Xlsx, &["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"]),
    (Kind::Ofd, &["OFD.xml"]),
];

/// Parts of a name, in lower case, that stand for programs or for objects of other programs.
const ACTIVE: [&str; 6] = ["vbaproject", "vbadata", "activex/", "macrosheets/", "oleobject", "attachedtoolbars"];

/// Endings of programs and scripts.
const PROGRAMS: [&str; 14] =
    ["exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "js", "jar", "hta", "lnk", "sh"];

/// Which type the package is, if it may be taken.
pub(super) fn check(bytes: &[u8]) -> Result<Kind, AttachmentError> {
    let entries = entries(bytes)?;
    check_names(&entries)?;
    check_sizes(&entries)?;
    let names: HashSet<&str> = entries.iter().map(|entry| entry.name).collect();
    let mut kinds =
        EXPECTED.iter().filter(|(_, expected)| expected.iter().all(|name| names.contains(name))).map(|(kind, _)| *kind);
    match (kinds.next(), kinds.next()) {
        (Some(kind), None) => Ok(kind),
        (Some(_), Some(_)) => Err(AttachmentError::Polyglot { found: "a package of two types" }),
        (None, _) => Err(AttachmentError::TypeUnknown),
    }
}

fn check_names(entries: &[Entry<'_>]) -> Result<(), AttachmentError> {
    let mut seen = HashSet::new();
    for entry in entries {
        let name = entry.name;
        let steps_out = name.split('/').any(|step| step == ".." || step == ".");
        if name.is_empty() || name.starts_with('/') || steps_out || name.contains(['\\', ':', '\0']) {
            return Err(AttachmentError::malformed("a package with a name that leads out of it"));
        }
        let lower = name.to_ascii_lowercase();
        if ACTIVE.iter().any(|part| lower.contains(part)) {
            return Err(AttachmentError::ActiveContent { found: "a macro or an embedded object" });
        }
        if lower.rsplit_once('.').is_some_and(|(_, ending)| PROGRAMS.contains(&ending)) {
            return Err(AttachmentError::ActiveContent { found: "a program" });
        }
        // Readers differ in which of two they take.
        if !seen.insert(lower) {
            return Err(AttachmentError::malformed("a package with the same name twice"));
        }
    }
    Ok(())
}

fn check_sizes(entries: &[Entry<'_>]) -> Result<(), AttachmentError> {
    let (mut packed, mut declared) = (0_u64, 0_u64);
    for entry in entries {
        if entry.declared > PACKAGE_RATIO_FREE_BYTES && is_over_ratio(entry.packed, entry.declared) {
            return Err(AttachmentError::Bomb { found: "an entry of a package that unpacks to too much" });
        }
        packed = packed.saturating_add(entry.packed);
        declared = declared.saturating_add(entry.declared);
    }
    if declared > MAX_PACKAGE_DECLARED_BYTES || is_over_ratio(packed, declared) {
        return Err(AttachmentError::Bomb { found: "a package that unpacks to too much" });
    }
    Ok(())
}

fn is_over_ratio(packed: u64, declared: u64) -> bool {
    declared > packed.saturating_mul(MAX_PACKAGE_RATIO)
}
