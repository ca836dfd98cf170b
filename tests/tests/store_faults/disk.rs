//! A full disk. It takes a small file system of its own, which only root can mount; elsewhere the test says that it
//! could not run, and `commits.rs` plays the same failure (`StorageFull`) at the two moments that matter.

use super::{all, event, numbers, open, stream};
use siyi_log::port::{EventStore, Expected};
use std::{
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// A small disk, unmounted when it is dropped.
struct Disk(TempDir);

impl Disk {
    fn mount(megabytes: u32) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        mount(folder.path(), &format!("size={megabytes}m"))?;
        Ok(Self(folder))
    }

    fn grow(&self, megabytes: u32) {
        mount(self.0.path(), &format!("remount,size={megabytes}m")).unwrap();
    }
}

fn mount(folder: &Path, options: &str) -> Result<(), String> {
    let output = Command::new("mount")
        .args(["-t", "tmpfs", "-o", options, "siyi-full-disk"])
        .arg(folder)
        .output()
        .map_err(|error| format!("there is no mount command: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).stderr(Stdio::null()).status();
    }
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let disk = match Disk::mount(6) {
        Ok(disk) => disk,
        Err(reason) => {
            println!("this test did not run: a small disk cannot be mounted here ({reason})");
            return;
        }
    };
    let folder = disk.0.path().join("store");
    let store = open(&folder).unwrap();
    let mut acknowledged = Vec::new();
    let refused = loop {
        let number = acknowledged.len() as u64;
        let answer = store.append(&stream("a"), Expected::Any, vec![event(number, 8000)]).await;
        match answer {
            Ok(_) => acknowledged.push(number),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.code(), "store-unavailable");
    assert!(acknowledged.len() > 100, "{} events fit on the disk", acknowledged.len());
    let small = store.append(&stream("a"), Expected::Any, vec![event(9999, 9)]).await;
    assert_eq!(small.unwrap_err().code(), "store-unavailable", "nothing is stored on top of what is not known");
    assert_eq!(numbers(&all(&store).await), acknowledged);
    store.close().await;

    disk.grow(64);
    let store = open(&folder).unwrap();
    let found = numbers(&all(&store).await);
    // The refused event may be there: nobody was told that it is not.
    assert!(found == acknowledged || found[..found.len() - 1] == acknowledged, "{} events are there", found.len());
    let number = acknowledged.len() as u64;
    store.append(&stream("a"), Expected::Any, vec![event(number, 8000)]).await.unwrap();
    acknowledged.push(number);
    assert_eq!(numbers(&all(&store).await), acknowledged);
}

#[test]
fn a_store_cannot_be_made_on_a_full_disk_and_can_later() {
    let disk = match Disk::mount(1) {
        Ok(disk) => disk,
        Err(reason) => {
            println!("this test did not run: a small disk cannot be mounted here ({reason})");
            return;
        }
    };
    let filler = disk.0.path().join("filler");
    let error = std::fs::write(&filler, vec![1; 2 << 20]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    let folder = disk.0.path().join("store");
    assert_eq!(open(&folder).unwrap_err().code(), "store-unavailable");
    std::fs::remove_file(filler).unwrap();
    drop(open(&folder).unwrap());
    drop(open(&folder).unwrap());
}
