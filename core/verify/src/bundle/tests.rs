//! Written and read again, and what a stranger may try.

use std::io::{Cursor, Write as _};

use super::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn parts() -> Parts {
    Parts {
        consultation: "7b1f6c1e-4b9c-4a1d-9c55-0d9f4f3a1b22".parse().unwrap(),
        jurisdiction: "419901101201".parse().unwrap(),
        events: vec![Bytes::from_static(b"{}"), Bytes::from_static(b"{\"a\":1}")],
        proofs: vec![Inclusion { index: 3, hashes: Vec::new() }],
        checkpoint: Some(b"checkpoint".to_vec()),
        policy: Some("quorum none\n".to_owned()),
        consistency: vec![Consistency { from: 1, hashes: Vec::new() }],
        procedures: BTreeMap::from([("rural-HN-2026.toml".to_owned(), "id = 1".to_owned())]),
        notices: Vec::new(),
        attachments: vec!["0".repeat(64)],
        papers: BTreeMap::from([("0".repeat(64), vec![1, 2, 3])]),
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn manifest(files: &[(&str, &[u8])]) -> Vec<u8> {
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        consultation: parts().consultation,
        jurisdiction: parts().jurisdiction,
        files: files.iter().map(|(name, bytes)| ((*name).to_owned(), crate::hex::sha256(bytes))).collect(),
    };
    serde_json::to_vec(&manifest).unwrap()
}

#[test]
fn what_is_written_is_read() {
    let bytes = write(&parts()).unwrap();
    assert_eq!(read(&bytes).unwrap(), (parts(), Vec::new()));
    assert_eq!(write(&parts()).unwrap(), bytes, "the same parts make the same bytes");
}

#[test]
fn a_file_that_differs_from_the_manifest_is_named() {
    let files: &[(&str, &[u8])] = &[("events.jsonl", b"{}\n")];
    let manifest = manifest(files);
    let bytes = zipped(&[("manifest.json", &manifest), ("events.jsonl", b"{ }\n")]);
    let (_, findings) = read(&bytes).unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].place.file.as_deref(), Some("events.jsonl"));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../events.jsonl",
        "/etc/passwd",
        "procedures/../policy.toml",
        "procedures/a/b.toml",
        "procedures\\x.toml",
        "attachments/short",
        "events.jsonl/",
        "Events.jsonl",
        "",
    ] {
        assert!(!is_name(name), "{name}");
    }
    let bytes = zipped(&[("manifest.json", &manifest(&[])), ("../x", b"")]);
    assert_eq!(read(&bytes).unwrap_err(), BundleError::Name("../x".to_owned()));
}

#[test]
fn a_file_that_is_not_listed_is_refused() {
    let bytes = zipped(&[("manifest.json", &manifest(&[])), ("events.jsonl", b"")]);
    assert_eq!(read(&bytes).unwrap_err(), BundleError::Name("events.jsonl".to_owned()));
}

/// One program would read the first of two files of one name, another the second.
#[test]
fn a_name_that_stands_there_twice_is_refused() {
    let bytes = zipped(&[("manifest.json", b"1"), ("events.jsonl", b""), ("manifest.jsox", b"2")]);
    let mut forged = bytes.clone();
    let needle = b"manifest.jsox";
    for at in 0..forged.len() - needle.len() {
        if forged[at..].starts_with(needle) {
            forged[at + needle.len() - 1] = b'n';
        }
    }
    assert_ne!(forged, bytes);
    assert!(matches!(read(&forged), Err(BundleError::Zip(_))), "{:?}", read(&forged));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = vec![0u8; 20 << 20];
    let bytes = zipped(&[("manifest.json", b"{}"), ("checkpoint", &bomb)]);
    assert!(bytes.len() < 1 << 20);
    assert!(matches!(read(&bytes), Err(BundleError::TooLarge { what: "unpacked bytes", .. })));
}

#[test]
fn nothing_may_stand_before_or_behind_it() {
    let bytes = write(&parts()).unwrap();
    let behind = [bytes.clone(), b"x".to_vec()].concat();
    let before = [b"x".to_vec(), bytes.clone()].concat();
    for forged in [behind, before, bytes[..bytes.len() - 1].to_vec(), Vec::new()] {
        assert!(read(&forged).is_err());
    }
}

#[test]
fn another_version_is_refused() {
    let manifest = String::from_utf8(manifest(&[])).unwrap().replace("\"version\":1", "\"version\":2");
    let bytes = zipped(&[("manifest.json", manifest.as_bytes())]);
    assert!(matches!(read(&bytes), Err(BundleError::Malformed { .. })));
}

#[test]
fn no_changed_byte_panics() {
    let bytes = write(&parts()).unwrap();
    for index in 0..bytes.len() {
        let mut forged = bytes.clone();
        forged[index] ^= 0x55;
        if let Ok((read, findings)) = read(&forged) {
            assert!(read == parts() || !findings.is_empty(), "byte {index} changed without being seen");
        }
    }
}
