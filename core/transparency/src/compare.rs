//! Holding the events of the store against the leaves of the tiles, one by one.

use crate::{
    error::{Difference, SealError},
    positions::Positions,
    sealer::is_leaf,
    served::TileFolder,
};
use siyi_log::port::{AllFrom, Direction, EventStore, StoredEvent};
use siyi_tlog::Checkpoint;

/// How many events are read from the store at once.
const PAGE: usize = 4096;

/// What a comparison found first.
pub(crate) enum Compared {
    Same,
    /// An event is not what was sealed, or is gone.
    Differs(Difference),
    /// The map says another position for this leaf.
    Position(u64),
}

/// Goes through the leaves of the tree of `head`.
pub(crate) async fn compare(
    store: &dyn EventStore,
    files: &TileFolder,
    head: &Checkpoint,
    positions: Option<&Positions>,
) -> Result<Compared, SealError> {
    let (mut leaf, mut from) = (0, AllFrom::Start);
    while leaf < head.size {
        let events = store.read_all(from, Direction::Forwards, PAGE).await?;
        let Some(last) = events.last() else { return Ok(Compared::Differs(Difference { leaf, position: None })) };
        from = AllFrom::After(last.position);
        match page(&events, files, head, &mut leaf, positions)? {
            Compared::Same => {}
            found => return Ok(found),
        }
    }
    Ok(Compared::Same)
}

fn page(
    events: &[StoredEvent],
    files: &TileFolder,
    head: &Checkpoint,
    leaf: &mut u64,
    positions: Option<&Positions>,
) -> Result<Compared, SealError> {
    let tree = files.tree(head.size, head.root).map_err(SealError::Served)?;
    let mut bundle: Option<(u64, Vec<Vec<u8>>)> = None;
    for event in events.iter().filter(|event| is_leaf(event)) {
        if *leaf == head.size {
            break;
        }
        let index = *leaf / 256;
        if bundle.as_ref().is_none_or(|(of, _)| *of != index) {
            bundle = Some((index, tree.entries(index).map_err(SealError::Served)?));
        }
        let at = usize::try_from(*leaf % 256).unwrap_or(usize::MAX);
        let sealed = bundle.as_ref().and_then(|(_, leaves)| leaves.get(at));
        if sealed.is_none_or(|sealed| sealed.as_slice() != &*event.body) {
            return Ok(Compared::Differs(Difference { leaf: *leaf, position: Some(event.position) }));
        }
        if let Some(positions) = positions {
            let held = positions.holds(&event.position.0.to_be_bytes(), *leaf);
            if !held.map_err(|error| SealError::disk(positions.path(), error))? {
                return Ok(Compared::Position(*leaf));
            }
        }
        *leaf += 1;
    }
    Ok(Compared::Same)
}
