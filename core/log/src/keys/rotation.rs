//! Putting another master key in force.

use super::header::{HEADER, Header, NEW_HEADER};
use super::ring::{self, Records};
use super::{Keys, KeysError, MasterKey, WrappedKey};
use std::sync::Arc;

impl Keys {
    /// Wraps all keys under another master key and answers how many there are. The keys themselves stay, so nothing in
    /// the vault changes. Backups made before open with the old master key only.
    ///
    /// A crash leaves a key store that opens with the old master key (which takes the rotation back), with the new one
    /// (which finishes it), or with either; it never leaves one that opens with neither.
    ///
    /// # Errors
    /// [`KeysError`]. Where the new master key did not answer, nothing was changed. Where the disk said no, open the key
    /// store again with the old master key, or, if that is refused as wrong, with the new one.
    pub fn rotate(&self, new: Arc<dyn MasterKey>) -> Result<usize, KeysError> {
        let mut state = self.write();
        let rewrap = |record: &WrappedKey| record.rewrapped(&*state.master, &*new);
        let records: Records =
            state.records.iter().map(|(of, record)| Ok((*of, rewrap(record)?))).collect::<Result<_, KeysError>>()?;
        let (old, shards) = (state.header.clone(), state.header.shards.clone());
        let header = Header::of(old.store, old.ring + 1, &*new, shards)?;
        self.changing(&mut state, |keys, state| {
            let (disk, root) = (&keys.disk, keys.folder.path());
            let ring = root.join(header.ring_name());
            disk.create_folder(&ring)?;
            ring::write_shards(disk, &ring, &records, &header.shards)?;
            disk.sync_folder(root)?;
            header.write_new(disk, root)?;
            disk.sync_folder(root)?;
            disk.rename(&root.join(NEW_HEADER), &root.join(HEADER))?;
            disk.sync_folder(root)?;
            let count = records.len();
            (state.header, state.records, state.master) = (header, records, new);
            disk.wipe_folder(&root.join(old.ring_name()))?;
            Ok(count)
        })
    }
}
