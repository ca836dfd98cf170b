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
    Options,
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

/// A store that was found in order.
pub(super) struct Recovered {
    pub(super) tables: Tables,
    pub(super) acknowledged: Acknowledged,
    pub(super) head: Option<Position>,
}

/// Opens and checks the log in `folder`, or makes a new one.
pub(super) fn recover(folder: &mut Folder, options: &Options) -> Result<Recovered, OpenError> {
    let (mut acknowledged, mark) = if folder.initialised() {
        Acknowledged::open(folder.path())?
    } else {
        (Acknowledged::create(folder.path())?, Mark::default())
    };
    // The entries of the indexes are a fraction of the events.
    let memory = options.memtable_bytes;
    let sections = [("events", memory), ("streams", memory / 2), ("ids", memory / 2)];
    let (database, [events, streams, ids]) = open_engine(folder, options.cache_bytes, sections)?;
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

#[cfg(test)]
mod tests {
    use super::{CHECKED, recover};
    use crate::{
        embedded::{EmbeddedStore, KIND, Options},
        folder::Folder,
        port::{AllFrom, Direction, EventStore, Expected, NewEvent, ReadFrom, Revision, StreamName},
    };
    use fjall::PersistMode;
    use std::path::Path;
    use uuid::Uuid;

    async fn filled(folder: &Path) -> StreamName {
        let store = EmbeddedStore::open(folder, Options::default()).unwrap();
        let stream = StreamName::new("a").unwrap();
        for turn in 0..5_u128 {
            let numbers = turn * 250..(turn + 1) * 250;
            let events = numbers.map(|number| {
                NewEvent::new(Uuid::from_u128(number), "numbered.v1", &serde_json::json!(number.to_string())).unwrap()
            });
            store.append(&stream, Expected::Any, events.collect()).await.unwrap();
        }
        store.close().await;
        stream
    }

    /// Changes one byte of the body behind the back of the engine's own checksums.
    fn damage(folder: &Path, position: u64) {
        let mut folder = Folder::open(folder, KIND).unwrap();
        let tables = recover(&mut folder, &Options::default()).unwrap().tables;
        let mut frame = tables.events.get(position.to_be_bytes()).unwrap().unwrap().to_vec();
        *frame.last_mut().unwrap() ^= 1;
        tables.events.insert(position.to_be_bytes(), frame).unwrap();
        tables.database.persist(PersistMode::SyncAll).unwrap();
    }

    #[tokio::test]
    async fn a_damaged_frame_is_found_when_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let stream = filled(folder.path()).await;
        damage(folder.path(), 5);
        let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
        let read = |from, limit| store.read_stream(&stream, from, Direction::Forwards, limit);
        assert_eq!(read(ReadFrom::Start, 10).await.unwrap_err().code(), "store-corrupt");
        let all = store.read_all(AllFrom::Start, Direction::Forwards, 10).await;
        assert_eq!(all.unwrap_err().code(), "store-corrupt");
        assert_eq!(store.find(Uuid::from_u128(5)).await.unwrap_err().code(), "store-corrupt");
        assert_eq!(read(ReadFrom::Start, 5).await.unwrap().len(), 5);
        assert_eq!(read(ReadFrom::Revision(Revision(6)), 10).await.unwrap().len(), 10);
    }

    #[tokio::test]
    async fn a_damaged_frame_near_the_end_is_found_when_the_store_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path()).await;
        damage(folder.path(), 1250 - CHECKED as u64);
        let error = EmbeddedStore::open(folder.path(), Options::default()).unwrap_err();
        assert_eq!(error.code(), "store-corrupt");
        assert!(error.to_string().contains("position 250"), "{error}");
    }

    #[tokio::test]
    async fn a_missing_entry_of_an_index_is_found_when_the_store_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path()).await;
        let tables = recover(&mut Folder::open(folder.path(), KIND).unwrap(), &Options::default()).unwrap().tables;
        tables.ids.remove(Uuid::from_u128(3).into_bytes()).unwrap();
        tables.database.persist(PersistMode::SyncAll).unwrap();
        drop(tables);
        let error = EmbeddedStore::open(folder.path(), Options::default()).unwrap_err();
        assert!(error.to_string().contains("`ids` has 1249 entries for 1250 events"), "{error}");
    }
}
