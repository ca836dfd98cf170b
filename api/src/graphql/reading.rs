//! Personal data in clear, for those who may see it and for nobody before it is recorded that they did.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, SimpleObject};
use siyi_access::About;
use siyi_domain::ids::PersonId;

use super::actor::{ActHeaders, actor, coded};
use super::scalars::Position;
use super::submit::told;
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
    let second = ctx.data_opt::<ActHeaders>().and_then(|headers| headers.second.clone());
    let second = second.and_then(|code| app.gate.seconds.take(&code, app.clock.now()));
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
    if !app.gate.may(&caller, "giveSecond", &About::place(place.clone())).await.map_err(|error| told(&error))? {
        return Err(coded("not-permitted", "you sign nothing here"));
    }
    let account = app.handler.account(identity.account).await.map_err(|error| told(&error))?;
    let bound = account.persons.iter().find(|(code, _)| code.contains(&place));
    let (_, person) = bound.ok_or_else(|| coded("not-permitted", "you are nobody in this place"))?;
    let mut random = [0; 10];
    let salt =
        siyi_log::vault::Salts::salt(&siyi_log::vault::RandomSalts).map_err(|e| coded(e.code(), e.to_string()))?;
    random.iter_mut().zip(salt).for_each(|(byte, salt)| *byte = salt);
    Ok(app.gate.seconds.give(*person, random, app.clock.now()))
}
