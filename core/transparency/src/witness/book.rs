//! What a witness knows: for each log the last checkpoint that it confirmed. No other state.
//!
//! INVARIANT: a confirmation is on the disk before anybody is told, and comparing and writing are one step under one lock;
//! else a later request could take back what an earlier one was told.

use crate::disk::{Disk, DiskFaults, read_if_there};
use siyi_tlog::{
    AddCheckpoint, Cosignature, KeyKind, MAX_NOTE_BYTES, NoteSignature, SignedCheckpoint, Signer, TlogError,
    VerifierKey, check_tree, sha256,
};
use std::{
    collections::BTreeMap,
    fmt,
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Why a witness does not confirm a checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The request is not well formed, or its old size is the larger one (400).
    #[error("the request is malformed: {0}")]
    Malformed(String),
    /// No key of that log is known here (404).
    #[error("the log is not known here")]
    UnknownLog,
    /// None of the signatures is by a known key of the log (403).
    #[error("no signature by a known key of the log")]
    Unsigned,
    /// The checkpoint that was confirmed last has another size, or the same size and another root (409).
    #[error("the checkpoint confirmed last has {size} leaves")]
    Stale {
        /// Its size in leaves.
        size: u64,
    },
    /// The new tree does not continue the old one (422).
    #[error("the proof does not hold")]
    Inconsistent,
    /// The confirmation could not be written down, so it is not given (500).
    #[error("the confirmation could not be stored: {0}")]
    Storage(io::Error),
}

impl Refusal {
    /// The HTTP status (C2SP tlog-witness, "add-checkpoint").
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::UnknownLog => 404,
            Self::Unsigned => 403,
            Self::Stale { .. } => 409,
            Self::Inconsistent => 422,
            Self::Storage(_) => 500,
        }
    }
}

/// Why a witness's folder cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// Another process has it open.
    #[error("the folder `{folder}` is in use by another process")]
    InUse {
        /// The folder.
        folder: String,
    },
    /// A stored checkpoint is not what this witness signed.
    #[error("`{file}`: {error}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong.
        error: TlogError,
    },
    /// The key is not a witness's.
    #[error("the key is not a witness's")]
    NotAWitness,
    /// The disk does not answer.
    #[error("`{file}`: {error}")]
    Disk {
        /// The file or folder.
        file: String,
        /// What it said.
        error: io::Error,
    },
}

impl BookError {
    /// The stable public code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "witness-in-use",
            Self::Damaged { .. } => "witness-damaged",
            Self::NotAWitness => "witness-key",
            Self::Disk { .. } => "witness-disk",
        }
    }

    fn disk(path: &Path, error: io::Error) -> Self {
        Self::Disk { file: path.display().to_string(), error }
    }
}

/// A witness: its key, the logs that it watches, and what it confirmed of each.
pub struct WitnessBook {
    signer: Signer,
    logs: Vec<VerifierKey>,
    folder: PathBuf,
    disk: Disk,
    /// By origin.
    confirmed: Mutex<BTreeMap<String, SignedCheckpoint>>,
    /// Held while the book is open.
    _lock: File,
}

impl fmt::Debug for WitnessBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WitnessBook").field("key", self.signer.verifier()).finish_non_exhaustive()
    }
}

impl WitnessBook {
    /// Opens the witness's folder, which is made where it is missing. `logs` are the keys of the logs that it watches.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn open(
        folder: impl Into<PathBuf>,
        signer: Signer,
        logs: Vec<VerifierKey>,
        faults: Option<Arc<dyn DiskFaults>>,
    ) -> Result<Self, BookError> {
        let (folder, disk) = (folder.into(), Disk::new(faults));
        if signer.verifier().kind() != KeyKind::Witness {
            return Err(BookError::NotAWitness);
        }
        siyi_log::create_durably(&folder).map_err(|error| BookError::disk(&folder, error))?;
        let lock = File::create(folder.join("lock")).map_err(|error| BookError::disk(&folder, error))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => BookError::InUse { folder: folder.display().to_string() },
            TryLockError::Error(error) => BookError::disk(&folder, error),
        })?;
        let mut confirmed = BTreeMap::new();
        for origin in logs.iter().map(VerifierKey::name) {
            let path = folder.join(file_name(origin));
            let bytes = read_if_there(&path, MAX_NOTE_BYTES as u64).map_err(|error| BookError::disk(&path, error))?;
            if let Some(bytes) = bytes {
                let known = stored(&bytes, origin, signer.verifier());
                let known = known.map_err(|error| BookError::Damaged { file: path.display().to_string(), error })?;
                confirmed.insert(origin.into(), known);
            }
        }
        Ok(Self { signer, logs, folder, disk, confirmed: Mutex::new(confirmed), _lock: lock })
    }

    /// The witness's key.
    #[must_use]
    pub const fn key(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// The checkpoint of `origin` that was confirmed last, with the log's signatures and this witness's.
    #[must_use]
    pub fn latest(&self, origin: &str) -> Option<SignedCheckpoint> {
        self.confirmed.lock().unwrap_or_else(PoisonError::into_inner).get(origin).cloned()
    }

    /// The checkpoint confirmed last of the log with this SHA-256 of its origin, in hexadecimal.
    #[must_use]
    pub fn latest_by_hash(&self, hash: &str) -> Option<SignedCheckpoint> {
        let confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        confirmed.iter().find(|(origin, _)| file_name(origin) == hash).map(|(_, known)| known.clone())
    }

    /// Confirms a checkpoint, `time` in seconds since 1970, and answers when that survives a power loss. Blocks.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn add_checkpoint(&self, body: &str, time: u64) -> Result<Vec<NoteSignature>, Refusal> {
        let request = AddCheckpoint::parse(body).map_err(|error| Refusal::Malformed(error.to_string()))?;
        let mut confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = request.checkpoint.checkpoint().origin.clone();
        let key = self.decide(&request, confirmed.get(&origin))?;
        let text = &request.checkpoint.note().text;
        let signature =
            self.signer.cosign(text, time).map_err(|error| Refusal::Storage(io::Error::other(error.to_string())))?;
        let mut note = request.checkpoint.note().clone();
        // Lines of unknown keys are somebody else's text and are not kept.
        note.signatures.retain(|line| line.is_of_log(key, text));
        note.signatures.truncate(1);
        note.signatures.push(signature.clone());
        let stored = SignedCheckpoint::of(note).map_err(|error| Refusal::Malformed(error.to_string()))?;
        self.disk
            .replace(&self.folder, &file_name(&origin), stored.note().to_string().as_bytes())
            .map_err(Refusal::Storage)?;
        confirmed.insert(origin, stored);
        Ok(vec![signature])
    }

    /// The rules in the order of the specification; touches nothing.
    fn decide(&self, request: &AddCheckpoint, known: Option<&SignedCheckpoint>) -> Result<&VerifierKey, Refusal> {
        let new = request.checkpoint.checkpoint();
        let mut keys = self.logs.iter().filter(|key| key.name() == new.origin).peekable();
        if keys.peek().is_none() {
            return Err(Refusal::UnknownLog);
        }
        let key = keys.find(|key| request.checkpoint.log_key([*key]).is_ok()).ok_or(Refusal::Unsigned)?;
        if request.old > new.size {
            return Err(Refusal::Malformed("the old size is larger than the new one".into()));
        }
        let known = known.map(SignedCheckpoint::checkpoint);
        let size = known.map_or(0, |known| known.size);
        if request.old != size {
            return Err(Refusal::Stale { size });
        }
        if let Some(known) = known {
            if size == new.size && known.root != new.root {
                return Err(Refusal::Stale { size });
            }
            check_tree(&request.proof, new.size, new.root, size, known.root).map_err(|_| Refusal::Inconsistent)?;
        } else if !request.proof.is_empty() {
            return Err(Refusal::Inconsistent);
        }
        Ok(key)
    }
}

/// The file of a log: the SHA-256 of its origin, by which monitors ask for it too.
fn file_name(origin: &str) -> String {
    sha256(origin.as_bytes()).hex()
}

fn stored(bytes: &[u8], origin: &str, key: &VerifierKey) -> Result<SignedCheckpoint, TlogError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TlogError::malformed("a checkpoint", "it is no text"))?;
    let known = SignedCheckpoint::parse(text)?;
    if known.checkpoint().origin != origin {
        let found = known.checkpoint().origin.clone();
        return Err(TlogError::Origin { expected: origin.into(), found });
    }
    let confirmed: Vec<Cosignature> = known.witnesses([key])?;
    if confirmed.is_empty() { Err(TlogError::Signature { name: key.name().into() }) } else { Ok(known) }
}
