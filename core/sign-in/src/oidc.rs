//! 统一身份认证: OpenID Connect with the one provider that the operator configured, a township's for example.
//!
//! Authorization code with PKCE (S256), state and nonce, all kept with the rows, bound to the browser, taken once. ID tokens are
//! signed with RS256 or ES256. Nothing is asked of any server but the provider's, and no redirect is followed.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::civil::Date;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use siyi_domain::account::Means;
use siyi_domain::moment::Moment;
use url::Url;
use uuid::Uuid;

use crate::accounts::Added;
use crate::error::SignInError;
use crate::identity::{Identity, SignInMethod};
use crate::keyed::Purpose;
use crate::means::MAX_PASSKEYS;
use crate::pending;
use crate::random;
use crate::session::NewSession;
use crate::sign_in::SignIn;
use crate::store::{Kind, Row};

mod client;

use client::Client;

/// The path below the server's address to which the provider sends browsers back.
pub const CALLBACK: &str = "/sign-in/oidc/callback";
/// Milliseconds for which what the provider says about itself is taken as known.
const METADATA_MS: i64 = 60_000;
/// How far the provider's clock may be from ours, in seconds.
const SKEW_SECONDS: i64 = 60;
/// The oldest token that is taken, in seconds since it was issued.
const OLDEST_SECONDS: i64 = 600;

/// An OpenID provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its issuer, letter for letter as it says it itself, with or without a slash at the end; https, except on this machine.
    pub issuer: String,
    /// As whom this server is known there.
    pub client_id: String,
    /// Its secret there; none for a public client.
    pub client_secret: Option<SecretString>,
    /// Certificates (PEM) beside the web's own by which its TLS is known, for an authority of the county's own.
    pub roots_pem: Option<String>,
}

/// What the browser asks to come back for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Wish {
    SignIn,
    Link(Uuid),
}

/// What came of it.
#[derive(Debug)]
pub enum CameBack {
    /// Somebody signed in.
    SignedIn(NewSession),
    /// An account is linked now; by this key the log names the link.
    Linked(Uuid),
}

/// A browser that is at the provider.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Begun {
    wish: Wish,
    /// SHA-256 of the browser's id.
    browser: [u8; 32],
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Begun {
    /// The account that is to be linked.
    pub(crate) const fn account(&self) -> Option<Uuid> {
        match self.wish {
            Wish::Link(account) => Some(account),
            Wish::SignIn => None,
        }
    }
}

pub(crate) struct Oidc {
    provider: Provider,
    redirect: RedirectUrl,
    client: Client,
    metadata: Mutex<Option<(i64, CoreProviderMetadata)>>,
}

/// A link as it is stored: found by a digest of issuer and subject under the folder's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OpenIdRow {
    pub(crate) issuer: String,
    pub(crate) since: Date,
}

impl Oidc {
    pub(crate) fn new(provider: Provider, public: &Url) -> Result<Self, SignInError> {
        let redirect = public.join(CALLBACK).map_err(SignInError::unavailable)?;
        let issuer = Url::parse(&provider.issuer).map_err(SignInError::unavailable)?;
        let client = Client::new(&issuer, provider.roots_pem.as_deref())?;
        Ok(Self { provider, redirect: RedirectUrl::from_url(redirect), client, metadata: Mutex::default() })
    }

    /// What the provider says about itself; asked anew after a minute, so that a key it changed is known soon.
    async fn metadata(&self, now: Moment) -> Result<CoreProviderMetadata, SignInError> {
        let now = now.millisecond();
        let known = self.metadata.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, metadata)) = known.filter(|(at, _)| (0..METADATA_MS).contains(&(now - at))) {
            return Ok(metadata);
        }
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(SignInError::unavailable)?;
        let asked = CoreProviderMetadata::discover_async(issuer, &self.client).await;
        let metadata = asked.map_err(|error| {
            tracing::warn!(error = ?error, "the identity provider could not be asked about itself");
            SignInError::ProviderUnavailable
        })?;
        *self.metadata.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, metadata.clone()));
        Ok(metadata)
    }

    /// Where to send the browser.
    async fn begin(&self, wish: Wish, browser: &str, sign_in: &SignIn) -> Result<Url, SignInError> {
        let now = sign_in.now();
        let metadata = self.metadata(now).await?;
        if !self.client.is_theirs(metadata.authorization_endpoint().url()) {
            return Err(SignInError::ProviderUnavailable);
        }
        let (nonce, verifier) = (Nonce::new(random::secret()?), PkceCodeVerifier::new(random::secret()?));
        let (challenge, told_nonce) = (PkceCodeChallenge::from_code_verifier_sha256(&verifier), nonce.clone());
        let begun = Begun { wish, browser: random::digest(browser.as_bytes()), nonce, verifier };
        let state = CsrfToken::new(sign_in.keep(now, pending::Begun::OpenId(begun)).await?);
        let (address, _, _) =
            CoreClient::from_provider_metadata(metadata, ClientId::new(self.provider.client_id.clone()), None)
                .set_redirect_uri(self.redirect.clone())
                .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || told_nonce)
                .set_pkce_challenge(challenge)
                .url();
        Ok(address)
    }

    /// Who the provider says has come back.
    async fn finish(&self, came: &Came<'_>, sign_in: &SignIn) -> Result<(Wish, String), SignInError> {
        let now = sign_in.now();
        let pending::Begun::OpenId(begun) = sign_in.take(now, came.state).await? else {
            return Err(SignInError::CeremonyUnknown);
        };
        if begun.browser != random::digest(came.browser.as_bytes()) {
            return Err(SignInError::CeremonyUnknown);
        }
        // RFC 9207: another provider's answer is not ours to take.
        if came.issuer.is_some_and(|issuer| issuer != self.provider.issuer) {
            return Err(SignInError::IdTokenRefused);
        }
        let metadata = self.metadata(now).await?;
        let secret = self.provider.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(self.provider.client_id.clone()), secret)
                .set_redirect_uri(self.redirect.clone());
        let request = client
            .exchange_code(AuthorizationCode::new(came.code.to_owned()))
            .map_err(|_| SignInError::ProviderUnavailable)?
            .set_pkce_verifier(begun.verifier);
        let answer = request.request_async(&self.client).await.map_err(|error| {
            tracing::warn!(error = ?error, "the identity provider did not give a token");
            SignInError::ProviderUnavailable
        })?;
        let token = answer.id_token().ok_or(SignInError::IdTokenRefused)?;
        let (wall, issued) = (now, now);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJwsSigningAlgorithm::EcdsaP256Sha256])
            .set_time_fn(move || system_time(wall).into())
            .set_issue_time_verifier_fn(move |at| {
                let age = issued.timestamp().as_second() - at.timestamp();
                let fits = (-SKEW_SECONDS..=OLDEST_SECONDS).contains(&age);
                if fits { Ok(()) } else { Err(format!("it was issued {age} seconds ago")) }
            });
        let refused = |error: &dyn std::fmt::Debug| {
            tracing::warn!(?error, "an ID token is not accepted");
            SignInError::IdTokenRefused
        };
        let claims = token.claims(&verifier, &begun.nonce).map_err(|error| refused(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| refused(&error))?;
            let key = token.signing_key(&verifier).map_err(|error| refused(&error))?;
            let found = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if found.map_err(|error| refused(&error))? != *expected {
                return Err(refused(&"the access token is another one"));
            }
        }
        Ok((begun.wish, claims.subject().as_str().to_owned()))
    }
}

/// What a browser brought back from the provider.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// `state`
    pub state: &'a str,
    /// `code`
    pub code: &'a str,
    /// `iss`, where the provider sends it.
    pub issuer: Option<&'a str>,
    /// The browser's own id.
    pub browser: &'a str,
}

impl SignIn {
    /// Where to send a browser that wants to sign in at the provider. `browser` is a random id that only this browser has.
    ///
    /// # Errors
    /// [`SignInError::NotConfigured`], [`SignInError::ProviderUnavailable`], [`SignInError::TooMany`].
    pub async fn begin_openid(&self, browser: &str, address: IpAddr) -> Result<Url, SignInError> {
        self.throttle.from_address(address, self.now())?;
        self.oidc()?.begin(Wish::SignIn, browser, self).await
    }

    /// Where to send a browser whose account is to be linked with an identity at the provider. Asks for a fresh sign-in.
    ///
    /// # Errors
    /// [`SignInError::NotFresh`], [`SignInError::NotConfigured`], [`SignInError::ProviderUnavailable`].
    pub async fn begin_openid_link(&self, identity: &Identity, browser: &str) -> Result<Url, SignInError> {
        self.fresh(identity)?;
        self.oidc()?.begin(Wish::Link(identity.account), browser, self).await
    }

    /// A browser comes back from the provider: it signs in, and the session that it came with ends; or its account is linked.
    /// `signed_in` is who the browser's session belongs to now.
    ///
    /// # Errors
    /// [`SignInError::CeremonyUnknown`], [`SignInError::IdTokenRefused`], [`SignInError::IdentityUnlinked`],
    /// [`SignInError::IdentityTaken`], [`SignInError::ProviderUnavailable`].
    pub async fn with_openid(
        &self,
        came: Came<'_>,
        signed_in: Option<&Identity>,
        previous: Option<&str>,
    ) -> Result<CameBack, SignInError> {
        let oidc = self.oidc()?;
        let (wish, subject) = oidc.finish(&came, self).await?;
        let who = format!("{}\0{subject}", oidc.provider.issuer);
        let digest = self.digest(Purpose::Identity, &who)?;
        let known = self.blocking(move |store| store.read(|rows| rows.find(Kind::OpenId, &digest))).await?;
        match (wish, known) {
            (Wish::SignIn, Some((account, _))) if self.accounts.is_open(account).await? => {
                Ok(CameBack::SignedIn(self.begin_session(account, SignInMethod::OpenId, previous).await?))
            }
            (Wish::SignIn, _) => Err(SignInError::IdentityUnlinked),
            (Wish::Link(_), Some(_)) => Err(SignInError::IdentityTaken),
            // Who signed out and in as somebody else in between links nothing.
            (Wish::Link(account), None) if signed_in.is_some_and(|identity| identity.account == account) => {
                let issuer = oidc.provider.issuer.clone();
                Ok(CameBack::Linked(self.link(account, digest, issuer).await?))
            }
            (Wish::Link(_), None) => Err(SignInError::CeremonyUnknown),
        }
    }

    async fn link(&self, account: Uuid, digest: [u8; 32], issuer: String) -> Result<Uuid, SignInError> {
        let (key, since) = (random::key()?, self.now().day());
        self.blocking(move |store| {
            store.change(|rows, change| {
                if rows.find(Kind::OpenId, &digest)?.is_some() {
                    return Err(SignInError::IdentityTaken);
                }
                if rows.rows::<OpenIdRow>(account, Kind::OpenId)?.len() >= MAX_PASSKEYS {
                    return Err(SignInError::TooManyHeld { most: MAX_PASSKEYS });
                }
                let value = OpenIdRow { issuer, since };
                change.put(account, Kind::OpenId, &Row { id: key.as_bytes().to_vec(), digest: Some(digest), value })
            })
        })
        .await?;
        self.tell_added(account, Kind::OpenId, Added::of(Means::OpenId, key)).await?;
        Ok(key)
    }

    fn oidc(&self) -> Result<&Oidc, SignInError> {
        self.oidc.as_ref().ok_or(SignInError::NotConfigured)
    }
}

fn system_time(now: Moment) -> std::time::SystemTime {
    let since = std::time::Duration::from_millis(u64::try_from(now.millisecond()).unwrap_or_default());
    std::time::UNIX_EPOCH + since
}
