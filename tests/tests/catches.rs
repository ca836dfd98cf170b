//! What must be caught, each first shown to pass when it is clean: by whoever verifies the matter, and by the server at its
//! start. Twelve, each a test of its own; how each is found in detail, the verifier's own tests tell.

#[allow(dead_code, reason = "the tests of the verifier need the rest")]
#[path = "verify/records.rs"]
mod records;
#[allow(dead_code, reason = "the tests of the verifier need the rest")]
#[path = "verify/test_log.rs"]
mod test_log;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::executor::block_on;
use rayon::ThreadPoolBuilder;
use serde_json::{Value, json};
use siyi_api::judged;
use siyi_api::public_log::{LogOptions, PublicLog};
use siyi_domain::moment::Moment;
use siyi_domain::rules::Rules;
use siyi_log::canonical::canonical_bytes;
use siyi_log::memory::MemoryStore;
use siyi_log::port::{EventStore, Expected, NewEvent, StreamName};
use siyi_verify::bundle::{Parts, write};
use siyi_verify::finding::Code;
use siyi_verify::{Options, Report, verify_bundle};
use tempfile::TempDir;

use records::{Record, case};
use test_log::TestLog;

/// What people hold who look: the matter's bundle, a checkpoint of yesterday, and the server's folder with its events.
struct Clean {
    record: Record,
    parts: Parts,
    folder: TempDir,
}

/// What somebody did to it.
#[derive(Default)]
struct Forged {
    /// The bundle that is handed out.
    parts: Option<Parts>,
    /// The checkpoint that the reader kept.
    kept: Option<Vec<u8>>,
    /// The events that the server finds in its store.
    store: Option<Vec<Value>>,
    /// What was done to the server's folder.
    folder: Option<fn(&Path)>,
    /// The time on the server's clock.
    now: Option<Moment>,
}

/// What is done, what the verifier finds first, and with which code the server refuses to start.
macro_rules! catches {
    ($($what:ident: $forge:ident => $verifier:ident, $server:literal;)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $what() {
            is_caught($forge, Code::$verifier, $server).await;
        }
    )+};
}

// In the order of the issue.
catches! {
    one_byte_changed_in_a_stored_event: byte => ProofFails, "log-rewritten";
    two_events_swapped: swapped => ProofFails, "record-wrong";
    an_event_removed_from_the_middle: middle => RevisionGap, "record-wrong";
    an_event_removed_from_the_end: end => CheckpointOlder, "log-shortened";
    a_checkpoint_forked: fork => CheckpointForked, "log-rewritten";
    a_checkpoint_rolled_back: rollback => CheckpointOlder, "log-rolled-back";
    a_notice_that_says_otherwise: notice => NoticeDiffers, "record-wrong";
    an_outcome_that_does_not_follow: outcome => DerivedDiffers, "record-wrong";
    an_attachment_replaced: attachment => AttachmentDiffers, "log-rewritten";
    a_rule_pack_loosened_afterwards: pack => PackDiffers, "record-wrong";
    a_key_swapped: key => LogSignatureInvalid, "log-key-not-current";
    a_clock_set_back: clock => ClockSetBack, "clock-behind-record";
}

impl Clean {
    async fn new() -> Self {
        let record = Record::of(&case("C2-归档.toml")).await;
        let parts = record.parts().await;
        let folder = tempfile::tempdir().unwrap();
        let clean = Self { record, parts, folder };
        // Sealed three times: a power cut may leave the checkpoint before the last, and none older.
        for share in [3, 2, 1] {
            let events = clean.events();
            let store = store_of(&events[..events.len() / share]).await;
            clean.start(store, later()).await.unwrap();
            let kept = clean.folder.path().join(format!("checkpoint.{share}"));
            std::fs::copy(clean.folder.path().join("transparency/checkpoint"), kept).unwrap();
        }
        clean
    }

    fn events(&self) -> Vec<Value> {
        self.record.events.iter().map(|event| json_of(&event.body)).collect()
    }

    /// What `siyi serve` asks before it listens.
    async fn start(&self, store: Arc<MemoryStore>, now: Moment) -> Result<(), String> {
        let rules = Rules::shipped().unwrap();
        let judged = judged::judge(store.as_ref(), &rules, |_| ()).await.unwrap();
        judged.check(now).map_err(|error| error.code().to_owned())?;
        let options = LogOptions { origin: "village.example/siyi".to_owned(), ..LogOptions::default() };
        let size = store.head().await.unwrap().map_or(0, |head| head.0 + 1);
        let opened = PublicLog::open(self.folder.path(), store, &options).await;
        let opened = opened.map_err(|error| error.code().to_owned())?;
        let mut published = opened.log.watch();
        published.wait_for(|now| now.as_ref().is_some_and(|now| now.checkpoint().size >= size)).await.unwrap();
        opened.close().await;
        Ok(())
    }
}

/// After every event of the case.
fn later() -> Moment {
    "2030-01-01T00:00:00+08:00".parse().unwrap()
}

fn json_of(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap()
}

async fn store_of(events: &[Value]) -> Arc<MemoryStore> {
    let store = MemoryStore::new();
    for event in events {
        let text = |key: &str| event[key].as_str().unwrap().to_owned();
        let stream = StreamName::new(text("stream")).unwrap();
        let new = NewEvent::new(text("id").parse().unwrap(), text("type"), event).unwrap();
        store.append(&stream, Expected::Any, vec![new]).await.unwrap();
    }
    Arc::new(store)
}

fn of_type(events: &[Value], event_type: &str) -> usize {
    events.iter().position(|event| event["type"] == event_type).unwrap()
}

/// The bundle of changed events, in the log to which they were handed anew.
fn logged(clean: &Clean, change: impl Fn(&mut Vec<Value>)) -> Parts {
    let mut parts = clean.parts.clone();
    let mut events: Vec<Value> = parts.events.iter().map(json_of).collect();
    change(&mut events);
    parts.events = events.iter().map(|event| canonical_bytes(event).unwrap()).collect();
    let log = TestLog::of(parts.events.iter().map(AsRef::as_ref));
    parts.proofs = parts.events.iter().map(|body| log.inclusion_of(body).unwrap()).collect();
    parts.checkpoint = Some(log.checkpoint_at(log.size()));
    parts
}

fn stored(clean: &Clean, change: impl Fn(&mut Vec<Value>)) -> Vec<Value> {
    let mut events = clean.events();
    change(&mut events);
    events
}

fn byte(clean: &Clean) -> Forged {
    let mut parts = clean.parts.clone();
    let mut body = parts.events[100].to_vec();
    let at = body.len() / 2;
    body[at] ^= 1;
    parts.events[100] = Bytes::from(body);
    // In a hash that no rule looks at, only the signed tree tells.
    let store = stored(clean, |events| {
        let raised = of_type(events, "motion-raised.v1");
        let hash = events[raised]["command_hash"].as_str().unwrap().to_owned();
        let first = if hash.starts_with('A') { "B" } else { "A" };
        let changed: Value = format!("{first}{}", &hash[1..]).into();
        let act = events[raised]["causation_id"].clone();
        events.iter_mut().filter(|event| event["causation_id"] == act).for_each(|event| {
            event["command_hash"] = changed.clone();
        });
    });
    Forged { parts: Some(parts), store: Some(store), ..Forged::default() }
}

fn swap(events: &mut [Value]) {
    let closed = of_type(events, "meeting-closed.v1");
    events.swap(closed, of_type(events, "members-checked-in.v1"));
}

fn swapped(clean: &Clean) -> Forged {
    let mut parts = clean.parts.clone();
    let events: Vec<Value> = parts.events.iter().map(json_of).collect();
    parts.events.swap(of_type(&events, "meeting-closed.v1"), of_type(&events, "members-checked-in.v1"));
    Forged { parts: Some(parts), store: Some(stored(clean, |events| swap(events))), ..Forged::default() }
}

fn middle(clean: &Clean) -> Forged {
    let remove = |events: &mut Vec<Value>| drop(events.remove(of_type(events, "members-checked-in.v1")));
    Forged { parts: Some(logged(clean, remove)), store: Some(stored(clean, remove)), ..Forged::default() }
}

fn end(clean: &Clean) -> Forged {
    let remove = |events: &mut Vec<Value>| drop(events.pop());
    let log = TestLog::of(clean.parts.events.iter().map(AsRef::as_ref));
    let kept = Some(log.checkpoint_at(log.size()));
    Forged { parts: Some(logged(clean, remove)), kept, store: Some(stored(clean, remove)), ..Forged::default() }
}

fn fork(clean: &Clean) -> Forged {
    let mut leaves: Vec<Vec<u8>> = clean.record.events.iter().map(|event| event.body.to_vec()).collect();
    leaves[5] = b"what others were shown".to_vec();
    let other = TestLog::of(leaves.iter().map(Vec::as_slice));
    let kept = Some(other.checkpoint_at(other.size()));
    let folder = |data: &Path| {
        // The head of another history, which this key signed too.
        let path = data.join("transparency/head");
        let head = std::fs::read_to_string(&path).unwrap();
        let root = head.lines().nth(2).unwrap().to_owned();
        let other = if root.starts_with('A') { "B" } else { "A" };
        std::fs::write(path, head.replacen(&root, &format!("{other}{}", &root[1..]), 1)).unwrap();
    };
    Forged { kept, folder: Some(folder), ..Forged::default() }
}

fn rollback(clean: &Clean) -> Forged {
    let longer = clean.record.events.iter().map(|event| event.body.to_vec()).chain([b"one more".to_vec()]);
    let longer: Vec<Vec<u8>> = longer.collect();
    let log = TestLog::of(longer.iter().map(Vec::as_slice));
    let folder = |data: &Path| {
        std::fs::copy(data.join("checkpoint.3"), data.join("transparency/checkpoint")).unwrap();
    };
    Forged { kept: Some(log.checkpoint_at(log.size())), folder: Some(folder), ..Forged::default() }
}

fn notice(clean: &Clean) -> Forged {
    let mut parts = clean.parts.clone();
    let vote = parts.notices[0].resolution.as_mut().unwrap().vote.as_mut().unwrap();
    vote.counts.in_favour += 1;
    // A server prints what it derives: what can be false in its store is the event of the posting.
    let store = stored(clean, |events| {
        let posted = of_type(events, "notice-posted.v1");
        events[posted]["data"]["objections_until"] = events[posted]["data"]["removable_on"].clone();
    });
    Forged { parts: Some(parts), store: Some(store), ..Forged::default() }
}

fn lose(events: &mut [Value]) {
    let decision = of_type(events, "decision-made.v1");
    events[decision]["data"]["outcome"] = "lost".into();
}

fn outcome(clean: &Clean) -> Forged {
    let mut parts = logged(clean, |events| lose(events));
    parts.notices.clear();
    Forged { parts: Some(parts), store: Some(stored(clean, |events| lose(events))), ..Forged::default() }
}

fn attachment(clean: &Clean) -> Forged {
    let mut parts = clean.parts.clone();
    let cited = parts.attachments[0].clone();
    parts.papers.insert(cited.clone(), b"another paper".to_vec());
    // Another file has another digest, so the event that cites it must be another.
    let other = |event: &Value| serde_json::from_str(&event.to_string().replace(&cited, &"ab".repeat(32))).unwrap();
    let store = clean.events().iter().map(other).collect();
    Forged { parts: Some(parts), store: Some(store), ..Forged::default() }
}

fn pack(clean: &Clean) -> Forged {
    let mut parts = clean.parts.clone();
    let pack = parts.procedures.get_mut("rural-HN-2026.toml").unwrap();
    *pack = pack.replace("ge = [2, 3]", "ge = [1, 3]");
    // An engine that ran with the loosened pack wrote its number into the events.
    let store = stored(clean, |events| {
        let put = events.iter().position(|event| event.pointer("/data/tests/0/num") == Some(&json!(2))).unwrap();
        events[put]["data"]["tests"][0]["num"] = 1.into();
    });
    Forged { parts: Some(parts), store: Some(store), ..Forged::default() }
}

fn key(clean: &Clean) -> Forged {
    let log = TestLog::signed_with(clean.parts.events.iter().map(AsRef::as_ref), 99);
    let mut parts = logged(clean, |_| ());
    parts.checkpoint = Some(log.checkpoint_at(log.size()));
    let folder = |data: &Path| std::fs::remove_file(data.join("log.key")).unwrap();
    Forged { parts: Some(parts), folder: Some(folder), ..Forged::default() }
}

fn clock(clean: &Clean) -> Forged {
    let parts = logged(clean, |events| {
        let posted = of_type(events, "notice-posted.v1");
        events[posted]["recorded_at"] = "2020-01-01T00:00:00+08:00".into();
    });
    Forged { parts: Some(parts), now: Some("2026-01-01T00:00:00+08:00".parse().unwrap()), ..Forged::default() }
}

fn verified(parts: &Parts, kept: Option<Vec<u8>>) -> Report {
    let options = Options { policy: Some(TestLog::policy()), previous_checkpoint: kept, ..Options::default() };
    verify_bundle(&write(parts).unwrap(), &options)
}

/// What is found, which is the same on 1, 2 and 8 threads.
fn on_any_threads<T: PartialEq + Debug + Send>(find: impl Fn() -> T + Sync) -> T {
    let on = |threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(&find);
    let found = on(1);
    assert_eq!((&on(2), &on(8)), (&found, &found));
    found
}

/// First the clean matter and the clean folder, then what was forged of them.
async fn is_caught(forge: fn(&Clean) -> Forged, verifier: Code, server: &str) {
    let clean = Clean::new().await;
    let log = TestLog::of(clean.record.events.iter().map(|event| event.body.as_ref()));
    let report = verified(&clean.parts, Some(log.checkpoint_at(log.size())));
    assert_eq!(report.exit_code(), 0, "the clean matter: {:?}", report.findings);
    let started = clean.start(store_of(&clean.events()).await, later()).await;
    assert_eq!(started, Ok(()), "the clean folder");

    let forged = forge(&clean);
    let parts = forged.parts.as_ref().unwrap_or(&clean.parts);
    let report = on_any_threads(|| verified(parts, forged.kept.clone()));
    let first = report.first_wrong();
    assert_eq!(first.map(|first| first.code), Some(verifier), "{:#?}", report.findings);
    assert!(first.is_some_and(|first| !first.place.to_string().is_empty()), "it is not said where");
    let store = store_of(&forged.store.unwrap_or_else(|| clean.events())).await;
    let rules = Rules::shipped().unwrap();
    let _ = on_any_threads(|| block_on(judged::judge(store.as_ref(), &rules, |_| ())).unwrap());
    if let Some(harm) = forged.folder {
        harm(clean.folder.path());
    }
    let refused = clean.start(store, forged.now.unwrap_or_else(later)).await;
    assert_eq!(refused, Err(server.to_owned()));
}
