//! How fast the docket is rebuilt from the log, beside reading the same events from the log and doing nothing with them.
//! Goal: at least 100,000 events/s. `SIYI_BENCH_MATTERS` matters (default 4,000) of about 55 events each.

use std::sync::Arc;
use std::time::Instant;

use futures::StreamExt;
use siyi_projections::runner::BATCH_EVENTS;
use siyi_tests::load::{copy_matter, stream};
use siyi_tests::world::{World, case_files};

const ROUNDS: usize = 5;

#[tokio::main]
async fn main() {
    let matters = std::env::var("SIYI_BENCH_MATTERS").ok().and_then(|n| n.parse().ok()).unwrap_or(4_000);
    let world = World::new().await.expect("a world");
    world.run(&case_files().expect("cases")).await.expect("the cases run");
    let store = Arc::clone(&world.app.store);
    let shelf = world.app.models.docket.shelf();
    let row = siyi_projections::docket::by_number(&shelf, "419901101201-2026-1").expect("docket").expect("C1");
    drop(shelf);
    let template = stream(store.as_ref(), &format!("consultation-{}", row.id)).await.expect("C1's events");
    copy_matter(&template, matters, &store).await.expect("copies");
    let head = store.head().await.expect("head").expect("events");
    println!("{} events in the log, {} a matter", head.0 + 1, template.len());
    world.app.models.wait_for(head, std::time::Duration::from_secs(600)).await;
    let (mut reads, mut rebuilds) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut batches = store.follow_batches(None, BATCH_EVENTS);
        let mut read = 0;
        while let Some(batch) = batches.next().await {
            let batch = batch.expect("batch");
            read += batch.events.len();
            if batch.caught_up {
                break;
            }
        }
        reads.push(read as f64 / begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let applied = world.app.models.rebuild("docket").await.expect("a model").expect("rebuilt");
        rebuilds.push(applied as f64 / begun.elapsed().as_secs_f64());
    }
    let (read, rebuilt) = (median(&mut reads), median(&mut rebuilds));
    println!("read only        {read:>10.0} events/s  [{:.0} to {:.0}]", reads[0], reads[ROUNDS - 1]);
    println!("docket rebuilt   {rebuilt:>10.0} events/s  [{:.0} to {:.0}]", rebuilds[0], rebuilds[ROUNDS - 1]);
    println!("ratio rebuilt/read {:.2}", rebuilt / read);
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
