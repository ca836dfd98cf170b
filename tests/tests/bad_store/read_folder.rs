//! Read models that are missing, old, another's or damaged are built anew from the log, and answer as before.

use super::{act, end, files, seen, serve};
use serde_json::Value;
use siyi_tests::crash::act::Clerk;
use siyi_tests::crash::random::Random;
use siyi_tests::crash::{Broken, Outcome, hold};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A data folder whose server has ended, and what people saw.
struct Served {
    folder: TempDir,
    seen: Value,
}

impl Served {
    fn new(seed: u64) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let server = serve(folder.path())?;
        for clerk in 0..3 {
            act(&server, &mut Clerk::new(seed + clerk, 0), 40)?;
        }
        let seen = seen(&server)?;
        end(server)?;
        Ok(Self { folder, seen })
    }

    fn read(&self) -> PathBuf {
        self.folder.path().join("read")
    }

    /// Holds that people see the same again, twice, so that what was repaired stays repaired.
    fn answers_the_same(&self) -> Outcome<()> {
        for _ in 0..2 {
            let server = serve(self.folder.path())?;
            let now = seen(&server)?;
            let logged = server.logged();
            end(server)?;
            hold(now == self.seen, || format!("it answers something else: {now} instead of {}; {logged}", self.seen))?;
        }
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(path, to.join(name))?;
        }
    }
    Ok(())
}

#[test]
fn a_missing_read_folder_is_made() -> Outcome<()> {
    let served = Served::new(1)?;
    fs::remove_dir_all(served.read())?;
    served.answers_the_same()
}

#[test]
fn any_missing_file_is_made() -> Outcome<()> {
    let served = Served::new(2)?;
    let count = files(&served.read())?.len();
    for index in 0..count {
        // Their names change when a model is built anew, their order does not.
        let files = files(&served.read())?;
        let Some(path) = files.get(index % files.len()) else { continue };
        fs::remove_file(path)?;
        served.answers_the_same().map_err(|broken| broken.at(format!("without {}", path.display())))?;
    }
    Ok(())
}

#[test]
fn emptied_files_are_made_anew() -> Outcome<()> {
    let served = Served::new(3)?;
    for path in files(&served.read())? {
        fs::write(path, "")?;
    }
    served.answers_the_same()
}

#[test]
fn files_that_were_cut_in_half_are_made_anew() -> Outcome<()> {
    let served = Served::new(4)?;
    for path in files(&served.read())? {
        let bytes = fs::read(&path)?;
        fs::write(path, bytes.get(..bytes.len() / 2).unwrap_or_default())?;
    }
    served.answers_the_same()
}

#[test]
fn overwritten_bytes_do_not_reach_the_reader() -> Outcome<()> {
    let seed = Random::seed_of_run();
    let mut random = Random::seeded(seed);
    for round in 0..6 {
        let served = Served::new(seed.wrapping_add(round))?;
        for path in files(&served.read())? {
            overwrite(&path, &mut random)?;
        }
        served.answers_the_same().map_err(|broken| broken.at(format!("round {round} of the seed {seed}")))?;
    }
    Ok(())
}

/// Writes noise over a few places of what a file holds.
fn overwrite(path: &Path, random: &mut Random) -> Outcome<()> {
    let mut bytes = fs::read(path)?;
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1) as u64;
    for _ in 0..if used == 0 { 0 } else { 5 } {
        let start = usize::try_from(random.within(0..=used - 1))?;
        for byte in bytes.iter_mut().skip(start).take(16) {
            *byte = random.next().to_be_bytes()[0];
        }
    }
    fs::write(path, bytes)?;
    Ok(())
}

#[test]
fn junk_beside_the_models_is_no_model() -> Outcome<()> {
    let served = Served::new(5)?;
    let models = fs::read_dir(served.read())?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    for model in models {
        fs::create_dir(model.join("99"))?;
        fs::write(model.join("99/db"), "junk")?;
        fs::create_dir(model.join("98"))?;
        fs::write(model.join("97"), "a file where a folder should be")?;
        fs::write(model.join("notes.txt"), "junk")?;
    }
    fs::write(served.read().join("notes.txt"), "junk")?;
    served.answers_the_same()
}

#[test]
fn models_of_an_older_program_are_left_behind() -> Outcome<()> {
    let served = Served::new(6)?;
    let docket = fs::read_dir(served.read())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("docket-v")))
        .ok_or_else(|| Broken::Wrong("there is no docket".into()))?;
    fs::rename(docket, served.read().join("docket-v0"))?;
    served.answers_the_same()
}

#[test]
fn models_from_yesterday_catch_up() -> Outcome<()> {
    let mut served = Served::new(7)?;
    let yesterday = tempfile::tempdir()?;
    copy(&served.read(), yesterday.path())?;
    let server = serve(served.folder.path())?;
    act(&server, &mut Clerk::new(70, 0), 60)?;
    served.seen = seen(&server)?;
    end(server)?;
    fs::remove_dir_all(served.read())?;
    copy(yesterday.path(), &served.read())?;
    served.answers_the_same()
}

#[test]
fn models_of_another_log_are_built_anew() -> Outcome<()> {
    let (served, other) = (Served::new(8)?, Served::new(80)?);
    fs::remove_dir_all(served.read())?;
    copy(&other.read(), &served.read())?;
    served.answers_the_same()
}
