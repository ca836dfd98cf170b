//! The browser's script: its own tests, and real events of ours in a log of tiles.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::records::{Record, case};
use crate::test_log::TestLog;

fn web() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/verify/web")
}

#[test]
fn the_script_passes_its_own_tests() {
    let output = Command::new("node").arg("--test").arg(web().join("test/")).output().expect("node is missing");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// What the script says of these leaves, as a site would serve them.
fn said(leaves: &[Vec<u8>], shown: &Value) -> Vec<Value> {
    let log = TestLog::of(leaves.iter().map(Vec::as_slice));
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in log.files() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let of_matter = |leaf: &[u8]| String::from_utf8_lossy(leaf).contains("\"stream\":\"consultation-");
    let indexes: Vec<usize> = (0..leaves.len()).filter(|at| of_matter(&leaves[*at])).collect();
    fs::write(folder.path().join("policy"), log.policy_text()).unwrap();
    let asked = json!({ "leafIndexes": indexes, "shown": shown });
    fs::write(folder.path().join("leaves.json"), asked.to_string()).unwrap();
    let output = Command::new("node").arg(web().join("../interop/browser.mjs")).arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn count(checks: &[Value], code: &str) -> usize {
    checks.iter().filter(|check| check["code"] == code).count()
}

async fn leaves(name: &str) -> Vec<Vec<u8>> {
    Record::of(&case(name)).await.events.iter().map(|event| event.body.to_vec()).collect()
}

/// An archived matter, one that met without a quorum, one of owners.
#[tokio::test]
async fn real_records_hold_in_the_browser() {
    for (name, decided) in
        [("C2-归档.toml", "outcome"), ("C4-人数不足.toml", "quorum"), ("R11-加装电梯.toml", "owners")]
    {
        let checks = said(&leaves(name).await, &json!([]));
        let wrong: Vec<&Value> = checks.iter().filter(|check| check["ok"] != true).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
        assert!(count(&checks, "entry") > 10 && count(&checks, decided) > 0, "{name}: {checks:?}");
    }
}

#[tokio::test]
async fn a_real_decision_that_was_changed_before_it_was_logged_is_found_in_the_browser() {
    let good = leaves("C2-归档.toml").await;
    let text = |leaf: &Vec<u8>| String::from_utf8(leaf.clone()).unwrap();
    let decision = good.iter().position(|leaf| text(leaf).contains("\"decision-made.v1\"")).unwrap();
    for (from, to) in [
        ("\"outcome\":\"carried\"", "\"outcome\":\"lost\""),
        ("\"against\":0", "\"against\":1"),
        ("\"met\":true", "\"met\":false"),
    ] {
        let mut forged = good.clone();
        let changed = text(&good[decision]).replacen(from, to, 1);
        assert_ne!(changed, text(&good[decision]), "{from}");
        forged[decision] = changed.into_bytes();
        let checks = said(&forged, &json!([]));
        assert!(checks.iter().any(|check| check["ok"] == false), "{to}");
        assert!(checks.iter().filter(|check| check["code"] == "entry").all(|check| check["ok"] == true));
    }
    let data: Value = serde_json::from_slice(&good[decision]).unwrap();
    let due = data["data"]["due"].as_u64().unwrap();
    for (shown, ok) in [(due, true), (due - 1, false)] {
        let checks = said(&good, &json!([{ "index": decision, "due": shown }]));
        assert_eq!(checks.last().unwrap()["ok"], ok, "{:?}", checks.last());
    }
}
