//! An S3-compatible server of one's own: moto's, installed by `tests/s3/setup.sh`, gone with whoever started it.
//!
//! It keeps everything in memory while its process lives, also while it is stopped.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A server of one's own.
pub struct S3 {
    process: Mutex<(Child, Option<ChildStdin>, BufReader<ChildStdout>)>,
    settings: Vec<(String, String)>,
    buckets: Mutex<usize>,
}

impl S3 {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        let place = std::env::var_os("SIYI_INTEROP").map(PathBuf::from);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = place.unwrap_or_else(|| root.join("../target/interop")).join("s3/bin/python");
        let mut command = Command::new(python);
        let mut process = command
            .arg(root.join("s3/server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the S3 server is installed by scripts/setup tests");
        let (words, mut answers) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let told: Vec<&str> = line.split_whitespace().collect();
        let settings = [
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", told[0])),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", told[1].to_owned()),
            ("AWS_SECRET_ACCESS_KEY", told[2].to_owned()),
        ];
        let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { process: Mutex::new((process, words, answers)), settings, buckets: Mutex::new(0) }
    }

    /// The one that all tests of a program share, each in a bucket of its own.
    #[must_use]
    pub fn of_this_program() -> &'static Self {
        static SERVER: OnceLock<S3> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// A new, empty bucket.
    #[must_use]
    pub fn bucket(&self) -> String {
        let name = {
            let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
            *buckets += 1;
            format!("bucket{buckets}")
        };
        self.say(&format!("bucket {name}"));
        name
    }

    /// How to reach it, by the names of environment variables.
    #[must_use]
    pub fn settings(&self) -> Vec<(String, String)> {
        self.settings.clone()
    }

    /// The same with another value for one of them.
    #[must_use]
    pub fn settings_with(&self, name: &str, value: &str) -> Vec<(String, String)> {
        let mut settings = self.settings();
        settings.iter_mut().filter(|(known, _)| known == name).for_each(|(_, known)| value.clone_into(known));
        settings
    }

    /// Writes every object of a bucket, as the server holds it, into a folder.
    pub fn dump(&self, bucket: &str, folder: &Path) {
        self.say(&format!("dump {bucket} {}", folder.display()));
    }

    /// Says a word of `tests/s3/server.py`.
    pub fn say(&self, word: &str) {
        let (_, words, answers) = &mut *self.process.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(words.as_mut().unwrap(), "{word}").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), "done", "{word}");
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let (process, words, _) = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        // The end of its input ends the server.
        drop(words.take());
        let _ = process.wait();
    }
}
