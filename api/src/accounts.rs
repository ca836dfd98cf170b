//! 账号 in the log: what the sign-in tells is recorded by the handler, like everything else.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use siyi_domain::account::{Account, Proof};
use siyi_domain::ids::{JurisdictionCode, Level, PersonId};
use siyi_domain::office::{Actor, Office};
use siyi_domain::refusal::Refusal;
use siyi_log::handler::{HandleError, Handler, Outcome, Request, Target};
use siyi_log::via::{KnownBy, Signed, Via};
use siyi_projections::directory;
use siyi_projections::models::Models;
use siyi_sign_in::{Accounts, AccountsError, Added};
use uuid::Uuid;

/// How long an account waits for the directory, which says whether the person has one already.
const PATIENCE: Duration = Duration::from_secs(10);

/// The record of accounts, which is the log.
pub struct LoggedAccounts {
    handler: Arc<Handler>,
    models: Models,
}

impl LoggedAccounts {
    /// Over a handler and the read models that follow its log.
    #[must_use]
    pub fn new(handler: Arc<Handler>, models: Models) -> Self {
        Self { handler, models }
    }

    /// The person must be on the roster, not erased, and without another account: two accounts would be two voices.
    async fn check(&self, place: &JurisdictionCode, person: PersonId) -> Result<(), AccountsError> {
        let roster = self.handler.roster(place).await.map_err(|error| broken(&error))?;
        roster.present(person).map_err(|refusal| refused(&refusal))?;
        if account_of(&self.handler, &self.models, person).await?.is_some() {
            let message = "this person has an account already".to_owned();
            return Err(AccountsError { code: "person-has-account", message });
        }
        Ok(())
    }

    /// One human votes in one village: who acts in a second one must have been admitted in one of the two by the events that the
    /// law asks for (VL-2025 art. 16), which strike them from the roll of the other.
    async fn check_one_roll(
        &self,
        account: Uuid,
        place: &JurisdictionCode,
        person: PersonId,
    ) -> Result<(), AccountsError> {
        if place.level() != Level::Village {
            return Ok(());
        }
        let state = self.told(account).await?;
        let here = self.handler.roster(place).await.map_err(|error| broken(&error))?;
        for (other, as_whom) in
            state.persons.iter().filter(|(code, _)| code.level() == Level::Village && *code != place)
        {
            let there = self.handler.roster(other).await.map_err(|error| broken(&error))?;
            if !here.is_admitted(person) && !there.is_admitted(*as_whom) {
                let message =
                    format!("this account is of a villager of {other} already, and neither village admitted them");
                return Err(AccountsError { code: "on-two-rolls", message });
            }
        }
        Ok(())
    }

    async fn record(
        &self,
        account: Uuid,
        who: (Actor, Option<KnownBy>),
        name: &str,
        input: Value,
    ) -> Result<(), AccountsError> {
        let (actor, known_by) = who;
        let via =
            |known_by| Via { known_by, account: Some(account), attendant: None, second: None, signed: Signed::Nobody };
        let request = Request {
            command_id: crate::graphql::new_id(),
            target: Target::Account(account),
            name: name.to_owned(),
            input,
            occurred_at: None,
            actor,
            correlation_id: None,
            via: known_by.map(via),
        };
        match self.handler.handle(&request).await {
            Ok(Outcome::Recorded(_)) => Ok(()),
            Ok(Outcome::Refused(refusal)) => Err(refused(&refusal)),
            Err(error) => Err(broken(&error)),
        }
    }

    /// In which office somebody looks after their own account: the first that they hold, or as a villager.
    async fn actor(&self, place: &JurisdictionCode, person: PersonId) -> Result<Actor, AccountsError> {
        let roster = self.handler.roster(place).await.map_err(|error| broken(&error))?;
        let today = self.handler.clock().now().day();
        let office = roster.offices_on(person, today).first().copied().unwrap_or(Office::Villager);
        Ok(Actor { person, office })
    }

    /// As whom an account looks after itself, and how it was shown to be that person's.
    async fn owner(&self, account: &Account) -> Result<Actor, AccountsError> {
        let (place, person) = account
            .persons
            .first_key_value()
            .ok_or_else(|| AccountsError { code: "account-unknown", message: "there is no such account".to_owned() })?;
        self.actor(place, *person).await
    }

    async fn told(&self, account: Uuid) -> Result<Arc<Account>, AccountsError> {
        self.handler.account(account).await.map_err(|error| broken(&error))
    }
}

/// The account that acts as a person, by all that the log holds now; none where there is none or it was closed.
///
/// # Errors
/// [`AccountsError`] where the log or the directory does not answer.
pub(crate) async fn account_of(
    handler: &Handler,
    models: &Models,
    person: PersonId,
) -> Result<Option<Uuid>, AccountsError> {
    let head = handler.store().head().await.map_err(|error| broken(&error.into()))?;
    if let Some(head) = head
        && !models.directory.wait_for(head, PATIENCE).await
    {
        return Err(unavailable("the directory is behind the log"));
    }
    directory::account_of(&models.directory.shelf(), person).map_err(|error| unavailable(&error.to_string()))
}

/// How somebody is known who opens an account by this proof. What comes later comes by a session, of which the record hears
/// nothing.
const fn known_by(proof: Proof) -> KnownBy {
    match proof {
        Proof::Invitation | Proof::TownshipCheck => KnownBy::Password,
        Proof::Console => KnownBy::Console,
    }
}

#[async_trait]
impl Accounts for LoggedAccounts {
    async fn open_account(
        &self,
        account: Uuid,
        place: &JurisdictionCode,
        person: PersonId,
        proof: Proof,
    ) -> Result<(), AccountsError> {
        self.check(place, person).await?;
        let actor = self.actor(place, person).await?;
        let input = json!({ "jurisdiction": place, "person": person, "proof": proof });
        self.record(account, (actor, Some(known_by(proof))), "openAccount", input).await
    }

    async fn bind_person(
        &self,
        account: Uuid,
        place: &JurisdictionCode,
        person: PersonId,
        proof: Proof,
    ) -> Result<(), AccountsError> {
        self.check(place, person).await?;
        self.check_one_roll(account, place, person).await?;
        let actor = self.actor(place, person).await?;
        let input = json!({ "jurisdiction": place, "person": person, "proof": proof });
        self.record(account, (actor, None), "bindPerson", input).await
    }

    async fn add_sign_in(&self, account: Uuid, added: &Added) -> Result<(), AccountsError> {
        let state = self.told(account).await?;
        let actor = self.owner(&state).await?;
        let input = json!({
            "means": added.means,
            "key": added.key,
            "publicKey": added.public_key,
            "scopes": added.scopes,
            "expiresOn": added.expires_on,
        });
        self.record(account, (actor, None), "addSignIn", input).await
    }

    async fn remove_sign_in(&self, account: Uuid, key: Uuid) -> Result<(), AccountsError> {
        let state = self.told(account).await?;
        let actor = self.owner(&state).await?;
        self.record(account, (actor, None), "removeSignIn", json!({ "key": key })).await
    }

    async fn is_open(&self, account: Uuid) -> Result<bool, AccountsError> {
        let state = self.told(account).await?;
        Ok(!state.persons.is_empty() && !state.closed)
    }
}

fn refused(refusal: &Refusal) -> AccountsError {
    AccountsError { code: refusal.code.as_str(), message: refusal.to_string() }
}

fn broken(error: &HandleError) -> AccountsError {
    tracing::error!(%error, code = error.code(), "the log did not take an account's event");
    AccountsError { code: error.code(), message: "the log cannot take it now".to_owned() }
}

fn unavailable(reason: &str) -> AccountsError {
    tracing::error!(reason, "whose account it is cannot be told");
    AccountsError { code: "store-unavailable", message: "it cannot be told now whose account it is".to_owned() }
}
