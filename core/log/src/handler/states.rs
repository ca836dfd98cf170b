//! The folded state of streams, kept in memory and caught up at each use.

use std::sync::Arc;

use quick_cache::sync::Cache;
use siyi_domain::account::Account;
use siyi_domain::consultation::Consultation;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::jurisdiction::Jurisdiction;
use siyi_domain::roster::Roster;
use uuid::Uuid;

use super::HandleError;
use crate::envelope::{DomainEvent, Recorded, Subject};
use crate::port::{Direction, EventStore, MAX_READ, ReadFrom, Revision, StreamName};

/// Streams of each kind whose state is kept in memory.
const KEPT: usize = 512;

type Folded<S> = (Arc<S>, Revision);

/// States by stream. What is cached is never trusted to be new: each use reads the events since.
pub(super) struct States {
    store: Arc<dyn EventStore>,
    jurisdictions: Cache<StreamName, Folded<Jurisdiction>>,
    rosters: Cache<StreamName, Folded<Roster>>,
    consultations: Cache<StreamName, Folded<Consultation>>,
    accounts: Cache<StreamName, Folded<Account>>,
}

impl States {
    pub(super) fn new(store: Arc<dyn EventStore>) -> Self {
        Self {
            store,
            jurisdictions: Cache::new(KEPT),
            rosters: Cache::new(KEPT),
            consultations: Cache::new(KEPT),
            accounts: Cache::new(KEPT),
        }
    }

    pub(super) async fn jurisdiction(&self, code: &JurisdictionCode) -> Result<Folded<Jurisdiction>, HandleError> {
        let stream = Subject::Jurisdiction(code.clone()).stream()?;
        self.folded(&self.jurisdictions, stream, |state: Jurisdiction, recorded| match &recorded.event {
            DomainEvent::Jurisdiction(_, event) => state.evolve(event),
            _ => state,
        })
        .await
    }

    pub(super) async fn roster(&self, code: &JurisdictionCode) -> Result<Folded<Roster>, HandleError> {
        let stream = Subject::Roster(code.clone()).stream()?;
        self.folded(&self.rosters, stream, |state: Roster, recorded| match &recorded.event {
            DomainEvent::Roster(_, event) => state.evolve(event, recorded.envelope.occurred_at),
            _ => state,
        })
        .await
    }

    pub(super) async fn consultation(&self, id: ConsultationId) -> Result<Folded<Consultation>, HandleError> {
        let stream = Subject::Consultation(id).stream()?;
        self.folded(&self.consultations, stream, |state: Consultation, recorded| match &recorded.event {
            DomainEvent::Consultation(_, event) => state.evolve(event, recorded.envelope.occurred_at),
            _ => state,
        })
        .await
    }

    pub(super) async fn account(&self, id: Uuid) -> Result<Folded<Account>, HandleError> {
        let stream = Subject::Account(id).stream()?;
        self.folded(&self.accounts, stream, |state: Account, recorded| match &recorded.event {
            DomainEvent::Account(_, event) => state.evolve(event),
            _ => state,
        })
        .await
    }

    /// The state of a stream and the revision that its next event will have.
    async fn folded<S: Clone + Default>(
        &self,
        cache: &Cache<StreamName, Folded<S>>,
        stream: StreamName,
        evolve: impl Fn(S, &Recorded) -> S,
    ) -> Result<Folded<S>, HandleError> {
        let (mut state, mut next) = cache.get(&stream).unwrap_or_default();
        loop {
            let from = ReadFrom::Revision(next);
            let events = self.store.read_stream(&stream, from, Direction::Forwards, MAX_READ).await?;
            if events.is_empty() {
                break;
            }
            let mut folded = Arc::unwrap_or_clone(state);
            for stored in &events {
                if let Some(recorded) = Recorded::read(stored)? {
                    folded = evolve(folded, &recorded);
                }
                next = Revision(stored.revision.0 + 1);
            }
            state = Arc::new(folded);
        }
        cache.insert(stream, (Arc::clone(&state), next));
        Ok((state, next))
    }
}
