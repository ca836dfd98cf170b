//! Tools that nobody here wrote accept a fresh export, all four, and refuse each of twenty-odd forged ones, all four.
//!
//! They are installed by `interop/setup.sh`. Where they are missing this test fails: a check that is skipped is none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

#[path = "../examples/village/mod.rs"]
mod village;

use siyi_tlog::{Checkpoint, Hash, KeyKind, Note, NoteSignature, SignedCheckpoint, decode_entries, encode_entries};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::tempdir;
use village::{ORIGIN, SIZES, WITNESSES, key};

fn run(log: &Path, trust: &Path) -> (Option<i32>, String) {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("interop/run.sh");
    let done = Command::new(script).arg(log).arg(trust).output().unwrap();
    (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
}

fn copy_file(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { copy_file(&entry.path(), &target) }
    }
}

/// An exported log that is about to be forged.
struct Forgery<'a> {
    log: &'a Path,
    /// A sound log of other events under the same name and keys, witnessed too.
    other: &'a Path,
}

impl Forgery<'_> {
    fn bytes(&self, name: &str, change: impl Fn(&mut Vec<u8>)) {
        let path = self.log.join(name);
        let mut bytes = fs::read(&path).unwrap();
        let before = bytes.clone();
        change(&mut bytes);
        assert_ne!(bytes, before, "{name} was not changed");
        fs::write(path, bytes).unwrap();
    }

    fn flip(&self, name: &str, at: usize) {
        self.bytes(name, |bytes| bytes[at] ^= 1);
    }

    fn text(&self, name: &str, change: impl Fn(&str) -> String) {
        self.bytes(name, |bytes| *bytes = change(std::str::from_utf8(bytes).unwrap()).into_bytes());
    }

    fn line(&self, name: &str, at: usize, change: impl Fn(&str) -> String) {
        self.text(name, |text| {
            let mut lines: Vec<String> = text.split('\n').map(Into::into).collect();
            lines[at] = change(&lines[at]);
            lines.join("\n")
        });
    }

    fn entries(&self, change: impl Fn(&mut Vec<Vec<u8>>)) {
        self.bytes("tile/entries/001", |bytes| {
            let mut entries: Vec<Vec<u8>> =
                decode_entries(bytes, 256).unwrap().into_iter().map(<[u8]>::to_vec).collect();
            change(&mut entries);
            *bytes = encode_entries(entries.iter().map(Vec::as_slice)).unwrap();
        });
    }

    /// The checkpoint with other signatures, in the proofs too.
    fn note(&self, change: impl Fn(&mut Note)) {
        let text = fs::read_to_string(self.log.join("checkpoint")).unwrap();
        let mut note = Note::parse(&text).unwrap();
        change(&mut note);
        let forged = note.to_string();
        assert_ne!(text, forged);
        fs::write(self.log.join("checkpoint"), &forged).unwrap();
        for proof in fs::read_dir(self.log.join("proofs")).unwrap() {
            let path = proof.unwrap().path();
            fs::write(&path, fs::read_to_string(&path).unwrap().replace(&text, &forged)).unwrap();
        }
    }

    fn signed(&self) -> Checkpoint {
        SignedCheckpoint::parse(&fs::read_to_string(self.log.join("checkpoint")).unwrap()).unwrap().checkpoint().clone()
    }

    fn take(&self, name: &str) {
        fs::remove_dir_all(self.log.join(name)).or_else(|_| fs::remove_file(self.log.join(name))).unwrap();
        let from = self.other.join(name);
        if from.is_dir() { copy(&from, &self.log.join(name)) } else { copy_file(&from, &self.log.join(name)) }
    }
}

fn flip_signature(signature: &mut NoteSignature, at: usize) {
    signature.bytes[at] ^= 1;
}

type Forge = fn(&Forgery<'_>);

const FORGERIES: &[(&str, Forge)] = &[
    ("a leaf's hash in a full tile (CVE-2026-56865)", |it| it.flip("tile/0/000", 42 * 32)),
    ("a leaf's hash in a partial tile", |it| it.flip("tile/0/002.p/188", 100)),
    ("a hash in a tile above", |it| it.flip("tile/1/000.p/2", 33)),
    ("a byte of an event", |it| it.flip("tile/entries/001", 777)),
    ("a bundle that is cut off", |it| it.bytes("tile/entries/002.p/188", |bytes| bytes.truncate(bytes.len() - 1))),
    ("a bundle with a byte more", |it| it.bytes("tile/entries/000", |bytes| bytes.push(0))),
    ("two events swapped", |it| it.entries(|entries| entries.swap(3, 4))),
    ("an event removed and one doubled", |it| {
        it.entries(|entries| {
            entries.remove(100);
            let last = entries[254].clone();
            entries.push(last);
        });
    }),
    ("an event of another history", |it| it.take("tile/entries/000")),
    ("another history's tiles and events", |it| it.take("tile")),
    ("another history, witnessed, behind the same old checkpoint", |it| {
        it.take("tile");
        it.take("checkpoint");
        it.take("proofs");
    }),
    ("a smaller size", |it| it.line("checkpoint", 1, |_| "699".into())),
    ("another root", |it| it.line("checkpoint", 2, |_| Hash([7; 32]).to_string())),
    ("another origin", |it| it.line("checkpoint", 0, |origin| origin.replace("wusi", "liuer"))),
    ("a rolled back checkpoint", |it| copy_file(&it.log.join("checkpoint.old"), &it.log.join("checkpoint"))),
    ("a bit of the log's signature", |it| it.note(|note| flip_signature(&mut note.signatures[0], 20))),
    ("another key of the same name", |it| {
        let Checkpoint { size, root, .. } = it.signed();
        let forged = key(ORIGIN, KeyKind::Log, 9).unwrap().sign_checkpoint(size, root).unwrap();
        it.note(|note| note.signatures[0] = forged.signatures[0].clone());
    }),
    ("no signature of the log", |it| it.note(|note| drop(note.signatures.remove(0)))),
    ("one witness alone", |it| it.note(|note| note.signatures.truncate(2))),
    ("one witness twice", |it| {
        it.note(|note| {
            note.signatures.truncate(2);
            let again = note.signatures[1].clone();
            note.signatures.push(again);
        });
    }),
    ("a cosignature at another time", |it| it.note(|note| flip_signature(&mut note.signatures[1], 7))),
    ("a witness with another key", |it| {
        it.note(|note| {
            note.signatures.truncate(2);
            let stranger = key(WITNESSES[1], KeyKind::Witness, 0x40).unwrap();
            note.signatures.push(stranger.cosign(&note.text, 1_767_000_000).unwrap());
        });
    }),
    ("a proof of another leaf", |it| it.line("proofs/42.tlog-proof", 1, |_| "index 43".into())),
    ("a proof's index with a zero before it", |it| it.line("proofs/42.tlog-proof", 1, |_| "index 042".into())),
    ("a proof with another hash", |it| it.line("proofs/42.tlog-proof", 4, |_| Hash([1; 32]).to_string())),
    ("a proof with a hash less", |it| {
        it.text("proofs/255.tlog-proof", |text| {
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines.remove(3);
            lines.join("\n")
        });
    }),
    ("stray bits at the end of a proof's hash", |it| {
        it.line("proofs/699.tlog-proof", 2, |line| {
            // The last character before `=` holds two bits that no byte uses.
            let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let last = line.chars().nth(42).unwrap();
            let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
            format!("{}{next}=", &line[..42])
        });
    }),
    ("a consistency proof with another hash", |it| it.line("consistency", 2, |_| Hash([1; 32]).to_string())),
    ("an old checkpoint of another history", |it| it.take("checkpoint.old")),
];

#[tokio::test]
async fn four_tools_accept_an_export_and_refuse_every_forged_one() {
    let (home, stranger) = (tempdir().unwrap(), tempdir().unwrap());
    village::write(home.path(), "五四村").await.unwrap();
    village::write(stranger.path(), "六二村").await.unwrap();
    let (log, trust, other) = (home.path().join("log"), home.path().join("trust"), stranger.path().join("log"));
    for folder in [&log, &other] {
        let (code, said) = run(folder, &trust);
        assert_eq!(code, Some(0), "interop/setup.sh installs the tools:\n{said}");
    }
    assert_eq!(SIZES.1, 700);
    let mut wrong = Vec::new();
    for (what, forge) in FORGERIES {
        let forged = tempdir().unwrap();
        copy(&log, forged.path());
        forge(&Forgery { log: forged.path(), other: &other });
        let (code, said) = run(forged.path(), &trust);
        if code != Some(1) {
            wrong.push(format!("{what}:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "not refused by all four:\n{}", wrong.join("\n"));
    assert!(FORGERIES.len() >= 20);
}
