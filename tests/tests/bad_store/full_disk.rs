//! A full disk, which takes a small file system of its own. Only root can mount it; elsewhere the test says that it did not
//! run, and `store_faults` plays the same failure inside the store.

use super::{EVERYTHING, SIYI, act, end, seen, serve, siyi};
use serde_json::Value;
use siyi_tests::crash::act::Clerk;
use siyi_tests::crash::server::{Answered, Server, check_recorded, export, get};
use siyi_tests::crash::{Broken, Outcome, hold};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A small disk, unmounted when it is dropped.
struct Disk(TempDir);

impl Disk {
    fn mount(megabytes: u32) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        mount(folder.path(), &format!("size={megabytes}m"))?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn grow(&self, megabytes: u32) -> Outcome<()> {
        mount(self.path(), &format!("remount,size={megabytes}m"))
    }
}

fn mount(folder: &Path, options: &str) -> Outcome<()> {
    let output = Command::new("mount").args(["-t", "tmpfs", "-o", options, "siyi-full-disk"]).arg(folder).output()?;
    hold(output.status.success(), || String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).stderr(Stdio::null()).status();
    }
}

#[test]
fn a_full_disk_stops_commands_and_not_readers() -> Outcome<()> {
    let disk = match Disk::mount(24) {
        Ok(disk) => disk,
        Err(reason) => {
            println!("this test did not run: a small disk cannot be mounted here ({reason})");
            return Ok(());
        }
    };
    let data = disk.path().join("data");
    let server = serve(&data)?;
    let mut answers = act(&server, &mut Clerk::new(1, 0), 60)?;
    let before = seen(&server)?;
    let filler = disk.path().join("filler");
    // It takes what is left of the disk.
    hold(std::fs::write(&filler, vec![1; 64 << 20]).is_err(), || "the disk does not get full".into())?;

    let refused = act_until_refused(&server, &mut answers)?;
    hold(refused == "store-unavailable", || format!("on a full disk, a command is answered {refused}"))?;
    let again = act(&server, &mut Clerk::new(3, 5), 3)?;
    let clear = |answer: &Answered| match answer {
        Answered::Recorded { .. } => false,
        Answered::Failed(code) => code == "store-unavailable",
        // To judge a command takes no disk.
        Answered::Refused(_) => true,
    };
    hold(again.iter().all(clear), || format!("{again:?}"))?;
    // Long enough for a read model that has failed to be thrown away, if it were.
    std::thread::sleep(std::time::Duration::from_secs(4));
    hold(get(server.address(), "/healthz")?.status == 200, || "the server does not live".into())?;
    let now = server.query(EVERYTHING)?;
    still_seen(&now, &before).map_err(|broken| broken.at(server.logged()))?;

    std::fs::remove_file(filler)?;
    disk.grow(256)?;
    end(server)?;
    let server = serve(&data)?;
    still_seen(&seen(&server)?, &before)?;
    answers.extend(act(&server, &mut Clerk::new(4, 6), 20)?);
    seen(&server)?;
    end(server)?;
    let recorded = check_recorded(&export(siyi(), &data)?, &answers)?;
    println!("{recorded} mutations recorded around a full disk");
    Ok(())
}

/// Lets clerks act until one gets no answer but an error, and answers its code.
fn act_until_refused(server: &Server, answers: &mut Vec<Answered>) -> Outcome<String> {
    for turn in 0..200 {
        for answer in act(server, &mut Clerk::new(100 + turn, 1 + turn), 20)? {
            if let Answered::Failed(code) = answer {
                return Ok(code);
            }
            answers.push(answer);
        }
    }
    Err(Broken::Wrong("the disk never gets full".into()))
}

/// Holds that every matter that was seen is seen. There may be more by now.
fn still_seen(now: &Value, before: &Value) -> Outcome<()> {
    let matters = |seen: &Value| seen.pointer("/data/consultations/edges").and_then(Value::as_array).cloned();
    let (now, before) = (matters(now).unwrap_or_default(), matters(before).unwrap_or_default());
    let missing = before.iter().filter(|matter| !now.contains(matter)).count();
    hold(!before.is_empty() && missing == 0, || format!("{missing} of {} matters are not seen", before.len()))
}

#[test]
fn a_folder_cannot_be_made_on_a_full_disk_and_can_later() -> Outcome<()> {
    let disk = match Disk::mount(1) {
        Ok(disk) => disk,
        Err(reason) => {
            println!("this test did not run: a small disk cannot be mounted here ({reason})");
            return Ok(());
        }
    };
    let (data, filler) = (disk.path().join("data"), disk.path().join("filler"));
    hold(std::fs::write(&filler, vec![1; 2 << 20]).is_err(), || "the disk does not get full".into())?;
    match Server::start(Path::new(SIYI), &data)? {
        Ok(_) => return Err(Broken::Wrong("a store was made on a full disk".into())),
        Err(output) => super::refused(&output, "store-unavailable")?,
    }
    std::fs::remove_file(filler)?;
    disk.grow(64)?;
    end(serve(&data)?)?;
    end(serve(&data)?)
}
