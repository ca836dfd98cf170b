//! Who acts. Until there is sign-in, the request says so in two headers, and the server listens on loopback only.

use async_graphql::{Context, Error, ErrorExtensions};
use serde_json::Value;
use siyi_domain::ids::PersonId;
use siyi_domain::office::Actor;

/// Header with the UUID of the person who acts.
pub const PERSON_HEADER: &str = "x-siyi-person";
/// Header with the office in which the person acts, for example `party_secretary`.
pub const OFFICE_HEADER: &str = "x-siyi-office";

/// The two headers as they came.
#[derive(Debug, Clone, Default)]
pub(super) struct ActorHeaders {
    pub(super) person: Option<String>,
    pub(super) office: Option<String>,
}

/// The actor of a request.
pub(super) fn actor(ctx: &Context<'_>) -> Result<Actor, Error> {
    let headers = ctx.data_opt::<ActorHeaders>();
    let missing = || coded("actor-missing", format!("the headers {PERSON_HEADER} and {OFFICE_HEADER} say who acts"));
    let (person, office) = headers.and_then(|h| h.person.as_ref().zip(h.office.as_ref())).ok_or_else(missing)?;
    let person: PersonId =
        person.parse().map_err(|_| coded("actor-unknown", format!("`{}` is no uuid", clip(person))))?;
    let office = serde_json::from_value(Value::String(office.clone()))
        .map_err(|_| coded("actor-unknown", format!("`{}` is no office", clip(office))))?;
    Ok(Actor { person, office })
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An error with a stable code in its extensions.
pub(super) fn coded(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(message.into()).extend_with(|_, extensions| extensions.set("code", code))
}
