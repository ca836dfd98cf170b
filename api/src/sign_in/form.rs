//! A form as it was sent, checked before anybody looks at what it says.

use std::collections::BTreeSet;

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use siyi_sign_in::Zeroizing;

use super::forged::{self, TOKEN_FIELD};
use super::visitor::Visitor;
use super::{SignInDoor, page};

/// A form of our own page, and who sent it.
pub(super) struct Form {
    pub(super) visitor: Visitor,
    fields: Vec<(String, Zeroizing<String>)>,
}

impl Form {
    /// What stands in a field; nothing where it is missing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// A password, which is wiped when it is dropped.
    pub(super) fn secret(&self, name: &str) -> Zeroizing<String> {
        Zeroizing::new(self.text(name).to_owned())
    }

    /// The words that stand in a field.
    pub(super) fn words(&self, name: &str) -> BTreeSet<String> {
        let split = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、');
        self.text(name).split(split).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}

impl FromRequest<SignInDoor> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, door: &SignInDoor) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::of(&mut parts, door).await?;
        let media = parts.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if media.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
        }
        let headers = parts.headers.clone();
        let body =
            Bytes::from_request(Request::from_parts(parts, body), door).await.map_err(IntoResponse::into_response)?;
        let fields = url::form_urlencoded::parse(&body);
        let fields = fields.map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned()))).collect();
        let form = Self { visitor, fields };
        match forged::check(door, &form.visitor, &headers, form.text(TOKEN_FIELD)) {
            Ok(()) => Ok(form),
            Err(_) => Err(page::forged(door, &form.visitor)),
        }
    }
}
