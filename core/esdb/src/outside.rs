//! The streams of clients, in a folder of their own beside the domain log.
//!
//! One thread writes (`writer.rs`): it gives the positions, judges (`judge.rs`, `group.rs`), and makes all calls that
//! wait durable with one sync. It also decides which events of the domain are shown, so that there is one order of all
//! events (`order.rs`). Readers never wait for it.

mod frame;
mod group;
mod judge;
mod metadata;
mod order;
mod recent;
mod tables;
mod writer;

pub use order::Head;
pub use writer::{Check, Write};

pub(crate) use order::{first_in_log, of_domain};
pub(crate) use tables::Tables;

use crate::{
    names,
    record::{Expected, Proposed, Written},
    refusal::Refusal,
};
use bytes::Bytes;
use bytestring::ByteString;
use fjall::{Database, KeyspaceCreateOptions, PersistMode};
use quick_cache::unsync::Cache;
use recent::Recent;
use siyi_log::clock::Clock;
use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};
use tokio::sync::{Semaphore, oneshot, watch};
use uuid::Uuid;
use writer::{Answer, Known, Message, Request, Work, Writer};

/// What the folder says it is.
const FORMAT: &[u8] = b"siyi-esdb 1";

/// The queue is counted in units of this many bytes, and each call takes at least one.
const UNIT: usize = 1024;

/// At most so many bytes of events are read again when the store is opened.
const REMEMBERED_BYTES: usize = 64 << 20;

/// How large things may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one event, its metadata and its type; 4 MiB.
    pub event_bytes: usize,
    /// Bytes of one append; 16 MiB.
    pub append_bytes: usize,
    /// Bytes of calls that may wait for the writer; 64 MiB. Further calls wait before they are queued.
    pub queue_bytes: usize,
    /// A group commit takes no further call once it has this many; 1024.
    pub group_calls: usize,
    /// A group commit takes no further call once it holds this many bytes; 8 MiB.
    pub group_bytes: usize,
    /// How many events are remembered by their id, so that a repeated append that expects nothing is known again. They
    /// are read again when the store is opened; 65,536.
    pub remembered_events: usize,
    /// Bytes of the cache of blocks; 16 MiB.
    pub cache_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            event_bytes: 4 << 20,
            append_bytes: 16 << 20,
            queue_bytes: 64 << 20,
            group_calls: 1024,
            group_bytes: 8 << 20,
            remembered_events: 1 << 16,
            cache_bytes: 16 << 20,
        }
    }
}

/// The store of the clients' streams. Dropping it finishes what waits.
pub struct Outside {
    tables: Tables,
    head: watch::Receiver<Head>,
    messages: mpsc::Sender<Message>,
    room: Arc<Semaphore>,
    limits: Limits,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").field("head", &*self.head.borrow()).finish_non_exhaustive()
    }
}

impl Outside {
    /// Opens the store in `folder`, which is created where it is missing; `domain` positions of the log are shown from
    /// the beginning. Blocks.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] where the folder is in use or the disk says no, [`Refusal::Corrupt`] where it holds
    /// something else or does not read.
    pub fn open(folder: &Path, domain: u64, clock: Arc<dyn Clock>, limits: Limits) -> Result<Self, Refusal> {
        let tables = open_tables(folder, limits)?;
        let client = tables.newest_position()?;
        let known = remember(&tables, client, limits.remembered_events)?;
        // INVARIANT: never less was shown before than now, or events of clients would stand before what was read.
        let domain = domain.max(first_in_log(client + 1));
        let (announce, head) = watch::channel(Head { domain, client });
        let (messages, inbox) = mpsc::channel();
        let room = Arc::new(Semaphore::new((limits.queue_bytes.max(limits.append_bytes) / UNIT).max(1)));
        let writer = Writer { tables: tables.clone(), known, head: announce, clock, limits, stopped: None };
        let writer = thread::Builder::new()
            .name("siyi-esdb-writer".into())
            .spawn(move || writer.run(&inbox))
            .map_err(|error| Refusal::Unavailable(error.to_string()))?;
        Ok(Self { tables, head, messages, room, limits, writer: Mutex::new(Some(writer)) })
    }

    /// Writes the event of [`names::USERS`] that clients expect in every store.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] where it cannot be written.
    pub async fn found(&self) -> Result<(), Refusal> {
        let event = Proposed {
            id: Uuid::from_u128(0x5153_4944_4c56_8a00_8000_0000_0000_0001),
            event_type: "$User".into(),
            json: true,
            data: Bytes::from_static(br#""admin""#),
            metadata: Bytes::new(),
        };
        let write = Write { stream: names::USERS.into(), expected: Expected::NoStream, events: vec![event] };
        self.append(write, 0).await.map(drop)
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// What is shown, now and whenever it changes.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Head> {
        self.head.clone()
    }

    pub(crate) const fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Says that the log has `domain` positions, and waits until they are shown.
    pub(crate) async fn show_domain(&self, domain: u64) {
        if self.head.borrow().domain >= domain {
            return;
        }
        let (answer, answered) = oneshot::channel();
        if self.messages.send(Message::Domain(domain, Some(answer))).is_ok() {
            // A writer that has ended answers nothing, and then nothing is shown any more.
            let _ = answered.await;
        }
    }

    /// Appends to one stream, behind the first `domain` positions of the log.
    ///
    /// # Errors
    /// The refusals of the protocol.
    pub async fn append(&self, write: Write, domain: u64) -> Result<Written, Refusal> {
        self.enqueue(write, domain).await?.answer().await
    }

    /// As [`Outside::append`], and returns as soon as the order among the calls is certain.
    ///
    /// # Errors
    /// The refusals over the size, and [`Refusal::Unavailable`] where the store is closed.
    pub async fn enqueue(&self, write: Write, domain: u64) -> Result<Pending, Refusal> {
        let bytes = self.measure(&write)?;
        self.queue(Work::Append(write), bytes, domain).await.map(Pending)
    }

    /// Deletes a stream softly.
    ///
    /// # Errors
    /// The refusals of the protocol.
    pub async fn delete(&self, stream: String, expected: Expected, domain: u64) -> Result<Written, Refusal> {
        first(self.submit(Work::Delete { stream, expected }, 0, domain).await)
    }

    /// Deletes a stream for good.
    ///
    /// # Errors
    /// The refusals of the protocol.
    pub async fn tombstone(&self, stream: String, expected: Expected, domain: u64) -> Result<Written, Refusal> {
        first(self.submit(Work::Tombstone { stream, expected }, 0, domain).await)
    }

    /// Appends to several streams, all or none.
    ///
    /// # Errors
    /// The refusals of the protocol.
    pub async fn append_several(
        &self,
        writes: Vec<Write>,
        checks: Vec<Check>,
        domain: u64,
    ) -> Result<Vec<Written>, Refusal> {
        let mut bytes = 0;
        for write in &writes {
            bytes += self.measure(write)?;
        }
        self.fits(bytes)?;
        self.submit(Work::Several { writes, checks }, bytes, domain).await
    }

    fn measure(&self, write: &Write) -> Result<usize, Refusal> {
        let mut bytes = write.stream.len();
        for event in &write.events {
            if event.size() > self.limits.event_bytes {
                let (id, size, limit) = (event.id, event.size(), self.limits.event_bytes);
                return Err(Refusal::EventTooLarge { id, size, limit });
            }
            bytes += event.size();
        }
        self.fits(bytes).map(|()| bytes)
    }

    fn fits(&self, size: usize) -> Result<(), Refusal> {
        let limit = self.limits.append_bytes;
        if size > limit { Err(Refusal::AppendTooLarge { size, limit }) } else { Ok(()) }
    }

    async fn submit(&self, work: Work, bytes: usize, domain: u64) -> Answer {
        self.queue(work, bytes, domain).await?.await.unwrap_or_else(|_| Err(closed()))
    }

    async fn queue(&self, work: Work, bytes: usize, domain: u64) -> Result<oneshot::Receiver<Answer>, Refusal> {
        let units = u32::try_from(bytes / UNIT + 1).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(units).await.map_err(|_| closed())?;
        let (answer, answered) = oneshot::channel();
        let request = Request { work, bytes, domain, answer, _room: room };
        self.messages.send(Message::Request(request)).map_err(|_| closed())?;
        Ok(answered)
    }
}

/// An append that stands in the queue.
#[derive(Debug)]
pub struct Pending(oneshot::Receiver<Answer>);

impl Pending {
    /// Waits until it is judged, and durable where it was taken.
    ///
    /// # Errors
    /// The refusals of the protocol.
    pub async fn answer(self) -> Result<Written, Refusal> {
        first(self.0.await.unwrap_or_else(|_| Err(closed())))
    }
}

fn closed() -> Refusal {
    Refusal::Unavailable("the streams of clients are closed".into())
}

impl Drop for Outside {
    fn drop(&mut self) {
        // Both fail only where the writer has ended by a panic, and then there is nothing to wait for.
        let _ = self.messages.send(Message::Stop);
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = writer.join();
        }
    }
}

fn first(answer: Answer) -> Result<Written, Refusal> {
    answer?.first().copied().ok_or_else(|| Refusal::Unavailable("the writer gave no answer".into()))
}

fn open_tables(folder: &Path, limits: Limits) -> Result<Tables, Refusal> {
    let failed = |error: fjall::Error| tables::failed(&error);
    let database = Database::builder(folder)
        .cache_size(limits.cache_bytes)
        // With several, one of them spins while another compacts.
        .worker_threads(1)
        .open()
        .map_err(failed)?;
    let keyspace = |name: &str| database.keyspace(name, KeyspaceCreateOptions::default).map_err(failed);
    let (events, streams, notes) = (keyspace("events")?, keyspace("streams")?, keyspace("notes")?);
    match notes.get("format").map_err(failed)? {
        Some(format) if format.as_ref() == FORMAT => {}
        Some(_) => return Err(Refusal::Corrupt("the folder of the clients' streams has another format".into())),
        None => {
            notes.insert("format", FORMAT).map_err(failed)?;
            database.persist(PersistMode::SyncAll).map_err(failed)?;
        }
    }
    Ok(Tables { database, events, streams })
}

fn remember(tables: &Tables, head: u64, events: usize) -> Result<Known, Refusal> {
    let mut known = Known { states: Cache::new(50_000), recent: Recent::new(events) };
    let mut newest = tables.all(0..=head, true, events, REMEMBERED_BYTES)?;
    newest.reverse();
    for event in newest {
        // A name of its own: the one read would keep the whole block that it lies in.
        let stream = ByteString::from(&*event.stream);
        known.recent.insert(stream, event.id, (event.revision, event.position));
    }
    Ok(known)
}
