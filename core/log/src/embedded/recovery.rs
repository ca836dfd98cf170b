//! What is checked when a store is opened, so that a loss is reported and not opened as a shorter log.
//!
//! 1. The engine's files are there (see `folder/engine.rs`), and the engine finds its checksums right.
//! 2. Each keyspace has as many entries as the last position says: a lost table or journal of any of them shows.
//! 3. The log reaches what was acknowledged (see `acknowledged.rs`): a cut end shows.
//! 4. The last thousand events read, and the indexes lead to them.
//!
//! What this cannot see: a loss at the end which came together with a power loss, in the moments before the operating
//! system had written the file `acknowledged`. Checkpoints of the transparency log cover that.

use super::{
    acknowledged::{Acknowledged, Mark},
    tables::{Tables, read_error},
};
use crate::{
    folder::{Folder, OpenError, open_engine},
    port::{AllFrom, Direction, Position, ReadError, StoredEvent},
};
use fjall::Keyspace;

/// How many of the last events are read.
const CHECKED: usize = 1000;

/// Events are large and come in order; the indexes are small and come in any order.
const SECTIONS: [(&str, u64); 3] = [("events", 16 << 20), ("streams", 8 << 20), ("ids", 8 << 20)];

/// A store that was found in order.
pub(super) struct Recovered {
    pub(super) tables: Tables,
    pub(super) acknowledged: Acknowledged,
    pub(super) head: Option<Position>,
}

/// Opens and checks the log in `folder`, or makes a new one.
pub(super) fn recover(folder: &mut Folder, cache_bytes: u64) -> Result<Recovered, OpenError> {
    let (mut acknowledged, mark) = if folder.initialised() {
        Acknowledged::open(folder.path())?
    } else {
        (Acknowledged::create(folder.path())?, Mark::default())
    };
    let (database, [events, streams, ids]) = open_engine(folder, cache_bytes, SECTIONS)?;
    let tables = Tables { database, events, streams, ids };
    let checked = check(&tables, mark).map_err(|error| match error {
        ReadError::Corrupt { detail } => OpenError::corrupt(folder.path(), detail),
        ReadError::Unavailable { reason } => OpenError::Unavailable { path: folder.path().into(), reason },
    })?;
    acknowledged.write(checked);
    folder.establish()?;
    Ok(Recovered { tables, acknowledged, head: checked.events.checked_sub(1).map(Position) })
}

/// What is in the log, where it holds together.
fn check(tables: &Tables, mark: Mark) -> Result<Mark, ReadError> {
    let head = tables.last_position()?;
    let events = head.map_or(0, |head| head.0 + 1);
    for keyspace in [&tables.events, &tables.streams, &tables.ids] {
        check_count(keyspace, events)?;
    }
    if events < mark.events {
        let detail = format!("{} events were acknowledged, {events} are there", mark.events);
        return Err(ReadError::Corrupt { detail });
    }
    if let Some(last) = mark.events.checked_sub(1)
        && tables.event(Position(last))?.id != mark.last
    {
        return Err(ReadError::Corrupt { detail: format!("another event was acknowledged at position {last}") });
    }
    let Some(head) = head else {
        return Ok(Mark::default());
    };
    let newest = tables.read_all(head, AllFrom::End, Direction::Backwards, CHECKED)?;
    newest.iter().try_for_each(|event| check_indexes(tables, event))?;
    Ok(Mark { events, last: newest.first().map(|event| event.id).unwrap_or_default() })
}

fn check_count(keyspace: &Keyspace, events: u64) -> Result<(), ReadError> {
    // Exact as long as nothing is deleted or overwritten, unless a flush is just under way: then it is counted.
    if keyspace.approximate_len() as u64 == events {
        return Ok(());
    }
    let entries = keyspace.len().map_err(|error| read_error(&error))? as u64;
    if entries == events {
        return Ok(());
    }
    let name = keyspace.name();
    Err(ReadError::Corrupt { detail: format!("the keyspace `{name}` has {entries} entries for {events} events") })
}

fn check_indexes(tables: &Tables, event: &StoredEvent) -> Result<(), ReadError> {
    let here = Some(event.position);
    if tables.position(event.id)? != here || tables.stream_position(&event.stream, event.revision)? != here {
        let detail = format!("an index does not lead to the event at position {}", event.position);
        return Err(ReadError::Corrupt { detail });
    }
    Ok(())
}
