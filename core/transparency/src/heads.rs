//! Heads: what is about to be signed, written down before it is.

use crate::{
    disk::{Disk, read_if_there},
    error::SealError,
};
use serde_json::json;
use siyi_log::port::{
    AppendError, Direction, EventStore, Expected, NewEvent, ReadError, ReadFrom, Revision, StoredEvent, StreamName,
};
use siyi_tlog::{Checkpoint, MAX_NOTE_BYTES, SignedCheckpoint, TlogError, sha256};
use std::path::Path;

/// The file of the last head, beside `tile/`: a checkpoint's three lines without a signature, and the size that was
/// published when it was written.
const HEAD_FILE: &str = "head";

/// The published checkpoint.
pub(crate) const CHECKPOINT_FILE: &str = "checkpoint";

/// The wire name of a head in the stream of heads.
const HEAD_EVENT: &str = "log-head-claimed.v1";

/// A head in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptHead {
    /// What is signed next.
    pub head: Checkpoint,
    /// The size of the checkpoint that was published then: whoever finds a smaller one published finds it rolled back.
    pub published: u64,
}

/// The head in the folder.
pub(crate) fn read_head(folder: &Path) -> Result<Option<KeptHead>, SealError> {
    read_text(folder, HEAD_FILE)?.map(|text| kept_head(&text)).transpose().map_err(unreadable(HEAD_FILE))
}

fn kept_head(text: &str) -> Result<KeptHead, TlogError> {
    let malformed = || TlogError::malformed("a head", "`published` is needed behind the checkpoint");
    let (checkpoint, published) = text.rsplit_once("published ").ok_or_else(malformed)?;
    let published = published.strip_suffix('\n').and_then(|size| size.parse().ok()).ok_or_else(malformed)?;
    Ok(KeptHead { head: Checkpoint::parse(checkpoint)?, published })
}

/// The published checkpoint in the folder; its signatures are not checked here.
pub(crate) fn read_checkpoint(folder: &Path) -> Result<Option<SignedCheckpoint>, SealError> {
    let text = read_text(folder, CHECKPOINT_FILE)?;
    text.map(|text| SignedCheckpoint::parse(&text)).transpose().map_err(unreadable(CHECKPOINT_FILE))
}

pub(crate) fn write_head(disk: &Disk, folder: &Path, kept: &KeptHead) -> Result<(), SealError> {
    let text = format!("{}published {}\n", kept.head.text(), kept.published);
    disk.replace(folder, HEAD_FILE, text.as_bytes()).map_err(|error| SealError::disk(&folder.join(HEAD_FILE), error))
}

pub(crate) fn unreadable(file: &str) -> impl Fn(TlogError) -> SealError {
    move |error| SealError::Unreadable { file: file.into(), error }
}

fn read_text(folder: &Path, name: &str) -> Result<Option<String>, SealError> {
    let path = folder.join(name);
    let bytes = read_if_there(&path, MAX_NOTE_BYTES as u64).map_err(|error| SealError::disk(&path, error))?;
    let text = bytes.map(String::from_utf8).transpose();
    text.map_err(|_| unreadable(name)(TlogError::malformed("a head", "it is no text")))
}

/// Where a cluster agrees which head is signed next: a stream of the event store, by expected revision.
///
/// Two nodes that hold the key cannot sign two histories: who claims a head has seen the last one claimed.
#[derive(Clone, Debug)]
pub(crate) struct HeadStream {
    pub name: StreamName,
}

/// The last head of the stream.
pub(crate) struct Claimed {
    pub revision: Option<Revision>,
    pub head: Option<Checkpoint>,
}

impl HeadStream {
    pub(crate) async fn last(&self, store: &dyn EventStore) -> Result<Claimed, SealError> {
        let last = store.read_stream(&self.name, ReadFrom::End, Direction::Backwards, 1).await?;
        let Some(event) = last.into_iter().next() else { return Ok(Claimed { revision: None, head: None }) };
        let head = head_of(&event).map_err(unreadable(self.name.as_str()))?;
        Ok(Claimed { revision: Some(event.revision), head: Some(head) })
    }

    /// Claims a head behind `last`. False where somebody else was faster.
    pub(crate) async fn claim(
        &self,
        store: &dyn EventStore,
        head: &Checkpoint,
        last: &Claimed,
    ) -> Result<bool, SealError> {
        let expected = last.revision.map_or(Expected::NoStream, Expected::Exact);
        let body = json!({ "checkpoint": head.text() });
        // INVARIANT: the id follows from the head and its place, so that a claim whose answer was lost is made again and
        // stands once, and two nodes that claim the same head at the same place both have it.
        let place = last.revision.map_or_else(|| "first".into(), |revision| revision.to_string());
        let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            sha256(format!("{HEAD_EVENT}\n{}\n{place}\n{}", self.name, head.text()).as_bytes()).0;
        let event = NewEvent::new(uuid::Builder::from_custom_bytes(id).into_uuid(), HEAD_EVENT, &body)
            .map_err(|error| ReadError::Unavailable { reason: format!("a head cannot be written: {error}") })?;
        match store.append(&self.name, expected, vec![event]).await {
            Ok(_) => Ok(true),
            Err(AppendError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn head_of(event: &StoredEvent) -> Result<Checkpoint, TlogError> {
    let malformed = || TlogError::malformed("a head", "`checkpoint` is needed");
    let body: serde_json::Value = serde_json::from_slice(&event.body).map_err(|_| malformed())?;
    Checkpoint::parse(body.get("checkpoint").and_then(|text| text.as_str()).ok_or_else(malformed)?)
}
