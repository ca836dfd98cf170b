//! Every way through the procedure of a small village, walked: no state lies past an unmet condition.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code beside the test functions")]

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::civil::{Date, date};
use siyi_domain::calendar::{days_between, plus_days};
use siyi_domain::consultation::facts::Outcome;
use siyi_domain::consultation::{Consultation, ConsultationCommand, ConsultationEvent, Ending, Stage};
use siyi_domain::ids::PersonId;
use siyi_tests::borders::ground::person;
use siyi_tests::conditions::Record;
use siyi_tests::small_village::{PEOPLE, SmallVillage, noon, raise};

/// While it is deliberated: to the day of a meeting called three days ahead.
const WAITS_BEFORE: &[i64] = &[3];
/// While it is carried out: past the objection window, past the posting.
const WAITS_AFTER: &[i64] = &[8, 17];
/// Bounds of the walk; within them every way is walked.
const MOST_WAITS_BEFORE: usize = 2;
const MOST_WAITS_AFTER: usize = 3;
const MOST_MEETINGS: u16 = 5;
const MOST_VERSIONS: u16 = 2;
/// States after which the walk stops and fails: the bounds above must keep it far below.
const MOST_STATES: usize = 200_000;

#[derive(Clone)]
struct At {
    state: Consultation,
    record: Record,
    day: Date,
    waits: usize,
}

impl At {
    /// What bears on what may follow. Left out: the number of the meeting and the wording of plan and text, which no rule looks
    /// at, and the papers, of which every attempt files all.
    fn key(&self) -> u64 {
        let standing = &self.state.standing;
        let since = |day: Option<Date>| day.map(|day| days_between(day, self.day));
        let mut hasher = DefaultHasher::new();
        let (stage, open) = match &standing.stage {
            Stage::Step { code, meeting } => (code.clone(), meeting.clone()),
            other => (format!("{other:?}"), None),
        };
        (stage, open.map(|open| (open.form, since(Some(open.held_on))))).hash(&mut hasher);
        (standing.version, self.state.plan.is_some(), self.waits, &standing.forms).hash(&mut hasher);
        (since(standing.since).map(|days| days.min(4)), since(standing.completed_on)).hash(&mut hasher);
        for notice in &standing.notices {
            (notice.kind, since(Some(notice.posted_on)), notice.closed_on.is_some()).hash(&mut hasher);
        }
        for objection in &standing.objections {
            (objection.notice, since(Some(objection.raised_on)), since(objection.answered_on)).hash(&mut hasher);
            objection.correction_owed.hash(&mut hasher);
        }
        self.sitting().hash(&mut hasher);
        hasher.finish()
    }

    /// Who sits at the open meeting, the most who ever did, and how far its motion is.
    fn sitting(&self) -> (BTreeSet<PersonId>, usize, Option<usize>, Option<Outcome>) {
        use ConsultationEvent as E;
        let (mut present, mut peak, mut put, mut outcome) = (BTreeSet::new(), 0, None, None);
        for (_, event) in &self.record.0 {
            match event {
                E::MeetingConvened(_) => (present, peak, put, outcome) = (BTreeSet::new(), 0, None, None),
                E::MembersCheckedIn(e) => {
                    present.extend(e.persons.iter().copied());
                    peak = peak.max(present.len());
                }
                E::MembersCheckedOut(e) => present.retain(|person| !e.persons.contains(person)),
                E::MotionPut(_) => put = Some(present.len()),
                E::MotionAmended(_) => put = None,
                E::DecisionMade(e) => (put, outcome) = (None, Some(e.outcome)),
                _ => {}
            }
        }
        let open = matches!(self.state.standing.stage, Stage::Step { meeting: Some(_), .. });
        if open { (present, peak, put, outcome) } else { (BTreeSet::new(), 0, None, None) }
    }

    fn is_within_bounds(&self) -> bool {
        let standing = &self.state.standing;
        standing.meetings <= MOST_MEETINGS
            && standing.version <= MOST_VERSIONS
            && standing.notices.len() <= 2
            && standing.objections.len() <= 1
            && !matches!(standing.stage, Stage::Ended(_))
    }
}

#[test]
fn no_state_lies_past_an_unmet_condition() {
    let village = SmallVillage::default();
    let mut seen = HashSet::new();
    let mut queue = VecDeque::from([begin(&village)]);
    // What went before a resolution no longer bears on what follows: one way to it is walked on from.
    let mut resolved = false;
    let mut ends: HashMap<Ending, usize> = HashMap::new();
    let mut steps = 0_u64;
    while let Some(at) = queue.pop_front() {
        if let Stage::Ended(ending) = at.state.standing.stage {
            *ends.entry(ending).or_default() += 1;
        }
        if !at.is_within_bounds() {
            continue;
        }
        for next in next(&village, &at) {
            steps += 1;
            if matches!(next.state.standing.stage, Stage::Executing)
                && !matches!(at.state.standing.stage, Stage::Executing)
            {
                if std::mem::replace(&mut resolved, true) {
                    continue;
                }
                queue.push_back(At { waits: 0, ..next });
            } else if seen.insert(next.key()) {
                queue.push_back(next);
            }
        }
        assert!(seen.len() < MOST_STATES, "the walk does not end");
    }
    println!("walked {} states, {steps} steps, ends {ends:?}", seen.len());
    // The walk is worth nothing if it never gets there.
    assert!(ends.contains_key(&Ending::Archived) && ends.contains_key(&Ending::Rejected), "{ends:?}");
}

fn begin(village: &SmallVillage) -> At {
    let day = date(2026, 6, 1);
    let mut at = At { state: Consultation::default(), record: Record::default(), day, waits: 0 };
    let events = village.decide(&at.state, &raise(village.pack()), day).unwrap();
    at.record.take(noon(day), &events, village.pack()).unwrap();
    at.state = events.iter().fold(at.state, |state, event| state.evolve(event, noon(day)));
    at
}

/// Where one more act, or waiting, leads; each event is held against all that came before it.
fn next(village: &SmallVillage, at: &At) -> Vec<At> {
    let mut nexts = Vec::new();
    for command in village.attempts(at.day) {
        if !is_in_order(&command, at) {
            continue;
        }
        let Ok(events) = village.decide(&at.state, &command, at.day) else { continue };
        let mut next = at.clone();
        if let Err(message) = next.record.take(noon(at.day), &events, village.pack()) {
            let road: Vec<_> = at.record.0.iter().map(|(at, event)| format!("{at} {}", event.wire_name())).collect();
            panic!("{command:?}: {message}\nafter\n{}", road.join("\n"));
        }
        next.state = events.iter().fold(next.state, |state, event| state.evolve(event, noon(at.day)));
        nexts.push(next);
    }
    let executing = matches!(at.state.standing.stage, Stage::Executing);
    let (waits, most) = if executing { (WAITS_AFTER, MOST_WAITS_AFTER) } else { (WAITS_BEFORE, MOST_WAITS_BEFORE) };
    if at.waits < most {
        for days in waits {
            nexts.push(At { day: plus_days(at.day, *days).unwrap(), waits: at.waits + 1, ..at.clone() });
        }
    }
    nexts
}

/// Nobody of the village is distinguished, so people come in the order of their numbers; a property test holds that the order
/// does not matter.
fn is_in_order(command: &ConsultationCommand, at: &At) -> bool {
    let ConsultationCommand::CheckIn(c) = command else { return true };
    let came = at
        .record
        .0
        .iter()
        .filter(|(_, e)| matches!(e, ConsultationEvent::MembersCheckedIn(i) if i.meeting == c.meeting));
    c.persons == [person(came.count() as u64 % PEOPLE)]
}
