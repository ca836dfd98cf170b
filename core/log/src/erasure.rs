//! Making good an erasure that a crash cut short.
//!
//! The event comes first, the keys are destroyed after it. Between the two the process may die; so whoever opens a store
//! goes through its erasures once, which is cheap: forgetting who is forgotten changes nothing.

use siyi_domain::roster::RosterEvent;
use uuid::Uuid;

use crate::envelope::{DomainEvent, Recorded, Undecodable};
use crate::port::{AllFrom, Direction, EventStore, MAX_READ, ReadError, StoredEvent};
use crate::vault::{Vault, VaultError};

/// Why erasures could not be made good.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event cannot be read.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
    /// The vault does not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Forgets everybody whom the log says erased, and answers how many rows that removed.
///
/// # Errors
/// [`ErasureError`]; what was forgotten before it stays forgotten.
pub async fn make_good(store: &dyn EventStore, vault: &dyn Vault) -> Result<usize, ErasureError> {
    let (mut from, mut removed) = (AllFrom::Start, 0);
    loop {
        let events = store.read_all(from, Direction::Forwards, MAX_READ).await?;
        let Some(last) = events.last() else { return Ok(removed) };
        from = AllFrom::After(last.position);
        for event in events.iter().filter(|event| event.event_type == "person-erased.v1") {
            if let Some(person) = erased(event)? {
                removed += vault.forget(person).await?;
            }
        }
    }
}

/// Who is erased by an event; nobody by any other than `person-erased.v1`.
///
/// # Errors
/// [`Undecodable`].
pub fn erased(event: &StoredEvent) -> Result<Option<Uuid>, Undecodable> {
    Ok(Recorded::read(event)?.and_then(|recorded| match recorded.event {
        DomainEvent::Roster(_, RosterEvent::PersonErased(e)) => Some(e.person.0),
        _ => None,
    }))
}
