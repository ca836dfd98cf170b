//! A record as a whole: read, in sequence, and every act judged anew.

use bytes::Bytes;
use siyi_domain::moment::Moment;
use siyi_domain::rules::Rules;
use siyi_log::port::MAX_APPEND_EVENTS;

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
    let (mut entries, mut findings) = judge.hear(bodies);
    let (last, of_last) = judge.end();
    entries.extend(last);
    findings.extend(of_last);
    Derived { entries, acts: judge.acts, authority: judge.authority().clone(), findings }
}

/// Judges a record of any length, batch by batch: of what was heard only the states are kept, and the act that may not have
/// ended. Neither the cut into batches nor the number of threads changes what is found.
pub struct Judge<'a> {
    replay: Replay<'a>,
    sequence: Sequence,
    /// The act that may not have ended.
    open: Vec<Entry>,
    /// What was found at the open act or behind it.
    waiting: Vec<Finding>,
    events: usize,
    acts: usize,
}

impl<'a> Judge<'a> {
    /// Begins with nothing.
    #[must_use]
    pub fn new(rules: &'a Rules) -> Self {
        Self {
            replay: Replay::new(rules),
            sequence: Sequence::default(),
            open: Vec::new(),
            waiting: Vec::new(),
            events: 0,
            acts: 0,
        }
    }

    /// Hears the next events. Answers those that were judged and what was found up to them, the first thing first; the last
    /// act waits for the next batch.
    pub fn hear(&mut self, bodies: &[Bytes]) -> (Vec<Entry>, Vec<Finding>) {
        let (entries, unread) = record::read(self.events, bodies);
        self.events += bodies.len();
        self.waiting.extend(unread);
        self.waiting.extend(entries.iter().flat_map(|entry| self.sequence.check(entry)));
        self.open.extend(entries);
        let last = record::acts(&self.open).pop().filter(|act| self.may_go_on(act)).map_or(0, <[Entry]>::len);
        self.judge(self.open.len() - last)
    }

    /// Judges what was heard last.
    pub fn end(&mut self) -> (Vec<Entry>, Vec<Finding>) {
        self.judge(self.open.len())
    }

    fn may_go_on(&self, act: &[Entry]) -> bool {
        act.first().is_some_and(|first| self.events - first.ordinal < MAX_APPEND_EVENTS)
    }

    /// Judges so many of the events that wait.
    fn judge(&mut self, events: usize) -> (Vec<Entry>, Vec<Finding>) {
        let behind = self.open.split_off(events);
        let entries = std::mem::replace(&mut self.open, behind);
        let acts = record::acts(&entries);
        self.acts += acts.len();
        self.waiting.extend(self.replay.acts(&acts));
        let open = self.open.first().map(|first| first.ordinal);
        let settled = |finding: &mut Finding| open.is_none_or(|open| finding.order().1 < Some(open));
        let mut findings: Vec<Finding> = self.waiting.extract_if(.., settled).collect();
        // Stable: at one event what was looked at first comes first.
        findings.sort_by_key(Finding::order);
        (entries, findings)
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
