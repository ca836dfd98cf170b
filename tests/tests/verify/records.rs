//! Records of the shipped cases, made by the handler over a store in memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use siyi_api::case::file::Disk;
use siyi_api::case::{Case, Pace};
use siyi_domain::ids::ConsultationId;
use siyi_domain::moment::Moment;
use siyi_domain::rules::Rules;
use siyi_log::clock::SetClock;
use siyi_log::envelope::Subject;
use siyi_log::handler::Handler;
use siyi_log::memory::MemoryStore;
use siyi_log::port::{AllFrom, Direction, EventStore, MAX_READ, StoredEvent};
use siyi_log::vault::{MemoryVault, RandomSalts};
use siyi_verify::bundle::Parts;
use siyi_verify::ports::collect;

use crate::test_log::TestLog;

/// What a case recorded.
pub struct Record {
    pub store: Arc<dyn EventStore>,
    pub events: Vec<StoredEvent>,
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A shipped case.
pub fn case(name: &str) -> PathBuf {
    tests().join("../schemas/cases").join(name)
}

/// All shipped cases, and the one for tests that records what they do not.
pub fn all_cases() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(tests().join("../schemas/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files.push(tests().join("cases/rare.toml"));
    files
}

impl Record {
    /// Runs one case at its own time in an empty store.
    pub async fn of(file: &Path) -> Self {
        let case = Case::read(file, &Disk).unwrap();
        let begins_at: Moment = case.begins_at().unwrap();
        let clock = Arc::new(SetClock::starting_at(begins_at));
        let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
        let rules = Arc::new(Rules::shipped().unwrap());
        let vault = Arc::new(MemoryVault::new());
        let handler =
            Handler::new(Arc::clone(&store), vault, Arc::new(RandomSalts), Arc::<SetClock>::clone(&clock), rules);
        siyi_api::case::run(&handler, &[case], &Pace::Case(clock), |_, _| ()).await.unwrap();
        let events = store.read_all(AllFrom::Start, Direction::Forwards, MAX_READ).await.unwrap();
        assert!(events.len() > 50 && events.len() < MAX_READ, "{} events", events.len());
        Self { store, events }
    }

    /// The stored bytes of all streams.
    pub fn bodies(&self) -> Vec<Bytes> {
        self.events.iter().map(|event| event.body.clone()).collect()
    }

    /// Its matters, in the order in which they were raised.
    pub fn matters(&self) -> Vec<ConsultationId> {
        let raised = self.events.iter().filter(|event| event.revision.0 == 0);
        raised
            .filter_map(|event| match Subject::of(&event.stream) {
                Some(Subject::Consultation(id)) => Some(id),
                _ => None,
            })
            .collect()
    }

    /// The parts of the bundle of its first matter, logged and witnessed.
    pub async fn parts(&self) -> Parts {
        let log = TestLog::of(self.events.iter().map(|event| event.body.as_ref()));
        collect(self.store.as_ref(), self.matters()[0], &log).await.unwrap()
    }
}
