//! The root of a whole log, straight from its store, without tiles.

use crate::sealer::is_leaf;
use siyi_log::port::{AllFrom, Direction, EventStore, MAX_READ, ReadError};
use siyi_tlog::{Hash, node_hash, record_hash, sha256};

/// The number of leaves in `store` and the root over them (RFC 6962 section 2.1), from one pass over the log.
///
/// # Errors
/// [`ReadError`].
pub async fn root_of(store: &dyn EventStore) -> Result<(u64, Hash), ReadError> {
    let (mut tree, mut from) = (Growing::default(), AllFrom::Start);
    loop {
        let events = store.read_all(from, Direction::Forwards, MAX_READ).await?;
        let Some(last) = events.last() else { return Ok((tree.size, tree.root())) };
        from = AllFrom::After(last.position);
        for event in events.iter().filter(|event| is_leaf(event)) {
            tree.push(record_hash(&event.body));
        }
    }
}

/// A tree that only grows: the roots of its complete subtrees, the largest first, one for each bit that is set in its size.
#[derive(Debug, Default)]
struct Growing {
    size: u64,
    complete: Vec<Hash>,
}

impl Growing {
    fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each complete subtree at the end that is as large as the new one becomes its left half.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.complete.pop() {
                node = node_hash(left, node);
            }
        }
        self.complete.push(node);
        self.size += 1;
    }

    fn root(&self) -> Hash {
        let joined = self.complete.iter().rev().copied().reduce(|right, left| node_hash(left, right));
        joined.unwrap_or_else(|| sha256(&[]))
    }
}
