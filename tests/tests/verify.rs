//! A matter verified without trust: records of the shipped cases hold, and whatever is changed in one is named.

#[allow(dead_code, reason = "the tests of the sign-in need the rest")]
#[path = "../../core/sign-in/tests/sign_in/authenticator.rs"]
mod authenticator;
#[path = "verify/authority.rs"]
mod authority;
#[path = "verify/browser.rs"]
mod browser;
#[path = "verify/bundles.rs"]
mod bundles;
#[path = "verify/exports.rs"]
mod exports;
#[path = "verify/mutations.rs"]
mod mutations;
#[path = "verify/records.rs"]
mod records;
#[path = "verify/side_by_side.rs"]
mod side_by_side;
#[path = "verify/test_log.rs"]
mod test_log;
#[path = "verify/whole_log.rs"]
mod whole_log;

use std::collections::BTreeSet;

use siyi_domain::rules::Rules;
use siyi_verify::coverage;
use siyi_verify::derive::derive;

use records::{Record, all_cases};

/// Every event of every shipped case follows from its facts; and between them they hold every event that there is.
#[tokio::test]
async fn every_shipped_case_follows_from_its_facts() {
    let rules = Rules::shipped().unwrap();
    let mut seen = BTreeSet::new();
    for file in all_cases() {
        let record = Record::of(&file).await;
        let derived = derive(&record.bodies(), &rules);
        assert_eq!(derived.findings, [], "{}", file.display());
        seen.extend(derived.entries.iter().map(siyi_verify::record::Entry::newest_name));
    }
    let listed: BTreeSet<&str> = coverage::rows().map(|row| row.event).collect();
    assert_eq!(seen, listed, "an event is in no case and so was never derived");
}
