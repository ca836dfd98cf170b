//! Personal data in clear, for those who may see it and for nobody before it is recorded that they did.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, SimpleObject};
use siyi_domain::ids::PersonId;

use super::actor::{ActHeaders, actor, coded};
use super::scalars::Position;
use super::submit::{new_id, told};
use crate::app::App;
use crate::gate::Caller;
use crate::reading::{self, Unread, Wanted};

/// Whose data is to be shown, and why.
#[derive(InputObject)]
pub struct RecordReadingInput {
    /// Whose.
    person: ID,
    /// Why; it stands in the log for ever, so it names nobody.
    purpose: String,
}

/// What is known of a person, in clear.
#[derive(SimpleObject)]
pub struct Reading {
    /// Where the log says that it was read.
    position: Position,
    /// What is known.
    values: Vec<RevealedValue>,
}

/// A value in clear, with what proves that an event speaks of it.
#[derive(SimpleObject)]
pub struct RevealedValue {
    /// What it is, for example `name` or `phone`.
    field: String,
    /// The value.
    value: String,
    /// The SD-JWT disclosure (RFC 9901): whoever is handed it finds the SHA-256 of its text in the event.
    disclosure: String,
    /// The digest as the event holds it.
    digest: String,
}

/// Records the reading, then opens what is known.
pub(super) async fn read(ctx: &Context<'_>, place: &ID, input: RecordReadingInput) -> Result<Reading, Error> {
    let app = ctx.data::<Arc<App>>()?;
    let place = super::query::code(place)?;
    let person: PersonId = input.person.parse().map_err(|_| coded("invalid-input", "`person` is no uuid"))?;
    let caller = ctx.data_opt::<Caller>().cloned().unwrap_or_default();
    let Caller::Account(identity) = caller else { return Err(coded("not-signed-in", "sign in first")) };
    let second = match ctx.data_opt::<ActHeaders>().and_then(|headers| headers.second.as_deref()) {
        // A reading has no id of its own by which it could come again, so its code is good once.
        Some(said) => app.gate.second(said, (new_id(), app.clock.now()), &place).await.map_err(|error| told(&error))?,
        None => None,
    };
    let wanted = Wanted { identity, actor: actor(ctx)?, place, person, second, purpose: input.purpose };
    let (position, values) = reading::open(app, wanted).await.map_err(|unread| match unread {
        Unread::Handle(error) => told(&error),
        other => coded(other.code(), other.to_string()),
    })?;
    let values = values.into_iter().map(|value| RevealedValue {
        field: value.field,
        value: value.value,
        disclosure: value.text,
        digest: value.digest,
    });
    Ok(Reading { position: Position(position.0), values: values.collect() })
}

/// A code of the person as whom the caller acts in a place.
pub(super) async fn give_second(ctx: &Context<'_>, place: &ID) -> Result<String, Error> {
    let app = ctx.data::<Arc<App>>()?;
    let place = super::query::code(place)?;
    let caller = ctx.data_opt::<Caller>().cloned().unwrap_or_default();
    let Caller::Account(identity) = &caller else { return Err(coded("not-signed-in", "sign in first")) };
    let given = app.gate.give_second(identity, &place).await.map_err(|error| told(&error))?;
    given.ok_or_else(|| coded("not-permitted", "you are nobody in this place"))
}
