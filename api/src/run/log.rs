//! `siyi log`, `siyi witness`, `siyi export --log`: the public log from the console.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use siyi_log::clock::WallClock;
use siyi_tlog::{KeyKind, VerifierKey};
use siyi_transparency::keys::{create_key, read_key, rotate_key};
use siyi_transparency::witness::{WitnessBook, witness_routes};
use siyi_transparency::{Mirror, SealError};

use super::{Failure, doctor, open_log};
use crate::cli::{Log, LogFolder, LogKey, RotateLogKey, Witness};
use crate::public_log::FOLDER;
use crate::server;

/// How often a mirror asks for what is new.
const MIRROR_INTERVAL: Duration = Duration::from_secs(2);

pub(super) async fn log(command: Log) -> Result<(), Failure> {
    match command {
        Log::CreateKey(options) => make_key(&options),
        Log::RotateKey(options) => rotate(&options),
        Log::Check(options) => check(&options).await,
    }
}

fn make_key(options: &LogKey) -> Result<(), Failure> {
    let kind = if options.witness { KeyKind::Witness } else { KeyKind::Log };
    let signer = create_key(&options.file, &options.origin, kind).map_err(|e| format!("{}: {e}", e.code()))?;
    writeln!(std::io::stdout(), "{}", signer.verifier())?;
    Ok(())
}

fn rotate(options: &RotateLogKey) -> Result<(), Failure> {
    let data = &options.data.data;
    let from = options.from.clone().unwrap_or_else(|| data.join("log.key"));
    let outgoing = read_key(&from, KeyKind::Log).map_err(|e| format!("{}: {e}", e.code()))?;
    let next = read_key(&options.to, KeyKind::Log).map_err(|e| format!("{}: {e}", e.code()))?;
    rotate_key(&data.join(FOLDER), &outgoing, &next).map_err(|e| told(&e))?;
    writeln!(
        std::io::stdout(),
        "{}\n今后以新密钥签名，请用 --log-key 指定 sign with the new key: serve with --log-key {}",
        next.verifier(),
        options.to.display()
    )?;
    Ok(())
}

async fn check(options: &LogFolder) -> Result<(), Failure> {
    let store = open_log(&options.data).await?;
    let sound = doctor::signed(&options.data, &store).await;
    store.close().await;
    writeln!(std::io::stdout(), "{}", doctor::told(&sound.map_err(|e| told(&e))?))?;
    Ok(())
}

pub(super) fn export(data: &Path, target: &Path) -> Result<(), Failure> {
    let checkpoint = siyi_transparency::export(&data.join(FOLDER), target).map_err(|e| told(&e))?;
    writeln!(std::io::stdout(), "{}: {} 条记录 events", target.display(), checkpoint.size)?;
    Ok(())
}

/// Serves the two doors of a witness and nothing else.
pub(super) async fn witness(options: Witness) -> Result<(), Failure> {
    let signer = read_key(&options.key, KeyKind::Witness).map_err(|e| format!("{}: {e}", e.code()))?;
    let logs: Result<Vec<VerifierKey>, _> = options.watch.iter().map(|text| VerifierKey::parse(text)).collect();
    let logs = logs.map_err(|error| format!("log-key-malformed: {error}"))?;
    if let (Some(folder), Some(from), Some(key)) = (&options.mirror, &options.from, logs.first()) {
        let mirror = Mirror::new(folder, key.clone(), from.as_str()).map_err(|e| told(&e))?;
        tokio::spawn(mirrored(mirror));
    }
    let book = WitnessBook::open(&options.data, signer, logs, None).map_err(|e| format!("{}: {e}", e.code()))?;
    let protection = super::serve::protection(crate::app::Mode::Real, &options.network)?;
    let listener = server::listen_as(options.listen, &protection).await?;
    let scheme = if protection.tls.is_some() { "https" } else { "http" };
    writeln!(std::io::stdout(), "  见证 witness  {scheme}://{}  {}", listener.local_addr()?, book.key())?;
    let routes = witness_routes(Arc::new(book), Arc::new(WallClock));
    server::serve_routes(routes, listener, protection, server::told_to_end()).await?;
    Ok(())
}

/// Follows the log for as long as the process runs.
async fn mirrored(mirror: Mirror) {
    loop {
        match mirror.follow().await {
            Ok(size) => tracing::debug!(size, "the mirror is up to date"),
            Err(error) if error.is_evidence() => {
                tracing::error!(%error, code = error.code(), "the log does not continue its mirror, which stays as it was");
            }
            Err(error) => tracing::warn!(%error, code = error.code(), "the mirror could not follow"),
        }
        tokio::time::sleep(MIRROR_INTERVAL).await;
    }
}

/// What is wrong, and what can be done.
fn told(error: &SealError) -> Failure {
    let advice = doctor::advice(error).map(|advice| format!("\n  {advice}")).unwrap_or_default();
    format!("{}: {error}{advice}", error.code()).into()
}
