//! The record of decisions: what is kept, and that nobody changes it unseen.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code beside the test functions")]

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use siyi_access::record::{AccessLog, Entry, Fault, MAX_LINE_BYTES, Tip, VerifyError, verify};
use siyi_access::{About, Circumstances, Decision, DecisionPoint, Door, Visitor};
use siyi_domain::ids::PersonId;
use siyi_domain::office::{Actor, Office};
use uuid::Uuid;

fn denied() -> Decision {
    Decision { allowed: false, policies: vec!["office-not-held".to_owned()], errors: Vec::new() }
}

fn write(log: &AccessLog, door: &str, decision: &Decision) {
    let about = About::place("419901101201".parse().unwrap());
    let acting = Some(Actor { person: PersonId(Uuid::from_u128(0x00c0_ffee)), office: Office::Clerk });
    let at: Timestamp = "2026-11-28T02:41:00Z".parse().unwrap();
    let door = Door::named(door).unwrap();
    log.record(&Entry { at, visitor: &Visitor::Nobody, acting, door, about: &about, decision });
}

fn written(folder: &Path, lines: usize) {
    let log = AccessLog::open(folder).unwrap();
    for _ in 0..lines {
        write(&log, "postNotice", &denied());
    }
    assert_eq!(log.failed(), 0);
}

fn file(folder: &Path) -> PathBuf {
    folder.join("access-00000001.jsonl")
}

fn broken(folder: &Path) -> (u64, Fault) {
    match verify(folder).unwrap_err() {
        VerifyError::Broken { line, fault, .. } => (line, fault),
        VerifyError::Unreadable { source, .. } => panic!("{source}"),
    }
}

#[test]
fn what_was_written_is_whole_and_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 3);
    written(folder.path(), 2);
    let whole = verify(folder.path()).unwrap();
    assert_eq!((whole.lines, whole.tip.seq, whole.before), (5, 5, Tip::beginning()));
    assert_eq!(AccessLog::open(folder.path()).unwrap().tip(), whole.tip);
}

#[test]
fn every_changed_byte_is_found_in_its_line() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 3);
    let path = file(folder.path());
    let original = fs::read(&path).unwrap();
    let line_of = |at: usize| original[..at].split(|byte| *byte == b'\n').count() as u64;
    for at in 0..original.len() {
        let mut changed = original.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).unwrap();
        let (line, _) = broken(folder.path());
        assert!(line == line_of(at), "byte {at}: line {line}");
    }
}

#[test]
fn a_removed_a_moved_and_an_added_line_are_found() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 4);
    let path = file(folder.path());
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let with = |order: &[usize]| {
        fs::write(&path, order.iter().map(|at| format!("{}\n", lines[*at])).collect::<String>()).unwrap();
    };
    with(&[0, 2, 3]);
    assert_eq!(broken(folder.path()), (2, Fault::Unbound));
    with(&[0, 2, 1, 3]);
    assert_eq!(broken(folder.path()), (2, Fault::Unbound));
    with(&[0, 1, 1, 2, 3]);
    assert_eq!(broken(folder.path()), (3, Fault::Unbound));
    with(&[0, 1]);
    let cut = verify(folder.path()).unwrap();
    assert_eq!(cut.tip.seq, 2, "that the end is gone shows against a tip kept elsewhere");
}

#[test]
fn files_change_by_size_and_the_chain_runs_through_them() {
    let folder = tempfile::tempdir().unwrap();
    let log = AccessLog::open_with(folder.path(), 1000).unwrap();
    for _ in 0..10 {
        write(&log, "postNotice", &denied());
    }
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert!(files > 2, "{files}");
    let whole = verify(folder.path()).unwrap();
    assert_eq!((whole.lines, &whole.tip), (10, &log.tip()));
    // Old files may go after their time; what is left is still a chain.
    fs::remove_file(file(folder.path())).unwrap();
    let rest = verify(folder.path()).unwrap();
    assert!(rest.before != Tip::beginning() && rest.tip == whole.tip);
    fs::remove_file(folder.path().join("access-00000003.jsonl")).unwrap();
    assert_eq!(broken(folder.path()), (1, Fault::Unbound));
}

#[test]
fn what_a_crash_left_of_a_line_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), 2);
    let path = file(folder.path());
    let whole = fs::read(&path).unwrap();
    for torn in [1, 40, 200] {
        let mut bytes = whole.clone();
        bytes.extend_from_slice(&whole[..torn]);
        fs::write(&path, &bytes).unwrap();
        assert_eq!(broken(folder.path()), (3, Fault::Torn));
        drop(AccessLog::open(folder.path()).unwrap());
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
    fs::write(folder.path().join("access-00000002.jsonl"), "").unwrap();
    written(folder.path(), 1);
    assert_eq!(verify(folder.path()).unwrap().lines, 3, "a file begun before a crash is gone on with");
}

#[test]
fn a_record_that_is_not_ours_is_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(file(folder.path()), "something else\n").unwrap();
    assert_eq!(AccessLog::open(folder.path()).unwrap_err().code(), "access-log-damaged");
    fs::write(file(folder.path()), "x".repeat(3 * MAX_LINE_BYTES)).unwrap();
    assert_eq!(AccessLog::open(folder.path()).unwrap_err().code(), "access-log-damaged");
    let path = folder.path().join("a-file");
    fs::write(&path, "").unwrap();
    assert_eq!(AccessLog::open(&path).unwrap_err().code(), "access-log-unavailable");
}

#[test]
fn denials_and_all_but_public_reads_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let log = AccessLog::open(folder.path()).unwrap();
    let point = DecisionPoint::shipped().unwrap();
    let (about, around) = (About::default(), Circumstances::default());
    let public = Door::named("page:/").unwrap();
    write(&log, "page:/", &point.decide(&Visitor::Nobody, None, &public, &about, &around));
    assert_eq!(log.tip().seq, 0, "that everybody reads what is public is not written down");
    write(&log, "page:/", &denied());
    write(&log, "event-data", &Decision { allowed: true, ..denied() });
    write(&log, "raiseMotion", &Decision { allowed: true, ..denied() });
    assert_eq!(log.tip().seq, 3);
}

#[test]
fn a_line_names_no_person_and_stays_short() {
    let folder = tempfile::tempdir().unwrap();
    let log = AccessLog::open(folder.path()).unwrap();
    let policies = (0..500).map(|n| format!("policy-{n}")).collect();
    write(&log, "postNotice", &Decision { allowed: false, policies, errors: vec!["张三\r\n".to_owned()] });
    let text = fs::read_to_string(file(folder.path())).unwrap();
    assert!(text.len() < MAX_LINE_BYTES && text.lines().count() == 1);
    assert!(!text.contains("c0ffee") && !text.contains('张') && text.contains("\"errors\":1"), "{text}");
}

#[test]
fn what_cannot_be_written_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("log");
    let log = AccessLog::open_with(&inner, 1).unwrap();
    write(&log, "postNotice", &denied());
    fs::remove_dir_all(&inner).unwrap();
    // The next line wants a new file, and its folder is gone.
    write(&log, "postNotice", &denied());
    assert_eq!((log.failed(), log.tip().seq), (1, 1));
}

#[test]
fn the_newest_lines_that_are_wanted_are_read_back_through_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let log = AccessLog::open_with(folder.path(), 1000).unwrap();
    for no in 0..10 {
        write(&log, if no % 2 == 0 { "roster" } else { "postNotice" }, &denied());
    }
    assert!(fs::read_dir(folder.path()).unwrap().count() > 2);
    let seqs = |before, most| -> Vec<u64> {
        let lines = log.latest(before, most, &|line| line.door == "roster").unwrap();
        lines.iter().map(|line| line.seq).collect()
    };
    assert_eq!(seqs(None, 3), [9, 7, 5]);
    assert_eq!(seqs(Some(5), 3), [3, 1]);
    assert_eq!(seqs(Some(1), 3), [0; 0]);
    assert_eq!(seqs(None, 0), [0; 0]);
    let line = log.latest(None, 1, &|_| true).unwrap().remove(0);
    assert_eq!(
        (line.seq, line.door.as_str(), line.office, line.allowed),
        (10, "postNotice", Some(Office::Clerk), false)
    );
    assert_eq!(line.policies, ["office-not-held"]);
    // One that is being written is left out; one that is none of ours is no end of the list.
    let last = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    let whole = fs::read_to_string(&last).unwrap();
    fs::write(&last, format!("{whole}{{\"seq\":11")).unwrap();
    assert_eq!(log.latest(None, 1, &|_| true).unwrap()[0].seq, 10);
    fs::write(&last, format!("{whole}{{}}\n")).unwrap();
    assert_eq!(log.latest(None, 1, &|_| true).unwrap_err().code(), "access-log-damaged");
}
