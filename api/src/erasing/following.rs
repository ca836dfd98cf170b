//! Of several nodes each follows the log for erasures: whoever recorded one, every node's read models lose the bytes of what they
//! overwrote, and the node that recorded it may die before it has done the rest.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use siyi_domain::ids::PersonId;
use siyi_log::erasure::erased;
use siyi_log::port::{Batch, EventStore, Position, ReadError, StoredEvent};
use tokio::task::AbortHandle;

use super::Failed;
use crate::app::App;
use crate::elsewhere::write_durably;

/// The file in the data folder that says up to which position of the log this node has done all that erasures ask.
const THROUGH: &str = "erased-through";

/// Events after which the file is written although there was no erasure among them.
const BATCH_EVENTS: usize = 1024;

/// How long the follower waits after something broke.
const PAUSE: Duration = Duration::from_secs(2);

/// The events that take a person's data away.
const TAKING_AWAY: [&str; 2] = ["person-erased.v1", "person-restricted.v1"];

/// How far a node has followed.
pub(super) struct Following {
    data: PathBuf,
    through: Mutex<Option<Position>>,
    task: Mutex<Option<AbortHandle>>,
}

impl Following {
    /// Of a node that begins, from the newest event on: its read models are made after everybody erased so far was forgotten.
    pub(super) async fn open(data: &Path, store: &dyn EventStore) -> Result<Self, ReadError> {
        let unavailable = |error: std::io::Error| ReadError::Unavailable { reason: error.to_string() };
        let through = match std::fs::read_to_string(data.join(THROUGH)) {
            Ok(text) => text.parse().ok().map(Position),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let head = store.head().await?;
                write_durably(data, THROUGH, &spelt(head)).map_err(unavailable)?;
                head
            }
            Err(error) => return Err(unavailable(error)),
        };
        Ok(Self { data: data.to_path_buf(), through: Mutex::new(through), task: Mutex::default() })
    }

    pub(super) fn stop(&self) {
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }

    fn through(&self) -> Option<Position> {
        *self.through.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self, position: Position) -> Result<(), Failed> {
        write_durably(&self.data, THROUGH, &spelt(Some(position))).map_err(|error| Failed(error.to_string()))?;
        *self.through.lock().unwrap_or_else(PoisonError::into_inner) = Some(position);
        Ok(())
    }
}

/// An empty file where nothing was followed yet.
fn spelt(position: Option<Position>) -> String {
    position.map(|position| position.to_string()).unwrap_or_default()
}

impl App {
    /// Follows the log for erasures from now on, on a node over a shared database.
    pub(super) fn follow_erasures(&self) {
        let Some(following) = &self.erasing.following else { return };
        let app = self.clone();
        let task = tokio::spawn(async move {
            while let Err(error) = app.until_the_log_ends().await {
                tracing::error!(%error, "an erasure has not reached everything on this node; it is tried again");
                tokio::time::sleep(PAUSE).await;
            }
        });
        *following.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    async fn until_the_log_ends(&self) -> Result<(), Failed> {
        let Some(following) = &self.erasing.following else { return Ok(()) };
        let mut batches = self.store.follow_batches(following.through(), BATCH_EVENTS);
        let mut passed = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(|error| Failed(error.to_string()))?;
            let Some(last) = batch.events.last().map(|event| event.position) else { continue };
            passed += batch.events.len();
            if self.take_away(&batch).await? || passed >= BATCH_EVENTS {
                following.reached(last)?;
                passed = 0;
            }
        }
        Ok(())
    }

    /// Does on this node what the erasures of a batch ask, and answers whether there were any.
    async fn take_away(&self, batch: &Batch) -> Result<bool, Failed> {
        for event in &batch.events {
            self.dispose_of(event).await?;
        }
        let takes = |event: &&StoredEvent| TAKING_AWAY.contains(&event.event_type.as_str());
        let taking: Vec<&StoredEvent> = batch.events.iter().filter(takes).collect();
        if taking.is_empty() {
            return Ok(false);
        }
        let mut persons = Vec::new();
        for event in taking {
            if let Some(person) = erased(event).map_err(|error| Failed(error.to_string()))? {
                // The node that recorded it does this too, and may not have come to it yet: before the directory is made anew
                // nobody may be able to tell the name any more.
                self.vault.forget(person).await.map_err(|error| Failed(error.to_string()))?;
                self.end_what_only_they_had(PersonId(person)).await?;
                persons.push(PersonId(person));
            }
        }
        self.models.directory.rebuild().await.map_err(|error| Failed(error.to_string()))?;
        for person in persons {
            self.erase_files_in_the_end(person).await;
        }
        Ok(true)
    }

    /// Removes a person's files, however long their store does not answer. Last, so that it keeps nothing else from being done; their
    /// key is gone already.
    async fn erase_files_in_the_end(&self, person: PersonId) {
        while let Err(error) = self.erase_files(person).await {
            tracing::error!(%error, "an erased person's files are still there; it is tried again");
            tokio::time::sleep(PAUSE).await;
        }
    }
}
