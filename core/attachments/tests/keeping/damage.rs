//! What was changed on the disk is never handed out.

use crate::{OTHER, OWNER, document, keep, keys, store, stored, upload};
use siyi_attachments::{DataKey, Store, limits::CHUNK_BYTES};
use std::fs;

const SEALED_CHUNK: usize = CHUNK_BYTES + 16;
const STEM: usize = 19;

#[test]
fn a_flipped_bit_in_any_region_is_noticed() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digest = keep(&store, OWNER, &document(&"x".repeat(2 * CHUNK_BYTES + 5_000)));
    let path = stored(folder.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    let first_tag = STEM + CHUNK_BYTES;
    let regions = [
        ("stem", 0),
        ("end of the stem", STEM - 1),
        ("first byte", STEM),
        ("middle", STEM + CHUNK_BYTES / 2),
        ("first tag", first_tag),
        ("end of the first tag", first_tag + 15),
        ("second chunk", STEM + SEALED_CHUNK),
        ("padding", whole.len() - 17),
        ("last byte", whole.len() - 1),
    ];
    for (region, at) in regions {
        for bit in [1, 0x80] {
            let mut changed = whole.clone();
            changed[at] ^= bit;
            fs::write(&path, &changed).unwrap();
            assert_eq!(store.open_one(OWNER, &digest).unwrap_err().code(), "attachment-corrupt", "{region}");
        }
    }
    // Who uploads it again is not told that it is there.
    let again = upload(OWNER, &document(&"x".repeat(2 * CHUNK_BYTES + 5_000)));
    assert_eq!(store.keep(&again).unwrap_err().code(), "attachment-corrupt");
    fs::write(&path, &whole).unwrap();
    assert!(store.open_one(OWNER, &digest).is_ok());
}

#[test]
fn chunks_cannot_be_cut_off_moved_repeated_or_added() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digest = keep(&store, OWNER, &document(&"x".repeat(3 * CHUNK_BYTES)));
    let path = stored(folder.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    let (stem, body) = whole.split_at(STEM);
    let chunks: Vec<&[u8]> = body.chunks(SEALED_CHUNK).collect();
    assert_eq!(chunks.len(), 4);
    let joined =
        |order: &[usize]| [stem, &order.iter().flat_map(|at| chunks[*at]).copied().collect::<Vec<_>>()].concat();
    assert_eq!(joined(&[0, 1, 2, 3]), whole);
    for (what, bytes) in [
        ("last chunk cut off", joined(&[0, 1, 2])),
        ("first chunk cut off", joined(&[1, 2, 3])),
        ("moved", joined(&[1, 0, 2, 3])),
        ("repeated", joined(&[0, 1, 1, 2, 3])),
        ("added", [&whole[..], chunks[3]].concat()),
        ("a byte added", [&whole[..], &[0]].concat()),
        ("only the stem", stem.to_vec()),
        ("half a stem", stem[..9].to_vec()),
        ("nothing", Vec::new()),
        ("endless", vec![0; 30 << 20]),
    ] {
        fs::write(&path, &bytes).unwrap();
        assert_eq!(store.open_one(OWNER, &digest).unwrap_err().code(), "attachment-corrupt", "{what}");
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(store.open_one(OWNER, &digest).unwrap_err().code(), "attachment-corrupt");
}

#[test]
fn a_wrong_key_opens_nothing() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digest = keep(&store, OWNER, &document("x"));
    keys.put(OWNER, DataKey::new([7; 32]));
    assert_eq!(store.open_one(OWNER, &digest).unwrap_err().code(), "attachment-corrupt");
    assert_eq!(store.particulars(OWNER, &digest).unwrap_err().code(), "attachment-corrupt");
}

#[test]
fn a_file_in_the_place_of_another_is_noticed_even_under_the_same_key() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let store = store(folder.path(), &keys);
    let digests = [keep(&store, OWNER, &document("one")), keep(&store, OWNER, &document("two"))];
    let paths = stored(folder.path());
    let contents = [fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap()];
    fs::write(&paths[0], &contents[1]).unwrap();
    fs::write(&paths[1], &contents[0]).unwrap();
    for digest in digests {
        assert_eq!(store.open_one(OWNER, &digest).unwrap_err().code(), "attachment-corrupt");
    }
}

#[test]
fn what_a_crash_leaves_is_removed_at_the_next_open_and_nothing_else() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let digest = keep(&store(folder.path(), &keys), OWNER, &document("kept"));
    let files = folder.path().join("files");
    let kept = stored(folder.path()).remove(0);
    // Being written; written, its row not; and somebody else's note, which is not ours to remove.
    let leftovers =
        ["0123456789abcdef0123456789abcdef.part", "0123456789abcdef0123456789abcdef"].map(|name| files.join(name));
    let note = files.join("note.txt");
    leftovers.iter().chain([&note]).for_each(|path| fs::write(path, b"left").unwrap());
    let store = store(folder.path(), &keys);
    assert!(store.open_one(OWNER, &digest).is_ok());
    assert_eq!(stored(folder.path()).len(), 2);
    assert!(kept.exists() && note.exists() && leftovers.iter().all(|path| !path.exists()));
}

#[test]
fn a_lost_index_is_damage_and_not_an_empty_store() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    keep(&store(folder.path(), &keys), OWNER, &document("kept"));
    fs::remove_dir_all(folder.path().join("index")).unwrap();
    for _ in 0..2 {
        let refused = Store::open(folder.path(), keys.clone()).unwrap_err();
        assert_eq!(refused.code(), "attachment-corrupt");
    }
    assert_eq!(stored(folder.path()).len(), 1);
}

#[test]
fn another_lookup_key_finds_nothing() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), keys());
    let digest = keep(&store(folder.path(), &keys), OWNER, &document("x"));
    let store = store(folder.path(), &self::keys());
    assert!(store.owners(&digest).unwrap().is_empty());
    assert_eq!(store.open_one(OTHER, &digest).unwrap_err().code(), "attachment-unknown");
}
