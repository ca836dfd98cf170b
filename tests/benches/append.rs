//! Appending through the port compared with a bare file, and reading a stream, all in one run.
//!
//! `cargo bench -p siyi-tests --bench append`. Rounds of both are interleaved, each on fresh files, so that a busy disk
//! hits both; what counts is the ratio of the medians. The folder is `SIYI_BENCH_DIR`, or `target/tmp`: not a tmpfs, or
//! fdatasync costs nothing.

use bytes::Bytes;
use futures::future::try_join_all;
use serde_json::json;
use sha2::{Digest, Sha256};
use siyi_log::{
    embedded::{EmbeddedStore, Options},
    port::{Direction, EventStore, Expected, NewEvent, ReadFrom, Revision, StreamName},
};
use std::{
    env,
    error::Error,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::oneshot};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const WRITERS: u64 = 64;
const EVENTS_PER_WRITER: u64 = 1000;
const ROUNDS: u64 = 7;
const STREAM_EVENTS: u64 = 60;
const READ_STREAMS: u64 = 3_334;
const READS: u64 = 3_000;

fn main() -> Outcome<()> {
    // `cargo test --benches` only wants to see that it runs.
    let quick = !env::args().any(|argument| argument == "--bench");
    let runtime = Runtime::new()?;
    let folder =
        env::var_os("SIYI_BENCH_DIR").map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let (rounds, events, streams) = if quick { (1, 10, 10) } else { (ROUNDS, EVENTS_PER_WRITER, READ_STREAMS) };
    compare_appends(&runtime, &folder, rounds, events)?;
    read_streams(&runtime, &folder, streams)
}

fn compare_appends(runtime: &Runtime, folder: &Path, rounds: u64, events: u64) -> Outcome<()> {
    let (mut raw, mut store) = (Vec::new(), Vec::new());
    println!("{WRITERS} writers, {events} events each, one event of 400 bytes per append");
    for round in 0..rounds {
        raw.push(raw_round(runtime, folder, events)?);
        store.push(store_round(runtime, folder, events)?);
        let last = |rates: &[f64]| rates.last().copied().unwrap_or_default();
        println!("round {round}: raw {:8.0} events/s, store {:8.0} events/s", last(&raw), last(&store));
    }
    let (raw, store) = (median(raw), median(store));
    println!("medians: raw {raw:.0}, store {store:.0}, ratio {:.2} (goal: at least 0.50)", store / raw);
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A body of 400 bytes of canonical JSON.
fn event(writer: u64, number: u64) -> Outcome<NewEvent> {
    let hash = Sha256::digest([writer.to_be_bytes(), number.to_be_bytes()].concat());
    let random = hash.iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    // As version 7: increasing milliseconds in front, randomness behind.
    let id = Uuid::from_u128((u128::from(1_800_000_000_000 + number) << 80) | (random >> 48));
    let letter = |half: u8| char::from(b'a' + half);
    let text: String = hash.iter().flat_map(|byte| [letter(byte >> 4), letter(byte & 15), ' ']).collect();
    let mut text = text.repeat(4);
    text.truncate(400 - r#"{"number":1000,"text":"","writer":10}"#.len());
    let body = json!({"number": 1000 + number % 9000, "text": text, "writer": 10 + writer % 64});
    Ok(NewEvent::new(id, "measured.v1", &body)?)
}

/// One frame on its way to the bare file.
struct Frame {
    bytes: Vec<u8>,
    written: oneshot::Sender<()>,
}

fn raw_round(runtime: &Runtime, folder: &Path, events: u64) -> Outcome<f64> {
    let folder = TempDir::new_in(folder)?;
    let file = File::create(folder.path().join("raw.log"))?;
    let (frames, inbox) = mpsc::channel();
    let writer = std::thread::spawn(move || write_raw(file, &inbox));
    let count = WRITERS * events;
    let events = prepared(events)?;
    let took = runtime.block_on(async {
        let started = Instant::now();
        let tasks = events.into_iter().map(|events| {
            let frames = frames.clone();
            tokio::spawn(async move {
                for event in events {
                    let (written, done) = oneshot::channel();
                    frames.send(Frame { bytes: frame(event.id(), event.body()), written })?;
                    done.await?;
                }
                Outcome::Ok(())
            })
        });
        try_join_all(tasks).await?.into_iter().collect::<Outcome<()>>()?;
        Outcome::Ok(started.elapsed())
    })?;
    drop(frames);
    writer.join().map_err(|_| "the writer has ended")??;
    Ok(rate(took, count))
}

fn write_raw(mut file: File, inbox: &mpsc::Receiver<Frame>) -> std::io::Result<()> {
    let (mut bytes, mut waiting) = (Vec::new(), Vec::new());
    while let Ok(frame) = inbox.recv() {
        for frame in std::iter::once(frame).chain(inbox.try_iter()) {
            bytes.extend(frame.bytes);
            waiting.push(frame.written);
        }
        file.write_all(&bytes)?;
        file.sync_data()?;
        bytes.clear();
        for written in waiting.drain(..) {
            let _ = written.send(());
        }
    }
    Ok(())
}

/// Length, checksum, id and body.
fn frame(id: Uuid, body: &Bytes) -> Vec<u8> {
    let mut frame = Vec::with_capacity(28 + body.len());
    frame.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    frame.extend(Sha256::new().chain_update(id.as_bytes()).chain_update(body).finalize().iter().take(8));
    frame.extend(id.as_bytes());
    frame.extend_from_slice(body);
    frame
}

fn store_round(runtime: &Runtime, folder: &Path, events: u64) -> Outcome<f64> {
    let folder = TempDir::new_in(folder)?;
    let store: Arc<dyn EventStore> = Arc::new(EmbeddedStore::open(folder.path(), Options::default())?);
    let count = WRITERS * events;
    let events = prepared(events)?;
    let took = runtime.block_on(async {
        let started = Instant::now();
        let tasks = events
            .into_iter()
            .zip(0..)
            .map(|(events, writer): (_, u64)| tokio::spawn(append_one_by_one(Arc::clone(&store), writer, events)));
        try_join_all(tasks).await?.into_iter().collect::<Outcome<()>>()?;
        Outcome::Ok(started.elapsed())
    })?;
    Ok(rate(took, count))
}

async fn append_one_by_one(store: Arc<dyn EventStore>, writer: u64, events: Vec<NewEvent>) -> Outcome<()> {
    let stream = stream_name(writer)?;
    let mut expected = Expected::NoStream;
    for event in events {
        let appended = store.append(&stream, expected, vec![event]).await?;
        expected = Expected::Exact(appended.last_revision);
    }
    Ok(())
}

fn prepared(events: u64) -> Outcome<Vec<Vec<NewEvent>>> {
    (0..WRITERS).map(|writer| (0..events).map(|number| event(writer, number)).collect()).collect()
}

fn stream_name(number: u64) -> Outcome<StreamName> {
    Ok(StreamName::new(format!("consultation-{:032x}", u128::from(number) * 0x9e37_79b9_7f4a_7c15))?)
}

fn rate(took: Duration, events: u64) -> f64 {
    f64::from(u32::try_from(events).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

fn read_streams(runtime: &Runtime, folder: &Path, streams: u64) -> Outcome<()> {
    let folder = TempDir::new_in(folder)?;
    let store: Arc<dyn EventStore> = Arc::new(EmbeddedStore::open(folder.path(), Options::default())?);
    let mut times = runtime.block_on(async {
        for number in 0..STREAM_EVENTS {
            fill(&store, streams, number).await?;
        }
        let mut times = Vec::new();
        for read in 0..READS {
            let stream = stream_name((read * 2_654_435_761) % streams)?;
            let started = Instant::now();
            let events = store.read_stream(&stream, ReadFrom::Start, Direction::Forwards, 1000).await?;
            times.push(started.elapsed());
            if events.len() as u64 != STREAM_EVENTS {
                return Err("the stream is not complete".into());
            }
        }
        Outcome::Ok(times)
    })?;
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    let count = streams * STREAM_EVENTS;
    println!(
        "reading {STREAM_EVENTS} events of a stream among {count}: p50 {:?} (goal: at most 1ms), p99 {:?}",
        at(50),
        at(99)
    );
    Ok(())
}

/// Appends the event with this number to each stream, so that the events of a stream lie far apart.
async fn fill(store: &Arc<dyn EventStore>, streams: u64, number: u64) -> Outcome<()> {
    let expected = number.checked_sub(1).map_or(Expected::NoStream, |last| Expected::Exact(Revision(last)));
    let appends = (0..streams).map(|stream| async move {
        let event = event(stream, number)?;
        store.append(&stream_name(stream)?, expected, vec![event]).await?;
        Outcome::Ok(())
    });
    try_join_all(appends).await?;
    Ok(())
}
