//! The stored form of an event: what stands around its data, and the way to and from canonical JSON.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use siyi_domain::account::AccountEvent;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office, RollKind};
use siyi_domain::roster::RosterEvent;
use uuid::Uuid;

use crate::port::{EventRefused, NewEvent, Position, Revision, StoredEvent, StreamName};
use crate::via::Via;

/// What stands around an event's data. Every field is in the hashed bytes; the position is not, since each store gives its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The event's id.
    pub id: Uuid,
    /// Its stream.
    pub stream: StreamName,
    /// Its revision in the stream.
    pub revision: u64,
    /// Its wire name with version.
    #[serde(rename = "type")]
    pub event_type: String,
    /// When it happened in the world.
    pub occurred_at: Moment,
    /// When the log took it.
    pub recorded_at: Moment,
    /// Who acted, in which office.
    pub actor: Actor,
    /// The body for which the actor acted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub on_behalf_of: Option<RollKind>,
    /// What it belongs to: the same for everything that one request from outside led to.
    pub correlation_id: Uuid,
    /// The command that caused it.
    pub causation_id: Uuid,
    /// SHA-256 of the command with its personal texts left out, base64url: tells a repeated command from a reused id.
    pub command_hash: String,
    /// By which way the act came; absent in what was imported or composed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub via: Option<Via>,
}

/// An event of any aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every event is of a matter, so boxing it would cost what it saves"
)]
pub enum DomainEvent {
    /// Of a jurisdiction.
    Jurisdiction(JurisdictionCode, JurisdictionEvent),
    /// Of a roster.
    Roster(JurisdictionCode, RosterEvent),
    /// Of a matter.
    Consultation(ConsultationId, ConsultationEvent),
    /// Of an account.
    Account(Uuid, AccountEvent),
}

/// An event read back from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What stands around it.
    pub envelope: Envelope,
    /// Its place in the log.
    pub position: Position,
    /// The event.
    pub event: DomainEvent,
    /// The stored bytes, canonical JSON: what hashes and proofs are of.
    pub body: bytes::Bytes,
}

/// Why a stored event cannot be read as a domain event.
#[derive(Debug, thiserror::Error)]
#[error("event {position} of `{stream}` cannot be read: {reason}")]
pub struct Undecodable {
    position: Position,
    stream: StreamName,
    reason: String,
}

/// The four kinds of domain streams.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// `jurisdiction-<code>`
    Jurisdiction(JurisdictionCode),
    /// `roster-<code>`
    Roster(JurisdictionCode),
    /// `consultation-<uuid>`
    Consultation(ConsultationId),
    /// `account-<uuid>`
    Account(Uuid),
}

impl Subject {
    /// The subject of a stream; `None` if the stream is not of the domain.
    #[must_use]
    pub fn of(stream: &StreamName) -> Option<Self> {
        let (kind, key) = stream.as_str().split_once('-')?;
        match kind {
            "jurisdiction" => key.parse().ok().map(Self::Jurisdiction),
            "roster" => key.parse().ok().map(Self::Roster),
            "consultation" => key.parse().ok().map(Self::Consultation),
            "account" => key.parse().ok().map(Self::Account),
            _ => None,
        }
    }

    /// Its stream.
    ///
    /// # Errors
    /// Never for a valid code or uuid.
    pub fn stream(&self) -> Result<StreamName, crate::port::InvalidStreamName> {
        match self {
            Self::Jurisdiction(code) => StreamName::new(format!("jurisdiction-{code}")),
            Self::Roster(code) => StreamName::new(format!("roster-{code}")),
            Self::Consultation(id) => StreamName::new(format!("consultation-{id}")),
            Self::Account(id) => StreamName::new(format!("account-{id}")),
        }
    }
}

/// The stored body, read in one pass: the envelope's fields and the data still as text.
#[derive(Deserialize)]
struct Body<'a> {
    id: Uuid,
    stream: StreamName,
    revision: u64,
    #[serde(rename = "type")]
    event_type: String,
    occurred_at: Moment,
    recorded_at: Moment,
    actor: Actor,
    #[serde(default)]
    on_behalf_of: Option<RollKind>,
    correlation_id: Uuid,
    causation_id: Uuid,
    command_hash: String,
    #[serde(default)]
    via: Option<Via>,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Body<'_> {
    fn event(&self, subject: Subject, name: &str) -> Result<DomainEvent, String> {
        let event = DomainEvent::from_wire(subject, name, self.data.get()).map_err(|e| e.to_string())?;
        event.ok_or_else(|| format!("`{name}` is no event of this stream"))
    }

    fn envelope(self) -> Envelope {
        Envelope {
            id: self.id,
            stream: self.stream,
            revision: self.revision,
            event_type: self.event_type,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            actor: self.actor,
            on_behalf_of: self.on_behalf_of,
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
            command_hash: self.command_hash,
            via: self.via,
        }
    }
}

impl Envelope {
    /// The event in its stored form.
    ///
    /// # Errors
    /// [`EventRefused`] if it is over the limit of bytes.
    pub fn seal_with(&self, data: serde_json::Value) -> Result<NewEvent, EventRefused> {
        let mut body = serde_json::to_value(self).unwrap_or_default();
        if let Some(object) = body.as_object_mut() {
            object.insert("data".to_owned(), data);
        }
        NewEvent::new(self.id, self.event_type.clone(), &body)
    }
}

impl Recorded {
    /// Reads a stored event; `None` if its stream is not of the domain.
    ///
    /// # Errors
    /// [`Undecodable`] if the bytes are not what their wire name promises.
    pub fn read(stored: &StoredEvent) -> Result<Option<Self>, Undecodable> {
        let Some(subject) = Subject::of(&stored.stream) else { return Ok(None) };
        let undecodable = |reason| Undecodable { position: stored.position, stream: stored.stream.clone(), reason };
        let body: Body<'_> = serde_json::from_slice(&stored.body).map_err(|e| undecodable(e.to_string()))?;
        let event = body.event(subject, &stored.event_type).map_err(undecodable)?;
        let envelope = body.envelope();
        Ok(Some(Self { envelope, position: stored.position, event, body: stored.body.clone() }))
    }

    /// Reads an event by nothing but its stored bytes, which say themselves of which stream they are; with its data as stored.
    ///
    /// # Errors
    /// In words, if the bytes are not what they promise.
    pub fn read_body(position: Position, stored: &bytes::Bytes) -> Result<(Self, serde_json::Value), String> {
        let body: Body<'_> = serde_json::from_slice(stored).map_err(|e| e.to_string())?;
        let subject =
            Subject::of(&body.stream).ok_or_else(|| format!("`{}` is no stream of the domain", body.stream))?;
        let event = body.event(subject, &body.event_type)?;
        let data = serde_json::from_str(body.data.get()).map_err(|e| e.to_string())?;
        let envelope = body.envelope();
        Ok((Self { envelope, position, event, body: stored.clone() }, data))
    }

    /// The revision in the stream.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision(self.envelope.revision)
    }
}

/// Whether this program can read events of this wire name. A read model that skipped one it cannot read would be wrong.
#[must_use]
pub fn is_known(event_type: &str) -> bool {
    [ConsultationEvent::WIRE_NAMES, RosterEvent::WIRE_NAMES, JurisdictionEvent::WIRE_NAMES, AccountEvent::WIRE_NAMES]
        .iter()
        .any(|names| names.contains(&event_type))
}

impl DomainEvent {
    fn from_wire(subject: Subject, name: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
        Ok(match subject {
            Subject::Jurisdiction(code) => {
                JurisdictionEvent::from_wire(name, data)?.map(|event| Self::Jurisdiction(code, event))
            }
            Subject::Roster(code) => RosterEvent::from_wire(name, data)?.map(|event| Self::Roster(code, event)),
            Subject::Consultation(id) => {
                ConsultationEvent::from_wire(name, data)?.map(|event| Self::Consultation(id, event))
            }
            Subject::Account(id) => AccountEvent::from_wire(name, data)?.map(|event| Self::Account(id, event)),
        })
    }
}

/// The body for which an office acts.
#[must_use]
pub fn body_of(office: Office) -> Option<RollKind> {
    match office {
        Office::PartySecretary | Office::PartyCommitteeMember => Some(RollKind::PartyCommittee),
        Office::VillageDirector | Office::VillageCommitteeMember | Office::Clerk => Some(RollKind::VillageCommittee),
        Office::Supervisor => Some(RollKind::SupervisoryCommittee),
        Office::Representative => Some(RollKind::Representatives),
        Office::PartyMember
        | Office::Villager
        | Office::CollectiveOfficer
        | Office::TownshipOfficer
        | Office::CountyOfficer
        | Office::GridWorker
        | Office::Contractor
        | Office::Auditor
        | Office::Deputy
        | Office::Operator => None,
    }
}
