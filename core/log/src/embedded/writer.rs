//! The one thread that writes: it takes all appends that wait, writes them in one commit, and answers them.

use super::{
    Options,
    acknowledged::{Acknowledged, Mark},
    faults::CommitFaults,
    group::{Group, Judged, LastRevisions},
    tables::Tables,
};
use crate::port::{AppendError, Appended, Expected, NewEvent, Position, StreamName};
use fjall::PersistMode;
use std::sync::{Arc, mpsc};
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

/// How many streams' last revisions are kept in memory, about 150 bytes each.
const KNOWN_STREAMS: usize = 50_000;

/// An append on its way to the writer.
pub(super) struct Request {
    pub(super) stream: StreamName,
    pub(super) expected: Expected,
    pub(super) events: Vec<NewEvent>,
    pub(super) bytes: usize,
    pub(super) answer: oneshot::Sender<Result<Appended, AppendError>>,
    /// Its part of the queue, given back when the request is answered.
    pub(super) _room: OwnedSemaphorePermit,
}

/// What reaches the writer.
pub(super) enum Message {
    Append(Request),
    /// Finish what waits, then end.
    Stop,
}

/// The writer's state.
pub(super) struct Writer {
    tables: Tables,
    acknowledged: Acknowledged,
    revisions: LastRevisions,
    next: Position,
    head: watch::Sender<Option<Position>>,
    group_events: usize,
    group_bytes: usize,
    faults: Option<Arc<dyn CommitFaults>>,
    /// Why nothing is written any more.
    ///
    /// INVARIANT: once a commit has failed it is not known what the disk holds, so nothing is acknowledged on top of
    /// it until the store is opened and checked again. The engine holds to the same for itself.
    stopped: Option<String>,
}

impl Writer {
    pub(super) fn new(
        tables: Tables,
        acknowledged: Acknowledged,
        next: Position,
        head: watch::Sender<Option<Position>>,
        options: Options,
    ) -> Self {
        Self {
            tables,
            acknowledged,
            revisions: LastRevisions::new(KNOWN_STREAMS),
            next,
            head,
            group_events: options.group_events.max(1),
            group_bytes: options.group_bytes.max(1),
            faults: options.faults,
            stopped: None,
        }
    }

    /// Serves until it is told to stop.
    pub(super) fn run(mut self, messages: &mpsc::Receiver<Message>) {
        // What was sent before the stop stands before it in the channel. What comes behind finds the channel closed.
        while let Ok(message) = messages.recv() {
            if self.serve(message, messages) {
                break;
            }
        }
        self.acknowledged.sync();
    }

    /// Serves the message and those that wait behind it, up to the bounds of a group; true where it met a stop.
    fn serve(&mut self, message: Message, messages: &mpsc::Receiver<Message>) -> bool {
        let mut group = Vec::new();
        let (mut events, mut bytes, mut stop) = (0, 0, false);
        let mut message = Some(message);
        while let Some(next) = message {
            match next {
                Message::Append(request) => {
                    events += request.events.len();
                    bytes += request.bytes;
                    group.push(request);
                }
                Message::Stop => stop = true,
            }
            let full = events >= self.group_events || bytes >= self.group_bytes;
            message = if full || stop { None } else { messages.try_recv().ok() };
        }
        self.commit(group);
        stop
    }

    /// Judges, writes, syncs and answers one group.
    fn commit(&mut self, requests: Vec<Request>) {
        if let Some(reason) = &self.stopped {
            answer_all_unavailable(requests, reason);
            return;
        }
        let mut group = Group::new(&self.tables, &mut self.revisions, self.next);
        let answers: Vec<_> =
            requests.iter().map(|request| group.append(&request.stream, request.expected, &request.events)).collect();
        let judged = group.judged();
        // INVARIANT: also conflicts and repeated appends are answered only behind the commit, because they may have
        // been judged against what it writes.
        if judged.next != self.next
            && let Err(reason) = self.write(judged)
        {
            tracing::error!(%reason, "the event store stops writing until it is opened again");
            answer_all_unavailable(requests, &reason);
            self.stopped = Some(reason);
            return;
        }
        for (request, answer) in requests.into_iter().zip(answers) {
            // A caller that has gone away needs no answer.
            let _ = request.answer.send(answer);
        }
    }

    fn write(&mut self, judged: Judged) -> Result<(), String> {
        let Judged { batch, new_revisions, next, last } = judged;
        if let Some(faults) = &self.faults {
            faults.before_commit().map_err(|error| error.to_string())?;
        }
        // The engine writes the batch to its journal, syncs it (fdatasync), and only then shows it to readers.
        batch.durability(Some(PersistMode::SyncData)).commit().map_err(|error| error.to_string())?;
        if let Some(faults) = &self.faults {
            faults.after_commit().map_err(|error| error.to_string())?;
        }
        for (stream, revision) in new_revisions {
            self.revisions.insert(stream, revision);
        }
        self.acknowledged.write(Mark { events: next.0, last });
        self.next = next;
        self.head.send_replace(next.0.checked_sub(1).map(Position));
        Ok(())
    }
}

fn answer_all_unavailable(requests: Vec<Request>, reason: &str) {
    for request in requests {
        let _ = request.answer.send(Err(AppendError::Unavailable { reason: reason.into() }));
    }
}
