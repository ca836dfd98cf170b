//! Where each id of the log stands, and what else the server does not tell.

use siyi_log::port::{AppendError, Direction, Known, Place, Position, ReadError, Revision, StoredEvent, StreamName};
use std::collections::HashMap;
use uuid::Uuid;

/// What is known of the log.
#[derive(Debug, Default)]
pub(super) struct Index {
    places: HashMap<Uuid, Place>,
    last: HashMap<StreamName, Revision>,
    /// INVARIANT: increasing.
    positions: Vec<u64>,
    /// Why the log cannot be followed any more.
    failure: Option<ReadError>,
}

/// Where a read that begins at a position begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Neighbour {
    /// Past this event; from the very beginning or end where there is none.
    Past(Option<Position>),
    /// There is nothing in that direction.
    Nothing,
}

impl Index {
    /// Takes the next event of the log; one that is known already changes nothing.
    pub(super) fn take(&mut self, event: &StoredEvent) {
        if self.positions.last().is_some_and(|last| *last >= event.position.0) {
            return;
        }
        self.positions.push(event.position.0);
        self.last.insert(event.stream.clone(), event.revision);
        let place = Place { stream: event.stream.clone(), revision: event.revision, position: event.position };
        // Two processes may have stored the same id in two streams; then the first counts.
        self.places.entry(event.id).or_insert(place);
    }

    pub(super) fn fail(&mut self, failure: ReadError) {
        self.failure = Some(failure);
    }

    pub(super) fn failure(&self) -> Option<ReadError> {
        self.failure.clone()
    }

    pub(super) fn head(&self) -> Option<Position> {
        self.positions.last().copied().map(Position)
    }

    pub(super) fn place_of(&self, id: Uuid) -> Option<Place> {
        self.places.get(&id).cloned()
    }

    /// The event past which a read begins so that the one at `at`, or the next in the direction, is the first. The
    /// server wants positions of events, not any number.
    pub(super) fn neighbour(&self, at: Position, direction: Direction) -> Neighbour {
        match direction {
            Direction::Forwards => {
                let before = self.positions.partition_point(|position| *position < at.0);
                match before.checked_sub(1).and_then(|index| self.positions.get(index)) {
                    _ if before == self.positions.len() => Neighbour::Nothing,
                    before => Neighbour::Past(before.copied().map(Position)),
                }
            }
            Direction::Backwards => {
                let upto = self.positions.partition_point(|position| *position <= at.0);
                if upto == 0 {
                    Neighbour::Nothing
                } else {
                    Neighbour::Past(self.positions.get(upto).copied().map(Position))
                }
            }
        }
    }
}

impl Known for Index {
    fn last_revision(&mut self, stream: &StreamName) -> Result<Option<Revision>, AppendError> {
        Ok(self.last.get(stream).copied())
    }

    fn place(&mut self, id: Uuid) -> Result<Option<Place>, AppendError> {
        Ok(self.place_of(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_begins_past_the_neighbour() {
        let index = Index { positions: vec![10, 20, 30], ..Index::default() };
        let past = |position: u64| Neighbour::Past(Some(Position(position)));
        let forwards = |at| index.neighbour(Position(at), Direction::Forwards);
        assert_eq!([forwards(5), forwards(10)], [Neighbour::Past(None); 2]);
        assert_eq!([forwards(11), forwards(20), forwards(30)], [past(10), past(10), past(20)]);
        assert_eq!(forwards(31), Neighbour::Nothing);
        let backwards = |at| index.neighbour(Position(at), Direction::Backwards);
        assert_eq!(backwards(9), Neighbour::Nothing);
        assert_eq!([backwards(10), backwards(19), backwards(20)], [past(20), past(20), past(30)]);
        assert_eq!([backwards(30), backwards(99)], [Neighbour::Past(None); 2]);
    }
}
