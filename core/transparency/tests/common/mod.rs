//! A village's log in a folder of its own, and ways to harm it.
#![allow(dead_code, reason = "each test uses a part")]

use async_trait::async_trait;
use serde_json::json;
use siyi_log::{
    memory::MemoryStore,
    port::{AllFrom, Direction, EventStore, Expected, NewEvent, StoredEvent, StreamName},
};
use siyi_tlog::{AddCheckpoint, KeyKind, NoteSignature, SignedCheckpoint, Signer, TrustPolicy, VerifierKey};
use siyi_transparency::{
    DiskFaults,
    sealer::{Sealer, SealerOptions},
    witness::{NotConfirmed, Refusal, Witness, WitnessBook},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};
use uuid::Uuid;
use zeroize::Zeroizing;

pub const ORIGIN: &str = "log.village.example/wusi-2026";

pub fn log_key(seed: u8) -> Signer {
    Signer::from_seed(ORIGIN, KeyKind::Log, &Zeroizing::new([seed; 32])).unwrap()
}

pub fn witness_key(number: u8) -> Signer {
    let names = ["town-office.example/w1", "county-archive.example/w2", "committee.example/w3"];
    Signer::from_seed(names[usize::from(number)], KeyKind::Witness, &Zeroizing::new([0x14 + number; 32])).unwrap()
}

/// Quorum 2 of 3.
pub fn policy(log: &VerifierKey) -> TrustPolicy {
    let witnesses: String =
        (0..3).map(|number| format!("witness w{number} {}\n", witness_key(number).verifier())).collect();
    TrustPolicy::parse(&format!("log {log}\n{witnesses}group two 2 w0 w1 w2\nquorum two\n")).unwrap()
}

pub fn no_witness(log: &VerifierKey) -> TrustPolicy {
    TrustPolicy::parse(&format!("log {log}\nquorum none\n")).unwrap()
}

/// Every fifth event is of the server and no leaf.
pub fn stream(number: u64) -> StreamName {
    if number % 5 == 4 {
        StreamName::new("housekeeping").unwrap()
    } else {
        StreamName::new(format!("account-{}", Uuid::from_u128(u128::from(number % 3)))).unwrap()
    }
}

pub fn event(number: u64) -> NewEvent {
    let body = json!({ "number": number, "type": "vote-cast.v1", "padding": "x".repeat(usize::try_from(number % 40).unwrap()) });
    NewEvent::new(Uuid::from_u128(1 << 64 | u128::from(number)), "vote-cast.v1", &body).unwrap()
}

pub async fn append(store: &dyn EventStore, numbers: std::ops::Range<u64>) {
    for number in numbers {
        store.append(&stream(number), Expected::Any, vec![event(number)]).await.unwrap();
    }
}

/// Events by number, as a store.
pub async fn store_of(numbers: impl IntoIterator<Item = u64>) -> Arc<MemoryStore> {
    let store = MemoryStore::new();
    for number in numbers {
        store.append(&stream(number), Expected::Any, vec![event(number)]).await.unwrap();
    }
    Arc::new(store)
}

pub async fn leaves(store: &dyn EventStore) -> Vec<StoredEvent> {
    let (mut leaves, mut from) = (Vec::new(), AllFrom::Start);
    loop {
        let page = store.read_all(from, Direction::Forwards, 10_000).await.unwrap();
        let Some(last) = page.last() else { return leaves };
        from = AllFrom::After(last.position);
        leaves.extend(page.into_iter().filter(siyi_transparency::sealer::is_leaf));
    }
}

pub async fn open(store: &Arc<MemoryStore>, folder: &Path) -> Result<Sealer, siyi_transparency::SealError> {
    let key = log_key(7);
    let policy = no_witness(key.verifier());
    Sealer::open(Arc::clone(store) as Arc<dyn EventStore>, key, policy, Vec::new(), SealerOptions::new(folder)).await
}

pub async fn sealed(store: &Arc<MemoryStore>, folder: &Path) -> Sealer {
    let mut sealer = open(store, folder).await.unwrap();
    sealer.seal_all().await.unwrap();
    sealer
}

/// All files below a folder, by name.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

pub fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The disk stops before a chosen step, and at every step after it.
#[derive(Debug, Default)]
pub struct Cut {
    steps: AtomicUsize,
    limit: AtomicUsize,
}

impl Cut {
    pub fn after(limit: usize) -> Arc<Self> {
        Arc::new(Self { steps: AtomicUsize::new(0), limit: AtomicUsize::new(limit) })
    }

    pub fn steps(&self) -> usize {
        self.steps.load(SeqCst)
    }
}

impl DiskFaults for Cut {
    fn step(&self, what: &str) -> io::Result<()> {
        let done = self.steps.fetch_add(1, SeqCst);
        if done < self.limit.load(SeqCst) { Ok(()) } else { Err(io::Error::other(format!("cut before: {what}"))) }
    }
}

/// A witness in this process.
pub struct Near {
    pub book: Arc<WitnessBook>,
    pub is_away: AtomicBool,
    pub asked: AtomicUsize,
    key: VerifierKey,
}

impl Near {
    pub fn open(number: u8, folder: &Path) -> Arc<Self> {
        let logs = vec![log_key(7).verifier().clone()];
        let book = WitnessBook::open(folder.join(format!("w{number}")), witness_key(number), logs, None).unwrap();
        let key = book.key().clone();
        Arc::new(Self { book: Arc::new(book), is_away: AtomicBool::new(false), asked: AtomicUsize::new(0), key })
    }

    pub fn three(folder: &Path) -> Vec<Arc<Self>> {
        (0..3).map(|number| Self::open(number, folder)).collect()
    }

    async fn presence(&self) {
        if self.is_away.load(SeqCst) {
            std::future::pending::<()>().await;
        }
    }
}

pub fn all(witnesses: &[Arc<Near>]) -> Vec<Arc<dyn Witness>> {
    witnesses.iter().map(|witness| Arc::clone(witness) as Arc<dyn Witness>).collect()
}

#[async_trait]
impl Witness for Near {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Vec<NoteSignature>, NotConfirmed> {
        self.asked.fetch_add(1, SeqCst);
        self.presence().await;
        self.book.add_checkpoint(&request.to_string(), 1_767_000_000).map_err(|refusal| match refusal {
            Refusal::Stale { size } => NotConfirmed::Stale { size },
            Refusal::Inconsistent => NotConfirmed::Inconsistent,
            other => NotConfirmed::Refused { status: other.status() },
        })
    }

    async fn latest(&self, origin: &str) -> Result<Option<SignedCheckpoint>, NotConfirmed> {
        self.presence().await;
        Ok(self.book.latest(origin))
    }
}
