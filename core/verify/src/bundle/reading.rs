//! Reading a bundle that a stranger wrote: within limits, and nothing in it that a bundle does not have.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use zip::{CompressionMethod, ZipArchive};

use super::{
    BundleError, FORMAT, FREE_BYTES, MAX_BUNDLE_BYTES, MAX_EVENTS, MAX_FILE_BYTES, MAX_FILES, MAX_RATIO,
    MAX_TOTAL_BYTES, Manifest, Parts, VERSION, is_name,
};
use crate::finding::{Code, Finding, Place};
use crate::hex;

/// The length of a zip file's last record where no comment follows it.
const END_BYTES: usize = 22;

/// Reads a bundle. That a file differs from the manifest is a finding: what it says instead is still looked at.
///
/// # Errors
/// [`BundleError`] where it is no bundle.
pub fn read(bytes: &[u8]) -> Result<(Parts, Vec<Finding>), BundleError> {
    let mut files = unpacked(bytes)?;
    let manifest: Manifest = json("manifest.json", &files.remove("manifest.json").ok_or(missing("manifest.json"))?)?;
    if manifest.format != FORMAT || manifest.version != VERSION {
        let found = format!("format `{}` version {}", manifest.format, manifest.version);
        return Err(BundleError::malformed("manifest.json", &found));
    }
    let mut findings = Vec::new();
    for (name, hash) in &manifest.files {
        let found = files.get(name).map_or_else(|| "-".to_owned(), |bytes| hex::sha256(bytes));
        if found != *hash {
            findings.push(Finding::new(Code::FileDiffers, Place::file(name.as_str()), hash.as_str(), found));
        }
    }
    if let Some(unlisted) = files.keys().find(|name| !manifest.files.contains_key(*name)) {
        return Err(BundleError::Name(unlisted.clone()));
    }
    Ok((parts(manifest, files)?, findings))
}

fn parts(manifest: Manifest, mut files: BTreeMap<String, Vec<u8>>) -> Result<Parts, BundleError> {
    let events = lines("events.jsonl", &files.remove("events.jsonl").ok_or(missing("events.jsonl"))?)?;
    let proofs = files.remove("proofs.jsonl").map(|bytes| lines("proofs.jsonl", &bytes)).transpose()?;
    let proofs: Result<_, _> = proofs.unwrap_or_default().iter().map(|line| json("proofs.jsonl", line)).collect();
    let mut optional = |name: &str| files.remove(name);
    let checkpoint = optional("checkpoint");
    let policy = optional("policy").map(|bytes| text("policy", bytes)).transpose()?;
    let consistency = optional("consistency.json").map(|b| json("consistency.json", &b)).transpose()?;
    let notices = optional("notices.json").map(|b| json("notices.json", &b)).transpose()?;
    let attachments = optional("attachments.json").map(|b| json("attachments.json", &b)).transpose()?;
    let mut procedures = BTreeMap::new();
    let mut papers = BTreeMap::new();
    for (name, bytes) in files {
        if let Some(file) = name.strip_prefix("procedures/") {
            procedures.insert(file.to_owned(), text(&name, bytes)?);
        } else if let Some(hash) = name.strip_prefix("attachments/") {
            papers.insert(hash.to_owned(), bytes);
        } else {
            return Err(BundleError::Name(name));
        }
    }
    Ok(Parts {
        consultation: manifest.consultation,
        jurisdiction: manifest.jurisdiction,
        events,
        proofs: proofs?,
        checkpoint,
        policy,
        consistency: consistency.unwrap_or_default(),
        procedures,
        notices: notices.unwrap_or_default(),
        attachments: attachments.unwrap_or_default(),
        papers,
    })
}

fn unpacked(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    within("bytes", bytes.len() as u64, MAX_BUNDLE_BYTES as u64)?;
    let declared = declared_files(bytes)?;
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| BundleError::Zip(e.to_string()))?;
    if zip.offset() != 0 {
        return Err(BundleError::Zip("there is something before it".to_owned()));
    }
    // A name that stands there twice would be read as one file by one program and as another by the next.
    if zip.len() != declared {
        return Err(BundleError::Zip("a name stands there twice".to_owned()));
    }
    within("files", declared as u64, MAX_FILES as u64)?;
    let mut files = BTreeMap::new();
    let mut total = 0u64;
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).map_err(|e| BundleError::Zip(e.to_string()))?;
        let name = std::str::from_utf8(file.name_raw()).unwrap_or_default().to_owned();
        if !is_name(&name) || file.encrypted() || file.is_symlink() {
            return Err(BundleError::Name(name));
        }
        if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(BundleError::Zip(format!("`{name}` is packed in another way")));
        }
        let most = file.compressed_size().saturating_mul(MAX_RATIO).saturating_add(FREE_BYTES).min(MAX_FILE_BYTES);
        within("unpacked bytes", file.size(), most)?;
        // What is declared is not believed: reading stops one byte behind the limit.
        let mut unpacked = Vec::new();
        (&mut file)
            .take(most.saturating_add(1))
            .read_to_end(&mut unpacked)
            .map_err(|e| BundleError::Zip(e.to_string()))?;
        within("unpacked bytes", unpacked.len() as u64, most)?;
        total = total.saturating_add(unpacked.len() as u64);
        within("unpacked bytes", total, MAX_TOTAL_BYTES)?;
        if files.insert(name.clone(), unpacked).is_some() {
            return Err(BundleError::Name(name));
        }
    }
    Ok(files)
}

/// How many files the last record declares. It must be the last thing of the file: no comment, nothing behind it.
fn declared_files(bytes: &[u8]) -> Result<usize, BundleError> {
    let end = bytes.len().checked_sub(END_BYTES).and_then(|at| bytes.get(at..));
    match end {
        Some([b'P', b'K', 5, 6, 0, 0, 0, 0, here, here_high, all, all_high, rest @ ..])
            if [here, here_high] == [all, all_high] && rest.ends_with(&[0, 0]) =>
        {
            Ok(usize::from(u16::from_le_bytes([*all, *all_high])))
        }
        _ => Err(BundleError::Zip("it does not end as it must".to_owned())),
    }
}

fn within(what: &'static str, size: u64, limit: u64) -> Result<(), BundleError> {
    if size <= limit { Ok(()) } else { Err(BundleError::TooLarge { what, size, limit }) }
}

const fn missing(name: &'static str) -> BundleError {
    BundleError::Missing(name)
}

fn json<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, BundleError> {
    serde_json::from_slice(bytes).map_err(|e| BundleError::malformed(file, &e))
}

fn text(file: &str, bytes: Vec<u8>) -> Result<String, BundleError> {
    String::from_utf8(bytes).map_err(|e| BundleError::malformed(file, &e))
}

/// Lines that each end with a line feed; a canonical JSON text has none inside.
fn lines(file: &str, bytes: &[u8]) -> Result<Vec<Bytes>, BundleError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let whole = bytes.strip_suffix(b"\n").ok_or_else(|| BundleError::malformed(file, "no line feed at the end"))?;
    let lines: Vec<Bytes> = whole.split(|byte| *byte == b'\n').map(Bytes::copy_from_slice).collect();
    within("events", lines.len() as u64, MAX_EVENTS as u64)?;
    Ok(lines)
}
