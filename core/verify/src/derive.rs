//! A record as a whole: read, in sequence, and every act judged anew.

use bytes::Bytes;
use siyi_domain::rules::Rules;

use crate::finding::{Finding, Weight};
use crate::record::{self, Entry};
use crate::replay::{Authority, Replay};

/// A record that was checked.
#[derive(Debug, Clone)]
pub struct Derived {
    /// What could be read.
    pub entries: Vec<Entry>,
    /// How many acts were judged anew.
    pub acts: usize,
    /// By whose authority they were done.
    pub authority: Authority,
    /// What was found, the first thing first.
    pub findings: Vec<Finding>,
}

impl Derived {
    /// The first thing that is wrong.
    #[must_use]
    pub fn first_wrong(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.weight() == Weight::Wrong)
    }
}

/// Checks a record against itself and the rules: the stored bytes of its events in the order of the log.
///
/// It holds the streams of the matters and those that they rest on, from the first event on: their jurisdictions and rosters,
/// those above, and the accounts through which people acted.
#[must_use]
pub fn derive(bodies: &[Bytes], rules: &Rules) -> Derived {
    let (entries, mut findings) = record::read(bodies);
    findings.extend(record::check_sequence(&entries));
    let acts = record::acts(&entries);
    let mut replay = Replay::new(rules);
    for act in &acts {
        findings.extend(record::check_act(act));
        findings.extend(replay.act(act));
    }
    let (acts, authority) = (acts.len(), replay.authority().clone());
    // Stable: at one event what was looked at first comes first.
    findings.sort_by_key(Finding::order);
    Derived { entries, acts, authority, findings }
}
