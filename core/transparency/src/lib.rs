//! The log as a public Merkle tree, so that nobody has to take the operator's word for it.
//!
//! Start reading at [`tlog`]: the public formats and proofs, without input and output, as a verifier uses them.

mod disk;
pub mod keys;
pub mod tlog;

pub use disk::DiskFaults;

mod compare;
mod edge;
mod error;
mod export;
mod fsck;
mod heads;
mod log;
mod positions;
pub mod sealer;
mod serve;
mod served;
pub mod witness;

pub use error::{Difference, HeldBy, SealError};
pub use export::export;
pub use fsck::{Sound, fsck, fsck_files};
pub use log::{Published, TransparencyLog};
pub use serve::routes;
pub use served::TileFolder;
