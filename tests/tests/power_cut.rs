//! The power fails: what was acknowledged is on the disk, and what is on the disk opens.
//!
//! The data folder lies on a disk that forgets what was not synced (`tests/power_cut/power_cut_fs.py`). Writers act on it
//! until its power is cut; what it holds then is opened on an ordinary disk, held against what was acknowledged, and is the
//! next disk's beginning. Some disks begin empty, so that the making of a store is cut short, too.
//!
//! `SIYI_POWER_CUT_ROUNDS` says how often (50), `SIYI_CRASH_SEED` repeats a run. It takes /dev/fuse and root (or fusermount3);
//! where there is none, the test fails, unless `SIYI_SKIP_POWER_CUT=1` says that it may.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use siyi_tests::crash::child::Writer;
use siyi_tests::crash::inspection::{Depth, Found, inspect, make_busy_log};
use siyi_tests::crash::ledger::Ledger;
use siyi_tests::crash::power::{Disk, Manners, Worked, unavailable};
use siyi_tests::crash::random::{Random, SEED};
use siyi_tests::crash::{Broken, Outcome, hold};
use tempfile::TempDir;

const WRITER: &str = env!("CARGO_BIN_EXE_crash_writer");
/// Rounds from one disk that begins empty to the next.
const EMPTY_EVERY: u64 = 5;
/// Rounds that share their villages.
const EPOCH: u64 = 8;
/// Bytes of events short of the 64,000,000 bytes behind which the engine begins another journal.
const NEARLY_A_JOURNAL: usize = 60_600_000;
/// Power cuts until the first journal is gone, at most.
const JOURNAL_ROUNDS: u64 = 30;
const PATIENCE: Duration = Duration::from_secs(60);
/// The folder on the disk that is given to the writer.
const DATA: &str = "data";

/// Whether the test is to run here.
fn runs_here() -> bool {
    if std::env::var("SIYI_SKIP_POWER_CUT").is_ok_and(|skip| skip == "1") {
        println!("skipped: SIYI_SKIP_POWER_CUT=1");
        return false;
    }
    if let Some(reason) = unavailable() {
        panic!("no disk can lose its power here: {reason}; SIYI_SKIP_POWER_CUT=1 skips this test");
    }
    true
}

#[test]
fn nothing_acknowledged_is_lost_by_a_power_cut() {
    if !runs_here() {
        return;
    }
    let rounds = std::env::var("SIYI_POWER_CUT_ROUNDS").map_or(50, |rounds| rounds.parse().unwrap());
    let seed = Random::seed_of_run();
    println!("{rounds} rounds, {SEED}={seed}");
    if let Err(broken) = cut_again_and_again(rounds, seed) {
        panic!("{broken} (repeat with {SEED}={seed})");
    }
}

#[test]
fn nothing_acknowledged_is_lost_while_journals_change() {
    if !runs_here() {
        return;
    }
    let seed = Random::seed_of_run();
    println!("{SEED}={seed}");
    if let Err(broken) = cut_while_journals_change(seed) {
        panic!("{broken} (repeat with {SEED}={seed})");
    }
}

/// Holds that the tests above can fail at all.
#[test]
fn a_disk_that_only_says_it_has_synced_is_found_out() {
    if !runs_here() {
        return;
    }
    let seed = Random::seed_of_run();
    println!("{SEED}={seed}");
    match lose_everything(seed) {
        Err(Broken::Lost(what)) => println!("found out: {what}"),
        Err(Broken::Wrong(what)) => panic!("{what} (repeat with {SEED}={seed})"),
        Ok(()) => panic!("a store that never syncs passes for one that does (repeat with {SEED}={seed})"),
    }
}

/// One store that goes from disk to disk.
struct Store {
    folder: TempDir,
    disks: u64,
    image: Option<PathBuf>,
    ledger: Ledger,
}

impl Store {
    fn new() -> Outcome<Self> {
        Ok(Self { folder: tempfile::tempdir()?, disks: 0, image: None, ledger: Ledger::default() })
    }

    /// One that begins as a disk with a busy log on it.
    fn busy(bytes: usize, random: &mut Random) -> Outcome<Self> {
        let mut store = Self::new()?;
        let image = store.folder.path().join("beginning");
        make_busy_log(&image.join(DATA), random, bytes)?;
        store.image = Some(image);
        Ok(store)
    }

    /// The names of the log's journals.
    fn journals(&self) -> Outcome<Vec<String>> {
        let engine = self.image.iter().map(|image| image.join(DATA).join("log/engine"));
        let mut names = Vec::new();
        for engine in engine {
            for entry in fs::read_dir(engine)? {
                names.extend(entry?.file_name().into_string().ok().filter(|name| name.ends_with(".jnl")));
            }
        }
        Ok(names)
    }

    /// Lets writers act on a disk, one behind the other's death, until its power is cut.
    fn cut(&mut self, plan: &Plan, random: &mut Random) -> Outcome<Worked> {
        let durable = self.folder.path().join(format!("disk-{}", self.disks));
        let epoch = self.disks / EPOCH;
        self.disks += 1;
        let disk = Disk::mount(self.image.as_deref(), &durable, plan.manners)?;
        let data = disk.path().join(DATA);
        for _ in 0..plan.killed_before {
            let end = self.act(&data, plan, epoch, random)?.kill()?;
            self.ledger.hear(end.said)?;
        }
        let writer = self.act(&data, plan, epoch, random)?;
        let worked = disk.cut()?;
        self.ledger.hear(writer.kill()?.said)?;
        if let Some(before) = self.image.replace(durable) {
            fs::remove_dir_all(before)?;
        }
        Ok(worked)
    }

    /// Starts a writer, which begins with what nobody has answered yet, and lets it act for a while.
    fn act(&self, data: &Path, plan: &Plan, epoch: u64, random: &mut Random) -> Outcome<Writer> {
        let writer = Writer::start(Path::new(WRITER), data, random.next(), epoch, &self.ledger.open())?;
        if plan.while_opening {
            sleep(Duration::from_millis(random.within(1..=plan.at_most)));
        } else {
            hold(writer.is_ready_within(PATIENCE), || "the writer does not get ready".into())?;
            sleep(Duration::from_millis(random.within(1..=plan.at_most)));
        }
        Ok(writer)
    }

    fn inspect(&mut self, depth: Depth, random: &mut Random) -> Outcome<Found> {
        let image = self.image.as_ref().ok_or_else(|| Broken::Wrong("there is no disk yet".into()))?;
        inspect(&image.join(DATA), &mut self.ledger, random, depth)
    }
}

/// How one disk is treated.
#[derive(Debug, Default)]
struct Plan {
    manners: Manners,
    /// Writers that are killed on the disk before its power is cut.
    killed_before: u64,
    /// The end comes while the store is being opened, or made.
    while_opening: bool,
    /// Milliseconds until the end.
    at_most: u64,
}

impl Plan {
    fn by_chance(is_empty: bool, random: &mut Random) -> Self {
        let while_opening = is_empty || random.one_in(5);
        Self {
            manners: Manners {
                keeps_names: random.one_in(2),
                strays: random.one_in(2).then(|| random.within(0..=u64::from(u32::MAX))),
                deaf: false,
            },
            killed_before: if random.one_in(3) { random.within(1..=2) } else { 0 },
            while_opening,
            at_most: if is_empty { 800 } else { 300 },
        }
    }
}

/// What all rounds came to.
#[derive(Debug, Default)]
struct Sum {
    acknowledged: usize,
    kills: u64,
    syncs: u64,
    pages: u64,
    names: u64,
    sent_again: usize,
    rows: usize,
}

fn cut_again_and_again(rounds: u64, seed: u64) -> Outcome<()> {
    let started = Instant::now();
    let (mut random, mut sum) = (Random::seeded(seed), Sum::default());
    let mut kept = Store::busy(0, &mut random)?;
    for round in 0..rounds {
        let mut empty = if round % EMPTY_EVERY == EMPTY_EVERY - 1 { Some(Store::new()?) } else { None };
        let plan = Plan::by_chance(empty.is_some(), &mut random);
        let whole = empty.is_some() || round % 2 == 1 || round == rounds - 1;
        let depth = if whole { Depth::Whole } else { Depth::News };
        let store = empty.as_mut().unwrap_or(&mut kept);
        cut_once(store, &plan, depth, &mut sum, &mut random)
            .map_err(|broken| broken.at(format!("round {round}, {plan:?}")))?;
    }
    println!(
        "{rounds} power cuts and {} kills before them; {} commands acknowledged, {} syncs, {} pages and {} names forgotten, {} \
         commands without an answer sent again, {} rows of read models equal to a replay; {:.1?}",
        sum.kills,
        sum.acknowledged,
        sum.syncs,
        sum.pages,
        sum.names,
        sum.sent_again,
        sum.rows,
        started.elapsed()
    );
    hold(sum.acknowledged > 0 && sum.pages > 0, || "nothing was acknowledged, or nothing forgotten".into())
}

fn cut_once(store: &mut Store, plan: &Plan, depth: Depth, sum: &mut Sum, random: &mut Random) -> Outcome<()> {
    let before = store.ledger.acknowledged();
    let worked = store.cut(plan, random)?;
    sum.acknowledged += store.ledger.acknowledged() - before;
    let found = store.inspect(depth, random)?;
    sum.kills += plan.killed_before;
    sum.syncs += worked.fsyncs + worked.fdatasyncs + worked.folder_syncs;
    sum.pages += worked.dropped.pages;
    sum.names += worked.dropped.names;
    sum.sent_again += found.sent_again;
    sum.rows = sum.rows.max(found.rows);
    Ok(())
}

/// A store whose journal is about to be full: the engine begins another one, and removes the first.
fn cut_while_journals_change(seed: u64) -> Outcome<()> {
    let (mut random, mut sum) = (Random::seeded(seed), Sum::default());
    let mut store = Store::busy(NEARLY_A_JOURNAL, &mut random)?;
    let journals = store.journals()?;
    let [first] = journals.as_slice() else {
        return Err(Broken::Wrong(format!("the journals changed before the test began: {journals:?}")));
    };
    let first = first.clone();
    let mut round = 0;
    while store.journals()?.contains(&first) {
        round += 1;
        hold(round <= JOURNAL_ROUNDS, || "the first journal is never removed".into())?;
        let plan = Plan { while_opening: false, ..Plan::by_chance(false, &mut random) };
        cut_once(&mut store, &plan, Depth::Whole, &mut sum, &mut random)
            .map_err(|broken| broken.at(format!("round {round}, {plan:?}")))?;
    }
    println!("behind {round} power cuts another journal has taken the place of the first; {sum:?}");
    Ok(())
}

fn lose_everything(seed: u64) -> Outcome<()> {
    let (mut random, mut store) = (Random::seeded(seed), Store::new()?);
    let mut plan = Plan { at_most: 300, ..Plan::default() };
    store.cut(&plan, &mut random)?;
    store.inspect(Depth::Whole, &mut random)?;
    // An answer to what was sent again may be about an event that an honest disk already has.
    let old_news = store.ledger.acknowledged() + store.ledger.open().len();
    plan.manners.deaf = true;
    for _ in 0..20 {
        store.cut(&plan, &mut random)?;
        if store.ledger.acknowledged() > old_news {
            break;
        }
    }
    hold(store.ledger.acknowledged() > old_news, || "nothing new was acknowledged".into())?;
    store.inspect(Depth::Whole, &mut random)?;
    Ok(())
}
