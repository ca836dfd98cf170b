//! The transparency log's formats and proofs, without a file, a socket or a clock: all that a verifier needs. Who keeps a log
//! (`siyi-transparency`) and who checks one (`siyi-verify`) read by the same code.
//!
//! Start reading at [`SignedCheckpoint`]: what a log promised and who confirmed it. [`InclusionProof`] says that an event
//! is covered by one. Each file stands for one public specification. Deliberately absent: asking a server, trusting a
//! file name, and any form that two readers could read in two ways.

mod base64;
mod bundle;
mod checkpoint;
mod cosignature;
mod error;
mod hash;
mod key;
mod keyring;
mod lines;
mod note;
mod policy;
mod proof;
mod reader;
mod signer;
mod tile;
mod witnessing;

pub use bundle::{Bundle, MAX_ENTRY_BYTES, decode_entries, encode_entries};
pub use checkpoint::{Checkpoint, Confirmation, SignedCheckpoint};
pub use cosignature::{Cosignature, cosigned_message};
pub use error::TlogError;
pub use hash::{
    Hash, Hashes, MAX_PROOF_HASHES, MAX_TREE_SIZE, check_record, check_tree, node_hash, prove_record, prove_tree,
    record_hash, sha256, tree_hash,
};
pub use key::{KeyKind, VerifierKey};
pub use keyring::{KeyList, ListedKey};
pub use note::{MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, Note, NoteSignature};
pub use policy::{PolicyLog, PolicyWitness, TrustPolicy};
pub use proof::{InclusionProof, MAX_EXTRA_BYTES, PROOF_HEADER};
pub use reader::{AuthenticTiles, TileSource};
pub use signer::Signer;
pub use tile::{TILE_HASHES, Tile, edge_tiles, subtree};
pub use witnessing::AddCheckpoint;
