//! What every service needs, and who is calling.

use super::{
    slots::{Open, Slots},
    status::failure,
};
use crate::{
    engine::Engine,
    guardian::{Caller, Credential, Guardian},
    persistent::Groups,
    refusal::Refusal,
};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tonic::{Status, metadata::MetadataMap};

/// How long a write may take before the client is told that its fate is unknown.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// Shared by all services of one face.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) engine: Arc<Engine>,
    pub(crate) guardian: Arc<dyn Guardian>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) slots: Arc<Slots>,
    pub(crate) stop: CancellationToken,
    /// Where clients reach this face.
    pub(crate) advertised: SocketAddr,
    /// The runtime of whoever opened the face: of its guardian, and of what outlives a connection.
    pub(crate) home: Handle,
}

impl Face {
    pub(crate) fn open(&self) -> Open {
        self.slots.open()
    }

    /// Lets the caller in.
    pub(crate) async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Status> {
        let header = metadata.get("authorization").map(|value| value.to_str()).transpose();
        let header = header.map_err(|_| failure(&Refusal::Unknown))?;
        let credential = Credential::read(header).map_err(|refusal| failure(&refusal))?;
        let guardian = Arc::clone(&self.guardian);
        let admitted = match credential {
            // Nobody is looked up, so no other thread is worth waking.
            Credential::None => guardian.admit(&credential).await,
            // What a guardian opens to find somebody, as a connection to a database, outlives the thread that serves.
            Credential::Basic { .. } | Credential::Bearer(_) => {
                let admitted = self.home.spawn(async move { guardian.admit(&credential).await });
                admitted.await.unwrap_or_else(|error| Err(Refusal::Unavailable(error.to_string())))
            }
        };
        admitted.map_err(|refusal| failure(&refusal))
    }

    /// Refuses the caller who may not read `stream`.
    pub(crate) fn let_read(&self, caller: &Caller, stream: &str) -> Result<(), Status> {
        if self.guardian.may_read(caller, stream) {
            return Ok(());
        }
        Err(failure(&Refusal::Denied { reason: "reading this stream needs a right that the credential has not" }))
    }

    /// Refuses the caller who may not append to `stream`.
    pub(crate) fn let_append(&self, caller: &Caller, stream: &str) -> Result<(), Refusal> {
        if crate::names::described_by(stream).is_some_and(crate::names::is_domain) {
            return Err(Refusal::Denied { reason: "streams of the domain have no metadata" });
        }
        if self.guardian.may_append(caller, stream) {
            return Ok(());
        }
        let domain = crate::names::is_domain(stream);
        Err(Refusal::Denied {
            reason: if domain {
                "streams of the domain are written through its rules only"
            } else {
                "writing to this stream needs a right that the credential has not"
            },
        })
    }

    /// Refuses the caller who may not manage persistent subscriptions.
    pub(crate) fn let_administer(caller: &Caller) -> Result<(), Status> {
        if caller.rights.administer {
            return Ok(());
        }
        Err(failure(&Refusal::Denied { reason: "managing subscriptions needs a right that the credential has not" }))
    }
}

/// Waits for a write, within bounds.
pub(crate) async fn timely<T>(write: impl Future<Output = Result<T, Refusal>>) -> Result<T, Status> {
    match tokio::time::timeout(WRITE_TIMEOUT, write).await {
        Ok(answer) => answer.map_err(|refusal| failure(&refusal)),
        Err(_) => Err(Status::aborted("Operation timed out: the write may or may not be stored")),
    }
}
