//! From what happened to a response.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use siyi_sign_in::SignInError;

use super::SignInDoor;
use super::visitor::Visitor;
use crate::server::refusal::Refusal;

/// Pages with forms to ourselves, and no script.
const FORMS: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; \
                     base-uri 'none'; require-trusted-types-for 'script'";
/// The same with our own script, for passkeys.
const SCRIPTED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                        form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// A page, which nobody keeps.
pub(super) fn html(
    door: &SignInDoor,
    visitor: &Visitor,
    status: StatusCode,
    page: &impl askama::Template,
    scripted: bool,
) -> Response {
    let Ok(body) = page.render() else {
        tracing::error!("a page of the sign-in could not be rendered");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(if scripted { SCRIPTED } else { FORMS }));
    private(headers);
    if visitor.is_new {
        let names = door.cookies();
        cookie(headers, &names.set(names.browser, &visitor.browser));
    }
    response
}

/// Answers that are one person's.
pub(super) fn private(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Not `no-referrer`: with it browsers would send `Origin: null` with our own forms.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}

/// To another page, by GET.
pub(super) fn go(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    private(response.headers_mut());
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// Sets or takes away a cookie.
pub(super) fn cookie(headers: &mut HeaderMap, set: &str) {
    if let Ok(value) = HeaderValue::from_str(set) {
        headers.append(SET_COOKIE, value);
    }
}

/// The status of an error.
pub(super) const fn status(error: &SignInError) -> StatusCode {
    match error {
        SignInError::Refused
        | SignInError::NotFresh
        | SignInError::CeremonyUnknown
        | SignInError::IdTokenRefused
        | SignInError::IdentityUnlinked
        | SignInError::TokenInvalid
        | SignInError::InvitationRefused
        | SignInError::Assertion(_) => StatusCode::FORBIDDEN,
        SignInError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        SignInError::Busy
        | SignInError::ProviderUnavailable
        | SignInError::Unavailable { .. }
        | SignInError::Corrupt { .. } => StatusCode::SERVICE_UNAVAILABLE,
        SignInError::NotConfigured | SignInError::Unknown => StatusCode::NOT_FOUND,
        SignInError::Password(_)
        | SignInError::NameMalformed
        | SignInError::NameTaken
        | SignInError::PasskeyRefused
        | SignInError::IdentityTaken
        | SignInError::TokenMalformed { .. }
        | SignInError::TooManyHeld { .. }
        | SignInError::LastMeans
        | SignInError::Accounts(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// When to come back, where that is known.
pub(super) fn retry(response: &mut Response, error: &SignInError) {
    let seconds = match error {
        SignInError::TooMany { retry_after } => *retry_after,
        SignInError::Busy | SignInError::Unavailable { .. } => 5,
        _ => return,
    };
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
}

/// What broke inside is logged, not told.
pub(super) fn log(error: &SignInError) {
    if status(error) == StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(%error, code = error.code(), "the sign-in cannot answer");
    }
}

/// An answer in JSON that says what is in the way.
pub(super) fn json(error: &SignInError) -> Response {
    log(error);
    let message = match status(error) {
        StatusCode::SERVICE_UNAVAILABLE => "the sign-in cannot answer now".to_owned(),
        _ => error.to_string(),
    };
    let body = serde_json::json!({ "errors": [{ "message": message, "extensions": { "code": error.code() } }] });
    let mut response = (status(error), axum::Json(body)).into_response();
    private(response.headers_mut());
    retry(&mut response, error);
    response
}

/// What stands behind a page does not answer; what broke is logged, not told.
pub(super) fn unavailable(error: &dyn std::fmt::Display, code: &'static str) -> Response {
    tracing::error!(%error, code, "a page cannot be shown");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code, "this cannot be shown now").into_response()
}

/// Nothing can be shown, not even a page that says so.
pub(super) fn broken(error: &SignInError) -> Response {
    json(error)
}
