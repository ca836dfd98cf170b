//! `siyi serve`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use siyi_log::PrivateFileError;
use siyi_log::clock::WallClock;
use siyi_sign_in::oidc::Provider;
use siyi_sign_in::password::HashCost;

use crate::app::{App, Mode};
use crate::cli::{self, Data, Network, ServeData};
use crate::esdb::Doorkeeper;
use crate::judged;
use crate::public_log::LogOptions;
use crate::run::Failure;
use crate::server;

/// The longest secret of an OpenID client in bytes.
const MAX_SECRET_BYTES: usize = 4096;

/// Marks a folder as a trial's: nobody who acted there was known.
const TRIAL: &str = "siyi-trial";

pub(super) async fn serve(options: ServeData) -> Result<(), Failure> {
    let data = options
        .serve
        .data
        .unwrap_or_else(|| PathBuf::from(if options.trial { "siyi-trial-data" } else { "siyi-data" }));
    if super::demo::is_demo(&data) {
        return Err("demo-store: this folder belongs to `siyi demo`".into());
    }
    let mode = mode(&data, options.trial)?;
    let protection = protection(mode, &options.network)?;
    options.elsewhere.is_decided().map_err(|error| format!("{}: {error}", error.code()))?;
    let listener = server::listen_as(options.serve.listen, &protection).await?;
    let scheme = if protection.tls.is_some() { "https" } else { "http" };
    let place = Data { data: data.clone(), token: options.token.clone(), elsewhere: options.elsewhere.clone() };
    let mut app = super::open(&place, Arc::new(WallClock), mode).await?;
    if options.unjudged {
        tracing::warn!("the record was not judged anew: `siyi doctor` does it");
    } else {
        let judged = judged::judge(app.store.as_ref(), &app.rules, |_| ()).await?;
        judged.check(app.clock.now()).map_err(|e| format!("{}: {e}; siyi doctor", e.code()))?;
    }
    let sign_in = sign_in(&options.sign_in, scheme, listener.local_addr()?)?;
    let public = sign_in.public.clone();
    if !mode.is_open() {
        app = app.with_sign_in(&data, sign_in).await.map_err(|e| format!("{}: {e}", e.code()))?;
    }
    let public_log = LogOptions {
        key: options.public_log.log_key.clone(),
        origin: format!("{}/siyi", public.host_str().unwrap_or("localhost")),
        policy: options.public_log.log_policy.clone(),
        witness_roots: options.public_log.witness_roots.clone(),
        shared: options.elsewhere.store.is_some(),
    };
    app = app.at(public).with_public_log(&data, &public_log).await.map_err(|e| format!("{}: {e}", e.code()))?;
    app.make_good_erasures();
    let app = Arc::new(app);
    announce(&app, &data, &listener, scheme)?;
    let face = match options.esdb_listen {
        Some(address) => {
            Some(tokio::spawn(face(&app, &data, address, &options.network).await?.run(server::told_to_end())))
        }
        None => None,
    };
    server::serve_with(&app, listener, protection, server::told_to_end()).await?;
    if let Some(face) = face {
        face.await??;
    }
    Ok(())
}

/// The EventStoreDB face, ready to be run.
async fn face(
    app: &Arc<App>,
    data: &Path,
    address: std::net::SocketAddr,
    network: &Network,
) -> Result<siyi_esdb::serve::Ready, Failure> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    let tls = match (&network.tls_cert, &network.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(siyi_esdb::serve::Tls { certificate: std::fs::read(certificate)?, key: std::fs::read(key)? })
        }
        _ => None,
    };
    let scheme = if tls.is_some() { "kurrentdb" } else { "kurrentdb (tls=false)" };
    let options = siyi_esdb::serve::Options { tls, ..siyi_esdb::serve::Options::default() };
    let guardian = Arc::new(Doorkeeper::new(Arc::clone(app)));
    let ready =
        siyi_esdb::serve::Ready::open(listener, options, Arc::clone(&app.store), guardian, &data.join("esdb")).await?;
    writeln!(std::io::stdout(), "  EventStoreDB  {scheme}://{}", ready.address())?;
    Ok(ready)
}

/// How people sign in. Secrets come from files that nobody else can read.
fn sign_in(options: &cli::SignIn, scheme: &str, at: std::net::SocketAddr) -> Result<siyi_sign_in::Options, Failure> {
    let public = match &options.public_url {
        Some(public) => public.clone(),
        None => format!("{scheme}://localhost:{}/", at.port()).parse()?,
    };
    let provider = match (&options.oidc_issuer, &options.oidc_client_id) {
        (Some(issuer), Some(client_id)) => Some(Provider {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: options.oidc_secret.as_deref().map(secret).transpose()?,
            roots_pem: options.oidc_roots.as_ref().map(std::fs::read_to_string).transpose()?,
        }),
        _ => None,
    };
    Ok(siyi_sign_in::Options { public, cost: HashCost::default(), provider })
}

fn secret(path: &Path) -> Result<SecretString, Failure> {
    let bytes = siyi_log::read_private(path, MAX_SECRET_BYTES).map_err(|error| {
        let code =
            if matches!(error, PrivateFileError::Exposed { .. }) { "secret-exposed" } else { "secret-unreadable" };
        format!("{code}: {error}")
    })?;
    let text =
        std::str::from_utf8(&bytes).map_err(|_| format!("secret-unreadable: `{}` is no text", path.display()))?;
    Ok(SecretString::from(text.trim_end()))
}

/// Beyond this machine only by TLS or behind proxies that are named.
pub(super) fn protection(mode: Mode, network: &Network) -> Result<server::Options, Failure> {
    let mut options = server::Options::of(mode);
    options.proxies = server::proxy::Proxies::of(network.trusted_proxy.clone());
    options.persisted_only = network.persisted_only;
    options.introspection |= network.introspection;
    if let (Some(certificate), Some(key)) = (&network.tls_cert, &network.tls_key) {
        options.tls = Some(server::tls::Tls::from_files(certificate, key)?);
        options.exposure = server::Exposure::Tls;
    } else if network.behind_proxy {
        options.exposure = server::Exposure::BehindProxy;
    }
    Ok(options)
}

/// What a folder is used for, by its mark.
pub(super) fn mode_of(data: &Path) -> Mode {
    if super::demo::is_demo(data) {
        Mode::Demo
    } else if data.join(TRIAL).exists() {
        Mode::Trial
    } else {
        Mode::Real
    }
}

/// A trial and real use never share a folder: in a trial anybody acted as anybody.
fn mode(data: &Path, trial: bool) -> Result<Mode, Failure> {
    let marked = data.join(TRIAL).exists();
    match (trial, marked) {
        (false, true) => Err("trial-store: this folder belongs to a trial; serve it with --trial".into()),
        (true, false) if data.join("log/siyi-store.json").exists() => {
            Err("not-a-trial-store: the folder holds a real store; name another with --data".into())
        }
        (true, false) => {
            let marked = siyi_log::create_durably(data)
                .and_then(|()| std::fs::write(data.join(TRIAL), "anybody may act as anybody here\n"));
            marked.map_err(|error| format!("store-unavailable: {error}"))?;
            Ok(Mode::Trial)
        }
        (true, true) => Ok(Mode::Trial),
        (false, false) => Ok(Mode::Real),
    }
}

/// Says where to look, and where anybody may act as anybody.
pub(super) fn announce(
    app: &App,
    data: &Path,
    listener: &tokio::net::TcpListener,
    scheme: &str,
) -> Result<std::net::SocketAddr, Failure> {
    let address = listener.local_addr()?;
    if app.mode.is_open() {
        tracing::warn!("running without sign-in: anybody on this machine may act as anybody");
    }
    tracing::info!(%address, data = %data.display(), mode = ?app.mode, "serving");
    let mut out = std::io::stdout();
    if app.mode.is_open() {
        writeln!(out, "演示或试用：任何人都可以任何身份办理 (a demonstration or a trial: anybody may act as anybody)")?;
    }
    writeln!(out, "  首页 boards   {scheme}://{address}/")?;
    if let Some(public_log) = &app.public_log {
        writeln!(out, "  核验 verify    {scheme}://{address}/verify")?;
        if !public_log.has_witnesses {
            tracing::warn!("no witness confirms the public log: who runs this server could show two histories");
        }
    }
    writeln!(out, "  GraphQL       {scheme}://{address}/graphql")?;
    out.flush()?;
    Ok(address)
}
