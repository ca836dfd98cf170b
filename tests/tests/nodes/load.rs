//! Clients that act at whichever node answers, and read at another one what the first acknowledged.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Instant;

use serde_json::{Value, json};
use siyi_domain::office::Office;
use siyi_tests::crash::act::{Act, Clerk};
use siyi_tests::crash::server::{Answered, mutate, post};
use siyi_tests::crash::{Broken, Outcome, hold};
use uuid::Uuid;

use super::setting::{NODES, PATIENCE, PAUSE, Setting, lock};

/// How many act at once.
const CLIENTS: u64 = 6;
/// How often two nodes get competing commands on one matter.
const RIVALRIES: usize = 10;

/// The errors that say nothing about what became of a command: the same is sent again.
const UNSETTLED: [&str; 3] = ["store-unavailable", "contention", "request-timeout"];

/// What the loser of a race is told: its command was judged anew on what the winner had recorded.
const LOST: &str = "consultation-exists-already";

/// A command that was acknowledged.
#[derive(Debug, Clone)]
pub struct Told {
    pub command: Uuid,
    pub position: usize,
    pub events: Vec<Uuid>,
}

/// What the clients do and heard.
pub struct Load {
    seed: u64,
    stop: AtomicBool,
    told: Mutex<Vec<Told>>,
    read: AtomicUsize,
    behind: AtomicUsize,
    /// Set by the client that has failed.
    failed: AtomicBool,
}

/// A client at work.
pub type Client<'scope> = ScopedJoinHandle<'scope, Outcome<()>>;

impl Load {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            stop: AtomicBool::default(),
            told: Mutex::default(),
            read: AtomicUsize::default(),
            behind: AtomicUsize::default(),
            failed: AtomicBool::default(),
        }
    }

    pub fn begin<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        setting: &'scope Setting,
    ) -> Vec<Client<'scope>> {
        let client = |number| {
            scope.spawn(move || {
                let ended = self.act(setting, number);
                self.failed.fetch_or(ended.is_err(), Ordering::Relaxed);
                ended
            })
        };
        (0..CLIENTS).map(client).collect()
    }

    /// Lets the clients finish what they have begun.
    pub fn end(&self, clients: Vec<Client<'_>>) -> Outcome<()> {
        self.stop.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().map_err(|_| Broken::Wrong("a client panicked".into()))??;
        }
        Ok(())
    }

    /// Waits until so many more commands were acknowledged.
    pub fn gets_on(&self, more: usize) -> Outcome<()> {
        let (begun, goal) = (Instant::now(), lock(&self.told).len() + more);
        while lock(&self.told).len() < goal && !self.failed.load(Ordering::Relaxed) {
            hold(begun.elapsed() < PATIENCE, || "the clients do not get on".into())?;
            thread::sleep(PAUSE);
        }
        hold(!self.failed.load(Ordering::Relaxed), || "a client has failed".into())
    }

    pub fn told(&self) -> Vec<Told> {
        lock(&self.told).clone()
    }

    pub fn read_elsewhere(&self) -> usize {
        self.read.load(Ordering::Relaxed)
    }

    /// How often a node was asked for a position that it had not reached in its time.
    pub fn behind(&self) -> usize {
        self.behind.load(Ordering::Relaxed)
    }

    fn act(&self, setting: &Setting, number: u64) -> Outcome<()> {
        // Of each village there are clerks at several nodes at once.
        let mut clerk = Clerk::new(self.seed.wrapping_add(number), 0);
        let mut node = usize::try_from(number)? % NODES;
        while !self.stop.load(Ordering::Relaxed) {
            let act = clerk.next_act();
            let (at, answer) = settle(setting, &act, node)?;
            clerk.learn(&act, matches!(answer, Answered::Recorded { .. }));
            if let Answered::Recorded { position, events } = answer {
                let told = Told { command: act.command, position, events };
                lock(&self.told).push(told.clone());
                self.read_at_another(setting, &act, &told, at)?;
            }
            node = (node + 1) % NODES;
        }
        Ok(())
    }

    /// Asks another node, at least of the position that the first acknowledged.
    fn read_at_another(&self, setting: &Setting, act: &Act, told: &Told, first: usize) -> Outcome<()> {
        let (query, position) = (query(act), told.position.to_string());
        let body = json!({ "query": query, "variables": { "target": act.target, "position": position } }).to_string();
        let begun = Instant::now();
        for node in (0..NODES).cycle().skip(first + 1).filter(|node| *node != first) {
            let answer = setting.address(node).map(|address| post(address, &[], &body));
            if let Some(Ok(answer)) = answer {
                let answer: Value = serde_json::from_str(&answer.body)?;
                match answer.pointer("/errors/0/extensions/code").and_then(Value::as_str) {
                    None => {
                        shows(&answer, told)?;
                        self.read.fetch_add(1, Ordering::Relaxed);
                        return Ok(());
                    }
                    Some("not-caught-up") => drop(self.behind.fetch_add(1, Ordering::Relaxed)),
                    Some(code) if UNSETTLED.contains(&code) => {}
                    Some(_) => return Err(Broken::Wrong(format!("node {node}: {answer}"))),
                }
            }
            hold(begun.elapsed() < PATIENCE, || format!("nobody shows position {position}"))?;
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}

fn is_of_matter(act: &Act) -> bool {
    matches!(act.name.as_str(), "raiseMotion" | "screenMotion" | "draftPlan")
}

fn query(act: &Act) -> &'static str {
    if is_of_matter(act) {
        "query($target: ID!, $position: Position!) {
            matter: consultation(id: $target, atLeast: $position) { history(first: 50) { edges { node { id } } } }
        }"
    } else {
        "query($target: ID!, $position: Position!) { place: jurisdiction(code: $target, atLeast: $position) { code } }"
    }
}

/// Holds that an answer shows what was acknowledged.
fn shows(answer: &Value, told: &Told) -> Outcome<()> {
    let lost = || Broken::Lost(format!("{told:?} is not seen at another node: {answer}"));
    if let Some(edges) = answer.pointer("/data/matter/history/edges").and_then(Value::as_array) {
        let seen: BTreeSet<&str> = edges.iter().filter_map(|edge| edge.pointer("/node/id")?.as_str()).collect();
        let all = told.events.iter().all(|event| seen.contains(event.to_string().as_str()));
        return if all { Ok(()) } else { Err(lost()) };
    }
    answer.pointer("/data/place/code").map(drop).ok_or_else(lost)
}

/// Sends a command, under the same id again where no answer came, to whichever node is there; first to `first`. Answers with the
/// node that told what became of it.
fn settle(setting: &Setting, act: &Act, first: usize) -> Outcome<(usize, Answered)> {
    let (begun, mut node) = (Instant::now(), first);
    loop {
        match setting.address(node).map(|address| mutate(address, act)) {
            Some(Ok(Answered::Failed(code))) if !UNSETTLED.contains(&code.as_str()) => {
                return Err(Broken::Wrong(format!("node {node}: {code}: {act:?}")));
            }
            Some(Ok(answer @ (Answered::Recorded { .. } | Answered::Refused(_)))) => return Ok((node, answer)),
            Some(Ok(Answered::Failed(_)) | Err(_)) | None => {}
        }
        hold(begun.elapsed() < PATIENCE, || format!("nobody takes {act:?}"))?;
        thread::sleep(PAUSE);
        node = (node + 1) % NODES;
    }
}

/// Two nodes get competing commands on one matter at the same moment, again and again, and then twice the same command. Answers
/// what was recorded.
pub fn compete(setting: &Setting, seed: u64) -> Outcome<Vec<Told>> {
    // Other chances than those of the load, or it would raise the same matters.
    let mut clerk = Clerk::new(!seed, 1);
    let mut recorded = Vec::new();
    for rivalry in 0..RIVALRIES {
        let raising = next_motion(setting, &mut clerk, &mut recorded)?;
        let [here, there] = [(); 2].map(|()| Act { command: clerk.random().uuid(), ..raising.clone() });
        let nodes = [rivalry % NODES, (rivalry + 1) % NODES].map(|node| (node, setting.address(node)));
        match at_once(nodes, [&here, &there])? {
            [(act, Answered::Recorded { position, events }), (_, Answered::Refused(code))]
            | [(_, Answered::Refused(code)), (act, Answered::Recorded { position, events })] => {
                hold(code == LOST, || format!("the loser is told `{code}`"))?;
                recorded.push(Told { command: act.command, position, events });
            }
            answers => hold(false, || format!("not one of two was recorded: {answers:?}"))?,
        }
        let (command, office) = (clerk.random().uuid(), Office::PartySecretary);
        let screening = Act { command, name: "screenMotion".into(), input: json!({}), office, ..raising };
        match at_once(nodes, [&screening, &screening])? {
            [(_, Answered::Recorded { position, events }), (_, same)]
                if same == (Answered::Recorded { position, events: events.clone() }) =>
            {
                recorded.push(Told { command, position, events });
            }
            answers => hold(false, || format!("one command has two answers: {answers:?}"))?,
        }
    }
    println!("{RIVALRIES} times two nodes competed for a matter, and one won");
    Ok(recorded)
}

/// Lets the clerk act until a motion is to be raised, which is not sent.
fn next_motion(setting: &Setting, clerk: &mut Clerk, recorded: &mut Vec<Told>) -> Outcome<Act> {
    loop {
        let act = clerk.next_act();
        if act.name == "raiseMotion" {
            // The next motion is another matter's.
            clerk.learn(&act, false);
            return Ok(act);
        }
        let (_, answer) = settle(setting, &act, 0)?;
        clerk.learn(&act, matches!(answer, Answered::Recorded { .. }));
        if let Answered::Recorded { position, events } = answer {
            recorded.push(Told { command: act.command, position, events });
        }
    }
}

fn at_once<'a>(nodes: [(usize, Option<SocketAddr>); 2], acts: [&'a Act; 2]) -> Outcome<[(&'a Act, Answered); 2]> {
    let barrier = Barrier::new(2);
    let send = |(node, address): (usize, Option<SocketAddr>), act: &'a Act| -> Outcome<_> {
        barrier.wait();
        let address = address.ok_or_else(|| Broken::Wrong(format!("node {node} is dead")))?;
        Ok((act, mutate(address, act)?))
    };
    thread::scope(|scope| {
        let ([first, second], send) = (nodes, &send);
        let (one, other) = (scope.spawn(move || send(first, acts[0])), send(second, acts[1]));
        let one = one.join().map_err(|_| Broken::Wrong("a client panicked".into()))?;
        Ok([one?, other?])
    })
}
