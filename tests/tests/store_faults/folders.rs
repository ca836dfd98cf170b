//! Whose folder it is.

use super::vaults::keys;
use super::{all, append, numbers, open, other_process, other_process_folder};
use siyi_log::{embedded::EmbeddedStore, vault::EmbeddedVault};
use std::{fs, path::Path};

fn code(folder: &Path) -> &'static str {
    open(folder).map(|_: EmbeddedStore| ()).unwrap_err().code()
}

fn files(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_second_open_is_refused_until_the_first_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    append(&store, 1).await.unwrap();
    assert_eq!(code(folder.path()), "store-in-use");
    append(&store, 2).await.unwrap();
    store.close().await;
    let store = open(folder.path()).unwrap();
    assert_eq!(numbers(&all(&store).await), [1, 2]);
    drop(store);
    open(folder.path()).unwrap();
}

#[test]
fn a_second_process_is_refused() {
    if let Some(folder) = other_process_folder() {
        println!("the other process: {}", open(Path::new(&folder)).unwrap_err().code());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let _store = open(folder.path()).unwrap();
    let output = other_process("folders::a_second_process_is_refused", folder.path()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("the other process: store-in-use"), "{printed}");
}

#[test]
fn a_foreign_folder_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    assert_eq!(code(folder.path()), "store-foreign");
    assert_eq!(files(folder.path()), ["thesis.txt"]);
}

#[tokio::test]
async fn a_vault_is_no_store_and_a_store_is_no_vault() {
    let (_kept, keys) = keys();
    let folder = tempfile::tempdir().unwrap();
    EmbeddedVault::open(folder.path(), keys.clone()).unwrap().close().await;
    assert_eq!(code(folder.path()), "store-foreign");
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap().close().await;
    assert_eq!(EmbeddedVault::open(folder.path(), keys).unwrap_err().code(), "store-foreign");
}

#[test]
fn a_marker_of_another_kind_is_foreign() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    fs::write(folder.path().join("siyi-store.json"), r#"{"format":1,"kind":"something-else"}"#).unwrap();
    assert_eq!(code(folder.path()), "store-foreign");
}

#[test]
fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    let marker = folder.path().join("siyi-store.json");
    let text = fs::read_to_string(&marker).unwrap();
    assert_eq!(text.trim(), r#"{"format":1,"kind":"siyi-event-store"}"#);
    fs::write(&marker, text.replace(":1,", ":2,")).unwrap();
    assert_eq!(code(folder.path()), "store-too-new");
}

#[test]
fn a_marker_that_does_not_read_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    for text in ["", "{", r#"{"format":0,"kind":"siyi-event-store"}"#] {
        fs::write(folder.path().join("siyi-store.json"), text).unwrap();
        assert_eq!(code(folder.path()), "store-corrupt", "{text}");
    }
}

#[test]
fn a_store_without_its_marker_is_foreign() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    fs::remove_file(folder.path().join("siyi-store.json")).unwrap();
    assert_eq!(code(folder.path()), "store-foreign");
}

#[test]
fn an_initialisation_that_was_cut_short_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    // As the folder is just before the marker gets its name.
    let marker = folder.path().join("siyi-store.json");
    fs::rename(&marker, folder.path().join("siyi-store.json.new")).unwrap();
    fs::write(folder.path().join("siyi-store.initialising"), "").unwrap();
    fs::remove_file(folder.path().join("engine/version")).unwrap();
    drop(open(folder.path()).unwrap());
    assert_eq!(files(folder.path()), ["acknowledged", "engine", "siyi-store.json", "siyi-store.lock"]);
    // As it is just behind that moment.
    fs::write(folder.path().join("siyi-store.initialising"), "").unwrap();
    drop(open(folder.path()).unwrap());
    assert_eq!(files(folder.path()), ["acknowledged", "engine", "siyi-store.json", "siyi-store.lock"]);
}

#[test]
fn a_folder_is_created_with_those_above_it() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder.path().join("a/b/c")).unwrap());
    assert!(folder.path().join("a/b/c/siyi-store.json").is_file());
}

#[test]
fn a_folder_that_cannot_be_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(code(&file.join("store")), "store-unavailable");
}
