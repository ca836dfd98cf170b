//! Who opens one of these pages: with which session, in which browser, from where.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use siyi_sign_in::{Identity, SignIn};

use super::{SignInDoor, answer, cookie};
use crate::pages::ask::Ask;
use crate::server::proxy::Client;

/// A visitor.
#[derive(Clone)]
pub(super) struct Visitor {
    /// What the address asks for.
    pub(super) ask: Ask,
    /// The session's id, where there is a session.
    pub(super) session: Option<String>,
    /// Who it is, where there is a session.
    pub(super) identity: Option<Identity>,
    /// The browser's own id.
    pub(super) browser: String,
    /// Whether the browser does not have it yet.
    pub(super) is_new: bool,
    /// From where; kept nowhere.
    pub(super) address: IpAddr,
}

impl Visitor {
    pub(super) async fn of(parts: &mut Parts, door: &SignInDoor) -> Result<Self, Response> {
        let names = door.cookies();
        let Ok(ask) = Ask::from_request_parts(parts, door).await;
        let session = cookie::read(&parts.headers, names.session);
        let identity = door.sign_in.identify(session.as_deref(), None, door.clock.now()).await;
        let identity = identity.map_err(|error| answer::broken(&error))?;
        let session = session.filter(|_| identity.is_some());
        let sent = cookie::read(&parts.headers, names.browser);
        let is_new = sent.is_none();
        let browser = match sent {
            Some(browser) => browser,
            None => SignIn::browser_id().map_err(|error| answer::broken(&error))?,
        };
        let told = parts.extensions.get::<Client>().map(|client| client.address);
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        // Without a connection beneath it, it was sent from within this program.
        let address = told.or_else(peer).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Ok(Self { ask, session, identity, browser, is_new, address })
    }

    /// What the token of a form is bound to.
    pub(super) fn bound(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.browser)
    }
}

impl FromRequestParts<SignInDoor> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &SignInDoor) -> Result<Self, Response> {
        Self::of(parts, door).await
    }
}

/// Somebody signed in; who is not is sent to sign in.
pub(super) struct SignedIn {
    pub(super) visitor: Visitor,
    pub(super) identity: Identity,
}

impl SignedIn {
    /// Of a visitor who sent something.
    #[expect(clippy::result_large_err, reason = "the error is the response that the handler gives back, once")]
    pub(super) fn of(visitor: Visitor) -> Result<Self, Response> {
        match visitor.identity.clone() {
            Some(identity) => Ok(Self { visitor, identity }),
            None => Err(answer::go(&visitor.ask.link("/sign-in")).into_response()),
        }
    }
}

impl FromRequestParts<SignInDoor> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &SignInDoor) -> Result<Self, Response> {
        Self::of(Visitor::of(parts, door).await?)
    }
}
