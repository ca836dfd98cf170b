//! The process that is killed: it opens a data folder as the server does, and acts until its end.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use siyi_api::app::{App, Mode};
use siyi_log::clock::SetClock;
use siyi_log::handler::{Handler, Outcome as Handled};

use super::act::{Act, Clerk};
use super::random::Random;
use super::said::{Acknowledged, Said, say};
use super::{Broken, Outcome};

/// Clerks who act at the same time.
const CLERKS: u64 = 12;
/// Acknowledged acts that a clerk keeps in mind to send again.
const KEPT: usize = 8;
/// When it is.
const NOW: &str = "2026-03-02T09:00:00+08:00";

/// The clock of the writer and of whoever sends its acts again.
pub fn clock() -> Outcome<Arc<SetClock>> {
    Ok(Arc::new(SetClock::starting_at(NOW.parse()?)))
}

/// Sends the acts on standard input, one a line, then acts by itself until killed, or until it gets no answers any more.
pub async fn run(folder: &Path, seed: u64, epoch: u64) -> Outcome<()> {
    let app = App::open(folder, clock()?, Mode::Trial).await?;
    say(&Said::Ready)?;
    for line in std::io::stdin().lock().lines() {
        send(&app.handler, &serde_json::from_str(&line?)?).await?;
    }
    let mut random = Random::seeded(seed);
    let clerks: Vec<_> =
        (0..CLERKS).map(|_| tokio::spawn(act_on(Arc::clone(&app.handler), Clerk::new(random.next(), epoch)))).collect();
    for clerk in clerks {
        clerk.await??;
    }
    Ok(())
}

async fn act_on(handler: Arc<Handler>, mut clerk: Clerk) -> Outcome<()> {
    let mut kept: Vec<Act> = Vec::new();
    loop {
        let again = if clerk.random().one_in(8) { clerk.random().one_of(&kept).cloned() } else { None };
        let act = again.unwrap_or_else(|| clerk.next_act());
        let answer = if clerk.random().one_in(8) {
            // The same command twice at once, as from a client that has lost its patience.
            let (one, other) = tokio::join!(send(&handler, &act), send(&handler, &act));
            one?.and(other?)
        } else {
            send(&handler, &act).await?
        };
        let Some(recorded) = answer else { return Ok(()) };
        clerk.learn(&act, recorded);
        if recorded && !kept.contains(&act) {
            kept.push(act);
            kept.drain(..kept.len().saturating_sub(KEPT));
        }
    }
}

/// Whether it was recorded; none where there is no answer and will be none.
async fn send(handler: &Handler, act: &Act) -> Outcome<Option<bool>> {
    let request = act.request().ok_or_else(|| Broken::Wrong(format!("`{}` is no target", act.target)))?;
    say(&Said::Sending(act.clone()))?;
    let command = act.command;
    match handler.handle(&request).await {
        Ok(Handled::Recorded(receipt)) => {
            say(&Said::Recorded(Acknowledged::of(command, &receipt)))?;
            Ok(Some(true))
        }
        Ok(Handled::Refused(refusal)) => {
            say(&Said::Refused { command, code: refusal.code.to_string() })?;
            Ok(Some(false))
        }
        Err(error) => {
            say(&Said::Failed { command, code: error.code().to_owned(), error: error.to_string() })?;
            Ok((error.code() == "contention").then_some(false))
        }
    }
}
