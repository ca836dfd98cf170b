//! The vault in the same troubles.

use siyi_log::keys::{FileMasterKey, Keys};
use siyi_log::vault::{EmbeddedVault, Sealed, Vault, seal};
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use uuid::Uuid;

const PERSON: Uuid = Uuid::from_u128(1);

fn sealed(number: u8) -> Sealed {
    seal([number; 32], PERSON, "name", "王小民").unwrap()
}

async fn put(vault: &EmbeddedVault, number: u8) {
    vault.put(vec![sealed(number).disclosure]).await.unwrap();
}

/// A key store of its own.
pub fn keys() -> (TempDir, Arc<Keys>) {
    let folder = tempfile::tempdir().unwrap();
    let master = FileMasterKey::create_file(folder.path().join("master.key")).unwrap();
    let keys = Keys::open(folder.path().join("keys"), Arc::new(master)).unwrap();
    (folder, Arc::new(keys))
}

fn open(folder: &Path, keys: &Arc<Keys>) -> EmbeddedVault {
    EmbeddedVault::open(folder, Arc::clone(keys)).unwrap()
}

fn code(folder: &Path, keys: &Arc<Keys>) -> &'static str {
    EmbeddedVault::open(folder, Arc::clone(keys)).unwrap_err().code()
}

#[tokio::test]
async fn what_was_put_and_forgotten_stays_so() {
    let ((_kept, keys), folder) = (keys(), tempfile::tempdir().unwrap());
    let vault = open(folder.path(), &keys);
    put(&vault, 1).await;
    vault.close().await;
    let vault = open(folder.path(), &keys);
    assert_eq!(vault.open(&sealed(1).digest).await.unwrap().unwrap().value, "王小民");
    assert_eq!(vault.forget(PERSON).await.unwrap(), 1);
    put(&vault, 2).await;
    drop(vault);
    let vault = open(folder.path(), &keys);
    assert_eq!(vault.open(&sealed(1).digest).await.unwrap(), None);
    assert_eq!(vault.of_subject(PERSON).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_second_open_is_refused_until_the_first_is_closed() {
    let ((_kept, keys), folder) = (keys(), tempfile::tempdir().unwrap());
    let vault = open(folder.path(), &keys);
    assert_eq!(code(folder.path(), &keys), "store-in-use");
    vault.close().await;
    assert_eq!(vault.of_subject(PERSON).await.unwrap_err().code(), "store-unavailable");
    open(folder.path(), &keys);
}

#[tokio::test]
async fn a_loss_is_noticed() {
    let ((_kept, keys), folder) = (keys(), tempfile::tempdir().unwrap());
    let vault = open(folder.path(), &keys);
    put(&vault, 1).await;
    vault.close().await;
    let marker = folder.path().join("siyi-vault.json");
    assert_eq!(fs::read_to_string(&marker).unwrap().trim(), r#"{"format":2,"kind":"siyi-vault"}"#);
    fs::remove_file(folder.path().join("engine/0.jnl")).unwrap();
    assert_eq!(code(folder.path(), &keys), "store-corrupt");
    fs::write(&marker, r#"{"format":3,"kind":"siyi-vault"}"#).unwrap();
    assert_eq!(code(folder.path(), &keys), "store-too-new");
    fs::remove_dir_all(folder.path().join("engine")).unwrap();
    fs::remove_file(&marker).unwrap();
    fs::write(folder.path().join("thesis.txt"), "").unwrap();
    assert_eq!(code(folder.path(), &keys), "store-foreign");
}

#[tokio::test]
async fn a_vault_from_before_the_encryption_is_refused_and_left_as_it_is() {
    let ((_kept, keys), folder) = (keys(), tempfile::tempdir().unwrap());
    open(folder.path(), &keys).close().await;
    let marker = folder.path().join("siyi-vault.json");
    let plain = r#"{"format":1,"kind":"siyi-vault"}"#;
    fs::write(&marker, plain).unwrap();
    assert_eq!(code(folder.path(), &keys), "store-foreign");
    assert_eq!(fs::read_to_string(&marker).unwrap(), plain);
}

#[tokio::test]
async fn a_vault_is_not_opened_with_the_keys_of_another() {
    let ((_kept, own), (_also_kept, other), folder) = (keys(), keys(), tempfile::tempdir().unwrap());
    open(folder.path(), &own).close().await;
    assert_eq!(code(folder.path(), &other), "store-corrupt");
    let keystore = folder.path().join("keystore");
    let whole = fs::read(&keystore).unwrap();
    fs::remove_file(&keystore).unwrap();
    assert_eq!(code(folder.path(), &own), "store-corrupt");
    fs::write(&keystore, whole).unwrap();
    open(folder.path(), &own);
}
