//! Opening again, after a good end and after a bad one.

use super::{all, append, numbers, open, other_process, other_process_folder, stream};
use siyi_log::port::{EventStore, Expected, Revision};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

#[tokio::test]
async fn what_was_acknowledged_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut events = Vec::new();
    for start in [0, 30, 60] {
        let store = open(folder.path()).unwrap();
        assert_eq!(all(&store).await, events);
        assert_eq!(store.head().await.unwrap(), events.last().map(|event| event.position));
        for number in start..start + 30 {
            append(&store, number).await.unwrap();
        }
        events = all(&store).await;
        store.close().await;
    }
    assert_eq!(numbers(&events), (0..90).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_repeated_append_and_a_conflict_are_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let first = append(&store, 1).await.unwrap();
    store.close().await;
    let store = open(folder.path()).unwrap();
    let again = append(&store, 1).await.unwrap();
    assert!(again.already);
    assert_eq!(again.first_position, first.first_position);
    let rival = vec![super::event(2, 9)];
    let answer = store.append(&stream("s-1"), Expected::NoStream, rival.clone()).await;
    assert_eq!(answer.unwrap_err().code(), "wrong-expected-revision");
    store.append(&stream("s-1"), Expected::Exact(Revision(0)), rival).await.unwrap();
}

/// Appends one event after the other and says so, until it is killed.
fn append_until_killed(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = open(folder).unwrap();
        let start = all(&store).await.len() as u64;
        for number in start.. {
            append(&store, number).await.unwrap();
            println!("acknowledged: {number}");
        }
    });
}

#[test]
fn what_was_acknowledged_outlives_a_killed_process() {
    if let Some(folder) = other_process_folder() {
        append_until_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 1..=5 {
        let mut process = other_process("death::what_was_acknowledged_outlives_a_killed_process", folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let numbers = lines.filter_map(|line| line.split_once("acknowledged: ")?.1.parse::<u64>().ok());
        acknowledged = numbers.take(37 * round).last().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let stored = numbers(&all(&open(folder.path()).unwrap()).await);
        assert!(stored.len() as u64 > acknowledged, "{acknowledged} was acknowledged, {} are there", stored.len());
        assert_eq!(stored, (0..stored.len() as u64).collect::<Vec<_>>());
    });
}
