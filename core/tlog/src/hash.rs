//! Hashes and proofs by RFC 6962 section 2.1, through the pure functions of `tlog_tiles`.

use super::{TlogError, base64};
use sha2::{Digest, Sha256};
use std::{cell::RefCell, fmt};
use tlog_tiles::tlog;

/// The largest tree in leaves: a browser's number still counts it exactly.
pub const MAX_TREE_SIZE: u64 = 1 << 53;

/// The most hashes in a proof (C2SP tlog-witness).
pub const MAX_PROOF_HASHES: usize = 63;

/// A SHA-256 hash: of a leaf, of a node, or a root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The root of the tree without leaves.
    pub const EMPTY: Self = Self(tlog::EMPTY_HASH.0);

    /// Reads 44 characters of canonical base64.
    ///
    /// # Errors
    /// [`TlogError::NotCanonical`], or [`TlogError::Malformed`] where they are not 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, TlogError> {
        Self::from_slice(&base64::decode("a hash", text)?)
    }

    /// Takes exactly 32 bytes.
    ///
    /// # Errors
    /// [`TlogError::Malformed`].
    pub fn from_slice(bytes: &[u8]) -> Result<Self, TlogError> {
        bytes.try_into().map(Self).map_err(|_| TlogError::malformed("a hash", "32 bytes are needed"))
    }

    /// 64 hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64::encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The plain SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// The hash of a leaf: `SHA-256(0x00 ‖ data)`.
#[must_use]
pub fn record_hash(data: &[u8]) -> Hash {
    Hash(tlog::record_hash(data).0)
}

/// The hash of a node: `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    Hash(tlog::node_hash(tlog::Hash(left.0), tlog::Hash(right.0)).0)
}

/// Where the hashes of complete subtrees are found.
pub trait Hashes {
    /// The hash over the 2^`level` leaves from `index · 2^level` on.
    ///
    /// # Errors
    /// [`TlogError`] where it cannot be had or cannot be believed.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, TlogError>;
}

/// Lends [`Hashes`] to the functions of `tlog_tiles`, whose errors cannot carry ours.
struct Lent<'a, H: ?Sized> {
    hashes: &'a H,
    failure: RefCell<Option<TlogError>>,
}

impl<H: Hashes + ?Sized> tlog::HashReader for Lent<'_, H> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let read = |index: &u64| {
            let (level, index) = tlog::split_stored_hash_index(*index);
            self.hashes.hash(level, index).map(|hash| tlog::Hash(hash.0))
        };
        indexes.iter().map(read).collect::<Result<_, _>>().map_err(|error| {
            *self.failure.borrow_mut() = Some(error);
            tlog::Error::InvalidTile
        })
    }
}

fn with<H: Hashes + ?Sized, T>(
    hashes: &H,
    run: impl FnOnce(&Lent<'_, H>) -> Result<T, tlog::Error>,
) -> Result<T, TlogError> {
    let lent = Lent { hashes, failure: RefCell::new(None) };
    run(&lent).map_err(|error| lent.failure.take().unwrap_or_else(|| TlogError::malformed("a tree", error.to_string())))
}

fn ours(hashes: Vec<tlog::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(|hash| Hash(hash.0)).collect()
}

fn theirs(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().map(|hash| tlog::Hash(hash.0)).collect()
}

fn check_size(size: u64) -> Result<(), TlogError> {
    if size > MAX_TREE_SIZE { Err(TlogError::TooLarge { what: "a tree", limit: MAX_TREE_SIZE }) } else { Ok(()) }
}

/// The root of the tree of the first `size` leaves.
///
/// # Errors
/// Those of `hashes`, and [`TlogError::TooLarge`].
pub fn tree_hash<H: Hashes + ?Sized>(size: u64, hashes: &H) -> Result<Hash, TlogError> {
    check_size(size)?;
    with(hashes, |lent| tlog::tree_hash(size, lent)).map(|hash| Hash(hash.0))
}

/// The proof that leaf `index` is in the tree of `size` leaves (RFC 6962 section 2.1.1).
///
/// # Errors
/// [`TlogError::OutOfRange`], [`TlogError::TooLarge`] and those of `hashes`.
pub fn prove_record<H: Hashes + ?Sized>(size: u64, index: u64, hashes: &H) -> Result<Vec<Hash>, TlogError> {
    check_size(size)?;
    if index >= size {
        return Err(TlogError::OutOfRange { index, size });
    }
    with(hashes, |lent| tlog::prove_record(size, index, lent)).map(ours)
}

/// The proof that the tree of `new` leaves begins with the tree of `old` (RFC 6962 section 2.1.2); empty where `old` is 0.
///
/// # Errors
/// [`TlogError::Consistency`] where `old` is larger, [`TlogError::TooLarge`], and those of `hashes`.
pub fn prove_tree<H: Hashes + ?Sized>(new: u64, old: u64, hashes: &H) -> Result<Vec<Hash>, TlogError> {
    check_size(new)?;
    match old {
        0 => Ok(Vec::new()),
        _ if old > new => Err(TlogError::Consistency { old, new }),
        _ => with(hashes, |lent| tlog::prove_tree(new, old, lent)).map(ours),
    }
}

/// Checks an inclusion proof (RFC 6962 section 2.1.1).
///
/// # Errors
/// [`TlogError::Inclusion`], [`TlogError::OutOfRange`], [`TlogError::TooLarge`].
pub fn check_record(proof: &[Hash], size: u64, root: Hash, index: u64, leaf: Hash) -> Result<(), TlogError> {
    check_size(size)?;
    if index >= size {
        return Err(TlogError::OutOfRange { index, size });
    }
    if proof.len() > MAX_PROOF_HASHES {
        return Err(TlogError::TooLarge { what: "a proof", limit: MAX_PROOF_HASHES as u64 });
    }
    tlog::check_record(&theirs(proof), size, tlog::Hash(root.0), index, tlog::Hash(leaf.0))
        .map_err(|_| TlogError::Inclusion { index, size })
}

/// Checks a consistency proof (RFC 6962 section 2.1.2). A tree of any size continues the empty one, by an empty proof.
///
/// # Errors
/// [`TlogError::Consistency`], [`TlogError::TooLarge`].
pub fn check_tree(proof: &[Hash], new: u64, new_root: Hash, old: u64, old_root: Hash) -> Result<(), TlogError> {
    check_size(new)?;
    let inconsistent = TlogError::Consistency { old, new };
    if proof.len() > MAX_PROOF_HASHES {
        return Err(TlogError::TooLarge { what: "a proof", limit: MAX_PROOF_HASHES as u64 });
    }
    if old == 0 {
        let empty = proof.is_empty() && old_root == Hash::EMPTY && (new > 0 || new_root == Hash::EMPTY);
        return if empty { Ok(()) } else { Err(inconsistent) };
    }
    if old > new {
        return Err(inconsistent);
    }
    tlog::check_tree(&theirs(proof), new, tlog::Hash(new_root.0), old, tlog::Hash(old_root.0)).map_err(|_| inconsistent)
}
