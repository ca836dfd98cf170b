//! The parts of a bundle out of an event store.

use std::collections::{BTreeMap, BTreeSet};

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_log::envelope::{DomainEvent, Recorded, Subject};
use siyi_log::port::{Direction, EventStore, InvalidStreamName, MAX_READ, ReadError, ReadFrom, Revision, StoredEvent};
use siyi_log::via::Via;

use uuid::Uuid;

use crate::bundle::Parts;
use crate::proof::{Consistency, Inclusion};
use crate::{notice, packs, papers, record};

/// What a log proves of a store's events. Whoever keeps the log implements it.
pub trait Proofs {
    /// Why a proof could not be made.
    type Error: std::error::Error + 'static;

    /// The checkpoint that all proofs lead to.
    ///
    /// # Errors
    /// [`Self::Error`].
    fn checkpoint(&self) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The policy that is published with the log.
    fn policy(&self) -> Option<String>;

    /// The proof that an event stands in the tree of [`Proofs::checkpoint`]; none where the tree does not hold it yet.
    ///
    /// # Errors
    /// [`Self::Error`].
    fn inclusion(&self, event: &StoredEvent) -> Result<Option<Inclusion>, Self::Error>;

    /// Proofs that the tree grew out of earlier ones, from the sizes that people may have kept.
    ///
    /// # Errors
    /// [`Self::Error`].
    fn consistency(&self) -> Result<Vec<Consistency>, Self::Error>;
}

/// No log: the bundle can be checked against itself and the rules, and says that nothing is logged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlogged;

impl Proofs for Unlogged {
    type Error = std::convert::Infallible;

    fn checkpoint(&self) -> Result<Option<Vec<u8>>, Self::Error> {
        Ok(None)
    }

    fn policy(&self) -> Option<String> {
        None
    }

    fn inclusion(&self, _: &StoredEvent) -> Result<Option<Inclusion>, Self::Error> {
        Ok(None)
    }

    fn consistency(&self) -> Result<Vec<Consistency>, Self::Error> {
        Ok(Vec::new())
    }
}

/// Why the parts of a bundle could not be collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError<E: std::error::Error + 'static> {
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A stream has no name; never for a valid id.
    #[error(transparent)]
    Stream(#[from] InvalidStreamName),
    /// There is no such matter.
    #[error("there is no matter `{0}`")]
    Unknown(ConsultationId),
    /// The log proves nothing.
    #[error("the log: {0}")]
    Proof(E),
}

/// Collects what a matter rests on: its own events, and up to its last those of its village and rolls, of the jurisdictions
/// above with theirs, and of the accounts through which people acted in any of them.
///
/// # Errors
/// [`CollectError`].
pub async fn collect<P: Proofs>(
    store: &dyn EventStore,
    matter: ConsultationId,
    proofs: &P,
) -> Result<Parts, CollectError<P::Error>> {
    let mut events = stream(store, &Subject::Consultation(matter)).await?;
    let jurisdiction = events.first().and_then(place_of).ok_or(CollectError::Unknown(matter))?;
    let last = events.last().map(|event| event.position).unwrap_or_default();
    for code in std::iter::successors(Some(jurisdiction.clone()), JurisdictionCode::parent) {
        for subject in [Subject::Jurisdiction(code.clone()), Subject::Roster(code)] {
            let of_place = stream(store, &subject).await?;
            events.extend(of_place.into_iter().filter(|event| event.position < last));
        }
    }
    let accounts: BTreeSet<Uuid> = events.iter().flat_map(accounts_of).collect();
    for account in accounts {
        let of_account = stream(store, &Subject::Account(account)).await?;
        events.extend(of_account.into_iter().filter(|event| event.position < last));
    }
    events.sort_by_key(|event| event.position);
    let checkpoint = proofs.checkpoint().map_err(CollectError::Proof)?;
    let mut inclusions = Vec::new();
    let mut consistency = Vec::new();
    if checkpoint.is_some() {
        for event in &events {
            // The first that is not in the tree yet ends the list: those behind it are not either.
            match proofs.inclusion(event).map_err(CollectError::Proof)? {
                Some(inclusion) => inclusions.push(inclusion),
                None => break,
            }
        }
        consistency = proofs.consistency().map_err(CollectError::Proof)?;
    }
    let bodies: Vec<_> = events.into_iter().map(|event| event.body).collect();
    let (entries, _) = record::read(0, &bodies);
    let attachments = papers::cited(&entries).into_keys().collect();
    let notices = notice::stated(&entries, matter).into_iter().map(|(stated, _)| stated).collect();
    Ok(Parts {
        consultation: matter,
        jurisdiction,
        proofs: inclusions,
        checkpoint,
        policy: proofs.policy(),
        consistency,
        procedures: procedures(),
        notices,
        attachments,
        papers: BTreeMap::new(),
        events: bodies,
    })
}

/// All procedures of this program: a matter crosses from one to its successor, and a place adopts another.
fn procedures() -> BTreeMap<String, String> {
    packs::RELEASED.iter().map(|pack| (pack.file.to_owned(), pack.text.to_owned())).collect()
}

fn place_of(event: &StoredEvent) -> Option<JurisdictionCode> {
    match Recorded::read(event).ok()??.event {
        DomainEvent::Consultation(_, ConsultationEvent::MotionRaised(raised)) => Some(raised.jurisdiction),
        _ => None,
    }
}

/// The accounts through which an act came.
fn accounts_of(event: &StoredEvent) -> Vec<Uuid> {
    let via = Recorded::read(event).ok().flatten().and_then(|recorded| recorded.envelope.via);
    via.iter().flat_map(Via::accounts).collect()
}

async fn stream<E: std::error::Error + 'static>(
    store: &dyn EventStore,
    subject: &Subject,
) -> Result<Vec<StoredEvent>, CollectError<E>> {
    let name = subject.stream()?;
    let mut events: Vec<StoredEvent> = Vec::new();
    loop {
        let from = ReadFrom::Revision(events.last().map_or(Revision(0), |event| Revision(event.revision.0 + 1)));
        let read = store.read_stream(&name, from, Direction::Forwards, MAX_READ).await?;
        if read.is_empty() {
            return Ok(events);
        }
        events.extend(read);
    }
}
