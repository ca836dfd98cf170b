//! An event of a matter as a query sees it.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Json, Object, SimpleObject};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::office;
use siyi_log::canonical::sha256;
use siyi_projections::directory;
use siyi_projections::dossier::Dossier;

use super::doors::Reader;
use super::enums::{Language, Office};
use super::paging::PageInfo;
use super::scalars::{Count, DateTime, Position};
use crate::app::App;

/// An event of a matter: never edited, corrected only by a later one.
#[derive(Clone)]
pub struct Event {
    pub(super) dossier: Arc<Dossier>,
    pub(super) index: usize,
}

/// Who acted.
#[derive(SimpleObject)]
pub struct ActingPerson {
    /// The person; null for who acts as one of many (villager, party member, representative), so that nobody is recognised
    /// by an objection.
    pub person: Option<ID>,
    /// The masked name, 已删除 where it is erased; null as `person` is.
    pub name: Option<String>,
    /// The office.
    pub office: Office,
}

impl ActingPerson {
    pub(super) fn told(person: PersonId, office: office::Office, app: &App) -> Result<Self, Error> {
        let office: Office = office.into();
        if matches!(office, Office::Villager | Office::PartyMember | Office::Representative) {
            return Ok(Self { person: None, name: None, office });
        }
        let name = directory::masked_name(&app.models.directory.shelf(), person)?;
        Ok(Self { person: Some(ID(person.to_string())), name: Some(name), office })
    }
}

impl Event {
    fn entry(&self) -> Result<&siyi_projections::dossier::Entry, Error> {
        self.dossier.entries.get(self.index).ok_or_else(|| Error::new("no such event"))
    }

    /// Where the matter was raised.
    fn place(&self) -> Option<&JurisdictionCode> {
        self.dossier.entries.iter().find_map(|entry| match &entry.event {
            ConsultationEvent::MotionRaised(raised) => Some(&raised.jurisdiction),
            _ => None,
        })
    }
}

#[Object]
impl Event {
    /// Its id.
    async fn id(&self) -> Result<ID, Error> {
        Ok(ID(self.entry()?.envelope.id.to_string()))
    }

    /// Its wire name with version.
    #[graphql(name = "type")]
    async fn event_type(&self) -> Result<&str, Error> {
        Ok(&self.entry()?.envelope.event_type)
    }

    /// Its revision in the matter's stream.
    async fn revision(&self) -> Result<Count, Error> {
        Ok(Count(self.entry()?.envelope.revision))
    }

    /// Its place in the log.
    async fn position(&self) -> Result<Position, Error> {
        Ok(Position(self.entry()?.position.0))
    }

    /// When it happened in the world.
    async fn occurred_at(&self) -> Result<DateTime, Error> {
        Ok(DateTime(self.entry()?.envelope.occurred_at))
    }

    /// When the log took it.
    async fn recorded_at(&self) -> Result<DateTime, Error> {
        Ok(DateTime(self.entry()?.envelope.recorded_at))
    }

    /// 补录: recorded later than the procedure allows.
    async fn late(&self) -> Result<bool, Error> {
        Ok(self.entry()?.late)
    }

    /// Who acted, in which office.
    async fn actor(&self, ctx: &Context<'_>) -> Result<ActingPerson, Error> {
        let actor = self.entry()?.envelope.actor;
        ActingPerson::told(actor.person, actor.office, ctx.data::<Arc<App>>()?)
    }

    /// The event in words.
    async fn words(&self, #[graphql(default)] language: Language) -> Result<String, Error> {
        Ok(crate::pages::narrate::narrate(&self.entry()?.event, language.into()))
    }

    /// Its data as stored, personal fields as digests; `withheld` names what only offices that cover the village are told.
    async fn data(&self, ctx: &Context<'_>) -> Result<Json<serde_json::Value>, Error> {
        let entry = self.entry()?;
        let reader = Reader::of(ctx, Arc::clone(ctx.data::<Arc<App>>()?));
        let whole = reader.sees_whole(self.place()).await;
        Ok(Json(super::told::of_matter(&entry.event, whole)))
    }

    /// SHA-256 of the stored bytes (RFC 8785 JSON), hexadecimal.
    async fn sha256(&self) -> Result<String, Error> {
        Ok(sha256(&self.entry()?.body).iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// An edge to an event.
#[derive(SimpleObject)]
pub struct EventEdge {
    /// Cursor.
    pub cursor: String,
    /// The event.
    pub node: Event,
}

/// A page of events.
#[derive(SimpleObject)]
pub struct EventConnection {
    /// Edges.
    pub edges: Vec<EventEdge>,
    /// Where it ends.
    pub page_info: PageInfo,
    /// How many there are in all.
    pub total_count: Count,
}
