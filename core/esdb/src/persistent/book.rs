//! Who holds which event of a group. Nothing here waits, reads or writes.

use super::settings::{Settings, Strategy};
use crate::record::Recorded;
use std::{
    collections::{BTreeSet, HashMap, VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};
use tokio::time::Instant;
use uuid::Uuid;

/// Where an event came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The stream of parked events, at this revision. A replay does not move the checkpoint.
    Parked(u64),
    /// The source, at this revision or position.
    Source(u64),
}

/// An event of the group.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What is delivered; none where a link leads nowhere.
    pub(super) event: Option<Recorded>,
    /// What led to it.
    pub(super) link: Option<Recorded>,
    pub(super) place: Place,
    pub(super) retries: u32,
}

impl Item {
    /// What consumers acknowledge: the link, where there is one.
    pub(super) fn original(&self) -> Option<&Recorded> {
        self.link.as_ref().or(self.event.as_ref())
    }

    pub(super) fn id(&self) -> Uuid {
        self.original().map(|event| event.id).unwrap_or_default()
    }
}

/// An event in a consumer's hands.
#[derive(Clone, Debug)]
struct Held {
    item: Item,
    consumer: u64,
    until: Instant,
}

/// What the book knows of a consumer.
#[derive(Clone, Copy, Debug)]
struct Hands {
    room: usize,
    holds: usize,
}

/// What to do with an event that a consumer did not acknowledge.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It waits for another try.
    Again,
    /// It is to be parked.
    Park(Box<Item>),
}

/// The book of a group.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Waiting to be delivered; those that come again stand in front.
    waiting: VecDeque<Item>,
    held: HashMap<Uuid, Held>,
    consumers: Vec<(u64, Hands)>,
    /// The places in the source of the events that are neither acknowledged nor parked.
    open: BTreeSet<u64>,
    /// The same for the events that are replayed.
    replayed: BTreeSet<u64>,
    /// Behind the last event that was taken from the stream of parked events.
    pub(super) next_parked: u64,
    /// Behind the last event that was taken from the source.
    next: u64,
    turn: usize,
    /// How many events were finished since the last checkpoint.
    pub(super) finished: usize,
    pub(super) delivered: i64,
}

impl Book {
    pub(super) fn starting_at(next: u64) -> Self {
        Self { next, ..Self::default() }
    }

    /// Where the source is read on.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// Says that the source was looked at up to `next`.
    pub(super) fn looked_to(&mut self, next: u64) {
        self.next = self.next.max(next);
    }

    /// Where the group begins again after a restart: everything before is finished.
    pub(super) fn checkpoint(&self) -> u64 {
        self.open.first().copied().unwrap_or(self.next)
    }

    /// Before which revision the stream of parked events is done with.
    pub(super) fn parked_until(&self) -> u64 {
        self.replayed.first().copied().unwrap_or(self.next_parked)
    }

    /// Takes an event from the source, or one that was parked: these stand before all others.
    pub(super) fn take(&mut self, item: Item) {
        match item.place {
            Place::Source(at) => {
                self.open.insert(at);
                self.waiting.push_back(item);
            }
            Place::Parked(at) => {
                self.replayed.insert(at);
                self.waiting.push_front(item);
            }
        }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn waiting_again(&self) -> usize {
        self.waiting.iter().filter(|item| item.retries > 0 || matches!(item.place, Place::Parked(_))).count()
    }

    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    pub(super) fn join(&mut self, consumer: u64, room: usize) {
        self.consumers.push((consumer, Hands { room, holds: 0 }));
    }

    /// Takes back what a consumer held.
    pub(super) fn leave(&mut self, consumer: u64) {
        self.consumers.retain(|(id, _)| *id != consumer);
        let mut back: Vec<_> =
            self.held.extract_if(|_, held| held.consumer == consumer).map(|(_, held)| held.item).collect();
        back.sort_by_key(|item| std::cmp::Reverse(item.place));
        for item in back {
            self.waiting.push_front(item);
        }
    }

    /// How many events a consumer holds, and how many more it could.
    pub(super) fn hands(&self, consumer: u64) -> (usize, usize) {
        let hands = self.consumers.iter().find(|(id, _)| *id == consumer).map(|(_, hands)| *hands);
        hands.map_or((0, 0), |hands| (hands.holds, hands.room.saturating_sub(hands.holds)))
    }

    /// Whether an event can be given to someone.
    pub(super) fn has_room(&self) -> bool {
        self.consumers.iter().any(|(_, hands)| hands.holds < hands.room)
    }

    /// Gives the next events to consumers; each is to be sent to the one named.
    pub(super) fn deal(&mut self, settings: &Settings, now: Instant) -> Vec<(u64, Item)> {
        let mut dealt = Vec::new();
        let mut kept = VecDeque::new();
        while self.has_room() {
            let Some(item) = self.waiting.pop_front() else { break };
            // The same event twice in hands could not be told apart; so it waits.
            let consumer =
                if self.held.contains_key(&item.id()) { None } else { self.choose(settings.strategy, &item) };
            let Some(consumer) = consumer else {
                kept.push_back(item);
                continue;
            };
            if let Some((_, hands)) = self.consumers.iter_mut().find(|(id, _)| *id == consumer) {
                hands.holds += 1;
            }
            self.delivered += 1;
            let until = now + settings.message_timeout();
            self.held.insert(item.id(), Held { item: item.clone(), consumer, until });
            dealt.push((consumer, item));
        }
        while let Some(item) = kept.pop_back() {
            self.waiting.push_front(item);
        }
        dealt
    }

    fn choose(&mut self, strategy: Strategy, item: &Item) -> Option<u64> {
        let free = |(_, hands): &&(u64, Hands)| hands.holds < hands.room;
        match strategy {
            Strategy::DispatchToSingle => self.consumers.iter().find(free).map(|(id, _)| *id),
            Strategy::RoundRobin => {
                let count = self.consumers.len();
                let order = self.consumers.iter().cycle().skip(self.turn % count.max(1)).take(count);
                let (step, chosen) = order.enumerate().find(|(_, consumer)| free(consumer))?;
                self.turn = (self.turn + step + 1) % count;
                Some(chosen.0)
            }
            Strategy::Pinned | Strategy::PinnedByCorrelation => {
                let key = pin(strategy, item);
                let weight = |id: u64| {
                    let mut hasher = DefaultHasher::new();
                    (id, &key).hash(&mut hasher);
                    hasher.finish()
                };
                // The highest weight wins, so that a consumer that leaves moves its own events only.
                self.consumers.iter().max_by_key(|(id, _)| weight(*id)).filter(free).map(|(id, _)| *id)
            }
        }
    }

    fn release(&mut self, id: Uuid, consumer: u64) -> Option<Item> {
        if self.held.get(&id)?.consumer != consumer {
            return None;
        }
        let held = self.held.remove(&id)?;
        if let Some((_, hands)) = self.consumers.iter_mut().find(|(id, _)| *id == consumer) {
            hands.holds = hands.holds.saturating_sub(1);
        }
        Some(held.item)
    }

    /// The event is finished; the item where this consumer held it.
    pub(super) fn acknowledge(&mut self, id: Uuid, consumer: u64) -> Option<Item> {
        let item = self.release(id, consumer)?;
        self.finish(&item);
        Some(item)
    }

    pub(super) fn finish(&mut self, item: &Item) {
        match item.place {
            Place::Source(at) => self.open.remove(&at),
            Place::Parked(at) => self.replayed.remove(&at),
        };
        self.finished += 1;
    }

    /// The consumer wants the event again.
    pub(super) fn retry(&mut self, id: Uuid, consumer: u64, most: u32) -> Option<Fate> {
        let item = self.release(id, consumer)?;
        Some(self.once_more(item, most))
    }

    /// The consumer wants the event parked.
    pub(super) fn hand_over(&mut self, id: Uuid, consumer: u64) -> Option<Item> {
        self.release(id, consumer)
    }

    /// The events that consumers kept for too long.
    pub(super) fn overdue(&mut self, now: Instant, most: u32) -> Vec<Fate> {
        let late = self.held.iter().filter(|(_, held)| held.until <= now);
        let late: Vec<_> = late.map(|(id, held)| (*id, held.consumer)).collect();
        late.into_iter().filter_map(|(id, consumer)| self.retry(id, consumer, most)).collect()
    }

    /// When the next event is kept for too long.
    pub(super) fn next_overdue(&self) -> Option<Instant> {
        self.held.values().map(|held| held.until).min()
    }

    fn once_more(&mut self, mut item: Item, most: u32) -> Fate {
        if item.retries >= most {
            return Fate::Park(Box::new(item));
        }
        item.retries += 1;
        self.waiting.push_front(item);
        Fate::Again
    }
}

/// What holds events together under a pinned strategy.
fn pin(strategy: Strategy, item: &Item) -> String {
    let Some(event) = item.event.as_ref().or(item.link.as_ref()) else { return String::new() };
    if strategy == Strategy::PinnedByCorrelation
        && let Ok(serde_json::Value::Object(metadata)) = serde_json::from_slice(&event.metadata)
        && let Some(correlation) = metadata.get("$correlationId").and_then(serde_json::Value::as_str)
    {
        return correlation.into();
    }
    String::from(&*event.stream)
}
