//! 数据密钥: a key of each person for each purpose, wrapped by a master key; destroying it destroys what it closed.
//!
//! The keys lie in one small file apart from the vault, in slots of one size. New keys are appended and synced together; a
//! destroyed key is overwritten with zeros where it lies and synced, so no older state of the file is left behind. The master
//! key is never here: it comes from a file of mode 0600 or from a systemd credential ([`master`]).
//!
//! What this cannot do: a disk that writes elsewhere when it is told to overwrite (copy-on-write file systems, flash) may keep
//! the wrapped key for a while; it opens nothing without the master key, whose rotation ends that too.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use uuid::Uuid;
use zeroize::Zeroizing;

mod error;
pub mod master;
mod purpose;
mod slot;

pub use error::KeyError;
pub use master::MasterKey;
pub use purpose::Purpose;
use slot::{HEADER_BYTES, Header, SLOT_BYTES, Slot};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 24;

/// A key in clear; wiped when it is dropped.
pub(crate) type DataKey = Zeroizing<[u8; KEY_BYTES]>;

const FILE: &str = "keys";
const NEXT: &str = "keys.next";

/// The keys of a vault.
#[derive(Debug)]
pub struct Keys {
    inner: Mutex<Inner>,
    folder: PathBuf,
}

#[derive(Debug)]
struct Inner {
    file: File,
    master: MasterKey,
    /// Where each key lies; a destroyed one is not here.
    places: HashMap<(Uuid, Purpose), (u64, Slot)>,
    end: u64,
}

impl Keys {
    /// Opens the keys in a folder, made where it is missing.
    ///
    /// # Errors
    /// [`KeyError::MasterWrong`] if they were made under another master key, [`KeyError::Corrupt`] if a slot does not read,
    /// [`KeyError::Unavailable`] if the disk said no. Nothing is changed then.
    pub fn open(folder: impl AsRef<Path>, master: MasterKey) -> Result<Self, KeyError> {
        let folder = folder.as_ref().to_path_buf();
        std::fs::create_dir_all(&folder)?;
        // A rotation that was cut short before its end never happened.
        remove_if_there(&folder.join(NEXT))?;
        let path = folder.join(FILE);
        if !path.exists() {
            write_new(&folder, &master, &[])?;
        }
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Header::read(&bytes)?.check(&master)?;
        let (places, end) = places(&bytes)?;
        // What a crash left of the last append was never acknowledged.
        file.set_len(end)?;
        Ok(Self { inner: Mutex::new(Inner { file, master, places, end }), folder })
    }

    /// The keys of these people and purposes, made where they are missing; durable when this returns.
    ///
    /// # Errors
    /// [`KeyError`].
    pub(crate) fn make(&self, of: &[(Uuid, Purpose)]) -> Result<HashMap<(Uuid, Purpose), (Uuid, DataKey)>, KeyError> {
        let mut inner = self.inner();
        let mut fresh: Vec<(Uuid, Purpose)> = of.iter().filter(|key| !inner.places.contains_key(key)).copied().collect();
        fresh.sort_unstable();
        fresh.dedup();
        if !fresh.is_empty() {
            let slots = fresh.iter().map(|(subject, purpose)| inner.new_slot(*subject, *purpose));
            let slots = slots.collect::<Result<Vec<Slot>, KeyError>>()?;
            inner.append(slots)?;
        }
        of.iter().map(|key| Ok((*key, inner.key(*key)?.ok_or_else(KeyError::lost)?))).collect()
    }

    /// The key of a person for a purpose; none where it was destroyed or never made.
    ///
    /// # Errors
    /// [`KeyError`].
    pub(crate) fn find(&self, subject: Uuid, purpose: Purpose) -> Result<Option<(Uuid, DataKey)>, KeyError> {
        self.inner().key((subject, purpose))
    }

    /// Destroys every key of a person and answers how many there were. Survives a power loss; cannot be undone.
    ///
    /// # Errors
    /// [`KeyError::Unavailable`]: some may be destroyed already, and the call may be made again.
    pub fn destroy(&self, subject: Uuid) -> Result<usize, KeyError> {
        let mut inner = self.inner();
        let theirs: Vec<_> =
            Purpose::ALL.iter().map(|purpose| (subject, *purpose)).filter(|key| inner.places.contains_key(key)).collect();
        for key in &theirs {
            if let Some((at, _)) = inner.places.get(key) {
                inner.file.write_all_at(&[0; SLOT_BYTES], *at)?;
            }
        }
        inner.file.sync_data()?;
        theirs.iter().for_each(|key| drop(inner.places.remove(key)));
        Ok(theirs.len())
    }

    /// Wraps every key anew under another master key. Until the last step the old one opens the folder, after it the new one;
    /// there is no state that neither opens.
    ///
    /// # Errors
    /// [`KeyError`]; the old master key stays in force then.
    pub fn rotate(&self, master: MasterKey) -> Result<usize, KeyError> {
        let mut inner = self.inner();
        let mut slots = Vec::with_capacity(inner.places.len());
        for (_, slot) in inner.places.values() {
            slots.push(slot.rewrapped(&inner.master, &master)?);
        }
        let old = inner.file.try_clone()?;
        let old_bytes = inner.end;
        write_new(&self.folder, &master, &slots)?;
        // The file is replaced: what it held under the old key is wiped from the disk, not only unlinked.
        old.write_all_at(&vec![0; usize::try_from(old_bytes).unwrap_or(0)], 0)?;
        old.sync_all()?;
        let mut file = OpenOptions::new().read(true).write(true).open(self.folder.join(FILE))?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        let (places, end) = places(&bytes)?;
        *inner = Inner { file, master, places, end };
        Ok(slots.len())
    }

    /// How many keys there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.inner().places.len()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn new_slot(&self, subject: Uuid, purpose: Purpose) -> Result<Slot, KeyError> {
        let key: DataKey = Zeroizing::new(random()?);
        Slot::wrap(subject, purpose, Uuid::from_bytes(random()?), &key, &self.master)
    }

    fn append(&mut self, slots: Vec<Slot>) -> Result<(), KeyError> {
        let bytes: Vec<u8> = slots.iter().flat_map(Slot::bytes).collect();
        self.file.write_all_at(&bytes, self.end)?;
        self.file.sync_data()?;
        for slot in slots {
            self.places.insert((slot.subject, slot.purpose), (self.end, slot));
            self.end += SLOT_BYTES as u64;
        }
        Ok(())
    }

    fn key(&self, of: (Uuid, Purpose)) -> Result<Option<(Uuid, DataKey)>, KeyError> {
        let Some((_, slot)) = self.places.get(&of) else { return Ok(None) };
        Ok(Some((slot.id, slot.unwrap_key(&self.master)?)))
    }
}

/// Where the keys lie, and where the next one goes.
fn places(bytes: &[u8]) -> Result<(HashMap<(Uuid, Purpose), (u64, Slot)>, u64), KeyError> {
    let mut places = HashMap::new();
    let slots = bytes.get(HEADER_BYTES..).unwrap_or_default();
    let mut at = HEADER_BYTES as u64;
    for chunk in slots.chunks_exact(SLOT_BYTES) {
        if let Some(slot) = Slot::read(chunk, at)? {
            places.insert((slot.subject, slot.purpose), (at, slot));
        }
        at += SLOT_BYTES as u64;
    }
    Ok((places, at))
}

/// Writes a whole file of keys beside the present one and puts it in its place.
fn write_new(folder: &Path, master: &MasterKey, slots: &[Slot]) -> Result<(), KeyError> {
    let next = folder.join(NEXT);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&next)?;
    set_private(&file)?;
    file.write_all(&Header::new(master)?.bytes())?;
    for slot in slots {
        file.write_all(&slot.bytes())?;
    }
    file.sync_all()?;
    std::fs::rename(&next, folder.join(FILE))?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn set_private(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| KeyError::Unavailable { reason: error.to_string() })?;
    Ok(bytes)
}

/// XChaCha20-Poly1305: a random nonce, then the closed text.
pub(crate) fn close(key: &[u8; KEY_BYTES], bound: &[u8], text: &[u8]) -> Result<Vec<u8>, KeyError> {
    let nonce: [u8; NONCE_BYTES] = random()?;
    let closed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: text, aad: bound })
        .map_err(|_| KeyError::Unavailable { reason: "a text could not be closed".to_owned() })?;
    Ok([nonce.as_slice(), &closed].concat())
}

/// Opens what [`close`] closed; none where the key, the bound bytes or the text are others.
pub(crate) fn open(key: &[u8; KEY_BYTES], bound: &[u8], closed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = closed.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: text, aad: bound };
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
}
