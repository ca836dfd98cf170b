//! The sealer builds the tree that the events make, serves it, and gives receipts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use async_trait::async_trait;
use common::{ORIGIN, append, event, files, leaves, log_key, no_witness, open, policy, sealed, store_of};
use futures::{StreamExt, stream::BoxStream};
use siyi_log::{
    embedded::{EmbeddedStore, Options},
    memory::MemoryStore,
    port::{
        AllFrom, AppendError, Appended, Batch, Direction, EventStore, Expected, NewEvent, Position, ReadError,
        ReadFrom, StoredEvent, StreamName,
    },
};
use siyi_tlog::{Hash, InclusionProof, TlogError, record_hash};
use siyi_transparency::{
    SealError, root_of,
    sealer::{HeadsKept, Sealer, SealerOptions},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};
use tempfile::tempdir;
use tokio::sync::watch;
use uuid::Uuid;

/// The root by the definition in RFC 6962 section 2.1, in the words of the definition.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => siyi_tlog::sha256(b"").0,
        [leaf] => *leaf,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            let (left, right) = (root(&leaves[..split]), root(&leaves[split..]));
            siyi_tlog::sha256(&[[1].as_slice(), &left, &right].concat()).0
        }
    }
}

#[tokio::test]
async fn the_root_is_that_of_the_domains_events_in_log_order() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..900).await);
    let sealer = sealed(&store, folder.path()).await;
    let published = sealer.log().published().unwrap();
    let hashes: Vec<[u8; 32]> = leaves(&*store).await.iter().map(|event| record_hash(&event.body).0).collect();
    assert_eq!(hashes.len(), 720);
    assert_eq!(published.checkpoint().size, 720);
    assert_eq!(published.checkpoint().root.0, root(&hashes));
    assert_eq!(published.checkpoint().origin, ORIGIN);
}

#[tokio::test]
async fn the_root_needs_no_tiles() {
    let store = store_of(0..0).await;
    for size in 0..70_u64 {
        let hashes: Vec<[u8; 32]> = leaves(&*store).await.iter().map(|event| record_hash(&event.body).0).collect();
        assert_eq!(root_of(&*store).await.unwrap(), (hashes.len() as u64, Hash(root(&hashes))));
        append(&*store, size..size + 1).await;
    }
    append(&*store, 70..2500).await;
    let hashes: Vec<[u8; 32]> = leaves(&*store).await.iter().map(|event| record_hash(&event.body).0).collect();
    assert_eq!(root_of(&*store).await.unwrap(), (2000, Hash(root(&hashes))));
}

#[tokio::test]
async fn each_event_has_a_receipt_that_proves_it() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    let sealer = sealed(&store, folder.path()).await;
    let policy = no_witness(log_key(7).verifier());
    for (leaf, event) in leaves(&*store).await.into_iter().enumerate() {
        let text = sealer.log().proof_for(event.position).unwrap().to_string();
        let proof = InclusionProof::parse(&text).unwrap();
        assert_eq!(proof.index, leaf as u64);
        proof.verify(&policy, &event.body).unwrap();
        assert_eq!(sealer.log().position_of(leaf as u64).unwrap(), event.position);
        assert_eq!(sealer.log().entry(leaf as u64).unwrap(), event.body);
    }
}

#[tokio::test]
async fn what_is_no_leaf_or_not_covered_has_no_receipt() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..9).await);
    let sealer = sealed(&store, folder.path()).await;
    append(&*store, 9..12).await;
    let code = |position| sealer.log().proof_for(Position(position)).unwrap_err().code();
    assert_eq!(code(4), "log-no-leaf");
    assert_eq!(code(10), "log-not-covered");
    assert_eq!(sealer.log().proof_for_leaf(8).unwrap_err().code(), "log-not-covered");
}

/// However the sealing was cut into rounds and restarts, the files are those of one round from zero.
#[tokio::test]
async fn rounds_and_restarts_make_the_same_tree_as_one_round() {
    let (whole, pieces) = (tempdir().unwrap(), tempdir().unwrap());
    let store = store_of(0..0).await;
    let mut end = 0;
    for step in [1, 2, 253, 64, 1, 320, 700, 3, 1025] {
        append(&*store, end..end + step).await;
        end += step;
        let mut sealer = open(&store, pieces.path()).await.unwrap();
        sealer.seal_all().await.unwrap();
        append(&*store, end..end + 5).await;
        end += 5;
        sealer.seal_all().await.unwrap();
    }
    let zero = sealed(&store, whole.path()).await;
    let kept = files(pieces.path());
    let published = files(whole.path());
    assert!(published.iter().any(|(name, _)| name.starts_with("tile/1/")));
    // The head says what was published before it, which is another size in each round.
    for file in published.iter().filter(|(name, _)| name != "lock" && name != "head") {
        assert!(kept.contains(file), "{} differs", file.0);
    }
    assert_eq!(zero.log().size(), leaves(&*store).await.len() as u64);
}

#[tokio::test]
async fn a_lost_folder_is_written_again_identically() {
    let (folder, again, store) = (tempdir().unwrap(), tempdir().unwrap(), store_of(0..2000).await);
    drop(sealed(&store, folder.path()).await);
    drop(sealed(&store, again.path()).await);
    assert_eq!(files(folder.path()), files(again.path()));
}

#[tokio::test]
async fn damaged_and_missing_tiles_are_written_again() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..2000).await);
    drop(sealed(&store, folder.path()).await);
    let before = files(folder.path());
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("tile/") || name == "positions") {
        let mut changed = bytes.clone();
        changed[0] ^= 1;
        std::fs::write(folder.path().join(name), changed).unwrap();
        drop(open(&store, folder.path()).await.unwrap());
        assert!(files(folder.path()) == before, "{name} was not mended after a change");
        std::fs::remove_file(folder.path().join(name)).unwrap();
        drop(open(&store, folder.path()).await.unwrap());
        assert!(files(folder.path()) == before, "{name} was not mended after a loss");
    }
}

/// Flips one bit of a file when the disk is asked for a step that comes behind the tiles.
struct Flip(std::path::PathBuf, std::sync::atomic::AtomicBool);

impl siyi_transparency::DiskFaults for Flip {
    fn step(&self, what: &str) -> std::io::Result<()> {
        if what == "sync in place" && self.1.swap(false, std::sync::atomic::Ordering::SeqCst) {
            let mut bytes = std::fs::read(&self.0)?;
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            std::fs::write(&self.0, bytes)?;
        }
        Ok(())
    }
}

/// As one log was lost in 2021: a bit flipped between the memory and the file.
#[tokio::test]
async fn a_bit_that_flips_on_the_way_to_the_disk_is_not_signed() {
    let written =
        ["tile/0/000", "tile/0/001", "tile/0/002.p/48", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/48"];
    for file in written {
        let (folder, store) = (tempdir().unwrap(), store_of(0..200).await);
        drop(sealed(&store, folder.path()).await);
        append(&*store, 200..700).await;
        let flip = Flip(folder.path().join(file), true.into());
        let options = SealerOptions { faults: Some(Arc::new(flip)), ..SealerOptions::new(folder.path()) };
        let key = log_key(7);
        let policy = no_witness(key.verifier());
        let mut sealer = Sealer::open(store.clone(), key, policy, vec![], options).await.unwrap();
        let refused = sealer.seal_all().await.unwrap_err();
        assert_eq!(refused.code(), "log-files-damaged", "{file}: {refused}");
        assert_eq!(sealer.log().size(), 160);
        drop(sealer);
        // The disk is whole again, and so is the log.
        assert_eq!(sealed(&store, folder.path()).await.log().size(), 560);
    }
}

/// A full tile of tiles is covered by its parent alone: the root at the edge does not show that it is wrong.
#[tokio::test]
async fn a_bit_that_flips_in_a_tile_of_tiles_is_not_signed() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..4).await);
    for first in (10_000..76_000).step_by(250) {
        store.append(&common::stream(0), Expected::Any, (first..first + 250).map(event).collect()).await.unwrap();
    }
    let flip = Flip(folder.path().join("tile/1/000"), true.into());
    let options = SealerOptions { faults: Some(Arc::new(flip)), ..SealerOptions::new(folder.path()) };
    let key = log_key(7);
    let policy = no_witness(key.verifier());
    let mut sealer = Sealer::open(store.clone(), key, policy, vec![], options).await.unwrap();
    let refused = sealer.seal_all().await.unwrap_err();
    assert!(matches!(refused, SealError::Served(TlogError::Forged { .. })), "{refused}");
    assert_eq!(sealer.log().size(), 0);
    drop(sealer);
    assert_eq!(sealed(&store, folder.path()).await.log().size(), 66_004);
}

#[tokio::test]
async fn a_tile_changed_later_gives_no_receipt() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..700).await);
    let sealer = sealed(&store, folder.path()).await;
    let tile = folder.path().join("tile/0/000");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    let refused = sealer.log().proof_for_leaf(3).unwrap_err();
    assert!(matches!(refused, SealError::Served(TlogError::Forged { .. })), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_sealer_is_at_most_a_second_behind() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..10).await);
    let (opened, home) = (store.clone(), folder.path().to_owned());
    let sealer = tokio::spawn(async move { open(&opened, &home).await.unwrap() }).await.unwrap();
    let log = sealer.log();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(sealer.run(async { drop(stopped.await) }));
    let mut watch = log.watch();
    for end in [20, 35, 50] {
        append(&*store, end - 10..end).await;
        let want = leaves(&*store).await.len() as u64;
        let covered = watch.wait_for(|now| now.as_ref().is_some_and(|now| now.checkpoint().size >= want));
        tokio::time::timeout(Duration::from_secs(1), covered).await.expect("a second behind").unwrap();
    }
    append(&*store, 50..60).await;
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert!(log.size() >= 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_store_makes_the_tree_of_the_memory_store() {
    let (folder, other, data) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let store = store_of(0..600).await;
    let embedded = Arc::new(EmbeddedStore::open(data.path(), Options::default()).unwrap());
    append(&*embedded, 0..600).await;
    drop(sealed(&store, folder.path()).await);
    let key = log_key(7);
    let policy = no_witness(key.verifier());
    let mut sealer = Sealer::open(embedded, key, policy, Vec::new(), SealerOptions::new(other.path())).await.unwrap();
    sealer.seal_all().await.unwrap();
    assert_eq!(files(folder.path()), files(other.path()));
}

#[tokio::test]
async fn two_nodes_sign_one_history_and_the_claims_are_no_leaves() {
    let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
    let store = store_of(0..100).await;
    let heads = || HeadsKept::InStream(StreamName::new("tlog-heads").unwrap());
    let mut nodes = Vec::new();
    for folder in [&one, &two] {
        let options = SealerOptions { heads: heads(), ..SealerOptions::new(folder.path()) };
        let key = log_key(7);
        let policy = no_witness(key.verifier());
        nodes
            .push(Sealer::open(Arc::clone(&store) as Arc<dyn EventStore>, key, policy, vec![], options).await.unwrap());
    }
    let mut end = 100;
    for round in 0..6 {
        append(&*store, end..end + 30).await;
        end += 30;
        nodes[round % 2].seal_all().await.unwrap();
        append(&*store, end..end + 3).await;
        end += 3;
        nodes[(round + 1) % 2].seal_all().await.unwrap();
        nodes[round % 2].seal_all().await.unwrap();
        assert_eq!(nodes[0].log().published(), nodes[1].log().published());
    }
    let leaves = leaves(&*store).await;
    assert!(leaves.iter().all(|event| event.stream.as_str() != "tlog-heads"));
    assert_eq!(nodes[0].log().size(), leaves.len() as u64);
}

async fn copy_claims(from: &MemoryStore, to: &MemoryStore) -> usize {
    let heads = StreamName::new("tlog-heads").unwrap();
    let claims = from.read_stream(&heads, ReadFrom::Start, Direction::Forwards, 10).await.unwrap();
    for event in &claims {
        let claim = NewEvent::from_canonical(event.id, event.event_type.clone(), event.body.clone()).unwrap();
        to.append(&heads, Expected::Any, vec![claim]).await.unwrap();
    }
    claims.len()
}

/// A node that has not seen all events yet publishes nothing until it reaches what another node has claimed.
#[tokio::test]
async fn a_node_that_is_behind_waits_until_it_has_what_was_claimed() {
    let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
    let options = |folder: &tempfile::TempDir| SealerOptions {
        heads: HeadsKept::InStream(StreamName::new("tlog-heads").unwrap()),
        ..SealerOptions::new(folder.path())
    };
    let (behind, ahead) = (store_of(0..100).await, store_of(0..120).await);
    let policy = || no_witness(log_key(7).verifier());
    let mut late = Sealer::open(behind.clone(), log_key(7), policy(), vec![], options(&one)).await.unwrap();
    let mut early = Sealer::open(ahead.clone(), log_key(7), policy(), vec![], options(&two)).await.unwrap();
    early.seal_all().await.unwrap();
    assert_eq!(copy_claims(&ahead, &behind).await, 1);
    late.seal_all().await.unwrap();
    assert_eq!(late.log().published(), None);
    append(&*behind, 100..120).await;
    late.seal_all().await.unwrap();
    assert_eq!(late.log().published(), early.log().published());
    assert_eq!(late.log().size(), 96);
    // The claim was there already.
    assert_eq!(copy_claims(&behind, &ahead).await, 1);
}

#[tokio::test]
async fn a_node_whose_history_is_another_one_signs_nothing() {
    let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
    let heads = || HeadsKept::InStream(StreamName::new("tlog-heads").unwrap());
    let options = |folder: &tempfile::TempDir| SealerOptions { heads: heads(), ..SealerOptions::new(folder.path()) };
    let store = store_of(0..50).await;
    let key = || log_key(7);
    let policy = || no_witness(key().verifier());
    let mut node = Sealer::open(store.clone(), key(), policy(), vec![], options(&one)).await.unwrap();
    node.seal_all().await.unwrap();
    // The other store holds the same claims, and other events.
    let other = store_of(1..51).await;
    copy_claims(&store, &other).await;
    let refused = Sealer::open(other, key(), policy(), vec![], options(&two)).await.unwrap_err();
    assert_eq!(refused.code(), "log-rewritten");
}

/// A server that can be away.
#[derive(Clone)]
struct Server {
    store: Arc<MemoryStore>,
    away: Arc<AtomicBool>,
    /// How often somebody found it away.
    missed: watch::Sender<usize>,
}

impl Server {
    fn here(&self) -> Result<(), ReadError> {
        if !self.away.load(SeqCst) {
            return Ok(());
        }
        self.missed.send_modify(|missed| *missed += 1);
        Err(ReadError::Unavailable { reason: "away".into() })
    }
}

#[async_trait]
impl EventStore for Server {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        self.here().map_err(|error| AppendError::Unavailable { reason: error.to_string() })?;
        self.store.append(stream, expected, events).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: ReadFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        self.here()?;
        self.store.read_stream(stream, from, direction, limit).await
    }

    async fn read_all(&self, from: AllFrom, direction: Direction, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.here()?;
        self.store.read_all(from, direction, limit).await
    }

    async fn head(&self) -> Result<Option<Position>, ReadError> {
        self.here()?;
        self.store.head().await
    }

    async fn find(&self, id: Uuid) -> Result<Option<StoredEvent>, ReadError> {
        self.here()?;
        self.store.find(id).await
    }

    fn follow_batches(&self, after: Option<Position>, max: usize) -> BoxStream<'static, Result<Batch, ReadError>> {
        let server = self.clone();
        self.store.follow_batches(after, max).map(move |batch| server.here().and(batch)).boxed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_is_sealed_on() {
    let (folder, store, away) = (tempdir().unwrap(), store_of(0..10).await, Arc::new(AtomicBool::new(false)));
    let (missed, mut misses) = watch::channel(0);
    let server = Arc::new(Server { store: store.clone(), away: Arc::clone(&away), missed });
    let heads = HeadsKept::InStream(StreamName::new("tlog-heads").unwrap());
    let options = SealerOptions { heads, interval: Duration::from_millis(10), ..SealerOptions::new(folder.path()) };
    let policy = no_witness(log_key(7).verifier());
    let sealer = Sealer::open(server, log_key(7), policy, vec![], options).await.unwrap();
    let log = sealer.log();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(sealer.run(async { drop(stopped.await) }));
    let mut watch = log.watch();
    for round in 1..=3 {
        misses.mark_unchanged();
        away.store(true, SeqCst);
        append(&*store, round * 10..round * 10 + 10).await;
        misses.changed().await.unwrap();
        away.store(false, SeqCst);
        let want = leaves(&*store).await.len() as u64;
        let covered = watch.wait_for(|now| now.as_ref().is_some_and(|now| now.checkpoint().size >= want));
        tokio::time::timeout(Duration::from_secs(20), covered).await.expect("sealed again").unwrap();
    }
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(log.published().unwrap().checkpoint().root, root_of(&*store).await.unwrap().1);
}

#[tokio::test]
async fn a_folder_is_sealed_by_one_process() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..10).await);
    let _first = sealed(&store, folder.path()).await;
    assert_eq!(open(&store, folder.path()).await.unwrap_err().code(), "log-in-use");
}

#[tokio::test]
async fn an_event_as_long_as_the_store_takes_is_a_leaf() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..3).await);
    let body = serde_json::json!({ "text": "票".repeat(2700) });
    let long = NewEvent::new(uuid::Uuid::from_u128(9), "x.v1", &body).unwrap();
    store.append(&common::stream(0), Expected::Any, vec![long.clone(), event(77)]).await.unwrap();
    let sealer = sealed(&store, folder.path()).await;
    assert_eq!(sealer.log().entry(3).unwrap(), **long.body());
    assert!(policy(log_key(7).verifier()).check_quorum(&[]).is_err());
}
