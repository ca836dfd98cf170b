//! The root of a whole log, straight from its store, without served files.

use crate::{edge::Edge, error::SealError, sealer::is_leaf};
use siyi_log::port::{AllFrom, Direction, EventStore, MAX_READ};
use siyi_tlog::Hash;

/// The number of leaves in `store` and the root over them (RFC 6962 section 2.1), from one pass over the log.
///
/// # Errors
/// [`SealError`] where the log cannot be read, or holds an event that is longer than a leaf may be.
pub async fn root_of(store: &dyn EventStore) -> Result<(u64, Hash), SealError> {
    let (mut edge, mut from) = (Edge::default(), AllFrom::Start);
    loop {
        let events = store.read_all(from, Direction::Forwards, MAX_READ).await?;
        let Some(last) = events.last() else { break };
        from = AllFrom::After(last.position);
        // What became full is served nowhere here.
        let mut full = Vec::new();
        for event in events.iter().filter(|event| is_leaf(event)) {
            edge.push(&event.body, &mut full).map_err(|_| SealError::TooLong { position: event.position })?;
        }
    }
    Ok((edge.size(), edge.root().map_err(SealError::Served)?))
}
