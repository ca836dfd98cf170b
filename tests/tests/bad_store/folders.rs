//! Whose folder it is, and whether it is whole.

use super::{act, end, files, is_not_served, refused, seen, serve, siyi};
use siyi_tests::crash::act::Clerk;
use siyi_tests::crash::server::{Answered, check_recorded, export, run};
use siyi_tests::crash::{Outcome, hold};
use std::fs;
use std::path::Path;

#[test]
fn a_folder_is_served_by_one_process() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let server = serve(folder.path())?;
    let answers = act(&server, &mut Clerk::new(1, 0), 5)?;
    is_not_served(folder.path(), "store-in-use")?;
    refused(&run(siyi(), &["export"], folder.path())?, "store-in-use")?;
    refused(&run(siyi(), &["rebuild"], folder.path())?, "store-in-use")?;
    seen(&server)?;
    act(&server, &mut Clerk::new(2, 0), 5)?;
    end(server)?;
    check_recorded(&export(siyi(), folder.path())?, &answers)?;
    Ok(())
}

#[test]
fn a_foreign_folder_is_refused_and_left_as_it_is() -> Outcome<()> {
    for place in ["log", "vault"] {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join(place))?;
        let thesis = folder.path().join(place).join("thesis.txt");
        fs::write(&thesis, "years of work")?;
        is_not_served(folder.path(), "store-foreign")?;
        let left = files(&folder.path().join(place))?;
        hold(left == [thesis.clone()], || format!("{place}: {left:?}"))?;
        hold(fs::read(thesis)? == b"years of work", || "the foreign file has changed".into())?;
    }
    Ok(())
}

/// A log of some events, ended well.
fn filled(data: &Path) -> Outcome<Vec<Answered>> {
    let server = serve(data)?;
    let answers = act(&server, &mut Clerk::new(3, 0), 40)?;
    end(server)?;
    Ok(answers)
}

#[test]
fn a_log_that_was_cut_off_is_damaged() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    filled(folder.path())?;
    let journal = folder.path().join("log/engine/0.jnl");
    let whole = fs::read(&journal)?;
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap_or_default();
    for kept in [0, used / 4, used / 2, used - 200] {
        fs::write(&journal, whole.get(..kept).unwrap_or_default())?;
        is_not_served(folder.path(), "store-corrupt").map_err(|broken| broken.at(format!("{kept} of {used} bytes")))?;
        // Refused again, and not opened as a shorter log now that the engine has cut the rest off.
        is_not_served(folder.path(), "store-corrupt")
            .map_err(|broken| broken.at(format!("{kept} of {used} bytes, again")))?;
    }
    fs::write(&journal, whole)?;
    end(serve(folder.path())?)
}

#[test]
fn a_log_that_misses_a_file_is_damaged() -> Outcome<()> {
    for lost in ["acknowledged", "engine/0.jnl", "engine/version", "engine/keyspaces/1/current", "engine"] {
        let folder = tempfile::tempdir()?;
        filled(folder.path())?;
        let path = folder.path().join("log").join(lost);
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
        is_not_served(folder.path(), "store-corrupt").map_err(|broken| broken.at(lost))?;
    }
    Ok(())
}

#[test]
fn a_log_of_a_newer_program_is_refused() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    filled(folder.path())?;
    let marker = folder.path().join("log/siyi-store.json");
    fs::write(&marker, fs::read_to_string(&marker)?.replace("\"format\":1", "\"format\":2"))?;
    is_not_served(folder.path(), "store-too-new")
}
