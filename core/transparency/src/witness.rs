//! Witnesses (C2SP tlog-witness): who confirms that a log shows everybody one history.
//!
//! [`Witness`] is what the log asks, [`HttpWitness`] asks over the network, [`WitnessBook`] is the witness itself and
//! [`witness_routes`] its door.

mod book;
mod client;
mod door;

pub use book::{BookError, Refusal, WitnessBook};
pub use client::{HttpWitness, WITNESS_TIMEOUT};
pub use door::witness_routes;

use async_trait::async_trait;
use siyi_tlog::{AddCheckpoint, NoteSignature, SignedCheckpoint, VerifierKey};

/// Why a witness did not confirm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotConfirmed {
    /// It knows a checkpoint of another size than the request continues (409).
    #[error("the witness knows a checkpoint of {size} leaves")]
    Stale {
        /// The size of its checkpoint in leaves.
        size: u64,
    },
    /// The proof does not hold for what it knows (422).
    #[error("the witness finds the checkpoint inconsistent with the one it knows")]
    Inconsistent,
    /// It refuses for another reason.
    #[error("the witness refuses with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// It does not answer in time, or not as a witness does.
    #[error("the witness does not answer: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
}

/// A witness, as the log sees it.
#[async_trait]
pub trait Witness: Send + Sync + 'static {
    /// Its key.
    fn key(&self) -> &VerifierKey;

    /// Asks it to confirm a checkpoint. The signatures that it answers are not checked yet.
    ///
    /// # Errors
    /// [`NotConfirmed`].
    async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Vec<NoteSignature>, NotConfirmed>;

    /// The checkpoint that it confirmed last, none where it knows no checkpoint of that log. Not checked yet.
    ///
    /// # Errors
    /// [`NotConfirmed::Unavailable`], [`NotConfirmed::Refused`].
    async fn latest(&self, origin: &str) -> Result<Option<SignedCheckpoint>, NotConfirmed>;
}
