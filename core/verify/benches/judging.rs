//! How long it takes to verify a matter offline (the goal is 1 s), and to judge a whole record anew (1,000,000 events in 60 s on
//! two cores): that of a township whose villages each have the rolls of the bundle and its matter thirty times.
//!
//! `SIYI_BUNDLE=c12.zip cargo bench -p siyi-verify`, with a file of `siyi export --bundle 12 --out c12.zip`.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a bench that cannot be set up says so")]

use bytes::Bytes;
use rayon::ThreadPoolBuilder;
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::rules::Rules;
use siyi_log::envelope::Subject;
use siyi_log::handler::event_id;
use siyi_verify::bundle::Parts;
use siyi_verify::derive::Judge;
use siyi_verify::record::{self, Entry};
use siyi_verify::{Options, bundle, verify_bundle};
use std::time::{Duration, Instant};
use uuid::Uuid;

const EVENTS: usize = 1_000_000;
const GOAL_SECONDS: f64 = 60.0;
const ROUNDS: u32 = 20;
const MATTERS: usize = 30;
const BATCH: usize = 2048;

fn main() {
    let Some(file) = std::env::var_os("SIYI_BUNDLE") else {
        println!("name a bundle: SIYI_BUNDLE=c12.zip");
        return;
    };
    let bytes = std::fs::read(file).expect("a bundle");
    let (parts, _) = bundle::read(&bytes).expect("a bundle");
    // Schemas are compiled at first use.
    let report = verify_bundle(&bytes, &Options::default());
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        let again = verify_bundle(&bytes, &Options::default());
        assert_eq!(again, report, "a verification is always the same");
    }
    let seconds = begun.elapsed().as_secs_f64() / f64::from(ROUNDS);
    println!("a matter of {} events: {seconds:.3} s of the goal of 1 s, {:?}", parts.events.len(), report.verdict);

    let (entries, _) = record::read(0, &parts.events);
    let acts = record::acts(&entries);
    let mut one = None;
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let (events, spent) = pool.install(|| judge(&acts, &parts));
        let seconds = spent.as_secs_f64();
        println!(
            "{events} events judged on {threads} threads: {seconds:.1} s, {:.2} of the goal of {GOAL_SECONDS} s, {:.2} times as fast as on one",
            seconds / GOAL_SECONDS,
            *one.get_or_insert(seconds) / seconds
        );
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("most memory: {}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("unknown"));
}

/// Judges the record of a township; only the judging is timed.
fn judge(acts: &[&[Entry]], parts: &Parts) -> (usize, Duration) {
    let rules = Rules::shipped().expect("rules");
    let mut judge = Judge::new(&rules);
    let mut spent = Duration::ZERO;
    let mut batch = Vec::with_capacity(BATCH);
    let mut hear = |batch: &mut Vec<Bytes>| {
        let begun = Instant::now();
        let (_, findings) = judge.hear(batch);
        spent += begun.elapsed();
        assert_eq!(findings, [], "the record holds");
        batch.clear();
    };
    let of_village = |act: &[Entry]| match Subject::of(&act[0].recorded.envelope.stream) {
        Some(Subject::Consultation(_)) => MATTERS,
        Some(Subject::Jurisdiction(code) | Subject::Roster(code)) => usize::from(code == parts.jurisdiction),
        _ => 0,
    };
    let villages = EVENTS / acts.iter().map(|act| act.len() * of_village(act)).sum::<usize>();
    for (number, act) in acts.iter().enumerate() {
        if of_village(act) == 0 {
            batch.extend(act.iter().map(|entry| entry.recorded.body.clone()));
        }
        for village in 0..villages {
            for matter in 0..of_village(act) {
                batch.extend(copied(act, parts, village, matter, number));
                if batch.len() >= BATCH {
                    hear(&mut batch);
                }
            }
        }
    }
    hear(&mut batch);
    assert_eq!(judge.end().1, []);
    (judge.events(), spent)
}

/// An act as it would stand in another village, or in another matter of it.
fn copied(act: &[Entry], parts: &Parts, village: usize, matter: usize, number: usize) -> Vec<Bytes> {
    let code = parts.jurisdiction.as_str();
    let other: JurisdictionCode = format!("{}{:03}", &code[..9], village + 1).parse().expect("a code");
    let of_matter = Uuid::from_u128(((village as u128) << 64) | matter as u128);
    let caused = act[0].recorded.envelope.causation_id;
    let causation = Uuid::from_u128(((village as u128) << 96) | ((number as u128) << 32) | matter as u128);
    let copies = (0..).zip(act).map(|(index, entry)| {
        let body = std::str::from_utf8(&entry.recorded.body).expect("text");
        let body = body.replace(&entry.recorded.envelope.id.to_string(), &event_id(causation, index).to_string());
        let body = body.replace(&caused.to_string(), &causation.to_string());
        let body = body.replace(&parts.consultation.to_string(), &of_matter.to_string());
        Bytes::from(body.replace(code, other.as_str()))
    });
    copies.collect()
}
