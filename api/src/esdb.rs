//! The EventStoreDB face of a server: whom it lets in, asked of the same gate as every other door.

use std::sync::Arc;

use async_trait::async_trait;
use siyi_access::About;
use siyi_esdb::guardian::{Caller as Client, Credential, Guardian, Rights};
use siyi_esdb::refusal::Refusal;

use crate::app::App;
use crate::gate::Caller;

/// The door that whoever reads the whole log stands at: it is the same as exporting it.
const DOOR: &str = "cli:export";

/// Lets in who may read the whole log. Nobody appends to a stream of the domain past the handler.
pub struct Doorkeeper(Arc<App>);

impl Doorkeeper {
    /// Before the log of an app.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self(app)
    }

    async fn caller(&self, credential: &Credential) -> Result<Caller, Refusal> {
        let Some(door) = &self.0.sign_in else { return Ok(Caller::Nobody) };
        let token = match credential {
            Credential::None => return Ok(Caller::Nobody),
            // Clients that know no bearer tokens send one as the password, under any name.
            Credential::Basic { password, .. } => password,
            Credential::Bearer(token) => token,
        };
        match door.sign_in.identify(None, Some(token), self.0.clock.now()).await {
            Ok(Some(identity)) => Ok(Caller::Account(identity.into())),
            Ok(None) | Err(siyi_sign_in::SignInError::TokenInvalid) => Err(Refusal::Unknown),
            Err(error) => Err(Refusal::Unavailable(error.to_string())),
        }
    }
}

#[async_trait]
impl Guardian for Doorkeeper {
    async fn admit(&self, credential: &Credential) -> Result<Client, Refusal> {
        if self.0.gate.is_open() {
            return Ok(Client { name: "open".to_owned(), rights: Rights::CLIENT });
        }
        let caller = self.caller(credential).await?;
        let name = match &caller {
            Caller::Account(identity) => identity.account.to_string(),
            Caller::Nobody | Caller::Claimed(_) => String::new(),
        };
        match self.0.gate.may(&caller, DOOR, &About::default()).await {
            Ok(true) => Ok(Client { name, rights: Rights::CLIENT }),
            Ok(false) => Ok(Client { name, rights: Rights::default() }),
            Err(error) => Err(Refusal::Unavailable(error.to_string())),
        }
    }
}
