//! Files that are missing, cut or changed: never opened as a shorter log.

use super::{all, event, stream};
use siyi_log::{
    embedded::{EmbeddedStore, Options},
    port::{EventStore, Expected, ReadError, StoredEvent},
};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Small tables, so that a small store has some.
fn options() -> Options {
    Options { memtable_bytes: 128 << 10, ..Options::default() }
}

/// A closed store with tables of each keyspace and a journal, and what is in it.
async fn store_with_tables() -> (TempDir, Vec<StoredEvent>) {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path(), options()).unwrap();
    let has_tables = |keyspace: u64| {
        let tables = folder.path().join(format!("engine/keyspaces/{keyspace}/tables"));
        fs::read_dir(tables).is_ok_and(|mut tables| tables.next().is_some())
    };
    let mut turn = 0;
    while !(1..=3).all(has_tables) {
        let events = (turn * 100..(turn + 1) * 100).map(|number| event(number, 60)).collect();
        store.append(&stream(&format!("s-{}", turn % 7)), Expected::Any, events).await.unwrap();
        turn += 1;
        assert!(turn < 90, "no tables were written");
    }
    let events = all(&store).await;
    store.close().await;
    (folder, events)
}

/// Copies all files; a journal is mostly a hole, and what is written is all there is to copy.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry?.file_name()));
        if from.is_dir() {
            copy(&from, &to)?;
            continue;
        }
        let length = fs::metadata(&from)?.len();
        let mut bytes = Vec::new();
        File::open(&from)?.take(8 << 20).read_to_end(&mut bytes)?;
        bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        let mut file = File::create(&to)?;
        file.write_all(&bytes)?;
        file.set_len(length)?;
    }
    Ok(())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// What becomes of the store when each of its files is damaged in turn, on a copy each.
async fn damage_each_file(damage: impl Fn(&Path) -> io::Result<()>) -> Vec<(String, &'static str)> {
    let (folder, events) = store_with_tables().await;
    let mut outcomes = Vec::new();
    for file in files(folder.path()) {
        let file = file.strip_prefix(folder.path()).unwrap();
        let copied = tempfile::tempdir().unwrap();
        copy(folder.path(), copied.path()).unwrap();
        damage(&copied.path().join(file)).unwrap();
        let outcome = match EmbeddedStore::open(copied.path(), options()) {
            Err(error) => error.code(),
            Ok(store) => read_everything(&store, &events).await.map_or_else(|error| error.code(), |()| "unharmed"),
        };
        println!("{}: {outcome}", file.display());
        outcomes.push((file.display().to_string(), outcome));
    }
    outcomes
}

/// Reads the store in each way; what is answered must be the truth.
async fn read_everything(store: &EmbeddedStore, events: &[StoredEvent]) -> Result<(), ReadError> {
    use siyi_log::port::{AllFrom, Direction, ReadFrom};
    let all = store.read_all(AllFrom::Start, Direction::Forwards, 10_000).await?;
    assert!(all == events, "the log has {} events instead of {}", all.len(), events.len());
    for number in 0..7 {
        let name = stream(&format!("s-{number}"));
        let found = store.read_stream(&name, ReadFrom::Start, Direction::Forwards, 10_000).await?;
        assert!(events.iter().filter(|event| event.stream == name).eq(&found), "{name} has {} events", found.len());
    }
    for event in events {
        assert_eq!(store.find(event.id).await?.as_ref(), Some(event));
    }
    Ok(())
}

fn expect(outcomes: &[(String, &'static str)], file: &str, expected: &str) {
    let found: Vec<_> = outcomes.iter().filter(|(name, _)| name.contains(file)).collect();
    assert!(!found.is_empty(), "there is no file like {file}");
    for (name, outcome) in found {
        assert_eq!(*outcome, expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_file_is_noticed() {
    let outcomes = damage_each_file(|file| fs::remove_file(file)).await;
    expect(&outcomes, "tables/", "store-corrupt");
    expect(&outcomes, ".jnl", "store-corrupt");
    expect(&outcomes, "current", "store-corrupt");
    expect(&outcomes, "engine/version", "store-corrupt");
    expect(&outcomes, "acknowledged", "store-corrupt");
    expect(&outcomes, "siyi-store.json", "store-foreign");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_file_is_noticed() {
    let outcomes = damage_each_file(|file| {
        let mut bytes = fs::read(file)?;
        bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last / 2));
        fs::write(file, bytes)
    })
    .await;
    expect(&outcomes, "tables/", "store-corrupt");
    expect(&outcomes, ".jnl", "store-corrupt");
    expect(&outcomes, "engine/version", "store-corrupt");
    expect(&outcomes, "siyi-store.json", "store-corrupt");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_file_is_noticed() {
    let outcomes = damage_each_file(|file| fs::write(file, "")).await;
    expect(&outcomes, "tables/", "store-corrupt");
    expect(&outcomes, ".jnl", "store-corrupt");
    expect(&outcomes, "current", "store-corrupt");
    expect(&outcomes, "acknowledged", "store-corrupt");
    expect(&outcomes, "siyi-store.json", "store-corrupt");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_is_noticed() {
    let outcomes = damage_each_file(|file| {
        let mut file = File::options().read(true).write(true).open(file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let middle = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last / 2);
        if let Some(byte) = bytes.get(middle) {
            file.seek(SeekFrom::Start(middle as u64))?;
            file.write_all(&[byte ^ 0x20])?;
        }
        Ok(())
    })
    .await;
    // Nothing wrong is ever answered: this holds for each file, in `read_everything`.
    expect(&outcomes, "tables/", "store-corrupt");
    expect(&outcomes, ".jnl", "store-corrupt");
}

#[tokio::test]
async fn the_deleted_engine_of_an_initialised_store_is_noticed() {
    let (folder, _) = store_with_tables().await;
    fs::remove_dir_all(folder.path().join("engine")).unwrap();
    let error = EmbeddedStore::open(folder.path(), options()).unwrap_err();
    assert_eq!(error.code(), "store-corrupt");
    assert!(!folder.path().join("engine").exists(), "nothing new is made in place of what was lost");
}

#[tokio::test]
async fn the_end_of_the_journal_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    for number in 0..10 {
        super::append(&store, number).await.unwrap();
    }
    store.close().await;
    // The journal as it was one commit earlier: to the engine it looks like a crash.
    let journal = folder.path().join("engine/0.jnl");
    let bytes = fs::read(&journal).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    File::options().write(true).open(&journal).unwrap().set_len(end as u64 - 20).unwrap();
    let error = EmbeddedStore::open(folder.path(), Options::default()).unwrap_err();
    assert_eq!(error.code(), "store-corrupt");
    assert!(error.to_string().contains("10 events were acknowledged, 9 are there"), "{error}");
}

/// A store whose last group lies in the journal with a hole in its middle, as a power loss can leave it.
async fn store_with_a_hole(hole: usize, acknowledged: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    for number in 0..10 {
        super::append(&store, number).await.unwrap();
    }
    let before = fs::read(folder.path().join("acknowledged")).unwrap();
    let group = (10..30).map(|number| event(number, 3000)).collect();
    store.append(&stream("s"), Expected::Any, group).await.unwrap();
    store.close().await;
    if !acknowledged {
        fs::write(folder.path().join("acknowledged"), before).unwrap();
    }
    let journal = folder.path().join("engine/0.jnl");
    let bytes = fs::read(&journal).unwrap();
    let body = bytes.windows(11).position(|window| window == br#""number":20"#).unwrap();
    let mut journal = File::options().write(true).open(journal).unwrap();
    journal.seek(SeekFrom::Start(body as u64 + 100)).unwrap();
    journal.write_all(&vec![0; hole]).unwrap();
    folder
}

/// A hole inside one event, which the engine refuses, and one that swallows the next, which it drops by itself.
const HOLES: [usize; 2] = [512, 4096];

#[tokio::test]
async fn a_write_that_a_power_loss_left_with_a_hole_is_dropped() {
    for hole in HOLES {
        let folder = store_with_a_hole(hole, false).await;
        let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
        assert_eq!(super::numbers(&all(&store).await), (0..10).collect::<Vec<_>>());
        super::append(&store, 10).await.unwrap();
        store.close().await;
        let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
        assert_eq!(super::numbers(&all(&store).await), (0..11).collect::<Vec<_>>());
        assert_eq!(folder.path().join("journal.saved").is_file(), hole == 512);
    }
}

#[tokio::test]
async fn an_acknowledged_write_with_a_hole_is_missed() {
    for hole in HOLES {
        let folder = store_with_a_hole(hole, true).await;
        let error = EmbeddedStore::open(folder.path(), Options::default()).unwrap_err();
        assert!(error.to_string().contains("30 events were acknowledged, 10 are there"), "{error}");
        let error = EmbeddedStore::open(folder.path(), Options::default()).unwrap_err();
        assert_eq!(error.code(), "store-corrupt", "a second try finds the same");
    }
}
