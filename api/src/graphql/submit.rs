//! From a mutation to the gate and back: who acts, signed or not, and what a command needs or leads to at this door.

use std::sync::Arc;

use async_graphql::{Context, Error, ErrorExtensions, ID};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use siyi_domain::account::Proof;
use siyi_domain::office::Actor;
use siyi_log::handler::{HandleError, Outcome, Receipt, Request, Target};
use siyi_log::via::Signed;
use siyi_sign_in::Invited;
use uuid::Uuid;

use super::actor::{ActHeaders, actor, coded};
use super::outcome::{CommandResult, Recorded, Refusal};
use super::scalars::DateTime;
use crate::app::App;
use crate::erasing;
use crate::gate::{Act, Caller, Shut, subject};

/// Most characters of the header with a passkey's assertion.
const MAX_ASSERTION: usize = 8 * 1024;

/// What all commands have in common.
pub(super) struct Meta {
    pub(super) command_id: Option<ID>,
    pub(super) occurred_at: Option<DateTime>,
}

#[expect(clippy::disallowed_methods, reason = "the door is where a command without an id gets one")]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}

pub(super) async fn submit(
    ctx: &Context<'_>,
    name: &'static str,
    target: Target,
    input: impl Serialize,
    meta: Meta,
) -> Result<CommandResult, Error> {
    let app = ctx.data::<Arc<App>>()?;
    let command_id = match &meta.command_id {
        Some(id) => id.parse().map_err(|_| coded("invalid-input", "`commandId` is no uuid"))?,
        None => new_id(),
    };
    let (subject, input) = (target.to_string(), serde_json::to_value(input)?);
    let actor = acting(ctx, &target, (name, &input)).await?;
    let mut request = Request {
        command_id,
        target,
        name: name.to_owned(),
        input,
        occurred_at: meta.occurred_at.map(|at| at.0),
        actor,
        correlation_id: None,
        via: None,
    };
    let invitation = Invitation::of(app, &mut request)?;
    let caller = ctx.data_opt::<Caller>().cloned().unwrap_or_default();
    let headers = ctx.data_opt::<ActHeaders>().cloned().unwrap_or_default();
    let signed = signed(app, &caller, &headers).await?;
    let act = Act { request, attendant: headers.attendant()?, signed, second: headers.second };
    match let_through(app, &caller, act).await {
        Ok(Outcome::Recorded(receipt)) => {
            let code = match invitation {
                Some(invitation) => Some(invitation.send(app, &receipt).await?),
                None => None,
            };
            let recorded = Recorded::of(receipt, subject, command_id.to_string());
            Ok(CommandResult::Recorded(Recorded { invitation_code: code, ..recorded }))
        }
        Ok(Outcome::Refused(refusal)) => Ok(CommandResult::Refusal(Refusal::of(&refusal, &app.rules))),
        Err(Shut::Handle(error)) => Err(told(&error)),
        Err(Shut::SignatureMissing { challenge }) => {
            let missing = Shut::SignatureMissing { challenge };
            let told = coded(missing.code(), missing.to_string());
            Err(told.extend_with(|_, extensions| {
                extensions.set("challenge", URL_SAFE_NO_PAD.encode(challenge));
                extensions.set("commandId", command_id.to_string());
            }))
        }
        Err(shut) => Err(coded(shut.code(), shut.to_string())),
    }
}

/// Who acts: whom the headers name, or who signed in where their only office for the place goes without saying.
async fn acting(ctx: &Context<'_>, target: &Target, command: (&str, &Value)) -> Result<Actor, Error> {
    let headers = ctx.data_opt::<ActHeaders>().cloned().unwrap_or_default();
    let (None, Some(caller @ Caller::Account(_))) = (&headers.office, ctx.data_opt::<Caller>()) else {
        return actor(ctx);
    };
    let named = match &headers.person {
        Some(person) => Some(person.parse().map_err(|_| coded("actor-unknown", "the person named is no uuid"))?),
        None => None,
    };
    let app = ctx.data::<Arc<App>>()?;
    let only = app.gate.only_office(caller, named, target, command).await.map_err(|error| told(&error))?;
    only.map_or_else(|| actor(ctx), Ok)
}

/// Asks the gate. What takes data or a file away has to reach more than the log.
async fn let_through(app: &App, caller: &Caller, act: Act) -> Result<Outcome, Shut> {
    if !erasing::takes_away(&act.request.name) {
        return app.gate.act(caller, act).await;
    }
    app.erasure_begins().map_err(|error| Shut::NotPrepared(error.to_string()))?;
    let erased = (act.request.name == "erasePerson").then(|| subject(&act.request)).flatten();
    let disposed = erasing::disposed(&act.request);
    let outcome = app.gate.act(caller, act).await;
    match (&outcome, disposed) {
        (Ok(Outcome::Recorded(_)), Some((place, file))) => app.disposal_recorded(&place, &file).await,
        (Ok(Outcome::Recorded(_)), None) => app.erasure_recorded(erased),
        (Ok(Outcome::Refused(_)) | Err(_), _) => app.erasure_failed(),
    }
    outcome
}

/// The signature of a passkey of the account, if one came with the act. Whether it is over this act, the handler says.
async fn signed(app: &App, caller: &Caller, headers: &ActHeaders) -> Result<Signed, Error> {
    let Some(assertion) = &headers.assertion else { return Ok(Signed::Nobody) };
    let (Caller::Account(identity), Some(door)) = (caller, &app.sign_in) else {
        return Err(coded("not-signed-in", "sign in first"));
    };
    let malformed = || coded("assertion-malformed", "the assertion is no base64url of a credential's JSON");
    if assertion.len() > MAX_ASSERTION {
        return Err(malformed());
    }
    let credential = URL_SAFE_NO_PAD.decode(assertion).map_err(|_| malformed())?;
    let credential = serde_json::from_slice(&credential).map_err(|_| malformed())?;
    let made = door.sign_in.finish_act_assertion(identity.account, credential).await;
    let made = made.map_err(|error| coded(error.code(), error.to_string()))?;
    Ok(Signed::Passkey(made.into()))
}

/// An invitation whose code this server makes. The event holds the code's digest under a key of the sign-in.
struct Invitation {
    code: String,
    invited: Invited,
}

impl Invitation {
    fn of(app: &App, request: &mut Request) -> Result<Option<Self>, Error> {
        if request.name != "inviteResident" {
            return Ok(None);
        }
        let given = request.input.get("code").is_some_and(|code| !code.is_null());
        let Some(door) = &app.sign_in else {
            let missing = || coded("invalid-input", "without sign-in there is no code: give the SHA-256 of your own");
            return if given { Ok(None) } else { Err(missing()) };
        };
        if given {
            return Err(coded("invalid-input", "the server makes the code: leave `code` out"));
        }
        let Target::Jurisdiction(place) = &request.target else { return Ok(None) };
        let person = subject(request).ok_or_else(|| coded("invalid-input", "`person` is no uuid"))?;
        let made = door.sign_in.code_of(request.command_id);
        let (code, digest) = made.map_err(|error| coded(error.code(), error.to_string()))?;
        let invited = Invited { place: place.clone(), person, proof: Proof::Invitation };
        if let Some(input) = request.input.as_object_mut() {
            input.insert("code".to_owned(), Value::String(digest));
        }
        Ok(Some(Self { code, invited }))
    }

    /// Makes the code good, once: a command sent again does not open a used invitation.
    async fn send(self, app: &App, receipt: &Receipt) -> Result<String, Error> {
        if let (Some(door), false) = (&app.sign_in, receipt.already) {
            let opened = door.sign_in.let_in(&self.code, self.invited).await;
            opened.map_err(|error| coded(error.code(), "it was recorded, but the code does not open: invite again"))?;
        }
        Ok(self.code)
    }
}

/// An error of the handler as GraphQL tells it. What broke inside is logged, not told.
pub(super) fn told(error: &HandleError) -> Error {
    if matches!(error.code(), "store-corrupt" | "store-unavailable") {
        tracing::error!(%error, code = error.code(), "a command failed");
        return coded(error.code(), "the log cannot take the command now");
    }
    coded(error.code(), error.to_string())
}
