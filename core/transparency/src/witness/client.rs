//! Asking a witness over HTTP.

use super::{NotConfirmed, Witness};
use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use siyi_tlog::{AddCheckpoint, MAX_NOTE_BYTES, NoteSignature, SignedCheckpoint, TrustPolicy, VerifierKey, sha256};
use std::{fmt, time::Duration};

/// How long a witness may take to answer, in all.
pub const WITNESS_TIMEOUT: Duration = Duration::from_secs(3);

/// A witness at a submission prefix, which is taken as its monitoring prefix too.
#[derive(Clone, Debug)]
pub struct HttpWitness {
    key: VerifierKey,
    prefix: String,
    client: Client,
}

impl HttpWitness {
    /// The witness with this key at an address such as `https://witness.town.example/siyi`.
    ///
    /// `roots` are further certificates (PEM) by which a township's own authority is known.
    ///
    /// # Errors
    /// [`NotConfirmed::Unavailable`] where a certificate cannot be read.
    pub fn new(key: VerifierKey, prefix: &str, roots: &[Vec<u8>]) -> Result<Self, NotConfirmed> {
        // No redirect: a witness that sends elsewhere could have this server ask inside its own network.
        let mut client = Client::builder().timeout(WITNESS_TIMEOUT).redirect(Policy::none()).no_proxy();
        for root in roots {
            client = client.add_root_certificate(reqwest::Certificate::from_pem(root).map_err(unavailable)?);
        }
        let client = client.build().map_err(unavailable)?;
        Ok(Self { key, prefix: prefix.trim_end_matches('/').into(), client })
    }

    /// The witnesses of a policy that have an address.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_policy(policy: &TrustPolicy, roots: &[Vec<u8>]) -> Result<Vec<Self>, NotConfirmed> {
        let with_url = policy.witnesses().iter().filter_map(|witness| Some((witness, witness.url.as_ref()?)));
        with_url.map(|(witness, url)| Self::new(witness.key.clone(), url, roots)).collect()
    }

    async fn ask(&self, request: RequestBuilder) -> Result<(StatusCode, String), NotConfirmed> {
        let mut response = request.send().await.map_err(unavailable)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            if body.len() + chunk.len() > MAX_NOTE_BYTES {
                return Err(unavailable("it answers too much"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, String::from_utf8(body).map_err(unavailable)?))
    }
}

fn unavailable(reason: impl fmt::Display) -> NotConfirmed {
    NotConfirmed::Unavailable { reason: reason.to_string() }
}

#[async_trait]
impl Witness for HttpWitness {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<Vec<NoteSignature>, NotConfirmed> {
        let post = self.client.post(format!("{}/add-checkpoint", self.prefix)).body(request.to_string());
        let (status, body) = self.ask(post).await?;
        match status {
            StatusCode::OK => NoteSignature::parse_lines(&body).map_err(unavailable),
            StatusCode::CONFLICT => {
                let size = body.strip_suffix('\n').and_then(|size| size.parse().ok());
                Err(size.map_or_else(|| unavailable("409 without a size"), |size| NotConfirmed::Stale { size }))
            }
            StatusCode::UNPROCESSABLE_ENTITY => Err(NotConfirmed::Inconsistent),
            status => Err(NotConfirmed::Refused { status: status.as_u16() }),
        }
    }

    async fn latest(&self, origin: &str) -> Result<Option<SignedCheckpoint>, NotConfirmed> {
        let get = self.client.get(format!("{}/{}/checkpoint", self.prefix, sha256(origin.as_bytes()).hex()));
        let (status, body) = self.ask(get).await?;
        match status {
            StatusCode::OK => SignedCheckpoint::parse(&body).map(Some).map_err(unavailable),
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(NotConfirmed::Refused { status: status.as_u16() }),
        }
    }
}
