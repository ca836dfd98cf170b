//! The whole log read beside a bundle: what was left out of the bundle is named by its leaf.

use std::collections::BTreeMap;

use siyi_tlog::{TileSource, TlogError};
use siyi_verify::bundle::{Parts, write};
use siyi_verify::finding::Code;
use siyi_verify::report::{Report, Verdict};
use siyi_verify::verify_with_log;
use siyi_verify::whole_log::Copy;

use crate::bundles::{nth, options};
use crate::records::{Record, case};
use crate::test_log::TestLog;

/// A log as a site would serve it.
struct Site(BTreeMap<String, Vec<u8>>);

impl Site {
    fn of(log: &TestLog) -> Self {
        Self(log.files().into_iter().collect())
    }

    fn verified(&self, parts: &Parts) -> Report {
        let checkpoint = self.0["checkpoint"].clone();
        verify_with_log(&write(parts).unwrap(), &options(), &Copy { files: self, checkpoint })
    }
}

impl TileSource for Site {
    fn read(&self, path: &str) -> Result<Vec<u8>, TlogError> {
        let missing = || TlogError::Missing { path: path.to_owned(), why: "no such file".to_owned() };
        self.0.get(path).cloned().ok_or_else(missing)
    }
}

async fn of_case() -> (Parts, Vec<Vec<u8>>) {
    let record = Record::of(&case("C2-归档.toml")).await;
    let leaves = record.events.iter().map(|event| event.body.to_vec()).collect();
    (record.parts().await, leaves)
}

#[tokio::test]
async fn a_whole_log_proves_that_nothing_was_left_out() {
    let (parts, leaves) = of_case().await;
    let site = Site::of(&TestLog::of(leaves.iter().map(Vec::as_slice)));
    let report = site.verified(&parts);
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Holds, 0), "{:?}", report.findings);
    assert_eq!(report.completeness.as_ref().unwrap().leaves_unseen, 0);
    assert!(report.text().contains("到检查点为止没有更多"), "{}", report.text());
}

#[tokio::test]
async fn an_event_that_was_held_back_from_the_end_is_named() {
    let (mut parts, leaves) = of_case().await;
    let site = Site::of(&TestLog::of(leaves.iter().map(Vec::as_slice)));
    let last = nth(&parts, "consultation-archived.v1", 0);
    let leaf = parts.proofs[last].index;
    parts.events.truncate(last);
    parts.proofs.truncate(last);
    let report = site.verified(&parts);
    let found = report.findings.iter().find(|finding| finding.code == Code::EventWithheld);
    let found = found.unwrap_or_else(|| panic!("{:?}", report.findings));
    assert_eq!(found.place.event_type.as_deref(), Some("consultation-archived.v1"));
    assert_eq!((found.expected.clone(), report.exit_code()), (format!("leaf {leaf}"), 1));
    assert_ne!(report.completeness.as_ref().unwrap().leaves_unseen, 0);
}

#[tokio::test]
async fn a_copy_of_another_history_and_a_damaged_one_are_found() {
    let (parts, leaves) = of_case().await;
    let mut other = leaves.clone();
    other[5] = b"what others were shown".to_vec();
    other.push(b"one more".to_vec());
    let report = Site::of(&TestLog::of(other.iter().map(Vec::as_slice))).verified(&parts);
    assert_eq!(report.first_wrong().unwrap().code, Code::CheckpointForked);
    let mut site = Site::of(&TestLog::of(leaves.iter().map(Vec::as_slice)));
    site.0.get_mut("tile/entries/000").unwrap()[700] ^= 1;
    assert_eq!(site.verified(&parts).first_wrong().unwrap().code, Code::LogDamaged);
    let log = TestLog::signed_with(leaves.iter().map(Vec::as_slice), 99);
    assert_eq!(Site::of(&log).verified(&parts).first_wrong().unwrap().code, Code::LogSignatureInvalid);
}
