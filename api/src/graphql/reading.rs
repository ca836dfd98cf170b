//! Personal data in clear, for those who may see it and for nobody before it is recorded that they did.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, SimpleObject};
use serde_json::json;
use siyi_access::About;
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::roster::Keeping;
use siyi_log::handler::{Outcome, Request, Target};

use super::actor::{ActHeaders, actor, coded};
use super::scalars::Position;
use super::submit::{new_id, told};
use crate::app::App;
use crate::gate::Caller;

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
    let Caller::Account(identity) = &caller else { return Err(coded("not-signed-in", "sign in first")) };
    check(app, &caller, &place, person, ctx).await?;
    let values = app.vault.of_subject(person.0).await.map_err(|error| {
        tracing::error!(%error, "the vault does not answer");
        coded(error.code(), "the vault cannot answer now")
    })?;
    let fields: Vec<&str> = values.iter().map(|value| value.field.as_str()).collect();
    let request = Request {
        command_id: new_id(),
        target: Target::Account(identity.account),
        name: "recordReading".to_owned(),
        input: json!({ "jurisdiction": place, "person": person, "fields": fields, "purpose": input.purpose }),
        occurred_at: None,
        actor: actor(ctx)?,
        correlation_id: None,
        via: None,
    };
    // INVARIANT: nothing is shown before it is on the disk that it was shown.
    match app.handler.handle(&request).await {
        Ok(Outcome::Recorded(receipt)) => Ok(Reading {
            position: Position(receipt.position.0),
            values: values
                .into_iter()
                .map(|value| RevealedValue {
                    field: value.field,
                    value: value.value,
                    disclosure: value.text,
                    digest: value.digest,
                })
                .collect(),
        }),
        Ok(Outcome::Refused(refusal)) => Err(coded(refusal.code.as_str(), refusal.to_string())),
        Err(error) => Err(told(&error)),
    }
}

async fn check(
    app: &App,
    caller: &Caller,
    place: &JurisdictionCode,
    person: PersonId,
    ctx: &Context<'_>,
) -> Result<(), Error> {
    let second = ctx.data_opt::<ActHeaders>().and_then(|headers| headers.second.clone());
    let about = About {
        subject: Some(person),
        second_signer: second.and_then(|code| app.gate.seconds.take(&code, app.clock.now())),
        ..About::place(place.clone())
    };
    if !app.gate.may(caller, "read-personal", &about).await.map_err(|error| told(&error))? {
        return Err(coded("not-permitted", "this person's data is not shown to you, or a second signature is missing"));
    }
    let roster = app.handler.roster(place).await.map_err(|error| told(&error))?;
    match (roster.known(person).is_ok(), roster.keeping(person)) {
        (true, Keeping::Kept) => Ok(()),
        (true, Keeping::Restricted) => Err(coded("person-restricted", "the data is stored and used for nothing else")),
        (true, Keeping::Erased) => Err(coded("person-erased", "the data was erased")),
        (false, _) => Err(coded("person-unknown", "nobody of this id is on the roster")),
    }
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
