//! The states that acts lead to, kept in maps.

use std::collections::BTreeMap;

use siyi_domain::account::{self, Account, AccountEvent};
use siyi_domain::consultation::{self, Consultation, ConsultationCommand, ConsultationEvent, Standing, Village};
use siyi_domain::context::Context;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::{self, Jurisdiction, JurisdictionEvent};
use siyi_domain::moment::Moment;
use siyi_domain::refusal::Refusal;
use siyi_domain::roster::{self, Roster, RosterEvent};
use siyi_domain::rules::Rules;

use super::Told;
use super::act::{Act, Command};

/// What an accepted act led to.
#[derive(Debug, Clone)]
pub struct Done {
    /// Its events.
    pub events: Vec<Told>,
    /// Whether it was recorded later than the matter's procedure allows (补录).
    pub late: bool,
}

/// Everything that has happened in a scenario.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    jurisdictions: BTreeMap<JurisdictionCode, Stream<Jurisdiction, JurisdictionEvent>>,
    rosters: BTreeMap<JurisdictionCode, Stream<Roster, RosterEvent>>,
    matters: BTreeMap<ConsultationId, Stream<Consultation, ConsultationEvent>>,
    accounts: BTreeMap<ConsultationId, Stream<Account, AccountEvent>>,
}

/// One aggregate: its state, and its events as they were read back from the wire.
#[derive(Debug, Clone)]
struct Stream<S, E> {
    state: S,
    history: Vec<(Moment, E)>,
}

impl<S: Default, E> Default for Stream<S, E> {
    fn default() -> Self {
        Self { state: S::default(), history: Vec::new() }
    }
}

type Outcome = Result<Done, Refusal>;

impl World {
    pub(super) fn is_new(&self) -> bool {
        self.jurisdictions.is_empty() && self.rosters.is_empty() && self.matters.is_empty()
    }

    /// Where the matter of an act stands.
    pub(super) fn standing(&self, act: &Act) -> Standing {
        self.matters.get(&act.matter).map(|matter| matter.state.standing.clone()).unwrap_or_default()
    }

    /// Decides an act and, if it is accepted, lets it happen.
    pub(super) fn act(&mut self, act: &Act, rules: &Rules) -> Result<Outcome, String> {
        // As the handler does it: before anything else looks at the act.
        if let Some(refusal) = &act.refusal {
            return Ok(Err(refusal.clone()));
        }
        let Act { at: occurred_at, recorded_at, actor, .. } = *act;
        let context = Context { occurred_at, recorded_at, actor, rules };
        let events = match &act.command {
            Command::Jurisdiction(command) => {
                let stream = self.jurisdictions.entry(act.jurisdiction.clone()).or_default();
                let decided = jurisdiction::decide(&stream.state, &act.jurisdiction, command, &context);
                stream.take(decided, act.at)?
            }
            Command::Roster(command) => {
                let jurisdiction = self.jurisdiction(&act.jurisdiction);
                let state = self.rosters.get(&act.jurisdiction).map(|stream| &stream.state);
                let other = state.and_then(|state| roster::other_place(state, command)).map(|code| self.village(code));
                let elsewhere = other.filter(|(place, _)| place.registered.is_some()).map(|(_, roster)| roster);
                let stream = self.rosters.entry(act.jurisdiction.clone()).or_default();
                let decided = roster::decide(
                    &stream.state,
                    &act.jurisdiction,
                    &jurisdiction,
                    elsewhere.as_ref(),
                    command,
                    &context,
                );
                stream.take(decided, act.at)?
            }
            Command::Account(command) => {
                let stream = self.accounts.entry(act.matter).or_default();
                let decided = account::decide(&stream.state, command, &context);
                stream.take(decided, act.at)?
            }
            Command::Consultation(command) => {
                let matter = self.matters.get(&act.matter).map(|stream| stream.state.clone()).unwrap_or_default();
                let code = match &**command {
                    ConsultationCommand::RaiseMotion(raise) => Some(&raise.jurisdiction),
                    _ => matter.jurisdiction.as_ref(),
                };
                let (jurisdiction, roster) = code.map(|code| self.village(code)).unwrap_or_default();
                let village = Village { jurisdiction: &jurisdiction, roster: &roster };
                let decided = consultation::decide(&matter, command, village, &context);
                self.matters.entry(act.matter).or_default().take(decided, act.at)?
            }
        };
        let late = rules.procedure(&self.standing(act).procedure).is_some_and(|p| p.is_late(act.at, act.recorded_at));
        Ok(events.map(|events| Done { events, late }))
    }

    fn jurisdiction(&self, code: &JurisdictionCode) -> Jurisdiction {
        self.jurisdictions.get(code).map(|stream| stream.state.clone()).unwrap_or_default()
    }

    fn village(&self, code: &JurisdictionCode) -> (Jurisdiction, Roster) {
        let roster = self.rosters.get(code).map(|stream| stream.state.clone()).unwrap_or_default();
        (self.jurisdiction(code), roster)
    }
}

/// An aggregate's events, as the runner needs them.
trait Tells<S>: Clone + PartialEq + Sized {
    fn wire_name(&self) -> &'static str;
    fn to_data(&self) -> Result<serde_json::Value, serde_json::Error>;
    fn from_wire(name: &str, data: &str) -> Result<Option<Self>, serde_json::Error>;
    fn evolve(&self, state: S, at: Moment) -> S;
}

macro_rules! tells {
    ($event:ty, $state:ty, $evolve:expr) => {
        impl Tells<$state> for $event {
            fn wire_name(&self) -> &'static str {
                self.wire_name()
            }

            fn to_data(&self) -> Result<serde_json::Value, serde_json::Error> {
                self.to_data()
            }

            fn from_wire(name: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
                Self::from_wire(name, data)
            }

            fn evolve(&self, state: $state, at: Moment) -> $state {
                let evolve: fn($state, &Self, Moment) -> $state = $evolve;
                evolve(state, self, at)
            }
        }
    };
}

tells!(JurisdictionEvent, Jurisdiction, |state, event, _| state.evolve(event));
tells!(RosterEvent, Roster, |state, event, at| state.evolve(event, at));
tells!(AccountEvent, Account, |state, event, _| state.evolve(event));
tells!(ConsultationEvent, Consultation, |state, event, at| state.evolve(event, at));

impl<S: Clone + Default + PartialEq, E: Tells<S>> Stream<S, E> {
    /// Lets decided events happen. decide must not contradict evolve: each event survives the way through its wire name and
    /// JSON, and all events so far, read back and replayed from zero, lead to the state that the decided ones led to.
    fn take(&mut self, decided: Result<Vec<E>, Refusal>, at: Moment) -> Result<Result<Vec<Told>, Refusal>, String> {
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut told = Vec::with_capacity(events.len());
        for event in &events {
            let name = event.wire_name();
            let data = event.to_data().map_err(|e| format!("`{name}` cannot be written: {e}"))?;
            let read = E::from_wire(name, &data.to_string()).map_err(|e| format!("`{name}` cannot be read: {e}"))?;
            let read = read.filter(|read| read == event).ok_or_else(|| format!("`{name}` is changed by the wire"))?;
            self.state = event.evolve(std::mem::take(&mut self.state), at);
            self.history.push((at, read));
            told.push((name.to_owned(), data));
        }
        let replayed = self.history.iter().fold(S::default(), |state, (at, event)| event.evolve(state, *at));
        if replayed != self.state {
            return Err("a replay from zero leads to another state".to_owned());
        }
        Ok(Ok(told))
    }
}
