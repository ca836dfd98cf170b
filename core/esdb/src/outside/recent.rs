//! Where recent events stand: what a repeated append that expects nothing is known by.

use super::judge::Place;
use bytestring::ByteString;
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

type Key = (ByteString, Uuid);

/// The places of the last so many events.
pub(super) struct Recent {
    limit: usize,
    places: HashMap<Key, Place>,
    order: VecDeque<Key>,
}

impl Recent {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), places: HashMap::new(), order: VecDeque::new() }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Place> {
        self.places.get(key).copied()
    }

    pub(super) fn insert(&mut self, stream: ByteString, id: Uuid, place: Place) {
        let key = (stream, id);
        // The same id may be written twice, where it comes behind another: then the later place counts.
        if self.places.insert(key.clone(), place).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
    }
}
