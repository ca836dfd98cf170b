//! What whoever runs `siyi` meets: a folder that is in use, foreign, damaged; read models that are missing, old or damaged; a
//! full disk; a body that is too large; an address that may not be.

#[path = "bad_store/folders.rs"]
mod folders;
#[path = "bad_store/full_disk.rs"]
mod full_disk;
#[path = "bad_store/read_folder.rs"]
mod read_folder;
#[path = "bad_store/requests.rs"]
mod requests;

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use siyi_tests::crash::act::{Act, Clerk};
use siyi_tests::crash::server::{Answered, Server, get, mutate};
use siyi_tests::crash::{Outcome, hold};

const SIYI: &str = env!("CARGO_BIN_EXE_siyi-as-shipped");
/// What people see, as far as these tests ask for it.
const EVERYTHING: &str = "{
    jurisdictions(first: 50) { edges { node { code name households counts { status count } } } }
    consultations(first: 50) { edges { node { id title status step eventCount history(first: 20) { edges { node { id } } } } } }
}";

fn siyi() -> &'static Path {
    Path::new(SIYI)
}

fn serve(data: &Path) -> Outcome<Server> {
    Server::serve(siyi(), data)
}

/// Ends the server as an operator does.
fn end(server: Server) -> Outcome<()> {
    // It hears no signal before it serves.
    get(server.address(), "/healthz")?;
    let status = server.terminate()?;
    hold(status.success(), || format!("the server ended with {status}"))
}

/// Holds that a program has ended with this code.
fn refused(output: &Output, code: &str) -> Outcome<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    hold(!output.status.success() && said.contains(&format!("siyi: {code}: ")), || {
        format!("instead of {code}: {} {said}", output.status)
    })
}

/// Holds that the folder is not served, for this reason.
fn is_not_served(data: &Path, code: &str) -> Outcome<()> {
    match Server::start(siyi(), data)? {
        Ok(_) => hold(false, || format!("it is served in spite of {code}")),
        Err(output) => refused(&output, code),
    }
}

/// Lets a clerk act so many times. The answers, refusals included.
fn act(server: &Server, clerk: &mut Clerk, times: usize) -> Outcome<Vec<Answered>> {
    let mut answers = Vec::new();
    for _ in 0..times {
        let act: Act = clerk.next_act();
        let answer = mutate(server.address(), &act)?;
        clerk.learn(&act, matches!(answer, Answered::Recorded { .. }));
        answers.push(answer);
    }
    Ok(answers)
}

/// All that people see, once every read model is up to date.
fn seen(server: &Server) -> Outcome<Value> {
    server.wait_until_current()?;
    let seen = server.query(EVERYTHING)?;
    hold(seen.get("errors").is_none(), || format!("{seen} {}", server.logged()))?;
    Ok(seen)
}

/// All files below a folder.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
