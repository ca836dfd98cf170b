//! How long it takes to check a whole log of 1,000,000 events from its files, as a court's expert does with a copy of it: every
//! bundle and tile against the signed root. The goal is 60 s on two cores; this takes one.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up says so")]

use siyi_tlog::{
    Bundle, Hash, Hashes, KeyKind, KeyList, Signer, Tile, TlogError, encode_entries, node_hash, record_hash, tree_hash,
};
use siyi_transparency::fsck_files;
use std::{fs, path::Path, time::Instant};
use tempfile::TempDir;
use zeroize::Zeroizing;

const EVENTS: u64 = 1_000_000;
const GOAL_SECONDS: f64 = 60.0;

/// As long as a usual event: about 700 bytes with its envelope.
fn leaf(number: u64) -> Vec<u8> {
    format!("{{\"data\":\"{}\",\"number\":{number},\"type\":\"vote-counted.v1\"}}", "x".repeat(640)).into_bytes()
}

/// The hashes of all complete subtrees, by level.
struct Tree(Vec<Vec<Hash>>);

impl Hashes for Tree {
    fn hash(&self, level: u8, index: u64) -> Result<Hash, TlogError> {
        let found = self.0.get(usize::from(level)).and_then(|hashes| hashes.get(usize::try_from(index).ok()?));
        found.copied().ok_or(TlogError::OutOfRange { index, size: EVENTS })
    }
}

fn tree() -> Tree {
    let mut levels = vec![(0..EVENTS).map(|number| record_hash(&leaf(number))).collect::<Vec<_>>()];
    while let Some(last) = levels.last().filter(|last| last.len() > 1) {
        let pairs = last.chunks_exact(2).filter_map(|pair| match pair {
            [left, right] => Some(node_hash(*left, *right)),
            _ => None,
        });
        let next = pairs.collect();
        levels.push(next);
    }
    Tree(levels)
}

fn put(folder: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes).expect("written");
}

fn write(folder: &Path) {
    let tree = tree();
    for index in 0..EVENTS.div_ceil(256) {
        let leaves: Vec<Vec<u8>> = (index * 256..((index + 1) * 256).min(EVENTS)).map(leaf).collect();
        let bytes = encode_entries(leaves.iter().map(Vec::as_slice)).expect("entries");
        put(folder, &Bundle::within(index, EVENTS).expect("a bundle").to_string(), bytes);
    }
    for level in 0..=6_u8 {
        for index in 0.. {
            let Some(tile) = Tile::within(level, index, EVENTS) else { break };
            let places = index * 256..index * 256 + u64::from(tile.width());
            let bytes: Vec<u8> = places.flat_map(|place| tree.hash(8 * level, place).expect("a hash").0).collect();
            put(folder, &tile.to_string(), bytes);
        }
    }
    let key = Signer::from_seed("log.village.example/bench", KeyKind::Log, &Zeroizing::new([7; 32])).expect("a key");
    let root = tree_hash(EVENTS, &tree).expect("a root");
    put(folder, "checkpoint", key.sign_checkpoint(EVENTS, root).expect("signed").to_string());
    put(folder, "keys", KeyList::first(&key).expect("a list").note().to_string());
    put(folder, "policy", format!("log {}\nquorum none\n", key.verifier()));
}

fn main() {
    let folder = TempDir::new().expect("a folder");
    write(folder.path());
    let begun = Instant::now();
    let sound = fsck_files(folder.path()).expect("sound");
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} leaves, {} files: {seconds:.1} s, {:.2} of the goal of {GOAL_SECONDS} s",
        sound.size,
        sound.files,
        seconds / GOAL_SECONDS
    );
}
