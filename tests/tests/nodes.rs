//! Three nodes over one log and one database, as processes of their own: whatever one of them acknowledged stands in the log once,
//! is seen at the others by its position, and leads to the same read models, whoever is killed meanwhile.
//!
//! The log lies behind the EventStoreDB face of this program (`esdb_cluster`), which plays the cluster; the database is Debian's
//! PostgreSQL. `SIYI_CRASH_SEED` repeats a run, as far as the operating system lets it.

#[path = "nodes/equal.rs"]
mod equal;
#[path = "nodes/load.rs"]
mod load;
#[path = "nodes/setting.rs"]
mod setting;

use std::thread;

use load::{Load, compete};
use setting::{NODES, Setting};
use siyi_tests::crash::random::{Random, SEED};
use siyi_tests::crash::{Outcome, hold};

#[test]
fn three_nodes_are_one_whoever_is_killed() {
    let seed = Random::seed_of_run();
    println!("{SEED}={seed}");
    if let Err(broken) = run(seed) {
        panic!("{broken} (repeat with {SEED}={seed})");
    }
}

fn run(seed: u64) -> Outcome<()> {
    let setting = Setting::start()?;
    let load = Load::new(seed);
    thread::scope(|scope| {
        let clients = load.begin(scope, &setting);
        let disturbed = disturb(&setting, &load);
        let ended = load.end(clients);
        ended.and(disturbed)
    })?;
    let told = load.told();
    println!("{} commands acknowledged, {} of them read at another node", told.len(), load.read_elsewhere());
    for node in 0..NODES {
        setting.is_current(node)?;
    }
    let competed = compete(&setting, seed)?;
    equal::checkpoints(&setting)?;
    equal::log(&setting, told.iter().chain(&competed))?;
    let folders = setting.stop()?;
    equal::trees(&folders)?;
    let rows = equal::read_models(&folders)?;
    setting.rebuild(0)?;
    hold(equal::read_models(&folders)? == rows, || "the rebuilt read models have other rows".into())?;
    println!("{rows} rows of read models equal at all nodes, and equal to a rebuild");
    Ok(())
}

/// What goes wrong while the clients act. Before each next thing they must have got on.
fn disturb(setting: &Setting, load: &Load) -> Outcome<()> {
    load.gets_on(60)?;
    hold(load.behind() == 0, || "a node did not show in time what another had acknowledged".into())?;

    println!("a node is killed");
    let signed = setting.checkpoint(0)?;
    setting.kill(1)?;
    load.gets_on(40)?;
    // Every node holds the key; whoever is left signs on.
    setting.checkpoint_beyond(0, signed)?;
    setting.checkpoint_beyond(2, signed)?;
    setting.begin(1)?;
    setting.is_ready(1)?;
    load.gets_on(40)?;

    println!("the log's server is killed");
    setting.kill_cluster()?;
    for node in 0..NODES {
        setting.is_not_ready(node, "the log does not answer")?;
    }
    setting.begin_cluster()?;
    for node in 0..NODES {
        setting.is_ready(node)?;
    }
    load.gets_on(40)?;
    for node in 0..NODES {
        let signed = setting.checkpoint(node)?;
        load.gets_on(5)?;
        setting.checkpoint_beyond(node, signed)?;
    }

    println!("the database is killed");
    setting.postgres.kill();
    for node in 0..NODES {
        setting.is_not_ready(node, "the shared database does not answer")?;
    }
    setting.postgres.go_on();
    for node in 0..NODES {
        setting.is_ready(node)?;
    }
    load.gets_on(40)
}
