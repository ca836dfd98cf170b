//! What was said, held against what is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use siyi_domain::roster::RosterEvent;
use siyi_log::canonical::{is_canonical, sha256};
use siyi_log::envelope::{DomainEvent, Recorded};
use siyi_log::handler::{Handler, Outcome as Handled};
use siyi_log::port::{AllFrom, Direction, EventStore, Position, StoredEvent, StreamName};
use siyi_log::vault::{MAX_ROWS, Vault};
use uuid::Uuid;

use super::act::Act;
use super::random::Random;
use super::said::{Acknowledged, Said};
use super::{Broken, Outcome, hold};

/// Acknowledged acts that are sent again at each inspection.
const SENT_AGAIN: usize = 3;
const PAGE: usize = 5000;
/// A stream that is no stream of the domain, and makes a log heavy.
pub const BALLAST: &str = "ballast";

/// Everything that writers have said about one store, and what was found in it.
#[derive(Debug, Default)]
pub struct Ledger {
    acts: HashMap<Uuid, Act>,
    acknowledged: BTreeMap<Uuid, Acknowledged>,
    refused: BTreeSet<Uuid>,
    /// Sent, and not answered.
    open: BTreeSet<Uuid>,
    /// Acknowledged since the last look at the log.
    fresh: Vec<Acknowledged>,
    names: HashMap<Uuid, String>,
    log: Log,
}

/// The log as it was found last.
#[derive(Debug, Default)]
struct Log {
    /// A hash of each event and all that is said of it, in the order of the log.
    hashes: Vec<[u8; 32]>,
    places: HashMap<Uuid, Place>,
    next_revisions: HashMap<StreamName, u64>,
    by_command: HashMap<Uuid, Vec<Uuid>>,
    /// The command that caused the newest event.
    newest: Option<Uuid>,
    /// Digests of names, and whose they are.
    sealed: Vec<(String, Uuid)>,
}

#[derive(Debug)]
struct Place {
    stream: StreamName,
    revision: u64,
    position: u64,
}

impl Ledger {
    /// How many commands were acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// How many events are in the log.
    #[must_use]
    pub fn events(&self) -> usize {
        self.log.hashes.len()
    }

    /// What was sent and not answered.
    #[must_use]
    pub fn open(&self) -> Vec<&Act> {
        self.open.iter().filter_map(|command| self.acts.get(command)).collect()
    }

    /// Takes note of what a writer has said.
    pub fn hear(&mut self, said: Vec<Said>) -> Outcome<()> {
        for line in said {
            match line {
                Said::Ready | Said::Failed { .. } => {}
                Said::Sending(act) => {
                    self.names.extend(act.names());
                    self.open.insert(act.command);
                    self.acts.insert(act.command, act);
                }
                Said::Refused { command, .. } => {
                    self.refused.insert(command);
                }
                Said::Recorded(acknowledged) => self.take(acknowledged)?,
            }
        }
        let (acknowledged, refused) = (&self.acknowledged, &self.refused);
        self.open.retain(|command| !acknowledged.contains_key(command) && !refused.contains(command));
        match refused.iter().find(|command| acknowledged.contains_key(command)) {
            None => Ok(()),
            Some(command) => Err(Broken::Wrong(format!("the command {command} was recorded and refused"))),
        }
    }

    fn take(&mut self, acknowledged: Acknowledged) -> Outcome<()> {
        self.fresh.push(acknowledged.clone());
        let Some(earlier) = self.acknowledged.get_mut(&acknowledged.command) else {
            self.acknowledged.insert(acknowledged.command, acknowledged);
            return Ok(());
        };
        let twice = !earlier.already && !acknowledged.already;
        hold(earlier.agrees(&acknowledged) && !twice, || {
            format!("a command was answered in two ways: {earlier:?} and {acknowledged:?}")
        })?;
        earlier.already &= acknowledged.already;
        Ok(())
    }

    /// Reads the log, from its start or from where it was read to before, and the names in the vault; then holds what was
    /// acknowledged since the last time against it.
    pub async fn check(&mut self, store: &dyn EventStore, vault: &dyn Vault, from_start: bool) -> Outcome<()> {
        let sealed = if from_start { 0 } else { self.log.sealed.len() };
        let begun = self.log.by_command.len();
        let new = self.read(store, from_start).await?;
        hold(begun + new.len() == self.log.by_command.len(), || "a command was counted twice".into())?;
        for command in &new {
            self.check_whole(command)?;
        }
        for acknowledged in std::mem::take(&mut self.fresh) {
            self.check_acknowledged(&acknowledged)?;
        }
        if from_start {
            self.acknowledged.values().try_for_each(|acknowledged| self.check_acknowledged(acknowledged))?;
        }
        self.check_names(vault, sealed).await
    }

    /// Reads on, and answers the commands that were not there before.
    async fn read(&mut self, store: &dyn EventStore, from_start: bool) -> Outcome<BTreeSet<Uuid>> {
        let known = self.log.hashes.len() as u64;
        let mut next = if from_start { 0 } else { known };
        let mut new = BTreeSet::new();
        loop {
            let page = store.read_all(AllFrom::At(Position(next)), Direction::Forwards, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for event in page {
                hold(event.position.0 == next, || format!("behind position {next} follows {}", event.position))?;
                new.extend(self.log.accept(&event)?);
                next += 1;
            }
        }
        let head = store.head().await?.map_or(0, |head| head.0 + 1);
        hold(head == next, || format!("the head is {head} and the log ends at {next}"))?;
        if next < known {
            return Err(Broken::Lost(format!("the log had {known} events and has {next}")));
        }
        Ok(new)
    }

    /// A command that is in the log was sent, was not refused, and is there with all its events.
    fn check_whole(&self, command: &Uuid) -> Outcome<()> {
        let found = self.log.by_command.get(command).map_or(0, Vec::len);
        let Some(act) = self.acts.get(command) else {
            return Err(Broken::Wrong(format!("nobody has sent the command {command}")));
        };
        hold(found == act.event_count(), || {
            format!("{found} of {} events of the command {command} ({}) are there", act.event_count(), act.name)
        })?;
        hold(!self.refused.contains(command), || format!("the command {command} was refused and is there"))
    }

    fn check_acknowledged(&self, acknowledged: &Acknowledged) -> Outcome<()> {
        let Acknowledged { command, stream, first_revision, position, events, .. } = acknowledged;
        let mut last = None;
        for (id, revision) in events.iter().zip(*first_revision..) {
            let Some(place) = self.log.places.get(id) else {
                return Err(Broken::Lost(format!("the event {id} of the command {command} at position {position}")));
            };
            hold(place.stream.as_str() == stream && place.revision == revision, || {
                format!("the event {id} was acknowledged as {stream} {revision} and is {place:?}")
            })?;
            last = Some(place.position);
        }
        hold(last == Some(*position), || format!("{command} was acknowledged at {position} and is at {last:?}"))?;
        hold(self.log.by_command.get(command) == Some(events), || {
            format!("the command {command} has other events than were acknowledged")
        })
    }

    async fn check_names(&self, vault: &dyn Vault, from: usize) -> Outcome<()> {
        for sealed in self.log.sealed.get(from..).unwrap_or_default().chunks(MAX_ROWS) {
            let digests: Vec<_> = sealed.iter().map(|(digest, _)| digest.clone()).collect();
            for ((digest, person), opened) in sealed.iter().zip(vault.open_many(&digests).await?) {
                let Some(opened) = opened else {
                    return Err(Broken::Lost(format!("the name of {person}: the digest `{digest}` does not open")));
                };
                hold(opened.subject == *person && self.names.get(person) == Some(&opened.value), || {
                    format!("the vault has another name for {person}")
                })?;
            }
        }
        Ok(())
    }

    /// Sends what was not answered once more, and some of what was: all of it has one effect.
    pub async fn send_again(&mut self, handler: &Handler, random: &mut Random) -> Outcome<usize> {
        let open = std::mem::take(&mut self.open);
        for command in &open {
            let was_there = self.log.by_command.contains_key(command);
            match self.send(handler, command).await? {
                Handled::Recorded(receipt) => {
                    hold(receipt.already == was_there, || {
                        format!("the command {command} was there: {was_there}, and it was answered {receipt:?}")
                    })?;
                    self.take(Acknowledged::of(*command, &receipt))?;
                }
                Handled::Refused(refusal) => {
                    hold(!was_there, || format!("the command {command} is there and was refused: {refusal:?}"))?;
                    self.refused.insert(*command);
                }
            }
        }
        let known: Vec<_> = self.acknowledged.keys().copied().collect();
        for command in (0..SENT_AGAIN).filter_map(|_| random.one_of(&known)) {
            match self.send(handler, command).await? {
                Handled::Recorded(receipt) if receipt.already => {
                    self.take(Acknowledged::of(*command, &receipt))?;
                }
                answer => return Err(Broken::Wrong(format!("{command} was acknowledged, and now: {answer:?}"))),
            }
        }
        Ok(open.len())
    }

    async fn send(&self, handler: &Handler, command: &Uuid) -> Outcome<Handled> {
        let request = self.acts.get(command).and_then(Act::request);
        let request = request.ok_or_else(|| Broken::Wrong(format!("nobody has sent the command {command}")))?;
        Ok(handler.handle(&request).await?)
    }
}

impl Log {
    /// Takes the next event, or holds it against what it was before. Answers its command if that is new.
    fn accept(&mut self, event: &StoredEvent) -> Outcome<Option<Uuid>> {
        let said = format!("{} {} {} {}", event.id, event.stream, event.revision, event.event_type);
        let hash = sha256(&[said.as_bytes(), &event.body].concat());
        let position = event.position.0;
        let index = usize::try_from(position).unwrap_or(usize::MAX);
        if let Some(before) = self.hashes.get(index) {
            hold(*before == hash, || format!("the event at position {position} was another one"))?;
            return Ok(None);
        }
        self.hashes.push(hash);
        self.check_form(event)?;
        let stream = &event.stream;
        let next = self.next_revisions.entry(stream.clone()).or_default();
        hold(event.revision.0 == *next, || format!("in `{stream}` {} follows where {next} should", event.revision))?;
        *next += 1;
        let place = Place { stream: stream.clone(), revision: event.revision.0, position };
        let twice = self.places.insert(event.id, place).is_some();
        hold(!twice, || format!("the event {} is there twice", event.id))?;
        self.accept_command(event)
    }

    #[allow(clippy::unused_self, reason = "one check among the others")]
    fn check_form(&self, event: &StoredEvent) -> Outcome<()> {
        hold(is_canonical(&event.body), || format!("the event at position {} is not canonical", event.position))
    }

    fn accept_command(&mut self, event: &StoredEvent) -> Outcome<Option<Uuid>> {
        let Some(recorded) = Recorded::read(event)? else {
            let is_ballast = event.stream.as_str() == BALLAST;
            self.newest = None;
            return if is_ballast { Ok(None) } else { Err(Broken::Wrong(format!("what is `{}`?", event.stream))) };
        };
        let envelope = &recorded.envelope;
        let same = envelope.id == event.id
            && envelope.stream == event.stream
            && envelope.revision == event.revision.0
            && envelope.event_type == event.event_type;
        hold(same, || format!("the envelope at position {} tells another event: {envelope:?}", event.position))?;
        if let DomainEvent::Roster(_, RosterEvent::PersonRegistered(registered)) = &recorded.event {
            self.sealed.push((registered.name.to_string(), registered.person.0));
        }
        let command = envelope.causation_id;
        let of_command = self.by_command.entry(command).or_default();
        let is_new = of_command.is_empty();
        of_command.push(event.id);
        let apart = !is_new && self.newest != Some(command);
        self.newest = Some(command);
        hold(!apart, || format!("the events of the command {command} stand apart: it was recorded twice"))?;
        Ok(is_new.then_some(command))
    }
}
