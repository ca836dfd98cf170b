//! /attachments: how files come in and go out. What they are is found out by [`siyi_attachments`], who may bring or take them by
//! the gate; here is only the way between.
//!
//! A file is sent as the body of a POST, under its own media type, by a page of ours or a program; events cite the SHA-256 that
//! comes back. Nothing is told about where a file lies, and its sender's name for it is not taken.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use siyi_access::About;
use siyi_attachments::{
    AttachmentError, Class, DataKey, DataKeys, Digest, KeysUnavailable, Kind, Particulars, Serving, Upload,
};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use siyi_domain::refusal::Refusal as RuleRefusal;
use siyi_log::keys::{KeyStore, KeysError, Purpose};
use uuid::Uuid;

use crate::app::App;
use crate::gate::Caller;
use crate::graphql::{ActHeaders, forged};
use crate::named;
use crate::server::proxy::Client;
use crate::server::refusal::Refusal;

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/attachments", post(bring)).route("/attachments/{digest}", get(take)).with_state(app)
}

/// What a file is, and of whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Brought {
    jurisdiction: JurisdictionCode,
    class: Class,
    matter: Option<ConsultationId>,
    person: Option<PersonId>,
}

async fn bring(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Caller>>,
    client: Option<Extension<Client>>,
    headers: HeaderMap,
    brought: Result<Query<Brought>, axum::extract::rejection::QueryRejection>,
    body: Bytes,
) -> Result<Response, Response> {
    forged::check_file(&headers, client.is_some_and(|client| client.https))
        .map_err(|forged| Refusal::new(forged.status, forged.code, forged.message).into_response())?;
    let Query(brought) = brought.map_err(|_| {
        let message = "give jurisdiction and class, and matter or person where the file is theirs";
        Refusal::new(StatusCode::BAD_REQUEST, "invalid-input", message).into_response()
    })?;
    let caller = caller.map(|Extension(caller)| caller).unwrap_or_default();
    let actor = ActHeaders::of(&headers).actor().ok_or_else(|| {
        let message = "the headers x-siyi-person and x-siyi-office say who acts";
        Refusal::new(StatusCode::BAD_REQUEST, "actor-missing", message).into_response()
    })?;
    let about = About { matter: brought.matter, ..About::place(brought.jurisdiction.clone()) };
    match app.gate.may_as(&caller, actor, "attach", &about).await {
        Ok(true) => {}
        Ok(false) => return Err(shut(&caller)),
        Err(error) => return Err(unavailable(error.code())),
    }
    if let Some(person) = brought.person {
        // Who was erased gets no key any more.
        on_the_roster(&app, &brought.jurisdiction, person).await?.map_err(|refusal| not_on_roster(&refusal))?;
    }
    let declared = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
    let declared = Kind::from_media_type(declared).map_err(|error| refused(&error))?;
    let cleaned = app.attachments.clean(body.to_vec(), Some(declared)).await.map_err(|error| refused(&error))?;
    let upload = Upload {
        cleaned,
        owner: owner_of(brought.person, &brought.jurisdiction),
        class: brought.class,
        village: brought.jurisdiction.clone(),
        person: brought.person,
        matter: brought.matter,
        uploaded_at: app.clock.now().timestamp(),
    };
    let kept = app.attachments.keep_all(vec![upload]).await.map_err(|error| refused(&error))?;
    if let Some(person) = brought.person
        && let Err(erased) = on_the_roster(&app, &brought.jurisdiction, person).await?
    {
        // Erased since: the file, and its key, came after all that the erasure took.
        app.attachments.erase(person.0).await.map_err(|error| refused(&error))?;
        return Err(not_on_roster(&erased));
    }
    let Some(kept) = kept.first() else { return Err(unavailable("store-unavailable")) };
    let told = json!({
        "sha256": kept.particulars.digest.to_string(),
        "mediaType": kept.particulars.kind.media_type(),
        "bytes": kept.particulars.bytes,
        "takenAtClaimed": kept.particulars.taken_at_claimed.map(|at| at.to_string()),
        "isNew": kept.is_new,
    });
    Ok((if kept.is_new { StatusCode::CREATED } else { StatusCode::OK }, axum::Json(told)).into_response())
}

/// Whether the person is on the roster and not erased, as it is now.
async fn on_the_roster(
    app: &App,
    place: &JurisdictionCode,
    person: PersonId,
) -> Result<Result<(), RuleRefusal>, Response> {
    let roster = app.handler.roster(place).await.map_err(|error| unavailable(error.code()))?;
    Ok(roster.present(person))
}

fn not_on_roster(refusal: &RuleRefusal) -> Response {
    let message = "the person is not on the roster, or was erased";
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.code.as_str(), message).into_response()
}

async fn take(
    State(app): State<Arc<App>>,
    caller: Option<Extension<Caller>>,
    Path(digest): Path<String>,
) -> Result<Response, Response> {
    let caller = caller.map(|Extension(caller)| caller).unwrap_or_default();
    let digest: Digest = digest.parse().map_err(|error| refused(&error))?;
    let owners = app.attachments.owners(digest).await.map_err(|error| refused(&error))?;
    if owners.is_empty() {
        return Err(refused(&AttachmentError::Unknown));
    }
    // The same bytes may be several owners': one whom the caller may ask is enough.
    for owner in owners {
        let particulars = app.attachments.particulars(owner, digest).await.map_err(|error| refused(&error))?;
        let about = About {
            subject: particulars.person,
            matter: particulars.matter,
            ..About::place(particulars.village.clone())
        };
        match app.gate.may(&caller, door(&particulars), &about).await {
            Ok(true) => {
                let opened = app.attachments.open_one(owner, digest).await.map_err(|error| refused(&error))?;
                return Ok(served(&digest, &particulars, opened.bytes.to_vec()));
            }
            Ok(false) => {}
            Err(error) => return Err(unavailable(error.code())),
        }
    }
    Err(shut(&caller))
}

fn served(digest: &Digest, particulars: &Particulars, bytes: Vec<u8>) -> Response {
    let mut response = Body::from(bytes).into_response();
    for (name, value) in Serving::of(digest, particulars.kind).headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// The door that a file stands behind. What nobody named, and what can never be public, stands behind the narrower one.
pub(crate) fn door(particulars: &Particulars) -> &'static str {
    match particulars.class {
        Class::Photo if particulars.class.is_ever_public(particulars.kind) && particulars.person.is_none() => {
            "attachment:photo"
        }
        Class::Minutes | Class::Plan | Class::Photo => "attachment:minutes",
        Class::Contract => "attachment:contract",
        Class::Ballot => "attachment:ballot",
        Class::SignInSheet | Class::Receipt | Class::Other => "attachment:sheet",
    }
}

fn shut(caller: &Caller) -> Response {
    match caller {
        Caller::Nobody => Refusal::new(StatusCode::UNAUTHORIZED, "not-signed-in", "sign in first"),
        Caller::Claimed(_) | Caller::Account(_) => {
            Refusal::new(StatusCode::FORBIDDEN, "not-permitted", "this door is not open to you")
        }
    }
    .into_response()
}

fn unavailable(code: &'static str) -> Response {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code, "it cannot be decided now").into_response()
}

/// What an attachment was refused for. What broke inside is logged, not told.
fn refused(error: &AttachmentError) -> Response {
    let status = match error {
        AttachmentError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        AttachmentError::TypeUnknown => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        AttachmentError::Unknown => StatusCode::NOT_FOUND,
        AttachmentError::Quota { .. } => StatusCode::INSUFFICIENT_STORAGE,
        AttachmentError::Corrupt { .. } | AttachmentError::Unavailable { .. } => {
            tracing::error!(%error, code = error.code(), "an attachment could not be kept or read");
            return unavailable(error.code());
        }
        AttachmentError::TypeMismatch { .. }
        | AttachmentError::Polyglot { .. }
        | AttachmentError::Bomb { .. }
        | AttachmentError::ActiveContent { .. }
        | AttachmentError::Malformed { .. } => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let body = json!({ "errors": [{ "message": error.to_string(), "extensions": { "code": error.code() } }] });
    (status, axum::Json(body)).into_response()
}

/// Under whose key a stored file lies.
pub(crate) fn owner(of: &Particulars) -> Uuid {
    owner_of(of.person, &of.village)
}

/// Under the key of the person whom a file speaks of, or of its place: an identifier made of the code alone, the same for ever.
#[must_use]
pub fn owner_of(person: Option<PersonId>, place: &JurisdictionCode) -> Uuid {
    person.map_or_else(|| named::uuid(&format!("siyi attachments of {place}")), |person| person.0)
}

/// The keys of attachments: made from each owner's own, so that who erases a person has erased their files.
pub struct AttachmentKeys(Arc<dyn KeyStore>);

impl AttachmentKeys {
    /// Over the keys of persons.
    #[must_use]
    pub fn new(keys: Arc<dyn KeyStore>) -> Self {
        Self(keys)
    }

    fn obtain(&self, owner: Uuid, label: &[u8]) -> Result<DataKey, KeysUnavailable> {
        let keys = self.0.obtain(&[(owner, Purpose::Attachment)]).map_err(|error| closed(&error))?;
        let key = keys.first().ok_or_else(|| KeysUnavailable { reason: "no key was made".to_owned() })?;
        Ok(DataKey::new(*key.derived(label)))
    }
}

const OF_FILES: &[u8] = b"siyi attachment files";
const OF_INDEX: &[u8] = b"siyi attachment index";

impl DataKeys for AttachmentKeys {
    fn key(&self, owner: Uuid) -> Result<Option<DataKey>, KeysUnavailable> {
        let found = self.0.find(owner, Purpose::Attachment).map_err(|error| closed(&error))?;
        Ok(found.map(|key| DataKey::new(*key.derived(OF_FILES))))
    }

    fn key_or_new(&self, owner: Uuid) -> Result<DataKey, KeysUnavailable> {
        self.obtain(owner, OF_FILES)
    }

    fn destroy(&self, owner: Uuid) -> Result<(), KeysUnavailable> {
        self.0.destroy(owner).map(drop).map_err(|error| closed(&error))
    }

    fn lookup_key(&self) -> Result<DataKey, KeysUnavailable> {
        self.obtain(named::uuid("siyi attachments index"), OF_INDEX)
    }
}

fn closed(error: &KeysError) -> KeysUnavailable {
    KeysUnavailable { reason: error.to_string() }
}
