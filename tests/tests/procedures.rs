//! Rule packs as files: none is looser than a statute, none is loaded malformed, a variant says only what differs; `siyi
//! procedure` says all of that to people and programs; `docs/law.md` says what the packs and scenarios say.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code beside the test functions")]

#[path = "procedures/command.rs"]
mod command;
#[path = "procedures/floors.rs"]
mod floors;
#[path = "procedures/malformed.rs"]
mod malformed;
#[path = "procedures/numbers.rs"]
mod numbers;
#[path = "procedures/variants.rs"]
mod variants;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use siyi_domain::rules::Rules;

const SIYI: &str = env!("CARGO_BIN_EXE_siyi-as-shipped");

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::shipped().unwrap());

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a shipped pack's file.
fn shipped(file: &str) -> String {
    std::fs::read_to_string(repository().join("schemas/procedures").join(file)).unwrap()
}

fn siyi(arguments: &[&str]) -> Output {
    Command::new(SIYI).arg("procedure").args(arguments).output().unwrap()
}

/// `siyi procedure check --json` of a pack's text: its exit code and its report.
fn checked(text: &str) -> (i32, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pack.toml");
    std::fs::write(&file, text).unwrap();
    let output = siyi(&["check", "--json", file.to_str().unwrap()]);
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

/// Generated, as the schemas are: `SIYI_BLESS=1` writes it.
#[test]
fn the_law_document_says_what_packs_and_scenarios_say() {
    let path = repository().join("docs/law.md");
    let text = siyi_tests::law::document(&repository()).unwrap();
    if std::env::var_os("SIYI_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let held = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(held == text, "docs/law.md is stale; run with SIYI_BLESS=1 and read the diff");
}
