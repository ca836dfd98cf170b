//! Opening what is left of a data folder, and looking at it.

use std::path::Path;
use std::sync::Arc;

use siyi_api::app::{App, Mode, master_key};
use siyi_domain::rules::Rules;
use siyi_log::embedded::{EmbeddedStore, Options};
use siyi_log::handler::Handler;
use siyi_log::keys::Keys;
use siyi_log::port::{EventStore, Expected, MAX_APPEND_EVENTS, NewEvent, StreamName};
use siyi_log::vault::{EmbeddedVault, RandomSalts, Vault};
use tokio::runtime::Runtime;

use super::Outcome;
use super::ledger::{BALLAST, Ledger};
use super::random::Random;
use super::read_models::equal_a_replay;
use super::writer::clock;

/// Small enough for a table to be written every few seconds.
const BUSY_MEMTABLE_BYTES: u64 = 128 << 10;
const BALLAST_BYTES: usize = 4 << 10;

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What is new in the log and the vault.
    News,
    /// The whole log, the whole vault and the read models.
    Whole,
}

/// What was found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    /// Commands without an answer that were sent again.
    pub sent_again: usize,
    /// Rows of the read models that were compared.
    pub rows: usize,
}

/// Makes a data folder whose log writes small tables, many of them, and already holds about so many bytes.
pub fn make_busy_log(data: &Path, random: &mut Random, bytes: usize) -> Outcome<()> {
    let options = Options { memtable_bytes: BUSY_MEMTABLE_BYTES, ..Options::default() };
    Runtime::new()?.block_on(async {
        let store = EmbeddedStore::open(data.join("log"), options)?;
        let stream = StreamName::new(BALLAST)?;
        let mut events = bytes / BALLAST_BYTES;
        while events > 0 {
            let some = events.min(MAX_APPEND_EVENTS);
            let ballast: Result<Vec<_>, _> = (0..some).map(|_| ballast(random)).collect();
            store.append(&stream, Expected::Any, ballast?).await?;
            events -= some;
        }
        store.close().await;
        Ok(())
    })
}

fn ballast(random: &mut Random) -> Result<NewEvent, siyi_log::port::EventRefused> {
    let noise: String = (0..BALLAST_BYTES / 16).map(|_| format!("{:016x}", random.next())).collect();
    NewEvent::new(random.uuid(), "ballast.v1", &serde_json::Value::String(noise))
}

/// Opens the data folder, checks it against the ledger, sends again what was not answered, and closes it.
pub fn inspect(data: &Path, ledger: &mut Ledger, random: &mut Random, depth: Depth) -> Outcome<Found> {
    // A runtime of its own, whose end waits for every task that still holds a file.
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        match depth {
            Depth::News => news(data, ledger, random).await,
            Depth::Whole => whole(data, ledger, random).await,
        }
    })
}

async fn news(data: &Path, ledger: &mut Ledger, random: &mut Random) -> Outcome<Found> {
    let store = Arc::new(EmbeddedStore::open(data.join("log"), Options::default())?);
    let keys = Arc::new(Keys::open(data.join("keys"), master_key(data, Mode::Trial, None)?)?);
    let vault: Arc<dyn Vault> = Arc::new(EmbeddedVault::open(data.join("vault"), keys)?);
    let port: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&store);
    ledger.check(&*store, &*vault, false).await?;
    let rules = Arc::new(Rules::shipped()?);
    let handler = Handler::new(port, Arc::clone(&vault), Arc::new(RandomSalts), clock()?, rules);
    let sent_again = ledger.send_again(&handler, random).await?;
    ledger.check(&*store, &*vault, false).await?;
    store.close().await;
    Ok(Found { sent_again, rows: 0 })
}

async fn whole(data: &Path, ledger: &mut Ledger, random: &mut Random) -> Outcome<Found> {
    let app = App::open(data, clock()?, Mode::Trial).await?;
    ledger.check(&*app.store, &*app.vault, true).await?;
    let sent_again = ledger.send_again(&app.handler, random).await?;
    ledger.check(&*app.store, &*app.vault, false).await?;
    let rows = equal_a_replay(&app.models, app.store.head().await?).await?;
    app.close().await;
    Ok(Found { sent_again, rows })
}
