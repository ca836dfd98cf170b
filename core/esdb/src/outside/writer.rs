//! The one thread that gives positions and writes: all calls that wait share one commit and one sync.

use super::{
    Limits,
    group::Group,
    order::Head,
    recent::Recent,
    tables::{State, Tables},
};
use crate::{
    record::{Expected, Proposed, Written},
    refusal::{Refusal, Violation},
};
use bytestring::ByteString;
use fjall::PersistMode;
use quick_cache::unsync::Cache;
use siyi_log::clock::Clock;
use std::sync::{Arc, mpsc};
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

/// One stream's part of a call.
#[derive(Clone, Debug)]
pub struct Write {
    /// The stream.
    pub stream: String,
    /// What is expected of it.
    pub expected: Expected,
    /// The events.
    pub events: Vec<Proposed>,
}

/// A state that a call over several streams wants of a stream, in the numbers of the protocol: a revision, -1 no
/// stream, -2 anything, -4 an existing one, -5 deleted softly, -6 with a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The stream.
    pub stream: String,
    /// The state.
    pub expected: i64,
}

/// What a call asks of the writer.
#[derive(Debug)]
pub(super) enum Work {
    Append(Write),
    Delete { stream: String, expected: Expected },
    Tombstone { stream: String, expected: Expected },
    Several { writes: Vec<Write>, checks: Vec<Check> },
}

/// What the writer answers: one result for each stream written to.
pub(super) type Answer = Result<Vec<Written>, Refusal>;

pub(super) struct Request {
    pub(super) work: Work,
    pub(super) bytes: usize,
    /// How many positions of the log were acknowledged before the call.
    pub(super) domain: u64,
    pub(super) answer: oneshot::Sender<Answer>,
    /// Its part of the queue, given back when the request is answered.
    pub(super) _room: OwnedSemaphorePermit,
}

pub(super) enum Message {
    Request(Request),
    /// The log has grown to this many positions.
    Domain(u64, Option<oneshot::Sender<()>>),
    Stop,
}

/// What the writer keeps in memory of what is stored.
pub(super) struct Known {
    pub(super) states: Cache<ByteString, State>,
    /// Where recent events stand, by stream and id: what a repeated append is known by.
    pub(super) recent: Recent,
}

pub(super) struct Writer {
    pub(super) tables: Tables,
    pub(super) known: Known,
    pub(super) head: watch::Sender<Head>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: Limits,
    /// Why nothing is written any more.
    ///
    /// INVARIANT: once a commit has failed it is not known what the disk holds, so nothing is acknowledged on top.
    pub(super) stopped: Option<String>,
}

impl Writer {
    pub(super) fn run(mut self, messages: &mpsc::Receiver<Message>) {
        while let Ok(message) = messages.recv() {
            if self.serve(message, messages) {
                break;
            }
        }
    }

    /// Serves the message and those that wait behind it, up to the bounds of a group; true where it met a stop.
    fn serve(&mut self, message: Message, messages: &mpsc::Receiver<Message>) -> bool {
        let (mut requests, mut bytes, mut stop) = (Vec::new(), 0, false);
        let (mut domain, mut shown) = (0, Vec::new());
        let mut message = Some(message);
        while let Some(next) = message {
            match next {
                Message::Request(request) => {
                    bytes += request.bytes;
                    domain = domain.max(request.domain);
                    requests.push(request);
                }
                Message::Domain(positions, answer) => {
                    domain = domain.max(positions);
                    shown.extend(answer);
                }
                Message::Stop => stop = true,
            }
            let full = requests.len() >= self.limits.group_calls || bytes >= self.limits.group_bytes;
            message = if full || stop { None } else { messages.try_recv().ok() };
        }
        self.show_domain(domain);
        for answer in shown {
            let _ = answer.send(());
        }
        self.commit(requests);
        stop
    }

    fn show_domain(&mut self, domain: u64) {
        self.head.send_if_modified(|head| {
            let grown = domain > head.domain;
            head.domain = head.domain.max(domain);
            grown
        });
    }

    /// Judges, writes, syncs and answers one group.
    fn commit(&mut self, requests: Vec<Request>) {
        if requests.is_empty() {
            return;
        }
        if let Some(reason) = &self.stopped {
            return answer_unavailable(requests, reason);
        }
        let head = *self.head.borrow();
        let created = u64::try_from(self.clock.now().millisecond()).unwrap_or(0).saturating_mul(10_000);
        let mut group = Group::new(&self.tables, &mut self.known, head, created);
        let answers: Vec<_> = requests.iter().map(|request| judge(&mut group, &request.work)).collect();
        let judged = group.judged();
        // INVARIANT: also refusals and repeated calls are answered only behind the commit, because they may have been
        // judged against what it writes.
        if judged.torn {
            return answer_unavailable(requests, "too many events of clients since the last one of the domain");
        }
        if judged.head != head {
            let committed = judged.batch.durability(Some(PersistMode::SyncData)).commit();
            if let Err(error) = committed {
                let reason = error.to_string();
                tracing::error!(%reason, "the streams of clients are read-only until they are opened again");
                answer_unavailable(requests, &reason);
                self.stopped = Some(reason);
                return;
            }
            for (stream, state) in judged.states {
                self.known.states.insert(stream, state);
            }
            for (stream, id, place) in judged.new {
                self.known.recent.insert(stream, id, place);
            }
            self.head.send_replace(judged.head);
        }
        for (request, answer) in requests.into_iter().zip(answers) {
            // A caller that has gone away needs no answer.
            let _ = request.answer.send(answer);
        }
    }
}

fn judge(group: &mut Group<'_>, work: &Work) -> Answer {
    match work {
        Work::Append(write) => group.append(write).map(|written| vec![written]),
        Work::Delete { stream, expected } => group.delete(stream, *expected).map(|written| vec![written]),
        Work::Tombstone { stream, expected } => group.tombstone(stream, *expected).map(|written| vec![written]),
        Work::Several { writes, checks } => group.several(writes, checks),
    }
}

fn answer_unavailable(requests: Vec<Request>, reason: &str) {
    for request in requests {
        let _ = request.answer.send(Err(Refusal::Unavailable(reason.into())));
    }
}

impl Violation {
    pub(super) fn of(check: usize, wanted: &Check, actual: i64) -> Self {
        Self { check, stream: wanted.stream.clone(), expected: wanted.expected, actual }
    }
}
