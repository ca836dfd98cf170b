//! How long it takes to verify a matter offline (the goal is 1 s), and to judge a whole record anew (1,000,000 events in 60 s on
//! two cores; this takes one).
//!
//! `SIYI_BUNDLE=c12.zip cargo bench -p siyi-verify`, with a file of `siyi export --bundle 12 --out c12.zip`.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up says so")]

use siyi_domain::rules::Rules;
use siyi_verify::derive::Judge;
use siyi_verify::{Options, bundle, verify_bundle};
use std::time::Instant;

const EVENTS: f64 = 1_000_000.0;
const GOAL_SECONDS: f64 = 60.0;
const ROUNDS: u32 = 20;

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

    let rules = Rules::shipped().expect("rules");
    let begun = Instant::now();
    let mut events = 0_u32;
    for _ in 0..ROUNDS {
        let mut judge = Judge::new(&rules);
        for body in &parts.events {
            drop(judge.hear(body));
            events += 1;
        }
        drop(judge.end());
    }
    let each = begun.elapsed().as_secs_f64() / f64::from(events);
    println!(
        "judged {:.0} events a second: {:.1} s for {EVENTS}, {:.2} of the goal of {GOAL_SECONDS} s",
        1.0 / each,
        each * EVENTS,
        each * EVENTS / GOAL_SECONDS
    );
}
