//! Our tree against one that other people wrote (`ct-merkle`), byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;
use siyi_tlog::{
    Hash, Hashes, MAX_TREE_SIZE, TlogError, check_record, check_tree, node_hash, prove_record, prove_tree, record_hash,
    tree_hash,
};

const LARGEST: u64 = 1024;

fn leaf(index: u64) -> Vec<u8> {
    format!(r#"{{"number":{index},"type":"vote-cast.v1"}}"#).into_bytes()
}

/// All complete subtrees: at level L the hash over the leaves from index · 2^L on.
struct Complete(Vec<Vec<Hash>>);

impl Complete {
    fn of(size: u64) -> Self {
        let mut levels = vec![(0..size).map(|index| record_hash(&leaf(index))).collect::<Vec<_>>()];
        while levels.last().unwrap().len() > 1 {
            let below = levels.last().unwrap();
            levels.push(below.chunks_exact(2).map(|pair| node_hash(pair[0], pair[1])).collect());
        }
        Self(levels)
    }
}

impl Hashes for Complete {
    fn hash(&self, level: u8, index: u64) -> Result<Hash, TlogError> {
        Ok(self.0[usize::from(level)][usize::try_from(index).unwrap()])
    }
}

fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn roots_and_inclusion_proofs_agree_for_all_sizes_and_leaves() {
    let ours = Complete::of(LARGEST);
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut proofs = 0;
    for size in 1..=LARGEST {
        theirs.push(leaf(size - 1));
        let root = tree_hash(size, &ours).unwrap();
        assert_eq!(root.0.as_slice(), theirs.root().as_bytes().as_slice(), "root of {size}");
        for index in 0..size {
            let proof = prove_record(size, index, &ours).unwrap();
            let other = theirs.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(bytes(&proof), other.as_bytes(), "leaf {index} of {size}");
            proofs += 1;
        }
        // Checking is slower than making, so a part is checked: both ends, the middle, and a wrong leaf.
        for index in [0, size / 2, size - 1] {
            let proof = prove_record(size, index, &ours).unwrap();
            check_record(&proof, size, root, index, record_hash(&leaf(index))).unwrap();
            assert!(check_record(&proof, size, root, index, record_hash(&leaf(index + 1))).is_err());
            if size > 1 {
                assert!(check_record(&proof, size, root, (index + 1) % size, record_hash(&leaf(index))).is_err());
            }
        }
    }
    assert_eq!(proofs, LARGEST * (LARGEST + 1) / 2);
}

#[test]
fn consistency_proofs_agree() {
    let ours = Complete::of(LARGEST);
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for new in 1..=LARGEST {
        theirs.push(leaf(new - 1));
        let new_root = tree_hash(new, &ours).unwrap();
        // All pairs of small sizes; of larger ones the neighbours of powers of two and every 37th.
        for old in
            (1..new).filter(|old| new <= 130 || old % 37 == 0 || (old + 1).is_power_of_two() || old.is_power_of_two())
        {
            let proof = prove_tree(new, old, &ours).unwrap();
            let other = theirs.prove_consistency(usize::try_from(new - old).unwrap());
            assert_eq!(bytes(&proof), other.as_bytes(), "{old} to {new}");
            let old_root = tree_hash(old, &ours).unwrap();
            check_tree(&proof, new, new_root, old, old_root).unwrap();
            assert!(check_tree(&proof, new, new_root, old, new_root).is_err());
            assert!(check_tree(&proof[1..], new, new_root, old, old_root).is_err());
        }
    }
}

#[test]
fn numbers_beyond_the_limits_are_refused() {
    let root = Hash([1; 32]);
    assert_eq!(check_record(&[], MAX_TREE_SIZE + 1, root, 0, root).unwrap_err().code(), "tlog-too-large");
    assert_eq!(check_record(&[root; 64], 9, root, 0, root).unwrap_err().code(), "tlog-too-large");
    assert_eq!(check_record(&[], 9, root, 9, root).unwrap_err().code(), "tlog-out-of-range");
    assert_eq!(check_record(&[root; 63], MAX_TREE_SIZE, root, 5, root).unwrap_err().code(), "tlog-inclusion");
    assert_eq!(check_tree(&[], 5, root, 6, root).unwrap_err().code(), "tlog-consistency");
    assert!(check_tree(&[], 5, root, 0, root).is_err(), "the empty tree has one root");
    assert!(check_tree(&[], 5, root, 0, Hash::EMPTY).is_ok());
    assert!(check_tree(&[root], 5, root, 0, Hash::EMPTY).is_err());
    assert!(check_tree(&[], 0, root, 0, Hash::EMPTY).is_err());
}
