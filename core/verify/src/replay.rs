//! Every act of a record is judged anew by the domain's own deciders, and must leave the events that are stored.
//!
//! The states are folded from the events before the act. A command is made again of the facts in its events ([`crate::act`]);
//! what the decider answers is compared with what is stored, field by field. So no rule stands here twice: whatever the rules
//! compute is computed by them, and what they would have refused is found.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;
use siyi_domain::account::{self, Account, AccountEvent};
use siyi_domain::consultation::{self, Consultation, ConsultationEvent, Village};
use siyi_domain::context::Context;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::{self, Jurisdiction, JurisdictionEvent};
use siyi_domain::moment::Moment;
use siyi_domain::refusal::Refusal;
use siyi_domain::roster::{self, Roster, RosterCommand, RosterEvent};
use siyi_domain::rules::Rules;
use siyi_log::envelope::DomainEvent;
use uuid::Uuid;

use crate::act::{Groundless, of_account_group, of_jurisdiction_group, of_matter_group, of_roster_group};
use crate::difference;
use crate::finding::{Code, Finding};
use crate::record::{self, Entry};

mod authority;
mod history;

pub use authority::{Authority, Why};
use history::{History, Versions, now, seen};

/// Most acts that are judged side by side. Each leaves a state behind, so this bounds how many are held at once.
const MOST_AT_ONCE: usize = 256;

/// An event as the rules answer it: wire name and data.
type Answer = (&'static str, Value);

/// The states of a record, in which the next acts are judged.
///
/// What an act rests on may be of its own village, of those above and of the account through which it came. So states are told
/// apart by acts and not by villages: the events of some acts are folded one after the other, and each act is then judged in the
/// states that it found, all of them side by side.
#[derive(Clone)]
pub struct Replay<'a> {
    rules: &'a Rules,
    jurisdictions: BTreeMap<JurisdictionCode, History<Versions<Jurisdiction>>>,
    rosters: BTreeMap<JurisdictionCode, History<Versions<Roster>>>,
    matters: BTreeMap<ConsultationId, History<Arc<Consultation>>>,
    accounts: BTreeMap<Uuid, History<Versions<Account>>>,
    /// The first act that came through an account: behind it all have to.
    by_account: Option<usize>,
    /// How many acts were folded.
    folded: usize,
    authority: Authority,
}

/// Why an act does not hold.
enum Judged {
    Groundless(Groundless),
    Refused(&'static str, Refusal),
    Answered(Vec<Answer>),
}

/// What the rules answer to each command that an act may have been, in each state that it may have seen; the likeliest first.
type Candidates<'c> = Box<dyn Iterator<Item = Judged> + 'c>;

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
            by_account: None,
            folded: 0,
            authority: Authority::default(),
        }
    }

    /// By whose authority the acts so far were done.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Judges acts that stand one behind the other and goes on to the state after them, whether they hold or not.
    pub fn acts(&mut self, acts: &[&[Entry]]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for some in acts.chunks(MOST_AT_ONCE) {
            let from = self.folded;
            for act in some {
                self.fold(act);
            }
            let judged: Vec<_> = some.par_iter().zip(from..self.folded).map(|(act, at)| self.judged(at, act)).collect();
            for (found, authority) in judged {
                findings.extend(found);
                self.authority.add(authority);
            }
            for act in some {
                self.forget_before(act);
            }
        }
        findings
    }

    fn judged(&self, at: usize, act: &[Entry]) -> (Vec<Finding>, Authority) {
        let mut findings: Vec<Finding> = record::check_act(act).into_iter().collect();
        findings.extend(self.judge(at, act));
        findings.extend(self.newer_than_us(act));
        findings.extend(self.on_two_rolls(at, act));
        let (of_authority, authority) = self.authorised(at, act);
        findings.extend(of_authority);
        // An act is judged by all of its events: what is wrong with one of them comes before what follows from that.
        let last = act.last().map(|entry| entry.ordinal);
        for finding in &mut findings {
            finding.known_at = last;
        }
        (findings, authority)
    }

    fn judge(&self, at: usize, act: &[Entry]) -> Vec<Finding> {
        let Some(first) = act.first() else { return Vec::new() };
        if let Some(unknown) = self.pack_unknown(at, first) {
            return vec![unknown];
        }
        let envelope = &first.recorded.envelope;
        let context = Context {
            occurred_at: envelope.occurred_at,
            recorded_at: envelope.recorded_at,
            actor: envelope.actor,
            rules: self.rules,
        };
        let candidates = match &first.recorded.event {
            DomainEvent::Jurisdiction(code, _) => self.of_jurisdiction(at, code, act, &context),
            DomainEvent::Roster(code, _) => self.of_roster(at, code, act, &context),
            DomainEvent::Consultation(id, _) => self.of_matter(at, *id, act, &context),
            DomainEvent::Account(id, _) => self.of_account(at, *id, act, &context),
        };
        let mut worst = None;
        for judged in candidates {
            let findings = Self::compared(act, judged);
            if findings.is_empty() {
                return findings;
            }
            // The likeliest candidate's word counts where none holds.
            worst.get_or_insert(findings);
        }
        worst.unwrap_or_default()
    }

    /// Whether the person is on a roster is asked before an account is opened, and so is not judged here.
    fn of_account<'c>(&self, at: usize, id: Uuid, act: &[Entry], context: &'c Context<'c>) -> Candidates<'c> {
        let events: Vec<&AccountEvent> = act.iter().filter_map(account_event).collect();
        let state = now(self.accounts.get(&id), at);
        each(of_account_group(&events), move |command| {
            let decided = account::decide(&state, &command, context);
            answered(command.name(), decided, |event| (event.wire_name(), event.to_data().unwrap_or_default()))
        })
    }

    fn of_jurisdiction<'c>(
        &self,
        at: usize,
        code: &'c JurisdictionCode,
        act: &[Entry],
        context: &'c Context<'c>,
    ) -> Candidates<'c> {
        let events: Vec<&JurisdictionEvent> = act.iter().filter_map(jurisdiction_event).collect();
        let state = now(self.jurisdictions.get(code), at);
        each(of_jurisdiction_group(&events), move |command| {
            let decided = jurisdiction::decide(&state, code, &command, context);
            answered(command.name(), decided, |event| (event.wire_name(), event.to_data().unwrap_or_default()))
        })
    }

    fn of_roster<'c>(
        &self,
        at: usize,
        code: &'c JurisdictionCode,
        act: &[Entry],
        context: &'c Context<'c>,
    ) -> Candidates<'c> {
        let events: Vec<&RosterEvent> = act.iter().filter_map(roster_event).collect();
        let state = now(self.rosters.get(code), at);
        let commands = match of_roster_group(&events) {
            Ok(commands) => commands,
            Err(groundless) => return Box::new(std::iter::once(Judged::Groundless(groundless))),
        };
        let jurisdictions = seen(self.jurisdictions.get(code), at, context.recorded_at);
        let elsewhere = commands.first().map_or_else(|| vec![None], |command| self.elsewhere(at, &state, act, command));
        Box::new(jurisdictions.into_iter().flat_map(move |jurisdiction| {
            let judged = commands.iter().flat_map(|command| {
                elsewhere.iter().map(|other| {
                    let decided = roster::decide(&state, code, &jurisdiction, other.as_deref(), command, context);
                    answered(command.name(), decided, |event| (event.wire_name(), event.to_data().unwrap_or_default()))
                })
            });
            judged.collect::<Vec<_>>()
        }))
    }

    /// The rosters of the other place that an act may have seen; none where the record does not hold that place, as a bundle of
    /// one village does not: then the paper is its word.
    fn elsewhere(&self, at: usize, state: &Roster, act: &[Entry], command: &RosterCommand) -> Vec<Option<Arc<Roster>>> {
        // Before the second version nobody was asked who the person is at home.
        let unasked = act.first().is_some_and(|first| first.recorded.envelope.event_type == "resident-admitted.v1");
        let Some((other, first)) = roster::other_place(state, command).filter(|_| !unasked).zip(act.first()) else {
            return vec![None];
        };
        let recorded_at = first.recorded.envelope.recorded_at;
        if now(self.jurisdictions.get(other), at).registered.is_none() {
            return vec![None];
        }
        seen(self.rosters.get(other), at, recorded_at).into_iter().map(Some).collect()
    }

    fn of_matter<'c>(
        &self,
        at: usize,
        id: ConsultationId,
        act: &'c [Entry],
        context: &'c Context<'c>,
    ) -> Candidates<'c> {
        let events: Vec<&ConsultationEvent> = act.iter().filter_map(matter_event).collect();
        let matter = self.matters.get(&id).and_then(|history| history.before(at)).cloned().unwrap_or_default();
        let code = match events.first() {
            Some(ConsultationEvent::MotionRaised(raised)) => Some(&raised.jurisdiction),
            _ => matter.jurisdiction.as_ref(),
        };
        let rosters = seen(code.and_then(|code| self.rosters.get(code)), at, context.recorded_at);
        let jurisdictions = seen(code.and_then(|code| self.jurisdictions.get(code)), at, context.recorded_at);
        Box::new(rosters.into_iter().flat_map(move |roster| {
            let commands = match of_matter_group(&events, &roster) {
                Ok(commands) => commands,
                Err(groundless) => return vec![Judged::Groundless(groundless)],
            };
            let judged = jurisdictions.iter().flat_map(|jurisdiction| {
                let village = Village { jurisdiction, roster: &roster };
                commands
                    .iter()
                    .map(|command| {
                        let decided = consultation::decide(&matter, command, village, context);
                        answered(command.name(), decided, |event| {
                            (event.wire_name(), event.to_data().unwrap_or_default())
                        })
                    })
                    .collect::<Vec<_>>()
            });
            judged.collect()
        }))
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

    /// Two acts of one moment may each have been right by what it saw of the other's roster: several nodes can record them so.
    fn on_two_rolls(&self, at: usize, act: &[Entry]) -> Option<Finding> {
        let first = act.first()?;
        let DomainEvent::Roster(here, event) = &first.recorded.event else { return None };
        let roster = |code| now(self.rosters.get(code), at);
        let (home, person, other, both) = match event {
            RosterEvent::ResidentAdmitted(e) => {
                let (person, home) = (e.home_person?, roster(&e.home));
                let both = home.known(person).is_ok() && home.struck_for(person) != Some(here);
                (e.home.clone(), person, here.clone(), both)
            }
            RosterEvent::ResidentReadmitted(e) => {
                let other = roster(here).struck_for(e.person)?.clone();
                let both = roster(&other).admits(here, e.person);
                (here.clone(), e.person, other, both)
            }
            _ => return None,
        };
        both.then(|| {
            Finding::new(Code::OnTwoRolls, first.place(), format!("roster-{home} {person}"), other.to_string())
        })
    }

    /// A pack that this program does not have, or has in another version, cannot judge anything here.
    fn pack_unknown(&self, at: usize, first: &Entry) -> Option<Finding> {
        let DomainEvent::Consultation(id, event) = &first.recorded.event else { return None };
        let (pack, version) = match event {
            ConsultationEvent::MotionRaised(raised) => (raised.procedure.as_str(), Some(raised.procedure_version)),
            _ => (self.matters.get(id)?.before(at)?.standing.procedure.as_str(), None),
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

    /// The events of one act, all of one stream.
    fn fold(&mut self, act: &[Entry]) {
        let at = self.folded;
        self.folded += 1;
        let Some(first) = act.first() else { return };
        let envelope = &first.recorded.envelope;
        if self.by_account.is_none() && envelope.via.as_ref().is_some_and(|via| via.account.is_some()) {
            self.by_account = self.place_of(at, first).map(|_| at);
        }
        let recorded_at = envelope.recorded_at;
        match &first.recorded.event {
            DomainEvent::Jurisdiction(code, _) => {
                let evolve = |state| act.iter().filter_map(jurisdiction_event).fold(state, Jurisdiction::evolve);
                let history = self.jurisdictions.entry(code.clone()).or_default();
                history.change(at, |versions| versions.changed(recorded_at, evolve));
            }
            DomainEvent::Roster(code, _) => {
                let evolve =
                    |state| occurred(act, roster_event).fold(state, |state: Roster, (e, at)| state.evolve(e, at));
                let history = self.rosters.entry(code.clone()).or_default();
                history.change(at, |versions| versions.changed(recorded_at, evolve));
            }
            DomainEvent::Consultation(id, _) => {
                let evolve = |state, (event, at)| Consultation::evolve(state, event, at);
                let history = self.matters.entry(*id).or_default();
                history.change(at, |matter| {
                    Arc::new(occurred(act, matter_event).fold(Arc::unwrap_or_clone(matter), evolve))
                });
            }
            DomainEvent::Account(id, _) => {
                let evolve = |state| act.iter().filter_map(account_event).fold(state, Account::evolve);
                let history = self.accounts.entry(*id).or_default();
                history.change(at, |versions| versions.changed(recorded_at, evolve));
            }
        }
    }

    /// Keeps of the stream that an act changed only what it has come to.
    fn forget_before(&mut self, act: &[Entry]) {
        match act.first().map(|first| &first.recorded.event) {
            Some(DomainEvent::Jurisdiction(code, _)) => {
                self.jurisdictions.get_mut(code).into_iter().for_each(History::forget_earlier);
            }
            Some(DomainEvent::Roster(code, _)) => {
                self.rosters.get_mut(code).into_iter().for_each(History::forget_earlier);
            }
            Some(DomainEvent::Consultation(id, _)) => {
                self.matters.get_mut(id).into_iter().for_each(History::forget_earlier);
            }
            Some(DomainEvent::Account(id, _)) => {
                self.accounts.get_mut(id).into_iter().for_each(History::forget_earlier);
            }
            None => {}
        }
    }
}

/// An act's events of one kind with when they happened.
fn occurred<'e, E: 'e>(
    act: &'e [Entry],
    of: impl Fn(&'e Entry) -> Option<&'e E>,
) -> impl Iterator<Item = (&'e E, Moment)> {
    act.iter().filter_map(move |entry| Some((of(entry)?, entry.recorded.envelope.occurred_at)))
}

/// What follows from each command that may have led to an act, the likeliest first.
fn each<'c, C: 'c>(commands: Result<Vec<C>, Groundless>, judged: impl FnMut(C) -> Judged + 'c) -> Candidates<'c> {
    match commands {
        Ok(commands) => Box::new(commands.into_iter().map(judged)),
        Err(groundless) => Box::new(std::iter::once(Judged::Groundless(groundless))),
    }
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

const fn matter_event(entry: &Entry) -> Option<&ConsultationEvent> {
    match &entry.recorded.event {
        DomainEvent::Consultation(_, event) => Some(event),
        DomainEvent::Jurisdiction(..) | DomainEvent::Roster(..) | DomainEvent::Account(..) => None,
    }
}

const fn roster_event(entry: &Entry) -> Option<&RosterEvent> {
    match &entry.recorded.event {
        DomainEvent::Roster(_, event) => Some(event),
        DomainEvent::Jurisdiction(..) | DomainEvent::Consultation(..) | DomainEvent::Account(..) => None,
    }
}

const fn jurisdiction_event(entry: &Entry) -> Option<&JurisdictionEvent> {
    match &entry.recorded.event {
        DomainEvent::Jurisdiction(_, event) => Some(event),
        DomainEvent::Roster(..) | DomainEvent::Consultation(..) | DomainEvent::Account(..) => None,
    }
}

const fn account_event(entry: &Entry) -> Option<&AccountEvent> {
    match &entry.recorded.event {
        DomainEvent::Account(_, event) => Some(event),
        DomainEvent::Jurisdiction(..) | DomainEvent::Roster(..) | DomainEvent::Consultation(..) => None,
    }
}
