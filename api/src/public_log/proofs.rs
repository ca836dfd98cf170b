//! What the public log proves of a matter's events, all under one checkpoint.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use siyi_log::port::StoredEvent;
use siyi_tlog::{prove_record, prove_tree};
use siyi_transparency::{Published, SealError, TransparencyLog};
use siyi_verify::ports::Proofs;
use siyi_verify::proof::{Consistency, Inclusion};

/// The published log as it was at one moment.
pub struct Snapshot {
    log: TransparencyLog,
    published: Option<Arc<Published>>,
    policy: Option<String>,
}

impl Snapshot {
    /// The log as it is published now, with the policy beside it.
    #[must_use]
    pub fn of(log: &TransparencyLog) -> Self {
        let policy = std::fs::read_to_string(log.folder().path().join("policy")).ok();
        Self { log: log.clone(), published: log.published(), policy }
    }
}

fn texts(hashes: impl IntoIterator<Item = siyi_tlog::Hash>) -> Vec<String> {
    hashes.into_iter().map(|hash| STANDARD.encode(hash.0)).collect()
}

impl Proofs for Snapshot {
    type Error = SealError;

    fn checkpoint(&self) -> Result<Option<Vec<u8>>, SealError> {
        Ok(self.published.as_ref().map(|published| published.signed.note().to_string().into_bytes()))
    }

    fn policy(&self) -> Option<String> {
        self.policy.clone()
    }

    fn inclusion(&self, event: &StoredEvent) -> Result<Option<Inclusion>, SealError> {
        let Some(published) = &self.published else { return Ok(None) };
        let covered = published.checkpoint();
        let index = match self.log.leaf_of(event.position) {
            Ok(index) if index < covered.size => index,
            Ok(_) | Err(SealError::NotCovered { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let tree = self.log.folder().tree(covered.size, covered.root).map_err(SealError::Served)?;
        let hashes = prove_record(covered.size, index, &tree).map_err(SealError::Served)?;
        Ok(Some(Inclusion { index, hashes: texts(hashes) }))
    }

    /// From every power of two below: whoever kept a checkpoint of another size asks for that one.
    fn consistency(&self) -> Result<Vec<Consistency>, SealError> {
        let Some(published) = &self.published else { return Ok(Vec::new()) };
        let covered = published.checkpoint();
        let tree = self.log.folder().tree(covered.size, covered.root).map_err(SealError::Served)?;
        let sizes = (0..63).map(|power| 1_u64 << power).take_while(|size| *size < covered.size);
        sizes
            .map(|from| {
                let hashes = prove_tree(covered.size, from, &tree).map_err(SealError::Served)?;
                Ok(Consistency { from, hashes: texts(hashes) })
            })
            .collect()
    }
}
