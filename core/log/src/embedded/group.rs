//! Judging the appends of one group commit, each against what the ones before it add.

use super::{frame, tables::Tables};
use crate::port::{
    AppendError, Appended, Expected, Known, NewEvent, Place, Position, Revision, StreamName, Verdict, admit,
};
use fjall::OwnedWriteBatch;
use quick_cache::unsync::Cache;
use std::collections::HashMap;
use uuid::Uuid;

/// The revisions of the last events of the streams written to lately.
pub(super) type LastRevisions = Cache<StreamName, Revision>;

/// What one commit will write, and what that will make true.
pub(super) struct Group<'a> {
    tables: &'a Tables,
    stored_revisions: &'a mut LastRevisions,
    /// INVARIANT: only what is in `batch`.
    new_revisions: HashMap<StreamName, Revision>,
    new_places: HashMap<Uuid, Place>,
    batch: OwnedWriteBatch,
    next: Position,
    last: Uuid,
}

/// What a group has become when all its appends are judged.
pub(super) struct Judged {
    pub(super) batch: OwnedWriteBatch,
    pub(super) new_revisions: HashMap<StreamName, Revision>,
    /// The position behind the group.
    pub(super) next: Position,
    /// The id of the last event.
    pub(super) last: Uuid,
}

impl<'a> Group<'a> {
    /// A group whose first new event gets the position `next`.
    pub(super) fn new(tables: &'a Tables, stored_revisions: &'a mut LastRevisions, next: Position) -> Self {
        Self {
            tables,
            stored_revisions,
            new_revisions: HashMap::new(),
            new_places: HashMap::new(),
            batch: tables.database.batch(),
            next,
            last: Uuid::nil(),
        }
    }

    /// Judges one append; the answer holds only when the group is committed.
    pub(super) fn append(
        &mut self,
        stream: &StreamName,
        expected: Expected,
        events: &[NewEvent],
    ) -> Result<Appended, AppendError> {
        let first_revision = match admit(self, stream, expected, events)? {
            Verdict::Already(appended) => return Ok(appended),
            Verdict::Write(revision) => revision,
        };
        let first_position = self.next;
        let mut revision = first_revision;
        for (event, number) in events.iter().zip(first_revision.0..) {
            revision = Revision(number);
            self.tables.put(&mut self.batch, event, stream, revision, self.next);
            let place = Place { stream: stream.clone(), revision, position: self.next };
            self.new_places.insert(event.id(), place);
            self.last = event.id();
            self.next = Position(self.next.0 + 1);
        }
        self.new_revisions.insert(stream.clone(), revision);
        Ok(Appended {
            first_revision,
            last_revision: revision,
            first_position,
            last_position: Position(self.next.0 - 1),
            already: false,
        })
    }

    /// The judgement.
    pub(super) fn judged(self) -> Judged {
        Judged { batch: self.batch, new_revisions: self.new_revisions, next: self.next, last: self.last }
    }
}

impl Known for Group<'_> {
    fn last_revision(&mut self, stream: &StreamName) -> Result<Option<Revision>, AppendError> {
        if let Some(revision) = self.new_revisions.get(stream).or_else(|| self.stored_revisions.get(stream)) {
            return Ok(Some(*revision));
        }
        let stored = self.tables.last_revision(stream)?;
        if let Some(revision) = stored {
            self.stored_revisions.insert(stream.clone(), revision);
        }
        Ok(stored)
    }

    fn place(&mut self, id: Uuid) -> Result<Option<Place>, AppendError> {
        if let Some(place) = self.new_places.get(&id) {
            return Ok(Some(place.clone()));
        }
        let Some(position) = self.tables.position(id)? else {
            return Ok(None);
        };
        let event = self.tables.event(position)?;
        Ok(Some(Place { stream: event.stream, revision: event.revision, position }))
    }
}

/// About how many bytes an append takes in memory and in the journal.
pub(super) fn weight(stream: &StreamName, events: &[NewEvent]) -> usize {
    let names = 2 * stream.as_str().len();
    events.iter().map(|event| frame::FIXED_BYTES + names + event.event_type().len() + event.body().len() + 64).sum()
}
