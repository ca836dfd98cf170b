//! The vault in the same troubles.

use siyi_log::vault::{EmbeddedVault, Sealed, Vault, seal};
use std::{fs, path::Path};
use uuid::Uuid;

const PERSON: Uuid = Uuid::from_u128(1);

fn sealed(number: u8) -> Sealed {
    seal([number; 32], PERSON, "name", "王小民").unwrap()
}

async fn put(vault: &EmbeddedVault, number: u8) {
    vault.put(vec![sealed(number).disclosure]).await.unwrap();
}

fn code(folder: &Path) -> &'static str {
    EmbeddedVault::open(folder).unwrap_err().code()
}

#[tokio::test]
async fn what_was_put_and_forgotten_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let vault = EmbeddedVault::open(folder.path()).unwrap();
    put(&vault, 1).await;
    vault.close().await;
    let vault = EmbeddedVault::open(folder.path()).unwrap();
    assert_eq!(vault.open(&sealed(1).digest).await.unwrap().unwrap().value, "王小民");
    assert_eq!(vault.forget(PERSON).await.unwrap(), 1);
    put(&vault, 2).await;
    drop(vault);
    let vault = EmbeddedVault::open(folder.path()).unwrap();
    assert_eq!(vault.open(&sealed(1).digest).await.unwrap(), None);
    assert_eq!(vault.of_subject(PERSON).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_second_open_is_refused_until_the_first_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let vault = EmbeddedVault::open(folder.path()).unwrap();
    assert_eq!(code(folder.path()), "store-in-use");
    vault.close().await;
    assert_eq!(vault.of_subject(PERSON).await.unwrap_err().code(), "store-unavailable");
    EmbeddedVault::open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_loss_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let vault = EmbeddedVault::open(folder.path()).unwrap();
    put(&vault, 1).await;
    vault.close().await;
    let marker = folder.path().join("siyi-vault.json");
    assert_eq!(fs::read_to_string(&marker).unwrap().trim(), r#"{"format":1,"kind":"siyi-vault"}"#);
    fs::remove_file(folder.path().join("engine/0.jnl")).unwrap();
    assert_eq!(code(folder.path()), "store-corrupt");
    fs::write(&marker, r#"{"format":2,"kind":"siyi-vault"}"#).unwrap();
    assert_eq!(code(folder.path()), "store-too-new");
    fs::remove_dir_all(folder.path().join("engine")).unwrap();
    fs::remove_file(&marker).unwrap();
    fs::write(folder.path().join("thesis.txt"), "").unwrap();
    assert_eq!(code(folder.path()), "store-foreign");
}
