//! The writer as a process, and its end.

use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::act::Act;
use super::said::{Said, listen};
use super::{Broken, Outcome};

/// A running writer. Dropping it kills it.
#[derive(Debug)]
pub struct Writer {
    process: Child,
    ready: Receiver<()>,
    said: Option<JoinHandle<std::io::Result<Vec<Said>>>>,
    errors: Option<JoinHandle<String>>,
}

/// How a writer has ended.
#[derive(Debug)]
pub struct End {
    /// All that it has said.
    pub said: Vec<Said>,
    /// What stands on its standard error.
    pub errors: String,
    /// How it ended, if it did so before it was killed.
    pub before: Option<ExitStatus>,
}

impl End {
    /// Commands that were neither recorded nor refused, though the writer was still running. To lose a race is no failure.
    pub fn failures(&self) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(|said| matches!(said, Said::Failed { code, .. } if code != "contention"))
    }
}

impl Writer {
    /// Starts the program on a data folder; the first that it does is `again`.
    pub fn start(program: &Path, folder: &Path, seed: u64, epoch: u64, again: &[&Act]) -> Outcome<Self> {
        let mut process = Command::new(program)
            .arg(folder)
            .args([seed.to_string(), epoch.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let piped = || Broken::Wrong("the writer has no pipes".into());
        let (out, mut err) = process.stdout.take().zip(process.stderr.take()).ok_or_else(piped)?;
        let lines =
            again.iter().map(|act| Ok(format!("{}\n", serde_json::to_string(act)?))).collect::<Outcome<String>>()?;
        if let Some(mut acts) = process.stdin.take() {
            // The pipe is closed behind it. A writer that does not listen to the end is found out by what it says.
            thread::spawn(move || acts.write_all(lines.as_bytes()));
        }
        let (tell, ready) = channel();
        let said = thread::spawn(move || {
            let mut said = Vec::new();
            listen(BufReader::new(out), |line| {
                if line == Said::Ready {
                    // Nobody may be waiting.
                    let _ = tell.send(());
                }
                said.push(line);
            })?;
            Ok(said)
        });
        let errors = thread::spawn(move || {
            let mut text = Vec::new();
            // What was read before a failure counts.
            let _ = err.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Self { process, ready, said: Some(said), errors: Some(errors) })
    }

    /// Waits until the writer has opened its folder. False if it has not in this time, or has ended.
    #[must_use]
    pub fn is_ready_within(&self, patience: Duration) -> bool {
        self.ready.recv_timeout(patience).is_ok()
    }

    /// SIGKILL, and everything that it has said until then.
    pub fn kill(mut self) -> Outcome<End> {
        let before = self.process.try_wait()?;
        self.process.kill()?;
        self.process.wait()?;
        let gone = || Broken::Wrong("a thread that listens has ended".into());
        let said = self.said.take().and_then(|said| said.join().ok()).ok_or_else(gone)??;
        let errors = self.errors.take().and_then(|errors| errors.join().ok()).ok_or_else(gone)?;
        Ok(End { said, errors, before })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
