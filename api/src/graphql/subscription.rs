//! `eventsRecorded`: the log as it grows.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, Json, SimpleObject, Subscription as GraphQlSubscription};
use futures::{Stream, StreamExt};
use siyi_domain::consultation::ConsultationEvent;
use siyi_log::envelope::{DomainEvent, Recorded};
use siyi_log::port::{Followed, Position as LogPosition};
use siyi_projections::docket;

use super::doors::Reader;
use super::enums::Office;
use super::scalars::{DateTime, Position};
use super::told;
use crate::app::App;

/// What can be followed, over `graphql-transport-ws` at `/graphql/ws`.
pub struct Subscription;

/// An event as the log took it.
#[derive(SimpleObject)]
pub struct LogEvent {
    /// Its place in the log: ask for events `after` it to go on after a broken connection.
    pub position: Position,
    /// Its id.
    pub id: ID,
    /// Its stream.
    pub stream: String,
    /// Its wire name with version.
    #[graphql(name = "type")]
    pub event_type: String,
    /// When it happened in the world.
    pub occurred_at: DateTime,
    /// When the log took it.
    pub recorded_at: DateTime,
    /// The office of the actor.
    pub office: Office,
    /// Its data as stored, personal fields as digests; `withheld` names what only offices that cover the village are told.
    pub data: Json<serde_json::Value>,
}

impl LogEvent {
    fn of(recorded: &Recorded, whole: bool) -> Self {
        let envelope = &recorded.envelope;
        Self {
            position: Position(recorded.position.0),
            id: ID(envelope.id.to_string()),
            stream: envelope.stream.to_string(),
            event_type: envelope.event_type.clone(),
            occurred_at: DateTime(envelope.occurred_at),
            recorded_at: DateTime(envelope.recorded_at),
            office: envelope.actor.office.into(),
            data: Json(told::data(&recorded.event, whole)),
        }
    }
}

#[GraphQlSubscription]
impl Subscription {
    /// Every event recorded after `after` (from now on if left out), of one matter or one jurisdiction and all below it if
    /// `consultation` or `within` is given.
    async fn events_recorded(
        &self,
        ctx: &Context<'_>,
        within: Option<ID>,
        consultation: Option<ID>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = LogEvent>, Error> {
        let app = Arc::clone(ctx.data::<Arc<App>>()?);
        let reader = Reader::of(ctx, Arc::clone(&app));
        reader.enter("subscription:eventsRecorded").await?;
        let within = within.as_ref().map(super::query::code).transpose()?;
        let only = consultation.as_ref().map(super::query::consultation_id).transpose()?;
        let after = match after {
            Some(position) => Some(LogPosition(position.0)),
            None => app.store.head().await?,
        };
        let followed = app.store.follow(after);
        let wanted = followed.filter_map(move |next| {
            let wanted = match next {
                Ok(Followed::Event(stored)) => Recorded::read(&stored).ok().flatten().and_then(|recorded| {
                    let place = place_of(&recorded, &app);
                    let in_place = within.as_ref().is_none_or(|w| place.as_ref().is_some_and(|p| w.contains(p)));
                    let of_matter =
                        only.is_none_or(|id| matches!(&recorded.event, DomainEvent::Consultation(of, _) if *of == id));
                    let followed = in_place && of_matter && !matches!(recorded.event, DomainEvent::Account(..));
                    followed.then_some((recorded, place))
                }),
                Ok(Followed::CaughtUp) | Err(_) => None,
            };
            std::future::ready(wanted)
        });
        Ok(wanted.then(move |(recorded, place)| {
            let reader = reader.clone();
            async move { LogEvent::of(&recorded, reader.sees_whole(place.as_ref()).await) }
        }))
    }
}

/// Where an event belongs: named by its stream, by its motion, or by the docket.
fn place_of(recorded: &Recorded, app: &App) -> Option<siyi_domain::ids::JurisdictionCode> {
    match &recorded.event {
        DomainEvent::Jurisdiction(code, _) | DomainEvent::Roster(code, _) => Some(code.clone()),
        DomainEvent::Consultation(_, ConsultationEvent::MotionRaised(e)) => Some(e.jurisdiction.clone()),
        // Accounts belong to nobody's village and are followed by nobody.
        DomainEvent::Account(..) => None,
        DomainEvent::Consultation(id, _) => {
            docket::find(&app.models.docket.shelf(), *id).ok().flatten().map(|row| row.jurisdiction)
        }
    }
}
