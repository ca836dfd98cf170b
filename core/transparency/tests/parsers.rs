//! Whatever is read is written back the same, so that no text has two readings; and no input makes a reader panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what must be so")]

mod common;

use common::{log_key, witness_key};
use proptest::prelude::*;
use siyi_tlog::{
    AddCheckpoint, Bundle, Hash, InclusionProof, KeyList, Note, SignedCheckpoint, Signer, Tile, TrustPolicy,
    VerifierKey, decode_entries, encode_entries,
};

fn checkpoint() -> SignedCheckpoint {
    let mut note = log_key(7).sign_checkpoint(300, Hash([5; 32])).unwrap();
    for number in 0..3 {
        note.signatures.push(witness_key(number).cosign(&note.text, 1_767_000_000).unwrap());
    }
    SignedCheckpoint::of(note).unwrap()
}

fn proof() -> InclusionProof {
    let hashes = (0..9).map(|byte| Hash([byte; 32])).collect();
    InclusionProof { extra: Some(b"beside".to_vec()), index: 42, hashes, checkpoint: checkpoint() }
}

fn request() -> AddCheckpoint {
    AddCheckpoint { old: 256, proof: (0..5).map(|byte| Hash([byte; 32])).collect(), checkpoint: checkpoint() }
}

fn list() -> KeyList {
    KeyList::first(&log_key(7)).unwrap().rotated(&log_key(7), &log_key(9), 80).unwrap()
}

/// Every reader; a text that one of them takes must be what it writes.
fn read_everything(text: &str) {
    if let Ok(read) = Note::parse(text) {
        assert_eq!(read.to_string(), text);
    }
    if let Ok(read) = SignedCheckpoint::parse(text) {
        assert_eq!(read.note().to_string(), text);
        assert_eq!(read.checkpoint().text(), read.note().text);
    }
    if let Ok(read) = InclusionProof::parse(text) {
        assert_eq!(read.to_string(), text);
    }
    if let Ok(read) = AddCheckpoint::parse(text) {
        assert_eq!(read.to_string(), text);
    }
    if let Ok(read) = KeyList::parse(text) {
        assert_eq!(read.note().to_string(), text);
    }
    if let Ok(read) = VerifierKey::parse(text) {
        assert_eq!(read.to_string(), text);
    }
    if let Ok(read) = Signer::parse(text) {
        assert_eq!(*read.secret_text(), text);
    }
    if let Ok(read) = Tile::parse(text) {
        assert_eq!(read.to_string(), text);
    }
    if let Ok(read) = Bundle::parse(text) {
        assert_eq!(read.to_string(), text);
    }
    if let Ok(read) = Hash::from_base64(text) {
        assert_eq!(read.to_string(), text);
    }
    drop(TrustPolicy::parse(text));
}

fn originals() -> Vec<String> {
    let key = log_key(7);
    vec![
        checkpoint().note().to_string(),
        proof().to_string(),
        request().to_string(),
        list().note().to_string(),
        key.verifier().to_string(),
        key.secret_text().to_string(),
        common::policy(key.verifier()).text().into(),
        "tile/0/x001/x234/067.p/44".into(),
        "tile/entries/x001/234".into(),
        Hash([200; 32]).to_string(),
    ]
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(SignedCheckpoint::parse(&checkpoint().note().to_string()).unwrap(), checkpoint());
    assert_eq!(InclusionProof::parse(&proof().to_string()).unwrap(), proof());
    assert_eq!(AddCheckpoint::parse(&request().to_string()).unwrap(), request());
    assert_eq!(KeyList::parse(&list().note().to_string()).unwrap(), list());
    for text in originals() {
        read_everything(&text);
    }
}

#[test]
fn numbers_have_one_spelling() {
    let (proof, request, checkpoint) = (proof().to_string(), request().to_string(), checkpoint().note().to_string());
    for other in ["042", "+42", "4_2", "42 ", " 42", "0x2a", "", "-42"] {
        assert!(
            InclusionProof::parse(&proof.replacen("index 42\n", &format!("index {other}\n"), 1)).is_err(),
            "{other}"
        );
    }
    for other in ["0256", "+256", "256.0", "256 ", "", "-256", "1e2"] {
        assert!(AddCheckpoint::parse(&request.replacen("old 256\n", &format!("old {other}\n"), 1)).is_err(), "{other}");
    }
    for other in ["0300", "+300", "300 ", "", "3e2", "-300", "99999999999999999999", "9007199254740993"] {
        assert!(
            SignedCheckpoint::parse(&checkpoint.replacen("\n300\n", &format!("\n{other}\n"), 1)).is_err(),
            "{other}"
        );
    }
}

fn edited() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec(
        (any::<prop::sample::Index>(), 0..3_u8, any::<char>(), "[0-9A-Za-z+/= \n\u{2014}-]"),
        1..4,
    );
    (0..originals().len(), edits).prop_map(|(which, edits)| {
        let mut text: Vec<char> = originals().swap_remove(which).chars().collect();
        for (at, kind, any, likely) in edits {
            let at = at.index(text.len().max(1)).min(text.len().saturating_sub(1));
            let new = if kind == 2 { any } else { likely.chars().next().unwrap_or('0') };
            match kind {
                _ if text.is_empty() => text.push(new),
                0 => drop(text.splice(at..=at, [new])),
                1 => drop(text.remove(at)),
                _ => text.insert(at, new),
            }
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn an_edited_text_has_one_reading_or_none(text in edited()) {
        read_everything(&text);
    }

    #[test]
    fn any_text_has_one_reading_or_none(text in "\\PC{0,200}", lines in "[a-z0-9 \n+/=\u{2014}]{0,200}") {
        read_everything(&text);
        read_everything(&lines);
    }

    #[test]
    fn a_bundle_has_one_reading(bytes in prop::collection::vec(any::<u8>(), 0..200), width in 0..9_u16) {
        if let Ok(entries) = decode_entries(&bytes, width) {
            prop_assert_eq!(entries.len(), usize::from(width));
            prop_assert_eq!(encode_entries(entries).unwrap(), bytes);
        }
    }
}
