//! The face beside UmaDB, over loopback, in turns, in one run.
//!
//! `cargo bench -p siyi-esdb --bench beside_umadb`, after `core/esdb/interop/setup.sh benches`. Each is a process of its own
//! that keeps what it acknowledges through a power cut, and each is driven by its own client: ours by the official Rust
//! client, UmaDB by its Python package. What counts is the ratio of the medians. The folder is `SIYI_BENCH_DIR`, or
//! `target/tmp`: not a tmpfs, or syncing costs nothing. Behind `--`, one of `alone`, `calls`, `batch`, `read`, `behind` runs
//! that part only.

#![expect(clippy::disallowed_methods, reason = "a bench makes its own ids")]

use futures::future::try_join_all;
use kurrentdb::{
    AppendToStreamOptions, BatchAppendClient, BatchAppendOptions, Client, EventData, ReadAllOptions, StreamState,
    SubscribeToAllOptions,
};
use siyi_esdb::{
    guardian::{Open, Rights},
    serve::{Options, serve},
};
use siyi_log::embedded::{self, EmbeddedStore};
use std::{
    env,
    error::Error,
    io::{BufRead, BufReader, Lines, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Instant,
};
use tokio::net::TcpListener;

/// The allocator of the program that ships.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Odd, so that there is one in the middle.
const ROUNDS: usize = 15;
const APPENDS_ALONE: usize = 400;
const CLIENTS: usize = 64;
const APPENDS_EACH: usize = 200;
const READ_EVENTS: usize = 200_000;
const FAR_BEHIND: usize = 1_000_000;
const EVENT: [u8; 400] = [b'x'; 400];

fn main() -> Outcome<()> {
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some("--serve") {
        return serve_in(Path::new(&arguments.next().ok_or("no folder")?));
    }
    // `cargo test --benches` only wants to see that it runs, and need not have UmaDB.
    let quick = !env::args().any(|argument| argument == "--bench");
    let folder =
        env::var_os("SIYI_BENCH_DIR").map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let ours = Ours::begin(&folder)?;
        if quick {
            println!("{:.0} events/s", ours.append(Road::OwnCalls, 2, 2).await?);
            return Ok(());
        }
        let parts: Vec<_> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
        compare(&ours, &mut Theirs::begin(&folder)?, |part| {
            parts.is_empty() || parts.iter().any(|wanted| wanted == part)
        })
        .await
    })
}

async fn compare(ours: &Ours, theirs: &mut Theirs, wanted: impl Fn(&str) -> bool) -> Outcome<()> {
    if wanted("alone") {
        appends(ours, theirs, Road::OwnCalls, 1, APPENDS_ALONE, "1.5").await?;
    }
    if wanted("calls") {
        appends(ours, theirs, Road::OwnCalls, CLIENTS, APPENDS_EACH, "3.0").await?;
    }
    if wanted("batch") {
        appends(ours, theirs, Road::OneCall, CLIENTS, APPENDS_EACH, "3.0").await?;
    }
    if wanted("read") {
        reads(ours, theirs).await?;
    }
    if wanted("behind") {
        far_behind(ours).await?;
    }
    Ok(())
}

async fn reads(ours: &Ours, theirs: &mut Theirs) -> Outcome<()> {
    ours.fill(READ_EVENTS).await?;
    theirs.ask(&format!("fill {READ_EVENTS}"))?;
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        here.push(ours.read().await?);
        there.push(theirs.ask("read")?);
    }
    print_ratio("reading all events", here, there, "1.0");
    Ok(())
}

async fn far_behind(ours: &Ours) -> Outcome<()> {
    ours.fill(FAR_BEHIND).await?;
    let before = ours.peak_memory()?;
    let caught_up = ours.catch_up(FAR_BEHIND).await?;
    let after = ours.peak_memory()?;
    println!(
        "a subscriber {FAR_BEHIND} events behind: {caught_up:.0}/s; the server's peak {before} MiB before, {after} MiB after"
    );
    Ok(())
}

async fn appends(
    ours: &Ours,
    theirs: &mut Theirs,
    road: Road,
    clients: usize,
    appends: usize,
    goal: &str,
) -> Outcome<()> {
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        here.push(ours.append(road, clients, appends).await?);
        there.push(theirs.ask(&format!("append {clients} {appends}"))?);
    }
    print_ratio(&format!("{clients} clients, {}", road.words()), here, there, goal);
    Ok(())
}

fn print_ratio(what: &str, mut ours: Vec<f64>, mut theirs: Vec<f64>, goal: &str) {
    let [ours, theirs] = [&mut ours, &mut theirs].map(|rates| {
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or_default()
    });
    println!("{what}: here {ours:.0}/s, UmaDB {theirs:.0}/s, ratio {:.2} (goal: at least {goal})", ours / theirs);
}

/// The face with the store that ships, until its standard input ends.
#[tokio::main]
async fn serve_in(folder: &Path) -> Outcome<()> {
    let log = EmbeddedStore::open(folder.join("log"), embedded::Options::default())?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let ended = async {
        let _ = tokio::task::spawn_blocking(|| std::io::stdin().lock().lines().count()).await;
    };
    let guardian = Arc::new(Open(Rights::CLIENT));
    Ok(serve(listener, Options::default(), Arc::new(log), guardian, folder, ended).await?)
}

/// How single appends of the official client travel.
#[derive(Clone, Copy)]
enum Road {
    /// `Append`: each append is a call.
    OwnCalls,
    /// `BatchAppend`: the appends of all clients are messages of one call.
    OneCall,
}

impl Road {
    const fn words(self) -> &'static str {
        match self {
            Self::OwnCalls => "each append a call of its own (Append)",
            Self::OneCall => "appends as messages of one call (BatchAppend)",
        }
    }
}

struct Ours {
    client: Client,
    server: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Ours {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Ours {
    fn begin(folder: &Path) -> Outcome<Self> {
        let folder = tempfile::tempdir_in(folder)?;
        let mut server = Command::new(env::current_exe()?)
            .arg("--serve")
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut address)?;
        let client = Client::new(format!("kurrentdb://{}?tls=false", address.trim()).parse()?)?;
        Ok(Self { client, server, _folder: folder })
    }

    /// How many events for each second, where each client waits for one append before it makes the next.
    async fn append(&self, road: Road, clients: usize, appends: usize) -> Outcome<f64> {
        let began = Instant::now();
        let batch = match road {
            Road::OwnCalls => None,
            Road::OneCall => Some(Arc::new(self.client.batch_append(&BatchAppendOptions::default()).await?)),
        };
        let each = |_| match &batch {
            None => tokio::spawn(append_one_after_the_other(self.client.clone(), appends)),
            Some(batch) => tokio::spawn(append_through(Arc::clone(batch), appends)),
        };
        try_join_all((0..clients).map(each)).await?.into_iter().collect::<Outcome<Vec<()>>>()?;
        Ok(rate(clients * appends, began))
    }

    async fn fill(&self, events: usize) -> Outcome<()> {
        for _ in 0..events / 1000 {
            let stream = format!("filled-{}", uuid::Uuid::new_v4());
            let group: Vec<_> = (0..1000).map(|_| event()).collect();
            self.client.append_to_stream(stream, &AppendToStreamOptions::default(), group).await?;
        }
        Ok(())
    }

    /// How many events for each second until a subscription from the start has seen so many.
    async fn catch_up(&self, events: usize) -> Outcome<f64> {
        let began = Instant::now();
        let mut subscription = self.client.subscribe_to_all(&SubscribeToAllOptions::default()).await;
        for _ in 0..events {
            subscription.next().await?;
        }
        Ok(rate(events, began))
    }

    /// The most memory that the server has held so far, in MiB (`VmHWM`, proc(5)).
    fn peak_memory(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak is told")?;
        Ok(peak.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
    }

    async fn read(&self) -> Outcome<f64> {
        let began = Instant::now();
        let mut events = self.client.read_all(&ReadAllOptions::default().max_count(usize::MAX)).await?;
        let mut count = 0;
        while events.next().await?.is_some() {
            count += 1;
        }
        Ok(rate(count, began))
    }
}

async fn append_one_after_the_other(client: Client, appends: usize) -> Outcome<()> {
    let name = format!("stream-{}", uuid::Uuid::new_v4());
    let mut expected = StreamState::NoStream;
    for _ in 0..appends {
        let options = AppendToStreamOptions::default().stream_state(expected);
        let written = client.append_to_stream(name.as_str(), &options, event()).await?;
        expected = StreamState::StreamRevision(written.next_expected_version);
    }
    Ok(())
}

async fn append_through(batch: Arc<BatchAppendClient>, appends: usize) -> Outcome<()> {
    let name = format!("stream-{}", uuid::Uuid::new_v4());
    let mut expected = StreamState::NoStream;
    for _ in 0..appends {
        let written = batch.append_to_stream(name.as_str(), expected, vec![event()]).await?;
        expected = StreamState::StreamRevision(written.current_revision().ok_or("no revision")?);
    }
    Ok(())
}

fn event() -> EventData {
    EventData::binary("Measured", EVENT.as_slice().into()).id(uuid::Uuid::new_v4())
}

fn rate(count: usize, since: Instant) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / since.elapsed().as_secs_f64()
}

struct Theirs {
    driver: Child,
    /// Closed when it is dropped, on which the driver ends its server.
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Drop for Theirs {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.driver.wait();
    }
}

impl Theirs {
    fn begin(folder: &Path) -> Outcome<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let interop = env::var_os("SIYI_INTEROP").map_or_else(|| root.join("../../target/interop"), PathBuf::from);
        let mut driver = Command::new(interop.join("umadb/bin/python"))
            .arg(root.join("benches/beside_umadb.py"))
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("UmaDB is not there ({error}): run core/esdb/interop/setup.sh benches"))?;
        let input = driver.stdin.take();
        let output = BufReader::new(driver.stdout.take().ok_or("no output")?).lines();
        Ok(Self { driver, input, output })
    }

    fn ask(&mut self, what: &str) -> Outcome<f64> {
        writeln!(self.input.as_mut().ok_or("no input")?, "{what}")?;
        Ok(self.output.next().ok_or("UmaDB's driver has ended")??.parse()?)
    }
}
