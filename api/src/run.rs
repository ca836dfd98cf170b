//! What each subcommand does.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use siyi_log::clock::{Clock, SetClock, WallClock};
use siyi_log::embedded::{EmbeddedStore, Options};
use siyi_log::port::{AllFrom, Direction, EventStore, StoredEvent};
use siyi_projections::models::NAMES;

use crate::app::{App, Mode};
use crate::case::file::Disk;
use crate::case::{Case, Pace};
use crate::cli::{Cli, Command, Data, Import, PaceArg, Rebuild};

mod account;
mod copy;
mod demo;
mod doctor;
mod key;
mod log;
pub mod procedure;
mod serve;
mod verify;

/// Something went wrong; its text is for people and begins with a stable code.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command line.
pub async fn run(cli: Cli) -> ExitCode {
    // Two providers are linked, since the client of EventStoreDB brings its own: so one must be named. Named already is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let result = match cli.command {
        Command::Serve(options) => done(serve::serve(*options).await),
        Command::Key(command) => done(key::key(&command).await),
        Command::Account(command) => done(account::account(command).await),
        Command::Copy(options) => done(copy::copy(options).await),
        Command::Log(command) => done(log::log(command).await),
        Command::Doctor(options) => doctor::doctor(&options).await,
        Command::Witness(options) => done(log::witness(options).await),
        Command::Demo(options) => done(demo::demo(options).await),
        Command::Import(options) => done(import(options).await),
        Command::Rebuild(options) => done(rebuild(options).await),
        Command::Export(options) => done(match &options.log {
            Some(folder) => log::export(&options.data.data, folder),
            None if options.bundle.is_some() || options.format.is_some() => verify::export(options).await,
            None => export(options.data).await,
        }),
        Command::Verify(options) => verify::verify(options).await,
        Command::Schema => done(schema()),
        Command::Procedure(command) => procedure::run(&command),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            // Standard error may be closed; there is nobody left to tell then.
            let _ = writeln!(std::io::stderr(), "siyi: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn done(result: Result<(), Failure>) -> Result<ExitCode, Failure> {
    result.map(|()| ExitCode::SUCCESS)
}

async fn open(data: &Data, clock: Arc<dyn Clock>, mode: Mode) -> Result<App, Failure> {
    let master = key::master(data, mode)?;
    let opened = App::open_on(&data.data, clock, mode, master, &data.elsewhere).await;
    opened.map_err(|e| format!("{}: {e}", e.code()).into())
}

/// A bar on standard error; silent where that is no terminal.
fn bar(total: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

async fn import(options: Import) -> Result<(), Failure> {
    let cases = options.cases.iter().map(|path| Case::read(path, &Disk)).collect::<Result<Vec<_>, _>>()?;
    let set = Arc::new(SetClock::default());
    let (clock, pace): (Arc<dyn Clock>, Pace) = match options.pace {
        PaceArg::Wall => (Arc::new(WallClock), Pace::Wall),
        PaceArg::Case => {
            demo::turn_back_to_first(&set, &cases);
            (Arc::<SetClock>::clone(&set), Pace::Case(set))
        }
    };
    let app = open(&options.data, clock, serve::mode_of(&options.data.data)).await?;
    let bar = bar(0, "acts");
    let outcome = crate::case::run(&app.handler, &cases, &pace, |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    })
    .await;
    bar.finish_and_clear();
    app.models.caught_up().await;
    app.close().await;
    let report = outcome?;
    writeln!(
        std::io::stdout(),
        "{} recorded, {} recorded before, {} refused as expected",
        report.recorded,
        report.already,
        report.refused
    )?;
    Ok(())
}

async fn rebuild(options: Rebuild) -> Result<(), Failure> {
    let app = open(&options.data, Arc::new(WallClock), serve::mode_of(&options.data.data)).await?;
    let names: Vec<&str> = match &options.model {
        Some(name) => vec![name.as_str()],
        None => NAMES.to_vec(),
    };
    let total = app.store.head().await?.map_or(0, |head| head.0 + 1);
    for name in names {
        let bar = bar(total, "events");
        let rebuilding = app.models.rebuild(name);
        tokio::pin!(rebuilding);
        let rebuilt = loop {
            tokio::select! {
                rebuilt = &mut rebuilding => break rebuilt,
                () = tokio::time::sleep(Duration::from_millis(100)) => {
                    let at = app.models.progress().iter().map(|(_, _, events)| *events).max();
                    bar.set_position(at.unwrap_or_default());
                }
            }
        };
        bar.finish_and_clear();
        match rebuilt {
            Some(applied) => writeln!(std::io::stdout(), "{name}: {} events", applied?)?,
            None => return Err(format!("unknown-model: `{name}` is none of {}", NAMES.join(", ")).into()),
        }
    }
    app.close().await;
    Ok(())
}

async fn export(options: Data) -> Result<(), Failure> {
    let app = open(&options, Arc::new(WallClock), serve::mode_of(&options.data)).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    each_event(app.store.as_ref(), |event| {
        out.write_all(&event.body)?;
        Ok(out.write_all(b"\n")?)
    })
    .await?;
    out.flush()?;
    app.close().await;
    Ok(())
}

/// Every event of a log, in its order.
async fn each_event(
    store: &dyn EventStore,
    mut take: impl FnMut(&StoredEvent) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut from = AllFrom::Start;
    loop {
        let events = store.read_all(from, Direction::Forwards, 1000).await?;
        let Some(last) = events.last() else { return Ok(()) };
        from = AllFrom::After(last.position);
        events.iter().try_for_each(&mut take)?;
    }
}

/// The log of a data folder alone, without its read models and keys.
async fn open_log(data: &Path) -> Result<EmbeddedStore, Failure> {
    let log = data.join("log");
    let opened = tokio::task::spawn_blocking(move || EmbeddedStore::open(log, Options::default())).await?;
    opened.map_err(|e| format!("{}: {e}", e.code()).into())
}

fn schema() -> Result<(), Failure> {
    std::io::stdout().write_all(crate::graphql::sdl().as_bytes())?;
    Ok(())
}
