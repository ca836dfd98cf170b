//! What the script asks for passkeys: JSON both ways, with the token of the page in a header.

use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use siyi_sign_in::passkey::Ceremony;
use siyi_sign_in::{Identity, SignInError};

use super::forged::{self, TOKEN_HEADER};
use super::visitor::Visitor;
use super::{SignInDoor, answer};

/// A script's question, checked before anybody looks at what it says.
pub(super) struct Asked {
    visitor: Visitor,
    body: Value,
}

#[expect(clippy::result_large_err, reason = "the error is the response that the handler gives back, once")]
impl Asked {
    fn read<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Response> {
        serde_json::from_value(self.body.clone()).map_err(|_| refused(StatusCode::BAD_REQUEST, "malformed-request"))
    }

    fn identity(&self) -> Result<&Identity, Response> {
        self.visitor.identity.as_ref().ok_or_else(|| refused(StatusCode::FORBIDDEN, "not-signed-in"))
    }
}

impl FromRequest<SignInDoor> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, door: &SignInDoor) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::of(&mut parts, door).await?;
        let headers = parts.headers.clone();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if text("content-type") != "application/json" {
            return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type"));
        }
        if forged::check(door, &visitor, &headers, text(TOKEN_HEADER)).is_err() {
            return Err(refused(StatusCode::FORBIDDEN, "form-forged"));
        }
        let body =
            Bytes::from_request(Request::from_parts(parts, body), door).await.map_err(IntoResponse::into_response)?;
        let body = serde_json::from_slice(&body).map_err(|_| refused(StatusCode::BAD_REQUEST, "malformed-request"))?;
        Ok(Self { visitor, body })
    }
}

fn refused(status: StatusCode, code: &str) -> Response {
    let body = json!({ "errors": [{ "message": code, "extensions": { "code": code } }] });
    (status, axum::Json(body)).into_response()
}

fn told(answer: Value) -> Response {
    let mut response = axum::Json(answer).into_response();
    answer::private(response.headers_mut());
    response
}

fn begun(ceremony: Result<Ceremony, SignInError>) -> Response {
    match ceremony {
        Ok(Ceremony { ceremony, options }) => told(json!({ "ceremony": ceremony, "options": options })),
        Err(error) => answer::json(&error),
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Finished {
    ceremony: String,
    credential: Value,
}

#[derive(Deserialize)]
struct Challenged {
    challenge: String,
}

pub(super) async fn begin_sign_in(State(door): State<SignInDoor>, asked: Asked) -> Result<Response, Response> {
    let Named { name } = asked.read()?;
    Ok(begun(door.sign_in.begin_passkey_sign_in(&name, asked.visitor.address).await))
}

pub(super) async fn finish_sign_in(State(door): State<SignInDoor>, asked: Asked) -> Result<Response, Response> {
    let Finished { ceremony, credential } = asked.read()?;
    let (visitor, names) = (&asked.visitor, door.cookies());
    Ok(match door.sign_in.with_passkey(&ceremony, credential, visitor.session.as_deref()).await {
        Ok(session) => {
            let mut response = told(json!({ "to": visitor.ask.link("/account") }));
            answer::cookie(response.headers_mut(), &names.set(names.session, &session.id));
            response
        }
        Err(error) => answer::json(&error),
    })
}

pub(super) async fn begin(State(door): State<SignInDoor>, asked: Asked) -> Result<Response, Response> {
    Ok(begun(door.sign_in.begin_passkey(asked.identity()?).await))
}

pub(super) async fn finish(State(door): State<SignInDoor>, asked: Asked) -> Result<Response, Response> {
    let Finished { ceremony, credential } = asked.read()?;
    Ok(match door.sign_in.finish_passkey(asked.identity()?, &ceremony, credential).await {
        Ok(key) => told(json!({ "to": asked.visitor.ask.link("/account"), "key": key })),
        Err(error) => answer::json(&error),
    })
}

/// What the browser needs to sign an act: its digest is the challenge. What comes of it goes to where the act goes, not here.
pub(super) async fn sign(State(door): State<SignInDoor>, asked: Asked) -> Result<Response, Response> {
    let Challenged { challenge } = asked.read()?;
    let challenge = URL_SAFE_NO_PAD.decode(challenge).ok().and_then(|bytes| bytes.try_into().ok());
    let challenge = challenge.ok_or_else(|| refused(StatusCode::BAD_REQUEST, "challenge-malformed"))?;
    Ok(match door.sign_in.start_act_assertion(asked.identity()?.account, challenge).await {
        Ok(options) => told(json!({ "options": options })),
        Err(error) => answer::json(&error),
    })
}
