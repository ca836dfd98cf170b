//! What only this crate can look at: a crash at every step that the key store does to its disk.

use super::disk::Disk;
use super::{DataKey, FileMasterKey, Keys, KeysError, MasterKey, Purpose};
use crate::clock::WallClock;
use secrecy::SecretBox;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;
use uuid::Uuid;

const WANG: (Uuid, Purpose) = (Uuid::from_u128(1), Purpose::Roll);
/// In the same shard as WANG.
const LI: (Uuid, Purpose) = (Uuid::from_u128(65), Purpose::Roll);
const ZHAO: (Uuid, Purpose) = (Uuid::from_u128(2), Purpose::Voice);
const CONTEXT: &[u8] = b"digest";
const TEXT: &[u8] = b"text";

fn master(byte: u8) -> Arc<dyn MasterKey> {
    Arc::new(FileMasterKey::from_secret(SecretBox::new(Box::new([byte; 32]))))
}

fn open(folder: &Path, master_byte: u8) -> Result<Keys, KeysError> {
    Keys::open(folder, master(master_byte))
}

/// Wang and Zhao have keys, under the master key 1, and a text is encrypted under each.
fn filled() -> (TempDir, [Vec<u8>; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let keys = open(folder.path(), 1).unwrap();
    let sealed = |key: &DataKey| key.seal(CONTEXT, TEXT).unwrap();
    let made = keys.obtain(&[WANG, ZHAO]).unwrap();
    (folder, [sealed(&made[0]), sealed(&made[1])])
}

fn opens(keys: &Keys, of: (Uuid, Purpose), sealed: &[u8]) -> bool {
    let key = keys.find(of.0, of.1).unwrap();
    key.is_some_and(|key| key.open(CONTEXT, sealed).is_some_and(|text| *text == TEXT))
}

/// Makes a filled key store, opens it, and cuts `change` after 0, 1, 2, … steps until it is no longer cut. Then `check`
/// looks at what is left, told whether the change was acknowledged.
fn cut_everywhere(
    change: impl Fn(&Keys) -> Result<(), KeysError>,
    check: impl Fn(&Path, &[Vec<u8>; 2], bool),
) -> usize {
    for steps in 0.. {
        let (folder, sealed) = filled();
        let disk = Disk::default();
        let cut = Arc::clone(&disk.cut);
        let keys = Keys::open_on(disk, folder.path(), master(1), Arc::new(WallClock)).unwrap();
        cut.after(steps);
        let done = change(&keys);
        assert_eq!(done.is_err(), cut.has_cut(), "{done:?}");
        drop(keys);
        check(folder.path(), &sealed, done.is_ok());
        if done.is_ok() {
            return steps;
        }
    }
    unreachable!()
}

#[test]
fn a_crash_while_a_key_is_made_loses_no_other() {
    let cuts = cut_everywhere(
        |keys| keys.obtain(&[LI]).map(drop),
        |folder, sealed, done| {
            let keys = open(folder, 1).unwrap();
            assert!(opens(&keys, WANG, &sealed[0]) && opens(&keys, ZHAO, &sealed[1]));
            assert!(!done || keys.find(LI.0, LI.1).unwrap().is_some(), "an acknowledged key is lost");
            assert_eq!(keys.obtain(&[LI]).unwrap().len(), 1);
            assert_eq!(leftovers(folder), Vec::<PathBuf>::new());
        },
    );
    assert!(cuts >= 7, "only {cuts} cuts");
}

#[test]
fn a_crash_while_keys_are_made_in_new_shards_loses_nothing() {
    let new: Vec<_> = (10..14).map(|number| (Uuid::from_u128(number), Purpose::Contact)).collect();
    let cuts = cut_everywhere(
        |keys| keys.obtain(&new).map(drop),
        |folder, sealed, done| {
            let keys = open(folder, 1).unwrap();
            assert!(opens(&keys, WANG, &sealed[0]) && opens(&keys, ZHAO, &sealed[1]));
            let there = new.iter().filter(|of| keys.find(of.0, of.1).unwrap().is_some()).count();
            assert!(!done || there == new.len());
            drop(keys);
            // What was sorted out once stays so.
            assert!(opens(&open(folder, 1).unwrap(), WANG, &sealed[0]));
        },
    );
    assert!(cuts >= 15, "only {cuts} cuts");
}

#[test]
fn a_crash_while_a_key_is_destroyed_destroys_it_or_leaves_it_and_acknowledged_means_destroyed() {
    let cuts = cut_everywhere(
        |keys| keys.destroy(WANG.0).map(drop),
        |folder, sealed, done| {
            let keys = open(folder, 1).unwrap();
            assert!(opens(&keys, ZHAO, &sealed[1]));
            assert!(!done || !opens(&keys, WANG, &sealed[0]), "a destroyed key is back");
            // As the start makes an erasure good that a crash cut short.
            keys.destroy(WANG.0).unwrap();
            drop(keys);
            assert!(!opens(&open(folder, 1).unwrap(), WANG, &sealed[0]));
        },
    );
    assert!(cuts >= 7, "only {cuts} cuts");
}

#[test]
fn a_crash_while_the_master_key_is_rotated_leaves_a_store_that_one_of_the_two_opens() {
    let [old_opened, new_opened] = [1, 2].map(|first| {
        let opened = std::cell::Cell::new(0);
        cut_everywhere(
            |keys| keys.rotate(master(2)).map(drop),
            |folder, sealed, done| {
                let before = contents(folder);
                assert_eq!(open(folder, 3).unwrap_err().code(), "master-key-wrong");
                let second = 3 - first;
                let right = match open(folder, first) {
                    Ok(_) => first,
                    Err(error) => {
                        assert_eq!(error.code(), "master-key-wrong");
                        assert_eq!(contents(folder), before, "a wrong master key changed something");
                        second
                    }
                };
                opened.set(opened.get() + usize::from(right == first));
                assert!(!done || right == 2, "an acknowledged rotation is undone");
                let keys = open(folder, right).unwrap();
                assert!(opens(&keys, WANG, &sealed[0]) && opens(&keys, ZHAO, &sealed[1]));
                drop(keys);
                assert_eq!(open(folder, 3 - right).unwrap_err().code(), "master-key-wrong");
                assert_eq!(leftovers(folder), Vec::<PathBuf>::new());
                // And it can be rotated, to either.
                open(folder, right).unwrap().rotate(master(4)).unwrap();
                assert!(opens(&open(folder, 4).unwrap(), WANG, &sealed[0]));
            },
        );
        opened.get()
    });
    assert!(old_opened >= 8 && new_opened >= 4, "{old_opened} {new_opened}");
}

#[test]
fn a_crash_while_a_crash_is_sorted_out_is_sorted_out_too() {
    // The first cut stands in the middle of a destruction, behind the zeros; the second at every step of the opening.
    for first in 0..12 {
        for second in 0..12 {
            let (folder, sealed) = filled();
            for (steps, change) in [(first, true), (second, false)] {
                let disk = Disk::default();
                let cut = Arc::clone(&disk.cut);
                if !change {
                    cut.after(steps);
                }
                let keys = Keys::open_on(disk, folder.path(), master(1), Arc::new(WallClock));
                if let (Ok(keys), true) = (keys, change) {
                    cut.after(steps);
                    let _ = keys.destroy(WANG.0);
                }
            }
            let keys = open(folder.path(), 1).unwrap();
            assert!(opens(&keys, ZHAO, &sealed[1]), "{first} {second}");
            keys.destroy(WANG.0).unwrap();
            assert!(!opens(&keys, WANG, &sealed[0]));
        }
    }
}

#[test]
fn after_a_failed_write_nothing_more_is_written_until_it_is_opened_again() {
    let (folder, sealed) = filled();
    let disk = Disk::default();
    let cut = Arc::clone(&disk.cut);
    let keys = Keys::open_on(disk, folder.path(), master(1), Arc::new(WallClock)).unwrap();
    cut.after(0);
    assert_eq!(keys.obtain(&[LI]).unwrap_err().code(), "key-store-unavailable");
    cut.after(usize::MAX);
    assert_eq!(keys.obtain(&[LI]).unwrap_err().code(), "key-store-unavailable");
    assert_eq!(keys.destroy(WANG.0).unwrap_err().code(), "key-store-unavailable");
    assert!(opens(&keys, WANG, &sealed[0]), "what is there can be read");
    drop(keys);
    open(folder.path(), 1).unwrap().obtain(&[LI]).unwrap();
}

/// Every file of a folder and what is in it.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// What must not be left behind: half-written files, and rings that are not in force.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let rings = fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("ring-"));
    assert_eq!(rings.count(), 1, "there are several rings");
    let new = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "new");
    contents(folder).into_iter().map(|(path, _)| path).filter(new).collect()
}
