//! Holding the events of the store against the leaves of the tiles, one by one.

use crate::{
    error::{Difference, SealError},
    sealer::is_leaf,
    served::TileFolder,
    tlog::Checkpoint,
};
use siyi_log::port::{AllFrom, Direction, EventStore};

/// How many events are read from the store at once.
const PAGE: usize = 4096;

/// The first leaf of the tree of `head` for which the store has another event, or none.
pub(crate) async fn first_difference(
    store: &dyn EventStore,
    files: &TileFolder,
    head: &Checkpoint,
) -> Result<Option<Difference>, SealError> {
    let (mut leaf, mut from) = (0, AllFrom::Start);
    while leaf < head.size {
        let events = store.read_all(from, Direction::Forwards, PAGE).await?;
        let Some(last) = events.last() else { return Ok(Some(Difference { leaf, position: None })) };
        from = AllFrom::After(last.position);
        // Not kept across the wait for the store: what is read from files stays with this thread.
        let tree = files.tree(head.size, head.root).map_err(SealError::Served)?;
        let mut bundle: Option<(u64, Vec<Vec<u8>>)> = None;
        for event in events.iter().filter(|event| is_leaf(event)) {
            if leaf == head.size {
                break;
            }
            let index = leaf / 256;
            if bundle.as_ref().is_none_or(|(of, _)| *of != index) {
                bundle = Some((index, tree.entries(index).map_err(SealError::Served)?));
            }
            let sealed = bundle.as_ref().and_then(|(_, leaves)| leaves.get(usize::try_from(leaf % 256).unwrap_or(256)));
            if sealed.is_none_or(|sealed| sealed.as_slice() != &*event.body) {
                return Ok(Some(Difference { leaf, position: Some(event.position) }));
            }
            leaf += 1;
        }
    }
    Ok(None)
}
