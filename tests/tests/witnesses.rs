//! Witnesses as processes of their own: two of three are enough, and nobody forks a log that one of them has seen.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use siyi_tests::crash::act::Clerk;
use siyi_tests::crash::server::{Answered, Server, get, mutate};
use siyi_tests::crash::{Outcome, hold};
use siyi_tlog::SignedCheckpoint;
use siyi_transparency::fsck_files;
use tempfile::TempDir;

const SIYI: &str = env!("CARGO_BIN_EXE_siyi-as-shipped");
const NAMES: [&str; 3] = ["town.example/w1", "archive.example/w2", "committee.example/w3"];
/// What the page says where too few confirmed.
const UNWITNESSED: &str = "没有足够的见证人确认";
/// How long a checkpoint may take, three witnesses that do not answer included.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a key, and answers the public one.
fn key(file: &Path, name: &str, more: &[&str]) -> Outcome<String> {
    let made = Command::new(SIYI).args(["log", "create-key"]).arg(file).args(["--origin", name]).args(more).output()?;
    hold(made.status.success(), || String::from_utf8_lossy(&made.stderr).into_owned())?;
    Ok(String::from_utf8_lossy(&made.stdout).trim().to_owned())
}

/// A log with its key, three witnesses that run, and the policy that names them.
struct Village {
    folder: TempDir,
    log: String,
    witnesses: Vec<Option<Server>>,
}

impl Village {
    fn new() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let log = key(&at("log.key"), "village.example/siyi", &[])?;
        let mut policy = format!("log {log}\n");
        let mut witnesses = Vec::new();
        for (number, name) in (1..).zip(NAMES) {
            let (file, home) = (at(&format!("w{number}.key")), at(&format!("w{number}")));
            let public = key(&file, name, &["--witness"])?;
            let arguments = ["witness", "--key", text(&file), "--watch", &log];
            let witness = Server::start_with(Path::new(SIYI), &home, &arguments)?;
            let witness = witness.map_err(|ended| std::io::Error::other(format!("no witness: {ended:?}")))?;
            policy.push_str(&format!("witness w{number} {public} http://{}\n", witness.address()));
            witnesses.push(Some(witness));
        }
        policy.push_str("group two 2 w1 w2 w3\nquorum two\n");
        fs::write(at("policy"), policy)?;
        fs::write(at("nobody"), format!("log {log}\nquorum none\n"))?;
        Ok(Self { folder, log, witnesses })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, data: &str, policy: &str) -> Outcome<Result<Server, std::process::Output>> {
        let (key, policy) = (self.at("log.key"), self.at(policy));
        let arguments = ["serve", "--trial", "--log-key", text(&key), "--log-policy", text(&policy)];
        Server::start_with(Path::new(SIYI), &self.at(data), &arguments)
    }

    fn serve(&self, data: &str, policy: &str) -> Outcome<Server> {
        let started = self.start(data, policy)?;
        Ok(started.map_err(|ended| std::io::Error::other(format!("no server: {ended:?}")))?)
    }

    /// A witness of its own that keeps a copy of the log at an address.
    fn mirror(&self, log: std::net::SocketAddr) -> Outcome<Server> {
        let (key, mirror) = (self.at("w1.key"), self.at("mirror"));
        let from = format!("http://{log}/log");
        let watch = ["witness", "--key", text(&key), "--watch", &self.log];
        let arguments = [watch.as_slice(), &["--mirror", text(&mirror), "--from", &from]].concat();
        let started = Server::start_with(Path::new(SIYI), &self.at("archive"), &arguments)?;
        Ok(started.map_err(|ended| std::io::Error::other(format!("no mirror: {ended:?}")))?)
    }

    fn kill(&mut self, number: usize) -> Outcome<()> {
        self.witnesses[number - 1].take().map_or(Ok(()), Server::kill)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of a test is text")
}

/// Acts until so many were recorded; how many events the log must have then at least.
fn act(server: &Server, clerk: &mut Clerk, times: usize) -> Outcome<u64> {
    let (mut recorded, mut size) = (0, 0);
    while recorded < times {
        let act = clerk.next_act();
        let answer = mutate(server.address(), &act)?;
        clerk.learn(&act, matches!(answer, Answered::Recorded { .. }));
        if let Answered::Recorded { position, .. } = answer {
            (recorded, size) = (recorded + 1, position as u64 + 1);
        }
    }
    Ok(size)
}

/// The published checkpoint once it covers so much and so many witnesses stand on it.
fn published(server: &Server, size: u64, confirmed: usize) -> Outcome<SignedCheckpoint> {
    let begun = Instant::now();
    loop {
        let answer = get(server.address(), "/log/checkpoint")?;
        if let Ok(signed) = SignedCheckpoint::parse(&answer.body)
            && signed.checkpoint().size >= size
            && signed.note().signatures.len() == 1 + confirmed
        {
            return Ok(signed);
        }
        hold(begun.elapsed() < PATIENCE, || format!("{size}, {confirmed}: {} {}", answer.body, server.logged()))?;
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Holds that the page of this checkpoint names exactly these witnesses, and says plainly whether they are enough.
fn page_says(server: &Server, signed: &SignedCheckpoint, names: &[&str], enough: bool) -> Outcome<()> {
    let root = signed.checkpoint().root.to_string();
    let begun = Instant::now();
    // Files come first, and the page hears of them a moment later.
    let page = loop {
        let page = get(server.address(), "/verify")?.body.replace("&#43;", "+").replace("&#61;", "=");
        if page.contains(&root) {
            break page;
        }
        hold(begun.elapsed() < PATIENCE, || format!("{root} is not on the page: {page}"))?;
        std::thread::sleep(Duration::from_millis(20));
    };
    for name in NAMES {
        hold(page.contains(name) == names.contains(&name), || format!("{name} of {names:?}: {page}"))?;
    }
    hold(page.contains(UNWITNESSED) != enough, || format!("enough is {enough}: {page}"))
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    let copied = Command::new("cp").args(["-a", text(from), text(to)]).stdout(Stdio::null()).status()?;
    hold(copied.success(), || "the folder cannot be copied".into())
}

fn ended(server: Server) -> Outcome<()> {
    // It hears no signal before it serves.
    get(server.address(), "/healthz")?;
    let status = server.terminate()?;
    hold(status.success(), || format!("{status}"))
}

#[test]
fn two_of_three_are_enough_and_one_is_not() -> Outcome<()> {
    let mut village = Village::new()?;
    let server = village.serve("data", "policy")?;
    let mut clerk = Clerk::new(11, 0);
    let size = act(&server, &mut clerk, 5)?;
    page_says(&server, &published(&server, size, 3)?, &NAMES, true)?;
    village.kill(3)?;
    let size = act(&server, &mut clerk, 5)?;
    page_says(&server, &published(&server, size, 2)?, &NAMES[..2], true)?;
    village.kill(2)?;
    let size = act(&server, &mut clerk, 5)?;
    page_says(&server, &published(&server, size, 1)?, &NAMES[..1], false)?;
    ended(server)
}

#[test]
fn a_log_that_forked_is_not_served_while_one_witness_remembers() -> Outcome<()> {
    let mut village = Village::new()?;
    let server = village.serve("data", "policy")?;
    let mut clerk = Clerk::new(12, 0);
    let size = act(&server, &mut clerk, 5)?;
    published(&server, size, 3)?;
    ended(server)?;
    for folder in ["backup", "fork"] {
        copy(&village.at("data"), &village.at(folder))?;
    }
    village.kill(2)?;
    village.kill(3)?;
    let server = village.serve("data", "policy")?;
    let size = act(&server, &mut clerk, 5)?;
    published(&server, size, 1)?;
    ended(server)?;
    // Behind the witnesses' back the other history grows longer than the first.
    let fork = village.serve("fork", "nobody")?;
    let forked = act(&fork, &mut Clerk::new(13, 1), 30)?;
    hold(forked > size, || format!("{forked} {size}"))?;
    published(&fork, forked, 0)?;
    ended(fork)?;
    for (folder, code) in [("backup", "log-shortened"), ("fork", "log-rewritten")] {
        match village.start(folder, "policy")? {
            Ok(_) => hold(false, || format!("{folder} is served"))?,
            Err(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let told = said.contains(&format!("siyi: {code}: ")) && said.contains(NAMES[0]);
                hold(told, || format!("{folder}: {said}"))?;
            }
        }
    }
    ended(village.serve("data", "policy")?)
}

/// The archive keeps the whole log: complete and checked, and untouched by a history that does not continue it.
#[test]
fn a_mirror_holds_the_whole_log_and_no_other_history() -> Outcome<()> {
    let village = Village::new()?;
    let server = village.serve("data", "nobody")?;
    let size = act(&server, &mut Clerk::new(14, 0), 20)?;
    published(&server, size, 0)?;
    let archive = village.mirror(server.address())?;
    let mirror = village.at("mirror");
    let copied = mirrored(&mirror, size, &archive)?;
    let sound = fsck_files(&mirror).map_err(|error| std::io::Error::other(error.to_string()))?;
    hold(sound.size == copied, || format!("{sound:?}"))?;
    ended(server)?;
    archive.kill()?;
    // Another history under the same key, longer than the first.
    let other = village.serve("other", "nobody")?;
    let longer = act(&other, &mut Clerk::new(15, 1), 40)?;
    published(&other, longer, 0)?;
    hold(longer > copied, || format!("{longer} {copied}"))?;
    let before = fs::read(mirror.join("checkpoint"))?;
    let archive = village.mirror(other.address())?;
    let begun = Instant::now();
    while !archive.logged().contains("log-rewritten") {
        hold(begun.elapsed() < PATIENCE, || archive.logged())?;
        std::thread::sleep(Duration::from_millis(20));
    }
    hold(fs::read(mirror.join("checkpoint"))? == before, || "the mirror has taken the other history".into())?;
    archive.kill()?;
    ended(other)
}

/// Waits until the mirror holds a checkpoint of so many leaves; how many it has.
fn mirrored(mirror: &Path, size: u64, archive: &Server) -> Outcome<u64> {
    let begun = Instant::now();
    loop {
        let text = fs::read_to_string(mirror.join("checkpoint")).unwrap_or_default();
        if let Ok(signed) = SignedCheckpoint::parse(&text)
            && signed.checkpoint().size >= size
        {
            return Ok(signed.checkpoint().size);
        }
        hold(begun.elapsed() < PATIENCE, || format!("{size}: {text} {}", archive.logged()))?;
        std::thread::sleep(Duration::from_millis(20));
    }
}
