//! The power is cut before every single step that the sealer and a witness take on their disks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use common::{Cut, all, append, copy, files, log_key, no_witness, open, policy, sealed, store_of, witness_key};
use siyi_log::memory::MemoryStore;
use siyi_tlog::{AddCheckpoint, Checkpoint, SignedCheckpoint, prove_tree};
use siyi_transparency::{
    SealError, TileFolder,
    sealer::{Sealer, SealerOptions},
    witness::WitnessBook,
};
use std::{fs, path::Path, sync::Arc};
use tempfile::tempdir;

async fn open_until(store: &Arc<MemoryStore>, folder: &Path, cut: &Arc<Cut>) -> Result<Sealer, SealError> {
    let key = log_key(7);
    let policy = no_witness(key.verifier());
    let options = SealerOptions { faults: Some(Arc::clone(cut) as _), ..SealerOptions::new(folder) };
    Sealer::open(store.clone(), key, policy, vec![], options).await
}

/// What was written down to be signed.
fn head(folder: &Path) -> Option<Checkpoint> {
    let text = fs::read_to_string(folder.join("head")).ok()?;
    Some(Checkpoint::parse(text.split_once("published ").unwrap().0).unwrap())
}

/// What is published must be whole at any instant: every leaf of it is served and covered.
fn check_promise(folder: &Path) -> u64 {
    let Ok(text) = fs::read_to_string(folder.join("checkpoint")) else { return 0 };
    let signed = SignedCheckpoint::parse(&text).unwrap();
    signed.log_key([log_key(7).verifier()]).unwrap();
    let (size, root) = (signed.checkpoint().size, signed.checkpoint().root);
    let files = TileFolder::new(folder);
    let tree = files.tree(size, root).unwrap();
    for bundle in 0..size.div_ceil(256) {
        tree.entries(bundle).unwrap();
    }
    // Nothing is published that was not written down first.
    let head = head(folder).unwrap();
    assert!(head.size >= size, "{size} leaves are published, {} are written down", head.size);
    size
}

/// Whatever was written down as a head before the cut is a beginning of the tree behind it.
fn check_head(folder: &Path, whole: &Path) {
    let Some(head) = head(folder) else { return };
    let last = self::head(whole).unwrap();
    let files = TileFolder::new(whole);
    let tree = files.tree(last.size, last.root).unwrap();
    assert_eq!(siyi_tlog::tree_hash(head.size, &tree).unwrap(), head.root);
}

/// Runs one kind of work with a cut before each of its steps in turn; answers how many there were.
async fn cut_everywhere(base: &Path, before: u64, rounds: &[u64]) -> usize {
    let end = before + rounds.iter().sum::<u64>();
    let whole = tempdir().unwrap();
    drop(sealed(&store_of(0..end).await, whole.path()).await);
    let expected = files(whole.path());
    for limit in 0.. {
        let (folder, cut) = (tempdir().unwrap(), Cut::after(limit));
        copy(base, folder.path());
        let promised = check_promise(folder.path());
        let store = store_of(0..before).await;
        let run = async {
            let mut sealer = open_until(&store, folder.path(), &cut).await?;
            sealer.seal_all().await?;
            let mut at = before;
            for round in rounds {
                append(&*store, at..at + round).await;
                at += round;
                sealer.seal_all().await?;
            }
            Ok::<_, SealError>(())
        };
        let done = run.await;
        assert!(check_promise(folder.path()) >= promised, "cut at {limit}: less is published than before");
        check_head(folder.path(), whole.path());
        match done {
            Ok(()) => {
                assert!(cut.steps() <= limit);
                return cut.steps();
            }
            Err(error) => assert_eq!(
                error.code(),
                if matches!(error, SealError::Key(_)) { "log-key-unavailable" } else { "log-disk" }
            ),
        }
        let count = siyi_log::port::EventStore::head(&*store).await.unwrap().map_or(0, |head| head.0 + 1);
        append(&*store, count..end).await;
        drop(sealed(&store, folder.path()).await);
        assert_eq!(check_promise(folder.path()), common::leaves(&*store).await.len() as u64);
        let found = files(folder.path());
        for file in expected.iter().filter(|(name, _)| name != "head") {
            assert!(found.contains(file), "cut at {limit}: {} differs", file.0);
        }
    }
    unreachable!()
}

#[tokio::test]
async fn a_new_log_survives_a_cut_at_every_step() {
    let base = tempdir().unwrap();
    let steps = cut_everywhere(base.path(), 0, &[3, 400]).await;
    assert!(steps > 60, "{steps} steps");
}

#[tokio::test]
async fn a_growing_log_survives_a_cut_at_every_step() {
    let base = tempdir().unwrap();
    drop(sealed(&store_of(0..310).await, base.path()).await);
    let steps = cut_everywhere(base.path(), 310, &[330, 300, 2]).await;
    assert!(steps >= 90, "{steps} steps");
}

#[tokio::test]
async fn a_damaged_log_survives_a_cut_at_every_step_of_its_repair() {
    let base = tempdir().unwrap();
    drop(sealed(&store_of(0..900).await, base.path()).await);
    fs::remove_dir_all(base.path().join("tile")).unwrap();
    fs::remove_file(base.path().join("positions")).unwrap();
    // Nothing is promised while the tiles are gone.
    let kept = ["checkpoint", "head"].map(|file| (base.path().join(file), fs::read(base.path().join(file)).unwrap()));
    fs::remove_file(&kept[0].0).unwrap();
    let head = String::from_utf8(kept[1].1.clone()).unwrap();
    fs::write(&kept[1].0, head.replace("published 720", "published 0")).unwrap();
    let steps = cut_everywhere(base.path(), 900, &[40]).await;
    assert!(steps > 60, "{steps} steps");
    for (path, bytes) in &kept {
        fs::write(path, bytes).unwrap();
    }
    drop(open(&store_of(0..900).await, base.path()).await.unwrap());
    assert_eq!(check_promise(base.path()), 720);
}

/// Each step by its name, with the size that is written down and the size that is published before it.
#[derive(Default)]
struct Steps(std::sync::Mutex<Vec<(String, u64, u64)>>, std::path::PathBuf);

impl siyi_transparency::DiskFaults for Steps {
    fn step(&self, what: &str) -> std::io::Result<()> {
        let size = |file| {
            let text = fs::read_to_string(self.1.join(file)).unwrap_or_default();
            text.lines().nth(1).map_or(0, |size| size.parse().unwrap())
        };
        self.0.lock().unwrap().push((what.into(), size("head"), size("checkpoint")));
        Ok(())
    }
}

/// The steps of one sealing: all files are synced before one gets its name, the folders behind that, and each of the four
/// writes is durable before the next one begins.
#[tokio::test]
async fn every_write_is_durable_before_the_next() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..50).await);
    drop(sealed(&store, folder.path()).await);
    append(&*store, 50..60).await;
    let steps = Arc::new(Steps(std::sync::Mutex::default(), folder.path().into()));
    let key = log_key(7);
    let policy = no_witness(key.verifier());
    let options = SealerOptions { faults: Some(steps.clone()), ..SealerOptions::new(folder.path()) };
    let mut sealer = Sealer::open(store.clone(), key, policy, vec![], options).await.unwrap();
    sealer.seal_all().await.unwrap();
    let taken = steps.0.lock().unwrap().clone();
    let words: Vec<&str> = taken.iter().map(|(what, ..)| what.as_str()).collect();
    let written = ["write", "half of a write", "sync a file"];
    let one = [&written[..], &["rename", "sync a folder"]].concat();
    // The partial tile and the partial bundle, in two folders; the positions; the head; the checkpoint.
    let files = [&written[..], &written, &["rename", "rename", "sync a folder", "sync a folder"]].concat();
    let expected = [&files[..], &["write in place", "sync in place"], &one, &one].concat();
    assert_eq!(words, expected);
    // The head is written down behind the files, the checkpoint published behind the head.
    let sizes: Vec<(u64, u64)> = taken.iter().map(|(_, head, published)| (*head, *published)).collect();
    let renamed = files.len() + 2 + written.len();
    assert!(sizes[..=renamed].iter().all(|sizes| *sizes == (40, 40)));
    assert!(sizes[renamed + 1..=renamed + one.len()].iter().all(|sizes| *sizes == (48, 40)));
    assert_eq!(sizes.last(), Some(&(48, 48)));
}

#[tokio::test]
async fn after_a_failed_write_the_sealer_does_not_go_on() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..30).await);
    let cut = Cut::after(20);
    let mut sealer = open_until(&store, folder.path(), &cut).await.unwrap();
    assert_eq!(sealer.seal_all().await.unwrap_err().code(), "log-disk");
    let steps = cut.steps();
    append(&*store, 30..40).await;
    assert_eq!(sealer.seal_all().await.unwrap_err().code(), "log-disk");
    assert_eq!(cut.steps(), steps, "it wrote after a failed write");
}

/// A witness's answer that was cut short is not given, and what was given is kept.
#[tokio::test]
async fn a_witness_survives_a_cut_at_every_step() {
    let (folder, store) = (tempdir().unwrap(), store_of(0..40).await);
    let mut sealer = sealed(&store, folder.path()).await;
    let old = sealer.log().published().unwrap().signed.clone();
    append(&*store, 40..600).await;
    sealer.seal_all().await.unwrap();
    let new = sealer.log().published().unwrap().signed.clone();
    let log = sealer.log();
    let tree = log.folder().tree(new.checkpoint().size, new.checkpoint().root).unwrap();
    let proof = prove_tree(new.checkpoint().size, old.checkpoint().size, &tree).unwrap();
    let logs = || vec![log_key(7).verifier().clone()];
    let first = AddCheckpoint { old: 0, proof: vec![], checkpoint: old.clone() }.to_string();
    let second = AddCheckpoint { old: old.checkpoint().size, proof, checkpoint: new.clone() }.to_string();
    for limit in 0.. {
        let (home, cut) = (tempdir().unwrap(), Cut::after(limit));
        let book = WitnessBook::open(home.path(), witness_key(0), logs(), Some(cut.clone())).unwrap();
        let answers = [book.add_checkpoint(&first, 1), book.add_checkpoint(&second, 2)].map(|answer| answer.is_ok());
        drop(book);
        let book = WitnessBook::open(home.path(), witness_key(0), logs(), None).unwrap();
        let known = book.latest(common::ORIGIN).map_or(0, |known| known.checkpoint().size);
        let given = if answers[1] {
            new.checkpoint().size
        } else if answers[0] {
            old.checkpoint().size
        } else {
            0
        };
        assert!(known >= given, "cut at {limit}: {given} was confirmed and {known} is known");
        if answers == [true, true] {
            assert!(limit > 8, "{limit} steps");
            return;
        }
        if known < new.checkpoint().size {
            let again = if known == 0 { &first } else { &second };
            book.add_checkpoint(again, 3).unwrap();
        }
    }
}

/// The witnesses know a head that this log signed and did not publish: it is reproduced, not refused.
#[tokio::test]
async fn a_head_confirmed_but_not_published_is_published_later() {
    let (folder, homes) = (tempdir().unwrap(), tempdir().unwrap());
    let witnesses = common::Near::three(homes.path());
    let key = || log_key(7);
    for limit in 0.. {
        let store = store_of(0..30).await;
        let (log, cut) = (folder.path().join(limit.to_string()), Cut::after(limit));
        let options = SealerOptions { faults: Some(cut.clone()), ..SealerOptions::new(&log) };
        let opened = Sealer::open(store.clone(), key(), policy(key().verifier()), all(&witnesses), options).await;
        let done = match opened {
            Ok(mut sealer) => sealer.seal_all().await.is_ok(),
            Err(_) => false,
        };
        let options = SealerOptions::new(&log);
        let mut sealer =
            Sealer::open(store.clone(), key(), policy(key().verifier()), all(&witnesses), options).await.unwrap();
        sealer.seal_all().await.unwrap();
        assert!(sealer.log().published().unwrap().quorum_met);
        if done {
            return;
        }
    }
}
