//! 重新判断: before a log is served, its whole record is judged anew, as anybody who verifies it will do.
//!
//! What was signed is looked at elsewhere ([`crate::public_log`]): an untrue event that was signed is one that only the rules
//! find. How long it takes, docs/adr/0022 says.

use bytes::Bytes;
use siyi_domain::moment::Moment;
use siyi_domain::rules::Rules;
use siyi_log::envelope::Subject;
use siyi_log::port::{AllFrom, Direction, EventStore, ReadError};
use siyi_verify::derive::Judge;
use siyi_verify::finding::{Finding, Weight};
use siyi_verify::record::{CLOCK_ALLOWANCE_SECONDS, Entry};
use siyi_verify::verify::MAX_FINDINGS;

/// A record that was judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    /// How many events of the domain it has.
    pub events: usize,
    /// How many acts.
    pub acts: usize,
    /// The latest time of recording; none for an empty record.
    pub latest: Option<Moment>,
    /// What is wrong, or could not be judged, the first thing first; at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
}

/// Why a record may not be served.
#[derive(Debug, thiserror::Error)]
pub enum NotServed {
    /// An event does not follow from the facts and the rules, or an act was done that the rules refuse.
    #[error("{}", .0.in_both())]
    Wrong(Box<Finding>),
    /// The machine's clock stands before what was recorded last: what is recorded now would run backwards.
    #[error("the clock says {now}, and an event was recorded at {latest}")]
    ClockBehind {
        /// The machine's time.
        now: Moment,
        /// The latest time of recording.
        latest: Moment,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl NotServed {
    /// The stable public code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Wrong(_) => "record-wrong",
            Self::ClockBehind { .. } => "clock-behind-record",
            Self::Read(error) => error.code(),
        }
    }
}

/// Most events that are read, and then judged side by side on all cores.
const BATCH: usize = 2048;

/// Judges a whole log. `each` is shown every event that could be read.
///
/// # Errors
/// [`ReadError`] where the log cannot be read.
pub async fn judge(
    store: &dyn EventStore,
    rules: &Rules,
    mut each: impl FnMut(&Entry) + Send,
) -> Result<Judged, ReadError> {
    let mut judge = Judge::new(rules);
    let mut findings = Vec::new();
    let mut from = AllFrom::Start;
    loop {
        let events = store.read_all(from, Direction::Forwards, BATCH).await?;
        let Some(last) = events.last() else { break };
        from = AllFrom::After(last.position);
        let of_domain = events.into_iter().filter(|event| Subject::of(&event.stream).is_some());
        let bodies: Vec<Bytes> = of_domain.map(|event| event.body).collect();
        let (entries, found) = judge.hear(&bodies);
        entries.iter().for_each(&mut each);
        keep(&mut findings, found);
    }
    let (entries, found) = judge.end();
    entries.iter().for_each(each);
    keep(&mut findings, found);
    Ok(Judged { events: judge.events(), acts: judge.acts(), latest: judge.latest(), findings })
}

fn keep(findings: &mut Vec<Finding>, found: Vec<Finding>) {
    let left = MAX_FINDINGS.saturating_sub(findings.len());
    findings.extend(found.into_iter().filter(|finding| finding.weight() != Weight::Note).take(left));
}

impl Judged {
    /// The first thing that is wrong.
    #[must_use]
    pub fn first_wrong(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.weight() == Weight::Wrong)
    }

    /// The latest time of recording, where a clock that says `now` stands before it by more than is allowed.
    #[must_use]
    pub fn ahead_of(&self, now: Moment) -> Option<Moment> {
        self.latest.filter(|latest| latest.since(now).as_secs() > CLOCK_ALLOWANCE_SECONDS)
    }

    /// Whether a server may go on with this record at this time.
    ///
    /// # Errors
    /// [`NotServed`].
    pub fn check(&self, now: Moment) -> Result<(), NotServed> {
        if let Some(wrong) = self.first_wrong() {
            return Err(NotServed::Wrong(Box::new(wrong.clone())));
        }
        match self.ahead_of(now) {
            Some(latest) => Err(NotServed::ClockBehind { now, latest }),
            None => Ok(()),
        }
    }
}
