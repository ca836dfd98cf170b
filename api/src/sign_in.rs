//! 登录: the routes and pages by which people sign in, join, and look after their account.
//!
//! They work without a script, except for passkeys, which browsers offer to scripts only. Every form carries a token that is bound
//! to the session, or to the browser where there is none yet, and nothing is taken that another site asked for. What the pages show
//! about an account is its owner's alone and is kept by nobody.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Extension, Router};
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::office::Office;
use siyi_log::clock::Clock;
use siyi_projections::directory;
use siyi_sign_in::{Identity, SignIn, SignInError, SignInMethod};
use url::Url;

use crate::app::App;
use crate::pages::Lang;
use crate::pages::terms::Term as _;
use crate::retention::overdue;

mod access;
mod account;
mod answer;
mod cookie;
mod enter;
mod forged;
mod form;
mod join;
mod openid;
mod page;
mod passkey;
mod record;
mod statics;
#[cfg(test)]
mod tests;
mod visitor;
mod words;

/// Largest body of a form or of a passkey's answer, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// An office, as its holder's account page says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeLine {
    /// The code of where.
    pub code: JurisdictionCode,
    /// Where.
    pub place: String,
    /// Which, in the page's language.
    pub office: String,
    /// Whether what its holder does binds others.
    pub binds_others: bool,
    /// The page of who looked, where it is the office's to ask.
    pub access: Option<String>,
    /// How many files of the place have outlived their period, where it is the office's to destroy them.
    pub overdue_files: usize,
}

/// Says which offices an account holds today; `true` for English.
pub type OfficesHeld =
    Arc<dyn Fn(Identity, bool) -> Pin<Box<dyn Future<Output = Vec<OfficeLine>> + Send>> + Send + Sync>;

/// What the routes need.
#[derive(Clone)]
pub struct SignInDoor {
    /// Who somebody is.
    pub sign_in: Arc<SignIn>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where browsers find this server: the same address as in [`siyi_sign_in::Options`].
    pub public: Url,
    /// Which offices somebody holds.
    pub offices: OfficesHeld,
}

impl SignInDoor {
    /// Who a request comes from: by its session cookie, or by its bearer token (RFC 6750).
    ///
    /// # Errors
    /// [`SignInError::TokenInvalid`] for a token that is no good, [`SignInError::Unavailable`].
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Option<Identity>, SignInError> {
        let cookie = cookie::read(headers, self.cookies().session);
        let bearer = headers.get("authorization").map(|value| value.to_str().unwrap_or_default());
        let bearer = bearer.and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        self.sign_in.identify(cookie.as_deref(), bearer, self.clock.now()).await
    }

    fn cookies(&self) -> cookie::Names {
        cookie::Names::of(&self.public)
    }
}

/// The routes.
pub fn router(door: SignInDoor) -> Router {
    Router::new()
        .route("/sign-in", get(enter::page).post(enter::sign_in))
        .route("/sign-out", post(enter::sign_out))
        .route("/sign-in/passkey/begin", post(passkey::begin_sign_in))
        .route("/sign-in/passkey/finish", post(passkey::finish_sign_in))
        .route("/sign-in/oidc", get(openid::begin))
        .route("/sign-in/oidc/callback", get(openid::callback))
        .route("/sign-in/passkey.js", get(statics::script))
        .route("/sign-in/forms.css", get(statics::style))
        .route("/join", get(join::page).post(join::join))
        .route("/account", get(account::page))
        .route("/account/password", post(account::password))
        .route("/account/sessions", post(account::end_session))
        .route("/account/means", post(account::remove_means))
        .route("/account/tokens", post(account::make_token))
        .route("/account/oidc", post(openid::link))
        .route("/account/passkey/begin", post(passkey::begin))
        .route("/account/passkey/finish", post(passkey::finish))
        .route("/account/passkey/sign", post(passkey::sign))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(door)
}

/// The pages about what the engine keeps of the reader, and of who looked, which need more of it than the sign-in.
pub fn kept_router(door: SignInDoor, app: Arc<App>) -> Router {
    Router::new()
        .route("/account/record", get(record::page).post(record::open))
        .route("/account/access/{code}", get(access::page))
        .route("/account/second", post(account::give_second))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(Extension(app))
        .with_state(door)
}

/// The offices that somebody holds today, as their account page says them. Where the log does not answer there are none.
pub(crate) async fn office_lines(app: &App, identity: Identity, english: bool) -> Vec<OfficeLine> {
    let lang = if english { Lang::En } else { Lang::Zh };
    let mut lines = Vec::new();
    for held in app.gate.held(&identity.into()).await.unwrap_or_default() {
        let place = directory::jurisdiction(&app.models.directory.shelf(), &held.jurisdiction).ok().flatten();
        let overdue = match held.office {
            Office::VillageDirector => overdue(app, &held.jurisdiction).await.unwrap_or_default(),
            _ => Vec::new(),
        };
        lines.push(OfficeLine {
            place: place.map_or_else(|| held.jurisdiction.to_string(), |place| place.name),
            office: held.office.named(lang).to_owned(),
            binds_others: held.office.binds_others(),
            access: matches!(held.office, Office::Supervisor | Office::Auditor)
                .then(|| format!("/account/access/{}", held.jurisdiction)),
            code: held.jurisdiction,
            overdue_files: overdue.len(),
        });
    }
    lines
}

impl From<Identity> for crate::gate::Identity {
    fn from(identity: Identity) -> Self {
        use siyi_access::SignInMethod as Known;
        let method = match identity.method {
            SignInMethod::Password => Known::Password,
            SignInMethod::Passkey => Known::Passkey,
            SignInMethod::OpenId => Known::OpenId,
            SignInMethod::Token => Known::Token,
        };
        let Identity { account, signed_in_at, scopes, .. } = identity;
        Self { account, method, signed_in_at, scopes }
    }
}
