//! Every byte of every tile and bundle is changed, for many sizes: a reader never answers what the root does not cover.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use siyi_tlog::{
    AuthenticTiles, Bundle, Hash, Tile, TileSource, TlogError, encode_entries, node_hash, prove_record, record_hash,
};
use std::{cell::RefCell, collections::BTreeMap};

/// Tiles in memory.
#[derive(Clone, Default)]
struct Shelf(RefCell<BTreeMap<String, Vec<u8>>>);

impl TileSource for Shelf {
    fn read(&self, path: &str) -> Result<Vec<u8>, TlogError> {
        let missing = || TlogError::Missing { path: path.into(), why: "no such file".into() };
        self.0.borrow().get(path).cloned().ok_or_else(missing)
    }
}

fn leaf(index: u64) -> Vec<u8> {
    format!("{{\"n\":{index}}}").into_bytes()
}

/// A log written plainly: each level from the one below.
fn shelf(size: u64) -> (Shelf, Hash) {
    let leaves: Vec<Vec<u8>> = (0..size).map(leaf).collect();
    let mut files = BTreeMap::new();
    for (index, chunk) in leaves.chunks(256).enumerate() {
        let bundle = Bundle::within(index as u64, size).unwrap();
        files.insert(bundle.to_string(), encode_entries(chunk.iter().map(Vec::as_slice)).unwrap());
    }
    let mut hashes: Vec<Hash> = leaves.iter().map(|leaf| record_hash(leaf)).collect();
    let root = root(&hashes);
    for level in 0.. {
        for (index, chunk) in hashes.chunks(256).enumerate() {
            let tile = Tile::within(level, index as u64, size).unwrap();
            files.insert(tile.to_string(), chunk.iter().flat_map(|hash| hash.0).collect());
        }
        hashes = hashes.chunks_exact(256).map(self::root).collect();
        if hashes.is_empty() {
            break;
        }
    }
    (Shelf(RefCell::new(files)), root)
}

fn root(hashes: &[Hash]) -> Hash {
    if let [hash] = hashes {
        return *hash;
    }
    let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
    node_hash(root(left), root(right))
}

/// Reads one file of the log; answers an error, or that it held what is true.
fn read_one(shelf: &Shelf, path: &str, size: u64, root: Hash) -> Result<(), TlogError> {
    let tiles = AuthenticTiles::open(shelf, size, root)?;
    if let Ok(bundle) = Bundle::parse(path) {
        for (at, entry) in tiles.entries(bundle.index())?.into_iter().enumerate() {
            assert_eq!(entry, leaf(bundle.index() * 256 + at as u64), "a forged leaf was answered");
        }
    } else {
        let tile = Tile::parse(path).unwrap();
        tiles.tile(tile.level(), tile.index())?;
    }
    Ok(())
}

/// Reads the whole log; answers an error, or that every leaf was the true one.
fn read_all(shelf: &Shelf, size: u64, root: Hash) -> Result<(), TlogError> {
    let tiles = AuthenticTiles::open(shelf, size, root)?;
    for index in 0..size.div_ceil(256) {
        for (at, entry) in tiles.entries(index)?.into_iter().enumerate() {
            assert_eq!(entry, leaf(index * 256 + at as u64), "a forged leaf was answered");
        }
    }
    for level in 0..3 {
        for index in 0..(size >> (8 * u32::from(level))).div_ceil(256) {
            tiles.tile(level, index)?;
        }
    }
    Ok(())
}

#[test]
fn every_changed_byte_is_found() {
    let mut changed = 0;
    for size in [1, 2, 3, 7, 255, 256, 257, 512, 600] {
        let (shelf, root) = shelf(size);
        read_all(&shelf, size, root).unwrap();
        let files = shelf.0.borrow().clone();
        for (name, bytes) in &files {
            for at in 0..bytes.len() {
                // One bit of each byte, another one each time; all bits of a tile of few hashes.
                let bits = if bytes.len() <= 256 { 0..8 } else { at % 8..at % 8 + 1 };
                for bit in bits {
                    let mut forged = bytes.clone();
                    forged[at] ^= 1 << bit;
                    shelf.0.borrow_mut().insert(name.clone(), forged);
                    assert!(
                        read_one(&shelf, name, size, root).is_err(),
                        "{name}, byte {at}, bit {bit} of a log of {size}"
                    );
                    changed += 1;
                }
            }
            for cut in [0, 1, bytes.len() - 1] {
                shelf.0.borrow_mut().insert(name.clone(), bytes[..cut].to_vec());
                assert!(read_all(&shelf, size, root).is_err());
            }
            shelf.0.borrow_mut().insert(name.clone(), [bytes.as_slice(), &[0; 32]].concat());
            assert!(read_all(&shelf, size, root).is_err());
            shelf.0.borrow_mut().insert(name.clone(), bytes.clone());
        }
    }
    assert!(changed > 60_000, "{changed}");
}

/// CVE-2026-56865 and the reader of `tlog_tiles`: with several hashes asked from one tile, another tile went unchecked. The
/// forged hash was answered, and the proof made of it too.
#[test]
fn a_forged_tile_is_refused_whichever_hashes_are_asked() {
    let (shelf, root) = shelf(300);
    let path = "tile/0/000";
    let honest = shelf.read(path).unwrap();
    for at in 0..256 {
        let mut forged = honest.clone();
        forged[at * 32] ^= 1;
        shelf.0.borrow_mut().insert(path.into(), forged);
        let tiles = AuthenticTiles::open(&shelf, 300, root).unwrap();
        for index in [0, 42, 255] {
            let refused = prove_record(300, index, &tiles).unwrap_err();
            assert_eq!(refused, TlogError::Forged { path: path.into() });
        }
        // What the forged tile does not cover is still proved.
        prove_record(300, 299, &tiles).unwrap();
    }
}

/// A whole other log in place of the files, under the true root.
#[test]
fn another_logs_tiles_are_refused() {
    let ((shelf, _), (_, root)) = (self::shelf(600), {
        let (_, root) = self::shelf(600);
        (
            0,
            Hash({
                let mut bytes = root.0;
                bytes[31] ^= 1;
                bytes
            }),
        )
    });
    assert_eq!(read_all(&shelf, 600, root), Err(TlogError::Root { size: 600 }));
    let (_, true_root) = self::shelf(600);
    assert!(read_all(&shelf, 599, true_root).is_err());
    assert!(read_all(&shelf, 601, true_root).is_err());
}

#[test]
fn paths_have_one_spelling() {
    for (index, width, path) in [
        (0, 256, "tile/0/000"),
        (1, 44, "tile/0/001.p/44"),
        (1_234_067, 256, "tile/0/x001/x234/067"),
        (999, 1, "tile/0/999.p/1"),
        (1000, 256, "tile/0/x001/000"),
    ] {
        let size = index * 256 + width;
        assert_eq!(Tile::within(0, index, size).unwrap().to_string(), path);
        let tile = Tile::parse(path).unwrap();
        assert_eq!((tile.index(), u64::from(tile.width()), tile.level()), (index, width, 0));
        let entries = path.replace("tile/0/", "tile/entries/");
        assert_eq!(Bundle::parse(&entries).unwrap().to_string(), entries);
    }
    for path in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/0/001.p",
        "tile/0/001.p/",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/257",
        "tile/0/001.p/01",
        "tile/01/001",
        "tile/7/001",
        "tile/0/001/",
        "/tile/0/001",
        "tile/0/x1/001",
        "tile/0/x001",
        "tile/0/001/002",
        "tile/0/ 01",
        "tile/0/0x1",
        "tile/0/٠٠١",
        "tile/0/-01",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(Tile::parse(path).is_err(), "{path}");
        assert!(Bundle::parse(&path.replace("tile/0", "tile/entries")).is_err(), "{path}");
    }
}
