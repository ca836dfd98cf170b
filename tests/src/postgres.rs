//! Debian's PostgreSQL, started in a folder of its own and gone with whoever started it.
//!
//! A shell that runs as an unprivileged user makes the cluster, starts the server on a socket and waits for words on its standard
//! input: `stop`, `kill`, `start`, `start-unsynced`. When that closes, because the test is done or was killed, it ends the server
//! and removes the folder.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// The password of the one user, `siyi`.
pub const PASSWORD: &str = "well-water";

const SCRIPT: &str = r#"
set -eu
umask 077
folder=$(mktemp -d "${TMPDIR:-/tmp}/siyi-postgres.XXXXXX")
cd "$folder"
trap 'cd /; rm -rf "$folder"' EXIT
printf %s "$2" >password
"$1/initdb" -D data -U siyi -A scram-sha-256 --pwfile=password -E UTF8 --locale=C --no-sync --no-instructions >initdb.log 2>&1 ||
    { cat initdb.log >&2; exit 1; }
start() {
    "$1/postgres" -D data -k "$folder" -c listen_addresses= -c fsync="$2" >>log 2>&1 &
    server=$!
    until "$1/pg_isready" -q -h "$folder"; do
        kill -0 "$server" || { cat log >&2; exit 1; }
        sleep 0.05
    done
}
end() { kill -"$1" "$server"; wait "$server" || true; }
start "$1" on
printf '%s\n' "$folder"
while read -r word; do
    case $word in
        stop) end INT ;;
        kill) end QUIT ;;
        start) start "$1" on ;;
        start-unsynced) start "$1" off ;;
    esac
    printf 'done\n'
done
kill -INT "$server" 2>/dev/null || true
wait "$server" || true
"#;

/// A server of one's own.
pub struct Postgres {
    shell: Mutex<Shell>,
    programs: PathBuf,
    folder: String,
    databases: Mutex<usize>,
}

struct Shell {
    process: Child,
    /// None once it is to end.
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Postgres {
    /// Makes and starts one.
    #[must_use]
    pub fn start() -> Self {
        let programs = programs();
        let mut command = match std::fs::metadata("/proc/self").map(|of| of.uid()) {
            // The server refuses to run as root.
            Ok(0) => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--", "sh"]);
                command
            }
            _ => Command::new("sh"),
        };
        let command = command.args(["-c", SCRIPT, "sh"]).arg(&programs).arg(PASSWORD).env("LC_ALL", "C");
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (words, answers) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut shell = Shell { process, words, answers };
        let folder = shell.answer();
        assert!(folder.starts_with('/'), "no PostgreSQL: `{folder}`; see scripts/setup");
        Self { shell: Mutex::new(shell), programs, folder, databases: Mutex::new(0) }
    }

    /// The one that all tests of a program share, each in a database of its own.
    #[must_use]
    pub fn of_this_program() -> &'static Self {
        static SERVER: OnceLock<Postgres> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// The address of a new, empty database.
    #[must_use]
    pub fn database(&self) -> String {
        let name = {
            let mut databases = self.databases.lock().unwrap_or_else(PoisonError::into_inner);
            *databases += 1;
            format!("d{databases}")
        };
        self.run("postgres", &format!("create database {name}"));
        self.address(&name, PASSWORD)
    }

    /// The address of a database by its name, with a password.
    #[must_use]
    pub fn address(&self, name: &str, password: &str) -> String {
        let socket = self.folder.replace('/', "%2F");
        format!("postgres://siyi:{password}@localhost/{name}?host={socket}")
    }

    /// Runs statements in the database with this address or name, and answers the rows as text.
    #[must_use]
    pub fn ask(&self, database: &str, statements: &str) -> String {
        let name = database.rsplit_once("localhost/").map_or(database, |(_, rest)| rest.split('?').next().unwrap());
        self.run(name, statements)
    }

    fn run(&self, name: &str, statements: &str) -> String {
        let output = Command::new(self.programs.join("psql"))
            .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "siyi", "-h", &self.folder, "-d", name, "-c", statements])
            .env("PGPASSWORD", PASSWORD)
            .output()
            .unwrap();
        assert!(output.status.success(), "{statements}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// The folder with everything that the server writes.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        PathBuf::from(&self.folder)
    }

    /// Ends the server; its connections break.
    pub fn stop(&self) {
        self.shell().say("stop");
    }

    /// Ends the server in the midst of its work, without a last word to the disk.
    pub fn kill(&self) {
        self.shell().say("kill");
    }

    /// Starts the server again.
    pub fn go_on(&self) {
        self.shell().say("start");
    }

    /// Starts the server so that it does not sync.
    pub fn go_on_unsynced(&self) {
        self.shell().say("start-unsynced");
    }

    fn shell(&self) -> MutexGuard<'_, Shell> {
        self.shell.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shell {
    fn say(&mut self, word: &str) {
        writeln!(self.words.as_mut().unwrap(), "{word}").unwrap();
        assert_eq!(self.answer(), "done", "{word}");
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let shell = self.shell.get_mut().unwrap_or_else(PoisonError::into_inner);
        // The end of its input ends the shell, and the shell the server.
        drop(shell.words.take());
        let _ = shell.process.wait();
    }
}

/// The newest version that is installed.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed by scripts/setup tests");
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.flatten().map(|entry| entry.path()).filter(|path| path.join("bin/initdb").exists());
    newest.max_by_key(version).expect("PostgreSQL is installed by scripts/setup tests").join("bin")
}
