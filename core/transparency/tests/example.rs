//! The worked example that other tools verified: 300 leaves, two witnesses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

use siyi_tlog::{
    AuthenticTiles, InclusionProof, KeyKind, SignedCheckpoint, Signer, TileSource, TlogError, TrustPolicy, check_tree,
    decode_entries, encode_entries, prove_record, prove_tree, record_hash,
};
use std::{fs, path::PathBuf};
use zeroize::Zeroizing;

struct Example;

impl TileSource for Example {
    fn read(&self, path: &str) -> Result<Vec<u8>, TlogError> {
        Ok(bytes(path))
    }
}

fn bytes(path: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/example-log").join(path)).unwrap()
}

fn text(path: &str) -> String {
    String::from_utf8(bytes(path)).unwrap()
}

fn policy(quorum: &str) -> TrustPolicy {
    let (log, w1, w2) = (text("log.vkey"), text("w1.vkey"), text("w2.vkey"));
    TrustPolicy::parse(&format!(
        "log {}\nwitness town {}\nwitness archive {}\ngroup both {quorum} town archive\nquorum both\n",
        log.trim(),
        w1.trim(),
        w2.trim()
    ))
    .unwrap()
}

fn leaf(index: u64) -> String {
    format!(r#"{{"v":1,"seq":{index},"type":"VoteCast"}}"#)
}

#[test]
fn the_checkpoint_is_signed_and_confirmed() {
    let checkpoint = SignedCheckpoint::parse(&text("checkpoint")).unwrap();
    let confirmation = checkpoint.confirmation(&policy("all")).unwrap();
    assert_eq!(confirmation.witnesses.len(), 2);
    assert_eq!(checkpoint.checkpoint().size, 300);
    assert_eq!(checkpoint.note().to_string(), text("checkpoint"));
}

#[test]
fn the_same_keys_write_the_same_checkpoint() {
    let signed = SignedCheckpoint::parse(&text("checkpoint")).unwrap();
    let seed = |byte| Zeroizing::new([byte; 32]);
    let log = Signer::from_seed("log.village.example/wusi-2026", KeyKind::Log, &seed(7)).unwrap();
    assert_eq!(log.verifier().to_string(), text("log.vkey").trim());
    let mut note = log.sign_checkpoint(300, signed.checkpoint().root).unwrap();
    for (name, byte) in [("town-office.example/w1", 0x14), ("county-archive.example/w2", 0x15)] {
        let witness = Signer::from_seed(name, KeyKind::Witness, &seed(byte)).unwrap();
        let cosignature = witness.cosign(&note.text, 1_767_000_000).unwrap();
        note.signatures.push(cosignature);
    }
    assert_eq!(note.to_string(), text("checkpoint"));
}

#[test]
fn the_proof_proves_its_entry_and_no_other() {
    let proof = InclusionProof::parse(&text("42.tlog-proof")).unwrap();
    assert_eq!(proof.to_string(), text("42.tlog-proof"));
    proof.verify(&policy("all"), &bytes("42.entry")).unwrap();
    assert_eq!(proof.verify(&policy("all"), leaf(43).as_bytes()), Err(TlogError::Inclusion { index: 42, size: 300 }));
}

#[test]
fn every_leaf_is_read_and_proved_from_the_tiles() {
    let signed = SignedCheckpoint::parse(&text("checkpoint")).unwrap();
    let root = signed.checkpoint().root;
    let tiles = AuthenticTiles::open(Example, 300, root).unwrap();
    for index in 0..300 {
        let entry = tiles.entry(index).unwrap();
        assert_eq!(entry, leaf(index).as_bytes());
        let hashes = prove_record(300, index, &tiles).unwrap();
        InclusionProof { extra: None, index, hashes, checkpoint: signed.clone() }.check_inclusion(&entry).unwrap();
    }
    assert_eq!(record_hash(&tiles.entry(42).unwrap()).hex().get(..8), Some("e827c265"));
}

#[test]
fn the_old_checkpoint_is_the_beginning_of_the_new_one() {
    let old = SignedCheckpoint::parse(&text("checkpoint.old")).unwrap();
    let new = SignedCheckpoint::parse(&text("checkpoint")).unwrap();
    let (old, new) = (old.checkpoint(), new.checkpoint());
    let tiles = AuthenticTiles::open(Example, new.size, new.root).unwrap();
    let proof = prove_tree(new.size, old.size, &tiles).unwrap();
    let lines: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
    assert_eq!(lines, text("cons.b64"));
    check_tree(&proof, new.size, new.root, old.size, old.root).unwrap();
}

#[test]
fn a_bundle_is_written_as_it_was_read() {
    let bundle = bytes("tile/entries/001.p/44");
    let entries = decode_entries(&bundle, 44).unwrap();
    assert_eq!(encode_entries(entries).unwrap(), bundle);
    assert!(decode_entries(&bundle, 43).is_err());
    assert!(decode_entries(&bundle, 45).is_err());
}

/// Every character of the proof file in turn becomes another one of each kind, is doubled and is removed.
#[test]
fn no_mutation_of_the_proof_file_is_accepted() {
    let (entry, policy) = (bytes("42.entry"), policy("all"));
    let accepted = |text: &str| InclusionProof::parse(text).and_then(|proof| proof.verify(&policy, &entry)).is_ok();
    let original = text("42.tlog-proof");
    assert!(accepted(&original));
    let characters: Vec<char> = original.chars().collect();
    let mut tried = 0;
    for at in 0..characters.len() {
        let mut variants: Vec<Vec<char>> = Vec::new();
        for replacement in ['A', 'B', 'a', '0', '1', '9', '+', '/', '=', ' ', '\n', '\t', '\r', '-', '\u{2014}', 'é'] {
            let mut changed = characters.clone();
            changed[at] = replacement;
            variants.push(changed);
        }
        if let Some(next) = char::from_u32(u32::from(characters[at]) ^ 1) {
            let mut changed = characters.clone();
            changed[at] = next;
            variants.push(changed);
        }
        let mut doubled = characters.clone();
        doubled.insert(at, characters[at]);
        variants.push(doubled);
        let mut removed = characters.clone();
        removed.remove(at);
        variants.push(removed);
        for variant in variants {
            let text: String = variant.into_iter().collect();
            if text != original {
                assert!(!accepted(&text), "accepted with a change at character {at}:\n{text}");
                tried += 1;
            }
        }
    }
    assert!(tried > 12_000, "{tried} mutations");
}

#[test]
fn one_witness_that_signs_twice_is_one() {
    let checkpoint = text("checkpoint");
    let mut lines: Vec<&str> = checkpoint.lines().collect();
    let town = lines[5];
    lines[6] = town;
    let repeated = SignedCheckpoint::parse(&format!("{}\n", lines.join("\n"))).unwrap();
    let expected = TlogError::Quorum { quorum: "both".into(), confirmed: "town-office.example/w1".into() };
    assert_eq!(repeated.confirmation(&policy("2")), Err(expected));
    assert!(repeated.confirmation(&policy("1")).is_ok());
}
