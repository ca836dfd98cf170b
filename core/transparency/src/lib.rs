//! The log as a public Merkle tree, so that nobody has to take the operator's word for it.
//!
//! The public formats and proofs are `siyi-tlog`, which a verifier uses too. Start reading at
//! [`sealer`]: how the tree follows the event store and when it is signed. [`witness`] is the other side of a signature,
//! [`routes`] and [`export`] are how anybody gets the files, [`fsck`] derives everything again.
//!
//! Deliberately absent: taking a leaf back, signing what is not served yet, and asking the event store for a proof.

mod compare;
mod disk;
mod edge;
mod error;
mod export;
mod fsck;
mod heads;
pub mod keys;
mod log;
mod mirror;
mod positions;
mod root;
pub mod sealer;
mod serve;
mod served;
pub mod witness;

pub use disk::DiskFaults;
pub use error::{Difference, HeldBy, SealError};
pub use export::export;
pub use fsck::{Sound, fsck, fsck_files};
pub use log::{Published, TransparencyLog};
pub use mirror::Mirror;
pub use root::root_of;
pub use serve::routes;
pub use served::TileFolder;
