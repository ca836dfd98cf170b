//! How fast events are sealed on one core: hashing, files with fsync, the root recomputed from the files, signing.
//! The goal is 50,000 events a second.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up says so")]

use divan::{Bencher, counter::ItemsCount};
use serde_json::json;
use siyi_log::{
    memory::MemoryStore,
    port::{EventStore, Expected, NewEvent, StreamName},
};
use siyi_tlog::{KeyKind, Signer, TrustPolicy};
use siyi_transparency::sealer::{Sealer, SealerOptions};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;
use zeroize::Zeroizing;

const EVENTS: u64 = 100_000;

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    // One thread for everything, and one for what blocks: never more than one of them works.
    Builder::new_current_thread().max_blocking_threads(1).enable_all().build().expect("a runtime")
}

async fn store(events: u64) -> Arc<MemoryStore> {
    let store = MemoryStore::new();
    let stream = StreamName::new(format!("account-{}", Uuid::nil())).expect("a stream");
    let mut number = 0;
    while number < events {
        let batch: Vec<NewEvent> = (number..(number + 250).min(events))
            .map(|number| {
                // As long as a usual event: about 700 bytes with its envelope.
                let body = json!({ "number": number, "type": "vote-counted.v1", "data": "x".repeat(640) });
                NewEvent::new(Uuid::from_u128(u128::from(number) + 1), "vote-counted.v1", &body).expect("an event")
            })
            .collect();
        number += batch.len() as u64;
        store.append(&stream, Expected::Any, batch).await.expect("appended");
    }
    Arc::new(store)
}

async fn open(store: &Arc<MemoryStore>, folder: &TempDir) -> Sealer {
    let key = Signer::from_seed("log.village.example/bench", KeyKind::Log, &Zeroizing::new([7; 32])).expect("a key");
    let policy = TrustPolicy::parse(&format!("log {}\nquorum none\n", key.verifier())).expect("a policy");
    let mut options = SealerOptions::new(folder.path());
    options.interval = Duration::from_millis(500);
    Sealer::open(store.clone(), key, policy, Vec::new(), options).await.expect("opened")
}

/// From an empty folder to the published checkpoint over all events.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn seal_new_events(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let store = runtime.block_on(store(EVENTS));
    bencher
        .counter(ItemsCount::new(EVENTS))
        .with_inputs(|| {
            let folder = TempDir::new().expect("a folder");
            (runtime.block_on(open(&store, &folder)), folder)
        })
        .bench_local_values(|(mut sealer, folder)| {
            runtime.block_on(sealer.seal_all()).expect("sealed");
            (sealer, folder)
        });
}

/// Opening a sealed log: every event hashed again and every file compared.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn open_a_sealed_log(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let store = runtime.block_on(store(EVENTS));
    let folder = TempDir::new().expect("a folder");
    runtime.block_on(async { open(&store, &folder).await.seal_all().await }).expect("sealed");
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| runtime.block_on(open(&store, &folder)));
}

/// A receipt from the tiles of a log of 100,000 leaves.
#[divan::bench(sample_count = 100)]
fn prove_one_leaf(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let store = runtime.block_on(store(EVENTS));
    let folder = TempDir::new().expect("a folder");
    let mut sealer = runtime.block_on(open(&store, &folder));
    runtime.block_on(sealer.seal_all()).expect("sealed");
    let log = sealer.log();
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| log.proof_for_leaf(divan::black_box(54_321)).expect("a proof"));
}
