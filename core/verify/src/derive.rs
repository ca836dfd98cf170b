//! A record as a whole: read, in sequence, and every act judged anew.

use bytes::Bytes;
use siyi_domain::moment::Moment;
use siyi_domain::rules::Rules;

use crate::finding::{Finding, Weight};
use crate::record::{self, Entry, Sequence};
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
    let mut judge = Judge::new(rules);
    let mut findings = Vec::new();
    let mut entries = Vec::with_capacity(bodies.len());
    for body in bodies {
        let (entry, found) = judge.hear(body);
        entries.extend(entry);
        findings.extend(found);
    }
    findings.extend(judge.end());
    // Stable: at one event what was looked at first comes first.
    findings.sort_by_key(Finding::order);
    Derived { entries, acts: judge.acts, authority: judge.replay.authority().clone(), findings }
}

/// Judges a record of any length, event by event: of what was heard only the states are kept, and the act that has not ended.
pub struct Judge<'a> {
    replay: Replay<'a>,
    sequence: Sequence,
    act: Vec<Entry>,
    events: usize,
    acts: usize,
}

impl<'a> Judge<'a> {
    /// Begins with nothing.
    #[must_use]
    pub fn new(rules: &'a Rules) -> Self {
        Self { replay: Replay::new(rules), sequence: Sequence::default(), act: Vec::new(), events: 0, acts: 0 }
    }

    /// Hears the next event. What is wrong with an act is answered at the first event behind it.
    pub fn hear(&mut self, body: &Bytes) -> (Option<Entry>, Vec<Finding>) {
        let (entry, unread) = record::read_event(self.events, body);
        self.events += 1;
        let mut findings: Vec<Finding> = unread.into_iter().collect();
        if let Some(entry) = &entry {
            findings.extend(self.sequence.check(entry));
            if self.act.last().is_some_and(|last| !record::is_of_one_act(last, entry)) {
                findings.extend(self.end());
            }
            self.act.push(entry.clone());
        }
        (entry, findings)
    }

    /// Judges the act that was heard last.
    pub fn end(&mut self) -> Vec<Finding> {
        let act = std::mem::take(&mut self.act);
        if act.is_empty() {
            return Vec::new();
        }
        self.acts += 1;
        let mut findings: Vec<Finding> = record::check_act(&act).into_iter().collect();
        findings.extend(self.replay.act(&act));
        // An act is judged by all of its events: what is wrong with one of them comes before what follows from that.
        let last = act.last().map(|entry| entry.ordinal);
        for finding in &mut findings {
            finding.known_at = last;
        }
        findings
    }

    /// How many events were heard.
    #[must_use]
    pub const fn events(&self) -> usize {
        self.events
    }

    /// How many acts were judged.
    #[must_use]
    pub const fn acts(&self) -> usize {
        self.acts
    }

    /// By whose authority they were done.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        self.replay.authority()
    }

    /// The latest time of recording.
    #[must_use]
    pub const fn latest(&self) -> Option<Moment> {
        self.sequence.latest()
    }
}
