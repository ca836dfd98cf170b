//! 查阅: personal data in clear, for those who may see it and for nobody before it is recorded that they did.

use serde_json::json;
use siyi_access::About;
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::office::Actor;
use siyi_domain::refusal::Refusal;
use siyi_domain::roster::Keeping;
use siyi_log::handler::{HandleError, Outcome, Request, Target};
use siyi_log::port::Position;
use siyi_log::vault::{Opened, VaultError};
use siyi_log::via::{Second, Signed, Via};

use crate::app::App;
use crate::gate::{Caller, Identity, known_by, name_second};
use crate::graphql::new_id;

/// Whose data somebody wants to see, and why.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who asks.
    pub identity: Identity,
    /// As whom.
    pub actor: Actor,
    /// Where the person is on the books.
    pub place: JurisdictionCode,
    /// Whose data.
    pub person: PersonId,
    /// Who signed second, where that is needed.
    pub second: Option<Second>,
    /// Why; it stands in the log for ever, so it names nobody.
    pub purpose: String,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The policies do not permit it.
    #[error("this person's data is not shown to you, or a second signature is missing")]
    NotPermitted,
    /// Nobody of this id is on the books.
    #[error("nobody of this id is on the roster")]
    Unknown,
    /// The data is stored and used for nothing else.
    #[error("the data is stored and used for nothing else")]
    Restricted,
    /// It was erased.
    #[error("the data was erased")]
    Erased,
    /// The reading could not be recorded by the rules.
    #[error("{0}")]
    Refused(Refusal),
    /// The vault does not answer.
    #[error("the vault cannot answer now")]
    Vault(#[source] VaultError),
    /// The log does not.
    #[error(transparent)]
    Handle(#[from] HandleError),
}

impl Unread {
    /// The stable public code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPermitted => "not-permitted",
            Self::Unknown => "person-unknown",
            Self::Restricted => "person-restricted",
            Self::Erased => "person-erased",
            Self::Refused(refusal) => refusal.code.as_str(),
            Self::Vault(error) => error.code(),
            Self::Handle(error) => error.code(),
        }
    }
}

/// Records the reading, then opens what is known; where the log says so, and the values.
///
/// # Errors
/// [`Unread`].
pub async fn open(app: &App, wanted: Wanted) -> Result<(Position, Vec<Opened>), Unread> {
    check(app, &wanted).await?;
    let Wanted { identity, actor, place, person, second, purpose } = wanted;
    let values = app.vault.of_subject(person.0).await.map_err(|error| {
        tracing::error!(%error, "the vault does not answer");
        Unread::Vault(error)
    })?;
    let fields: Vec<&str> = values.iter().map(|value| value.field.as_str()).collect();
    let request = Request {
        command_id: new_id(),
        target: Target::Account(identity.account),
        name: "recordReading".to_owned(),
        input: json!({ "jurisdiction": place, "person": person, "fields": fields, "purpose": purpose }),
        occurred_at: None,
        actor,
        correlation_id: None,
        via: Some(Via {
            known_by: known_by(identity.method),
            account: Some(identity.account),
            attendant: None,
            second,
            signed: Signed::Nobody,
        }),
    };
    // INVARIANT: nothing is shown before it is on the disk that it was shown.
    match app.handler.handle(&request).await? {
        Outcome::Recorded(receipt) => Ok((receipt.position, values)),
        Outcome::Refused(refusal) => Err(Unread::Refused(refusal)),
    }
}

async fn check(app: &App, wanted: &Wanted) -> Result<(), Unread> {
    let Wanted { identity, place, person, second, .. } = wanted;
    let mut about = About { subject: Some(*person), ..About::place(place.clone()) };
    if let Some(second) = second {
        name_second(second, &mut about);
    }
    if !app.gate.may(&Caller::Account(identity.clone()), "read-personal", &about).await? {
        return Err(Unread::NotPermitted);
    }
    let roster = app.handler.roster(place).await?;
    match (roster.known(*person).is_ok(), roster.keeping(*person)) {
        (true, Keeping::Kept) => Ok(()),
        (true, Keeping::Restricted) => Err(Unread::Restricted),
        (true, Keeping::Erased) => Err(Unread::Erased),
        (false, _) => Err(Unread::Unknown),
    }
}
