//! Several nodes over one database, and a database that does not serve.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use siyi_log::clock::{Clock, WallClock};
use siyi_log::keys::{FileMasterKey, MasterKey};
use siyi_log::vault::{MAX_SEEDS, SEED_KEPT_MS, Seed, Seeds, Vault, VaultError, seal};
use siyi_postgres::{Shared, SharedError, UsedFor};
use siyi_tests::postgres::Postgres;
use std::sync::Arc;
use uuid::Uuid;

const PERSON: Uuid = Uuid::from_u128(7);

fn master() -> Arc<dyn MasterKey> {
    let folder = tempfile::tempdir().unwrap();
    Arc::new(FileMasterKey::create_file(folder.path().join("master.key")).unwrap())
}

async fn node(address: &str, master: &Arc<dyn MasterKey>) -> Result<Shared, SharedError> {
    Shared::open(address, Arc::clone(master), Arc::new(WallClock), UsedFor::Real).await
}

async fn refusal(address: &str, master: &Arc<dyn MasterKey>) -> &'static str {
    node(address, master).await.unwrap_err().code()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_forgotten_at_one_node_is_unknown_at_all_from_then_on() {
    let (address, master) = (Postgres::of_this_program().database(), master());
    let (here, there) = (node(&address, &master).await.unwrap(), node(&address, &master).await.unwrap());
    let (here, there) = (here.vault(0), there.vault(0));
    let name = seal([7; 32], PERSON, "name", "张三").unwrap();
    here.put(vec![name.disclosure]).await.unwrap();
    // The other node has opened it, and may keep nothing by which it could do so again.
    assert_eq!(there.open(&name.digest).await.unwrap().unwrap().value, "张三");
    assert_eq!(here.forget(PERSON).await.unwrap(), 1);
    assert_eq!(there.open(&name.digest).await.unwrap(), None);
    assert_eq!(there.of_subject(PERSON).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_loses_nothing_and_is_found_again() {
    let (postgres, master) = (Postgres::start(), master());
    let address = postgres.database();
    let shared = node(&address, &master).await.unwrap();
    let vault = shared.vault(0);
    let [before, after] = [1, 2].map(|salt| seal([salt; 32], PERSON, "name", "张三").unwrap());
    vault.put(vec![before.disclosure]).await.unwrap();
    postgres.kill();
    assert_eq!(shared.ping().await.unwrap_err().code(), "store-unavailable");
    let refused = vault.put(vec![after.disclosure.clone()]).await.unwrap_err();
    assert!(matches!(refused, VaultError::Unavailable { .. }), "{refused}");
    assert_eq!(vault.open(&before.digest).await.unwrap_err().code(), "store-unavailable");
    assert_eq!(node(&address, &master).await.unwrap_err().code(), "store-unavailable");
    postgres.go_on();
    assert_eq!(vault.open(&before.digest).await.unwrap().unwrap().value, "张三");
    assert_eq!(vault.open(&after.digest).await.unwrap(), None);
    vault.put(vec![after.disclosure]).await.unwrap();
    assert_eq!(vault.of_subject(PERSON).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_ours_is_refused_and_not_touched() {
    let (postgres, master, another) = (Postgres::of_this_program(), master(), master());
    let address = postgres.database();
    let name = address.rsplit_once("localhost/").unwrap().1.split('?').next().unwrap().to_owned();
    assert_eq!(refusal(&postgres.address(&name, "not the password"), &master).await, "shared-denied");
    assert_eq!(refusal("mysql://localhost/siyi", &master).await, "shared-address-malformed");
    assert_eq!(refusal("postgres://siyi@db.example/siyi?sslmode=disable", &master).await, "shared-not-protected");
    assert_eq!(postgres.ask(&address, "select count(*) from pg_namespace where nspname = 'siyi'"), "0");

    node(&address, &master).await.unwrap();
    assert_eq!(refusal(&address, &another).await, "master-key-wrong");
    let trial = Shared::open(&address, Arc::clone(&master), Arc::new(WallClock), UsedFor::Trial).await;
    assert_eq!(trial.unwrap_err().code(), "shared-used-otherwise");
    node(&address, &master).await.unwrap();

    let _ = postgres.ask(&address, "insert into siyi.schema_version (version) values (99)");
    assert_eq!(refusal(&address, &master).await, "store-too-new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_sync_is_refused() {
    let (postgres, master) = (Postgres::start(), master());
    let address = postgres.database();
    postgres.stop();
    postgres.go_on_unsynced();
    assert_eq!(node(&address, &master).await.unwrap_err().code(), "shared-not-durable");
    postgres.stop();
    postgres.go_on();
    node(&address, &master).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seed_is_in_no_log_and_the_oldest_gives_way() {
    let (postgres, master) = (Postgres::of_this_program(), master());
    let address = postgres.database();
    let seeds = node(&address, &master).await.unwrap().seeds().await.unwrap();
    // PostgreSQL 13 and newer, `CREATE TABLE`: an unlogged table is not written to the write-ahead log.
    let unlogged = "select relpersistence from pg_class where oid = 'siyi.seeds'::regclass";
    assert_eq!(postgres.ask(&address, unlogged), "u");
    let (act, now) = (Uuid::from_u128(u128::MAX), WallClock.now());
    let put = |number: usize, kept_ms: i64| {
        format!(
            "insert into siyi.seeds select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, {kept_ms} + n, '' \
             from generate_series(1, {number}) n"
        )
    };
    let _ = postgres.ask(&address, &put(MAX_SEEDS, now.millisecond() - 20_000));
    seeds.keep(act, Seed::from_bytes([9; 32]), now).await.unwrap();
    let count = "select count(*), min(command::text) from siyi.seeds";
    assert_eq!(postgres.ask(&address, count), format!("{MAX_SEEDS}|00000000-0000-0000-0000-000000000002"));
    assert_eq!(
        postgres.ask(&address, "select count(*) from siyi.seeds where position('\\x09090909' in sealed) > 0"),
        "0"
    );
    let _ = postgres.ask(&address, &format!("update siyi.seeds set kept_ms = kept_ms - {SEED_KEPT_MS}"));
    seeds.keep(act, Seed::from_bytes([9; 32]), now).await.unwrap();
    assert_eq!(postgres.ask(&address, count), format!("1|{act}"), "what nobody took is gone");
}
