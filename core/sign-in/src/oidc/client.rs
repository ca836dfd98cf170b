//! The one way out of this program to another server: to the configured provider, without redirects, in little time and space.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::redirect::Policy;
use url::Url;

use crate::error::SignInError;

/// Longest time for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(5);
/// Largest answer.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

pub(super) struct Client {
    http: reqwest::Client,
    provider: url::Origin,
}

/// Why the provider was not asked, or its answer not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("`{0}` is not the configured provider's")]
    OtherServer(String),
    #[error("the answer is larger than it may be")]
    TooLarge,
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Malformed(#[from] http::Error),
}

impl Client {
    pub(super) fn new(issuer: &Url, roots_pem: Option<&str>) -> Result<Self, SignInError> {
        if issuer.scheme() != "https" && !(issuer.scheme() == "http" && is_here(issuer)) {
            return Err(SignInError::Unavailable { reason: "the identity provider's issuer is not https".into() });
        }
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(ANSWER_TIME)
            .https_only(issuer.scheme() == "https")
            .user_agent("siyi");
        if let Some(pem) = roots_pem {
            for root in reqwest::Certificate::from_pem_bundle(pem.as_bytes()).map_err(SignInError::unavailable)? {
                builder = builder.add_root_certificate(root);
            }
        }
        Ok(Self { http: builder.build().map_err(SignInError::unavailable)?, provider: issuer.origin() })
    }

    /// Whether an address is the provider's: its own scheme, host and port, whatever its metadata say.
    pub(super) fn is_theirs(&self, address: &Url) -> bool {
        address.origin() == self.provider
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        let request: reqwest::Request = request.try_into()?;
        if !self.is_theirs(request.url()) {
            return Err(Unanswered::OtherServer(request.url().to_string()));
        }
        let mut answer = self.http.execute(request).await?;
        let mut told = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            told = told.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(Unanswered::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(told.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Client {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

/// Whether a host is this machine, where plain http is nobody else's to hear.
fn is_here(issuer: &Url) -> bool {
    match issuer.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for issuer in ["http://127.0.0.1:3000", "http://localhost:3000", "https://id.example"] {
            assert!(Client::new(&issuer.parse().unwrap(), None).is_ok(), "{issuer}");
        }
        assert!(Client::new(&"http://id.example".parse().unwrap(), None).is_err());
    }

    #[tokio::test]
    async fn no_other_server_is_asked_whatever_the_provider_says() {
        let client = Client::new(&"https://id.example".parse().unwrap(), None).unwrap();
        let request = http::Request::get("https://id.example:8443/token").body(Vec::new()).unwrap();
        assert!(matches!(client.ask(request).await, Err(Unanswered::OtherServer(_))));
    }
}
