//! Every promise, on every adapter.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code beside the test functions")]

use siyi_log::{
    embedded::{EmbeddedStore, Options},
    keys::{FileMasterKey, Keys},
    memory::MemoryStore,
    port::EventStore,
    vault::{EmbeddedVault, MemorySeeds, MemoryVault, Seeds, Vault},
};
use siyi_sign_in::{FolderRows, SecretRows};
use siyi_tests::promises::{seeds::Nodes as SeedNodes, sign_ins::Nodes};
use std::{future::Future, sync::Arc, time::Duration};
use tempfile::TempDir;

/// A promise that waits for what never comes fails.
async fn within_a_minute(promise: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_mins(1), promise).await.expect("the promise is not kept within a minute");
}

fn memory_store() -> (Arc<dyn EventStore>, ()) {
    (Arc::new(MemoryStore::new()), ())
}

fn embedded_store() -> (Arc<dyn EventStore>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (Arc::new(EmbeddedStore::open(folder.path(), Options::default()).unwrap()), folder)
}

fn memory_vault() -> (Arc<dyn Vault>, ()) {
    (Arc::new(MemoryVault::new()), ())
}

fn embedded_vault() -> (Arc<dyn Vault>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let master = FileMasterKey::create_file(folder.path().join("master.key")).unwrap();
    let keys = Keys::open(folder.path().join("keys"), Arc::new(master)).unwrap();
    (Arc::new(EmbeddedVault::open(folder.path().join("vault"), Arc::new(keys)).unwrap()), folder)
}

fn secrets_in_a_folder() -> (Arc<dyn SecretRows>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (rows, _) = FolderRows::open(&folder.path().join("sign-in")).unwrap();
    (Arc::new(rows), folder)
}

fn sign_in_over_a_folder() -> (Nodes, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (rows, key) = FolderRows::open(&folder.path().join("sign-in")).unwrap();
    let rows: Arc<dyn SecretRows> = Arc::new(rows);
    (Nodes::over(Arc::clone(&rows), rows, &key), folder)
}

fn seeds_in_memory() -> (SeedNodes, ()) {
    let here: Arc<dyn Seeds> = Arc::new(MemorySeeds::default());
    (SeedNodes { there: Arc::clone(&here), here }, ())
}

/// One test for each promise; the adapter's factory is `super::subject`.
macro_rules! test_each {
    ($theme:ident: $($promise:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let (subject, _kept) = subject();
                super::within_a_minute(siyi_tests::promises::$theme::$promise(subject)).await;
            }
        )*
    };
}

mod memory {
    use super::memory_store as subject;
    siyi_tests::each_store_promise!(test_each);
}

mod embedded {
    use super::embedded_store as subject;
    siyi_tests::each_store_promise!(test_each);
}

mod vault_in_memory {
    use super::memory_vault as subject;
    siyi_tests::each_vault_promise!(test_each);
}

mod vault_embedded {
    use super::embedded_vault as subject;
    siyi_tests::each_vault_promise!(test_each);
}

mod secrets_in_a_folder {
    use super::secrets_in_a_folder as subject;
    siyi_tests::each_secrets_promise!(test_each);
}

mod sign_in_over_a_folder {
    use super::sign_in_over_a_folder as subject;
    siyi_tests::each_sign_in_promise!(test_each);
}

mod seeds_in_memory {
    use super::seeds_in_memory as subject;
    siyi_tests::each_seeds_promise!(test_each);
}

/// A promise that somebody wrote and did not list would never run.
#[test]
fn every_promise_is_listed() {
    let lists = include_str!("../src/promises.rs");
    let listed: Vec<&str> = lists.lines().map(str::trim).collect();
    let sources = [
        include_str!("../src/promises/appending.rs"),
        include_str!("../src/promises/attachments.rs"),
        include_str!("../src/promises/blobs.rs"),
        include_str!("../src/promises/following.rs"),
        include_str!("../src/promises/indexes.rs"),
        include_str!("../src/promises/racing.rs"),
        include_str!("../src/promises/reading.rs"),
        include_str!("../src/promises/repeating.rs"),
        include_str!("../src/promises/secrets.rs"),
        include_str!("../src/promises/seeds.rs"),
        include_str!("../src/promises/sign_ins.rs"),
        include_str!("../src/promises/vaults.rs"),
    ];
    let mut written = 0;
    for line in sources.iter().flat_map(|source| source.lines()) {
        if let Some((name, _)) = line.strip_prefix("pub async fn ").and_then(|line| line.split_once('(')) {
            assert!(listed.contains(&name), "the promise `{name}` is not listed");
            written += 1;
        }
    }
    assert!(written > 60, "only {written} promises were found");
}
