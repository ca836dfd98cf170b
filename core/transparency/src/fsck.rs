//! Checking a log from the ground up: every served file against the signed root, every event against its leaf.

use crate::{
    compare::{Compared, compare},
    error::{HeldBy, SealError},
    heads::{CHECKPOINT_FILE, read_checkpoint, unreadable},
    keys::{LIST_FILE, read_key_list},
    positions::Positions,
    sealer::{POLICY_FILE, read_policy},
    served::TileFolder,
};
use siyi_log::port::EventStore;
use siyi_tlog::{AuthenticTiles, Bundle, Checkpoint, Hash, KeyList, SignedCheckpoint, Tile, TlogError, TrustPolicy};
use std::path::Path;

/// A log that was found sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// The number of leaves.
    pub size: u64,
    /// The root.
    pub root: Hash,
    /// The names of the witnesses that confirmed it.
    pub confirmed: Vec<String>,
    /// Whether they are as many as the policy in the folder asks for.
    pub quorum_met: bool,
    /// How many tiles and bundles were read.
    pub files: u64,
}

/// The public files of a log, each read and its signatures checked.
pub(crate) struct Public {
    pub signed: SignedCheckpoint,
    pub list: KeyList,
    pub policy: TrustPolicy,
}

pub(crate) fn read_public(folder: &Path) -> Result<Public, SealError> {
    let missing =
        |file: &str| unreadable(file)(TlogError::Missing { path: file.into(), why: "there is no such file".into() });
    let list = read_key_list(folder)?.ok_or_else(|| missing(LIST_FILE))?;
    let policy = read_policy(folder)?.ok_or_else(|| missing(POLICY_FILE))?;
    let signed = read_checkpoint(folder)?.ok_or_else(|| missing(CHECKPOINT_FILE))?;
    signed.signed_by_list(&list).map_err(unreadable(CHECKPOINT_FILE))?;
    Ok(Public { signed, list, policy })
}

/// Derives the whole tree again from the served files and answers the first thing that is wrong. Blocks.
///
/// # Errors
/// [`SealError::Served`] names the file that does not follow from the signed root; [`SealError::Unreadable`] the file that
/// cannot be read.
pub fn fsck_files(folder: &Path) -> Result<Sound, SealError> {
    let Public { signed, policy, .. } = read_public(folder)?;
    let confirmed = signed.witnesses(policy.witnesses().iter().map(|witness| &witness.key));
    let confirmed = confirmed.map_err(unreadable(CHECKPOINT_FILE))?;
    let Checkpoint { size, root, .. } = *signed.checkpoint();
    let source = TileFolder::new(folder);
    let tree = source.tree(size, root).map_err(SealError::Served)?;
    let files = each_file(&tree, |_, _| Ok(()))?;
    let quorum_met = policy.is_met(&confirmed);
    let confirmed = confirmed.into_iter().map(|one| one.key.name().into()).collect();
    Ok(Sound { size, root, confirmed, quorum_met, files })
}

/// As [`fsck_files`], and then holds every event of the store against its leaf, and the map of positions against both.
///
/// # Errors
/// As [`fsck_files`], and [`SealError::Rewritten`] or [`SealError::Shortened`] with the first event that differs.
pub async fn fsck(folder: &Path, store: &dyn EventStore) -> Result<Sound, SealError> {
    let sound = fsck_files(folder)?;
    let Public { signed, .. } = read_public(folder)?;
    let (files, positions) = (TileFolder::new(folder), Positions::new(folder));
    let head = signed.checkpoint();
    let (held_by, size) = (HeldBy::Checkpoint, head.size);
    match compare(store, &files, head, Some(&positions)).await? {
        Compared::Same => Ok(sound),
        Compared::Position(leaf) => {
            let why = format!("it says another position for leaf {leaf}");
            Err(SealError::Unreadable {
                file: "positions".into(),
                error: TlogError::malformed("the map of positions", why),
            })
        }
        Compared::Differs(first) if first.position.is_none() => {
            Err(SealError::Shortened { held_by, size, leaves: first.leaf, first: Some(first) })
        }
        Compared::Differs(first) => Err(SealError::Rewritten { held_by, size, first: Some(first) }),
    }
}

/// Reads all tiles and bundles of a tree, each authenticated, and answers how many there are.
pub(crate) fn each_file(
    tree: &AuthenticTiles<&TileFolder>,
    mut each: impl FnMut(String, Vec<u8>) -> Result<(), SealError>,
) -> Result<u64, SealError> {
    let (size, mut files) = (tree.size(), 0);
    for level in (0..=6_u8).rev() {
        for index in 0..(size >> (8 * level)).div_ceil(256) {
            let Some(tile) = Tile::within(level, index, size) else { break };
            let bytes = tree.tile(level, index).map_err(SealError::Served)?;
            each(tile.to_string(), bytes.to_vec())?;
            files += 1;
        }
    }
    for index in 0..size.div_ceil(256) {
        let Some(bundle) = Bundle::within(index, size) else { break };
        let entries = tree.entries(index).map_err(SealError::Served)?;
        let bytes = siyi_tlog::encode_entries(entries.iter().map(Vec::as_slice)).map_err(SealError::Served)?;
        each(bundle.to_string(), bytes)?;
        files += 1;
    }
    Ok(files)
}
