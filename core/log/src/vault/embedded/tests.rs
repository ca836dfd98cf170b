//! What only this crate can look at: the rows as they lie on the disk.

use crate::keys::{FileMasterKey, Keys, Purpose, SEAL_BYTES};
use crate::vault::row::{PAD_BYTES, SealedRow};
use crate::vault::{EmbeddedVault, Sealed, Vault, seal};
use secrecy::SecretBox;
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use uuid::Uuid;

const PERSON: Uuid = Uuid::from_u128(1);

fn open(folder: &Path) -> (EmbeddedVault, Arc<Keys>) {
    let master = Arc::new(FileMasterKey::from_secret(SecretBox::new(Box::new([1; 32]))));
    let keys = Arc::new(Keys::open(folder.join("keys"), master).unwrap());
    (EmbeddedVault::open(folder.join("vault"), Arc::clone(&keys)).unwrap(), keys)
}

fn sealed(number: u8, value: &str) -> Sealed {
    seal([number; 32], PERSON, "opinion", value).unwrap()
}

async fn with_one() -> (TempDir, EmbeddedVault, Arc<Keys>, Sealed) {
    let folder = tempfile::tempdir().unwrap();
    let (vault, keys) = open(folder.path());
    let opinion = sealed(1, "no");
    vault.put(vec![opinion.disclosure.clone()]).await.unwrap();
    (folder, vault, keys, opinion)
}

fn raw(vault: &EmbeddedVault, sealed: &Sealed) -> Vec<u8> {
    let rows = vault.rows.read().unwrap();
    rows.as_ref().unwrap().disclosures.get(sealed.disclosure.digest_bytes()).unwrap().unwrap().to_vec()
}

fn put_raw(vault: &EmbeddedVault, sealed: &Sealed, row: &[u8]) {
    let rows = vault.rows.read().unwrap();
    rows.as_ref().unwrap().disclosures.insert(sealed.disclosure.digest_bytes(), row).unwrap();
}

#[tokio::test]
async fn every_changed_bit_of_a_row_is_noticed_or_forgotten() {
    let (_folder, vault, keys, opinion) = with_one().await;
    let row = raw(&vault, &opinion);
    // Before the nonce stand person, purpose and key id: a row that names a key which is not there is forgotten.
    for bit in 0..row.len() * 8 {
        let mut changed = row.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        put_raw(&vault, &opinion, &changed);
        match vault.open(&opinion.digest).await {
            Err(error) => assert_eq!(error.code(), "store-corrupt"),
            Ok(opened) => assert!(opened.is_none() && bit < 33 * 8, "bit {bit}"),
        }
    }
    // Under the key of another purpose that is there, too.
    keys.obtain(&[(PERSON, Purpose::Roll)]).unwrap();
    let mut changed = row.clone();
    changed[16] = Purpose::Roll.number();
    changed[17..33].copy_from_slice(keys.find(PERSON, Purpose::Roll).unwrap().unwrap().id().as_bytes());
    put_raw(&vault, &opinion, &changed);
    assert_eq!(vault.open(&opinion.digest).await.unwrap_err().code(), "store-corrupt");
    put_raw(&vault, &opinion, &row);
    assert_eq!(vault.open(&opinion.digest).await.unwrap().unwrap().value, "no");
}

#[tokio::test]
async fn a_row_does_not_open_under_another_digest() {
    let (_folder, vault, keys, opinion) = with_one().await;
    let other = sealed(2, "no");
    // By its encryption, before anybody looks at the digest of the text.
    let (row, key) =
        (SealedRow::read(&raw(&vault, &opinion)).unwrap(), keys.find(PERSON, Purpose::Voice).unwrap().unwrap());
    row.open(&opinion.disclosure.digest_bytes(), &key).unwrap();
    assert_eq!(row.open(&other.disclosure.digest_bytes(), &key).unwrap_err().code(), "store-corrupt");
    put_raw(&vault, &other, &raw(&vault, &opinion));
    assert_eq!(vault.open(&other.digest).await.unwrap_err().code(), "store-corrupt");
}

#[tokio::test]
async fn equal_values_never_share_ciphertext() {
    let (_folder, vault, keys, opinion) = with_one().await;
    let key = keys.find(PERSON, Purpose::Voice).unwrap().unwrap();
    let row = raw(&vault, &opinion);
    let again = SealedRow::seal(&opinion.disclosure, &key).unwrap().bytes();
    assert_eq!(row[..33], again[..33]);
    // Neither the nonce nor any 8 bytes behind it come again, even where salt and value are the same.
    for piece in row[33..].windows(8) {
        assert!(!again[33..].windows(8).any(|other| other == piece));
    }
}

#[test]
fn a_row_tells_no_length_within_64_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (_vault, keys) = open(folder.path());
    let key = keys.obtain(&[(PERSON, Purpose::Voice)]).unwrap().remove(0);
    let mut sizes: Vec<_> = (0..200)
        .map(|length| {
            let row = SealedRow::seal(&sealed(1, &"x".repeat(length)).disclosure, &key).unwrap();
            let size = row.bytes().len() - 33 - SEAL_BYTES;
            assert_eq!(size % PAD_BYTES, 0);
            assert_eq!(
                row.open(&sealed(1, &"x".repeat(length)).disclosure.digest_bytes(), &key).unwrap().text.len()
                    / PAD_BYTES,
                size / PAD_BYTES - 1
            );
            size
        })
        .collect();
    sizes.dedup();
    assert!(sizes.len() <= 6, "{sizes:?}");
    assert_eq!(sealed(1, "yes").disclosure.text.len() / PAD_BYTES, sealed(1, "no").disclosure.text.len() / PAD_BYTES);
}

#[tokio::test]
async fn a_row_whose_key_is_destroyed_is_forgotten_and_can_be_put_again() {
    let (_folder, vault, keys, opinion) = with_one().await;
    // As a crash leaves it between the keys and the rows.
    keys.destroy(PERSON).unwrap();
    assert_eq!(vault.open(&opinion.digest).await.unwrap(), None);
    assert!(vault.of_subject(PERSON).await.unwrap().is_empty());
    vault.put(vec![opinion.disclosure.clone()]).await.unwrap();
    assert_eq!(vault.open(&opinion.digest).await.unwrap().unwrap().value, "no");
    keys.destroy(PERSON).unwrap();
    // Nobody holds it, so another may; and the index of the first leads nowhere then.
    let other = seal([1; 32], Uuid::from_u128(2), "opinion", "no").unwrap();
    assert_eq!(other.digest, opinion.digest);
    vault.put(vec![other.disclosure]).await.unwrap();
    assert_eq!(vault.forget(PERSON).await.unwrap(), 0);
    assert_eq!(vault.open(&opinion.digest).await.unwrap().unwrap().subject, Uuid::from_u128(2));
}

#[tokio::test]
async fn a_forgotten_row_leaves_the_tables() {
    let (folder, vault, _keys, opinion) = with_one().await;
    let row = raw(&vault, &opinion);
    // Any 32 bytes of what was encrypted.
    let piece = &row[70..102];
    let tables = folder.path().join("vault/engine/keyspaces");
    vault.rows.read().unwrap().as_ref().unwrap().compact();
    assert!(holds(&tables, piece), "the test looks in the wrong place");
    assert_eq!(vault.forget(PERSON).await.unwrap(), 1);
    assert!(!holds(&tables, piece));
}

fn holds(folder: &Path, piece: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, piece);
        }
        fs::read(path).unwrap().windows(piece.len()).any(|window| window == piece)
    })
}
