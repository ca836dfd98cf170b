//! `kill -9` at any moment: nothing that was acknowledged is lost, nothing is there twice, and every read model is a replay.
//!
//! `SIYI_KILL_ROUNDS` says how often (200), `SIYI_CRASH_SEED` repeats a run. What this cannot show is whether anything was
//! synced: the operating system outlives the process. That is `power_cut.rs`.

use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use siyi_tests::crash::act::{Act, Clerk};
use siyi_tests::crash::child::{End, Writer};
use siyi_tests::crash::inspection::{Depth, inspect, make_busy_log};
use siyi_tests::crash::ledger::Ledger;
use siyi_tests::crash::random::{Random, SEED};
use siyi_tests::crash::server::{Answered, Server, check_recorded, export, mutate};
use siyi_tests::crash::{Broken, Outcome, hold};

const WRITER: &str = env!("CARGO_BIN_EXE_crash_writer");
const SIYI: &str = env!("CARGO_BIN_EXE_siyi-as-shipped");
/// Rounds on one store: a journal that was never full is read from its start at each opening, which takes longer and longer.
const STORE_ROUNDS: u64 = 50;
/// Rounds from one look at everything to the next.
const WHOLE_EVERY: u64 = 25;
/// Rounds that share their villages.
const EPOCH: u64 = 8;
/// How often the real program is ended.
const SERVER_ROUNDS: u64 = 6;
/// Clients of the real program.
const CLIENTS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn nothing_acknowledged_is_lost_by_a_kill() {
    let rounds = std::env::var("SIYI_KILL_ROUNDS").map_or(200, |rounds| rounds.parse().unwrap());
    let seed = Random::seed_of_run();
    println!("{rounds} rounds, {SEED}={seed}");
    if let Err(broken) = kill_again_and_again(rounds, seed) {
        panic!("{broken} (repeat with {SEED}={seed})");
    }
}

#[test]
fn nothing_answered_is_lost_when_the_server_ends() {
    let seed = Random::seed_of_run();
    println!("{SEED}={seed}");
    if let Err(broken) = end_the_server(seed) {
        panic!("{broken} (repeat with {SEED}={seed})");
    }
}

/// What all rounds came to.
#[derive(Debug, Default)]
struct Sum {
    while_opening: u64,
    acknowledged: usize,
    events: usize,
    sent_again: usize,
    rows: usize,
}

fn kill_again_and_again(rounds: u64, seed: u64) -> Outcome<()> {
    let started = Instant::now();
    let (mut random, mut sum) = (Random::seeded(seed), Sum::default());
    for (first, number) in (0..rounds).step_by(usize::try_from(STORE_ROUNDS)?).zip(0..) {
        let rounds = first..rounds.min(first + STORE_ROUNDS);
        kill_on_one_store(rounds, number, &mut sum, &mut random)?;
    }
    let Sum { while_opening, acknowledged, events, sent_again, rows } = sum;
    println!(
        "{rounds} kills, {while_opening} of them while a store was opened; {acknowledged} commands acknowledged, {events} events, \
         {sent_again} commands without an answer sent again, {rows} rows of read models equal to a replay; {:.1?}",
        started.elapsed()
    );
    hold(acknowledged > 0, || "nothing was acknowledged".into())
}

fn kill_on_one_store(rounds: Range<u64>, number: u64, sum: &mut Sum, random: &mut Random) -> Outcome<()> {
    let (folder, mut ledger) = (tempfile::tempdir()?, Ledger::default());
    let data = folder.path().join("data");
    // The others are made by the writer that is killed first.
    if number.is_multiple_of(2) {
        make_busy_log(&data, random, 0)?;
    }
    for round in rounds.clone() {
        let in_round = |broken: Broken| broken.at(format!("round {round}"));
        let while_opening = random.one_in(4);
        let end = kill(&data, round, while_opening, random).map_err(in_round)?;
        ledger.hear(end.said).map_err(in_round)?;
        let whole = (round + 1).is_multiple_of(WHOLE_EVERY) || round + 1 == rounds.end;
        let depth = if whole { Depth::Whole } else { Depth::News };
        let found = inspect(&data, &mut ledger, random, depth).map_err(in_round)?;
        sum.while_opening += u64::from(while_opening);
        sum.sent_again += found.sent_again;
        sum.rows += if round + 1 == rounds.end { found.rows } else { 0 };
    }
    sum.acknowledged += ledger.acknowledged();
    sum.events += ledger.events();
    Ok(())
}

fn kill(data: &Path, round: u64, early: bool, random: &mut Random) -> Outcome<End> {
    let writer = Writer::start(Path::new(WRITER), data, random.next(), round / EPOCH, &[])?;
    let moment = Duration::from_micros(random.within(0..=300_000));
    if early {
        thread::sleep(moment / 4);
    } else {
        hold(writer.is_ready_within(PATIENCE), || "the writer does not get ready".into())?;
        thread::sleep(moment.max(Duration::from_millis(5)));
    }
    let end = writer.kill()?;
    hold(end.before.is_none(), || format!("the writer ended by itself: {:?} {}", end.before, end.errors))?;
    let failure = end.failures().next();
    hold(failure.is_none(), || format!("a command failed before the kill: {failure:?}"))?;
    Ok(end)
}

/// The real program over HTTP, ended by SIGKILL and by SIGTERM in turn.
fn end_the_server(seed: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (program, data) = (Path::new(SIYI), folder.path().join("data"));
    let mut random = Random::seeded(seed);
    let mut answers = Vec::new();
    let mut recorded = 0;
    for round in 0..SERVER_ROUNDS {
        let server = Server::serve(program, &data)?;
        let address = server.address();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let clerk = Clerk::new(random.next(), round);
                thread::spawn(move || act_until_it_ends(address, clerk))
            })
            .collect();
        thread::sleep(Duration::from_millis(random.within(100..=700)));
        if round % 2 == 0 {
            server.kill()?;
        } else {
            let status = server.terminate()?;
            hold(status.success(), || format!("told to end, it ended with {status}"))?;
        }
        for client in clients {
            answers.extend(client.join().unwrap_or_default());
        }
        let failed: Vec<_> = answers.iter().filter(|answer| matches!(answer, Answered::Failed(_))).collect();
        hold(failed.is_empty(), || format!("round {round}: {failed:?}"))?;
        recorded = check_recorded(&export(program, &data)?, &answers).map_err(|b| b.at(format!("round {round}")))?;
    }
    println!("{SERVER_ROUNDS} ends of the server, {recorded} mutations recorded, all of them in the export");
    hold(recorded > 0, || "nothing was recorded".into())
}

fn act_until_it_ends(address: SocketAddr, mut clerk: Clerk) -> Vec<Answered> {
    let mut answers = Vec::new();
    loop {
        let act: Act = clerk.next_act();
        // No answer is no acknowledgement.
        let Ok(answer) = mutate(address, &act) else { return answers };
        clerk.learn(&act, matches!(answer, Answered::Recorded { .. }));
        answers.push(answer);
    }
}
