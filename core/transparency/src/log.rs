//! The log as readers see it: the published checkpoint, and proofs from the files. The event store is never asked.

use crate::{error::SealError, positions::Positions, served::TileFolder};
use siyi_log::port::Position;
use siyi_tlog::{
    Checkpoint, Cosignature, InclusionProof, KeyList, SignedCheckpoint, TlogError, TrustPolicy, VerifierKey,
    prove_record,
};
use std::{io, sync::Arc};
use tokio::sync::watch;

/// A checkpoint as it is published, and who stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The checkpoint with all its signatures.
    pub signed: SignedCheckpoint,
    /// The log's key that signed it.
    pub log: VerifierKey,
    /// The witnesses of the policy that confirmed it, and when.
    pub confirmed: Vec<Cosignature>,
    /// Whether they are as many as the policy asks for. Where not, a checkpoint says only what the operator says.
    pub quorum_met: bool,
}

impl Published {
    pub(crate) fn check(signed: SignedCheckpoint, list: &KeyList, policy: &TrustPolicy) -> Result<Self, TlogError> {
        let log = signed.signed_by_list(list)?.clone();
        let confirmed = signed.witnesses(policy.witnesses().iter().map(|witness| &witness.key))?;
        let quorum_met = policy.is_met(&confirmed);
        Ok(Self { signed, log, confirmed, quorum_met })
    }

    /// What the log promised.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        self.signed.checkpoint()
    }
}

/// A log in a folder, for reading.
#[derive(Clone, Debug)]
pub struct TransparencyLog {
    files: Arc<TileFolder>,
    positions: Positions,
    published: watch::Receiver<Option<Arc<Published>>>,
}

impl TransparencyLog {
    pub(crate) fn new(files: TileFolder, published: watch::Receiver<Option<Arc<Published>>>) -> Self {
        let positions = Positions::new(files.path());
        Self { files: Arc::new(files), positions, published }
    }

    /// The folder with the tiles.
    #[must_use]
    pub fn folder(&self) -> &TileFolder {
        &self.files
    }

    /// The published checkpoint; none before the first event was sealed.
    #[must_use]
    pub fn published(&self) -> Option<Arc<Published>> {
        self.published.borrow().clone()
    }

    /// Tells of each new checkpoint.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<Arc<Published>>> {
        self.published.clone()
    }

    /// The size of the published tree in leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.published.borrow().as_ref().map_or(0, |published| published.checkpoint().size)
    }

    /// The leaf of the event at a position of the store, once it is covered. Blocks on some small reads of a file.
    ///
    /// # Errors
    /// [`SealError::NotCovered`] where a later checkpoint will cover it, [`SealError::NoLeaf`] where the event is none of
    /// the domain, [`SealError::Disk`].
    pub fn leaf_of(&self, position: Position) -> Result<u64, SealError> {
        let disk = |error: io::Error| SealError::disk(self.positions.path(), error);
        let size = self.size();
        if let Some(leaf) = self.positions.leaf(position, size).map_err(disk)? {
            return Ok(leaf);
        }
        let covered = match size.checked_sub(1) {
            Some(last) => self.positions.position(last).map_err(disk)? > position,
            None => false,
        };
        if covered {
            Err(SealError::NoLeaf { position })
        } else {
            Err(SealError::NotCovered { what: format!("position {position}") })
        }
    }

    /// The position of a leaf in the store, for leaves that are covered. Blocks on one small read.
    ///
    /// # Errors
    /// [`SealError::NotCovered`], [`SealError::Disk`].
    pub fn position_of(&self, leaf: u64) -> Result<Position, SealError> {
        if leaf >= self.size() {
            return Err(SealError::NotCovered { what: format!("leaf {leaf}") });
        }
        self.positions.position(leaf).map_err(|error| SealError::disk(self.positions.path(), error))
    }

    /// The receipt of a leaf under the published checkpoint: `Display` is the `.tlog-proof` file. Made from the tiles alone,
    /// each of which is checked. Blocks on reading them.
    ///
    /// # Errors
    /// [`SealError::NotCovered`] where a later checkpoint will cover it, [`SealError::Served`] where the files are damaged.
    pub fn proof_for_leaf(&self, leaf: u64) -> Result<InclusionProof, SealError> {
        let not_covered = || SealError::NotCovered { what: format!("leaf {leaf}") };
        let published = self.published().ok_or_else(not_covered)?;
        let covered = published.checkpoint();
        if leaf >= covered.size {
            return Err(not_covered());
        }
        let tree = self.files.tree(covered.size, covered.root).map_err(SealError::Served)?;
        let hashes = prove_record(covered.size, leaf, &tree).map_err(SealError::Served)?;
        Ok(InclusionProof { extra: None, index: leaf, hashes, checkpoint: published.signed.clone() })
    }

    /// The receipt of the event at a position of the store.
    ///
    /// # Errors
    /// As [`Self::leaf_of`] and [`Self::proof_for_leaf`].
    pub fn proof_for(&self, position: Position) -> Result<InclusionProof, SealError> {
        self.proof_for_leaf(self.leaf_of(position)?)
    }

    /// The stored bytes of a leaf, checked against the published checkpoint. Blocks on reading tiles.
    ///
    /// # Errors
    /// [`SealError::NotCovered`], [`SealError::Served`].
    pub fn entry(&self, leaf: u64) -> Result<Vec<u8>, SealError> {
        let not_covered = || SealError::NotCovered { what: format!("leaf {leaf}") };
        let published =
            self.published().filter(|published| leaf < published.checkpoint().size).ok_or_else(not_covered)?;
        let covered = published.checkpoint();
        let tree = self.files.tree(covered.size, covered.root).map_err(SealError::Served)?;
        tree.entry(leaf).map_err(SealError::Served)
    }
}
