//! The papers that a record cites by their SHA-256: photos, minutes, ballots, contracts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use siyi_log::via::Via;

use crate::finding::{Code, Finding, Place};
use crate::hex;
use crate::record::Entry;

/// Where each paper is cited first, by its hash.
#[must_use]
pub fn cited(entries: &[Entry]) -> BTreeMap<String, Place> {
    let mut cited = BTreeMap::new();
    for entry in entries {
        // The digest of an invitation's code is no paper.
        if entry.recorded.envelope.event_type.starts_with("resident-invited.") {
            continue;
        }
        collect("/data", &entry.data, &mut |field, hash| {
            cited.entry(hash.to_owned()).or_insert_with(|| entry.place().at(field));
        });
        for (field, sheet) in entry.recorded.envelope.via.iter().flat_map(Via::sheets) {
            cited.entry(sheet.to_string()).or_insert_with(|| entry.place().at(format!("/via/{field}")));
        }
    }
    cited
}

fn collect(field: &str, value: &Value, with: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) if is_hash(text) => with(field, text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(&format!("{field}/{index}"), item, with);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                collect(&format!("{field}/{key}"), item, with);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Checks a list of hashes, and the files that are there, against what the record cites. A file is named by its hash.
#[must_use]
pub fn check(entries: &[Entry], listed: &[String], files: &BTreeMap<String, Vec<u8>>) -> Vec<Finding> {
    let cited = cited(entries);
    let mut findings = Vec::new();
    let list: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
    if let Some((missing, place)) = cited.iter().find(|(hash, _)| !list.contains(hash.as_str())) {
        let other = list.iter().find(|hash| !cited.contains_key(**hash)).copied().unwrap_or("-");
        findings.push(Finding::new(Code::AttachmentDiffers, place.clone(), missing.as_str(), other));
    }
    for hash in list.iter().filter(|hash| !cited.contains_key(**hash)) {
        findings.push(Finding::new(Code::AttachmentUncited, Place::file("attachments.json"), "-", *hash));
    }
    for (name, bytes) in files {
        let place = Place::file(format!("attachments/{name}"));
        let hash = hex::sha256(bytes);
        if hash != *name {
            findings.push(Finding::new(Code::AttachmentDiffers, place, name.as_str(), hash));
        } else if !cited.contains_key(name) {
            findings.push(Finding::new(Code::AttachmentUncited, place, "-", hash));
        }
    }
    findings
}
