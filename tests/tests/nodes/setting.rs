//! The processes: the log's server, the database, three nodes.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use siyi_log::keys::FileMasterKey;
use siyi_tests::crash::server::{Server, get, run};
use siyi_tests::crash::{Broken, Outcome, hold};
use siyi_tests::postgres::Postgres;
use siyi_tlog::SignedCheckpoint;
use tempfile::TempDir;

const SIYI: &str = env!("CARGO_BIN_EXE_siyi-as-shipped");
const CLUSTER: &str = env!("CARGO_BIN_EXE_esdb_cluster");
/// How many nodes there are.
pub const NODES: usize = 3;
/// How long a node may take to be ready, or to notice that it is not.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// The pause between two looks.
pub const PAUSE: Duration = Duration::from_millis(20);

pub struct Setting {
    pub postgres: Postgres,
    database: String,
    /// Where the log's server listens, also after it was killed.
    address: SocketAddr,
    cluster: Mutex<Option<Server>>,
    nodes: Mutex<[Option<Server>; NODES]>,
    folder: TempDir,
}

impl Setting {
    pub fn start() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let postgres = Postgres::start();
        let database = postgres.database();
        // Free a moment ago, and nobody else asks for one of these.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let setting = Self { postgres, database, address, cluster: Mutex::default(), nodes: Mutex::default(), folder };
        let mut making = Command::new(SIYI);
        making.args(["log", "create-key"]).arg(setting.log_key()).args(["--origin", "village.example/siyi"]);
        let made = making.output()?;
        hold(made.status.success(), || String::from_utf8_lossy(&made.stderr).into_owned())?;
        FileMasterKey::create_file(setting.folder.path().join("master.key"))?;
        fs::create_dir(setting.files())?;
        setting.begin_cluster()?;
        (0..NODES).try_for_each(|node| setting.begin(node))?;
        Ok(setting)
    }

    fn log_key(&self) -> PathBuf {
        self.folder.path().join("log.key")
    }

    /// What the program is started with in the environment: the one master key.
    fn environment(&self) -> String {
        format!("SIYI_MASTER_KEY_FILE={}", self.folder.path().join("master.key").display())
    }

    pub fn data(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("node{node}"))
    }

    /// The address of the log.
    pub fn store(&self) -> String {
        format!("kurrentdb://{}?tls=false", self.address)
    }

    /// One folder for the files that are handed in, as on a mounted disk.
    fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    fn elsewhere(&self) -> [String; 6] {
        let files = format!("file://{}", self.files().display());
        let (store, shared) = (self.store(), self.database.clone());
        ["--store".into(), store, "--shared".into(), shared, "--attachments".into(), files]
    }

    pub fn begin_cluster(&self) -> Outcome<()> {
        let folder = self.folder.path().join("cluster");
        fs::create_dir_all(&folder)?;
        let started = Server::start_at(&self.address.to_string(), Path::new(CLUSTER), &folder, &[])?;
        *lock(&self.cluster) = Some(started.map_err(|ended| Broken::Wrong(format!("no cluster: {ended:?}")))?);
        Ok(())
    }

    pub fn kill_cluster(&self) -> Outcome<()> {
        lock(&self.cluster).take().map_or(Ok(()), Server::kill)
    }

    pub fn begin(&self, node: usize) -> Outcome<()> {
        let (environment, elsewhere, key) = (self.environment(), self.elsewhere(), self.log_key());
        let mut arguments =
            vec![&*environment, SIYI, "serve", "--trial", "--log-key", key.to_str().unwrap_or_default()];
        arguments.extend(elsewhere.iter().map(String::as_str));
        let started = Server::start_with(Path::new("env"), &self.data(node), &arguments)?;
        let started = started.map_err(|ended| Broken::Wrong(format!("no node {node}: {ended:?}")))?;
        lock(&self.nodes)[node] = Some(started);
        Ok(())
    }

    /// SIGKILL.
    pub fn kill(&self, node: usize) -> Outcome<()> {
        let server = lock(&self.nodes)[node].take();
        server.map_or(Ok(()), Server::kill)
    }

    /// Where a node listens; none while it is dead.
    pub fn address(&self, node: usize) -> Option<SocketAddr> {
        lock(&self.nodes)[node].as_ref().map(Server::address)
    }

    fn logged(&self, node: usize) -> String {
        lock(&self.nodes)[node].as_ref().map(Server::logged).unwrap_or_default()
    }

    /// Asks a node until the answer is the one that is waited for.
    fn until<T>(&self, node: usize, path: &str, mut look: impl FnMut(u16, &str) -> Option<T>) -> Outcome<T> {
        let begun = Instant::now();
        loop {
            let address = self.address(node).ok_or_else(|| Broken::Wrong(format!("node {node} is dead")))?;
            let answer = get(address, path)?;
            if let Some(found) = look(answer.status, &answer.body) {
                return Ok(found);
            }
            hold(begun.elapsed() < PATIENCE, || format!("node {node}, {path}: {answer:?} {}", self.logged(node)))?;
            thread::sleep(PAUSE);
        }
    }

    pub fn is_ready(&self, node: usize) -> Outcome<()> {
        self.until(node, "/readyz", |status, _| (status == 200).then_some(()))
    }

    pub fn is_not_ready(&self, node: usize, why: &str) -> Outcome<()> {
        self.until(node, "/readyz", |status, body| (status == 503 && body.contains(why)).then_some(()))
    }

    /// Waits until every read model of a node holds the whole log.
    pub fn is_current(&self, node: usize) -> Outcome<()> {
        self.is_ready(node)?;
        self.until(node, "/metrics", |_, body| {
            let mut lags = body.lines().filter(|line| line.starts_with("siyi_model_lag_positions{"));
            lags.all(|line| line.ends_with(" 0")).then_some(())
        })
    }

    /// How many leaves a node's published checkpoint covers; 0 while there is none.
    pub fn checkpoint(&self, node: usize) -> Outcome<u64> {
        self.until(node, "/log/checkpoint", |_, body| Some(size(body)))
    }

    pub fn checkpoint_beyond(&self, node: usize, before: u64) -> Outcome<()> {
        self.until(node, "/log/checkpoint", |_, body| (size(body) > before).then_some(()))
    }

    /// The checkpoint that a node shows.
    pub fn shown_checkpoint(&self, node: usize) -> Outcome<String> {
        self.until(node, "/log/checkpoint", |status, body| (status == 200).then(|| body.to_owned()))
    }

    /// Ends the nodes as an operator does, and answers their folders.
    pub fn stop(&self) -> Outcome<Vec<PathBuf>> {
        for node in 0..NODES {
            if let Some(server) = { lock(&self.nodes)[node].take() } {
                let status = server.terminate()?;
                hold(status.success(), || format!("node {node} ended with {status}"))?;
            }
        }
        Ok((0..NODES).map(|node| self.data(node)).collect())
    }

    /// Builds all read models of a node anew; it must not run.
    pub fn rebuild(&self, node: usize) -> Outcome<()> {
        let (environment, elsewhere) = (self.environment(), self.elsewhere());
        let mut arguments = vec![&*environment, SIYI, "rebuild"];
        arguments.extend(elsewhere.iter().map(String::as_str));
        let rebuilt = run(Path::new("env"), &arguments, &self.data(node))?;
        hold(rebuilt.status.success(), || String::from_utf8_lossy(&rebuilt.stderr).into_owned())
    }
}

fn size(checkpoint: &str) -> u64 {
    SignedCheckpoint::parse(checkpoint).map_or(0, |signed| signed.checkpoint().size)
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
