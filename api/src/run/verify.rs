//! `siyi verify`, and what is exported to be verified or analysed.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use siyi_domain::ids::ConsultationId;
use siyi_log::clock::WallClock;
use siyi_log::envelope::Recorded;
use siyi_projections::docket;
use siyi_verify::bundle::MAX_BUNDLE_BYTES;
use siyi_verify::finding::Language;
use siyi_verify::proof::Policy;
use siyi_verify::{Options, export as formats, verify_bundle};

use super::{Failure, each_event, open};
use crate::app::App;
use crate::cli::{Export, ExportFormat, LangArg, Verify};
use crate::pages::bundle;
use crate::public_log::{LogOptions, PublicLog};

/// Longest wait for a bundle from an address.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn verify(options: Verify) -> Result<ExitCode, Failure> {
    let bytes = if options.what.starts_with("http://") || options.what.starts_with("https://") {
        fetch(&options.what).await?
    } else {
        read(Path::new(&options.what))?
    };
    let policy = match &options.policy {
        Some(file) => {
            let text = std::fs::read_to_string(file)?;
            Some(Policy::parse(&text).map_err(|error| format!("log-policy-malformed: {error}"))?)
        }
        None => None,
    };
    let language = match options.lang {
        LangArg::Zh => Language::Chinese,
        LangArg::En => Language::English,
    };
    let previous_checkpoint = options.previous.as_ref().map(std::fs::read).transpose()?;
    let report = verify_bundle(&bytes, &Options { policy, previous_checkpoint, language });
    let told = if options.json { report.to_json()? } else { report.text() };
    let mut out = std::io::stdout();
    writeln!(out, "{}", told.trim_end())?;
    out.flush()?;
    Ok(ExitCode::from(report.exit_code()))
}

/// The bundle of a matter's page.
async fn fetch(address: &str) -> Result<Vec<u8>, Failure> {
    let mut address: url::Url = address.parse()?;
    address.set_query(None);
    if !address.path().ends_with("/bundle") {
        let path = format!("{}/bundle", address.path().trim_end_matches('/').trim_end_matches("/verify"));
        address.set_path(&path);
    }
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()?;
    let mut response = client.get(address.clone()).send().await?;
    if !response.status().is_success() {
        return Err(format!("not-found: {address} answers {}", response.status()).into());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > MAX_BUNDLE_BYTES {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let file = std::fs::File::open(file).map_err(|error| format!("io: {}: {error}", file.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_BUNDLE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BUNDLE_BYTES { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> Failure {
    format!("bundle-too-large: a bundle has at most {MAX_BUNDLE_BYTES} bytes").into()
}

pub(super) async fn export(options: Export) -> Result<(), Failure> {
    let data = &options.data.data;
    let mut app = open(data, Arc::new(WallClock), super::serve::mode_of(data), &options.elsewhere).await?;
    if data.join(crate::public_log::FOLDER).exists() {
        app = with_log(app, data).await?;
    }
    let done = match (&options.bundle, &options.out, options.format) {
        (Some(matter), Some(file), _) => to_file(&app, matter, file).await,
        (_, _, Some(format)) => to_output(&app, format).await,
        _ => Err("invalid-input: say what to export".into()),
    };
    app.close().await;
    done
}

/// A bundle shows what is signed: what the log does not cover yet is sealed first.
async fn with_log(app: App, data: &Path) -> Result<App, Failure> {
    let options = LogOptions { origin: "localhost/siyi".to_owned(), ..LogOptions::default() };
    let app = app.with_public_log(data, &options).await.map_err(|e| format!("{}: {e}", e.code()))?;
    if let Some(public_log) = &app.public_log {
        covers(public_log, app.store.head().await?.map_or(0, |head| head.0 + 1)).await;
    }
    Ok(app)
}

async fn covers(public_log: &PublicLog, size: u64) {
    let mut published = public_log.log.watch();
    let covered = published.wait_for(|published| published.as_ref().is_some_and(|p| p.checkpoint().size >= size));
    // What is not covered is not proved, and the bundle says so.
    let _ = tokio::time::timeout(PATIENCE, covered).await;
}

async fn to_file(app: &App, matter: &str, file: &Path) -> Result<(), Failure> {
    app.models.caught_up().await;
    let by_number = docket::by_number(&app.models.docket.shelf(), matter)?.map(|row| row.id);
    let id: ConsultationId = match by_number {
        Some(id) => id,
        None => matter.parse().map_err(|_| format!("consultation-unknown: there is no matter `{matter}`"))?,
    };
    let bytes = bundle::of(app, id).await?;
    let mut out = OpenOptions::new().write(true).create_new(true).open(file)?;
    out.write_all(&bytes)?;
    out.sync_all()?;
    writeln!(std::io::stdout(), "{}: {} bytes", file.display(), bytes.len())?;
    Ok(())
}

async fn to_output(app: &App, format: ExportFormat) -> Result<(), Failure> {
    let mut recorded = Vec::new();
    each_event(app.store.as_ref(), |event| {
        recorded.extend(Recorded::read(event)?);
        Ok(())
    })
    .await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match format {
        ExportFormat::Cloudevents => serde_json::to_writer(&mut out, &formats::cloudevents(&recorded))?,
        ExportFormat::Ocel => serde_json::to_writer(&mut out, &formats::ocel(&recorded))?,
        ExportFormat::Xes => out.write_all(formats::xes(&recorded).as_bytes())?,
    }
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}
