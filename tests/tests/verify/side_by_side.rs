//! On however many threads a record is judged, and however it is cut into batches, the same is found; also in one that is broken.

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use rayon::ThreadPoolBuilder;
use siyi_domain::rules::Rules;
use siyi_verify::derive::{Judge, derive};
use siyi_verify::finding::Finding;
use siyi_verify::replay::Authority;

use crate::authority::Signed;

fn on<T: Send>(threads: usize, judge: impl FnOnce() -> T + Send) -> T {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(judge)
}

/// What is found where the record is heard in parts.
fn in_parts<'b>(parts: impl Iterator<Item = &'b [Bytes]>) -> (usize, Authority, Vec<Finding>) {
    let rules = Rules::shipped().unwrap();
    let mut judge = Judge::new(&rules);
    let mut findings: Vec<Finding> = parts.flat_map(|bodies| judge.hear(bodies).1).collect();
    findings.extend(judge.end().1);
    (judge.acts(), judge.authority().clone(), findings)
}

/// Events that stand elsewhere, events that are gone, where the record is cut, and on how many threads it is judged.
fn broken() -> impl Strategy<Value = (Vec<(Index, i8)>, Vec<Index>, usize, usize)> {
    let moved = prop::collection::vec(any::<(Index, i8)>(), 0..6);
    (moved, prop::collection::vec(any::<Index>(), 0..2), 1..400_usize, select(&[1, 2, 8]))
}

#[tokio::test]
async fn neither_threads_nor_batches_change_what_is_found() {
    let whole = Signed::new().await.parts.events;
    let rules = Rules::shipped().unwrap();
    let judged = |(moved, gone, cut, threads): (Vec<(Index, i8)>, Vec<Index>, usize, usize)| {
        let mut bodies = whole.clone();
        for (from, by) in moved {
            let from = from.index(bodies.len());
            let to = from.saturating_add_signed(by.into()).min(bodies.len() - 1);
            let body = bodies.remove(from);
            bodies.insert(to, body);
        }
        for at in gone {
            bodies.remove(at.index(bodies.len()));
        }
        // Event by event is act by act, one behind the other.
        let alone = on(1, || in_parts(bodies.chunks(1)));
        let derived = on(threads, || derive(&bodies, &rules));
        prop_assert_eq!(&alone, &(derived.acts, derived.authority, derived.findings));
        prop_assert_eq!(&alone, &on(threads, || in_parts(bodies.chunks(cut))));
        Ok(())
    };
    TestRunner::new(ProptestConfig::with_cases(12)).run(&broken(), judged).unwrap();
}
