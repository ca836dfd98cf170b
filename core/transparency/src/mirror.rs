//! A mirror: somebody else's copy of a whole log, such as the county archive's, kept up to date and checked before it is believed.

use crate::{
    disk::{Disk, Placed},
    error::{HeldBy, SealError},
    heads::{CHECKPOINT_FILE, read_checkpoint, unreadable},
    keys::LIST_FILE,
    sealer::POLICY_FILE,
    served::TileFolder,
    witness::WITNESS_TIMEOUT,
};
use reqwest::{Client, redirect::Policy};
use siyi_tlog::{Bundle, Checkpoint, SignedCheckpoint, Tile, TlogError, VerifierKey, tree_hash};
use std::path::PathBuf;

/// The longest file that is fetched: a bundle of 256 leaves of the greatest length.
const MAX_FILE_BYTES: usize = 256 * 65_537;

/// How many bundles are fetched before they are written.
const TOGETHER: u64 = 64;

/// A folder that follows a log: `checkpoint`, `tile/…`, `policy` and `keys`, as the log serves them.
#[derive(Debug)]
pub struct Mirror {
    folder: PathBuf,
    key: VerifierKey,
    prefix: String,
    client: Client,
}

impl Mirror {
    /// A mirror in `folder` of the log with this key, whose files are below `prefix`, such as `https://siyi.example/log`.
    ///
    /// # Errors
    /// [`SealError::Served`] where no client can be had.
    pub fn new(folder: impl Into<PathBuf>, key: VerifierKey, prefix: &str) -> Result<Self, SealError> {
        let client = Client::builder().timeout(WITNESS_TIMEOUT).redirect(Policy::none()).no_proxy().build();
        let client = client.map_err(|error| missing(prefix, &error))?;
        Ok(Self { folder: folder.into(), key, prefix: prefix.trim_end_matches('/').into(), client })
    }

    /// Fetches what is new, checks all of it against the log's signature and what is here already, and answers how large the
    /// copy is now. The checkpoint is written last: a copy that was cut short promises nothing.
    ///
    /// # Errors
    /// [`SealError::Forked`] where the log does not continue what is here, [`SealError::RolledBack`] where it is smaller;
    /// [`SealError::Served`], [`SealError::Unreadable`], [`SealError::Disk`].
    pub async fn follow(&self) -> Result<u64, SealError> {
        let bytes = self.fetch(CHECKPOINT_FILE).await?;
        let malformed = || TlogError::malformed("a checkpoint", "it is no text");
        let text = String::from_utf8(bytes).map_err(|_| SealError::Served(malformed()))?;
        let signed = SignedCheckpoint::parse(&text).map_err(SealError::Served)?;
        signed.log_key([&self.key]).map_err(SealError::Served)?;
        let new = signed.checkpoint();
        let kept = read_checkpoint(&self.folder)?.map(|kept| kept.checkpoint().clone());
        let from = kept.as_ref().map_or(0, |kept| kept.size);
        if from > new.size {
            return Err(SealError::RolledBack { published: from, found: new.size });
        }
        siyi_log::create_durably(&self.folder).map_err(|error| SealError::disk(&self.folder, error))?;
        self.copy(from, new).await?;
        self.check(kept.as_ref(), from, new)?;
        let mut last = Vec::new();
        for path in [POLICY_FILE, LIST_FILE] {
            last.push(Placed { path: path.into(), bytes: self.fetch(path).await? });
        }
        self.place(&last)?;
        self.place(&[Placed { path: CHECKPOINT_FILE.into(), bytes: text.into_bytes() }])?;
        Ok(new.size)
    }

    /// Bundles and tiles that a tree of `from` leaves did not have, or not so wide.
    async fn copy(&self, from: u64, new: &Checkpoint) -> Result<(), SealError> {
        let mut waiting = Vec::new();
        for index in from / 256..new.size.div_ceil(256) {
            if let Some(bundle) = Bundle::within(index, new.size) {
                waiting.push(self.one(bundle.to_string()).await?);
            }
            if index % TOGETHER == 0 {
                self.place(&std::mem::take(&mut waiting))?;
            }
        }
        for level in 0..=6_u8 {
            for index in (from >> (8 * level)) / 256.. {
                let Some(tile) = Tile::within(level, index, new.size) else { break };
                waiting.push(self.one(tile.to_string()).await?);
            }
        }
        self.place(&waiting)
    }

    /// Every new leaf against the signed root, and the old tree as the beginning of the new one.
    fn check(&self, kept: Option<&Checkpoint>, from: u64, new: &Checkpoint) -> Result<(), SealError> {
        let files = TileFolder::new(&self.folder);
        let tree = files.tree(new.size, new.root).map_err(SealError::Served)?;
        for index in from / 256..new.size.div_ceil(256) {
            tree.entries(index).map_err(SealError::Served)?;
        }
        match kept {
            Some(kept) if tree_hash(kept.size, &tree).map_err(SealError::Served)? != kept.root => {
                Err(SealError::Rewritten { held_by: HeldBy::Checkpoint, size: kept.size, first: None })
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn one(&self, path: String) -> Result<Placed, SealError> {
        let bytes = self.fetch(&path).await?;
        Ok(Placed { path, bytes })
    }

    fn place(&self, files: &[Placed]) -> Result<(), SealError> {
        Disk::default().place(&self.folder, files).map_err(|error| SealError::disk(&self.folder, error))
    }

    async fn fetch(&self, path: &str) -> Result<Vec<u8>, SealError> {
        let answer = self.client.get(format!("{}/{path}", self.prefix)).send().await;
        let mut answer = answer.and_then(reqwest::Response::error_for_status).map_err(|error| missing(path, &error))?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| missing(path, &error))? {
            if bytes.len() + chunk.len() > MAX_FILE_BYTES {
                let limit = MAX_FILE_BYTES as u64;
                return Err(unreadable(path)(TlogError::TooLarge { what: "a file of the log", limit }));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn missing(path: &str, error: &impl ToString) -> SealError {
    SealError::Served(TlogError::Missing { path: path.into(), why: error.to_string() })
}
