//! Commits that fail, before and behind the moment at which the events are stored.

use super::{all, append, event, numbers, open, stream};
use futures::{FutureExt, StreamExt, future::maybe_done};
use siyi_log::{
    embedded::{CommitFaults, EmbeddedStore, Options},
    port::{AppendError, Direction, EventStore, Expected, ReadFrom},
};
use std::{
    io,
    path::Path,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::task::unconstrained;

/// Fails where it is switched on.
#[derive(Debug, Default)]
struct Failing {
    before: AtomicBool,
    after: AtomicBool,
}

fn failing(switch: &AtomicBool) -> io::Result<()> {
    if switch.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
}

impl CommitFaults for Failing {
    fn before_commit(&self) -> io::Result<()> {
        failing(&self.before)
    }

    fn after_commit(&self) -> io::Result<()> {
        failing(&self.after)
    }
}

fn open_failing(folder: &Path) -> (EmbeddedStore, Arc<Failing>) {
    let faults = Arc::new(Failing::default());
    let options = Options { faults: Some(faults.clone()), ..Options::default() };
    (EmbeddedStore::open(folder, options).unwrap(), faults)
}

fn assert_unavailable<T: std::fmt::Debug>(answer: Result<T, AppendError>) {
    assert_eq!(answer.unwrap_err().code(), "store-unavailable");
}

#[tokio::test]
async fn a_commit_that_failed_is_not_stored_and_stops_the_writer() {
    let folder = tempfile::tempdir().unwrap();
    let (store, faults) = open_failing(folder.path());
    append(&store, 1).await.unwrap();
    faults.before.store(true, Ordering::SeqCst);
    assert_unavailable(append(&store, 2).await);
    // The disk works again, but nobody knows what it holds.
    faults.before.store(false, Ordering::SeqCst);
    assert_unavailable(append(&store, 3).await);
    assert_unavailable(append(&store, 1).await);
    assert_eq!(numbers(&all(&store).await), [1]);
    store.close().await;
    let store = open(folder.path()).unwrap();
    assert_eq!(numbers(&all(&store).await), [1]);
    assert!(!append(&store, 2).await.unwrap().already);
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, faults) = open_failing(folder.path());
    append(&store, 1).await.unwrap();
    faults.after.store(true, Ordering::SeqCst);
    assert_unavailable(append(&store, 2).await);
    assert_eq!(numbers(&all(&store).await), [1], "what is not acknowledged is not seen");
    store.close().await;
    let store = open(folder.path()).unwrap();
    assert_eq!(numbers(&all(&store).await), [1, 2]);
    assert!(append(&store, 2).await.unwrap().already);
    append(&store, 3).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_group_that_failed_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let (store, faults) = open_failing(folder.path());
    let store = Arc::new(store);
    faults.before.store(true, Ordering::SeqCst);
    let appends = (0..64).map(|number| {
        let store = Arc::clone(&store);
        // Half of them conflict with the other half, if these had been stored.
        tokio::spawn(async move { store.append(&stream("a"), Expected::NoStream, vec![event(number, 9)]).await })
    });
    for answer in futures::future::join_all(appends).await {
        assert_unavailable(answer.unwrap());
    }
}

/// Holds the commits once they are made, while it is shut, until they are let go.
#[derive(Debug)]
struct Gate {
    shut: AtomicBool,
    reached: Barrier,
    let_go: Barrier,
}

impl CommitFaults for Gate {
    fn after_commit(&self) -> io::Result<()> {
        if self.shut.load(Ordering::SeqCst) {
            self.reached.wait();
            self.let_go.wait();
        }
        Ok(())
    }
}

/// Opens the gate when it is dropped, also by a failing test, whose store would wait for its writer for ever.
struct OpensGate(Arc<Gate>);

impl Drop for OpensGate {
    fn drop(&mut self) {
        self.0.shut.store(false, Ordering::SeqCst);
        self.0.let_go.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_do_not_wait_for_a_commit_and_see_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate { shut: AtomicBool::new(false), reached: Barrier::new(2), let_go: Barrier::new(2) });
    let options = Options { faults: Some(gate.clone()), ..Options::default() };
    let store = Arc::new(EmbeddedStore::open(folder.path(), options).unwrap());
    store.append(&stream("a"), Expected::Any, vec![event(1, 9)]).await.unwrap();
    gate.shut.store(true, Ordering::SeqCst);
    let appending = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.append(&stream("a"), Expected::Any, vec![event(2, 9)]).await })
    };
    gate.reached.wait();
    let opens_gate = OpensGate(gate);
    // The engine has the event, and the writer stands still before it says so.
    assert_eq!(numbers(&all(&store).await), [1]);
    for (from, direction) in [(ReadFrom::Start, Direction::Forwards), (ReadFrom::End, Direction::Backwards)] {
        assert_eq!(numbers(&store.read_stream(&stream("a"), from, direction, 10).await.unwrap()), [1]);
    }
    assert_eq!(store.find(event(2, 9).id()).await.unwrap(), None);
    assert_eq!(store.head().await.unwrap().unwrap().0, 0);
    drop(opens_gate);
    appending.await.unwrap().unwrap();
    assert_eq!(numbers(&all(&store).await), [1, 2]);
}

/// Counts the commits, and holds the first until a number of appends wait.
#[derive(Debug)]
struct Counting {
    commits: Mutex<u64>,
    first: Barrier,
}

impl CommitFaults for Counting {
    fn before_commit(&self) -> io::Result<()> {
        let mut commits = self.commits.lock().unwrap();
        *commits += 1;
        if *commits == 1 {
            self.first.wait();
        }
        Ok(())
    }
}

#[tokio::test]
async fn appends_that_wait_share_a_commit_within_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let faults = Arc::new(Counting { commits: Mutex::new(0), first: Barrier::new(2) });
    let options = Options { faults: Some(faults.clone()), group_events: 10, ..Options::default() };
    let store = EmbeddedStore::open(folder.path(), options).unwrap();
    let mut waiting: Vec<_> = (0..41).map(|number| append(&store, number).boxed()).collect();
    // The first append is alone in its commit; the others are queued behind it, in this order.
    for append in &mut waiting {
        assert!(append.now_or_never().is_none());
    }
    faults.first.wait();
    for append in waiting {
        append.await.unwrap();
    }
    let commits = *faults.commits.lock().unwrap();
    assert!((5..=6).contains(&commits), "{commits} commits for 1 and 40 appends, ten at a time");
    assert_eq!(numbers(&all(&store).await), (0..41).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_finishes_what_waits() {
    for drop_it in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).unwrap();
        // Unconstrained: tokio lets a task make only some of the calls before it has to wait.
        let calls = (0..200).map(|number| unconstrained(append(&store, number)));
        let mut waiting: Vec<_> = calls.map(|call| Box::pin(maybe_done(call))).collect();
        for append in &mut waiting {
            // Queued, and perhaps already answered.
            let _ = append.as_mut().now_or_never();
        }
        if drop_it {
            drop(waiting);
            drop(store);
        } else {
            store.close().await;
            for mut append in waiting {
                append.as_mut().await;
                append.as_mut().take_output().unwrap().unwrap();
            }
        }
        let store = open(folder.path()).unwrap();
        assert_eq!(numbers(&all(&store).await), (0..200).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_closed_store_is_unavailable_and_its_followers_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    append(&store, 1).await.unwrap();
    let mut follower = store.follow(None);
    assert!(follower.next().await.unwrap().is_ok());
    assert!(follower.next().await.unwrap().is_ok());
    store.close().await;
    store.close().await;
    assert!(follower.next().await.is_none());
    assert_unavailable(append(&store, 2).await);
    assert_eq!(store.head().await.unwrap_err().code(), "store-unavailable");
    assert_eq!(store.find(event(1, 9).id()).await.unwrap_err().code(), "store-unavailable");
    // A follower that has not read yet says so, and ends.
    let seen: Vec<_> = store.follow(None).collect().await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].as_ref().unwrap_err().code(), "store-unavailable");
}
