//! The public log as a plain folder, for any web server, a stick, or the archive.

use crate::{
    disk::{Disk, Placed},
    error::SealError,
    fsck::{Public, each_file, read_public},
    heads::{CHECKPOINT_FILE, read_checkpoint, unreadable},
    keys::LIST_FILE,
    sealer::POLICY_FILE,
    served::TileFolder,
};
use siyi_tlog::{Checkpoint, TlogError};
use std::path::Path;

/// How many files are written together.
const TOGETHER: usize = 256;

/// Writes the published log of `folder` to `target`: `checkpoint`, `tile/…`, `policy` and `keys`, as they are served. Every
/// file is checked against the signed root before it is written; the checkpoint comes last, so that an export that was cut
/// short promises nothing. An older export of the same log is brought up to date. Answers the checkpoint. Blocks.
///
/// # Errors
/// [`SealError::Served`] where a file is damaged, [`SealError::Unreadable`] where `target` holds another log, or a larger
/// tree; [`SealError::Disk`].
pub fn export(folder: &Path, target: &Path) -> Result<Checkpoint, SealError> {
    let Public { signed, list, policy } = read_public(folder)?;
    let covered = signed.checkpoint();
    std::fs::create_dir_all(target).map_err(|error| SealError::disk(target, error))?;
    if let Some(there) = read_checkpoint(target)? {
        check_older(there.checkpoint(), covered)?;
    }
    let source = TileFolder::new(folder);
    let tree = source.tree(covered.size, covered.root).map_err(SealError::Served)?;
    let disk = Disk::default();
    let place = |files: &[Placed]| disk.place(target, files).map_err(|error| SealError::disk(target, error));
    let mut waiting = Vec::with_capacity(TOGETHER);
    each_file(&tree, |path, bytes| {
        waiting.push(Placed { path, bytes });
        if waiting.len() == TOGETHER { place(&std::mem::take(&mut waiting)) } else { Ok(()) }
    })?;
    waiting.push(Placed { path: POLICY_FILE.into(), bytes: policy.text().into() });
    waiting.push(Placed { path: LIST_FILE.into(), bytes: list.note().to_string().into() });
    place(&waiting)?;
    place(&[Placed { path: CHECKPOINT_FILE.into(), bytes: signed.note().to_string().into() }])?;
    let pending = target.join("pending");
    disk.remove_folder(&pending).map_err(|error| SealError::disk(&pending, error))?;
    Ok(covered.clone())
}

fn check_older(there: &Checkpoint, new: &Checkpoint) -> Result<(), SealError> {
    let wrong = unreadable("the checkpoint in the target folder");
    if there.origin != new.origin {
        return Err(wrong(TlogError::Origin { expected: new.origin.clone(), found: there.origin.clone() }));
    }
    if there.size > new.size {
        return Err(wrong(TlogError::Consistency { old: there.size, new: new.size }));
    }
    Ok(())
}
