//! `siyi copy`: a whole log from one store to another.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use siyi_esdb::adapter::KurrentStore;
use siyi_esdb::copy::{self, Progress};
use siyi_log::port::EventStore;
use siyi_transparency::root_of;

use super::{Failure, bar, open_log};
use crate::app::is_address;
use crate::cli::CopyLog;

pub(super) async fn copy(options: CopyLog) -> Result<(), Failure> {
    let (from, to) = (store(&options.from).await?, store(&options.to).await?);
    let bar = bar(from.head().await?.map_or(0, |head| head.0 + 1), "events");
    let copied = copy::copy(from.as_ref(), to.as_ref(), |progress| match progress {
        Progress::Copied(events) | Progress::Compared(events) => bar.set_position(events),
    })
    .await;
    bar.finish_and_clear();
    let copied = copied.map_err(|error| format!("copy-failed: {error}"))?;
    let (leaves, root) = root_of(to.as_ref()).await?;
    writeln!(
        std::io::stdout(),
        "{} copied, {} compared and the same. 姓名等个人信息不在日志里，请另行搬移 vault 与 keys\n\
         {leaves} leaves, root {root}: the public log's checkpoint of this size says the same",
        copied.copied,
        copied.compared
    )?;
    Ok(())
}

async fn store(name: &str) -> Result<Arc<dyn EventStore>, Failure> {
    if is_address(name) {
        return Ok(Arc::new(KurrentStore::connect(name).await?));
    }
    Ok(Arc::new(open_log(Path::new(name)).await?))
}
