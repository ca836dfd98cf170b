//! Copies of the keys that do not last.
//!
//! A destroyed key is gone for good once the last backup that holds it has expired. So a backup carries its day of
//! expiry, bound to its encryption, and the key store remembers when the backups made so far expire.

use super::checked::{checked, lines};
use super::disk::Disk;
use super::header::Header;
use super::opening::{empty_folder, establish};
use super::ring::{self, Records, shard_of};
use super::sealing::{decrypt, encrypt, random_key};
use super::{Keys, KeysError, MasterKey, MasterKeyError};
use crate::clock::Clock;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use siyi_domain::moment::Moment;
use std::{fs, io, path::Path, sync::Arc};
use uuid::Uuid;

/// After how many days a backup of the keys is refused.
pub const KEY_BACKUP_DAYS: i64 = 30;

pub(super) const BACKUPS: &str = "backups";

const FORMAT: u64 = 1;

/// A backup that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backup {
    made: Moment,
    expires: Moment,
}

/// The first line of a backup.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: u64,
    store: Uuid,
    made: Moment,
    expires: Moment,
    /// Which master key opens it.
    master: String,
    /// The key of the second line, wrapped.
    key: String,
}

impl Head {
    fn context(&self) -> Vec<u8> {
        let Self { format, store, made, expires, master, key: _ } = self;
        format!("siyi-key-backup-v{format}|{store}|{made}|{expires}|{master}").into_bytes()
    }
}

impl Keys {
    /// Writes a backup of all keys into a new file, still wrapped and encrypted once more, and answers when it expires.
    /// The master key is not in it; keep that elsewhere.
    ///
    /// # Errors
    /// [`KeysError::BackupExists`] where the file is there; [`KeysError`].
    pub fn export_backup(&self, path: impl AsRef<Path>) -> Result<Moment, KeysError> {
        let path = path.as_ref();
        if path.exists() {
            return Err(KeysError::BackupExists { path: path.to_path_buf() });
        }
        let mut state = self.write();
        let made = self.clock.now();
        let lasts = SignedDuration::from_hours(24 * KEY_BACKUP_DAYS);
        let expires = made.timestamp().checked_add(lasts).map(Moment::china);
        let expires =
            expires.map_err(|error| KeysError::Unavailable { reason: format!("the clock is wrong: {error}") })?;
        let text = backup_text(&state.header, &state.records, Backup { made, expires }, &*state.master)?;
        self.changing(&mut state, |keys, state| {
            let mut backups = state.backups.clone();
            backups.retain(|backup| backup.expires > made);
            backups.push(Backup { made, expires });
            // INVARIANT: remembered before it is made, so that no backup is there that nobody knows of.
            write_backups(&keys.disk, keys.folder.path(), &backups)?;
            state.backups = backups;
            Ok(())
        })?;
        // A failure here leaves the key store whole.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let write = || {
            self.disk.write(path, text.as_bytes())?;
            self.disk.sync_folder(folder)
        };
        write().map_err(|error| KeysError::disk(path, &error))?;
        Ok(expires)
    }

    /// When the last of the backups made so far expires; none where none was made that is still good. What was destroyed
    /// now can be brought back by nobody after that.
    #[must_use]
    pub fn last_backup_expires(&self) -> Option<Moment> {
        let now = self.clock.now();
        self.read().backups.iter().map(|backup| backup.expires).filter(|expires| *expires > now).max()
    }

    /// Fills an empty folder from a backup, and opens it. Who was erased since then has to be erased again
    /// ([`crate::erasure::make_good`]); what the vault took since then under a new key does not open.
    ///
    /// # Errors
    /// [`KeysError::BackupExpired`], [`KeysError::BackupMalformed`], [`KeysError::NotEmpty`]; `master-key-wrong` where it
    /// was made under another master key; [`KeysError`].
    pub fn restore_backup(
        backup: impl AsRef<Path>,
        folder: impl AsRef<Path>,
        master: Arc<dyn MasterKey>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeysError> {
        let (backup, disk) = (backup.as_ref(), Disk::default());
        let bytes = fs::read(backup).map_err(|error| KeysError::disk(backup, &error))?;
        let (head, records) = open_backup(&bytes, &*master, &*clock)?;
        let shards = records.keys().map(|(subject, _)| shard_of(*subject)).collect();
        let header = Header::of(head.store, 1, &*master, shards)?;
        let made = Backup { made: head.made, expires: head.expires };
        let mut empty = empty_folder(folder.as_ref())?;
        establish(&disk, &mut empty, &header, &records, &[made])?;
        drop(empty);
        Self::open_on(disk, folder.as_ref(), master, clock)
    }
}

fn backup_text(header: &Header, records: &Records, made: Backup, master: &dyn MasterKey) -> Result<String, KeysError> {
    let unavailable = |reason| KeysError::Unavailable { reason };
    let unwritable = |error: &dyn std::fmt::Display| KeysError::Unavailable { reason: error.to_string() };
    let key = random_key().map_err(unavailable)?;
    let Backup { made, expires } = made;
    let (store, id) = (header.store, header.master.clone());
    let mut head = Head { format: FORMAT, store, made, expires, master: id, key: String::new() };
    head.key = URL_SAFE_NO_PAD.encode(master.wrap(&head.context(), &key)?);
    let lines = ring::to_lines(records.values()).map_err(|error| unwritable(&error))?;
    let body = encrypt(&key, &head.context(), lines.as_bytes()).map_err(unavailable)?;
    let head = serde_json::to_string(&head).map_err(|error| unwritable(&error))?;
    Ok(checked(&format!("{head}\n{}\n", URL_SAFE_NO_PAD.encode(body))))
}

fn open_backup(bytes: &[u8], master: &dyn MasterKey, clock: &dyn Clock) -> Result<(Head, Records), KeysError> {
    let malformed = |detail: &str| KeysError::BackupMalformed { detail: detail.into() };
    let text = lines(bytes).ok_or_else(|| malformed("its hash is another"))?;
    let (head, body) = text.split_once('\n').ok_or_else(|| malformed("it has no second line"))?;
    let head: Head = serde_json::from_str(head).map_err(|_| malformed("its first line does not read"))?;
    if head.format != FORMAT {
        return Err(malformed("its format is another"));
    }
    if head.expires <= clock.now() {
        return Err(KeysError::BackupExpired { expired: head.expires.to_string() });
    }
    if head.master != master.key_id() {
        return Err(MasterKeyError::Wrong.into());
    }
    let wrapped = URL_SAFE_NO_PAD.decode(&head.key).map_err(|_| malformed("its key does not read"))?;
    let key = master.unwrap(&head.context(), &wrapped).map_err(|error| match error {
        MasterKeyError::Wrong => malformed("it was changed, or the master key with this name is another"),
        error => error.into(),
    })?;
    let body = URL_SAFE_NO_PAD.decode(body.trim_end()).map_err(|_| malformed("its second line does not read"))?;
    let body = decrypt(&key, &head.context(), &body).ok_or_else(|| malformed("it was changed"))?;
    let records = std::str::from_utf8(&body).ok().and_then(ring::from_lines);
    let records = records.ok_or_else(|| malformed("its keys do not read"))?;
    Ok((head, records.into_iter().map(|record| ((record.subject, record.purpose), record)).collect()))
}

/// The backups made so far.
pub(super) fn read_backups(path: &Path) -> Result<Vec<Backup>, KeysError> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KeysError::corrupt("the list of backups is missing"),
        _ => KeysError::disk(path, &error),
    })?;
    let backups = lines(&bytes).and_then(|text| serde_json::from_str(text).ok());
    backups.ok_or_else(|| KeysError::corrupt("the list of backups does not read"))
}

pub(super) fn write_backups(disk: &Disk, folder: &Path, backups: &[Backup]) -> io::Result<()> {
    let new = folder.join("backups.new");
    disk.write(&new, checked(&format!("{}\n", serde_json::to_string(backups)?)).as_bytes())?;
    disk.rename(&new, &folder.join(BACKUPS))?;
    disk.sync_folder(folder)
}
