//! Who stands at the doors of the server: known once for each request, and handed on with it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::gate::Caller;
use crate::graphql::ActHeaders;

/// Puts a [`Caller`] into the request's extensions: in an open server whoever the headers say, otherwise nobody.
pub async fn know(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    // Only this program can have put one there.
    if request.extensions().get::<Caller>().is_some() {
        return next.run(request).await;
    }
    let claimed = ActHeaders::of(request.headers()).actor().filter(|_| app.gate.is_open());
    request.extensions_mut().insert(claimed.map_or(Caller::Nobody, Caller::Claimed));
    next.run(request).await
}
