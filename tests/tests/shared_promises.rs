//! Every promise of the vault, of the rows behind the sign-in, of sign-in itself and of seeds, kept in PostgreSQL.
//!
//! The promises are those of `promises.rs`, unchanged; here the two nodes of a sign-in and of seeds are two clients of one database.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use siyi_log::clock::WallClock;
use siyi_log::keys::{FileMasterKey, MasterKey};
use siyi_log::vault::Vault;
use siyi_postgres::{Shared, UsedFor};
use siyi_sign_in::SecretRows;
use siyi_tests::postgres::Postgres;
use siyi_tests::promises::{seeds::Nodes as SeedNodes, sign_ins::Nodes};
use siyi_tests::test_each;
use std::sync::Arc;

/// Two nodes over a database of their own.
async fn nodes() -> (Shared, Shared) {
    let folder = tempfile::tempdir().unwrap();
    let master: Arc<dyn MasterKey> = Arc::new(FileMasterKey::create_file(folder.path().join("master.key")).unwrap());
    let address = Postgres::of_this_program().database();
    let node = || Shared::open(&address, Arc::clone(&master), Arc::new(WallClock), UsedFor::Real);
    (node().await.unwrap(), node().await.unwrap())
}

async fn vault() -> (Arc<dyn Vault>, (Shared, Shared)) {
    let nodes = nodes().await;
    (Arc::new(nodes.0.vault(30)), nodes)
}

async fn secrets() -> (Arc<dyn SecretRows>, (Shared, Shared)) {
    let nodes = nodes().await;
    (Arc::new(nodes.0.secrets().await.unwrap().0), nodes)
}

async fn sign_ins() -> (Nodes, (Shared, Shared)) {
    let nodes = nodes().await;
    let (here, there) = (nodes.0.secrets().await.unwrap(), nodes.1.secrets().await.unwrap());
    assert_eq!(here.1, there.1, "both make the same digests");
    let over = move || Nodes::over(Arc::new(here.0), Arc::new(there.0), &here.1);
    (tokio::task::spawn_blocking(over).await.unwrap(), nodes)
}

async fn seeds() -> (SeedNodes, (Shared, Shared)) {
    let nodes = nodes().await;
    let (here, there) = (nodes.0.seeds().await.unwrap(), nodes.1.seeds().await.unwrap());
    (SeedNodes { here: Arc::new(here), there: Arc::new(there) }, nodes)
}

mod vaults {
    use super::{test_each, vault as subject};
    siyi_tests::each_vault_promise!(test_each);
}

mod secrets {
    use super::{secrets as subject, test_each};
    siyi_tests::each_secrets_promise!(test_each);
}

mod sign_ins {
    use super::{sign_ins as subject, test_each};
    siyi_tests::each_sign_in_promise!(test_each);
}

mod seeds {
    use super::{seeds as subject, test_each};
    siyi_tests::each_seeds_promise!(test_each);
}
