//! The store in one folder of this machine: no server to install.
//!
//! One thread writes (`writer.rs`), and all appends that wait share one commit and one fdatasync. Readers never wait
//! for it: they read what is acknowledged. What is deliberately absent: a second process on the same folder.
//!
//! The folder holds `siyi-store.json` (what this is), `siyi-store.lock`, `acknowledged` and the engine's `engine/`.

mod acknowledged;
mod faults;
mod frame;
mod group;
mod recovery;
mod tables;
mod writer;

pub use crate::folder::OpenError;
pub use faults::CommitFaults;

use crate::{
    folder::{Folder, Kind},
    port::{
        AllFrom, AppendError, Appended, Batch, Direction, EventStore, Expected, NewEvent, Position, ReadError,
        ReadFrom, StoredEvent, StreamName, check_input, follow_heads,
    },
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use recovery::recover;
use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock, mpsc},
    thread::{self, JoinHandle},
};
use tables::Tables;
use tokio::sync::{Semaphore, oneshot, watch};
use uuid::Uuid;
use writer::{Message, Request, Writer};

const KIND: Kind =
    Kind { stem: "siyi-store", content: "siyi-event-store", format: 1, entries: &["engine", acknowledged::FILE] };

/// The queue is counted in units of this many bytes, and each append takes at least one.
const QUEUE_UNIT: usize = 1024;

/// The smallest queue, which still takes the largest append.
const MIN_QUEUE_BYTES: usize = 4 << 20;

/// How a store is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of the cache of blocks; 32 MiB.
    pub cache_bytes: u64,
    /// Bytes of events that are gathered in memory before they become a table, chosen for good when the store is made;
    /// 16 MiB. Two or three times as much may be in memory while tables are written.
    pub memtable_bytes: u64,
    /// Bytes of appends that may wait for the writer, at least 4 MiB, each counted as 1 KiB or more; 8 MiB. Further
    /// appends wait before they are queued.
    pub queue_bytes: usize,
    /// A group commit takes no further append once it holds this many events; 2048.
    pub group_events: usize,
    /// A group commit takes no further append once it holds this many bytes; 4 MiB.
    pub group_bytes: usize,
    /// Failures on purpose, for tests.
    pub faults: Option<Arc<dyn CommitFaults>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 32 << 20,
            memtable_bytes: 16 << 20,
            queue_bytes: 8 << 20,
            group_events: 2048,
            group_bytes: 4 << 20,
            faults: None,
        }
    }
}

/// An [`EventStore`] in a folder. Dropping it finishes what waits, as [`EmbeddedStore::close`] does.
pub struct EmbeddedStore {
    shelf: Arc<Shelf>,
    queue: Arc<Semaphore>,
    messages: mpsc::Sender<Message>,
    /// Taken by the first that closes the store.
    running: Arc<Mutex<Option<Running>>>,
}

/// What readers need.
struct Shelf {
    /// None once the store is closed. The lock is held for writing only then.
    tables: RwLock<Option<Tables>>,
    head: watch::Receiver<Option<Position>>,
}

struct Running {
    writer: JoinHandle<()>,
    messages: mpsc::Sender<Message>,
    shelf: Arc<Shelf>,
    folder: Folder,
}

impl fmt::Debug for EmbeddedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedStore").field("head", &*self.shelf.head.borrow()).finish_non_exhaustive()
    }
}

impl EmbeddedStore {
    /// Opens the store in `folder`, which is created where it is missing. Blocks while the store is checked.
    ///
    /// # Errors
    /// [`OpenError`]: in use, foreign, too new, damaged, or the disk said no.
    pub fn open(folder: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let mut folder = Folder::open(folder.as_ref(), KIND)?;
        let recovered = recover(&mut folder, &options)?;
        let next = Position(recovered.head.map_or(0, |head| head.0 + 1));
        let queue = Arc::new(Semaphore::new(options.queue_bytes.max(MIN_QUEUE_BYTES) / QUEUE_UNIT));
        let (announce, head) = watch::channel(recovered.head);
        let (messages, inbox) = mpsc::channel();
        let writer = Writer::new(recovered.tables.clone(), recovered.acknowledged, next, announce, options);
        let shelf = Arc::new(Shelf { tables: RwLock::new(Some(recovered.tables)), head });
        let writer = thread::Builder::new()
            .name("siyi-writer".into())
            .spawn(move || writer.run(&inbox))
            .map_err(|error| OpenError::unavailable(folder.path(), &error))?;
        let running = Running { writer, messages: messages.clone(), shelf: Arc::clone(&shelf), folder };
        Ok(Self { shelf, queue, messages, running: Arc::new(Mutex::new(Some(running))) })
    }

    /// Finishes the appends that wait, closes the files and unlocks the folder. Later calls are answered Unavailable,
    /// and followers end.
    pub async fn close(&self) {
        let running = Arc::clone(&self.running);
        // A failed join means that the runtime ends, and the drop does the rest.
        let _ = tokio::task::spawn_blocking(move || stop(&running)).await;
    }

    async fn read<T, R>(&self, read: R) -> Result<T, ReadError>
    where
        T: Default + Send + 'static,
        R: FnOnce(&Tables, Position) -> Result<T, ReadError> + Send + 'static,
    {
        read_blocking(Arc::clone(&self.shelf), read).await
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        stop(&self.running);
    }
}

fn stop(running: &Mutex<Option<Running>>) {
    // INVARIANT: the lock is held to the end, so that whoever closes second also returns only when all is closed.
    let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Running { writer, messages, shelf, folder }) = running.take() {
        // Both fail only where the writer has ended by a panic, and then there is nothing to wait for.
        let _ = messages.send(Message::Stop);
        let _ = writer.join();
        shelf.tables.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(folder);
    }
}

/// Reads on a thread that may block. The default is the answer of an empty store.
async fn read_blocking<T, R>(shelf: Arc<Shelf>, read: R) -> Result<T, ReadError>
where
    T: Default + Send + 'static,
    R: FnOnce(&Tables, Position) -> Result<T, ReadError> + Send + 'static,
{
    let read = move || {
        let tables = shelf.tables.read().unwrap_or_else(PoisonError::into_inner);
        let Some(tables) = tables.as_ref() else {
            return Err(ReadError::Unavailable { reason: CLOSED.into() });
        };
        // INVARIANT: the head is taken before the read, and nothing past it is answered.
        let head = *shelf.head.borrow();
        head.map_or_else(|| Ok(T::default()), |head| read(tables, head))
    };
    tokio::task::spawn_blocking(read)
        .await
        .unwrap_or_else(|error| Err(ReadError::Unavailable { reason: format!("the read was broken off: {error}") }))
}

const CLOSED: &str = "the store is closed, or its writer has ended";

fn closed() -> AppendError {
    AppendError::Unavailable { reason: CLOSED.into() }
}

#[async_trait]
impl EventStore for EmbeddedStore {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        check_input(&events)?;
        let bytes = group::weight(stream, &events);
        let units = u32::try_from(bytes.div_ceil(QUEUE_UNIT)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.queue).acquire_many_owned(units).await.map_err(|_| closed())?;
        let (answer, answered) = oneshot::channel();
        let request = Request { stream: stream.clone(), expected, events, bytes, answer, _room: room };
        self.messages.send(Message::Append(request)).map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: ReadFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let stream = stream.clone();
        self.read(move |tables, head| tables.read_stream(head, &stream, from, direction, limit)).await
    }

    async fn read_all(&self, from: AllFrom, direction: Direction, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.read(move |tables, head| tables.read_all(head, from, direction, limit)).await
    }

    async fn head(&self) -> Result<Option<Position>, ReadError> {
        // Asked before each append of a client, so no thread is woken for it: the lock is taken for writing only where the
        // store closes, and nobody waits for it here.
        match self.shelf.tables.try_read() {
            Ok(tables) if tables.is_some() => Ok(*self.shelf.head.borrow()),
            _ => Err(ReadError::Unavailable { reason: CLOSED.into() }),
        }
    }

    async fn find(&self, id: Uuid) -> Result<Option<StoredEvent>, ReadError> {
        self.read(move |tables, head| tables.find(head, id)).await
    }

    fn follow_batches(&self, after: Option<Position>, max: usize) -> BoxStream<'static, Result<Batch, ReadError>> {
        let source = Arc::clone(&self.shelf);
        follow_heads(self.shelf.head.clone(), after, max, move |after, limit| {
            let from = after.map_or(AllFrom::Start, AllFrom::After);
            read_blocking(Arc::clone(&source), move |tables, head| {
                tables.read_all(head, from, Direction::Forwards, limit)
            })
        })
    }
}
