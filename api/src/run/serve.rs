//! `siyi serve`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use siyi_log::clock::WallClock;

use crate::app::{App, Mode};
use crate::cli::Serve;
use crate::run::{Failure, open};
use crate::server;

pub(super) async fn serve(options: Serve) -> Result<(), Failure> {
    let data = options.data.unwrap_or_else(|| PathBuf::from("siyi-data"));
    if super::demo::is_demo(&data) {
        return Err("demo-store: this folder belongs to `siyi demo`".into());
    }
    let listener = server::listen(options.listen).await?;
    let app = Arc::new(open(&data, Arc::new(WallClock), Mode::Real).await?);
    announce(&app, &data, &listener)?;
    server::serve(&app, listener, server::told_to_end()).await?;
    Ok(())
}

/// Says where to look, and that there is no sign-in.
pub(super) fn announce(
    app: &App,
    data: &Path,
    listener: &tokio::net::TcpListener,
) -> Result<std::net::SocketAddr, Failure> {
    let address = listener.local_addr()?;
    tracing::warn!("running without sign-in: anybody on this machine may act as anybody");
    tracing::info!(%address, data = %data.display(), mode = ?app.mode, "serving");
    let mut out = std::io::stdout();
    writeln!(out, "本服务尚未启用登录，仅限本机访问 (running without sign-in, loopback only)")?;
    writeln!(out, "  首页 boards   http://{address}/")?;
    writeln!(out, "  GraphQL       http://{address}/graphql")?;
    out.flush()?;
    Ok(address)
}
