//! The command handler: load, decide, append, and once more if somebody was faster.
//!
//! [`Handler::handle`] is the only way in which a domain event is written. GraphQL, the case files and the scenarios of a
//! running server all end here.

use std::sync::Arc;

use serde_json::Value;
use siyi_domain::account::{self, Account, AccountEvent};
use siyi_domain::consultation::{self, Consultation, ConsultationCommand, ConsultationEvent, Village};
use siyi_domain::context::Context;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::{self, Jurisdiction, JurisdictionEvent};
use siyi_domain::moment::Moment;
use siyi_domain::office::Actor;
use siyi_domain::refusal::{Refusal, RefusalCode};
use siyi_domain::roster::{self, Roster, RosterCommand, RosterEvent};
use siyi_domain::rules::Rules;
use uuid::Uuid;

mod command;
mod error;
mod identity;
mod signing;
mod states;

pub use command::{Command, JURISDICTION_COMMANDS, ROSTER_COMMANDS, Target};
pub use error::HandleError;
pub use identity::event_id;
pub use signing::{Form, SALTED, ToSign};

use crate::clock::Clock;
use crate::envelope::{Envelope, Recorded, Subject, body_of};
use crate::port::{
    AppendError, Direction, EventRefused, EventStore, Expected, NewEvent, Position, ReadFrom, Revision, StreamName,
};
use crate::records::RecordsHeld;
use crate::vault::{Disclosure, MemorySeeds, Salts, Seed, Seeds, Vault};
use crate::via::{Signed, Via};
use command::Sealing;
use states::States;

/// How often a command is decided anew when somebody else was faster.
pub const MAX_ATTEMPTS: usize = 16;

/// A command from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The client's id of the command: sent twice, it has one effect and one answer.
    pub command_id: Uuid,
    /// What it is addressed to.
    pub target: Target,
    /// The command by its GraphQL name.
    pub name: String,
    /// Its input as JSON, personal texts in clear.
    pub input: Value,
    /// When it happened; now if left out.
    pub occurred_at: Option<Moment>,
    /// Who acts, in which office.
    pub actor: Actor,
    /// What it belongs to; the command's own id if left out.
    pub correlation_id: Option<Uuid>,
    /// By which way it came.
    pub via: Option<Via>,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was recorded; survives a power loss.
    Recorded(Receipt),
    /// The domain said no; nothing was recorded.
    Refused(Refusal),
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The stream.
    pub stream: StreamName,
    /// Position of the last event: a query may ask to see at least this.
    pub position: Position,
    /// Ids and wire names of the events, in order.
    pub events: Vec<(Uuid, String)>,
    /// Revision of the first of them.
    pub first_revision: Revision,
    /// Whether the command had been recorded before.
    pub already: bool,
}

/// Loads, decides and appends.
pub struct Handler {
    store: Arc<dyn EventStore>,
    vault: Arc<dyn Vault>,
    salts: Arc<dyn Salts>,
    seeds: Arc<dyn Seeds>,
    clock: Arc<dyn Clock>,
    rules: Arc<Rules>,
    states: States,
    records: Option<Arc<dyn RecordsHeld>>,
    /// Held while somebody is admitted, or taken back at home: each looks at the other's roster and writes to its own.
    two_rolls: tokio::sync::Mutex<()>,
}

impl Handler {
    /// A handler over its ports.
    #[must_use]
    pub fn new(
        store: Arc<dyn EventStore>,
        vault: Arc<dyn Vault>,
        salts: Arc<dyn Salts>,
        clock: Arc<dyn Clock>,
        rules: Arc<Rules>,
    ) -> Self {
        let states = States::new(Arc::clone(&store));
        Self {
            store,
            vault,
            salts,
            seeds: Arc::new(MemorySeeds::default()),
            clock,
            rules,
            states,
            records: None,
            two_rolls: tokio::sync::Mutex::default(),
        }
    }

    /// The same, which asks what lies with a person before it erases them.
    #[must_use]
    pub fn with_records(self, records: Arc<dyn RecordsHeld>) -> Self {
        Self { records: Some(records), ..self }
    }

    /// The same, whose seeds wait where other nodes find them too; otherwise they wait in memory.
    #[must_use]
    pub fn with_seeds(self, seeds: Arc<dyn Seeds>) -> Self {
        Self { seeds, ..self }
    }

    /// The rule data.
    #[must_use]
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// The log.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A matter as its events tell it now.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn consultation(&self, id: ConsultationId) -> Result<Arc<Consultation>, HandleError> {
        Ok(self.states.consultation(id).await?.0)
    }

    /// A roster as its events tell it now.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn roster(&self, code: &JurisdictionCode) -> Result<Arc<Roster>, HandleError> {
        Ok(self.states.roster(code).await?.0)
    }

    /// Whether a jurisdiction is registered.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn is_registered(&self, code: &JurisdictionCode) -> Result<bool, HandleError> {
        Ok(self.states.jurisdiction(code).await?.0.registered.is_some())
    }

    /// An account as its events tell it now.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn account(&self, id: Uuid) -> Result<Arc<Account>, HandleError> {
        Ok(self.states.account(id).await?.0)
    }

    /// Does what a command asks for, or says why not.
    ///
    /// # Errors
    /// [`HandleError`] if the input is malformed, the log or the vault is unavailable or corrupt, or the race was lost
    /// [`MAX_ATTEMPTS`] times.
    pub async fn handle(&self, request: &Request) -> Result<Outcome, HandleError> {
        let outcome = self.decided(request).await?;
        if let (Outcome::Recorded(_), Some(person)) = (&outcome, erased(request)) {
            // After the event: a refused erasure destroys nothing. A crash in between is made good at the next start
            // ([`crate::erasure`]), or by the command sent again.
            self.vault.forget(person).await?;
        }
        Ok(outcome)
    }

    /// What a passkey has to sign before this is done; or the answer, where there is one already or the rules say no. From now on a
    /// seed waits for the signature ([`Seeds`]), where the act has personal texts.
    ///
    /// # Errors
    /// As [`Handler::handle`]; nothing is recorded.
    pub async fn challenge(&self, request: &Request) -> Result<Challenged, HandleError> {
        let hash = identity::command_hash(request)?;
        if let Some(earlier) = self.earlier(request, &hash).await? {
            return Ok(Challenged::Answered(earlier));
        }
        let seed = Seed::random(self.salts.as_ref())?;
        let Sealing { command, refusal, .. } = self.sealed(request, &seed).await?;
        if let Some(refusal) = refusal {
            return Ok(Challenged::Answered(Outcome::Refused(refusal)));
        }
        let context = self.context(request);
        let (subject, _, decided) = self.decide(&request.target, &command, &context).await?;
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => return Ok(Challenged::Answered(Outcome::Refused(refusal))),
        };
        let challenge = to_sign(request, &hash, &subject.stream()?, &events).challenge().map_err(EventRefused::from)?;
        if command::is_salted(request)? {
            self.seeds.keep(request.command_id, seed, self.clock.now()).await?;
        }
        Ok(Challenged::Sign(challenge))
    }

    /// The seed of an attempt to record: of a signed act the one that waits, so that the digests are those that were signed. Where
    /// none waits, a new one, and then the signature does not fit.
    async fn seed(&self, request: &Request) -> Result<Seed, HandleError> {
        let is_signed = matches!(&request.via, Some(Via { signed: Signed::Passkey(_), .. }));
        if is_signed
            && command::is_salted(request)?
            // INVARIANT: taken before anything is written, so that no seed outlives the events that were salted from it.
            && let Some(seed) = self.seeds.take(request.command_id, self.clock.now()).await?
        {
            return Ok(seed);
        }
        Ok(Seed::random(self.salts.as_ref())?)
    }

    fn context(&self, request: &Request) -> Context<'_> {
        let recorded_at = self.clock.now();
        let occurred_at = request.occurred_at.unwrap_or(recorded_at);
        Context { occurred_at, recorded_at, actor: request.actor, rules: &self.rules }
    }

    async fn decided(&self, request: &Request) -> Result<Outcome, HandleError> {
        let hash = identity::command_hash(request)?;
        if let Some(earlier) = self.earlier(request, &hash).await? {
            return Ok(earlier);
        }
        let seed = self.seed(request).await?;
        let Sealing { command, mut disclosures, refusal } = self.sealed(request, &seed).await?;
        if let Some(refusal) = refusal {
            return Ok(Outcome::Refused(refusal));
        }
        for _ in 0..MAX_ATTEMPTS {
            match self.attempt(request, &hash, &command, &mut disclosures).await? {
                Attempt::Done(Outcome::Recorded(receipt)) => return Ok(Outcome::Recorded(receipt)),
                Attempt::OtherAct => return self.earlier(request, &hash).await?.ok_or(HandleError::OtherAct),
                // Our twin may have been recorded since we looked: then its answer is the answer.
                Attempt::Done(refused) => return Ok(self.earlier(request, &hash).await?.unwrap_or(refused)),
                Attempt::Raced => {
                    if let Some(earlier) = self.earlier(request, &hash).await? {
                        return Ok(earlier);
                    }
                }
            }
        }
        Err(HandleError::Contention { attempts: MAX_ATTEMPTS })
    }

    async fn sealed(&self, request: &Request, seed: &Seed) -> Result<Sealing, HandleError> {
        let mut sealing = command::seal(request, seed)?;
        self.fill_in(&request.target, &mut sealing.command).await?;
        Ok(sealing)
    }

    /// Facts of this server and not of whoever asks.
    async fn fill_in(&self, target: &Target, command: &mut Command) -> Result<(), HandleError> {
        match (command, &self.records, target) {
            (Command::Roster(RosterCommand::ErasePerson(erase)), records, _) => {
                erase.last_key_backup_expires = self.vault.last_key_backup_expires().map(Moment::day);
                if let Some(records) = records {
                    erase.records = Some(records.of_person(erase.person).await?);
                }
            }
            (Command::Roster(RosterCommand::DisposeFile(dispose)), Some(records), Target::Jurisdiction(place)) => {
                let held = records.of_file(place, &dispose.file).await?;
                // Of a paper that its keeper destroys only who writes it down knows.
                if !held.is_empty() {
                    dispose.records = Some(held);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a command with this id was recorded.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn is_recorded(&self, command_id: Uuid) -> Result<bool, HandleError> {
        Ok(self.store.find(identity::event_id(command_id, 0)).await?.is_some())
    }

    async fn attempt(
        &self,
        request: &Request,
        hash: &str,
        command: &Command,
        disclosures: &mut Vec<Disclosure>,
    ) -> Result<Attempt, HandleError> {
        let context = self.context(request);
        let _one_at_a_time = match command {
            Command::Roster(RosterCommand::AdmitResident(_) | RosterCommand::ReadmitResident(_)) => {
                Some(self.two_rolls.lock().await)
            }
            _ => None,
        };
        let (subject, next, decided) = self.decide(&request.target, command, &context).await?;
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => return Ok(Attempt::Done(Outcome::Refused(refusal))),
        };
        let stream = subject.stream()?;
        if let Some(Via { signed: Signed::Passkey(assertion), .. }) = &request.via
            && !to_sign(request, hash, &stream, &events).is_signed_by(assertion).map_err(EventRefused::from)?
        {
            // The world has changed since, or no seed waited: the act would say something else than was signed.
            return Ok(Attempt::OtherAct);
        }
        let new = sealed_events(request, hash, &context, &stream, next, events)?;
        let named = new.iter().map(|event| (event.id(), event.event_type().to_owned())).collect();
        if !disclosures.is_empty() {
            // INVARIANT: disclosures are durable before the event that carries their digests.
            self.vault.put(std::mem::take(disclosures)).await?;
        }
        let expected = next.0.checked_sub(1).map_or(Expected::NoStream, |last| Expected::Exact(Revision(last)));
        match self.store.append(&stream, expected, new).await {
            Ok(appended) => Ok(Attempt::Done(Outcome::Recorded(Receipt {
                stream,
                position: appended.last_position,
                events: named,
                first_revision: appended.first_revision,
                already: appended.already,
            }))),
            Err(AppendError::Conflict { .. }) => Ok(Attempt::Raced),
            Err(other) => Err(other.into()),
        }
    }

    async fn decide(
        &self,
        target: &Target,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<(Subject, Revision, Result<Vec<Data>, Refusal>), HandleError> {
        match (target, command) {
            (Target::Jurisdiction(code), Command::Jurisdiction(command)) => {
                let (state, next) = self.states.jurisdiction(code).await?;
                let decided = jurisdiction::decide(&state, code, command, context);
                Ok((Subject::Jurisdiction(code.clone()), next, data_of(decided, JurisdictionEvent::to_data)))
            }
            (Target::Jurisdiction(code), Command::Roster(command)) => {
                let (jurisdiction, _) = self.states.jurisdiction(code).await?;
                let (state, next) = self.states.roster(code).await?;
                let elsewhere = self.elsewhere(&state, command).await?;
                let decided = roster::decide(&state, code, &jurisdiction, elsewhere.as_deref(), command, context);
                Ok((Subject::Roster(code.clone()), next, data_of(decided, RosterEvent::to_data)))
            }
            (Target::Consultation(id), Command::Consultation(command)) => {
                let (state, next) = self.states.consultation(*id).await?;
                let (jurisdiction, roster) = self.village(&state, command).await?;
                let village = Village { jurisdiction: &jurisdiction, roster: &roster };
                let decided = consultation::decide(&state, command, village, context);
                Ok((Subject::Consultation(*id), next, data_of(decided, ConsultationEvent::to_data)))
            }
            (Target::Account(id), Command::Account(command)) => {
                let (state, next) = self.states.account(*id).await?;
                let decided = account::decide(&state, command, context);
                Ok((Subject::Account(*id), next, data_of(decided, AccountEvent::to_data)))
            }
            _ => Err(HandleError::InvalidInput {
                path: "target".to_owned(),
                message: "the command is not addressed to this kind of target".to_owned(),
            }),
        }
    }

    /// The roster of the other place that a command rests on, where that place is registered in this log.
    async fn elsewhere(&self, state: &Roster, command: &RosterCommand) -> Result<Option<Arc<Roster>>, HandleError> {
        let Some(other) = roster::other_place(state, command) else { return Ok(None) };
        Ok(if self.is_registered(other).await? { Some(self.roster(other).await?) } else { None })
    }

    async fn village(
        &self,
        matter: &Consultation,
        command: &ConsultationCommand,
    ) -> Result<(Arc<Jurisdiction>, Arc<Roster>), HandleError> {
        let code: Option<&JurisdictionCode> = match command {
            ConsultationCommand::RaiseMotion(raise) => Some(&raise.jurisdiction),
            _ => matter.jurisdiction.as_ref(),
        };
        let Some(code) = code else { return Ok(Default::default()) };
        Ok((self.states.jurisdiction(code).await?.0, self.states.roster(code).await?.0))
    }

    /// The answer that the same command got before, if it was recorded.
    async fn earlier(&self, request: &Request, hash: &str) -> Result<Option<Outcome>, HandleError> {
        let Some(first) = self.store.find(identity::event_id(request.command_id, 0)).await? else {
            return Ok(None);
        };
        let from = ReadFrom::Revision(first.revision);
        let stored =
            self.store.read_stream(&first.stream, from, Direction::Forwards, crate::port::MAX_APPEND_EVENTS).await?;
        let mut receipt = Receipt {
            stream: first.stream,
            position: first.position,
            events: Vec::new(),
            first_revision: first.revision,
            already: true,
        };
        for event in stored {
            let Some(recorded) = Recorded::read(&event)? else { break };
            if recorded.envelope.causation_id != request.command_id {
                break;
            }
            if recorded.envelope.command_hash != hash {
                let refusal = Refusal::from(RefusalCode::CommandIdReused);
                return Ok(Some(Outcome::Refused(refusal.with("command_id", request.command_id.to_string()))));
            }
            receipt.position = event.position;
            receipt.events.push((event.id, event.event_type));
        }
        Ok(Some(Outcome::Recorded(receipt)))
    }
}

/// Whose data the command erases.
fn erased(request: &Request) -> Option<Uuid> {
    let person = (request.name == "erasePerson").then(|| request.input.get("person")?.as_str());
    person.flatten()?.parse().ok()
}

enum Attempt {
    Done(Outcome),
    Raced,
    OtherAct,
}

type Data = (&'static str, Value);

/// What has to happen before an act that is to be signed.
#[derive(Debug, Clone)]
pub enum Challenged {
    /// This is signed first ([`ToSign::challenge`]).
    Sign([u8; 32]),
    /// There is nothing to sign.
    Answered(Outcome),
}

fn to_sign<'a>(request: &Request, hash: &'a str, stream: &'a StreamName, events: &'a [Data]) -> ToSign<'a> {
    ToSign {
        command_id: request.command_id,
        command_hash: hash,
        stream: stream.as_str(),
        actor: request.actor,
        occurred_at: request.occurred_at,
        events: events.iter().map(|(name, data)| (*name, data)).collect(),
    }
}

fn data_of<E: Named>(
    decided: Result<Vec<E>, Refusal>,
    to_data: fn(&E) -> Result<Value, serde_json::Error>,
) -> Result<Vec<Data>, Refusal> {
    // A shape of the domain always serializes; an empty object would be refused by the event's schema in the contracts.
    let named = |event: &E| (event.name(), to_data(event).unwrap_or_default());
    decided.map(|events| events.iter().map(named).collect())
}

trait Named {
    fn name(&self) -> &'static str;
}

impl Named for JurisdictionEvent {
    fn name(&self) -> &'static str {
        self.wire_name()
    }
}

impl Named for AccountEvent {
    fn name(&self) -> &'static str {
        self.wire_name()
    }
}

impl Named for RosterEvent {
    fn name(&self) -> &'static str {
        self.wire_name()
    }
}

impl Named for ConsultationEvent {
    fn name(&self) -> &'static str {
        self.wire_name()
    }
}

fn sealed_events(
    request: &Request,
    hash: &str,
    context: &Context<'_>,
    stream: &StreamName,
    next: Revision,
    events: Vec<Data>,
) -> Result<Vec<NewEvent>, HandleError> {
    let numbered = (next.0..).zip(0u32..).zip(events);
    let sealed = numbered.map(|((revision, index), (event_type, data))| {
        let envelope = Envelope {
            id: identity::event_id(request.command_id, index),
            stream: stream.clone(),
            revision,
            event_type: event_type.to_owned(),
            occurred_at: context.occurred_at,
            recorded_at: context.recorded_at,
            actor: request.actor,
            on_behalf_of: body_of(request.actor.office),
            correlation_id: request.correlation_id.unwrap_or(request.command_id),
            causation_id: request.command_id,
            command_hash: hash.to_owned(),
            via: request.via.clone(),
        };
        envelope.seal_with(data).map_err(HandleError::from)
    });
    sealed.collect()
}
