//! A disk whose power can be cut: `tests/power_cut/power_cut_fs.py`, mounted.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde::Deserialize;
use tempfile::TempDir;

use super::{Broken, Outcome, hold};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/power_cut/power_cut_fs.py");

/// How the disk treats what was not synced.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manners {
    /// Names in a folder survive although the folder was not synced.
    pub keeps_names: bool,
    /// By this throw of the die, some of it survives after all.
    pub strays: Option<u64>,
    /// Answers a sync and does nothing.
    pub deaf: bool,
}

/// A mounted disk. Dropping it unmounts it.
#[derive(Debug)]
pub struct Disk {
    mountpoint: TempDir,
    durable: PathBuf,
    process: Child,
    out: BufReader<ChildStdout>,
}

/// What the disk did until its power was cut.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Worked {
    /// Writes.
    pub writes: u64,
    /// Calls of fsync on files.
    pub fsyncs: u64,
    /// Calls of fdatasync on files.
    pub fdatasyncs: u64,
    /// Calls of fsync on folders.
    pub folder_syncs: u64,
    /// What was not synced and is gone.
    pub dropped: Dropped,
}

/// What was not synced and is gone.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Dropped {
    /// Pages of files.
    pub pages: u64,
    /// Names in folders.
    pub names: u64,
}

#[derive(Deserialize)]
struct Cut {
    cut: Worked,
}

/// Why no such disk can be mounted here, if it cannot.
#[must_use]
pub fn unavailable() -> Option<&'static str> {
    if !Path::new("/dev/fuse").exists() {
        return Some("there is no /dev/fuse");
    }
    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if python.is_ok_and(|status| status.success()) { None } else { Some("there is no python3") }
}

impl Disk {
    /// Mounts a disk with what is in `start`; the folder `durable` is made when the power is cut.
    pub fn mount(start: Option<&Path>, durable: &Path, manners: Manners) -> Outcome<Self> {
        let mountpoint = tempfile::tempdir()?;
        let mut command = Command::new("python3");
        command.arg(SCRIPT).arg(mountpoint.path()).arg("--durable").arg(durable);
        if let Some(start) = start {
            command.arg("--start").arg(start);
        }
        command.args(["--names", if manners.keeps_names { "kept" } else { "strict" }]);
        command.args(manners.strays.map(|seed| format!("--strays={seed}")));
        command.args(manners.deaf.then_some("--deaf"));
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let out = process.stdout.take().ok_or_else(|| Broken::Wrong("the disk has no pipe".into()))?;
        let mut disk = Self { mountpoint, durable: durable.to_path_buf(), process, out: BufReader::new(out) };
        let mut line = String::new();
        disk.out.read_line(&mut line)?;
        hold(line == "mounted\n", || "no disk can be mounted; its reason stands above".into())?;
        Ok(disk)
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.mountpoint.path()
    }

    /// Cuts the power between two operations. What it holds then is in the folder given at the mount.
    pub fn cut(mut self) -> Outcome<Worked> {
        // The look-up of this name is the switch, so there is no answer.
        let _ = std::fs::metadata(self.path().join(".power-cut"));
        let mut text = String::new();
        self.out.read_to_string(&mut text)?;
        let status = self.process.wait()?;
        hold(status.success() && self.durable.is_dir(), || format!("the disk ended by itself: {status}"))?;
        Ok(serde_json::from_str::<Cut>(&text)?.cut)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Each of these fails where it is done already, or where it is not ours to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let unmount = |program: &str, option: &str| {
            let arguments = [OsStr::new(option), self.mountpoint.path().as_os_str()];
            let status = Command::new(program).args(arguments).stderr(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        let _ = unmount("umount", "-l") || unmount("fusermount3", "-uz");
    }
}
