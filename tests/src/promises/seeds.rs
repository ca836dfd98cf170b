//! What a keeper of seeds promises to the nodes over it.

use super::{moment, together};
use siyi_log::vault::{RandomSalts, SEED_KEPT_MS, Seed, Seeds};
use std::sync::Arc;
use uuid::Uuid;

/// Two nodes over the same seeds.
pub struct Nodes {
    pub here: Arc<dyn Seeds>,
    pub there: Arc<dyn Seeds>,
}

type Subject = Nodes;

const ACT: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
/// Milliseconds since 1970.
const NOW: i64 = 1_773_213_000_000;

fn seed(byte: u8) -> Seed {
    Seed::from_bytes([byte; 32])
}

pub async fn a_seed_that_waits_here_is_taken_there(nodes: Subject) {
    nodes.here.keep(ACT, seed(1), moment(NOW)).await.unwrap();
    nodes.there.keep(OTHER, seed(2), moment(NOW)).await.unwrap();
    assert_eq!(nodes.there.take(ACT, moment(NOW)).await.unwrap(), Some(seed(1)));
    assert_eq!(nodes.here.take(OTHER, moment(NOW)).await.unwrap(), Some(seed(2)));
    assert_eq!(nodes.here.take(Uuid::from_u128(3), moment(NOW)).await.unwrap(), None);
}

pub async fn a_seed_is_taken_once_wherever_it_is_asked_for(nodes: Subject) {
    nodes.here.keep(ACT, Seed::random(&RandomSalts).unwrap(), moment(NOW)).await.unwrap();
    let takes = (0..16).map(|number| {
        let node = Arc::clone(if number % 2 == 0 { &nodes.here } else { &nodes.there });
        async move { node.take(ACT, moment(NOW)).await.unwrap() }
    });
    let taken = together(takes.collect::<Vec<_>>()).await;
    assert_eq!(taken.iter().flatten().count(), 1);
    assert_eq!(nodes.here.take(ACT, moment(NOW)).await.unwrap(), None);
}

pub async fn a_later_seed_takes_the_place_of_the_one_before(nodes: Subject) {
    nodes.here.keep(ACT, seed(1), moment(NOW)).await.unwrap();
    nodes.there.keep(ACT, seed(2), moment(NOW + SEED_KEPT_MS)).await.unwrap();
    let later = moment(NOW + SEED_KEPT_MS + 1);
    assert_eq!(nodes.here.take(ACT, later).await.unwrap(), Some(seed(2)));
    assert_eq!(nodes.here.take(ACT, later).await.unwrap(), None);
}

pub async fn a_seed_is_over_after_five_minutes(nodes: Subject) {
    assert_eq!(SEED_KEPT_MS, 5 * 60 * 1000);
    for (after, is_good) in [(SEED_KEPT_MS, true), (SEED_KEPT_MS + 1, false), (-10_000, true), (-10_001, false)] {
        nodes.here.keep(ACT, seed(1), moment(NOW)).await.unwrap();
        let taken = nodes.there.take(ACT, moment(NOW + after)).await.unwrap();
        assert_eq!(taken, is_good.then(|| seed(1)), "{after}");
        // And what was asked for too late does not come back.
        assert_eq!(nodes.there.take(ACT, moment(NOW)).await.unwrap(), None, "{after}");
    }
}
