//! Writing a bundle: the same parts always make the same bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{BundleError, FORMAT, MAX_BUNDLE_BYTES, MAX_FILES, Manifest, Parts, VERSION, is_name};
use crate::hex;

/// The bundle of these parts.
///
/// # Errors
/// [`BundleError`] where a limit is passed or a name is none of a bundle.
pub fn write(parts: &Parts) -> Result<Vec<u8>, BundleError> {
    let files = files(parts)?;
    if files.len() >= MAX_FILES {
        return Err(BundleError::TooLarge { what: "files", size: files.len() as u64, limit: MAX_FILES as u64 });
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        consultation: parts.consultation,
        jurisdiction: parts.jurisdiction.clone(),
        files: files.iter().map(|(name, bytes)| (name.clone(), hex::sha256(bytes))).collect(),
    };
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut zip, "manifest.json", &pretty("manifest.json", &manifest)?)?;
    for (name, bytes) in &files {
        add(&mut zip, name, bytes)?;
    }
    let bytes = zip.finish().map_err(|e| BundleError::Zip(e.to_string()))?.into_inner();
    if bytes.len() > MAX_BUNDLE_BYTES {
        return Err(BundleError::TooLarge { what: "bytes", size: bytes.len() as u64, limit: MAX_BUNDLE_BYTES as u64 });
    }
    Ok(bytes)
}

fn add(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, bytes: &[u8]) -> Result<(), BundleError> {
    if !is_name(name) {
        return Err(BundleError::Name(name.to_owned()));
    }
    // No time of writing: who packs the same record twice gets the same file.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    zip.start_file(name, options).map_err(|e| BundleError::Zip(e.to_string()))?;
    zip.write_all(bytes).map_err(|e| BundleError::Zip(e.to_string()))
}

fn files(parts: &Parts) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let mut files = BTreeMap::new();
    let mut events = Vec::new();
    for body in &parts.events {
        events.extend_from_slice(body);
        events.push(b'\n');
    }
    files.insert("events.jsonl".to_owned(), events);
    if !parts.proofs.is_empty() {
        let mut proofs = Vec::new();
        for proof in &parts.proofs {
            proofs.extend(serde_json::to_vec(proof).map_err(|e| BundleError::malformed("proofs.jsonl", &e))?);
            proofs.push(b'\n');
        }
        files.insert("proofs.jsonl".to_owned(), proofs);
    }
    if let Some(checkpoint) = &parts.checkpoint {
        files.insert("checkpoint".to_owned(), checkpoint.clone());
    }
    if let Some(policy) = &parts.policy {
        files.insert("policy".to_owned(), policy.clone().into_bytes());
    }
    if !parts.consistency.is_empty() {
        files.insert("consistency.json".to_owned(), pretty("consistency.json", &parts.consistency)?);
    }
    for (name, text) in &parts.procedures {
        files.insert(format!("procedures/{name}"), text.clone().into_bytes());
    }
    files.insert("notices.json".to_owned(), pretty("notices.json", &parts.notices)?);
    files.insert("attachments.json".to_owned(), pretty("attachments.json", &parts.attachments)?);
    for (hash, bytes) in &parts.papers {
        files.insert(format!("attachments/{hash}"), bytes.clone());
    }
    Ok(files)
}

fn pretty(file: &str, value: &impl Serialize) -> Result<Vec<u8>, BundleError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|e| BundleError::malformed(file, &e))?;
    bytes.push(b'\n');
    Ok(bytes)
}
