//! Files in an object store, which several nodes share: S3 or a server that speaks its protocol, or a folder that all nodes mount.
//!
//! | where, below the prefix | what |
//! | --- | --- |
//! | `files/<32 random digits>` | the padded bytes, encrypted (see `sealed.rs`) |
//! | `siyi-attachments` | whose files these are: the identifier of the index, as text |
//!
//! INVARIANT: what the index does not know is wiped, so an index never meets the files of another one: the mark is looked at before
//! anything else, and a mark that is gone is not made anew. It also tells a file that is missing from a bucket that is.
//!
//! As durable as the store says when it acknowledges a write; a folder is synced, file and folder. A store that keeps versions is
//! refused, since there nothing could be removed.

mod error;
mod http;
mod place;

pub use error::ObjectsError;
pub use place::Place;

use super::{
    folder::file_name,
    ports::{Blobs, FileName},
};
use crate::{error::AttachmentError, limits::MAX_STORED_BYTES};
use error::Trouble;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, path::Path};
use std::{fmt, future::Future, sync::Arc, time::Duration};
use tokio::runtime::Handle;
use uuid::Uuid;

/// How long a call waits for all of its answer.
const PATIENCE: Duration = Duration::from_secs(90);

/// What says whose files these are.
const MARK: &str = "siyi-attachments";

/// Files in an object store. Its calls block, and belong on a thread that may.
#[derive(Clone)]
pub struct ObjectBlobs {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    is_mounted: bool,
    index: Uuid,
    handle: Handle,
}

impl fmt::Debug for ObjectBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectBlobs").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl ObjectBlobs {
    /// Opens the files of the index with this identifier, and holds that they can be read and written. The place becomes this index's
    /// unless it has files already (`must_exist`). Belongs to the runtime in which it is called.
    ///
    /// # Errors
    /// [`ObjectsError`].
    pub async fn open(place: &Place, index: Uuid, must_exist: bool) -> Result<Self, ObjectsError> {
        let (store, prefix) = place.store()?;
        let blobs = Self { store, prefix, is_mounted: place.is_mounted(), index, handle: Handle::current() };
        match within(blobs.claim(must_exist)).await {
            Err(Trouble::NotThere) => Err(ObjectsError::Missing { place: place.to_string() }),
            Err(Trouble::Denied) => Err(ObjectsError::Denied { place: place.to_string() }),
            Err(Trouble::Unavailable(reason)) => Err(ObjectsError::Unavailable { reason }),
            Err(Trouble::TooLong) => Err(ObjectsError::Unavailable { reason: "an answer is too long".into() }),
            Ok(Claim::Another(found)) => Err(ObjectsError::OtherIndex { place: place.to_string(), found }),
            Ok(Claim::Versioned) => Err(ObjectsError::Versioned { place: place.to_string() }),
            Ok(Claim::Ours) => Ok(blobs),
        }
    }

    async fn claim(&self, must_exist: bool) -> Result<Claim, Trouble> {
        let (mark, text) = (self.mark(), self.index.to_string());
        let mut mode = PutMode::Overwrite;
        match self.marked().await {
            Ok(found) if found == text => {}
            Ok(found) => return Ok(Claim::Another(found)),
            Err(Trouble::NotThere) if !must_exist => mode = PutMode::Create,
            Err(trouble) => return Err(trouble),
        }
        // Written at every start: so it is known that this node may, and whether the store keeps versions.
        match self.store.put_opts(&mark, text.clone().into(), mode.into()).await {
            // Somebody else was faster; who, the mark says.
            Err(object_store::Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(put) if put.version.as_ref().is_some_and(|version| version != "null") => return Ok(Claim::Versioned),
            Ok(_) => {}
        }
        let found = self.marked().await?;
        Ok(if found == text { Claim::Ours } else { Claim::Another(found) })
    }

    /// What the mark says.
    async fn marked(&self) -> Result<String, Trouble> {
        let found = self.store.get_range(&self.mark(), 0..64).await?;
        Ok(String::from_utf8_lossy(&found).into_owned())
    }

    /// Holds that the place is still there.
    async fn is_there(&self) -> Result<(), Trouble> {
        match self.marked().await {
            Ok(found) if found == self.index.to_string() => Ok(()),
            Ok(_) | Err(Trouble::NotThere) => {
                Err(Trouble::Unavailable("the place no longer has this index's mark".into()))
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn put(&self, name: FileName, bytes: Vec<u8>) -> Result<(), Trouble> {
        if self.is_mounted {
            // A folder that is not mounted any more would be made again, on this machine alone.
            self.is_there().await?;
        }
        // Written over if it is sent again because an answer was lost: the name is new, so it is the same file.
        Ok(self.store.put(&self.path(name), bytes.into()).await.map(drop)?)
    }

    async fn read_all(&self, name: FileName) -> Result<Option<Vec<u8>>, Trouble> {
        let found = match self.store.get(&self.path(name)).await.map_err(Trouble::from) {
            Err(Trouble::NotThere) => return self.is_there().await.map(|()| None),
            found => found?,
        };
        if found.meta.size > MAX_STORED_BYTES {
            return Err(Trouble::TooLong);
        }
        Ok(Some(found.bytes().await?.into()))
    }

    async fn delete(&self, name: FileName) -> Result<(), Trouble> {
        match self.store.delete(&self.path(name)).await.map_err(Trouble::from) {
            Err(Trouble::NotThere) => self.is_there().await,
            deleted => deleted,
        }
    }

    async fn list(&self) -> Result<Vec<FileName>, Trouble> {
        let files = self.prefix.clone().join("files");
        let name = |meta: object_store::ObjectMeta| meta.location.filename().and_then(file_name);
        let listed: Vec<_> = self.store.list(Some(&files)).map_ok(name).try_collect().await?;
        Ok(listed.into_iter().flatten().collect())
    }

    fn path(&self, name: FileName) -> Path {
        self.prefix.clone().join("files").join(name.simple().to_string())
    }

    fn mark(&self) -> Path {
        self.prefix.clone().join(MARK)
    }

    fn wait<T>(&self, call: impl Future<Output = Result<T, Trouble>>) -> Result<T, AttachmentError> {
        Ok(self.handle.block_on(within(call))?)
    }
}

/// Whose place it is.
enum Claim {
    Ours,
    Another(String),
    Versioned,
}

async fn within<T>(call: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let late = || Trouble::Unavailable(format!("no answer within {} s", PATIENCE.as_secs()));
    tokio::time::timeout(PATIENCE, call).await.unwrap_or_else(|_| Err(late()))
}

impl Blobs for ObjectBlobs {
    fn write(&self, name: FileName, bytes: Vec<u8>) -> Result<(), AttachmentError> {
        self.wait(self.put(name, bytes))
    }

    fn read(&self, name: FileName) -> Result<Option<Vec<u8>>, AttachmentError> {
        self.wait(self.read_all(name))
    }

    fn wipe(&self, name: FileName) -> Result<(), AttachmentError> {
        self.wait(self.delete(name))
    }

    fn names(&self) -> Result<Vec<FileName>, AttachmentError> {
        self.wait(self.list())
    }
}
