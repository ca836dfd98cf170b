//! What appends, deletes and reads mean in the protocol of EventStoreDB, in the plainest form.
//!
//! Nothing here is fast, stored or shared: a list of events, and each rule as it reads. The engine is held against it
//! by tests with sequences of calls at random, directly and through the wire. The rules were taken from the sources of
//! KurrentDB and from the suites of the official clients; they were not compared with a running cluster.

use crate::record::{DELETED, Expected};

/// What a call is answered with when it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The stream is not as expected; its last revision.
    WrongVersion(Option<u64>),
    /// The stream has a tombstone, or is deleted softly where an existing one was expected.
    Deleted,
    /// There is nothing to read.
    NotFound,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The id that the client gave; 0 for events that the store writes of its own accord.
    pub id: u128,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream; [`DELETED`] for a tombstone.
    pub revision: u64,
    /// For events of the metadata's streams what they say, else nothing.
    pub metadata: Option<Metadata>,
}

/// The metadata of a stream, as far as they bear on reading, apart from `$maxAge`, which needs a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `$maxCount`.
    pub max_count: Option<u64>,
    /// `$tb`.
    pub truncate_before: Option<u64>,
}

/// Where an append stands: the last revision, and the index of its last event among all events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// The last revision; none where the stream is empty still.
    pub revision: Option<u64>,
    /// The index among all events; none where nothing was to be written.
    pub index: Option<usize>,
}

/// The store.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// All events in their order.
    pub all: Vec<Event>,
}

impl Model {
    fn of<'a>(&'a self, stream: &'a str) -> impl DoubleEndedIterator<Item = (usize, &'a Event)> {
        self.all.iter().enumerate().filter(move |(_, event)| event.stream == stream)
    }

    fn last(&self, stream: &str) -> Option<u64> {
        self.of(stream).map(|(_, event)| event.revision).filter(|revision| *revision != DELETED).max()
    }

    fn tombstoned(&self, stream: &str) -> bool {
        self.of(stream).any(|(_, event)| event.revision == DELETED)
    }

    fn metadata(&self, stream: &str) -> Option<Metadata> {
        let name = format!("$${stream}");
        let newest = self.of(&name).rfind(|(_, event)| event.revision != DELETED);
        newest.map(|(_, event)| event.metadata.unwrap_or_default())
    }

    fn deleted_softly(&self, stream: &str) -> bool {
        self.metadata(stream).is_some_and(|metadata| metadata.truncate_before == Some(DELETED))
    }

    /// Whether the stream is as expected, apart from what is to be written.
    fn check(&self, stream: &str, expected: Expected) -> Result<(), No> {
        let last = self.last(stream);
        if self.tombstoned(stream) {
            return Err(No::Deleted);
        }
        let holds = match expected {
            Expected::Any => true,
            Expected::NoStream => last.is_none() || self.deleted_softly(stream),
            Expected::StreamExists if self.deleted_softly(stream) => return Err(No::Deleted),
            Expected::StreamExists => last.is_some() || self.metadata(stream).is_some(),
            Expected::Exact(revision) => last == Some(revision),
        };
        if holds { Ok(()) } else { Err(No::WrongVersion(last)) }
    }

    /// Appends events with these ids, which say nothing about a stream.
    ///
    /// # Errors
    /// [`No`], in the order of the rules.
    pub fn append(&mut self, stream: &str, expected: Expected, ids: &[u128]) -> Result<Stands, No> {
        let last = self.last(stream);
        let wrong = No::WrongVersion(last);
        if self.tombstoned(stream) {
            return Err(No::Deleted);
        }
        let Some(first) = ids.first() else {
            return self.check(stream, expected).map(|()| Stands { revision: last, index: None });
        };
        let place = |id: u128| self.of(stream).rfind(|(_, event)| event.id == id);
        match expected {
            Expected::Any | Expected::StreamExists => {
                if expected == Expected::StreamExists {
                    self.check(stream, expected)?;
                }
                if place(*first).is_some() {
                    // The first is known: it is the same call again if all are, and else a mistake.
                    let mut stands = None;
                    for id in ids {
                        stands = Some(place(*id).ok_or_else(|| wrong.clone())?);
                    }
                    return stands.map(standing).ok_or(wrong);
                }
            }
            Expected::NoStream | Expected::Exact(_) => {
                let begin = if let Expected::Exact(revision) = expected { revision.saturating_add(1) } else { 0 };
                let next = last.map_or(0, |last| last + 1);
                if begin > next {
                    return Err(wrong);
                }
                if begin < next {
                    // Events stand there already: it is the same call again if they are the same.
                    let at = |revision: u64| self.of(stream).find(|(_, event)| event.revision == revision);
                    let found: Vec<_> = (begin..).map(at).zip(ids).collect();
                    let same =
                        |(found, id): &(Option<(usize, &Event)>, &u128)| found.is_some_and(|(_, e)| e.id == **id);
                    if found.iter().all(same) {
                        return found.last().and_then(|(found, _)| *found).map(standing).ok_or(wrong);
                    }
                    let first_differs = found.first().is_some_and(|first| !same(first));
                    let anew = expected == Expected::NoStream && first_differs && self.deleted_softly(stream);
                    if !anew {
                        return Err(wrong);
                    }
                }
            }
        }
        Ok(self.write(stream, ids))
    }

    fn write(&mut self, stream: &str, ids: &[u128]) -> Stands {
        let mut revision = self.last(stream).map_or(0, |last| last + 1);
        if self.deleted_softly(stream) {
            // What was deleted stays so; what comes now is shown.
            let kept = self.metadata(stream).unwrap_or_default();
            self.describe(stream, 0, Metadata { truncate_before: Some(revision).filter(|at| *at > 0), ..kept });
        }
        for id in ids {
            self.all.push(Event { id: *id, stream: stream.into(), revision, metadata: None });
            revision += 1;
        }
        Stands { revision: revision.checked_sub(1), index: self.all.len().checked_sub(1) }
    }

    /// Sets the metadata of a stream, expecting nothing.
    pub fn describe(&mut self, stream: &str, id: u128, metadata: Metadata) {
        let name = format!("$${stream}");
        let revision = self.last(&name).map_or(0, |last| last + 1);
        self.all.push(Event { id, stream: name, revision, metadata: Some(metadata) });
    }

    /// Deletes a stream softly.
    ///
    /// # Errors
    /// [`No::WrongVersion`] also where the stream never had an event.
    pub fn delete(&mut self, stream: &str, expected: Expected) -> Result<(), No> {
        self.check(stream, expected)?;
        let last = self.last(stream);
        if last.is_none() {
            return Err(No::WrongVersion(None));
        }
        self.describe(stream, 0, Metadata { max_count: None, truncate_before: Some(DELETED) });
        Ok(())
    }

    /// Deletes a stream for good.
    ///
    /// # Errors
    /// [`No`].
    pub fn tombstone(&mut self, stream: &str, expected: Expected) -> Result<(), No> {
        self.check(stream, expected)?;
        self.all.push(Event { id: 0, stream: stream.into(), revision: DELETED, metadata: None });
        Ok(())
    }

    /// The events of a stream that are shown, forwards.
    ///
    /// # Errors
    /// [`No::NotFound`] where it never had an event or is deleted softly, [`No::Deleted`] where it, or the stream that
    /// it describes, has a tombstone.
    pub fn read(&self, stream: &str) -> Result<Vec<&Event>, No> {
        let described = stream.strip_prefix("$$");
        if self.tombstoned(stream) || described.is_some_and(|described| self.tombstoned(described)) {
            return Err(No::Deleted);
        }
        let Some(last) = self.last(stream).filter(|_| !self.deleted_softly(stream)) else { return Err(No::NotFound) };
        let metadata = match described {
            // Of metadata only the newest are shown.
            Some(_) => Metadata { max_count: Some(1), truncate_before: None },
            None => self.metadata(stream).unwrap_or_default(),
        };
        let by_count =
            metadata.max_count.filter(|count| *count > 0).map_or(0, |count| (last + 1).saturating_sub(count));
        let first = metadata.truncate_before.unwrap_or(0).max(by_count);
        Ok(self.all.iter().filter(|event| event.stream == stream && event.revision >= first).collect())
    }
}

fn standing((index, event): (usize, &Event)) -> Stands {
    Stands { revision: Some(event.revision), index: Some(index) }
}
