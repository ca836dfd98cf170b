//! Who stands at the doors of the server: known once for each request, and handed on with it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::gate::Caller;
use crate::graphql::ActHeaders;
use crate::server::refusal::Refusal;

/// Puts a [`Caller`] into the request's extensions: who signed in, or who a token is of; in an open server whoever the headers
/// say. A token that is no good is refused at every door, so that no machine goes on as nobody.
pub async fn know(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    // Only this program can have put one there.
    if request.extensions().get::<Caller>().is_some() {
        return next.run(request).await;
    }
    let caller = if let Some(door) = &app.sign_in {
        match door.identify(request.headers()).await {
            Ok(Some(identity)) => Caller::Account(identity.into()),
            Ok(None) => Caller::Nobody,
            Err(error @ siyi_sign_in::SignInError::TokenInvalid) => {
                return Refusal::new(StatusCode::UNAUTHORIZED, error.code(), "the token is no good").into_response();
            }
            Err(error) => {
                tracing::error!(%error, code = error.code(), "nobody can be told by their session");
                let told = "it cannot be told now who asks";
                return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), told).into_response();
            }
        }
    } else {
        let claimed = ActHeaders::of(request.headers()).actor().filter(|_| app.gate.is_open());
        claimed.map_or(Caller::Nobody, Caller::Claimed)
    };
    request.extensions_mut().insert(caller);
    next.run(request).await
}
