//! What must be equal once everything is quiet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;
use siyi_esdb::adapter::KurrentStore;
use siyi_log::port::{AllFrom, Direction, EventStore, Position, StoredEvent};
use siyi_projections::models::NAMES;
use siyi_projections::shelf::Shelf;
use siyi_tests::crash::{Broken, Outcome, hold};
use siyi_tlog::{Checkpoint, Hash, node_hash, record_hash, sha256};
use siyi_transparency::sealer::is_leaf;
use siyi_transparency::{SealError, fsck_files};
use uuid::Uuid;

use super::load::Told;
use super::setting::{NODES, PATIENCE, PAUSE, Setting};

/// Where nodes agree which head is signed next.
const HEADS: &str = "tlog-heads";

/// Holds that all nodes come to show the same checkpoint, byte for byte.
pub fn checkpoints(setting: &Setting) -> Outcome<()> {
    let begun = Instant::now();
    loop {
        let shown = (0..NODES).map(|node| setting.shown_checkpoint(node)).collect::<Outcome<BTreeSet<_>>>()?;
        if shown.len() == 1 {
            return Ok(());
        }
        hold(begun.elapsed() < PATIENCE, || format!("the nodes show several checkpoints: {shown:?}"))?;
        std::thread::sleep(PAUSE);
    }
}

/// Holds that the log is what was acknowledged: each event once, where the answer said, and no other.
pub fn log<'a>(setting: &Setting, told: impl Iterator<Item = &'a Told>) -> Outcome<()> {
    let events = everything(setting)?;
    let leaves: Vec<&StoredEvent> = events.iter().filter(|event| is_leaf(event)).collect();
    let by_id: BTreeMap<Uuid, Position> = leaves.iter().map(|event| (event.id, event.position)).collect();
    hold(by_id.len() == leaves.len(), || "an event is there twice".into())?;
    let (mut acknowledged, mut commands) = (0, BTreeSet::new());
    for Told { command, position, events } in told {
        hold(commands.insert(*command), || format!("{command} was counted twice"))?;
        acknowledged += events.len();
        if let Some(missing) = events.iter().find(|event| !by_id.contains_key(event)) {
            return Err(Broken::Lost(format!("the event {missing} of the command {command}")));
        }
        let last = events.last().and_then(|event| by_id.get(event)).map(|last| last.0);
        hold(last == Some(*position as u64), || format!("{command}: {position} was told, and it is {last:?}"))?;
    }
    hold(acknowledged == leaves.len(), || format!("{} events, {acknowledged} acknowledged", leaves.len()))?;
    heads(&events)?;
    println!("{acknowledged} events of {} commands, each in the log once", commands.len());
    Ok(())
}

fn everything(setting: &Setting) -> Outcome<Vec<StoredEvent>> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let store = KurrentStore::connect(&setting.store()).await?;
        let (mut events, mut from) = (Vec::new(), AllFrom::Start);
        loop {
            let page = store.read_all(from, Direction::Forwards, 1000).await?;
            let Some(last) = page.last() else { return Ok(events) };
            from = AllFrom::After(last.position);
            events.extend(page);
        }
    })
}

/// Holds that of the heads that were claimed each is larger than the one before, and has the root of the log's first events.
fn heads(events: &[StoredEvent]) -> Outcome<()> {
    let leaves: Vec<Hash> =
        events.iter().filter(|event| is_leaf(event)).map(|event| record_hash(&event.body)).collect();
    let mut before = 0;
    for event in events.iter().filter(|event| event.stream.as_str() == HEADS) {
        let body: Value = serde_json::from_slice(&event.body)?;
        let head = Checkpoint::parse(body["checkpoint"].as_str().unwrap_or_default())?;
        let size = usize::try_from(head.size)?;
        hold(size > before && size <= leaves.len(), || format!("a head of {size} behind one of {before}"))?;
        hold(root(&leaves[..size]) == head.root, || format!("the head of {size} has another root than the log"))?;
        before = size;
    }
    hold(before == leaves.len(), || format!("the last head has {before} of {} leaves", leaves.len()))
}

/// The root by its definition (RFC 6962, section 2.1).
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(root(left), root(right))
        }
    }
}

/// Holds that every node has the whole tree in its files.
pub fn trees(folders: &[PathBuf]) -> Outcome<()> {
    let sizes = folders.iter().map(|folder| Ok(fsck_files(&folder.join("transparency"))?.size));
    let sizes = sizes.collect::<Result<BTreeSet<_>, SealError>>()?;
    hold(sizes.len() == 1, || format!("the nodes keep trees of {sizes:?} leaves"))
}

/// Holds that the read models in all folders have the same rows, byte for byte. Answers how many there are.
pub fn read_models(folders: &[PathBuf]) -> Outcome<usize> {
    let mut rows = 0;
    for name in NAMES {
        let all = folders.iter().map(|folder| contents(folder, name)).collect::<Outcome<Vec<_>>>()?;
        for (node, theirs) in all.iter().enumerate() {
            let keys = all[0].keys().chain(theirs.keys());
            let differing: BTreeSet<_> = keys.filter(|key| all[0].get(*key) != theirs.get(*key)).collect();
            hold(differing.is_empty(), || {
                let first = differing.first().map(|key| String::from_utf8_lossy(key).into_owned());
                format!("the read model `{name}` of node {node} has {} other rows: {first:?}", differing.len())
            })?;
        }
        rows += all[0].len();
    }
    hold(rows > 0, || "there are no rows".into())?;
    Ok(rows)
}

/// The rows of the newest shelf of a model.
fn contents(data: &Path, name: &str) -> Outcome<BTreeMap<Vec<u8>, Vec<u8>>> {
    let numbered = |folder: &Path, prefix: &str| -> Outcome<PathBuf> {
        let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        let number = |path: &PathBuf| path.file_name()?.to_str()?.strip_prefix(prefix)?.parse::<u64>().ok();
        let newest = entries.into_iter().map(|entry| entry.path()).filter(|path| number(path).is_some());
        newest.max_by_key(number).ok_or_else(|| Broken::Wrong(format!("no read model `{name}`")))
    };
    let model = numbered(&data.join("read"), &format!("{name}-v"))?;
    Ok(Shelf::open(&numbered(&model, "")?)?.contents()?)
}
