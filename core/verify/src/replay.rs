//! Every act of a record is judged anew by the domain's own deciders, and must leave the events that are stored.
//!
//! The states are folded from the events before the act. A command is made again of the facts in its events ([`crate::act`]);
//! what the decider answers is compared with what is stored, field by field. So no rule stands here twice: whatever the rules
//! compute is computed by them, and what they would have refused is found.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;
use siyi_domain::account::{self, Account, AccountEvent};
use siyi_domain::consultation::{self, Consultation, ConsultationEvent, Village};
use siyi_domain::context::Context;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::{self, Jurisdiction, JurisdictionEvent};
use siyi_domain::moment::Moment;
use siyi_domain::refusal::Refusal;
use siyi_domain::roster::{self, Roster, RosterEvent};
use siyi_domain::rules::Rules;
use siyi_log::envelope::DomainEvent;
use uuid::Uuid;

use crate::act::{Groundless, of_account_group, of_jurisdiction_group, of_matter_group, of_roster_group};
use crate::difference;
use crate::finding::{Code, Finding};
use crate::record::{CLOCK_ALLOWANCE_SECONDS, Entry};

mod authority;

pub use authority::{Authority, Why};

/// Most earlier states of a roll or a village that an act may have been judged by.
const MOST_EARLIER: usize = 8;

/// An event as the rules answer it: wire name and data.
type Answer = (&'static str, Value);

/// The states of a record, in which the next act is judged.
#[derive(Clone)]
pub struct Replay<'a> {
    rules: &'a Rules,
    jurisdictions: BTreeMap<JurisdictionCode, Versions<Jurisdiction>>,
    rosters: BTreeMap<JurisdictionCode, Versions<Roster>>,
    matters: BTreeMap<ConsultationId, Consultation>,
    accounts: BTreeMap<Uuid, Versions<Account>>,
    authority: Authority,
}

/// A state and those that it has just taken the place of: an act reads the rolls a moment before it is written, and may have
/// seen them as they were before their last change.
#[derive(Clone)]
struct Versions<S> {
    now: Arc<S>,
    earlier: VecDeque<(Moment, Arc<S>)>,
}

impl<S: Default> Default for Versions<S> {
    fn default() -> Self {
        Self { now: Arc::default(), earlier: VecDeque::new() }
    }
}

impl<S: Clone> Versions<S> {
    fn change(&mut self, recorded_at: Moment, evolve: impl FnOnce(S) -> S) {
        let past = |at: &Moment| recorded_at.since(*at).as_secs() > CLOCK_ALLOWANCE_SECONDS;
        while self.earlier.front().is_some_and(|(at, _)| past(at)) || self.earlier.len() >= MOST_EARLIER {
            self.earlier.pop_front();
        }
        self.earlier.push_back((recorded_at, Arc::clone(&self.now)));
        self.now = Arc::new(evolve(S::clone(&self.now)));
    }

    /// What an act recorded at a moment may have seen, the likeliest first.
    fn seen(&self, recorded_at: Moment) -> Vec<Arc<S>> {
        let earlier = self.earlier.iter().rev().filter(|(superseded, _)| *superseded >= recorded_at);
        std::iter::once(Arc::clone(&self.now)).chain(earlier.map(|(_, state)| Arc::clone(state))).collect()
    }
}

/// Why an act does not hold.
enum Judged {
    Groundless(Groundless),
    Refused(&'static str, Refusal),
    Answered(Vec<Answer>),
}

impl<'a> Replay<'a> {
    /// Begins with nothing.
    #[must_use]
    pub fn new(rules: &'a Rules) -> Self {
        Self {
            rules,
            jurisdictions: BTreeMap::new(),
            rosters: BTreeMap::new(),
            matters: BTreeMap::new(),
            accounts: BTreeMap::new(),
            authority: Authority::default(),
        }
    }

    /// The matter as folded so far.
    #[must_use]
    pub fn matter(&self, id: ConsultationId) -> Option<&Consultation> {
        self.matters.get(&id)
    }

    /// By whose authority the acts so far were done.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Judges one act and goes on to the state after it, whether it holds or not.
    pub fn act(&mut self, act: &[Entry]) -> Vec<Finding> {
        let mut findings = self.judge(act);
        findings.extend(self.newer_than_us(act));
        findings.extend(self.authorised(act));
        for entry in act {
            self.fold(entry);
        }
        findings
    }

    fn judge(&self, act: &[Entry]) -> Vec<Finding> {
        let Some(first) = act.first() else { return Vec::new() };
        if let Some(unknown) = self.pack_unknown(first) {
            return vec![unknown];
        }
        let mut worst = Vec::new();
        for (index, judged) in self.candidates(first, act).into_iter().enumerate() {
            let findings = Self::compared(act, judged);
            if findings.is_empty() {
                return findings;
            }
            // The likeliest candidate's word counts where none holds.
            if index == 0 {
                worst = findings;
            }
        }
        worst
    }

    /// What the rules answer to each command that the act may have been, in each state that it may have seen.
    fn candidates(&self, first: &Entry, act: &[Entry]) -> Vec<Judged> {
        let envelope = &first.recorded.envelope;
        let context = Context {
            occurred_at: envelope.occurred_at,
            recorded_at: envelope.recorded_at,
            actor: envelope.actor,
            rules: self.rules,
        };
        match &first.recorded.event {
            DomainEvent::Jurisdiction(code, _) => self.of_jurisdiction(code, act, &context),
            DomainEvent::Roster(code, _) => self.of_roster(code, act, &context),
            DomainEvent::Consultation(id, _) => self.of_matter(*id, act, &context),
            DomainEvent::Account(id, _) => self.of_account(*id, act, &context),
        }
    }

    /// Whether the person is on a roster is asked before an account is opened, and so is not judged here.
    fn of_account(&self, id: Uuid, act: &[Entry], context: &Context<'_>) -> Vec<Judged> {
        let events: Vec<AccountEvent> = act.iter().filter_map(account_event).collect();
        let state = self.accounts.get(&id).map(|versions| Arc::clone(&versions.now)).unwrap_or_default();
        let commands = match of_account_group(&events) {
            Ok(commands) => commands,
            Err(groundless) => return vec![Judged::Groundless(groundless)],
        };
        let judged = commands.iter().map(|command| {
            let decided = account::decide(&state, command, context);
            answered(command.name(), decided, |event| (event.wire_name(), event.to_data().unwrap_or_default()))
        });
        judged.collect()
    }

    fn of_jurisdiction(&self, code: &JurisdictionCode, act: &[Entry], context: &Context<'_>) -> Vec<Judged> {
        let events: Vec<JurisdictionEvent> = act.iter().filter_map(jurisdiction_event).collect();
        let state = self.jurisdictions.get(code).map(|versions| Arc::clone(&versions.now)).unwrap_or_default();
        let commands = match of_jurisdiction_group(&events) {
            Ok(commands) => commands,
            Err(groundless) => return vec![Judged::Groundless(groundless)],
        };
        let judged = commands.iter().map(|command| {
            let decided = jurisdiction::decide(&state, code, command, context);
            answered(command.name(), decided, |event| (event.wire_name(), event.to_data().unwrap_or_default()))
        });
        judged.collect()
    }

    fn of_roster(&self, code: &JurisdictionCode, act: &[Entry], context: &Context<'_>) -> Vec<Judged> {
        let events: Vec<RosterEvent> = act.iter().filter_map(roster_event).collect();
        let state = self.rosters.get(code).map(|versions| Arc::clone(&versions.now)).unwrap_or_default();
        let commands = match of_roster_group(&events) {
            Ok(commands) => commands,
            Err(groundless) => return vec![Judged::Groundless(groundless)],
        };
        let mut judged = Vec::new();
        for jurisdiction in seen(self.jurisdictions.get(code), context.recorded_at) {
            judged.extend(commands.iter().map(|command| {
                let decided = roster::decide(&state, code, &jurisdiction, command, context);
                answered(command.name(), decided, |event| (event.wire_name(), event.to_data().unwrap_or_default()))
            }));
        }
        judged
    }

    fn of_matter(&self, id: ConsultationId, act: &[Entry], context: &Context<'_>) -> Vec<Judged> {
        let events: Vec<ConsultationEvent> = act.iter().filter_map(matter_event).collect();
        let unborn = Consultation::default();
        let matter = self.matters.get(&id).unwrap_or(&unborn);
        let code = match events.first() {
            Some(ConsultationEvent::MotionRaised(raised)) => Some(&raised.jurisdiction),
            _ => matter.jurisdiction.as_ref(),
        };
        let mut judged = Vec::new();
        for roster in seen(code.and_then(|code| self.rosters.get(code)), context.recorded_at) {
            let commands = match of_matter_group(&events, &roster) {
                Ok(commands) => commands,
                Err(groundless) => return vec![Judged::Groundless(groundless)],
            };
            for jurisdiction in seen(code.and_then(|code| self.jurisdictions.get(code)), context.recorded_at) {
                let village = Village { jurisdiction: &jurisdiction, roster: &roster };
                judged.extend(commands.iter().map(|command| {
                    let decided = consultation::decide(matter, command, village, context);
                    answered(command.name(), decided, |event| (event.wire_name(), event.to_data().unwrap_or_default()))
                }));
            }
        }
        judged
    }

    fn compared(act: &[Entry], judged: Judged) -> Vec<Finding> {
        let Some(first) = act.first() else { return Vec::new() };
        match judged {
            Judged::Groundless(groundless) => {
                vec![Finding::new(Code::ActGroundless, first.place(), "an act", groundless.to_string())]
            }
            Judged::Refused(command, refusal) => vec![refused(first, command, &refusal)],
            Judged::Answered(answers) => Self::difference(act, answers).into_iter().collect(),
        }
    }

    fn difference(act: &[Entry], answers: Vec<Answer>) -> Option<Finding> {
        let mut stored = act.iter();
        for (name, mut expected) in answers {
            let Some(entry) = stored.next() else {
                let place = act.last().map(Entry::place).unwrap_or_default();
                return Some(Finding::new(Code::DerivedMissing, place, name, "-"));
            };
            if entry.newest_name() != name {
                let found = entry.recorded.envelope.event_type.clone();
                return Some(Finding::new(Code::DerivedDiffers, entry.place().at("/type"), name, found));
            }
            let found = stored_data(entry, name);
            allow_for_catalogue(&mut expected, &found);
            if let Some(difference) = difference::first(&expected, &found) {
                let place = entry.place().at(format!("/data{}", difference.field));
                return Some(Finding::new(Code::DerivedDiffers, place, difference.expected, difference.found));
            }
        }
        let surplus = stored.next()?;
        let found = surplus.recorded.envelope.event_type.clone();
        Some(Finding::new(Code::DerivedSurplus, surplus.place(), "-", found))
    }

    /// A catalogue that is newer than this program may send a matter along another road.
    fn newer_than_us(&self, act: &[Entry]) -> Option<Finding> {
        let ours = self.rules.matters.version;
        act.iter().find_map(|entry| match &entry.recorded.event {
            DomainEvent::Consultation(_, ConsultationEvent::MotionScreened(e)) => {
                let theirs = e.catalogue_version.filter(|version| *version > ours)?;
                let place = entry.place().at("/data/catalogue_version");
                Some(Finding::new(Code::CatalogueNewer, place, format!("≤ {ours}"), theirs.to_string()))
            }
            _ => None,
        })
    }

    /// A pack that this program does not have, or has in another version, cannot judge anything here.
    fn pack_unknown(&self, first: &Entry) -> Option<Finding> {
        let DomainEvent::Consultation(id, event) = &first.recorded.event else { return None };
        let (pack, version) = match event {
            ConsultationEvent::MotionRaised(raised) => (raised.procedure.as_str(), Some(raised.procedure_version)),
            _ => (self.matters.get(id)?.standing.procedure.as_str(), None),
        };
        let place = first.place().at("/data/procedure");
        match self.rules.procedure(pack) {
            None => Some(Finding::new(Code::PackUnknown, place, "a pack of this program", pack)),
            Some(ours) if version.is_some_and(|theirs| theirs > ours.version) => {
                let theirs = format!("{pack} v{}", version.unwrap_or_default());
                Some(Finding::new(Code::PackUnknown, place, format!("{pack} v{}", ours.version), theirs))
            }
            Some(_) => None,
        }
    }

    fn fold(&mut self, entry: &Entry) {
        let (occurred_at, recorded_at) = (entry.recorded.envelope.occurred_at, entry.recorded.envelope.recorded_at);
        match &entry.recorded.event {
            DomainEvent::Jurisdiction(code, event) => {
                let versions = self.jurisdictions.entry(code.clone()).or_default();
                versions.change(recorded_at, |state| state.evolve(event));
            }
            DomainEvent::Roster(code, event) => {
                let versions = self.rosters.entry(code.clone()).or_default();
                versions.change(recorded_at, |state| state.evolve(event, occurred_at));
            }
            DomainEvent::Consultation(id, event) => {
                let matter = std::mem::take(self.matters.entry(*id).or_default());
                self.matters.insert(*id, matter.evolve(event, occurred_at));
            }
            DomainEvent::Account(id, event) => {
                self.accounts.entry(*id).or_default().change(recorded_at, |state| state.evolve(event));
            }
        }
    }
}

fn seen<S: Clone + Default>(versions: Option<&Versions<S>>, recorded_at: Moment) -> Vec<Arc<S>> {
    versions.map_or_else(|| vec![Arc::default()], |versions| versions.seen(recorded_at))
}

fn answered<E>(command: &'static str, decided: Result<Vec<E>, Refusal>, told: impl Fn(&E) -> Answer) -> Judged {
    match decided {
        Ok(events) => Judged::Answered(events.iter().map(told).collect()),
        Err(refusal) => Judged::Refused(command, refusal),
    }
}

/// The catalogue grows: that an older record names an older version is no difference, and a newer one is found elsewhere.
fn allow_for_catalogue(expected: &mut Value, found: &Value) {
    if let (Some(ours), Some(theirs)) = (expected.get_mut("catalogue_version"), found.get("catalogue_version")) {
        *ours = theirs.clone();
    }
}

/// The data as stored; of an older version, as it is read today.
fn stored_data(entry: &Entry, newest: &str) -> Value {
    if entry.recorded.envelope.event_type == newest {
        return entry.data.clone();
    }
    let read = match &entry.recorded.event {
        DomainEvent::Jurisdiction(_, event) => event.to_data(),
        DomainEvent::Roster(_, event) => event.to_data(),
        DomainEvent::Consultation(_, event) => event.to_data(),
        DomainEvent::Account(_, event) => event.to_data(),
    };
    read.unwrap_or_default()
}

fn refused(first: &Entry, command: &str, refusal: &Refusal) -> Finding {
    let figures: Vec<String> = refusal.figures.iter().map(|(name, figure)| format!("{name}={figure}")).collect();
    let figures = figures.join(", ");
    let found = format!("{} {figures}", refusal.code.as_str()).trim_end().to_owned();
    let rule = refusal.rule.as_ref().map(|rule| format!(" {} {}", rule.law, rule.article)).unwrap_or_default();
    let zh = format!("{command}：{}（{figures}）{rule}", refusal.code.zh());
    let en = format!("{command}: {} ({figures}){rule}", refusal.code.en());
    Finding::new(Code::ActRefused, first.place(), format!("{command} permitted"), found).saying(zh, en)
}

fn matter_event(entry: &Entry) -> Option<ConsultationEvent> {
    match &entry.recorded.event {
        DomainEvent::Consultation(_, event) => Some(event.clone()),
        DomainEvent::Jurisdiction(..) | DomainEvent::Roster(..) | DomainEvent::Account(..) => None,
    }
}

fn roster_event(entry: &Entry) -> Option<RosterEvent> {
    match &entry.recorded.event {
        DomainEvent::Roster(_, event) => Some(event.clone()),
        DomainEvent::Jurisdiction(..) | DomainEvent::Consultation(..) | DomainEvent::Account(..) => None,
    }
}

fn jurisdiction_event(entry: &Entry) -> Option<JurisdictionEvent> {
    match &entry.recorded.event {
        DomainEvent::Jurisdiction(_, event) => Some(event.clone()),
        DomainEvent::Roster(..) | DomainEvent::Consultation(..) | DomainEvent::Account(..) => None,
    }
}

fn account_event(entry: &Entry) -> Option<AccountEvent> {
    match &entry.recorded.event {
        DomainEvent::Account(_, event) => Some(event.clone()),
        DomainEvent::Jurisdiction(..) | DomainEvent::Roster(..) | DomainEvent::Consultation(..) => None,
    }
}
