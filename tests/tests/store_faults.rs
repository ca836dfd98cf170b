//! The embedded store and vault when something goes wrong: wrong folders, damage, failing commits, a full disk, death.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use serde_json::json;
use siyi_log::{
    embedded::{EmbeddedStore, OpenError, Options},
    port::{AllFrom, AppendError, Appended, Direction, EventStore, Expected, NewEvent, StoredEvent, StreamName},
};
use std::{path::Path, process::Command};
use uuid::Uuid;

#[path = "store_faults/commits.rs"]
mod commits;
#[path = "store_faults/damage.rs"]
mod damage;
#[path = "store_faults/death.rs"]
mod death;
#[path = "store_faults/disk.rs"]
mod disk;
#[path = "store_faults/folders.rs"]
mod folders;
#[path = "store_faults/vaults.rs"]
mod vaults;

fn open(folder: &Path) -> Result<EmbeddedStore, OpenError> {
    EmbeddedStore::open(folder, Options::default())
}

fn stream(name: &str) -> StreamName {
    StreamName::new(name).unwrap()
}

/// The event with this number; its body has about `bytes` bytes that do not compress well.
fn event(number: u64, bytes: usize) -> NewEvent {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let text: String = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'0' + (state % 75) as u8)
    })
    .filter(|character| character.is_alphanumeric())
    .take(bytes)
    .collect();
    NewEvent::new(Uuid::from_u128(number.into()), "numbered.v1", &json!({"number": number, "text": text})).unwrap()
}

async fn append(store: &EmbeddedStore, number: u64) -> Result<Appended, AppendError> {
    store.append(&stream(&format!("s-{}", number % 7)), Expected::Any, vec![event(number, 100)]).await
}

async fn all(store: &EmbeddedStore) -> Vec<StoredEvent> {
    store.read_all(AllFrom::Start, Direction::Forwards, 10_000).await.unwrap()
}

fn numbers(events: &[StoredEvent]) -> Vec<u64> {
    events.iter().map(|event| u64::try_from(event.id.as_u128()).unwrap()).collect()
}

/// This test program once more, to play the other process in the test with this name.
fn other_process(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env("SIYI_OTHER_PROCESS", folder);
    command
}

/// The folder where this process is to play the other one.
fn other_process_folder() -> Option<std::ffi::OsString> {
    std::env::var_os("SIYI_OTHER_PROCESS")
}
