//! The HTTP client of this program, for a crate that would bring another one.

use super::error::ObjectsError;
use async_trait::async_trait;
use http_body_util::BodyExt;
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
    },
};
use reqwest::{Body, Certificate, Client, Request, redirect::Policy};
use std::time::Duration;

const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long the other side may say nothing in the middle of an answer.
const SILENCE: Duration = Duration::from_secs(20);
/// How long one request may take with all of its answer.
const REQUEST_PATIENCE: Duration = Duration::from_secs(60);

/// One client for files and for the credentials that the crate asks for.
#[derive(Clone, Debug)]
pub(super) struct Http(Client);

impl Http {
    /// With these authorities beside the public ones, in PEM.
    pub(super) fn new(authorities: Option<&[u8]>) -> Result<Self, ObjectsError> {
        let malformed =
            |error: reqwest::Error| ObjectsError::AddressMalformed { what: error.without_url().to_string() };
        let mut client = Client::builder()
            .connect_timeout(CONNECT_PATIENCE)
            .read_timeout(SILENCE)
            .timeout(REQUEST_PATIENCE)
            .redirect(Policy::none())
            .no_proxy()
            .http1_only();
        for authority in
            authorities.map(Certificate::from_pem_bundle).transpose().map_err(malformed)?.into_iter().flatten()
        {
            client = client.add_root_certificate(authority);
        }
        Ok(Self(client.build().map_err(malformed)?))
    }
}

impl HttpConnector for Http {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Http {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = Request::try_from(request.map(Body::wrap)).map_err(broken)?;
        let answer = self.0.execute(request).await.map_err(broken)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut response = HttpResponse::new(HttpResponseBody::new(Body::from(answer).map_err(broken)));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

fn broken(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_builder() {
        HttpErrorKind::Unknown
    } else {
        // Broken off: asked again where that changes nothing.
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error.without_url())
}
