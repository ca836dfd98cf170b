//! 核验包: one file with everything that a matter rests on, for checking without a network and without trust.
//!
//! A zip file of a fixed set of names:
//!
//! | file | what it holds |
//! | --- | --- |
//! | `manifest.json` | format and version, matter and jurisdiction, the SHA-256 of every other file |
//! | `events.jsonl` | the stored bodies in the order of the log, canonical JSON, each ended by a line feed: the matter's; its jurisdiction's and its roster's; those of the jurisdictions above; those of the accounts through which people acted |
//! | `proofs.jsonl` | an inclusion proof for each of them, in the same order |
//! | `checkpoint` | the signed note that the proofs lead to, with cosignatures |
//! | `policy` | whose signatures the keeper of the log promises (tlog-policy) |
//! | `consistency.json` | consistency proofs from earlier sizes |
//! | `procedures/*.toml` | the procedures that judged the matter |
//! | `notices.json` | what the board showed |
//! | `attachments.json` | the hashes of the papers cited |
//! | `attachments/<sha256>` | papers that are public, if they were added |
//!
//! There is no personal text in it: bodies hold digests of names and texts, and pseudonyms.

mod reading;
mod writing;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use siyi_domain::ids::{ConsultationId, JurisdictionCode};

use crate::notice::Stated;
use crate::proof::{Consistency, Inclusion};

pub use reading::read;
pub use writing::write;

/// What `format` says in a manifest.
pub const FORMAT: &str = "siyi-bundle";
/// The version that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// The largest bundle in bytes.
pub const MAX_BUNDLE_BYTES: usize = 64 << 20;
/// Most files in a bundle.
pub const MAX_FILES: usize = 2_000;
/// The largest file of a bundle in bytes, unpacked.
pub const MAX_FILE_BYTES: u64 = 32 << 20;
/// All files together in bytes, unpacked.
pub const MAX_TOTAL_BYTES: u64 = 128 << 20;
/// How often larger a file may be than what it is packed into, beyond [`FREE_BYTES`].
pub const MAX_RATIO: u64 = 100;
/// Bytes that may be packed at any ratio.
pub const FREE_BYTES: u64 = 64 << 10;
/// Most events in a bundle.
pub const MAX_EVENTS: usize = 100_000;

/// The names of a bundle's files that are not in a folder.
pub const NAMES: &[&str] = &[
    "manifest.json",
    "events.jsonl",
    "proofs.jsonl",
    "checkpoint",
    "policy",
    "consistency.json",
    "notices.json",
    "attachments.json",
];

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`]
    pub format: String,
    /// [`VERSION`]
    pub version: u32,
    /// The matter.
    pub consultation: ConsultationId,
    /// Where it belongs.
    pub jurisdiction: JurisdictionCode,
    /// The SHA-256 of every other file, by name.
    pub files: BTreeMap<String, String>,
}

/// The parts of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The matter.
    pub consultation: ConsultationId,
    /// Where it belongs.
    pub jurisdiction: JurisdictionCode,
    /// The stored bodies in the order of the log.
    pub events: Vec<Bytes>,
    /// An inclusion proof for each event, in the same order; empty where nothing is logged.
    pub proofs: Vec<Inclusion>,
    /// The checkpoint that the proofs lead to.
    pub checkpoint: Option<Vec<u8>>,
    /// Whose signatures the keeper of the log promises.
    pub policy: Option<String>,
    /// Proofs that the log grew out of earlier ones.
    pub consistency: Vec<Consistency>,
    /// The procedures, by file name.
    pub procedures: BTreeMap<String, String>,
    /// What the board showed.
    pub notices: Vec<Stated>,
    /// The hashes of the papers cited, sorted.
    pub attachments: Vec<String>,
    /// Papers that were added, by their hash.
    pub papers: BTreeMap<String, Vec<u8>>,
}

/// Why a bundle cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// A limit is passed.
    #[error("{what} {size} is over the limit of {limit}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How much.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// The zip file is damaged or uses what a bundle does not.
    #[error("the zip file: {0}")]
    Zip(String),
    /// A name that no bundle has, or twice.
    #[error("the file name `{0}`")]
    Name(String),
    /// A file is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A file is not what its name promises.
    #[error("`{file}`: {reason}")]
    Malformed {
        /// Which.
        file: String,
        /// Why.
        reason: String,
    },
}

impl BundleError {
    fn malformed(file: &str, reason: &(impl ToString + ?Sized)) -> Self {
        Self::Malformed { file: file.to_owned(), reason: reason.to_string() }
    }
}

/// Whether a bundle may have a file of this name: no folders but two, no way out of them.
#[must_use]
pub fn is_name(name: &str) -> bool {
    if NAMES.contains(&name) {
        return true;
    }
    match name.split_once('/') {
        Some(("procedures", file)) => {
            let stem = file.strip_suffix(".toml").unwrap_or_default();
            (1..=80).contains(&stem.len()) && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        }
        Some(("attachments", hash)) => {
            hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
